"""Cards that served for nothing for a year: proposed to a desk, which keeps or deletes each.

Nothing is deleted by itself. A card with a document at home or a reservation is in use. A month
before it comes on the list its person is told, and any sign-in, loan or renewal keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import BindParameter, and_, bindparam, func, or_, select

from navette.circulation.tables import Hold, Loan
from navette.clock import instant_at, local_date
from navette.patrons.tables import Patron
from navette.storage import outbox
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader, Tx, Unit

UNUSED = timedelta(days=365)
WARNED = timedelta(days=30)  # before it comes on the list
MORNING = 9 * 60
PAGE, AT_ONCE = 25, 500
KIND = "card_unused"


class UnusedCard(NamedTuple):
    """A card as the list shows it; `used_at` is the last time it served, or its making."""

    id: int
    card: str
    first_name: str
    last_name: str
    home_library_id: int
    valid_until: date
    used_at: datetime


_p, _l, _h = table(Patron).c, table(Loan).c, table(Hold).c


def _instant(name: str) -> BindParameter[datetime]:
    """Name an instant to compare with what a function returns, which has no type of its own."""
    return bindparam(name, type_=_p.created_at.type)


_served = func.coalesce(_p.last_used_at, _p.created_at)
_OUT = select(_l.id).where(_l.patron_id == _p.id, _l.returned_at.is_(None)).exists()
_WAITS = select(_h.id).where(_h.patron_id == _p.id, _h.ended_at.is_(None)).exists()
_IDLE = (_p.closed_at.is_(None), _served < _instant("before"), ~_OUT, ~_WAITS)
_CARDS = select(
    _p.id, _p.card, _p.first_name, _p.last_name, _p.home_library_id, _p.valid_until,
    _served.label("used_at"),
).where(*_IDLE)  # fmt: skip
_AFTER = or_(
    _served > _instant("seen"), and_(_served == _instant("seen"), _p.id > bindparam("id_seen"))
)
_LIST = {
    everywhere: Query(
        (_CARDS if everywhere else _CARDS.where(_p.home_library_id == bindparam("library")))
        .where(_AFTER)
        .order_by(_served, _p.id)
        .limit(bindparam("most")),
        UnusedCard,
    )
    for everywhere in (True, False)
}
_COUNT = Query(select(func.count()).select_from(table(Patron)).where(*_IDLE), scalar)
_SOME = Query(
    _CARDS.where(_p.id.in_(bindparam("cards", expanding=True))).order_by(_served, _p.id),
    UnusedCard,
)
_SOON = Query(
    _CARDS.where(_served >= _instant("after"), _p.id > bindparam("id_seen"))
    .order_by(_p.id)
    .limit(AT_ONCE),
    UnusedCard,
)
LONG_AGO = datetime.fromisoformat("1900-01-01T00:00:00+00:00")


def unused_cards(
    reader: Reader, now: datetime, *, library_id: int | None = None, first: int = PAGE,
    after: UnusedCard | None = None,
) -> Sequence[UnusedCard]:  # fmt: skip
    """Return the cards that nobody used for a year, of one library or all, longest ago first."""
    given = {"library": library_id} if library_id is not None else {}
    return reader.all(
        _LIST[library_id is None], before=now - UNUSED, most=first,
        seen=after.used_at if after else LONG_AGO, id_seen=after.id if after else 0, **given,
    )  # fmt: skip


def unused_among(reader: Reader, now: datetime, cards: Sequence[int]) -> Sequence[UnusedCard]:
    """Return those of these cards that are still unused: one may have served meanwhile."""
    return reader.all(_SOME, before=now - UNUSED, cards=list(cards)) if cards else []


def how_many_unused(reader: Reader, now: datetime) -> int:
    """Return how many there are in the network."""
    count: int = reader.one(_COUNT, before=now - UNUSED)
    return count


def warn_unused(unit: Unit, now: datetime) -> int:
    """Tell who did not use their card for eleven months, once each; return how many."""
    told = after = 0
    while True:
        some, after = unit.write(partial(_warn, now=now, after=after))
        told += some
        if not after:
            return told


def _warn(tx: Tx, now: datetime, after: int) -> tuple[int, int]:
    """Tell at most 500; return how many were new, and the last card looked at (0: no more)."""
    due = max(now, instant_at(local_date(now), MORNING))
    soon = tx.all(_SOON, before=now - UNUSED + WARNED, after=now - UNUSED, id_seen=after)
    told = 0
    for card in soon:
        until = local_date(card.used_at + UNUSED)
        told += outbox.put(
            tx, KIND, f"{KIND}:{card.id}:{local_date(card.used_at)}", now=now, due=due,
            patron_id=card.id, payload={"until": until.isoformat(), "name": card.first_name},
        )  # fmt: skip
    return told, soon[-1].id if len(soon) == AT_ONCE else 0
