"""Closures entered late: what they touch is repaired, each patron concerned is asked once (E4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.circulation.invariants import assert_invariants
from core.circulation.reserving import STAFF, me, placed, scanned, seen
from factories import a_child, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.clock import local_date
from navette.errors import BadInput, Forbidden, NotFound, UnknownLibrary
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, LendRequest
from navette.network.calendar import Opening
from navette.network.editing import openings_of, rule_value
from navette.notifications.messages import closure
from navette.storage.unit import Unit

HEAD = Actor("staff", staff_id=9, library="hem", role="coordinator")
CARD = "20590000066661"


def told(unit: Unit) -> list[tuple[int, Any]]:
    with unit.read() as reader:
        rows = reader.driver.execute(
            "SELECT patron_id, payload FROM outbox WHERE kind = 'closure' AND done_at IS NULL"
        ).fetchall()
    return [(row[0], row[1]) for row in rows]


def test_a_closure_extends_deadlines_and_due_dates_and_never_shortens_them(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """E4, section 9: never on a closed day; taken back, nothing is kept shorter."""
    record = a_record(unit)
    a_patron(unit, card=CARD)
    item, lent = an_item(unit, record), an_item(unit, a_record(unit, "Autre"))
    hold = placed(engine, a_patron(unit), record)
    scanned(engine, "hem", item)
    loan = engine.lend(STAFF, LendRequest("hem", card=CARD, item_id=lent))
    before = seen(engine, hold).pickup_deadline
    assert before is not None
    done = engine.close_library(HEAD, "hem", local_date(before), loan.due_on, "Travaux")
    assert (done.deadlines, done.due_dates) == (1, 1)
    after = seen(engine, hold).pickup_deadline
    assert after is not None
    assert local_date(after) > loan.due_on
    due = engine.loan(STAFF, loan.id).due_on
    assert due > loan.due_on
    assert engine.network.library("hem").calendar.is_open_on(due)
    engine.reopen_library(HEAD, done.id)
    assert seen(engine, hold).pickup_deadline == after
    assert engine.closures("hem") == []
    assert_invariants(unit)


def test_a_copy_of_a_library_that_shuts_is_asked_elsewhere(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """E4, T3: a closed source is no candidate; no penalty for it."""
    record = a_record(unit)
    an_item(unit, record, "leers")
    hold = placed(engine, a_patron(unit), record, "hem")
    elsewhere = an_item(unit, record, "lys")
    today = date(2026, 11, 24)
    done = engine.close_library(HEAD, "leers", today, today + timedelta(days=20))
    assert done.released == 1
    assert seen(engine, hold).item_id == elsewhere
    assert_invariants(unit)


def test_each_patron_concerned_is_asked_once_and_answers(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """E4, words 17: re-routed to another library, or kept until the reopening."""
    titles = [a_record(unit, f"Titre {n}") for n in range(3)]
    items = [an_item(unit, title, "leers") for title in titles]
    alice, bruno = a_patron(unit), a_patron(unit)
    first, second = (
        placed(engine, alice, titles[0], "leers"),
        placed(engine, alice, titles[1], "leers"),
    )
    third = placed(engine, bruno, titles[2], "leers")
    elsewhere = placed(engine, a_patron(unit), titles[2], "hem")
    for item in items:
        scanned(engine, "leers", item)
    start = local_date(clock.now()) + timedelta(days=2)
    done = engine.close_library(HEAD, "leers", start, start + timedelta(days=30), "Noël", "lannoy")
    assert done.asked == 2
    assert sorted(patron for patron, _ in told(unit)) == sorted([alice, bruno])
    asked = engine.closure_questions(me(alice), alice)
    assert [(q.library, q.proposed, q.hold_ids) for q in asked] == [
        ("leers", "lannoy", (first.id, second.id))
    ]
    assert asked[0].likely_at is not None
    answer = engine.answer_closure(me(alice), asked[0].id, move=True)
    assert (answer.moved, answer.kept) == (2, 0)
    assert {seen(engine, h).pickup for h in (first, second)} == {"lannoy"}
    assert engine.answer_closure(me(alice), asked[0].id, move=True).moved == 0  # said twice
    assert engine.closure_questions(me(alice), alice) == []
    theirs = engine.closure_questions(STAFF, bruno)[0]
    with pytest.raises(NotFound):
        engine.answer_closure(me(alice), theirs.id, move=True)
    with pytest.raises(NotFound):
        engine.closure_questions(me(alice), bruno)
    assert engine.answer_closure(STAFF, theirs.id, move=False).moved == 0
    assert seen(engine, third).pickup == "leers"
    assert seen(engine, elsewhere).pickup == "hem"
    assert [(c.asked, c.answered) for c in engine.closures("leers")] == [(2, 2)]
    assert_invariants(unit)


def test_a_guardian_answers_for_a_child_and_a_closure_taken_back_asks_nobody(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """E4, E8; what was not said yet is not said any more (I7)."""
    parent = a_patron(unit)
    child, record = a_child(unit, parent), a_record(unit)
    item = an_item(unit, record, "leers")
    placed(engine, child, record, "leers")
    scanned(engine, "leers", item)
    today = local_date(clock.now())
    done = engine.close_library(HEAD, "leers", today + timedelta(1), today + timedelta(9))
    assert len(engine.closure_questions(me(parent), child)) == 1
    engine.reopen_library(HEAD, done.id)
    assert told(unit) == []
    assert engine.closure_questions(me(parent), child) == []
    with pytest.raises(NotFound):
        engine.reopen_library(HEAD, done.id)
    # SQLite gives the next closure the number of the one taken back: who was asked is asked anew
    again = engine.close_library(HEAD, "leers", today + timedelta(1), today + timedelta(9))
    assert again.asked == 1
    assert [patron for patron, _ in told(unit)] == [child]
    assert len(engine.closure_questions(me(parent), child)) == 1


def test_the_question_is_said_in_words(unit: Unit) -> None:
    """Words 17: no title, until when, what happens without an answer."""
    said = {
        "library": "Leers", "proposed": "Lannoy", "first_day": "2026-12-24",
        "last_day": "2027-01-02", "count": 2, "likely_at": "2026-12-22T09:00:00+00:00",
        "path": "/reservations/fermeture/1",
    }  # fmt: skip
    notice = closure(said)
    assert notice.title == "Leers ferme du jeudi 24 décembre au samedi 2 janvier"
    assert "retirer vos 2 réservations à Lannoy\u00a0?" in notice.body
    assert "Sans réponse, nous les gardons à Leers." in notice.body
    assert "votre réservation" in closure(said | {"count": 1, "likely_at": ""}).body


def test_only_the_coordinator_and_only_what_makes_sense(
    engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    today = local_date(clock.now())
    with pytest.raises(Forbidden):
        engine.close_library(STAFF, "hem", today, today)
    with pytest.raises(BadInput):
        engine.close_library(HEAD, "hem", today, today - timedelta(days=1))
    with pytest.raises(BadInput):
        engine.close_library(HEAD, "hem", today, today + timedelta(days=800))
    with pytest.raises(UnknownLibrary):
        engine.close_library(HEAD, "nowhere", today, today)
    with pytest.raises(Forbidden):
        engine.set_rule(STAFF, "hold_limit", "3")
    with pytest.raises(Forbidden):
        engine.set_hours(STAFF, "hem", 1, "")
    assert engine.closures("hem") == []


def test_the_week_and_a_day_of_its_own_move_what_is_due(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock
) -> None:
    """Calendars: weekly hours, exceptional hours; due dates follow."""
    a_patron(unit, card=CARD)
    loan = engine.lend(STAFF, LendRequest("hem", card=CARD, item_id=an_item(unit, a_record(unit))))
    engine.set_hours(HEAD, "hem", loan.due_on.weekday(), "")
    moved = engine.loan(STAFF, loan.id).due_on
    assert moved > loan.due_on
    sunday = date(2026, 12, 20)
    assert not engine.network.library("hem").calendar.is_open_on(sunday)
    engine.set_special_hours(HEAD, "hem", sunday, "10:00-12:30, 14:00-18:00")
    calendar = engine.network.library("hem").calendar
    assert calendar.is_open_at(datetime(2026, 12, 20, 14, 0, tzinfo=UTC))
    assert not calendar.is_open_at(datetime(2026, 12, 20, 12, 0, tzinfo=UTC))
    engine.set_special_hours(HEAD, "hem", sunday, "")
    assert not engine.network.library("hem").calendar.is_open_on(sunday)


@pytest.mark.parametrize(
    "wrong", ["10-9", "25:00-26:00", "10:00", "a-b", "10:00-12:00,11:00-13:00", "1-2,3-4,5-6,7-8,9-10"]
)  # fmt: skip
def test_hours_are_read_with_suspicion(wrong: str) -> None:
    with pytest.raises(BadInput):
        openings_of(wrong)


def test_hours_are_read_as_people_write_them() -> None:
    assert openings_of("14h-18h30, 10:00–12:30") == [Opening(600, 750), Opening(840, 1110)]
    assert openings_of("") == []


def test_a_rule_has_a_value_per_library_category_and_type(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """Section 9: every value is a setting, with network defaults; the closest one wins."""
    engine.set_rule(HEAD, "hold_limit", "3")
    engine.set_rule(HEAD, "hold_limit", "7", library="leers", category="child")
    rule = engine.network.rule
    assert rule("hold_limit", library="hem", category="adult") == 3
    assert rule("hold_limit", library="leers", category="child") == 7
    engine.set_rule(HEAD, "hold_limit", "4")
    assert engine.network.rule("hold_limit") == 4
    engine.drop_rule(HEAD, "hold_limit")
    assert engine.network.rule("hold_limit") == 5
    with pytest.raises(NotFound):
        engine.drop_rule(HEAD, "hold_limit")
    with pytest.raises(BadInput):
        engine.set_rule(HEAD, "hold_limit", "3", category="martian")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("loan_days", "28", 28), ("rank_class", "-1", -1), ("walk_in_share", "0,5", 0.5),
        ("floats", "oui", True), ("on_shelf_holds", "ask", "ask"),
        ("pull_rounds", "09:30, 14:00", ["09:30", "14:00"]),
        ("loan_days", "-1", None), ("loan_days", "x", None), ("walk_in_share", "2", None),
        ("floats", "maybe", None), ("on_shelf_holds", "never", None), ("pull_rounds", "", None),
        ("pull_rounds", "25:99", None), ("no_such_rule", "1", None), ("loan_days", "99999", None),
    ],
)  # fmt: skip
def test_a_value_is_of_the_kind_of_its_rule(name: str, text: str, value: object) -> None:
    if value is None:
        with pytest.raises(BadInput):
            rule_value(name, text)
        return
    assert rule_value(name, text) == value


def test_a_hold_without_hope_is_given_up_by_the_coordinator(
    unit: Unit, engine: EmbeddedCirculation
) -> None:
    """Section 6, E11: the list, and no_copy_left."""
    record = a_record(unit)
    item = an_item(unit, record)
    hold = placed(engine, a_patron(unit), record)
    engine.mark_missing(STAFF, "hem", item_id=item)
    engine.nightly()
    assert [h.id for h in engine.without_hope()] == [hold.id]
    with pytest.raises(Forbidden):
        engine.give_up(STAFF, hold.id)
    ended = engine.give_up(HEAD, hold.id)
    assert (ended.state, ended.end_reason) == ("CANCELLED", "no_copy_left")
    assert engine.without_hope() == []
