"""Reading people: by id, by a number of their card, by name at a desk; a family."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select

from navette.errors import NotFound
from navette.patrons.ages import ADULT_AGE
from navette.patrons.tables import CardNumber, Guardian, Patron
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader

_p, _card, _guard = table(Patron).c, table(CardNumber).c, table(Guardian).c
_COLUMNS: tuple[ColumnElement[Any], ...] = (
    _p.id, _p.card, _p.first_name, _p.last_name, _p.birth_year, _p.category, _p.home_library_id,
    _p.email, _p.phone, _p.language, _p.registered_on, _p.valid_until, _p.blocked_reason,
    _p.channels, _p.title_on_notices, _p.hold_rhythm, _p.password_hash != "", _p.version,
    _p.of_age_on, _p.titles_shown, _p.usual_library_id,
)  # fmt: skip


@dataclass(frozen=True)
class PatronView:
    """A person as pages and desks see them; never the password."""

    id: int
    card: str
    first_name: str
    last_name: str
    birth_year: int | None
    category: str
    home_library_id: int
    email: str
    phone: str
    language: str
    registered_on: date
    valid_until: date
    blocked_reason: str
    channels: Sequence[str]
    title_on_notices: bool
    hold_rhythm: int | None
    has_password: bool
    version: int
    of_age_on: date | None = None
    titles_shown: bool | None = None
    usual_library_id: int | None = None

    @property
    def name(self) -> str:
        """Return first and last name."""
        return f"{self.first_name} {self.last_name}"


_open = _p.closed_at.is_(None)
_BY_ID = Query(select(*_COLUMNS).where(_p.id == bindparam("patron"), _open), PatronView)
_BY_IDS = Query(
    select(*_COLUMNS).where(_p.id.in_(bindparam("patrons", expanding=True))), PatronView
)
_BY_CARD = Query(
    select(*_COLUMNS)
    .join(table(CardNumber), _card.patron_id == _p.id)
    .where(_card.number == bindparam("number"), _open),
    PatronView,
)
# A link is over on the morning of 18, whether the night's job has come by or not.
IN_FORCE = (
    _guard.ended_at.is_(None),
    or_(_guard.ends_on.is_(None), _guard.ends_on > bindparam("today")),
    or_(_p.of_age_on.is_(None), _p.of_age_on > bindparam("today")),
    or_(
        _p.of_age_on.is_not(None), _p.birth_year.is_(None),
        _p.birth_year > bindparam("grown_up"),
    ),
)  # fmt: skip
_CHILDREN = Query(
    select(*_COLUMNS)
    .join(table(Guardian), _guard.child_id == _p.id)
    .where(_guard.guardian_id == bindparam("patron"), *IN_FORCE, _open)
    .order_by(_p.birth_year, _p.first_name, _p.id),
    PatronView,
)
_IS_GUARDIAN = Query(
    select(_guard.id)
    .join_from(table(Guardian), table(Patron), _p.id == _guard.child_id)
    .where(
        _guard.guardian_id == bindparam("adult"), _guard.child_id == bindparam("child"), *IN_FORCE
    ),
    scalar,
)
_SEARCH = Query(
    select(*_COLUMNS)
    .where(
        _open,
        or_(
            _p.name_key.like(bindparam("start")),
            _p.name_key.like(bindparam("inside")),
            _p.card.like(bindparam("end")),
        ),
    )
    .order_by(_p.last_name, _p.first_name, _p.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip")),
    PatronView,
)
NETWORK_CARD = re.compile(r"2059\d{10}")


def name_key(*names: str) -> str:
    """Return names as they are searched: lower case, no accents, one space."""
    plain = unicodedata.normalize("NFD", " ".join(names).casefold())
    letters = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(letters).split())


def card_number(text: str) -> str:
    """Return the number of a card as it is kept: no spaces, dots or dashes, upper case."""
    return re.sub(r"[\s.\-]", "", text).upper()


def looks_like_card(text: str) -> bool:
    """Return whether the text is a network card: 14 digits that begin with 2059."""
    return NETWORK_CARD.fullmatch(card_number(text)) is not None


def patron_of(reader: Reader, patron_id: int) -> PatronView:
    """Return a person; raises NotFound."""
    found = reader.first(_BY_ID, patron=patron_id)
    if found is None:
        raise NotFound
    return found


def patrons_of(reader: Reader, ids: Sequence[int]) -> dict[int, PatronView]:
    """Return the people of these ids, in one query."""
    return {p.id: p for p in reader.all(_BY_IDS, patrons=list(ids))} if ids else {}


def patron_by_card(reader: Reader, number: str) -> PatronView:
    """Return the person of any number of the card, new or old; raises NotFound."""
    found = reader.first(_BY_CARD, number=card_number(number))
    if found is None:
        raise NotFound
    return found


def children_of(reader: Reader, patron_id: int, today: date) -> list[PatronView]:
    """Return the children for whom this person may act today."""
    return reader.all(_CHILDREN, patron=patron_id, **_on(today))


def may_act_for(reader: Reader, adult_id: int, patron_id: int, today: date) -> bool:
    """Return whether a person may act on a card today: their own, or a child's."""
    if adult_id == patron_id:
        return True
    asked = {"adult": adult_id, "child": patron_id}
    return reader.first(_IS_GUARDIAN, **asked, **_on(today)) is not None


def _on(today: date) -> dict[str, Any]:
    return {"today": today, "grown_up": today.year - ADULT_AGE}


def search_patrons(
    reader: Reader, text: str, *, first: int = 20, skip: int = 0
) -> list[PatronView]:
    """Return people whose name begins with the text, or whose card ends with its digits.

    Staff only. An old laser scanner cannot read a screen: the desk types the last digits.
    """
    words = name_key(text)
    if not words:
        return []
    digits = card_number(words)
    ending = f"%{digits}" if digits.isdigit() else "-"
    return reader.all(
        _SEARCH, start=f"{words}%", inside=f"% {words}%", end=ending, most=first, skip=skip
    )
