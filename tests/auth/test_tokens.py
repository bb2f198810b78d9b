"""API tokens stand for one person, until they end."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from fakes import FrozenClock
from navette.errors import BadInput
from navette.network.network import Network
from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Unit
from navette_auth.staff import StaffMember, add_staff
from navette_auth.tables import ApiToken
from navette_auth.tokens import create_token, end_token, visitor_of_header, visitor_of_token

HASHES = Query(select(table(ApiToken).c.token_hash), scalar)
IDS = Query(select(table(ApiToken).c.id), scalar)


def test_a_token_stands_for_its_patron(unit: Unit, clock: FrozenClock, alice: int) -> None:
    token = create_token(unit, clock, patron_id=alice, scopes=["read"])
    visitor = visitor_of_header(unit, clock, f"Bearer {token.text}")
    assert visitor is not None
    assert visitor.patron_id == alice
    assert visitor.scopes == frozenset({"read"})
    assert visitor.session_id is None
    with unit.read() as reader:
        assert token.text not in reader.one(HASHES)


def test_a_token_stands_for_its_member_of_staff(
    unit: Unit, clock: FrozenClock, network: Network
) -> None:
    library = network.library("lys").id
    staff = unit.write(
        lambda tx: add_staff(
            tx, clock, login="a", name="A", role="coordinator", library_id=library,
            password_hash="",
        )
    )  # fmt: skip
    token = create_token(unit, clock, staff_id=staff)
    visitor = visitor_of_token(unit, clock, token.text)
    assert visitor is not None
    assert visitor.staff == StaffMember(staff, "a", "A", "coordinator", "lys")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Basic abc", "Bearer navette_" + "a" * 43, "navette_x"]
)
def test_anything_else_is_nobody(unit: Unit, clock: FrozenClock, header: str) -> None:
    assert visitor_of_header(unit, clock, header) is None


def test_a_token_ends_with_time_by_hand_and_with_the_card(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    short = create_token(unit, clock, patron_id=alice, life=timedelta(hours=1))
    long = create_token(unit, clock, patron_id=alice)
    clock.advance(hours=1)
    assert visitor_of_token(unit, clock, short.text) is None
    assert visitor_of_token(unit, clock, long.text) is not None
    unit.write(lambda tx: tx.execute(update(table(Patron)).values(closed_at=clock.now())))
    assert visitor_of_token(unit, clock, long.text) is None
    unit.write(lambda tx: tx.execute(update(table(Patron)).values(closed_at=None)))
    for token in unit.write(lambda tx: tx.all(IDS)):
        assert unit.write(partial(end_token, token_id=token, now=clock.now()))
    assert visitor_of_token(unit, clock, long.text) is None


def test_a_token_has_one_owner_and_known_scopes(unit: Unit, clock: FrozenClock, alice: int) -> None:
    wrong: list[dict[str, Any]] = [
        {}, {"patron_id": alice, "staff_id": 1}, {"patron_id": alice, "scopes": ["all"]},
        {"patron_id": alice, "scopes": []},
    ]  # fmt: skip
    for given in wrong:
        with pytest.raises(BadInput):
            create_token(unit, clock, **given)
