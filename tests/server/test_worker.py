"""The worker: told by commits, doing each errand once, alone on its node."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from factories import a_patron, a_record, an_item
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.results import SearchFilters
from navette.clock import SystemClock
from navette.errors import Busy
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, ScanRequest
from navette.network.network import Network
from navette.notifications.channels import Delivery, Letter
from navette.settings import Settings
from navette.storage.base import table
from navette.storage.database import open_unit
from navette.storage.statements import Query, scalar
from navette.storage.tables import Heartbeat, Outbox
from navette.storage.unit import Unit
from navette_server.worker import Worker
from waiting import until

BEATS = Query(select(table(Heartbeat).c.name), scalar)
OUTCOMES = Query(select(table(Outbox).c.outcome), scalar)
OPEN = Query(select(table(Outbox).c.id).where(table(Outbox).c.done_at.is_(None)), scalar)


class Mailbox:
    """A channel that keeps letters; a letter may be held up."""

    name = "email"
    leaves = True

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.may_go = threading.Event()
        self.may_go.set()

    def send(self, letter: Letter) -> Delivery:
        self.letters.append(letter)
        self.may_go.wait(10)
        return Delivery("accepted", "x", "accepted")


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def start(
    database_url: str, network: Network, unit: Unit, tmp_path: Path, mailbox: Mailbox
) -> Iterator[Callable[[], Worker]]:
    """Start workers as the process does, each with a unit of its own; all are stopped."""
    running: list[tuple[Worker, threading.Thread, Unit]] = []

    def begin() -> Worker:
        for before, thread, _ in running:
            if before._ended.is_set():
                thread.join(10)
        own, clock = open_unit(database_url), SystemClock()
        settings = Settings(data_dir=str(tmp_path / "data"))
        circulation = EmbeddedCirculation(own, clock, ready_window=0)
        worker = Worker(settings, own, clock, circulation, {"email": mailbox})
        thread = threading.Thread(target=worker.run)
        thread.start()
        running.append((worker, thread, own))
        return worker

    yield begin
    mailbox.may_go.set()
    for worker, thread, own in running:
        worker.stop()
        thread.join(10)
        assert not thread.is_alive()
        own.close()


def _ready_hold(unit: Unit) -> None:
    """Let a hold become ready, with a notice that is due at once."""
    today = date.today() + timedelta(days=300)  # noqa: DTZ011 - only far enough
    patron, record = a_patron(unit, channels=["email"], valid_until=today), a_record(unit)
    item = an_item(unit, record)
    circulation = EmbeddedCirculation(unit, SystemClock(), ready_window=0)
    circulation.place_hold(
        Actor("patron", patron_id=patron), patron_id=patron, record_id=record, pickup="hem"
    )
    desk = Actor("staff", library="hem", role="agent")
    circulation.scan(desk, ScanRequest("hem", item_id=item))


def test_a_notice_leaves_soon_after_the_commit_and_once(
    start: Callable[[], Worker], unit: Unit, mailbox: Mailbox
) -> None:
    start()
    _ready_hold(unit)
    until(lambda: mailbox.letters, what="the mail")
    until(lambda: not _open(unit), what="the end of the errand")
    assert len(mailbox.letters) == 1


def test_a_new_record_is_found_without_anybody_rebuilding(
    start: Callable[[], Worker], unit: Unit, tmp_path: Path
) -> None:
    start()
    search = SearchIndex(tmp_path / "data" / "index", unit)
    until(lambda: search.ready, what="an index")
    a_record(unit, "Les Vestiges du jour")
    until(lambda: search.search("vestiges", SearchFilters()).total == 1, what="the new record")


@pytest.mark.alone
def test_a_scan_shows_in_search_within_a_second(
    start: Callable[[], Worker], unit: Unit, tmp_path: Path, network: Network
) -> None:
    start()
    record = a_record(unit, "Les Vestiges du jour")
    item = an_item(unit, record, "hem")
    circulation = EmbeddedCirculation(unit, SystemClock())
    desk = Actor("staff", library="hem", role="agent")
    search = SearchIndex(tmp_path / "data" / "index", unit)
    here = SearchFilters(availability=("hem",))
    until(lambda: search.search("vestiges", here).total == 1, what="the new copy")
    taken: list[float] = []
    for shown in (0, 1) * 3:
        if shown:
            circulation.scan(desk, ScanRequest("hem", item_id=item))
        else:
            circulation.mark_missing(desk, "hem", item_id=item)
        start_at = time.perf_counter()
        until(lambda n=shown: search.search("vestiges", here).total == n, what="the scan")  # type: ignore[misc]
        taken.append(time.perf_counter() - start_at)
    # The middle one: a machine that is busy with other tests may be late now and then.
    assert sorted(taken)[3] <= 1.0


def test_the_worker_says_that_it_lives(start: Callable[[], Worker], unit: Unit) -> None:
    start()
    until(lambda: any(name.startswith("worker:") for name in _beats(unit)), what="a heartbeat")


def test_a_second_worker_of_the_same_node_is_refused(
    start: Callable[[], Worker],
    unit: Unit,
    database_url: str,
    tmp_path: Path,
    mailbox: Mailbox,
) -> None:
    start()
    until(lambda: _beats(unit), what="a heartbeat")
    circulation = EmbeddedCirculation(unit, SystemClock())
    settings = Settings(data_dir=str(tmp_path / "data"))
    second = Worker(settings, unit, SystemClock(), circulation, {"email": mailbox})
    with pytest.raises(Busy, match="has its worker already"):
        second.run()


def test_stopping_does_not_wait_for_a_slow_service(
    start: Callable[[], Worker], unit: Unit, mailbox: Mailbox
) -> None:
    worker = start()
    mailbox.may_go.clear()
    _ready_hold(unit)
    until(lambda: mailbox.letters, what="the mail under way")
    worker.stop()
    assert _open(unit)


def test_what_was_leaving_when_a_worker_ended_is_not_sent_again_by_the_next(
    start: Callable[[], Worker], unit: Unit, mailbox: Mailbox
) -> None:
    worker = start()
    mailbox.may_go.clear()
    _ready_hold(unit)
    until(lambda: mailbox.letters, what="the mail under way")
    worker.stop()
    start()
    until(lambda: "doubtful: email" in _outcomes(unit), what="the doubt noted")
    assert len(mailbox.letters) == 1


def _beats(unit: Unit) -> list[str]:
    with unit.read() as reader:
        return reader.all(BEATS)


def _open(unit: Unit) -> list[int]:
    with unit.read() as reader:
        return reader.all(OPEN)


def _outcomes(unit: Unit) -> list[str | None]:
    with unit.read() as reader:
        return reader.all(OUTCOMES)
