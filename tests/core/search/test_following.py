"""The index follows the database, whatever happens in between."""

from __future__ import annotations

import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.search import shelf as on
from factories import LONG_AGO, a_network, a_record, an_item
from fakes import FrozenClock
from navette.catalogue.search.folder import IndexFolder, State, keep_state, state_of
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.catalogue.search.keeping import NamesFollower
from navette.catalogue.search.results import SearchFilters
from navette.errors import Busy
from navette.network.network import Network
from navette.storage import changes
from navette.storage.unit import Tx, Unit

IN_HEM = SearchFilters(availability=["hem"])


def _set(unit: Unit, statement: str, record: int) -> None:
    def work(tx: Tx) -> None:
        tx.driver.execute(statement)
        changes.note_record(tx, record, LONG_AGO)

    unit.write(work)


def test_a_scan_shows_in_the_next_search(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    record = a_record(unit, on.SORCIERS)
    item = an_item(unit, record, "hem")
    writer.follow()
    assert index.search("sorciers", IN_HEM).total == 1
    _set(unit, f"UPDATE item SET status = 'ON_LOAN' WHERE id = {item}", record)
    assert writer.follow() == 1
    assert index.search("sorciers", IN_HEM).total == 0
    assert index.search("sorciers").total == 1
    assert writer.follow() == 0


def test_a_name_that_was_taken_back_after_a_kill_is_not_suggested(
    unit: Unit, index: SearchIndex, writer: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed behind the names and before the records, which then say what they said before."""
    record = a_record(unit, on.PRINCE, series_title="Zorglub")
    writer.follow()
    commit = NamesFollower.commit

    def killed(names: NamesFollower) -> None:
        commit(names)
        raise KeyboardInterrupt

    _set(unit, f"UPDATE record SET series_title = 'Quidam' WHERE id = {record}", record)
    monkeypatch.setattr(NamesFollower, "commit", killed)
    with pytest.raises(KeyboardInterrupt):
        writer.follow()
    monkeypatch.undo()
    _set(unit, f"UPDATE record SET series_title = 'Zorglub' WHERE id = {record}", record)
    writer.follow()
    assert index.suggest("zorg")[0].text == "Zorglub"
    assert "Quidam" not in [one.text for one in index.suggest("quid")]


def test_what_is_hidden_or_gone_leaves_and_what_comes_back_returns(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    kept, record = a_record(unit, on.PRINCE), a_record(unit, on.SORCIERS)
    writer.follow()
    _set(unit, f"UPDATE record SET hidden = true WHERE id = {record}", record)
    writer.follow()
    assert [h.record_id for h in index.search("").hits] == [kept]
    _set(unit, f"UPDATE record SET hidden = false WHERE id = {record}", record)
    writer.follow()
    assert index.search("").total == 2
    _set(unit, f"DELETE FROM record WHERE id = {record}", record)
    writer.follow()
    assert [h.record_id for h in index.search("").hits] == [kept]


def test_the_feed_is_taken_in_portions_and_a_record_stands_once(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    a_record(unit, "Volume 0")
    writer.follow()
    for n in range(1, 8):
        record = a_record(unit, f"Volume {n}")
        unit.write(lambda tx, r=record: changes.note_record(tx, r, LONG_AGO))  # type: ignore[misc]
    applied = [writer.follow(5) for _ in range(4)]
    assert applied == [5, 5, 4, 0]
    assert index.search("volume").total == 8


def test_a_rebuild_answers_from_the_old_index_until_it_is_whole(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    for n in range(3):
        a_record(unit, f"Volume {n}")
    writer.follow()
    a_record(unit, "Volume 3")
    seen: list[tuple[int, int, int]] = []
    count = writer.rebuild(
        lambda done, total: seen.append((done, total, index.search("volume").total))
    )
    assert count == 4
    assert seen == [(4, 4, 3)], "while it is built, the one before answers"
    assert index.search("volume").total == 4
    assert writer.follow() == 0, "the new one stands where the feed was when it was begun"


def test_somebody_else_rebuilds_while_the_worker_follows(
    folder: Path, unit: Unit, clock: FrozenClock, index: SearchIndex, writer: IndexWriter
) -> None:
    a_record(unit, "Volume 0")
    writer.follow()
    other = IndexWriter(folder, unit, clock, pace=0)
    assert other.rebuild() == 1
    a_record(unit, "Volume 1")
    assert writer.follow() == 1
    assert index.search("volume").total == 2
    assert len(list(folder.glob("generation-*"))) == 1, "the old one is removed by its writer"


def test_a_node_has_one_writer(
    folder: Path, unit: Unit, clock: FrozenClock, writer: IndexWriter
) -> None:
    writer.follow()
    other = IndexWriter(folder, unit, clock, pace=0)
    with pytest.raises(Busy, match=str(os.getpid())):
        other.follow()
    writer.close()
    other.follow()
    other.close()


def test_the_lock_of_a_dead_process_is_taken_over(
    folder: Path, unit: Unit, writer: IndexWriter
) -> None:
    folder.mkdir(parents=True)
    (folder / "writer.lock").write_text("999999999\n")
    writer.follow()
    assert (folder / "writer.lock").read_text().strip() == str(os.getpid())


def test_a_follower_behind_the_feed_rebuilds(
    unit: Unit, clock: FrozenClock, index: SearchIndex, writer: IndexWriter
) -> None:
    a_record(unit, "Volume 0")
    writer.follow()
    a_record(unit, "Volume 1")
    a_record(unit, "Volume 2")
    clock.advance(minutes=60 * 24 * 400)
    unit.write(lambda tx: changes.forget(tx, clock.now()))
    assert writer.follow() > 0
    assert index.search("volume").total == 3


def test_an_index_of_another_database_is_rebuilt(
    folder: Path, unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    a_record(unit, "Volume 0")
    writer.follow()
    writer.close()
    generation = IndexFolder(folder).current()
    assert generation
    state = state_of(generation)
    assert state
    keep_state(generation, State(state.position, "record 77 of long ago"))
    a_record(unit, "Volume 1")
    writer.follow()
    assert IndexFolder(folder).current() != generation
    assert index.search("volume").total == 2


@pytest.mark.parametrize("harm", ["state", "version", "meta", "names", "all", "pointer"])
def test_a_damaged_index_is_rebuilt(
    folder: Path, unit: Unit, index: SearchIndex, writer: IndexWriter, harm: str
) -> None:
    a_record(unit, "Volume 0")
    writer.follow()
    writer.close()
    generation = IndexFolder(folder).current()
    assert generation
    state = state_of(generation)
    assert state
    if harm == "state":
        (generation / "navette.json").write_bytes(b"")
    elif harm == "version":
        keep_state(generation, State(state.position, state.mark, version=0))
    elif harm == "meta":
        (generation / "meta.json").write_bytes(b"{")
    elif harm == "names":
        shutil.rmtree(generation / "names")
    elif harm == "all":
        shutil.rmtree(generation)
    else:
        (folder / "current").write_text("../elsewhere")
    fresh = SearchIndex(folder, unit)
    assert fresh.search("volume").total == 1, "the database answers meanwhile"
    writer.follow()
    assert fresh.search("volume").total == index.search("volume").total == 1
    assert fresh.ready


def test_commits_keep_their_distance_and_take_along_what_came_meanwhile(
    folder: Path, unit: Unit, clock: FrozenClock, network: Network
) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        a_record(unit, "Volume de plus")

    writer = IndexWriter(folder, unit, clock, pace=3600, wait=wait)
    a_record(unit, "Volume 0")
    writer.follow()
    a_record(unit, "Volume 1")
    assert writer.follow() == 1
    assert waits == []
    a_record(unit, "Volume 2")
    assert writer.follow() == 2
    assert len(waits) == 1
    assert 3500 < waits[0] <= 3600
    writer.close()


def test_an_empty_database_gives_an_empty_index(
    unit: Unit, writer: IndexWriter, folder: Path
) -> None:
    index = SearchIndex(folder, unit)
    assert not index.ready
    assert writer.follow() == 0
    assert index.ready
    a_network(unit)
    assert (index.search("hugo").total, index.search("").total) == (0, 0)
    a_record(unit, "Hugo")
    assert writer.follow() == 1
    assert index.search("hugo").total == 1


def test_nobody_who_searches_meets_a_gap_while_it_is_rebuilt(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    for n in range(30):
        a_record(unit, f"Volume {n}")
    writer.follow()
    ended = threading.Event()

    def ask() -> set[int]:
        seen: set[int] = set()
        while not ended.is_set():
            seen.add(index.search("volume", counted=False).total)
        return seen

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        for _ in range(3):
            assert writer.rebuild() == 30
        ended.set()
        assert {total for each in asking for total in each.result()} == {30}


def test_every_node_follows_at_its_own_pace(
    tmp_path: Path, unit: Unit, clock: FrozenClock, network: Network
) -> None:
    nodes = [
        (IndexWriter(tmp_path / name, unit, clock, pace=0), SearchIndex(tmp_path / name, unit))
        for name in ("one", "two")
    ]
    for writer, _ in nodes:
        writer.follow()
    a_record(unit, "Volume 0")
    (quick, first), (slow, second) = nodes
    assert quick.follow() == 1
    assert (first.search("volume").total, second.search("volume").total) == (1, 0)
    a_record(unit, "Volume 1")
    assert (quick.follow(), slow.follow()) == (1, 2)
    assert first.search("volume").total == second.search("volume").total == 2
    for writer, _ in nodes:
        writer.close()
