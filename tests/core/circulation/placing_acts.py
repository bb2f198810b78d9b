"""Reserving in the town: one title, any edition, one copy, a series in order; limits and doubles."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from core.circulation.desk_acts import by_rules
from core.circulation.desks import agent
from core.circulation.ledger import HOUSEHOLD_HOLDS, LIMIT_OF_HOLDS, Wish, counted
from core.circulation.people_acts import actor_for
from core.circulation.rulebook import NEVER
from core.circulation.town import Town
from navette.circulation.facts import ItemRow
from navette.errors import (
    CardExpired,
    DuplicateHold,
    HoldLimitReached,
    NotReservable,
    PatronBlocked,
    Refusal,
)
from navette.ils.views import HoldView

Refusals = set[type[Refusal]]
Placed = Callable[[], Sequence[HoldView]]


def place(town: Town, chance: random.Random) -> None:
    """T1: or the refusal that the rules give; the same key is the same hold (E7e)."""
    person = chance.choice(town.people)
    record, volume = chance.choice(town.records)
    pickup, key = town.library(chance), town.key()
    actor = actor_for(town, chance, person.id)
    level = chance.choice(["record"] * 6 + ["work", "work", "item"])
    copies = [i for i in _copies(town, record, volume) if i.record_id == record]
    item = chance.choice(copies).id if level == "item" else None
    wish = _wish(town, person.id, record, volume, pickup, level, item)
    refusals = _refused(town, person.id, [wish])

    def ask() -> Sequence[HoldView]:
        placed = town.engine.place_hold(
            actor, patron_id=person.id, record_id=record, pickup=pickup, volume_key=volume,
            any_edition=level == "work", item_id=item, idempotency_key=key,
        )  # fmt: skip
        assert placed == town.engine.hold(agent("hem"), placed.id), "as whoever looks now sees it"
        return [placed]

    _place(town, chance, ask, refusals, [wish])


def series(town: Town, chance: random.Random) -> None:
    """Section 5: volumes in order, all of them or none; one line in the limits."""
    person = chance.choice(town.people)
    links = chance.sample(town.records, chance.choice([2, 2, 3]))
    if chance.random() < 0.6:
        links = [link for link in town.records if link[1]]
    pickup, key = town.library(chance), town.key()
    actor = actor_for(town, chance, person.id)
    wishes = [_wish(town, person.id, *link, pickup, "record", None) for link in links]
    refusals = _refused(town, person.id, wishes)

    def ask() -> Sequence[HoldView]:
        placed: Sequence[HoldView] = town.engine.place_series(
            actor, patron_id=person.id, links=links, pickup=pickup, idempotency_key=key
        )
        return placed

    _place(town, chance, ask, refusals, wishes)


def _place(
    town: Town, chance: random.Random, ask: Placed, refusals: Refusals, wishes: Sequence[Wish]
) -> None:
    before = town.photo
    try:
        held = ask()
    except Refusal as told:
        by_rules(told, refusals)
        assert town.look().facts() == before.facts()
        return
    assert not refusals, ("placed against the rules", refusals)
    numbers = [view.id for view in held]
    assert len(numbers) == len(wishes), (held, wishes)
    for number, wish in zip(numbers, wishes, strict=True):
        wish.hold, wish.since = number, (0, town.now, number)
        wish.chain = numbers[0] if len(numbers) > 1 else None
        town.ledger.wishes[number] = wish
    first = town.look()
    if chance.random() < 0.3:
        assert [view.id for view in ask()] == numbers, "the same key is the same hold"
        assert town.look().facts() == first.facts()


def _wish(
    town: Town, patron: int, record: int, volume: str, pickup: str, level: str, item: int | None
) -> Wish:
    """What would be written down if it is granted."""
    if level == "record" and volume:
        level = "volume"
    work = next(i.work_id for i in town.photo.items.values() if i.record_id == record)
    return Wish(
        0, patron, record, volume, town.network.library(pickup).id, (0, town.now, 0),
        level=level, work=work, item=item or 0,
    )  # fmt: skip


def _copies(town: Town, record: int, volume: str) -> list[ItemRow]:
    items = list(town.photo.items.values())
    work = next(i.work_id for i in items if i.record_id == record)
    return [i for i in items if (i.work_id, i.volume_key) == (work, volume)]


def _refused(town: Town, patron: int, wishes: Sequence[Wish]) -> Refusals:
    """Return every reason there is to refuse; which one is told first is the engine's affair."""
    found: Refusals = set()
    for index, wish in enumerate(wishes):
        copies = [
            i for i in _copies(town, wish.record, wish.volume)
            if (wish.level == "work" or i.record_id == wish.record)
            and (not wish.item or i.id == wish.item)
        ]  # fmt: skip
        if not [
            i for i in copies if i.status not in NEVER and not i.not_for_loan and not i.claimed
        ]:
            found.add(NotReservable)
        if any(wish.same_as(other) for other in [*town.ledger.of(patron), *wishes[:index]]):
            found.add(DuplicateHold)
    block = town.rules.block(town.photo, patron, town.today)
    if block:
        found.add(CardExpired if block == "expired" else PatronBlocked)
    if counted(town.ledger.of(patron)) >= LIMIT_OF_HOLDS or household_is_full(town, patron):
        found.add(HoldLimitReached)
    return found


def household_is_full(town: Town, patron: int) -> bool:
    """Section 9: a parent and the children of their card wait for enough."""
    return waits_for(town, patron) >= HOUSEHOLD_HOLDS


def waits_for(town: Town, patron: int) -> int:
    """How many a household waits for, a series counting as one."""
    household = town.rules.household(patron)
    return counted(w for w in town.ledger.active().values() if w.patron in household)
