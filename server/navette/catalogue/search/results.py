"""What a search is narrowed by and what it answers: plain frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Chosen facet values: any of those of one facet, all facets together."""

    library: Sequence[str] = ()
    type: Sequence[str] = ()
    language: Sequence[str] = ()
    audience: Sequence[str] = ()
    availability: Sequence[str] = ()

    def of(self, facet: str) -> Sequence[str]:
        """Return the values chosen in a facet; codes of libraries are lower case."""
        chosen: Sequence[str] = getattr(self, facet)
        return [value.strip().lower() for value in chosen if value.strip()]

    @property
    def none(self) -> bool:
        """Say whether nothing is narrowed."""
        return not (
            self.library or self.type or self.language or self.audience or self.availability
        )


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


@dataclass(frozen=True, slots=True)
class Hit:
    """A record found. `highlights` are (start, end) places of found words in its title.

    A page that begins after `cursor` begins after this record.
    """

    record_id: int
    title: str
    score: float
    highlights: Sequence[tuple[int, int]] = ()
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results; `suggestion` is another query to try ("essayez avec...").

    `partly`: nothing has all the words; these have some of them.
    """

    total: int
    hits: Sequence[Hit]
    facets: Sequence[Facet] = ()
    next_cursor: str | None = None
    suggestion: str | None = None
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to go on with while typing: `kind` is title, author, series or subject."""

    text: str
    kind: str
    record_id: int | None = None
