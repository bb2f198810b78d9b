"""The people of the demonstration, registered; and accounts.json, which says how to sign in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import bindparam, update

from navette.clock import SystemClock, local_date
from navette.network.loading import network_of
from navette.network.network import Network
from navette.patrons.reading import patron_by_card
from navette.patrons.registering import Registration, add_guardian, register
from navette.patrons.tables import Patron
from navette.settings import Settings
from navette.storage.base import table
from navette.storage.statements import command
from navette.storage.unit import Tx, Unit
from navette_auth.identities import find_identity, remember_identity, set_card
from navette_auth.passwords import hash_password
from navette_auth.providers import Identity
from navette_auth.staff import add_staff
from navette_auth.vault import Vault
from navette_server.demo.people import SSO_ACCOUNTS, STAFF, DemoPatron, Standing, patrons

OWNER_ONLY = 0o600
REGISTERED_DAYS_AGO = 120
ENDED_DAYS_AGO = 20
BLOCKED_REASON = "late"
_p = table(Patron).c
_STANDING = command(
    update(table(Patron))
    .where(_p.card == bindparam("number"))
    .values(valid_until=bindparam("until"), blocked_reason=bindparam("why"))
)


def register_everybody(unit: Unit, vault: Vault, now: datetime) -> None:
    """Register patrons, guardians and staff, as they were some months ago."""
    people = patrons()
    plain = [p.password for p in people if p.password] + [s.password for s in STAFF]
    with ThreadPoolExecutor(2) as pool:
        hashed = dict(zip(plain, pool.map(hash_password, plain), strict=True))
    with unit.read() as reader:
        network = network_of(reader)
    unit.write(lambda tx: _patrons(tx, network, now, hashed))
    unit.write(lambda tx: _staff(tx, network, vault, hashed))


def _patrons(tx: Tx, network: Network, now: datetime, hashed: dict[str, str]) -> None:
    then = now - timedelta(days=REGISTERED_DAYS_AGO)
    for person in patrons():
        register(tx, network, _registration(person, hashed), then, local_date(then))
        for guardian in person.guardians:
            add_guardian(tx, guardian, person.card, then)


def _registration(person: DemoPatron, hashed: dict[str, str]) -> Registration:
    wanted = ("push", "email") if person.email else ("call", "letter")
    first, last = person.first_name, person.last_name
    if not last:  # a group has one name
        first, _, last = first.rpartition(" ")
    return Registration(
        first_name=first,
        last_name=last,
        home=person.library,
        card=person.card,
        category=person.category,
        birth_year=person.birth_year,
        email=person.email,
        phone=person.phone,
        password_hash=hashed.get(person.password, ""),
        channels=wanted,
    )


def set_standings(unit: Unit, now: datetime) -> None:
    """Let some registrations run out and some cards be blocked, after what they did before."""

    def work(tx: Tx) -> None:
        for person in patrons():
            if person.standing is Standing.EXPIRED:
                ended = local_date(now) - timedelta(days=ENDED_DAYS_AGO)
                tx.run(_STANDING, number=person.card, until=ended, why="")
            elif person.standing is Standing.BLOCKED:
                until = local_date(now) + timedelta(days=200)
                tx.run(_STANDING, number=person.card, until=until, why=BLOCKED_REASON)

    unit.write(work)


def _staff(tx: Tx, network: Network, vault: Vault, hashed: dict[str, str]) -> None:
    for one in STAFF:
        add_staff(
            tx,
            SystemClock(),
            login=one.login,
            name=one.name,
            role=one.role,
            library_id=network.library(one.library).id,
            password_hash=hashed[one.password],
            totp_secret=vault.seal(one.totp_secret) if one.totp_secret else None,
        )


def link_accounts(unit: Unit, issuer: str, now: datetime) -> None:
    """Link the stand-in's accounts that are linked from the start, for this issuer."""
    linked = [account for account in SSO_ACCOUNTS if account.card]
    if not issuer:
        return
    with unit.read() as reader:
        new = [a for a in linked if find_identity(reader, issuer, a.sub) is None]

    def work(tx: Tx) -> None:
        for account in new:
            claims = {"name": account.name, "email": account.email}
            identity = remember_identity(tx, Identity(issuer, account.sub, claims), now)
            set_card(tx, identity.id, patron_by_card(tx, str(account.card)).id, now)

    if new:
        unit.write(work)


def write_accounts(settings: Settings, *, with_sso: bool) -> Path:
    """Write accounts.json, unless it says the same already; only its owner may read it."""
    path = settings.data / "accounts.json"
    text = orjson.dumps(accounts(settings.base_url, with_sso=with_sso), option=orjson.OPT_INDENT_2)
    if path.exists() and path.read_bytes() == text:
        return path
    draft = path.with_name(".accounts.json.new")
    draft.write_bytes(text)
    draft.chmod(OWNER_ONLY)
    draft.replace(path)
    return path


def accounts(base_url: str, *, with_sso: bool) -> dict[str, Any]:
    """Return how everybody signs in, in the shape that other programs read."""
    return {
        "base_url": base_url,
        "patrons": [
            {"card": p.card, "password": p.password, "name": p.name, "home": p.library}
            for p in patrons()
            if p.password
        ],
        "staff": [
            {
                "login": s.login,
                "password": s.password,
                "library": s.library,
                "role": s.role,
                "totp_secret": s.totp_secret,
            }
            for s in STAFF
        ],
        "sso": [
            {"login": a.login, "password": a.password, "card": a.card}
            for a in (SSO_ACCOUNTS if with_sso else ())
        ],
    }
