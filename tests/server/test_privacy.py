"""What is known of a person: all of it shown, erased for good, cut off after four months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, func, select

from factories import a_child, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.tables import Hold, HoldEvent, Loan
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor
from navette.network.network import Network
from navette.notifications.tables import Message
from navette.patrons.privacy import cut_before
from navette.patrons.reading import patron_of
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Unit
from navette_auth.sessions import OWN_PHONE, Holder, open_session
from navette_server.metadata import metadata
from navette_server.privacy import UNCHANGED, people_columns, privacy


@pytest.fixture
def emma(unit: Unit, network: Network) -> int:
    return a_patron(unit, "leers", card="20590000012345", last_name="Delattre")


@pytest.fixture
def engine(unit: Unit, network: Network, clock: FrozenClock) -> EmbeddedCirculation:
    return EmbeddedCirculation(unit, clock)


def reserve(engine: EmbeddedCirculation, unit: Unit, patron: int) -> int:
    record = a_record(unit, "Le Mage du Kremlin")
    an_item(unit, record, "hem")
    return engine.place_hold(
        Actor("patron", patron_id=patron), patron_id=patron, record_id=record, pickup="leers"
    ).id


def count(unit: Unit, model: Any, **where: Any) -> int:
    columns = table(model).c
    asked = select(func.count()).select_from(table(model))
    for name in where:
        asked = asked.where(columns[name] == bindparam(name))
    counted: Query[int] = Query(asked, scalar)
    with unit.read() as reader:
        return int(reader.one(counted, **where))


def test_no_table_with_people_in_it_is_forgotten() -> None:
    known = {(one.name, column.name) for one, column in people_columns()}
    named = {
        (one.name, column.name)
        for one in metadata.sorted_tables
        for column in one.columns
        if "patron" in column.name and one.name not in UNCHANGED
    }
    assert named <= known
    assert {name for name, _ in known} <= {room.name for room in privacy().rooms}


def test_everything_is_shown_and_no_secret(
    unit: Unit, emma: int, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    hold = reserve(engine, unit, emma)
    unit.write(lambda tx: open_session(tx, clock.now(), Holder(patron_id=emma), OWN_PHONE))
    with unit.read() as reader:
        known = privacy().export(reader, emma)
    assert known["patron"][0]["last_name"] == "Delattre"
    assert [row["id"] for row in known["hold"]] == [hold]
    assert known["card_number"][0]["number"] == "20590000012345"
    assert "auth_session" in known
    shown = {name for rows in known.values() for row in rows for name in row}
    assert not {name for name in shown if "hash" in name and name != "device_hash"}
    assert "password_hash" not in shown


def test_erasing_cancels_and_takes_the_name_out_of_every_row(
    unit: Unit, emma: int, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    hold = reserve(engine, unit, emma)
    child = a_child(unit, emma, first_name="Lina")
    unit.write(lambda tx: open_session(tx, clock.now(), Holder(patron_id=emma), OWN_PHONE))
    assert unit.write(lambda tx: privacy().erase(tx, emma, clock.now())) == 0
    assert engine.hold(Actor("system"), hold).state == "CANCELLED"
    with unit.read() as reader:
        row = privacy().rooms[-1]
        known = {room.name: room.rows(reader, emma) for room in privacy().rooms}
        with pytest.raises(Exception, match="NOT_FOUND"):
            patron_of(reader, emma)
        assert patron_of(reader, child).first_name == "Lina"
    assert row is not None
    left = known.pop("patron")[0]
    assert (left["first_name"], left["last_name"], left["email"], left["card"]) == (
        "", "", "", f"-{emma}",
    )  # fmt: skip
    assert {name for name, rows in known.items() if rows} <= {"hold"}


def test_what_is_at_home_comes_back_first(
    unit: Unit, emma: int, network: Network, clock: FrozenClock
) -> None:
    item = an_item(unit, a_record(unit), "hem")
    lend(unit, network, item, emma, clock.now(), None)
    assert unit.write(lambda tx: privacy().erase(tx, emma, clock.now())) == 1
    with unit.read() as reader:
        assert patron_of(reader, emma).last_name == "Delattre"


def lend(
    unit: Unit, network: Network, item: int, patron: int, at: datetime, back: datetime | None
) -> int:
    values = {
        "item_id": item, "record_id": 1, "patron_id": patron, "lent_at": at,
        "library_id": network.library("hem").id, "due_on": at.date() + timedelta(21),
        "returned_at": back,
    }  # fmt: skip
    defaults = Loan(**values).model_dump(exclude={"id"})
    return unit.write(lambda tx: tx.insert(Loan, **defaults))


@pytest.mark.parametrize(
    ("today", "first_kept"),
    [
        (date(2026, 7, 31), date(2026, 3, 1)),
        (date(2026, 8, 1), date(2026, 4, 1)),
        (date(2026, 1, 15), date(2025, 9, 1)),
    ],
)
def test_the_fourth_month_ends_with_its_last_day(today: date, first_kept: date) -> None:
    assert cut_before(today).astimezone().date() in {first_kept, first_kept - timedelta(1)}


def test_after_four_months_nobody_is_named_any_more(
    unit: Unit, emma: int, network: Network, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    long_ago, lately = datetime(2026, 3, 31, 12, tzinfo=UTC), datetime(2026, 4, 2, 12, tzinfo=UTC)
    item = an_item(unit, a_record(unit), "hem")
    lend(unit, network, item, emma, long_ago - timedelta(9), long_ago)
    lend(unit, network, item, emma, long_ago, lately)
    hold = reserve(engine, unit, emma)
    engine.cancel_hold(Actor("patron", patron_id=emma), hold)
    before = unit.write(lambda tx: privacy().retain(tx, datetime(2026, 8, 1, 12, tzinfo=UTC)))
    assert before == 1
    assert count(unit, Loan, patron_id=emma) == 1
    assert count(unit, Hold) == 1
    later = clock.now() + timedelta(200)
    assert unit.write(lambda tx: privacy().retain(tx, later)) >= 2
    assert count(unit, Hold) == 0
    assert count(unit, HoldEvent) == 0
    assert count(unit, Loan) == 2
    assert count(unit, Loan, patron_id=emma) == 0
    assert count(unit, Message, patron_id=emma) == 0
    assert unit.write(lambda tx: privacy().retain(tx, later)) == 0
