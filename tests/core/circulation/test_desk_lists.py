"""What a desk reads: pull list, shelf, what to clear, transits, figures, last scans (I4, E1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from core.circulation.desks import Desks, agent
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation import desk
from navette.circulation.changing import cancel
from navette.circulation.pickup import change_pickup
from navette.network.network import Network
from navette.storage.statements import Query
from navette.storage.unit import Reader, Unit

T = TypeVar("T")


@pytest.fixture
def desks(unit: Unit, network: Network, clock: FrozenClock) -> Desks:
    return Desks(unit, network, clock)


def test_the_pull_list_is_in_shelf_order_and_says_where_each_goes(
    unit: Unit, desks: Desks, network: Network
) -> None:
    expected = []
    for section, number in (("Jeunesse", "BD A"), ("Adulte", "R ZOL"), ("Adulte", "R DAE")):
        record = a_record(unit)
        item = an_item(unit, record, "hem", section=section, call_number=number)
        desks.place(a_patron(unit), record, "leers")
        expected.append((section, number, item))
    with unit.read() as reader:
        lines = desk.pull_list(reader, network, desks.now, "hem")
        assert desk.pull_list(reader, network, desks.now, "leers") == []
    assert [(x.item.section, x.item.call_number, x.item.id) for x in lines] == sorted(expected)
    assert {(line.pickup, line.note) for line in lines} == {("leers", "")}
    assert all(line.until is not None for line in lines)


def test_what_stands_ready_but_is_wanted_elsewhere_is_to_be_sent_e13(
    unit: Unit, desks: Desks, network: Network
) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "hem")
    hold = desks.place(a_patron(unit), record, "hem")
    desks.scan("hem", item)
    unit.write(lambda tx: change_pickup(tx, network, desks.now, agent("hem"), hold, "lys"))
    with unit.read() as reader:
        lines = desk.pull_list(reader, network, desks.now, "hem")
        assert desk.to_clear(reader, network, "hem") == []
    assert [(line.hold_id, line.note, line.pickup) for line in lines] == [(hold, "to_send", "lys")]
    assert desks.scan("hem", item).destination == "lys"


def test_the_shelf_is_read_by_place_and_what_nobody_collects_is_to_clear_i4(
    unit: Unit, desks: Desks, network: Network
) -> None:
    holds, items = [], []
    for _ in range(11):
        record = a_record(unit)
        items.append(an_item(unit, record, "leers"))
        holds.append(desks.place(a_patron(unit), record, "leers"))
        desks.scan("leers", items[-1])
    unit.write(lambda tx: cancel(tx, network, desks.now, agent("leers"), holds[4]))
    with unit.read() as reader:
        shelf = desk.shelf(reader, network, desks.now, "leers")
        clear = desk.to_clear(reader, network, "leers")
        figures = desk.counts(reader, network, desks.now, "leers")
    assert [hold.shelf_place for hold in shelf] == [f"B-{n}" for n in range(1, 12) if n != 5]
    assert [item.id for item in clear] == [items[4]]
    assert (figures.on_shelf, figures.to_clear) == (10, 1)
    desks.scan("leers", items[4])
    with unit.read() as reader:
        assert desk.to_clear(reader, network, "leers") == []


def test_transits_are_listed_at_both_ends_and_late_after_two_runs_e1(
    unit: Unit, desks: Desks, network: Network, clock: FrozenClock
) -> None:
    record = a_record(unit)
    item = an_item(unit, record, "hem")
    desks.place(a_patron(unit), record, "leers")
    desks.scan("hem", item)  # Tuesday at 10:00, after the van: it leaves on Fridays and Tuesdays
    for late, days in ((False, 7), (True, 3)):
        clock.advance(days=days)
        with unit.read() as reader:
            for library in ("hem", "leers"):
                (trip,) = desk.transits(reader, network, desks.now, library)
                assert (trip.origin, trip.destination, trip.overdue) == ("hem", "leers", late)
            assert desk.transits(reader, network, desks.now, "lys") == []
    with unit.read() as reader:
        sender = desk.counts(reader, network, desks.now, "hem")
        receiver = desk.counts(reader, network, desks.now, "leers")
    assert (sender.to_send, sender.to_receive, sender.overdue_transits) == (1, 0, 1)
    assert (receiver.to_send, receiver.to_receive, receiver.overdue_transits) == (0, 1, 1)


def test_the_last_scans_of_a_desk_are_its_own_newest_first(
    unit: Unit, desks: Desks, network: Network
) -> None:
    record = a_record(unit)
    mine = [an_item(unit, record, "hem", status="MISSING") for _ in range(3)]
    other = an_item(unit, record, "leers")
    scans = [desks.scan("hem", item) for item in mine]
    desks.scan("leers", other)
    desks.undo("hem", scans[2].scan_id)
    with unit.read() as reader:
        last = desk.last_scans(reader, network, "hem", 2)
    assert [(s.item.id, s.undone) for s in last] == [(mine[2], True), (mine[1], False)]
    assert last[1] == scans[1]


def test_the_item_expected_here_comes_first(unit: Unit, desks: Desks, network: Network) -> None:
    record = a_record(unit)
    an_item(unit, record, "hem", barcode="55")
    ours = an_item(unit, record, "leers", barcode="55")
    with unit.read() as reader:
        found = desk.find_items(reader, network, "55", "leers")
    assert [item.home for item in found] == ["leers", "hem"]
    assert found[0].id == ours


class Counting(Reader):
    """A reader that counts its statements."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader.driver, reader.dialect)
        self.count = 0

    def all(self, query: Query[T], **params: Any) -> list[T]:
        self.count += 1
        return super().all(query, **params)

    def first(self, query: Query[T], **params: Any) -> T | None:
        self.count += 1
        return super().first(query, **params)


@pytest.mark.parametrize(
    ("listed", "most"),
    [(desk.pull_list, 1), (desk.transits, 1), (desk.counts, 4), (desk.shelf, 9)],
)
def test_a_list_takes_the_same_few_statements_however_long_it_is(
    unit: Unit, desks: Desks, network: Network, listed: Callable[..., Any], most: int
) -> None:
    taken = []
    for _ in range(2):
        for pickup in ("hem", "hem", "hem", "leers", "leers", "lys"):
            record = a_record(unit)
            item = an_item(unit, record, "hem")
            desks.place(a_patron(unit), record, pickup)
            if pickup != "lys":
                desks.scan("hem", item)
        with unit.read() as reader:
            counting = Counting(reader)
            listed(counting, network, desks.now, "hem")
            taken.append(counting.count)
    assert taken[0] == taken[1] <= most
