"""Ages: from which one a person speaks, chooses and is of age; the network sets them.

The year of birth is all that is kept of a birth; for a minor whose day was told, the day of 18
too, until that day. Where only the year is known, a birthday counts from 1 January: an adult's
link to a young person never lasts too long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from navette.network.network import Network

CHILD = "child"
ADULT_AGE = 18  # of the law; a network may set another for its own rules


class Person(Protocol):
    """What of a person tells their age."""

    @property
    def birth_year(self) -> int | None:
        """Return the year of birth, None when unknown."""
        ...

    @property
    def category(self) -> str:
        """Return the category of the card."""
        ...

    @property
    def of_age_on(self) -> date | None:
        """Return the day of 18 of a minor, None when unknown."""
        ...


@dataclass(frozen=True)
class Ages:
    """The ages of a network: `consent` speaks alone, `titles` may mask, `adult` has no guardian."""

    consent: int = 15
    titles: int = 15
    adult: int = 18
    most_guardians: int = 4
    titles_masked: bool = True

    @classmethod
    def of(cls, network: Network) -> Ages:
        """Read the ages that a network has set."""
        return cls(
            consent=int(network.rule("consent_age")),
            titles=int(network.rule("own_titles_age")),
            adult=int(network.rule("adult_age")),
            most_guardians=int(network.rule("guardians_most")),
            titles_masked=bool(network.rule("own_titles_masked")),
        )


def birthday(person: Person, age: int, adult: int = 18) -> date | None:
    """Return the morning when a person reaches an age, None when nothing is known of their birth."""
    if person.of_age_on is not None:
        return _years_after(person.of_age_on, age - adult)
    return None if person.birth_year is None else date(person.birth_year + age, 1, 1)


def is_under(person: Person, age: int, today: date, adult: int = 18) -> bool:
    """Return whether a person is younger; without any birth, a child's card says so."""
    reached = birthday(person, age, adult)
    return person.category == CHILD if reached is None else today < reached


def shows_titles(person: Person, ages: Ages, today: date) -> bool:
    """Return whether guardians read a person's titles: always of a child, later as they chose."""
    if is_under(person, ages.titles, today, ages.adult):
        return True
    chosen: bool | None = getattr(person, "titles_shown", None)
    return not ages.titles_masked if chosen is None else chosen


def day_of_age(birth: date, adult: int = 18) -> date:
    """Return the day when somebody born on `birth` is of age."""
    return _years_after(birth, adult)


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # born on 29 February: 1 March
        return date(day.year + years, 3, 1)
