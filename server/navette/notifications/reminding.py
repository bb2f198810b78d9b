"""What time brings to say: due soon, late, last days, your turn comes, registration ends.

The job of the night puts errands into the outbox, due in the morning; each key holds the fact and
its date, so that a night done twice says nothing twice and a night missed is made up for. What is
no longer true in the morning is not sent (I7). A READY hold that nobody has been told of and that
no errand and no desk's list holds is told anew: there is no silent READY.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, select

from navette.circulation.tables import Hold, Loan
from navette.clock import instant_at, local_date
from navette.network.calendar import Calendar
from navette.network.network import Network
from navette.notifications.tables import Message
from navette.patrons.tables import Patron
from navette.storage import outbox
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.tables import Outbox
from navette.storage.unit import Reader, Tx, Unit

MORNING = 9 * 60
TURN_DAYS = 7
WAITED_DAYS = 14
ENDING_DAYS = 14
REGISTRATION_DAYS = 30
LONGEST_LATE = 60  # a first night does not write to everybody about what is long past
AT_ONCE = 500
_l, _h, _p = table(Loan).c, table(Hold).c, table(Patron).c
_o, _m = table(Outbox).c, table(Message).c


class DueLoan(NamedTuple):
    """An open loan whose day comes or has passed."""

    id: int
    patron_id: int
    due_on: date


class WaitingHold(NamedTuple):
    """A hold of which something may be said."""

    id: int
    patron_id: int
    library_id: int
    ready_at: datetime | None
    deadline: datetime | None
    not_after: date | None


class Registered(NamedTuple):
    """A card whose registration comes to its end."""

    patron_id: int
    valid_until: date


_DUE = Query(
    select(_l.id, _l.patron_id, _l.due_on)
    .where(
        _l.returned_at.is_(None),
        _l.claimed_at.is_(None),
        _l.patron_id.is_not(None),
        _l.due_on >= bindparam("first"),
        _l.due_on <= bindparam("last"),
    )
    .order_by(_l.patron_id, _l.id),
    DueLoan,
)
_HOLD = (
    _h.id, _h.patron_id, _h.pickup_library_id, _h.ready_at, _h.pickup_deadline, _h.not_after,
)  # fmt: skip
_KEPT = Query(
    select(*_HOLD)
    .where(_h.state == "READY", _h.pickup_deadline.is_not(None))
    .order_by(_h.patron_id, _h.id),
    WaitingHold,
)
_QUEUED: ColumnElement[bool] = _h.state.in_(("WAITING", "TARGETED"))
_TURNS = Query(
    select(*_HOLD)
    .where(
        _QUEUED,
        _h.suspended.is_(False),
        _h.placed_at < bindparam("waited"),
        _h.likely_at < bindparam("until"),
        _h.likely_at > bindparam("now"),
    )
    .order_by(_h.patron_id, _h.id),
    WaitingHold,
)
_ENDING = Query(
    select(*_HOLD)
    .where(_QUEUED, _h.not_after >= bindparam("today"), _h.not_after <= bindparam("until"))
    .order_by(_h.patron_id, _h.id),
    WaitingHold,
)
_ENDING_CARDS = Query(
    select(_p.id, _p.valid_until)
    .where(
        _p.closed_at.is_(None),
        _p.valid_until >= bindparam("today"),
        _p.valid_until <= bindparam("until"),
    )
    .order_by(_p.id),
    Registered,
)
_SILENT = Query(
    select(*_HOLD).where(_h.state == "READY", _h.announced_at.is_(None)).order_by(_h.id),
    WaitingHold,
)
_UNDER_WAY = Query(
    select(_o.hold_id, _o.payload).where(_o.done_at.is_(None), _o.kind.in_(("ready", "unseen"))),
    lambda hold_id, payload: {hold_id, *(payload or {}).get("holds", ())},
)
_ON_A_LIST = Query(
    select(_h.patron_id, _h.pickup_library_id, _m.sent_at)
    .join_from(table(Message), table(Hold), _h.id == _m.hold_id)
    .where(_m.done_at.is_(None), _m.channel.in_(("call", "letter"))),
    lambda patron_id, library_id, sent_at: (patron_id, library_id, sent_at),
)
Errand = tuple[str, str, int, int | None, Mapping[str, object]]


def remind(unit: Unit, network: Network, now: datetime) -> Mapping[str, int]:
    """Put what this morning has to say into the outbox; returns how many of each kind."""
    today = local_date(now)
    due = max(now, instant_at(today, MORNING))
    wanted = [
        *_loans(unit, network, today),
        *_last_days(unit, network, today),
        *_turns(unit, now),
        *_endings(unit, today),
        *_registrations(unit, today),
    ]
    done: Counter[str] = Counter()
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        done.update(unit.write(lambda tx, some=some: _put(tx, some, now, due)))  # type: ignore[misc]
    done["silent"] = unit.write(lambda tx: tell_the_silent(tx, now))
    return dict(done)


def tell_the_silent(tx: Tx, now: datetime) -> int:
    """Tell anew of READY holds that nothing has announced and nothing is about to."""
    silent = silent_holds(tx)
    for hold in silent:
        outbox.put(
            tx, "unseen", f"unseen:silent:{hold.id}:{hold.ready_at:%Y%m%d%H%M%S}:{now:%Y%m%d}",
            now=now, patron_id=hold.patron_id, payload={"holds": [hold.id], "skipped": []},
        )  # fmt: skip
    return len(silent)


def silent_holds(reader: Reader) -> list[WaitingHold]:
    """Return the READY holds without evidence, without an errand, on no desk's list."""
    candidates = reader.all(_SILENT)
    if not candidates:
        return []
    leaving: set[int | None] = set().union(*reader.all(_UNDER_WAY))
    listed = reader.all(_ON_A_LIST)
    return [
        hold
        for hold in candidates
        if hold.id not in leaving and not any(_covers(line, hold) for line in listed)
    ]


