"""What a person chose about being told: ways in their order, quiet hours, reminders, titles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update

from navette.clock import instant_at, local_date, minutes_of
from navette.errors import BadInput
from navette.notifications.tables import NoticeChoice
from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx

WAYS = ("push", "email", "sms", "call", "letter")
NOISY = frozenset({"push", "sms"})
MINUTES_OF_A_DAY = 24 * 60
_c, _p = table(NoticeChoice).c, table(Patron).c


class Choice(NamedTuple):
    """One person's choices beside their ways; minutes since midnight, None: no quiet hours."""

    patron_id: int
    quiet_from: int | None = None
    quiet_until: int | None = None
    reminders: bool = True
    turns: bool = True


@dataclass(frozen=True)
class Chosen:
    """What is chosen at once, on the page or at the desk."""

    ways: Sequence[str]
    titles: bool
    quiet: tuple[int, int] | None
    reminders: bool
    turns: bool


_OF = Query(
    select(_c.patron_id, _c.quiet_from, _c.quiet_until, _c.reminders, _c.turns).where(
        _c.patron_id.in_(bindparam("patrons", expanding=True))
    ),
    Choice,
)
_KNOWN = Query(select(_c.patron_id).where(_c.patron_id == bindparam("patron")), scalar)
_CHANGE = command(
    update(table(NoticeChoice))
    .where(_c.patron_id == bindparam("patron"))
    .values(
        quiet_from=bindparam("begin"),
        quiet_until=bindparam("until"),
        reminders=bindparam("remind"),
        turns=bindparam("tell_turns"),
        chosen_at=bindparam("now"),
    )
)
_CHOOSE = command(
    update(table(Patron))
    .where(_p.id == bindparam("patron"))
    .values(channels=bindparam("ways"), title_on_notices=bindparam("titles"))
)
_FORGET = command(delete(table(NoticeChoice)).where(_c.patron_id == bindparam("patron")))


def choices_of(reader: Reader, patron_ids: Sequence[int]) -> Mapping[int, Choice]:
    """Return what these people chose; who chose nothing has what everybody has."""
    ids = list(patron_ids)
    found = {one.patron_id: one for one in reader.all(_OF, patrons=ids)} if ids else {}
    return {patron: found.get(patron, Choice(patron)) for patron in ids}


def choose(tx: Tx, patron_id: int, chosen: Chosen, now: datetime) -> None:
    """Keep what a person chose; raises BadInput for a way that is none, or hours beyond a day."""
    ways = list(dict.fromkeys(chosen.ways))
    if any(way not in WAYS for way in ways):
        raise BadInput("canal")
    begin, until = chosen.quiet or (None, None)
    if any(hour is not None and not 0 <= hour < MINUTES_OF_A_DAY for hour in (begin, until)):
        raise BadInput("calme")
    if begin == until:
        begin = until = None
    tx.run(_CHOOSE, patron=patron_id, ways=ways, titles=chosen.titles)
    values = {"begin": begin, "until": until, "remind": chosen.reminders}
    if tx.first(_KNOWN, patron=patron_id) is None:
        tx.insert(
            NoticeChoice, patron_id=patron_id, quiet_from=begin, quiet_until=until,
            reminders=chosen.reminders, turns=chosen.turns, chosen_at=now,
        )  # fmt: skip
        return
    tx.run(_CHANGE, patron=patron_id, now=now, tell_turns=chosen.turns, **values)


def forget(tx: Tx, patron_id: int) -> None:
    """Forget what a person chose: they leave."""
    tx.run(_FORGET, patron=patron_id)


def quiet_until(choice: Choice, now: datetime) -> datetime | None:
    """Return when the quiet hours that reign now end, or None; they may pass midnight."""
    begin, until = choice.quiet_from, choice.quiet_until
    if begin is None or until is None:
        return None
    minute, today = minutes_of(now), local_date(now)
    if begin < until:
        return instant_at(today, until) if begin <= minute < until else None
    if minute >= begin:
        return instant_at(today + timedelta(days=1), until)
    return instant_at(today, until) if minute < until else None
