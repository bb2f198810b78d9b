"""A town: people, titles and copies at five libraries, set back in place before each story."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from core.circulation.diary import Narrated
from core.circulation.faults import FaultyUnit
from core.circulation.ledger import HOUSEHOLD_HOLDS, HOUSEHOLD_LOANS, Ledger, check_rows
from core.circulation.photo import Photo, take
from core.circulation.rulebook import Person, Rulebook
from factories import a_child, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.facts import HoldRow, ItemRow, TransitRow
from navette.clock import local_date
from navette.ils.embedded import EmbeddedCirculation
from navette.network.loading import network_of
from navette.network.network import Network
from navette.network.tables import RuleValue
from navette.storage.unit import Tx, Unit

# A weekday in autumn, the eves of both clock changes, and the end of a year.
BEGINNINGS = (
    datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    datetime(2026, 10, 22, 14, 0, tzinfo=UTC),
    datetime(2027, 3, 26, 15, 30, tzinfo=UTC),
    datetime(2026, 12, 23, 8, 0, tzinfo=UTC),
)
LONGEST_PAUSE = 6
RULES = {
    "suspension_days_longest": LONGEST_PAUSE,
    "hold_limit_household": HOUSEHOLD_HOLDS,
    "loan_limit_household": HOUSEHOLD_LOANS,
}
EMPTIED = (
    "hold_event", "outbox", "scan", "repeated_request", "change", "claim_search", "return_claim",
    "loan", "transit", "hold", "closure", "closure_question",
)  # fmt: skip


@dataclass
class Kept:
    """A scan that may be undone: what was true of the item before, and its version since."""

    library: str
    scan_id: str
    item: int
    at: datetime
    before: ItemRow
    bound: HoldRow | None
    lent_to: int | None
    ended: int | None
    version: int
    told: Any
    line: dict[int, tuple[str, int | None, int]] = field(default_factory=dict)
    trip: TransitRow | None = None  # on which the scan sent it
    pause: tuple[int, date | None, date] | None = None  # whose, until when before and since


@dataclass
class Town:
    """Everything a story happens to."""

    unit: FaultyUnit
    clock: FrozenClock
    engine: Narrated
    rules: Rulebook
    records: list[tuple[int, str]]  # what can be asked for: record and volume
    items: list[int]
    barcodes: dict[int, str]
    first_items: list[ItemRow]
    first_rhythms: dict[int, int | None]
    ledger: Ledger = field(default_factory=Ledger)
    scans: list[Kept] = field(default_factory=list)
    keys: int = 0
    closures: list[int] = field(default_factory=list)
    undone: bool = False
    looked: int = -1
    set_back: bool = False
    seed: int = 0
    photo: Photo = field(default_factory=lambda: Photo({}, {}, {}, {}, {}, (), 0))

    @property
    def network(self) -> Network:
        return self.rules.network

    @property
    def people(self) -> list[Person]:
        return list(self.rules.people.values())

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def today(self) -> date:
        return local_date(self.now)

    @property
    def going_back(self) -> bool:
        """Whether this story's machine has a clock that is put back now and then."""
        return self.seed % 5 == 0

    def code(self, library_id: int) -> str:
        return self.network.by_id(library_id).code

    def library(self, chance: random.Random) -> str:
        """A library; Hem is the busiest."""
        return chance.choice([*self.network.codes, "hem", "hem"])

    def key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    def look(self) -> Photo:
        """See what has become of the facts, and compare them with the ledger."""
        self.photo = take(self.unit, self.photo.last_event)
        self.ledger.compare(self.photo, self.today, undone=self.undone)
        check_rows(self.photo, set_back=self.set_back)
        self.undone = False
        self.looked = len(self.engine.lines)
        return self.photo

    def look_again(self) -> None:
        """Look, unless nothing was asked of the engine since the last time."""
        if self.looked != len(self.engine.lines):
            self.look()

    def questions(self, closure: int) -> list[int]:
        """Who was asked about a closure."""
        text = f"SELECT patron_id FROM closure_question WHERE closure_id = {closure}"
        with self.unit.read() as reader:
            return [row[0] for row in reader.driver.execute(text).fetchall()]

    def pickups(self) -> dict[int, int]:
        """Where each hold is collected, before the ledger has heard of a change."""
        with self.unit.read() as reader:
            rows = reader.driver.execute("SELECT id, pickup_library_id FROM hold").fetchall()
        return {row[0]: row[1] for row in rows}

    def reload(self) -> None:
        """Read the network again, as every process does within two seconds."""
        self.engine.forget_network()
        with self.unit.read() as reader:
            self.rules.network = network_of(reader)

    def begin(self, seed: int) -> None:
        """Put everything back where a story begins."""
        self.unit.disarm()
        self.seed = seed
        self.unit.write(self._put_back)
        self.clock.set(BEGINNINGS[seed % len(BEGINNINGS)])
        for person in self.people:
            person.blocked = False
            person.rhythm, person.late_until = self.first_rhythms[person.id], None
        places = {i.id: i.current_library_id for i in self.first_items}
        self.ledger = Ledger(place=places)
        self.scans, self.closures, self.set_back = [], [], False
        self.engine.lines.clear()
        self.photo = Photo({}, {}, {}, {}, {}, (), 0)
        self.reload()
        self.look()

    def _put_back(self, tx: Tx) -> None:
        if tx.dialect == "postgresql":
            tx.driver.execute(f"TRUNCATE {', '.join(EMPTIED)}")
        for name in EMPTIED:
            tx.driver.execute(f"DELETE FROM {name}")
        tx.driver.execute("UPDATE patron SET blocked_reason = '', suspended_until = NULL")
        for patron, rhythm in self.first_rhythms.items():
            kept = "NULL" if rhythm is None else str(rhythm)
            tx.driver.execute(f"UPDATE patron SET hold_rhythm = {kept} WHERE id = {patron}")
        for item in self.first_items:
            tx.driver.execute(
                f"UPDATE item SET status = '{item.status}', version = 1, targeting_penalty = 0,"
                f" current_library_id = {item.current_library_id}, processing_cause = NULL,"
                f" loans = 0, alert = '', claimed = FALSE WHERE id = {item.id}"
            )


