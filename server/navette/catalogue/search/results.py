"""What a search is narrowed by and what it answers: plain frozen values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple, get_args

Sort = Literal["relevance", "soonest", "title", "arrivals", "date"]
SORTS: Final[Sequence[Sort]] = get_args(Sort)
# Their values are codes; the others are names, taken as they are written.
NAMES: Final = frozenset({"series", "genre", "section"})


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Chosen facet values: any of those of one facet, all facets together."""

    library: Sequence[str] = ()
    type: Sequence[str] = ()
    language: Sequence[str] = ()
    audience: Sequence[str] = ()
    availability: Sequence[str] = ()
    adapted: Sequence[str] = ()
    period: Sequence[str] = ()
    series: Sequence[str] = ()
    genre: Sequence[str] = ()
    digital: Sequence[str] = ()
    section: Sequence[str] = ()

    def of(self, facet: str) -> Sequence[str]:
        """Return the values chosen in a facet; codes are lower case. Names are only counted."""
        chosen: Sequence[str] = getattr(self, facet, ())
        given = [value.strip() for value in chosen if value.strip()]
        return given if facet in NAMES else [value.lower() for value in given]

    @property
    def none(self) -> bool:
        """Say whether nothing is narrowed."""
        return self is NOTHING or not any(getattr(self, f) for f in self.__dataclass_fields__)


NOTHING: Final = SearchFilters()


@dataclass(frozen=True, slots=True)
class Sorting:
    """In which order; `libraries` are codes in the order in which a copy there would be at hand.

    The first is one's own library; those that are not named come after. `today` tells how far
    the days of return are.
    """

    by: Sort = "relevance"
    libraries: Sequence[str] = ()
    today: date | None = None


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet, its French label, how many records have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet; its counts ignore what is chosen in itself, so that more can be chosen."""

    name: str
    values: Sequence[FacetValue]


class Hit(NamedTuple):
    """A record found. `highlights` are (start, end) places of found words in its title."""

    record_id: int
    title: str
    score: float
    highlights: Sequence[tuple[int, int]] = ()


def _nothing(_names: Sequence[str]) -> Sequence[Facet]:
    """Count no facet: there is no index."""
    return ()


def _nowhere(_place: int) -> str:
    """Begin nowhere: there is no record to begin after."""
    return ""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results; `suggestion` is another query to try ("essayez avec...").

    `partly`: nothing has all the words; these have some of them. `count` counts facets by name,
    for whoever only knows afterwards which; a page that begins after `cursor` of a place begins
    after the hit that stands there.
    """

    total: int
    hits: Sequence[Hit]
    facets: Sequence[Facet] = ()
    next_cursor: str | None = None
    suggestion: str | None = None
    partly: bool = False
    count: Callable[[Sequence[str]], Sequence[Facet]] = _nothing
    cursor: Callable[[int], str] = _nowhere


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to go on with while typing: `kind` is title, author, series or subject."""

    text: str
    kind: str
    record_id: int | None = None
