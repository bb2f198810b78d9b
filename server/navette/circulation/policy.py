"""What the rules allow: which copy can fill which hold, who may reserve, until when. Pure.

CIRCULATION sections 5 and 9, E5, E10, E11, E16. Every value is a rule of the network, by
library, category and type.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from navette.circulation.facts import HoldRow, ItemRow, PatronRow
from navette.circulation.states import ItemStatus
from navette.errors import CardExpired, HoldLimitReached, NotReservable, PatronBlocked
from navette.network.network import LibraryInfo, Network

_S = ItemStatus
# Standing on an open shelf: may be targeted (T2, I4).
ON_SHELF = frozenset({_S.AVAILABLE, _S.TO_RESHELVE})
# Not expected back: never counted on for a hold, a promise or a renewal.
GONE = frozenset({_S.MISSING, _S.LOST, _S.DAMAGED, _S.WITHDRAWN, _S.NOT_FOR_LOAN})
# Failed pulls after which a copy is asked for no more until somebody scans it (section 6).
MOST_FAILURES = 2


def matches(item: ItemRow, level: str, target_id: int, work_id: int, volume_key: str) -> bool:
    """Return whether an item is what a hold of this level, target and volume asks for."""
    if level == "item":
        return item.id == target_id
    if item.volume_key != volume_key:
        return False
    return item.work_id == work_id if level == "work" else item.record_id == target_id


def hold_matches(item: ItemRow, hold: HoldRow) -> bool:
    """Return whether an item is what the hold asks for, wherever it is now."""
    return matches(item, hold.level, hold.target_id, hold.work_id, hold.volume_key)


def is_lendable(item: ItemRow, network: Network) -> bool:
    """Return whether the item can ever be lent and reserved (E11)."""
    if item.not_for_loan or item.claimed or item.status in GONE:
        return False
    library = network.by_id(item.home_library_id).code
    return bool(network.rule("reservable", library=library, item_type=item.type))


def is_walk_in(item: ItemRow, today: date) -> bool:
    """Return whether the copy is kept to be discovered on the spot (walk-in share)."""
    return item.on_site_until is not None and item.on_site_until >= today


def under_embargo(item: ItemRow, today: date) -> bool:
    """Return whether a new item does not travel yet (section 5)."""
    return item.new_until is not None and item.new_until >= today


def can_ever_fill(item: ItemRow, hold: HoldRow, network: Network, today: date) -> bool:
    """Return whether this copy may fill the hold one day, on loan or on its way as it may be."""
    return hold_matches(item, hold) and is_lendable(item, network) and not is_walk_in(item, today)


def can_fill_now(
    item: ItemRow, hold: HoldRow, network: Network, today: date, *, at: int | None = None
) -> bool:
    """Return whether the policy lets this copy leave for the hold now.

    `at` is the library where it is scanned (where it stands when not said): a new item under
    embargo serves only a hold that is collected there.
    """
    here = item.current_library_id if at is None else at
    travels = hold.pickup_library_id == here or not under_embargo(item, today)
    return travels and can_ever_fill(item, hold, network, today)


def is_free(item: ItemRow, bound: Collection[int]) -> bool:
    """Return whether a copy stands unbound on an open shelf and may be asked for (T2)."""
    return (
        item.status in ON_SHELF
        and item.id not in bound
        and item.targeting_penalty < MOST_FAILURES
        and not item.alert
    )


def block_of(patron: PatronRow, first_due: date | None, network: Network, today: date) -> str:
    """Return why a card cannot be served now ('' when it can): blocked expired late paused (E16).

    Paused: suspended for having been late (section 9), until a day. In an amnesty neither that
    nor what is late counts.
    """
    if patron.blocked_reason:
        return "blocked"
    if patron.valid_until < today:
        return "expired"
    if network.amnesties and network.is_amnesty(today):
        return ""
    home = network.by_id(patron.home_library_id).code
    grace = network.rule("late_days_before_block", library=home, category=patron.category)
    if first_due is not None and today > first_due + timedelta(days=int(grace)):
        return "late"
    if patron.suspended_until is not None and today < patron.suspended_until:
        return "paused"
    return ""


def check_card(
    patron: PatronRow,
    first_due: date | None,
    network: Network,
    today: date,
    *,
    borrowing: bool = False,
) -> None:
    """Raise PatronBlocked or CardExpired when the card cannot be served.

    A pause for lateness keeps from `borrowing` only: one may reserve, and is served afterwards.
    """
    block = block_of(patron, first_due, network, today)
    if block == "expired":
        raise CardExpired(since=patron.valid_until)
    if block == "paused":
        if borrowing:
            raise PatronBlocked(reason=block, until=patron.suspended_until)
        return
    if block:
        raise PatronBlocked(reason=patron.blocked_reason or block)


class Allowance(NamedTuple):
    """How many holds there may be at once, and how many there are; a series counts once."""

    limit: int
    current: int

    @property
    def left(self) -> int:
        """Return how many more may be placed."""
        return max(0, self.limit - self.current)

    def check(self) -> None:
        """Raise HoldLimitReached when none may be placed."""
        if not self.left:
            raise HoldLimitReached(limit=self.limit, current=self.current)


def holds_allowed(patron: PatronRow, current: int, network: Network) -> Allowance:
    """Return how many holds the category of a card allows."""
    home = network.by_id(patron.home_library_id).code
    return Allowance(
        int(network.rule("hold_limit", library=home, category=patron.category)), current
    )


def check_hold_limit(patron: PatronRow, current: int, network: Network) -> None:
    """Raise HoldLimitReached when the card has as many holds as its category allows."""
    holds_allowed(patron, current, network).check()


def check_reservable(
    items: Sequence[ItemRow],
    bound: Collection[int],
    pickup: LibraryInfo,
    network: Network,
    today: date,
    *,
    issues: bool = False,
) -> None:
    """Raise NotReservable unless one of the matching copies can ever fill the hold.

    `issues`: the copies are those of the newest issue of a periodical (E10). A pickup library
    may ask people to come for what stands on its own shelf (`ask`), or reserve only what is out
    everywhere (`all_out`) (E5).
    """
    usable = [i for i in items if is_lendable(i, network)]
    reservable = [i for i in usable if not is_walk_in(i, today)]
    if not reservable:
        on_site = usable or any(i.not_for_loan or i.status == _S.NOT_FOR_LOAN for i in items)
        raise NotReservable(reason="on_site" if on_site else "no_copy")
    if issues:
        raise NotReservable(reason="latest_issue")
    allowed = network.rule("on_shelf_holds", library=pickup.code)
    if allowed == "allow":
        return
    free_at = {i.current_library_id for i in reservable if is_free(i, bound)}
    if pickup.id in free_at:
        raise NotReservable(reason="on_shelf")
    if free_at and allowed == "all_out":
        raise NotReservable(reason="not_all_out")


def volumes_among(items: Iterable[ItemRow]) -> list[tuple[str, str]]:
    """Return (key, label) of the volumes or issues of these copies, in their natural order."""
    labels: dict[str, str] = {}
    for item in items:
        if item.volume_key and item.status != _S.WITHDRAWN:
            labels[item.volume_key] = labels.get(item.volume_key) or item.volume_label
    return [(key, labels[key] or key) for key in sorted(labels, key=natural)]


def newest_issue(items: Iterable[ItemRow]) -> str:
    """Return the volume key of the latest issue, not reservable until the next one arrives."""
    return max((i.volume_key for i in items if i.volume_key), key=natural, default="")


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that puts volume 2 before volume 10."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts)


def lives_until(patron: PatronRow, network: Network, today: date) -> date:
    """Return the last day of an unfilled hold (T13)."""
    home = network.by_id(patron.home_library_id).code
    days = network.rule("hold_life_days", library=home, category=patron.category)
    return today + timedelta(days=int(days))
