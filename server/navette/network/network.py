"""The network as one value: libraries in line order, places, calendars, van, rule values."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from navette.errors import UnknownLibrary
from navette.network.calendar import Calendar
from navette.network.habits import Habits
from navette.network.timetable import Timetable

T = TypeVar("T")
_NOT_YET = object()


@dataclass(frozen=True)
class LibraryInfo:
    """A library as everybody needs to know it."""

    id: int
    code: str
    name: str
    short_name: str
    town: str
    insee: str
    shape: str
    colour: str
    position: int
    population: int
    address: str
    phone: str
    email: str
    accessibility: str
    engine: str
    shelf_prefix: str
    calendar: Calendar
    pickup_place_id: int


@dataclass(frozen=True)
class Category:
    """A kind of patron: adult, young, child, group, professional."""

    code: str
    name: str


@dataclass(frozen=True)
class Network:
    """Everything about the network that rules and pages read; small, loaded whole."""

    title: str
    notice: str
    demonstration: bool
    libraries: Sequence[LibraryInfo]
    categories: Sequence[Category]
    timetable: Timetable
    rules: Mapping[tuple[str, str, str, str], Any]
    facts: Mapping[str, Any]
    habits: Habits = field(default_factory=Habits)
    amnesties: Sequence[tuple[date, date]] = ()

    _numbered: dict[int, LibraryInfo] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _memory: dict[Hashable, tuple[int, Any]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    _known: dict[tuple[str, str, str, str], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def in_this_minute(self, what: Hashable, now: datetime, make: Callable[[], T]) -> T:
        """Return what `make` makes, the same for a whole minute: ways of the van, costs.

        A network is read anew every two seconds, so what was remembered of an old calendar goes
        with it. Two threads may make it twice; both then have the same.
        """
        minute = int(now.timestamp()) // 60
        kept = self._memory.get(what)
        if kept is None or kept[0] != minute:
            kept = self._memory[what] = (minute, make())
        found: T = kept[1]
        return found

    def is_amnesty(self, day: date) -> bool:
        """Return whether lateness has no consequence that day."""
        return any(first <= day <= last for first, last in self.amnesties)

    def library(self, code: str) -> LibraryInfo:
        """Return the library of a code read in any case; raises UnknownLibrary."""
        wanted = code.strip().lower()
        for library in self.libraries:
            if library.code == wanted:
                return library
        raise UnknownLibrary(code, self.codes)

    def by_id(self, library_id: int) -> LibraryInfo:
        """Return the library of a row id; raises KeyError."""
        found = self._numbered.get(library_id)
        if found is None:
            self._numbered.update({library.id: library for library in self.libraries})
            found = self._numbered[library_id]
        return found

    @cached_property
    def short_names(self) -> Mapping[str, str]:
        """Return the short names of the libraries by code, in line order."""
        return {library.code: library.short_name for library in self.libraries}

    @property
    def codes(self) -> Sequence[str]:
        """Return the codes in line order."""
        return [library.code for library in self.libraries]

    def rule(self, name: str, *, library: str = "", category: str = "", item_type: str = "") -> Any:
        """Return the value of a rule: the closest of (library, category, type) wins.

        Library counts most, then category, then type; raises KeyError for an unknown rule. Looked
        up once: a rule that is changed comes with a network read anew.
        """
        asked = (name, library, category, item_type)
        found = self._known.get(asked, _NOT_YET)
        if found is _NOT_YET:
            found = self._known[asked] = self._rule(name, library, category, item_type)
        return found

    def _rule(self, name: str, library: str, category: str, item_type: str) -> Any:
        for at in (library, "") if library else ("",):
            for of in (category, "") if category else ("",):
                for kind in (item_type, "") if item_type else ("",):
                    found = self.rules.get((name, at, of, kind))
                    if found is not None:
                        return found
        if (name, category) in CATEGORY_DEFAULTS:
            return CATEGORY_DEFAULTS[name, category]
        return (
            DEFAULT_RULES[name, item_type]
            if (name, item_type) in DEFAULT_RULES
            else (DEFAULT_RULES[name, ""])
        )


# Schools, nurseries, associations: longer loans, larger quotas, never a personal suspension.
CATEGORY_DEFAULTS: Mapping[tuple[str, str], Any] = {
    ("loan_days", "group"): 56,
    ("loan_days_new", "group"): 56,
    ("loan_limit", "group"): 40,
    ("loan_limit_of_type", "group"): 0,
    ("suspension_days_longest", "group"): 0,
}
DEFAULT_RULES: Mapping[tuple[str, str], Any] = {
    ("loan_days", ""): 21,
    ("loan_days", "film"): 14,
    ("loan_days", "magazine"): 14,
    ("loan_days_new", ""): 14,
    ("loan_limit", ""): 15,
    ("loan_limit_of_type", "film"): 4,
    ("loan_limit_of_type", ""): 0,
    ("loan_limit_new", ""): 2,
    ("renewals", ""): 1,
    ("renewal_days", ""): 21,
    ("hold_limit", ""): 5,
    ("loan_limit_household", ""): 0,
    ("hold_limit_household", ""): 0,
    ("claim_search_days", ""): 3,
    ("claim_searches", ""): 2,
    ("pickup_days", ""): 10,
    ("pickup_open_days", ""): 3,
    ("pickup_days_longest", ""): 21,
    ("hold_life_days", ""): 183,
    ("new_days", ""): 56,
    ("walk_in_share", ""): 0.25,
    ("late_days_before_block", ""): 7,
    ("suspension_days_longest", ""): 30,
    ("local_window_days", ""): 0,
    ("on_shelf_holds", ""): "allow",
    ("reservable", ""): True,
    ("rank_class", ""): 0,
    ("reshelve_delay_minutes", ""): 0,
    ("floats", ""): False,
    ("pull_rounds", ""): ["09:30", "14:00"],
    ("min_transit_minutes", ""): 10,
    ("registration_months", ""): 12,
    ("passes", ""): 2,
    ("pass_days", ""): 7,
    ("group_wait_days", ""): 4,
    ("suspend_days_longest", ""): 365,
    ("consent_age", ""): 15,
    ("own_titles_age", ""): 15,
    ("own_titles_masked", ""): True,
    ("adult_age", ""): 18,
    ("guardians_most", ""): 4,
    ("history_months", ""): 24,
    ("overdue_beyond_hope_days", ""): 60,
    ("reminder_days_before", ""): [3],
    ("reminder_days_after", ""): [1, 8, 21],
}
