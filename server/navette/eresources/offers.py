"""The offers of the metropolitan digital library, as the network file describes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from navette.network.network import Network
from navette.settings import Settings


@dataclass(frozen=True)
class Offer:
    """A link that opens at its provider, on the provider's own session: no proxy, no password."""

    position: int
    code: str
    name: str
    kind: str
    description: str
    url: str
    audience: str
    needs_card: bool


def offers_of(network: Network, settings: Settings) -> Sequence[Offer]:
    """Return the offers in order; `{issuer}` in an address is the sign-in provider's.

    Without a provider, offers that live at it are left out: they could not open.
    """
    offers = []
    for position, entry in enumerate(network.facts.get("eresources", ()), 1):
        url = str(entry.get("url", ""))
        if "{issuer}" in url and not settings.oidc_issuer:
            continue
        offers.append(
            Offer(
                position=position,
                code=str(entry["code"]),
                name=str(entry["name"]),
                kind=str(entry.get("kind", "")),
                description=str(entry.get("description", "")),
                url=url.replace("{issuer}", settings.oidc_issuer),
                audience=str(entry.get("audience", "all")),
                needs_card=bool(entry.get("needs_card", True)),
            )
        )
    return offers
