"""How demand and lateness are spread: read from the statistics of real libraries, or as committed.

What is committed are a few figures of the same shapes (a curve of eleven points, some shares),
never the statistics themselves.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from navette.errors import SourceError

LOANS, HOLDS = "roubaix_item_loans.csv.gz", "reims_holds_2020-06.csv"
POINTS = 11
OWN_LIBRARY, ASKED_AT = "Bibliothèque (Libellé)", "Réservation - Lieu demandé (Libellé)"
KINDS = "Type de document (Libellé)"


@dataclass(frozen=True)
class Lateness:
    """When a loan comes back, against its due date. Shares are of all loans.

    The others come back early, most of them within the last week. `late_days` is the mean of
    those that are late; a `lost` one comes back after more than a year, or never.
    """

    on_the_day: float = 0.24
    late: float = 0.17
    late_days: float = 9.0
    lost: float = 0.008


@dataclass(frozen=True)
class Shapes:
    """What a year is drawn from.

    `popularity`: loans of an item against the mean, at eleven quantiles from the least to the
    most lent; `travels`: share of holds that are asked for at another library than the copy's;
    `films`: share of holds for films.
    """

    source: str = "committed parameters"
    never_lent: float = 0.24
    popularity: Sequence[float] = (0.06, 0.12, 0.2, 0.31, 0.46, 0.68, 0.94, 1.32, 1.9, 3.1, 12.0)
    travels: float = 0.46
    films: float = 0.18
    lateness: Lateness = Lateness()
    out: float = 0.23
    overdue: float = 0.25
    overdue_a_year: float = 0.5


def shapes_of(folder: Path | None) -> Shapes:
    """Return the shapes of the statistics in a folder, or those committed; raises SourceError."""
    if folder is None:
        return Shapes()
    try:
        loans = sorted(_loans(folder / LOANS))
        asked = list(_rows(folder / HOLDS))
        lent = [n for n in loans if n]
        return replace(
            Shapes(),
            source=f"{LOANS} ({len(loans)} items), {HOLDS} ({len(asked)} holds)",
            never_lent=1 - len(lent) / len(loans),
            popularity=_curve(lent),
            travels=sum(row[OWN_LIBRARY] != row[ASKED_AT] for row in asked) / len(asked),
            films=sum(row[KINDS] == "DVD" for row in asked) / len(asked),
        )
    except (OSError, KeyError, ValueError, ZeroDivisionError, EOFError) as error:
        raise SourceError(str(folder), f"no such statistics: {error!r}") from error


def _curve(lent: Sequence[int]) -> tuple[float, ...]:
    mean = sum(lent) / len(lent)
    places = (round(i / (POINTS - 1) * (len(lent) - 1)) for i in range(POINTS))
    return tuple(round(lent[place] / mean, 3) for place in places)


def _loans(path: Path) -> Iterator[int]:
    for row in _rows(path):
        yield int(row["loans_total"] or 0)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    opening = gzip.open if path.suffix == ".gz" else open
    with opening(path, "rt", encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)
