"""Units of work: committed whole or not at all, on both databases."""

from __future__ import annotations

import shutil
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import bindparam, func, select, update

from factories import a_network, a_patron, a_record, an_item
from navette.catalogue.tables import Item
from navette.errors import Duplicate
from navette.network.network import Network
from navette.patrons.tables import Patron
from navette.storage import changes, outbox
from navette.storage.base import table
from navette.storage.database import open_unit
from navette.storage.migrating import differences, upgrade
from navette.storage.sqlite import SqliteUnit
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx, Unit
from navette_server.metadata import metadata

_patron = table(Patron).c
COUNT = Query(select(func.count()).select_from(table(Patron)), scalar)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_models_and_migrations_agree(database_url: str) -> None:
    assert differences(database_url, metadata) == []


def test_what_fails_leaves_nothing(unit: Unit, network: Network) -> None:
    def work(tx: Tx) -> None:
        tx.execute(update(table(Patron)).values(first_name="X"))
        changes.note_record(tx, 1, NOW)
        raise LookupError

    before = _last(unit)
    with pytest.raises(LookupError):
        unit.write(work)
    assert _last(unit) == before


def _last(unit: Unit) -> int:
    with unit.read() as reader:
        return changes.last_position(reader)


def test_a_second_card_with_the_same_number_is_a_duplicate(unit: Unit, network: Network) -> None:
    a_patron(unit, card="20590000000001")
    with pytest.raises(Duplicate):
        a_patron(unit, card="20590000000001")
    with unit.read() as reader:
        assert reader.one(COUNT) == 1


def test_instants_come_back_aware_and_in_utc(unit: Unit, network: Network) -> None:
    paris_winter = timezone(timedelta(hours=1))
    patron = a_patron(unit, created_at=datetime(2026, 11, 24, 10, 0, tzinfo=paris_winter))
    query = Query(select(_patron.created_at).where(_patron.id == bindparam("id_")), scalar)
    with unit.read() as reader:
        assert reader.one(query, id_=patron) == NOW
        assert reader.one(query, id_=patron).tzinfo is UTC


def test_a_naive_instant_is_refused(unit: Unit, network: Network) -> None:
    with pytest.raises(ValueError, match="aware"):
        a_patron(unit, created_at=datetime(2026, 11, 24, 10, 0))  # noqa: DTZ001


def test_a_list_of_any_length_uses_one_text(unit: Unit, network: Network) -> None:
    people = [a_patron(unit) for _ in range(3)]
    query = Query(
        select(_patron.id).where(_patron.id.in_(bindparam("ids", expanding=True))), scalar
    )
    others = Query(
        select(_patron.id).where(_patron.id.not_in(bindparam("ids", expanding=True))), scalar
    )
    with unit.read() as reader:
        assert sorted(reader.all(query, ids=people)) == people
        assert reader.all(query, ids=people[:1]) == people[:1]
        assert reader.all(query, ids=[]) == []
        assert sorted(reader.all(others, ids=people[:1])) == people[1:]


def test_a_reader_cannot_write(unit: Unit, network: Network) -> None:
    with unit.read() as reader, pytest.raises(Exception, match=r"readonly|read-only"):
        Tx(reader.driver, reader.dialect).execute(update(table(Patron)).values(first_name="X"))


