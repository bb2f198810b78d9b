"""A long list made bearable: by day, by library, by person; what is urgent stays open.

No mode to switch and nobody to choose: it stays one dated list with first names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from navette.languages import _
from navette_web import french

Row = Mapping[str, Any]
AT_ONCE = 6  # documents that stand open whatever their day
MOST_A_DAY = 8
A_PAGE = 30  # loans on a page of the list that has them all
FIRST_WAITING = 4
TOGETHER = 3  # ready at one library: one card instead of as many


@dataclass(frozen=True)
class Fold:
    """Rows under one heading that opens and closes; `more` are those that are not shown here.

    `page` is where the page of the whole list begins that has the first of them.
    """

    id: str
    heading: str
    said: str
    rows: Sequence[Row]
    open: bool = False
    tag: str = ""
    note: str = ""
    more: int = 0
    page: int = 0


def days_of(loans: Sequence[Row], most: int = MOST_A_DAY) -> list[Fold]:
    """Gather loans by what is said of their day; what is late or due in a week stays open."""
    folds, before = list[Fold](), 0
    at = {one["loan_id"]: number for number, one in enumerate(loans)}
    for lead, found in groupby(sorted(loans, key=_claimed), key=lambda one: one["lead"]):
        rows = list(found)
        urgent = any(one["urgent"] for one in rows)
        beyond = rows[most:]
        refusals = {one["refusal"] for one in rows}
        folds.append(
            Fold(
                id=f"jour-{rows[0]['day']}",
                heading=lead,
                said=_said(rows),
                rows=rows[:most],
                open=urgent or before + len(rows) <= AT_ONCE,
                tag=rows[0]["tag"],
                note=refusals.pop() if len(refusals) == 1 and len(rows) > 1 else "",
                more=len(beyond),
                page=at[beyond[0]["loan_id"]] // A_PAGE * A_PAGE if beyond else 0,
            )
        )
        before += len(rows)
    return folds


def _claimed(loan: Row) -> bool:
    return bool(loan["claimed"])


def _said(rows: Sequence[Row]) -> str:
    count = french.counted(len(rows), _("document"), _("documents"))
    names = ", ".join(dict.fromkeys(one["who"] for one in rows if one["who"]))
    return " · ".join(filter(None, (count, names)))


@dataclass(frozen=True)
class Waiting:
    """The next to come, by date, then the others of each person with their count."""

    first: Sequence[Row]
    others: Sequence[Fold]


def waiting_of(rows: Sequence[Row]) -> Waiting:
    """Keep the next few in the open; one more is not worth a fold."""
    if len(rows) <= FIRST_WAITING + 1:
        return Waiting(rows, ())
    return Waiting(rows[:FIRST_WAITING], list(_others(rows[FIRST_WAITING:])))


def _others(rows: Sequence[Row]) -> Iterable[Fold]:
    people = dict.fromkeys((one["patron_id"], one["who"]) for one in rows)
    for patron, who in people:
        theirs = [one for one in rows if one["patron_id"] == patron]
        count = french.counted(len(theirs), _("autre en attente"), _("autres en attente"))
        heading = f"{_('Pour {name}').format(name=who)} · {count}" if who else count
        yield Fold(f"attente-{patron}", heading, theirs[0]["lead"], theirs)


def shelves_of(cards: Sequence[Row]) -> list[Sequence[Row]]:
    """Gather what is ready at one library when it is several; by the first deadline otherwise."""
    at: dict[str, list[Row]] = {}
    for card in cards:
        at.setdefault(card["code"], []).append(card)
    shelves = list[Sequence[Row]]()
    for rows in at.values():
        shelves.extend([rows] if len(rows) >= TOGETHER else [[one] for one in rows])
    return shelves
