"""Placing a hold: T1, T2, limits and refusals (sections 2, 3, 9)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core.circulation.reserving import STAFF, me, placed, seen
from factories import a_child, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation import placing
from navette.circulation.placing import Placing
from navette.errors import (
    BadInput,
    CardExpired,
    DuplicateHold,
    HoldLimitReached,
    NotFound,
    NotReservable,
    PatronBlocked,
    VolumeRequired,
)
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor
from navette.network.network import Network
from navette.storage.unit import Tx, Unit


def test_a_hold_is_targeted_in_the_same_answer_when_a_copy_is_free(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """T1, T2: the answer already shows TARGETED."""
    record = a_record(unit)
    item = an_item(unit, record, home="leers")
    hold = placed(engine, a_patron(unit), record)
    assert (hold.state, hold.item_id, hold.rank) == ("TARGETED", item, 1)
    assert hold.promise is not None
    assert hold.promise.sentence.startswith("À\N{NO-BREAK SPACE}Hem\N{NO-BREAK SPACE}: sans doute")


def test_the_answer_is_what_whoever_looks_now_sees(unit: Unit, engine: EmbeddedCirculation) -> None:
    """T1, T2: first, behind others, beside them on a second copy, at a rhythm, asked again."""
    record, several = a_record(unit), a_record(unit, "Deux")
    for title in (record, several, several):
        an_item(unit, title, home="leers")
    people = [a_patron(unit, card=f"2059000000{n:04}") for n in range(4)]
    slow = a_patron(unit, card="20590000009999", hold_rhythm=1)
    for title in (record, several):
        for patron in (*people, slow):
            answer = placed(engine, patron, title, "lannoy", idempotency_key=f"{title}.{patron}")
            assert answer == seen(engine, answer)
    again = placed(engine, slow, several, "lannoy", idempotency_key=f"{several}.{slow}")
    assert again == seen(engine, again)


def test_an_answer_reads_nothing_twice(
    unit: Unit, engine: EmbeddedCirculation, network: Network, clock: FrozenClock
) -> None:
    record, patron = a_record(unit), a_patron(unit)
    an_item(unit, record)
    asked = Placing(patron, record, "leers")
    told: list[str] = []

    class Noting:
        def __init__(self, driver: Any) -> None:
            self._driver = driver

        def execute(self, text: str, params: Any = ()) -> Any:
            told.append(text)
            return self._driver.execute(text, params)

    def place(tx: Tx) -> None:
        tx.driver = Noting(tx.driver)
        placing.placed(tx, network, clock.now(), me(patron), asked)

    unit.write(place)
    assert len([text for text in told if text.startswith("SELECT item.id")]) == 1
    assert len([text for text in told if "INTO change" in text]) == 1


def test_two_holds_on_one_copy_both_get_a_rank(unit: Unit, engine: EmbeddedCirculation) -> None:
    """E7a: order of commit; one TARGETED, the other WAITING behind it."""
    record = a_record(unit)
    an_item(unit, record)
    first = placed(engine, a_patron(unit), record)
    second = placed(engine, a_patron(unit), record, "leers")
    assert (first.state, first.rank) == ("TARGETED", 1)
    assert (second.state, second.rank, second.item_id) == ("WAITING", 2, None)
    assert second.copies == 1


def test_the_same_key_gives_the_first_answer(unit: Unit, engine: EmbeddedCirculation) -> None:
    """E7e; the same key with other content is refused."""
    record, other, patron = a_record(unit), a_record(unit, "Autre"), a_patron(unit)
    an_item(unit, record)
    an_item(unit, other)
    first = placed(engine, patron, record, idempotency_key="k1")
    again = placed(engine, patron, record, idempotency_key="k1")
    assert again.id == first.id
    assert len(engine.holds_of(patron)) == 1
    with pytest.raises(BadInput):
        placed(engine, patron, other, idempotency_key="k1")


def test_a_second_hold_on_the_same_title_is_refused_by_name(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """I3."""
    record, patron = a_record(unit), a_patron(unit)
    an_item(unit, record)
    first = placed(engine, patron, record)
    with pytest.raises(DuplicateHold) as refused:
        placed(engine, patron, record, "leers")
    assert refused.value.hold_id == first.id


def test_the_sixth_hold_is_refused(unit: Unit, engine: EmbeddedCirculation) -> None:
    """Section 9: five holds a card."""
    patron = a_patron(unit)
    for number in range(6):
        record = a_record(unit, f"Titre {number}")
        an_item(unit, record)
        assert engine.holds_allowed(me(patron), patron) == (5, number), "told before it is asked"
        if number < 5:
            placed(engine, patron, record)
            continue
        with pytest.raises(HoldLimitReached) as refused:
            placed(engine, patron, record)
        assert (refused.value.limit, refused.value.current) == (5, 5)


def test_nobody_else_is_told_how_many_somebody_has(unit: Unit, engine: EmbeddedCirculation) -> None:
    patron = a_patron(unit)
    child = a_child(unit, patron)
    assert engine.holds_allowed(me(patron), child).left == 5
    with pytest.raises(NotFound):
        engine.holds_allowed(me(a_patron(unit)), patron)


def test_what_can_never_be_filled_is_not_reservable(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """T1, E11: one copy must be able to fill it."""
    patron, bare, on_site, lost = a_patron(unit), a_record(unit), a_record(unit), a_record(unit)
    an_item(unit, on_site, not_for_loan=True, status="NOT_FOR_LOAN")
    an_item(unit, lost, status="LOST")
    for record, reason in ((bare, "no_copy"), (on_site, "on_site"), (lost, "no_copy")):
        with pytest.raises(NotReservable) as refused:
            placed(engine, patron, record)
        assert refused.value.reason == reason
    with pytest.raises(BadInput) as wrong:
        placed(engine, patron, bare, "nowhere")
    assert wrong.value.field == "pickupLibrary"


def test_a_volume_must_be_chosen_where_there_are_several(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """E10."""
    record, patron = a_record(unit, "Série"), a_patron(unit)
    for number in (10, 2, 1):
        an_item(unit, record, volume_key=str(number), volume_label=f"Tome {number}")
    with pytest.raises(VolumeRequired) as refused:
        placed(engine, patron, record)
    assert [key for key, _ in refused.value.volumes] == ["1", "2", "10"]
    hold = placed(engine, patron, record, volume_key="2")
    assert (hold.level, hold.volume_key, hold.volume_label) == ("volume", "2", "Tome 2")
    assert placed(engine, patron, record, volume_key="10").state == "TARGETED"


def test_the_latest_issue_of_a_periodical_waits_for_the_next(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """E10."""
    record, patron = a_record(unit, "Revue", type="magazine"), a_patron(unit)
    for number in ("2026-09", "2026-10"):
        an_item(unit, record, type="magazine", volume_key=number, volume_label=number)
    with pytest.raises(NotReservable) as refused:
        placed(engine, patron, record, volume_key="2026-10")
    assert refused.value.reason == "latest_issue"
    assert placed(engine, patron, record, volume_key="2026-09").state == "TARGETED"


def test_blocked_and_expired_cards_are_refused(unit: Unit, engine: EmbeddedCirculation) -> None:
    """Section 9, E16."""
    record = a_record(unit)
    an_item(unit, record)
    with pytest.raises(PatronBlocked):
        placed(engine, a_patron(unit, blocked_reason="lost books"), record)
    with pytest.raises(CardExpired) as refused:
        placed(engine, a_patron(unit, valid_until=date(2026, 11, 23)), record)
    assert refused.value.since == date(2026, 11, 23)


def test_a_guardian_reserves_for_a_child_and_nobody_else_does(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """E8: the hold is on the child's card; "not found" and "not yours" are one answer."""
    record, parent, stranger = a_record(unit), a_patron(unit), a_patron(unit)
    child = a_child(unit, parent)
    an_item(unit, record)
    with pytest.raises(NotFound):
        engine.place_hold(
            Actor("patron", stranger), patron_id=child, record_id=record, pickup="hem"
        )
    hold = engine.place_hold(
        Actor("patron", parent), patron_id=child, record_id=record, pickup="hem"
    )
    assert hold.patron_id == child
    with pytest.raises(NotFound):
        engine.hold(Actor("patron", stranger), hold.id)
    assert engine.hold(Actor("patron", parent), hold.id).id == hold.id
    assert engine.hold(STAFF, hold.id).id == hold.id


