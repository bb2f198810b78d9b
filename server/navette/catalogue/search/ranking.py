"""What counts how much. Each number was weighed on judged queries: docs/decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

Weights = Mapping[str, Mapping[str, float]]


def _weights(**by_field: Mapping[str, float]) -> Weights:
    return MappingProxyType({name.rstrip("_"): value for name, value in by_field.items()})


# For stems, by what the word was meant for ("" is anything).
BY_STEM: Final = _weights(
    _={
        "title": 4.0,
        "series": 2.5,
        "subtitle": 1.5,
        "subject": 1.2,
        "publication": 0.6,
        "contents": 0.5,
        "summary": 0.4,
    },
    author={},
    title={"title": 4.0, "subtitle": 2.0, "series": 2.0},
    subject={"subject": 1.0},
    series={"series": 1.0},
)
# For whole words, a quarter more than for stems: those of "chat" and "châtiment" are the same.
BY_WHOLE: Final = _weights(
    _={"title_words": 5.0, "author": 3.5},
    author={"author": 3.5},
    title={"title_words": 5.0},
    subject={"subject_words": 1.25},
    series={"series_words": 1.25},
)
# Where typos are forgiven and words may be unfinished.
LOOSE: Final = _weights(
    _={"title_words": 3.0, "author": 2.5, "series_words": 2.0, "subject_words": 0.8},
    author={"author": 1.0},
    title={"title_words": 3.0, "series_words": 2.0},
    subject={"subject_words": 1.0},
    series={"series_words": 1.0},
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """All the numbers of the ranking; the default is what is used, others are for measuring."""

    by_stem: Weights = field(default_factory=lambda: BY_STEM)
    by_whole: Weights = field(default_factory=lambda: BY_WHOLE)
    loose: Weights = field(default_factory=lambda: LOOSE)
    tie: float = 0.3
    exact_title: float = 60.0
    exact_title_per_word: float = 40.0
    title_phrase: float = 2.0
    author_phrase: float = 2.0
    as_said: float = 1000.0
    mistyped: float = 0.3
    sound: float = 2.0
    popularity: float = 0.15
    recency: float = 0.08
    availability: float = 0.02
    forgiving: bool = True
    partly: bool = True


RANKING: Final = Ranking()
