"""Sign-in with the network card: a number and a password; every wrong answer is the same."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from navette.clock import Clock
from navette.errors import Duplicate, SignInRefused
from navette.patrons.tables import CardNumber, Patron
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx, Unit
from navette_auth.known_devices import knows, remember_device
from navette_auth.passwords import hash_password, outdated, verify_password
from navette_auth.throttle import attempt, forgive, subjects_of, turn

LONGEST = 40


class CardHolder(NamedTuple):
    """The person of a card, as far as signing in needs to know."""

    patron_id: int
    first_name: str
    last_name: str
    password_hash: str


_p = table(Patron).c
_n = table(CardNumber).c
_HOLDER = Query(
    select(_p.id, _p.first_name, _p.last_name, _p.password_hash)
    .join_from(table(CardNumber), table(Patron), _p.id == _n.patron_id)
    .where(_n.number == bindparam("number"), _p.closed_at.is_(None)),
    CardHolder,
)
_PASSWORD = command(
    update(table(Patron)).where(_p.id == bindparam("patron")).values(password_hash=bindparam("new"))
)


def card_number(text: str) -> str:
    """Return the number as it is kept, however it was typed: no spaces, dots or dashes."""
    return "".join(c for c in text if c.isalnum()).upper()[:LONGEST]


def holder_of(reader: Reader, number: str) -> CardHolder | None:
    """Return who holds this number, an older number included; nobody whose card was closed."""
    return reader.first(_HOLDER, number=number)


def sign_in_with_card(
    unit: Unit, clock: Clock, card: str, password: str, client: str, device: str = ""
) -> int:
    """Return the patron who proved the card; the `device` is known from now on.

    Raises SignInRefused, the same and after the same time whether the card exists or not, and
    TooManyAttempts. An expired or blocked card signs in: the pages say what can be done.
    """
    number = card_number(card)
    with unit.read() as reader:
        holder = holder_of(reader, number)
        known = holder is not None and knows(reader, device, holder.patron_id)
    subjects = subjects_of("card", number, client, device if known else "")
    with turn(subjects):
        attempt(unit, subjects, clock.now())
        right = verify_password(holder.password_hash if holder else "", password)
        if holder is None or not right:
            raise SignInRefused
        newer = hash_password(password) if outdated(holder.password_hash) else ""

        def work(tx: Tx) -> None:
            forgive(tx, subjects)
            remember_device(tx, device, holder.patron_id, clock.now())
            if newer:
                set_password(tx, holder.patron_id, newer)

        try:
            unit.write(work)
        except Duplicate:  # two tabs of a new browser at once: it is known now
            unit.write(work)
    return holder.patron_id


def set_password(tx: Tx, patron_id: int, password_hash: str) -> None:
    """Keep a hash made by `hash_password` (make it before the unit of work: it is slow)."""
    tx.run(_PASSWORD, patron=patron_id, new=password_hash)
