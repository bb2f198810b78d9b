"""The change feed: nothing is missed, whatever the order in which transactions commit."""

from datetime import timedelta

import psycopg
import pytest

from factories import LONG_AGO
from navette.storage import changes
from navette.storage.unit import Tx, Unit

_NOTE = (
    "INSERT INTO change (id, kind, subject_id, at, xid)"
    " VALUES (nextval('change_id_seq'), 'record', %s, now(), pg_current_xact_id()::text::bigint)"
)


def test_a_row_whose_id_was_given_out_early_and_committed_late_is_still_read(
    unit: Unit, database_url: str
) -> None:
    if unit.dialect == "sqlite":
        pytest.skip("SQLite has one writer at a time: ids commit in order")
    with psycopg.connect(database_url) as late, psycopg.connect(database_url) as early:
        early.execute("SELECT pg_current_xact_id()")
        late.execute(_NOTE, (1,))
        early.execute(_NOTE, (2,))
        early.commit()
        with unit.read() as reader:
            first = changes.since(reader, 0)
        assert [t.subject_id for t in first] == [2]
        late.commit()
    with unit.read() as reader:
        rest = changes.since(reader, first[-1].position)
        assert [t.subject_id for t in rest] == [1]
        assert changes.last_position(reader) == rest[-1].position
        assert changes.first_position(reader) == first[0].position


def test_the_newest_row_is_never_forgotten(unit: Unit) -> None:
    unit.write(lambda tx: changes.note(tx, "record", [1, 2, 3], LONG_AGO))
    assert unit.write(lambda tx: changes.forget(tx, LONG_AGO + timedelta(days=30))) == 2
    with unit.read() as reader:
        assert [t.subject_id for t in changes.since(reader, 0)] == [3]


def test_a_transaction_says_once_what_it_touches_twice(unit: Unit) -> None:
    def twice(tx: Tx) -> None:
        changes.note(tx, "record", [2, 1, 2], LONG_AGO)
        changes.note_record(tx, 1, LONG_AGO)
        changes.note(tx, "work", [1], LONG_AGO)
        changes.note(tx, "record", [], LONG_AGO)

    unit.write(twice)
    unit.write(twice)
    with unit.read() as reader:
        told = [(t.kind, t.subject_id) for t in changes.since(reader, 0)]
    assert told == [("record", 2), ("record", 1), ("work", 1)] * 2