def test_a_shelf_copy_can_be_kept_for_those_who_come(
    unit: Unit, engine: EmbeddedCirculation, network: Network
) -> None:
    """E5: policy per library."""
    from navette.network.tables import RuleValue  # noqa: PLC0415 - only here

    unit.write(
        lambda tx: tx.insert(
            RuleValue, name="on_shelf_holds", library="leers", category="", item_type="",
            value="ask",
        )
    )  # fmt: skip
    engine.forget_network()
    record = a_record(unit)
    an_item(unit, record, home="leers")
    with pytest.raises(NotReservable) as refused:
        placed(engine, a_patron(unit), record, "leers")
    assert refused.value.reason == "on_shelf"
    assert placed(engine, a_patron(unit), record, "hem").state == "TARGETED"


def test_a_new_item_travels_after_its_embargo_but_can_be_reserved(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """Section 5: new items do not travel yet; the promise says so."""
    record = a_record(unit)
    an_item(unit, record, home="hem", new_until=clock.now().date() + timedelta(days=20))
    away = placed(engine, a_patron(unit), record, "lannoy")
    assert away.state == "WAITING"
    assert away.promise is not None
    assert placed(engine, a_patron(unit), record, "hem").state == "TARGETED"
    by_place = {p.library: p for p in engine.promise(record)}
    assert "à partir du" in by_place["lannoy"].sentence


def test_walk_in_copies_are_not_reservable(unit: Unit, engine: EmbeddedCirculation) -> None:
    """Section 5: "à découvrir sur place"."""
    record = a_record(unit)
    an_item(unit, record, on_site_until=date(2026, 12, 31))
    with pytest.raises(NotReservable) as refused:
        placed(engine, a_patron(unit), record)
    assert refused.value.reason == "on_site"
