"""What a desk says itself: the calls to make and the letters to print, until ticked or printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select, update

from navette.circulation.tables import Hold
from navette.errors import BadInput, NotFound
from navette.notifications.tables import Message
from navette.patrons.tables import Patron
from navette.storage import outbox
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx

CALL, LETTER = "call", "letter"
REACHED, MESSAGE_LEFT, NO_ANSWER, WRONG_NUMBER = "reached", "message", "no_answer", "wrong_number"
RESULTS = (REACHED, MESSAGE_LEFT, NO_ANSWER, WRONG_NUMBER)
TOLD = {REACHED, MESSAGE_LEFT}
EVERY_OTHER_WAY = ("push", "email", "sms", CALL)
_m, _p, _h = table(Message).c, table(Patron).c, table(Hold).c


class DeskLine(NamedTuple):
    """One person to call or to write to, and what to say."""

    id: int
    patron_id: int
    first_name: str
    last_name: str
    card: str
    phone: str
    subject: str
    body: str
    since: datetime
    hold_id: int | None
    deadline: datetime | None
    result: str


# An arrival that was seen meanwhile, collected or cancelled needs nobody's call any more.
_still_silent = and_(_h.state == "READY", _h.announced_at.is_(None))
_of_an_arrival = or_(_m.outbox_key.like("ready:%"), _m.outbox_key.like("unseen:%"))
_OPEN = and_(
    _m.library_id == bindparam("library"),
    _m.channel == bindparam("way"),
    _m.done_at.is_(None),
    or_(_m.hold_id.is_(None), ~_of_an_arrival, _still_silent),
)
_FROM = (
    table(Message)
    .join(table(Patron), _p.id == _m.patron_id)
    .outerjoin(table(Hold), _h.id == _m.hold_id)
)
_LINES = Query(
    select(
        _m.id, _m.patron_id, _p.first_name, _p.last_name, _p.card, _p.phone, _m.subject, _m.body,
        _m.sent_at, _m.hold_id, _h.pickup_deadline, _m.result,
    )
    .select_from(_FROM)
    .where(_OPEN)
    .order_by(_h.pickup_deadline.is_(None), _h.pickup_deadline, _m.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip")),
    DeskLine,
)  # fmt: skip
_COUNT = Query(select(func.count()).select_from(_FROM).where(_OPEN), scalar)
_ONE = Query(
    select(_m.id, _m.channel, _m.hold_id, _m.patron_id, _m.sent_at).where(
        _m.id == bindparam("message"),
        _m.library_id == bindparam("library"),
        _m.done_at.is_(None),
        _m.channel.in_((CALL, LETTER)),
    ),
    lambda *row: row,
)
_HOLD_OF = Query(
    select(_h.patron_id, _h.pickup_library_id).where(_h.id == bindparam("hold")),
    lambda *row: row,
)
_DONE = command(
    update(table(Message))
    .where(_m.id == bindparam("message"), _m.done_at.is_(None))
    .values(
        done_at=bindparam("at"),
        done_by=bindparam("staff"),
        result=bindparam("said"),
        evidence=bindparam("proof"),
    )
)
_TRIED = command(
    update(table(Message)).where(_m.id == bindparam("message")).values(result=bindparam("said"))
)
# what was said of one hold was said of all that stood there then
_ANNOUNCE = command(
    update(table(Hold))
    .where(
        _h.patron_id == bindparam("patron"),
        _h.pickup_library_id == bindparam("place"),
        _h.state == "READY",
        _h.announced_at.is_(None),
        _h.ready_at <= bindparam("said_at"),
    )
    .values(announced_at=bindparam("now"))
)


def lines(
    reader: Reader, library_id: int, way: str, *, first: int = 50, skip: int = 0
) -> list[DeskLine]:
    """Return the calls or letters that wait at a library, the nearest deadline first."""
    return reader.all(_LINES, library=library_id, way=way, most=first, skip=skip)


def count(reader: Reader, library_id: int, way: str) -> int:
    """Return how many calls or letters wait at a library."""
    found: int = reader.one(_COUNT, library=library_id, way=way)
    return found


def called(
    tx: Tx, message_id: int, *, library_id: int, staff_id: int | None, result: str, now: datetime
) -> None:
    """Note what became of a call; NotFound, BadInput.

    A person or their machine heard it: that is evidence. Nobody answered: it stays on the list.
    A wrong number: a letter is written at once.
    """
    if result not in RESULTS:
        raise BadInput("resultat")
    line = _line(tx, message_id, library_id, CALL)
    if result == NO_ANSWER:
        tx.run(_TRIED, message=message_id, said=result)
        return
    proof = "called" if result in TOLD else ""
    tx.run(_DONE, message=message_id, at=now, staff=staff_id, said=result, proof=proof)
    if proof:
        _announce(tx, line, now)
    elif line[2] is not None:
        owner = tx.first(_HOLD_OF, hold=line[2])
        outbox.put(
            tx, "unseen", f"unseen:letter:{message_id}", now=now,
            patron_id=owner[0] if owner else None,
            payload={"holds": [line[2]], "skipped": list(EVERY_OTHER_WAY)},
        )  # fmt: skip


def printed(
    tx: Tx, message_ids: Sequence[int], *, library_id: int, staff_id: int | None, now: datetime
) -> int:
    """Note that letters were printed: that is evidence; returns how many. NotFound."""
    for message_id in message_ids:
        line = _line(tx, message_id, library_id, LETTER)
        tx.run(_DONE, message=message_id, at=now, staff=staff_id, said="printed", proof="printed")
        _announce(tx, line, now)
    return len(message_ids)


def _line(
    tx: Tx, message_id: int, library_id: int, way: str
) -> tuple[int, str, int, int, datetime]:
    found = tx.first(_ONE, message=message_id, library=library_id)
    if found is None or found[1] != way:
        raise NotFound
    line: tuple[int, str, int, int, datetime] = found
    return line


def _announce(tx: Tx, line: tuple[int, str, int, int, datetime], now: datetime) -> None:
    owner = tx.first(_HOLD_OF, hold=line[2]) if line[2] is not None else None
    if owner is not None:
        tx.run(_ANNOUNCE, patron=owner[0], place=owner[1], said_at=line[4], now=now)
