"""Lists of holds, loans and copies: true, and with a number of statements that does not grow."""

from __future__ import annotations

from typing import Any

from core.circulation.reserving import STAFF, me, placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.availability import availability
from navette.circulation.borrowing import loans_of
from navette.circulation.viewing import holds_of
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import LendRequest
from navette.network.network import Network
from navette.network.tables import RuleValue
from navette.storage.unit import Reader, Unit


class Counting:
    """A driver that counts the statements that pass."""

    def __init__(self, driver: Any) -> None:
        self.driver, self.count = driver, 0

    def execute(self, text: str, params: Any = None) -> Any:
        self.count += 1
        return (
            self.driver.execute(text, params) if params is not None else self.driver.execute(text)
        )


def allow_many(unit: Unit, engine: EmbeddedCirculation) -> None:
    unit.write(
        lambda tx: tx.insert(
            RuleValue, name="hold_limit", library="", category="", item_type="", value=50
        )
    )
    engine.forget_network()


def test_the_number_of_statements_does_not_grow_with_the_list(
    unit: Unit, engine: EmbeddedCirculation, network: Network, clock: FrozenClock
) -> None:
    allow_many(unit, engine)
    patron, other = a_patron(unit, card="20590000066666"), a_patron(unit, hold_rhythm=2)
    records = [a_record(unit, f"Titre {n}") for n in range(12)]
    items = [an_item(unit, record) for record in records]
    counts = []
    for number, record in enumerate(records):
        if number % 3 == 0:
            placed(engine, other, record)
        placed(engine, patron, record, "leers")
        if number % 3 == 1:
            scanned(engine, "hem", items[number])
        if number in {5, 11}:
            with unit.read() as reader:
                counting = Counting(reader.driver)
                views = holds_of(Reader(counting, reader.dialect), network, clock.now(), patron)
            assert len(views) == number + 1
            assert {v.state for v in views} >= {"TARGETED", "WAITING", "IN_TRANSIT"}
            counts.append(counting.count)
    assert counts[0] == counts[1] <= 9


def test_loans_and_copies_too(
    unit: Unit, engine: EmbeddedCirculation, network: Network, clock: FrozenClock
) -> None:
    patron = a_patron(unit, card="20590000066666")
    records = [a_record(unit, f"Titre {n}") for n in range(8)]
    counts = []
    for number, record in enumerate(records):
        item = an_item(unit, record)
        engine.lend(STAFF, LendRequest(library="hem", card="20590000066666", item_id=item))
        placed(engine, a_patron(unit), record)
        if number in {3, 7}:
            with unit.read() as reader:
                counting = Counting(reader.driver)
                quiet = Reader(counting, reader.dialect)
                assert len(loans_of(quiet, network, clock.now(), patron)) == number + 1
                assert len(availability(quiet, network, records)) == 8
            counts.append(counting.count)
    assert counts[0] == counts[1] <= 9


def test_copies_count_where_they_stand_or_where_they_belong(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    record = a_record(unit)
    an_item(unit, record, "hem", call_number="R DAE")
    an_item(unit, record, "hem", at="leers")
    an_item(unit, record, "lys", status="MISSING")
    away = an_item(unit, record, "toufflers")
    a_patron(unit, card="20590000066666")
    loan = engine.lend(STAFF, LendRequest(library="hem", card="20590000066666", item_id=away))
    found = {a.library: a for a in engine.availability([record])[record]}
    assert list(found) == ["hem", "leers", "toufflers"]
    assert (found["hem"].available, found["hem"].total) == (1, 1)
    assert found["hem"].call_number == "R DAE"
    assert (found["leers"].available, found["leers"].total) == (1, 1)
    assert (found["toufflers"].available, found["toufflers"].next_date) == (0, loan.due_on)
    placed(engine, a_patron(unit), record)
    found = {a.library: a for a in engine.availability([record])[record]}
    assert (found["hem"].available, found["hem"].total) == (0, 1)
    assert engine.availability([999]) == {999: []}


def test_a_hold_says_why_it_is_not_here_yet(unit: Unit, engine: EmbeddedCirculation) -> None:
    """ "Pourquoi pas moi ?" in one honest sentence."""
    record, me_, other = a_record(unit), a_patron(unit), a_patron(unit)
    item = an_item(unit, record)
    first = placed(engine, other, record)
    mine = placed(engine, me_, record, "leers")
    assert first.why == "Un livre est en rayon à Hem\N{NO-BREAK SPACE}: l’équipe s’en occupe."
    assert mine.why == "Une personne attend avant vous."
    a_patron(unit, card="20590000066666")
    engine.cancel_hold(me(other), first.id)
    scanned(engine, "hem", item)
    sent = seen(engine, mine)
    assert sent.why == "Prêt à partir de Hem vers Leers, à la prochaine navette."
    assert sent.track is not None
    assert (sent.track.origin, sent.track.destination, sent.track.state) == (
        "hem",
        "leers",
        "BOXED",
    )


def test_holds_are_paged_by_id(unit: Unit, engine: EmbeddedCirculation) -> None:
    patron = a_patron(unit)
    for number in range(4):
        record = a_record(unit, f"Titre {number}")
        an_item(unit, record)
        placed(engine, patron, record)
    everything = engine.holds_of(patron)
    page = engine.holds_of(patron, first=2, after=everything[0].id)
    assert [h.id for h in page] == [h.id for h in everything[1:3]]
