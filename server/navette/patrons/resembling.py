"""Resembling people: who holds a number, and who may be the same person under two cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, or_, select

from navette.network.network import Network
from navette.patrons.reading import name_key
from navette.patrons.registering import Registration
from navette.patrons.tables import CardNumber, Patron
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader

SAME_NAME, SAME_EMAIL = "same name and year of birth", "same e-mail, last name and year of birth"
NAME_ONLY = "same name, year of birth unknown"


@dataclass(frozen=True)
class Resembling:
    """A card that may belong to the same person, and why."""

    card: str
    library: str
    because: str


@dataclass(frozen=True)
class NumberHolder:
    """Whose card a number opens."""

    number: str
    patron_id: int
    card: str
    key: str

    def is_called(self, who: Registration) -> bool:
        """Return whether this is the name of the registration."""
        return self.key == name_key(who.last_name, who.first_name)


_p, _n = table(Patron).c, table(CardNumber).c
_HOLDERS = Query(
    select(_n.number, _p.id, _p.card, _p.name_key)
    .join_from(table(CardNumber), table(Patron), _p.id == _n.patron_id)
    .where(_n.number.in_(bindparam("numbers", expanding=True))),
    NumberHolder,
)
_CARD: Query[str] = Query(select(_p.card).where(_p.id == bindparam("patron")), scalar)
_ALIKE = Query(
    select(_p.card, _p.home_library_id, _p.name_key, _p.birth_year, _p.last_name)
    .where(
        _p.closed_at.is_(None),
        or_(_p.name_key == bindparam("key"), func.lower(_p.email) == bindparam("mail")),
    )
    .order_by(_p.card),
    lambda *row: row,
)


def holders_of(reader: Reader, numbers: Sequence[str]) -> dict[str, NumberHolder]:
    """Return whose cards these numbers open, by number."""
    if not numbers:
        return {}
    return {one.number: one for one in reader.all(_HOLDERS, numbers=list(numbers))}


def card_of(reader: Reader, patron_id: int) -> str:
    """Return the network card of a person."""
    return reader.one(_CARD, patron=patron_id)


def resembling(reader: Reader, who: Registration, network: Network) -> list[Resembling]:
    """Return the cards of people who may be this person; a proposal for a desk, never a fact."""
    key, mail = name_key(who.last_name, who.first_name), who.email.strip().lower()
    found = []
    for card, home, known_key, year, last_name in reader.all(_ALIKE, key=key, mail=mail or "-"):
        because = ""
        if known_key == key and None not in {year, who.birth_year}:
            because = SAME_NAME if year == who.birth_year else ""
        elif known_key == key:
            because = NAME_ONLY
        elif name_key(last_name) == name_key(who.last_name) and year == who.birth_year is not None:
            because = SAME_EMAIL
        if because:
            found.append(Resembling(card, network.by_id(home).code, because))
    return found
