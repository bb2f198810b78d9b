"""The town of the simulation: copies, titles and people as rows that the rules can read."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

from navette.circulation.facts import ItemRow, PatronRow
from navette.network.network import LibraryInfo, Network
from navette_server.simulating.shapes import Shapes

ITEMS = 12_000
READERS = 4_000
MOST_COPIES = 5
NEW_TITLES_A_WEEK = 8
STAYS_NEW = 120  # days for which a title is asked for as a new one
FOREVER = date(2099, 12, 31)


@dataclass
class Title:
    """A publication and work in one: how much it is wanted, and its copies."""

    id: int
    wanted: float
    type: str
    copies: list[int] = field(default_factory=list)
    appeared: date | None = None


@dataclass
class Chooser:
    """Draws one of many by weight."""

    ids: Sequence[int]
    sums: Sequence[float]

    @classmethod
    def of(cls, weights: dict[int, float]) -> Chooser:
        """Prepare to draw keys by their weights."""
        kept = {key: weight for key, weight in weights.items() if weight > 0}
        return cls(list(kept), list(accumulate(kept.values())))

    def draw(self, chance: random.Random) -> int:
        """Return one of the keys."""
        return self.ids[bisect(self.sums, chance.random() * self.sums[-1])]


class Stock:
    """Titles, copies and readers; who writes here changes the town."""

    def __init__(self, network: Network, shapes: Shapes, chance: random.Random, items: int) -> None:
        """Fill the shelves of the five libraries."""
        self.network, self.shapes, self.chance = network, shapes, chance
        self.items: dict[int, ItemRow] = {}
        self.titles: dict[int, Title] = {}
        self.new: list[Title] = []
        self.readers = [self._reader(number) for number in range(1, READERS + 1)]
        self._libraries = list(network.libraries)
        self._people = [library.population or 1 for library in self._libraries]
        while len(self.items) < items:
            self._title(self._wanted(), self._type(), None)
        self.by_hold = Chooser.of({t.id: t.wanted**1.2 for t in self.titles.values()})
        self.on_shelves = {
            library.id: Chooser.of(
                {
                    i.id: self.titles[i.work_id].wanted
                    for i in self.items.values()
                    if i.home_library_id == library.id
                }
            )
            for library in self._libraries
        }

    def library(self) -> LibraryInfo:
        """Draw a library by the people of its town."""
        return self.chance.choices(self._libraries, self._people)[0]

    def new_titles(self, today: date) -> None:
        """Let this week's new titles appear, under embargo, some copies to be found on the spot."""
        for _ in range(NEW_TITLES_A_WEEK):
            self.new.append(self._title(4.0 + 8.0 * self.chance.random() ** 3, "book", today))
        self.new = [t for t in self.new if t.appeared and today - t.appeared < timedelta(STAYS_NEW)]

    def _wanted(self) -> float:
        shapes, chance = self.shapes, self.chance
        if chance.random() < shapes.never_lent:
            return 0.01
        place = chance.random() * (len(shapes.popularity) - 1)
        low = int(place)
        share = place - low
        here, above = shapes.popularity[low], shapes.popularity[low + 1]
        return (
            here + (above - here) * share**3
            if low == len(shapes.popularity) - 2
            else (here + (above - here) * share)
        )

    def _type(self) -> str:
        return "film" if self.chance.random() < self.shapes.films else "book"

    def _title(self, wanted: float, kind: str, appeared: date | None) -> Title:
        title = Title(len(self.titles) + 1, wanted, kind, appeared=appeared)
        self.titles[title.id] = title
        copies = 1 + min(MOST_COPIES - 1, int(self.chance.expovariate(1 / (0.15 + wanted / 3))))
        on_the_spot = self._on_the_spot(copies) if appeared else 0
        for number in range(copies):
            library = self.library()
            last = appeared + timedelta(days=self._new_days() - 1) if appeared else None
            self._copy(title, library, last, last if number < on_the_spot else None)
        return title

    def _on_the_spot(self, copies: int) -> int:
        share = float(self.network.rule("walk_in_share"))
        return int(copies * share + 0.5) if copies > 2 else 0  # noqa: PLR2004 - three or more

    def _new_days(self) -> int:
        return int(self.network.rule("new_days"))

    def _copy(
        self, title: Title, library: LibraryInfo, new: date | None, on_site: date | None
    ) -> None:
        item = ItemRow(
            id=len(self.items) + 1, record_id=title.id, work_id=title.id,
            home_library_id=library.id, current_library_id=library.id, barcode="",
            status="AVAILABLE", processing_cause=None, not_for_loan=False, type=title.type,
            section="", call_number="", volume_key="", volume_label="", new_until=new,
            on_site_until=on_site, alert="", version=1, last_seen_at=None, targeting_penalty=0, claimed=False,
        )  # fmt: skip
        self.items[item.id] = item
        title.copies.append(item.id)

    def _reader(self, number: int) -> PatronRow:
        return PatronRow(
            id=number, card=str(number), first_name="", last_name="", birth_year=1980,
            category="adult", home_library_id=self.network.libraries[0].id, valid_until=FOREVER,
            blocked_reason="", hold_rhythm=None, closed_at=None, version=1,
            group_pickup=False, suspended_until=None,
        )  # fmt: skip
