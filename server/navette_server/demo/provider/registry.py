"""Who the stand-in knows: the accounts of people and the clients that may ask about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest

from navette_server.demo.people import SSO_ACCOUNTS, patrons


@dataclass(frozen=True)
class Account:
    """A fictitious person of the metropolis; `card` and `home` when registered in the network."""

    login: str
    password: str
    sub: str
    name: str
    email: str
    card: str | None = None
    home: str | None = None

    def claims(self, scopes: Sequence[str]) -> dict[str, object]:
        """Return what the asked scopes tell, never more."""
        given, _, family = self.name.partition(" ")
        told: dict[str, object] = {}
        if "profile" in scopes:
            told |= {"name": self.name, "given_name": given, "family_name": family}
        if "email" in scopes:
            told |= {"email": self.email, "email_verified": True}
        if "library" in scopes and self.card:
            told |= {"library_card_number": self.card}
        if "library" in scopes and self.home:
            told |= {"home_library": self.home}
        return told


@dataclass(frozen=True)
class Client:
    """An application that may sign people in here; its addresses are compared letter by letter."""

    client_id: str
    secret: str
    redirect_uris: Sequence[str]
    post_logout_uris: Sequence[str] = ()
    logout_address: str = ""  # back-channel


@dataclass(frozen=True)
class Registry:
    """Accounts and clients together."""

    clients: Sequence[Client]
    accounts: Sequence[Account]

    def client(self, client_id: str) -> Client | None:
        """Return the client of a name."""
        return next((one for one in self.clients if one.client_id == client_id), None)

    def proven_client(self, client_id: str, secret: str) -> Client | None:
        """Return the client that showed its secret."""
        found = self.client(client_id)
        return found if found is not None and _same(found.secret, secret) else None

    def account(self, login: str, password: str) -> Account | None:
        """Return the account whose password is given."""
        for one in self.accounts:
            if one.login == login.strip().lower() and _same(one.password, password):
                return one
        return None

    def by_sub(self, sub: str) -> Account | None:
        """Return the account of a subject."""
        return next((one for one in self.accounts if one.sub == sub), None)


def demo_accounts() -> Sequence[Account]:
    """Return the accounts of the demonstration, with the home library of each known card."""
    homes = {patron.card: patron.library for patron in patrons()}
    return [
        Account(a.login, a.password, a.sub, a.name, a.email, a.card, homes.get(a.card or ""))
        for a in SSO_ACCOUNTS
    ]


def _same(kept: str, given: str) -> bool:
    return compare_digest(kept.encode(), given.encode())