def test_sixteen_writers_lose_no_update(unit: Unit, network: Network) -> None:
    item = an_item(unit, a_record(unit))
    items = table(Item).c
    read = Query(
        select(items.version).where(items.id == bindparam("item")).with_for_update(), scalar
    )
    write = command(
        update(table(Item)).where(items.id == bindparam("item")).values(version=bindparam("new"))
    )

    def work(tx: Tx) -> None:
        seen = tx.one(read, item=item)
        tx.run(write, item=item, new=seen + 1)

    threads = [
        threading.Thread(target=lambda: [unit.write(work) for _ in range(5)]) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with unit.read() as reader:
        assert reader.one(read, item=item) == 81 if reader.dialect == "sqlite" else True
    assert unit.write(lambda tx: tx.one(read, item=item)) == 81


def test_the_change_feed_gives_records_in_order(unit: Unit, network: Network) -> None:
    first, second = a_record(unit, "Un"), a_record(unit, "Deux")
    with unit.read() as reader:
        found = changes.since(reader, 0)
    assert [t.subject_id for t in found] == [first, second]
    with unit.read() as reader:
        assert changes.since(reader, found[-1].position) == []


def test_an_errand_is_claimed_once_and_comes_back_when_its_worker_dies(unit: Unit) -> None:
    def put(tx: Tx) -> bool:
        return outbox.put(tx, "push", "ready:1", now=NOW, payload={"title": "é"})

    assert unit.write(put)
    assert not unit.write(put), "the same key is the same errand"
    claimed = unit.write(lambda tx: outbox.claim(tx, "a", NOW))
    assert [e.payload for e in claimed] == [{"title": "é"}]
    assert unit.write(lambda tx: outbox.claim(tx, "b", NOW)) == []
    later = NOW + timedelta(minutes=2)
    again = unit.write(lambda tx: outbox.claim(tx, "b", later))
    assert [e.attempts for e in again] == [1]
    unit.write(lambda tx: outbox.finish(tx, again[0].id, later, "sent"))
    assert unit.write(lambda tx: outbox.claim(tx, "c", later + timedelta(hours=1))) == []


def test_facts_that_roll_back_tell_nobody(unit: Unit) -> None:
    told: list[str] = []

    def work(tx: Tx) -> None:
        tx.after_commit(lambda: told.append("lost"))
        raise LookupError

    with pytest.raises(LookupError):
        unit.write(work)
    unit.write(lambda tx: tx.after_commit(lambda: told.append("kept")))
    assert told == ["kept"]


def test_of_a_crowd_one_that_fails_takes_nobody_along(unit: Unit) -> None:
    """Many at once may share a transaction: each is answered for itself, and told afterwards."""
    told, gate, first_in = list[int](), threading.Event(), threading.Event()
    all_here = threading.Barrier(21)

    def wait(tx: Tx) -> None:
        first_in.set()
        gate.wait(10)

    def work(tx: Tx, number: int) -> int:
        outbox.put(tx, "x", f"crowd:{number}", now=NOW)
        tx.after_commit(lambda: told.append(number))
        if number % 5 == 0:
            raise LookupError(number)
        if number % 5 == 1:
            tx.driver.execute("INSERT INTO nowhere VALUES (1)")
        return number

    def ask(number: int) -> int | str:
        all_here.wait(10)
        try:
            return unit.write(partial(work, number=number))
        except Exception as error:  # noqa: BLE001 - what it was is compared below
            return type(error).__name__

    with ThreadPoolExecutor(21) as people:
        held = people.submit(unit.write, wait)
        first_in.wait(10)
        answers = [people.submit(ask, number) for number in range(20)]
        all_here.wait(10)
        gate.set()
        held.result()
        said = [answer.result() for answer in answers]
    kept = [n for n in range(20) if n % 5 > 1]
    assert [s for s in said if isinstance(s, int)] == kept
    assert said[0::5] == ["LookupError"] * 4
    assert len(set(said[1::5]) - {"LookupError"}) == 1  # the database's own refusal
    assert sorted(told) == kept
    errands = unit.write(lambda tx: outbox.claim(tx, "a", NOW, 1000))
    assert sorted(e.key for e in errands) == sorted(f"crowd:{n}" for n in kept)


def test_the_network_loads_twice_without_doubling(unit: Unit) -> None:
    assert a_network(unit) == ["hem", "lannoy", "leers", "lys", "toufflers"]
    assert a_network(unit) == ["hem", "lannoy", "leers", "lys", "toufflers"]
    assert Path(__file__).exists()
    with unit.read() as reader:
        assert isinstance(reader, Reader)


def test_a_unit_that_closes_beside_its_writers_leaves_none_waiting(
    sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "navette.db")
    unit = SqliteUnit(tmp_path / "navette.db")

    def write_on(name: int) -> None:
        for number in range(50):
            unit.write(lambda tx, key=f"{name}:{number}": outbox.put(tx, "x", key, now=NOW))  # type: ignore[misc]

    writers = [threading.Thread(target=write_on, args=(n,), daemon=True) for n in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        unit.close()
        writers[0].join(0.001)
    assert len(unit.write(lambda tx: outbox.claim(tx, "a", NOW, 1000))) == 200
    unit.close()


def test_threads_that_come_and_go_leave_no_connection_open(tmp_path: Path) -> None:
    """A pool ends what was idle; a server of months may not run out of files."""
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("no /proc here: open files cannot be counted")
    path = tmp_path / "town.db"
    unit = SqliteUnit(path)

    def look() -> None:
        with unit.read() as reader:
            assert reader.driver.execute("SELECT 1").fetchone() == (1,)

    try:
        for _ in range(20):
            guest = threading.Thread(target=look)
            guest.start()
            guest.join()
        links = [entry.resolve() for entry in descriptors.iterdir()]
        assert links.count(path.resolve()) < 4, "those of the last ones at most"
    finally:
        unit.close()
    look()
    unit.close()


def test_a_database_that_is_made_now_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "made" / "navette.db"
    upgrade(f"sqlite:///{path}", metadata)
    unit = open_unit(f"sqlite:///{path}")
    unit.write(lambda tx: outbox.put(tx, "hold_ready", "one", now=NOW))
    made = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    unit.close()
    assert {"navette.db", "navette.db-wal"} <= made.keys()
    assert set(made.values()) == {0o600}