def _covers(line: tuple[int, int, datetime], hold: WaitingHold) -> bool:
    patron_id, library_id, said_at = line
    here = (hold.patron_id, hold.library_id) == (patron_id, library_id)
    return here and hold.ready_at is not None and hold.ready_at <= said_at


def _put(tx: Tx, wanted: Sequence[Errand], now: datetime, due: datetime) -> Counter[str]:
    done: Counter[str] = Counter()
    for kind, key, patron_id, hold_id, payload in wanted:
        done[kind] += outbox.put(
            tx, kind, key, now=now, due=due, patron_id=patron_id, hold_id=hold_id,
            payload=dict(payload),
        )  # fmt: skip
    return done


def _loans(unit: Unit, network: Network, today: date) -> list[Errand]:
    before = [int(day) for day in network.rule("reminder_days_before")]
    after = [int(day) for day in network.rule("reminder_days_after")]
    first, last = today - timedelta(LONGEST_LATE), today + timedelta(max(before, default=0))
    with unit.read() as reader:
        loans = reader.all(_DUE, first=first, last=last)
    errands: list[Errand] = []
    for loan in loans:
        kind, step = reminder_for((loan.due_on - today).days, before, after)
        if kind:
            key = f"{kind}:{loan.id}:{loan.due_on}:{step}"
            errands.append((kind, key, loan.patron_id, None, {"loan": loan.id, "step": step}))
    return errands


def reminder_for(left: int, before: Sequence[int], after: Sequence[int]) -> tuple[str, int]:
    """Return what to say of a loan that has `left` days, and for which step; "" for nothing.

    A step that was missed is made up for by the next night; only the last one that passed counts.
    """
    if left >= 0:
        reached = [day for day in before if left <= day]
        return ("due_soon", min(reached)) if reached else ("", 0)
    passed = [day for day in after if -left >= day]
    return ("overdue", max(passed)) if passed else ("", 0)


def _last_days(unit: Unit, network: Network, today: date) -> list[Errand]:
    with unit.read() as reader:
        holds = reader.all(_KEPT)
    return [
        ("lastdays", f"lastdays:{h.id}:{local_date(h.deadline)}", h.patron_id, h.id, {})
        for h in holds
        if h.deadline and is_last_but_one(network.by_id(h.library_id).calendar, h, today)
    ]


def is_last_but_one(calendar: Calendar, hold: WaitingHold, today: date) -> bool:
    """Return whether today is the last opening day but one for collecting, or just after it.

    Not on the day it became ready: that day its arrival is told.
    """
    if hold.deadline is None or hold.ready_at is None or local_date(hold.ready_at) >= today:
        return False
    last = local_date(hold.deadline)
    left = list(islice((day for day in calendar.open_days(today) if day <= last), 3))
    return today <= last and len(left) <= len(("last but one", "last"))


def _turns(unit: Unit, now: datetime) -> list[Errand]:
    with unit.read() as reader:
        holds = reader.all(
            _TURNS,
            now=now,
            waited=now - timedelta(WAITED_DAYS),
            until=now + timedelta(TURN_DAYS),
        )
    return [("turn", f"turn:{h.id}", h.patron_id, h.id, {}) for h in holds]


def _endings(unit: Unit, today: date) -> list[Errand]:
    with unit.read() as reader:
        holds = reader.all(_ENDING, today=today, until=today + timedelta(ENDING_DAYS))
    return [("ending", f"ending:{h.id}:{h.not_after}", h.patron_id, h.id, {}) for h in holds]


def _registrations(unit: Unit, today: date) -> list[Errand]:
    with unit.read() as reader:
        cards = reader.all(_ENDING_CARDS, today=today, until=today + timedelta(REGISTRATION_DAYS))
    return [
        (
            "registration", f"registration:{card.patron_id}:{card.valid_until}", card.patron_id,
            None, {"until": card.valid_until.isoformat()},
        )
        for card in cards
    ]  # fmt: skip
