"""The list of past loans: off until asked for, one's own, erased when stopped, kept so long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from factories import a_child, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.remembering import remember_returns
from navette.circulation.tables import Loan
from navette.errors import ConsentNeeded, NotFound
from navette.ils.embedded import EmbeddedCirculation
from navette.network.loading import network_of
from navette.network.network import Network
from navette.patrons.consents import Consents
from navette.patrons.families import links_of
from navette.patrons.guarding import AGE, end_guardian
from navette.patrons.history import History
from navette.patrons.withdrawing import stop_history
from navette.storage.unit import Unit
from navette_server.privacy import privacy
from navette_server.timed import TimedJobs

TODAY = date(2026, 11, 24)
Lend = Callable[..., int]


@pytest.fixture
def history(network: Network, clock: FrozenClock) -> Callable[[], History]:
    return lambda: History(network, clock.now())


@pytest.fixture
def lent(unit: Unit, network: Network, clock: FrozenClock) -> Lend:
    """A document that somebody had for a week and gave back just now."""

    def work(patron: int, title: str = "Ronde de nuit") -> int:
        item_record = a_record(unit, title)
        item = an_item(unit, item_record)
        row = {
            "item_id": item, "record_id": item_record, "patron_id": patron, "due_on": TODAY,
            "library_id": network.library("hem").id, "lent_at": clock.now() - timedelta(days=7),
            "renewals": 0, "returned_at": clock.now(), "override_reason": "", "ended_as": "",
            "version": 1,
        }  # fmt: skip
        return unit.write(lambda tx: tx.insert(Loan, **row))

    return work


def titles(unit: Unit, door: History, patron: int) -> list[str]:
    with unit.read() as reader:
        return [line.title for line in door.lines(reader, patron)]


def remember(unit: Unit, clock: FrozenClock, patron: int | None = None) -> int:
    return unit.write(lambda tx: remember_returns(tx, network_of(tx), clock.now(), patron))


@pytest.fixture
def emma(unit: Unit, clock: FrozenClock, history: Callable[[], History], lent: Lend) -> int:
    """Somebody who keeps a list, with one loan on it."""
    reader = a_patron(unit)
    unit.write(lambda tx: history().keep(tx, reader))
    clock.advance(hours=1)
    lent(reader)
    clock.advance(hours=1)
    assert remember(unit, clock) == 1
    return reader


def test_nothing_is_kept_before_it_is_asked_for(
    unit: Unit, clock: FrozenClock, history: Callable[[], History], lent: Lend
) -> None:
    emma, other = a_patron(unit), a_patron(unit)
    lent(emma, "Avant")
    clock.advance(hours=1)
    assert remember(unit, clock) == 0
    unit.write(lambda tx: history().keep(tx, emma))
    clock.advance(hours=1)
    lent(emma, "Après")
    lent(other, "D’une autre")
    clock.advance(minutes=11)
    assert remember(unit, clock) == 1
    assert remember(unit, clock) == 0, "once each"
    assert titles(unit, history(), emma) == ["Après"], "what came back before is not dug up"
    assert titles(unit, history(), other) == []


def test_a_return_that_is_undone_within_ten_minutes_was_none(
    unit: Unit, clock: FrozenClock, history: Callable[[], History], lent: Lend
) -> None:
    emma = a_patron(unit)
    unit.write(lambda tx: history().keep(tx, emma))
    clock.advance(minutes=1)
    lent(emma)
    clock.advance(minutes=9)
    assert remember(unit, clock, emma) == 0
    clock.advance(minutes=1)
    assert remember(unit, clock, emma) == 1


def test_it_outlives_the_loan_s_link_and_goes_when_it_is_stopped(
    unit: Unit, clock: FrozenClock, history: Callable[[], History], lent: Lend
) -> None:
    emma = a_patron(unit)
    unit.write(lambda tx: history().keep(tx, emma))
    clock.advance(hours=1)
    lent(emma)
    clock.advance(days=160)
    TimedJobs(unit, clock, EmbeddedCirculation(unit, clock)).night()
    assert titles(unit, history(), emma) == ["Ronde de nuit"]
    loans = unit.write(lambda tx: tx.driver.execute("SELECT patron_id FROM loan").fetchall())
    assert [row[0] for row in loans] == [None], "the loan itself names nobody any more"
    assert unit.write(lambda tx: stop_history(tx, emma)) == 1
    with unit.read() as reader:
        assert history().since(reader, emma) is None
    assert titles(unit, history(), emma) == []


def test_it_keeps_so_many_months_and_no_more(
    unit: Unit, clock: FrozenClock, history: Callable[[], History], emma: int
) -> None:
    clock.advance(days=365 * 2 - 30)
    assert unit.write(lambda tx: history().forget_old(tx)) == 0
    clock.advance(days=61)
    assert unit.write(lambda tx: history().forget_old(tx)) == 1
    assert remember(unit, clock) == 0, "nor does it come back by the loan behind it"


def test_under_15_child_and_guardian_agree_and_either_ends_it(
    unit: Unit, network: Network, clock: FrozenClock, history: Callable[[], History], lent: Lend
) -> None:
    parent = a_patron(unit)
    child = a_child(unit, parent)
    consents = Consents(network, clock.now(), TODAY)
    with pytest.raises(ConsentNeeded):
        unit.write(lambda tx: history().keep(tx, child))
    unit.write(lambda tx: consents.at_desk(tx, child, "history", parent))
    unit.write(lambda tx: history().keep(tx, child))
    clock.advance(hours=1)
    lent(child)
    clock.advance(hours=1)
    assert remember(unit, clock) == 1
    unit.write(lambda tx: consents.end(tx, child, "history", parent))
    with unit.read() as reader:
        assert history().since(reader, child) is None
    assert titles(unit, history(), child) == []


def test_a_link_that_ends_takes_the_list_of_a_child_and_not_of_a_young_adult(
    unit: Unit, network: Network, clock: FrozenClock, history: Callable[[], History]
) -> None:
    parent = a_patron(unit)
    child, grown = a_child(unit, parent), a_child(unit, parent, category="young", birth_year=2008)
    consents = Consents(network, clock.now(), TODAY)
    unit.write(lambda tx: consents.at_desk(tx, child, "history", parent))
    for one in (child, grown):
        unit.write(lambda tx, who=one: history().keep(tx, who))
        with unit.read() as reader:
            links = links_of(reader, one, TODAY)
        for link in links:
            by = AGE if one == grown else "desk"
            unit.write(lambda tx, of=link.id, who=by: end_guardian(tx, of, clock.now(), who))
    with unit.read() as reader:
        assert history().since(reader, child) is None
        assert history().since(reader, grown) is not None


def test_one_line_is_taken_off_by_its_owner_alone(
    unit: Unit, clock: FrozenClock, history: Callable[[], History], emma: int
) -> None:
    other = a_patron(unit)
    with unit.read() as reader:
        (line,) = history().lines(reader, emma)
    with pytest.raises(NotFound):
        unit.write(lambda tx: history().forget_line(tx, other, line.id))
    unit.write(lambda tx: history().forget_line(tx, emma, line.id))
    assert titles(unit, history(), emma) == []
    remember(unit, clock)
    assert titles(unit, history(), emma) == []
    with pytest.raises(NotFound):
        unit.write(lambda tx: history().forget_line(tx, emma, line.id))


def test_erasing_a_person_erases_the_list(
    unit: Unit, clock: FrozenClock, history: Callable[[], History], emma: int
) -> None:
    assert unit.write(lambda tx: privacy().erase(tx, emma, clock.now())) == 0
    rows = unit.write(lambda tx: tx.driver.execute("SELECT count(*) FROM reading").fetchone())
    assert rows[0] == 0