def a_town(unit: Unit) -> Town:
    """Found the town in a fresh database that knows the network."""
    for name, value in RULES.items():
        unit.write(partial(_a_rule, name=name, value=value))
    faulty, clock = FaultyUnit(unit), FrozenClock()
    engine = Narrated(EmbeddedCirculation(faulty, clock))
    people = {p.id: p for p in _people(unit)}
    records, items = _titles(unit)
    network = engine.network
    first = take(unit, 0).items
    return Town(
        faulty, clock, engine, Rulebook(network, people), records, items,
        {i: row.barcode for i, row in first.items()}, list(first.values()),
        {number: person.rhythm for number, person in people.items()},
    )  # fmt: skip


def _a_rule(tx: Tx, name: str, value: int) -> None:
    tx.insert(RuleValue, name=name, library="", category="", item_type="", value=value)


def _people(unit: Unit) -> list[Person]:
    lasting, ending = date(2027, 9, 3), date(2026, 12, 5)
    people = []
    for number in range(5):
        card = f"2059000077{number:04d}"
        until, rhythm = (ending if number == 3 else lasting), (1 if number == 4 else None)
        patron = a_patron(unit, card=card, valid_until=until, hold_rhythm=rhythm)
        people.append(Person(patron, card, until, rhythm=rhythm))
    for number in range(5, 7):
        card = f"2059000077{number:04d}"
        child = a_child(unit, people[0].id, card=card)
        people[0].children.append(child)
        people.append(Person(child, card, lasting))
    return people


def _titles(unit: Unit) -> tuple[list[tuple[int, str]], list[int]]:
    """One copy, two, three; two editions; two volumes; a novelty that does not travel; one only on site."""
    homes = ("hem", "lannoy", "leers", "lys", "toufflers")
    asked, items = [], []
    for copies in (1, 2, 3):
        record = a_record(unit, f"Titre {copies}")
        asked.append((record, ""))
        items += [an_item(unit, record, homes[(n + copies) % 5]) for n in range(copies)]
    first = a_record(unit, "Un roman, première édition")
    with unit.read() as reader:
        (work,) = reader.driver.execute(f"SELECT work_id FROM record WHERE id = {first}").fetchone()
    pocket = a_record(unit, "Un roman, en poche", work_id=work)
    asked += [(first, ""), (pocket, "")]
    items += [an_item(unit, first, at) for at in ("leers", "hem")]
    items.append(an_item(unit, pocket, "toufflers"))
    comic = a_record(unit, "Une série en deux tomes")
    for volume in ("1", "2"):
        asked.append((comic, volume))
        items += [an_item(unit, comic, home, volume_key=volume) for home in homes[int(volume) :: 2]]
    new = a_record(unit, "Une nouveauté", type="film")
    asked.append((new, ""))
    soon = date(2026, 12, 12) + timedelta(days=4)
    items += [
        an_item(unit, new, "hem", type="film", new_until=soon),
        an_item(unit, new, "lys", type="film"),
        an_item(unit, new, "leers", type="film", status="ON_ORDER"),
    ]
    on_site = a_record(unit, "Un atlas")
    asked.append((on_site, ""))
    items += [
        an_item(unit, on_site, "hem", not_for_loan=True, status="NOT_FOR_LOAN"),
        an_item(unit, on_site, "toufflers", barcode="ATLAS-1"),
    ]
    return asked, items
