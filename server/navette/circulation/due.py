"""Until when something is lent, and how much a card may have at home (section 9). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from navette.circulation.facts import ItemRow, PatronRow
from navette.errors import LoanLimitReached
from navette.network.network import LibraryInfo, Network


@dataclass(frozen=True)
class Borrowed:
    """One open loan as the limits count it."""

    type: str
    new: bool


def is_new(item: ItemRow, today: date) -> bool:
    """Return whether the item is still a novelty."""
    return item.new_until is not None and item.new_until >= today


def due_on(
    network: Network, library: LibraryInfo, category: str, item: ItemRow, today: date
) -> date:
    """Return the day on which a loan made today is due, by the lending library's calendar.

    Never a closed day: the next opening day instead.
    """
    days = int(
        network.rule("loan_days", library=library.code, category=category, item_type=item.type)
    )
    if is_new(item, today):
        shorter = network.rule("loan_days_new", library=library.code, category=category)
        days = min(days, int(shorter))
    return open_day(library, today + timedelta(days=days))


def open_day(library: LibraryInfo, day: date) -> date:
    """Return the day, or the next one on which the library opens."""
    return library.calendar.next_open_day(day) or day


def check_loan_limits(
    network: Network,
    patron: PatronRow,
    borrowed: Sequence[Borrowed],
    item: ItemRow,
    today: date,
) -> None:
    """Raise LoanLimitReached when the card has enough: in all, of this type, or of new items."""
    home, category = network.by_id(patron.home_library_id).code, patron.category
    _check(int(network.rule("loan_limit", library=home, category=category)), len(borrowed))
    of_type = int(
        network.rule("loan_limit_of_type", library=home, category=category, item_type=item.type)
    )
    if of_type:
        _check(of_type, sum(b.type == item.type for b in borrowed))
    if is_new(item, today):
        limit = int(network.rule("loan_limit_new", library=home, category=category))
        _check(limit, sum(b.new for b in borrowed))


def _check(limit: int, current: int) -> None:
    if current >= limit:
        raise LoanLimitReached(limit=limit, current=current)
