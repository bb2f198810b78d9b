"""The journal of looks: it grows, it is read in parts, and the database refuses every change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from factories import a_patron
from fakes import FrozenClock
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_auth import journal
from navette_auth.journal import Wanted, looks, note_look
from navette_auth.staff import StaffMember

NORA = StaffMember(1, "nora", "Nora", "agent", "hem")
OMAR = StaffMember(2, "omar", "Omar", "volunteer", "leers")


def note(unit: Unit, who: StaffMember, patron: int, kind: str, at: datetime) -> None:
    unit.write(lambda tx: note_look(tx, who, [patron], kind, at))


CHANGES = (
    "UPDATE staff_look SET staff_name = 'Personne'",
    "UPDATE staff_look SET patron_id = NULL",
    "DELETE FROM staff_look",
)
OF_ONE = {
    "sqlite": "INSERT OR REPLACE INTO staff_look (id, at, staff_id, staff_name, role, library,"
    " kind, detail) VALUES (1, '2026-01-01', 1, 'x', 'agent', 'hem', 'opened', '')",
    "postgresql": "TRUNCATE staff_look",
}


def test_the_database_refuses_every_change(unit: Unit, network: Network) -> None:
    patron = a_patron(unit)
    note(unit, NORA, patron, "opened", datetime.now(UTC))
    for statement in (*CHANGES, OF_ONE[unit.dialect]):
        with pytest.raises(Exception, match="the journal is never changed"):
            unit.write(lambda tx, text=statement: tx.driver.execute(text))
    with unit.read() as reader:
        (line,) = looks(reader, Wanted())
    assert (line.staff_name, line.patron_id) == ("Nora", patron)


def test_lines_are_read_by_who_where_whom_what_and_when(
    unit: Unit, network: Network, clock: FrozenClock
) -> None:
    alice = a_patron(unit, first_name="Alice", last_name="Dubois")
    bruno = a_patron(unit, card="20590000067890")
    start = clock.now()
    note(unit, NORA, alice, "opened", start)
    note(unit, OMAR, bruno, "card", clock.advance(days=1))
    note(unit, NORA, bruno, "code", clock.advance(days=1))
    with unit.read() as reader:
        everything = looks(reader, Wanted())
        assert [line.kind for line in everything] == ["code", "card", "opened"], "newest first"
        assert (everything[2].first_name, everything[2].last_name) == ("Alice", "Dubois")

        def kinds(**given: object) -> list[str]:
            return [line.kind for line in looks(reader, Wanted(**given))]  # type: ignore[arg-type]

        assert kinds(staff_id=1) == ["code", "opened"]
        assert kinds(library="leers") == ["card"]
        assert kinds(patron_id=bruno) == ["code", "card"]
        assert kinds(kind="opened") == ["opened"]
        assert kinds(since=start + timedelta(hours=1), until=start + timedelta(days=2)) == ["card"]
        assert kinds(before=everything[0].id) == ["card", "opened"]
        assert len(looks(reader, Wanted(), first=2)) == 2


def test_lines_go_after_thirteen_months_and_not_before(unit: Unit, network: Network) -> None:
    now, patron = datetime.now(UTC), a_patron(unit)
    for days in (401, 380, 1):
        note(unit, NORA, patron, "opened", now - timedelta(days=days))
    assert unit.write(lambda tx: journal.sweep(tx, now)) == 1
    with unit.read() as reader:
        assert len(looks(reader, Wanted())) == 2
