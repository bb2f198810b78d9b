"""One question to each person whom a closure concerns, and its answer (E4, words 17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, update

from navette.circulation.doors import may_act
from navette.circulation.facts import HoldRow
from navette.circulation.promising import promises
from navette.circulation.rows import item_row
from navette.circulation.tables import ClosureQuestion
from navette.circulation.targeting import ready_at
from navette.errors import NotFound
from navette.ils.closure_views import QuestionView
from navette.ils.views import Actor
from navette.network.editing import ClosureRow
from navette.network.network import LibraryInfo, Network
from navette.storage.base import table
from navette.storage.outbox import put
from navette.storage.statements import Query, command, scalar
from navette.storage.tables import Outbox
from navette.storage.unit import Reader, Tx

PAGE = "/reservations/fermeture"
_q, _o = table(ClosureQuestion).c, table(Outbox).c


class QuestionRow(NamedTuple):
    """A question as it is stored."""

    id: int
    closure_id: int
    patron_id: int
    library_id: int
    proposed_id: int
    first_day: date
    last_day: date
    holds: Any
    likely_at: datetime | None
    answered_at: datetime | None
    answer: str


def _counted(closure: int, asked: int, answered: int) -> tuple[int, int, int]:
    return closure, asked, answered


_COLUMNS = tuple(_q[name] for name in QuestionRow._fields)
_BY_ID = Query(select(*_COLUMNS).where(_q.id == bindparam("question")), QuestionRow)
_OPEN_OF_PATRON = Query(
    select(*_COLUMNS)
    .where(_q.patron_id == bindparam("patron"), _q.answer == "", _q.last_day >= bindparam("today"))
    .order_by(_q.first_day, _q.id),
    QuestionRow,
)
_ASKED = Query(
    select(_q.id).where(_q.closure_id == bindparam("closure"), _q.patron_id == bindparam("patron")),
    scalar,
)
_FIGURES = Query(
    select(_q.closure_id, func.count(), func.count(_q.answered_at)).group_by(_q.closure_id),
    _counted,
)
_ANSWER = command(
    update(table(ClosureQuestion))
    .where(_q.id == bindparam("question"), _q.answer == "")
    .values(answer=bindparam("said"), answered_at=bindparam("now"))
)
_WITHDRAW = command(
    update(table(ClosureQuestion))
    .where(_q.closure_id == bindparam("closure"), _q.answer == "")
    .values(answer="withdrawn", answered_at=bindparam("now"))
)
# SQLite gives the number of the last row again once it is deleted: the next closure may have the
# number of this one, and must find nobody asked.
_SET_APART = command(
    update(table(ClosureQuestion))
    .where(_q.closure_id == bindparam("closure"))
    .values(closure_id=-_q.id)
)
_UNSAY = command(
    update(table(Outbox))
    .where(
        _o.kind == "closure", _o.done_at.is_(None), _o.key.like(bindparam("keys")),
    )
    .values(done_at=bindparam("now"), outcome="dropped: the closure was taken back")
)  # fmt: skip


def ask(
    tx: Tx, network: Network, now: datetime, closure: ClosureRow, proposed: LibraryInfo,
    patron_id: int, holds: Sequence[HoldRow],
) -> bool:  # fmt: skip
    """Ask one person once about one closure; return whether they had not been asked before."""
    if tx.first(_ASKED, closure=closure.id, patron=patron_id) is not None:
        return False
    likely = _there_by(tx, network, now, proposed, holds)
    question = tx.insert(
        ClosureQuestion, closure_id=closure.id, patron_id=patron_id,
        library_id=closure.library_id, proposed_id=proposed.id, first_day=closure.first_day,
        last_day=closure.last_day, holds=[h.id for h in holds], likely_at=likely, asked_at=now,
        answer="",
    )  # fmt: skip
    put(
        tx, "closure", f"closure:{closure.id}:{question}", now=now, patron_id=patron_id,
        payload={
            "library": network.by_id(closure.library_id).short_name,
            "proposed": proposed.short_name, "first_day": closure.first_day.isoformat(),
            "last_day": closure.last_day.isoformat(), "count": len(holds),
            "likely_at": likely.isoformat() if likely else "", "path": f"{PAGE}/{question}",
        },
    )  # fmt: skip
    return True


def withdraw(tx: Tx, now: datetime, closure_id: int) -> None:
    """Take back what was asked about a closure that was taken back."""
    tx.run(_WITHDRAW, closure=closure_id, now=now)
    tx.run(_SET_APART, closure=closure_id)
    tx.run(_UNSAY, keys=f"closure:{closure_id}:%", now=now)


def answered(tx: Tx, now: datetime, question_id: int, said: str) -> bool:
    """Note an answer; return whether it is the first one."""
    return tx.run(_ANSWER, question=question_id, said=said, now=now) == 1


def question_for(
    reader: Reader, network: Network, now: datetime, actor: Actor, question_id: int
) -> QuestionView:
    """Return a question the actor may answer; raises NotFound."""
    found = reader.first(_BY_ID, question=question_id)
    if found is None or not may_act(reader, actor, found.patron_id, now):
        raise NotFound
    return _view(network, found)


def questions_of(
    reader: Reader, network: Network, today: date, patron_id: int
) -> list[QuestionView]:
    """Return what a person has been asked and not answered yet."""
    rows = reader.all(_OPEN_OF_PATRON, patron=patron_id, today=today)
    return [_view(network, row) for row in rows]


def figures(reader: Reader) -> Mapping[int, tuple[int, int]]:
    """Return for each closure how many were asked and how many have answered."""
    return {closure: (asked, said) for closure, asked, said in reader.all(_FIGURES)}


def next_in_line(network: Network, closed: LibraryInfo, first: date, last: date) -> LibraryInfo:
    """Return the library proposed instead: the one that opens most meanwhile, then in line order.

    Raises NotFound in a network of one library.
    """
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    others = [x for x in network.libraries if x.id != closed.id]
    if not others:
        raise NotFound
    return max(others, key=lambda x: (sum(map(x.calendar.is_open_on, days)), -x.position))


def _there_by(
    reader: Reader, network: Network, now: datetime, proposed: LibraryInfo,
    holds: Sequence[HoldRow],
) -> datetime | None:  # fmt: skip
    """Return when the last of them would be at the other library, None when nobody can say."""
    dates = [_one_there_by(reader, network, now, proposed, hold) for hold in holds]
    known = [at for at in dates if at is not None]
    return max(known) if known and len(known) == len(dates) else None


def _one_there_by(
    reader: Reader, network: Network, now: datetime, proposed: LibraryInfo, hold: HoldRow
) -> datetime | None:
    if hold.item_id is not None:
        source = network.by_id(item_row(reader, hold.item_id).current_library_id)
        return ready_at(network, source, proposed, now)
    made = promises(reader, network, now, hold.record_id, proposed.code, hold.volume_key)
    return made[0].likely_at


def _view(network: Network, row: QuestionRow) -> QuestionView:
    return QuestionView(
        id=row.id,
        patron_id=row.patron_id,
        library=network.by_id(row.library_id).code,
        proposed=network.by_id(row.proposed_id).code,
        first_day=row.first_day,
        last_day=row.last_day,
        hold_ids=tuple(int(i) for i in row.holds),
        likely_at=row.likely_at,
        answer=row.answer,
    )
