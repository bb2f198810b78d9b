"""Who holds what in the demonstration: the works spread over five libraries, copy by copy.

The same on every machine and every day: chance is drawn from the key of each work, so that a
work added or removed moves no other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

from navette_server.demo.works import LIBRARIES, Kind, Part, Work, all_works

SEED: Final = "navette"

# Roughly the weight of the five towns; the smallest get a little more than their share.
_WEIGHT: Final[Mapping[str, float]] = {
    "hem": 0.37, "lannoy": 0.07, "leers": 0.19, "lys": 0.28, "toufflers": 0.09,
}  # fmt: skip
_LIBRARIES_BY_POPULARITY: Final[Mapping[int, tuple[int, int]]] = {
    1: (1, 1), 2: (1, 2), 3: (1, 3), 4: (2, 4), 5: (3, 5),
}  # fmt: skip
_SECOND_COPY: Final[Mapping[str, float]] = {"hem": 0.6, "lys": 0.4, "leers": 0.15}
_MOST_POPULAR: Final = 5
_ON_SITE_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Copy:
    """One item: a copy of a work, or of one of its parts, owned by a library.

    `rank` counts the library's copies of the same content from 1; `loans` is its lifetime count.
    """

    work: Work
    library: str
    rank: int
    part: Part | None
    on_site: bool
    loans: int


@cache
def copies_of(library: str) -> Sequence[Copy]:
    """Return every copy a library owns, in the order of the works."""
    return tuple(copy for work in all_works() for copy in _copies(work) if copy.library == library)


def holdings_of(work: Work) -> Mapping[str, int]:
    """Return how many copies each library holds of a work (of each of its parts)."""
    if work.holdings:
        return work.holdings
    chance = Random(f"{SEED}:{work.key}")  # noqa: S311 - chance that must repeat itself
    return {
        library: 1 + (_is_much_asked(work) and chance.random() < _SECOND_COPY.get(library, 0))
        for library in _drawn(work, chance)
    }


def _drawn(work: Work, chance: Random) -> list[str]:
    wanted = chance.randint(*_LIBRARIES_BY_POPULARITY[work.popularity])
    # Each library runs against the others with its weight (Efraimidis and Spirakis).
    speed = {library: chance.random() ** (1 / _WEIGHT[library]) for library in LIBRARIES}
    fastest = sorted(LIBRARIES, key=lambda library: speed[library], reverse=True)[:wanted]
    return [library for library in LIBRARIES if library in fastest]


def _is_much_asked(work: Work) -> bool:
    return work.popularity == _MOST_POPULAR and work.kind is not Kind.MAGAZINE


def _may_stay_on_site(work: Work) -> bool:
    return work.shelf == "documentaries" and not work.holdings


def _copies(work: Work) -> Iterator[Copy]:
    parts: Sequence[Part | None] = work.parts or (None,)
    for library, copies in holdings_of(work).items():
        chance = Random(f"{SEED}:{work.key}:{library}")  # noqa: S311 - as above
        on_site = _may_stay_on_site(work) and chance.random() < _ON_SITE_SHARE
        for part in parts:
            for rank in range(1, copies + 1):
                loans = chance.randint(0, 12) * work.popularity
                yield Copy(work, library, rank, part, on_site and rank == copies, loans)
