"""Announced means evidence: whatever the ways answer, no READY hold stays silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from factories import a_child, a_patron
from navette.circulation.tables import Hold
from navette.errors import BadInput, NotFound
from navette.network.loading import network_of
from navette.network.network import Network
from navette.notifications import desklists
from navette.notifications.channels import Delivery
from navette.notifications.choices import Chosen, choose
from navette.notifications.evidence import look_again_at, two_opening_days_before
from navette.notifications.noting import seen
from navette.notifications.reminding import remind, silent_holds
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from telling import FakeChannel, Stage

_h = table(Hold).c
ANNOUNCED = Query(select(_h.announced_at.is_not(None)).order_by(_h.id), scalar)
ACCEPTED, NOBODY, LATER = Delivery("accepted", "x"), Delivery("nobody"), Delivery("later")
PROVEN = Delivery("accepted", "x", "accepted")
LANDLINE = "03 53 01 20 01"


def announced(stage: Stage) -> list[bool]:
    with stage.unit.read() as reader:
        return reader.all(ANNOUNCED)


def waiting(stage: Stage, library: str, way: str) -> list[desklists.DeskLine]:
    with stage.unit.read() as reader:
        return desklists.lines(reader, network_of(reader).library(library).id, way)


def _network(stage: Stage) -> Network:
    with stage.unit.read() as reader:
        return network_of(reader)


def test_the_next_way_is_taken_after_a_day_or_two_opening_days_before_the_deadline(
    network: Network,
) -> None:
    calendar = network.library("hem").calendar
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert look_again_at(calendar, None, now) == now + timedelta(hours=24)
    assert look_again_at(calendar, now + timedelta(days=11), now) == now + timedelta(hours=24)
    days = [day for day in calendar.open_days(now.date()) if day > now.date()][:2]
    deadline = calendar.closing_of(days[1])
    assert deadline is not None
    before = two_opening_days_before(calendar, deadline)
    assert calendar.is_open_at(before)
    assert before.date() < days[0]
    assert look_again_at(calendar, deadline, now) == max(before, now + timedelta(hours=1))


def test_a_notification_that_was_displayed_is_evidence(stage: Stage) -> None:
    hold = stage.ready_hold(a_patron(stage.unit))
    stage.tell(minutes=6)
    assert stage.push.letters[0].notice.holds == (hold,)
    assert announced(stage) == [False]
    assert stage.unit.write(lambda tx: seen(tx, [hold], stage.clock.now())) == 1
    assert announced(stage) == [True]
    assert stage.tell(hours=30) == ["dropped"]
    assert stage.email.letters == []


def test_a_call_is_evidence_once_ticked_and_a_wrong_number_becomes_a_letter(stage: Stage) -> None:
    patron = a_patron(stage.unit, channels=["call"], email="", phone=LANDLINE)
    stage.ready_hold(patron)
    stage.tell(minutes=6)
    (line,) = waiting(stage, "hem", "call")
    assert (line.phone, line.body.startswith("Bonjour, ici la bibliothèque")) == (LANDLINE, True)
    hem, now = _network(stage).library("hem").id, stage.clock.now()
    tick = {"library_id": hem, "staff_id": 1, "now": now}
    stage.unit.write(lambda tx: desklists.called(tx, line.id, result="no_answer", **tick))
    assert [one.result for one in waiting(stage, "hem", "call")] == ["no_answer"]
    stage.unit.write(lambda tx: desklists.called(tx, line.id, result="wrong_number", **tick))
    assert waiting(stage, "hem", "call") == []
    stage.tell(seconds=1)
    (letter,) = waiting(stage, "hem", "letter")
    assert announced(stage) == [False]
    printed = {"library_id": hem, "staff_id": 1, "now": stage.clock.now()}
    stage.unit.write(lambda tx: desklists.printed(tx, [letter.id], **printed))
    assert (announced(stage), waiting(stage, "hem", "letter")) == ([True], [])


def test_a_call_announces_everything_that_stood_there(stage: Stage) -> None:
    patron = a_patron(stage.unit, channels=[], email="", phone=LANDLINE)
    for title in ("Nana", "Germinal"):
        stage.ready_hold(patron, title=title)
    stage.tell(minutes=6)
    stage.clock.advance(minutes=1)
    stage.ready_hold(patron, title="Thérèse Raquin")
    (line,) = waiting(stage, "hem", "call")
    hem = _network(stage).library("hem").id
    stage.unit.write(
        lambda tx: desklists.called(
            tx, line.id, library_id=hem, staff_id=1, result="reached", now=stage.clock.now()
        )
    )
    assert announced(stage) == [True, True, False]


@pytest.mark.parametrize(("library", "result"), [("lys", "reached"), ("hem", "perhaps")])
def test_a_call_of_another_library_or_with_no_result_is_refused(
    stage: Stage, library: str, result: str
) -> None:
    stage.ready_hold(a_patron(stage.unit, channels=[], email="", phone=LANDLINE))
    stage.tell(minutes=6)
    (line,) = waiting(stage, "hem", "call")
    at = _network(stage).library(library).id
    with pytest.raises((NotFound, BadInput)):
        stage.unit.write(
            lambda tx: desklists.called(
                tx, line.id, library_id=at, staff_id=1, result=result, now=stage.clock.now()
            )
        )


def test_a_call_that_nobody_made_is_followed_by_a_letter(stage: Stage) -> None:
    stage.ready_hold(a_patron(stage.unit, channels=[], email="", phone=LANDLINE))
    stage.tell(minutes=6)
    stage.tell(hours=25)
    assert len(waiting(stage, "hem", "letter")) == 1


def test_what_was_seen_meanwhile_leaves_the_list(stage: Stage) -> None:
    hold = stage.ready_hold(a_patron(stage.unit, channels=[], email="", phone=LANDLINE))
    stage.tell(minutes=6)
    stage.unit.write(lambda tx: seen(tx, [hold], stage.clock.now()))
    assert waiting(stage, "hem", "call") == []


def test_a_telephone_keeps_quiet_at_night_and_rings_in_the_morning(stage: Stage) -> None:
    patron = a_patron(stage.unit)
    quiet = Chosen(["push"], titles=False, quiet=(22 * 60, 8 * 60), reminders=True, turns=True)
    stage.unit.write(lambda tx: choose(tx, patron, quiet, stage.clock.now()))
    stage.clock.set(datetime(2026, 11, 24, 22, tzinfo=UTC))
    stage.ready_hold(patron)
    assert stage.tell(minutes=6) == ["postponed"]
    while stage.clock.now() < datetime(2026, 11, 25, 6, 59, tzinfo=UTC):
        stage.tell(minutes=30)
        assert stage.push.letters == [] or stage.clock.now() >= datetime(
            2026, 11, 25, 7, tzinfo=UTC
        )
    stage.tell(minutes=10)
    assert len(stage.push.letters) == 1


def test_a_letter_waits_for_who_has_neither_mail_nor_telephone(stage: Stage) -> None:
    stage.ready_hold(a_patron(stage.unit, channels=["letter"], email="", phone=""))
    stage.tell(minutes=6)
    (line,) = waiting(stage, "hem", "letter")
    assert "Gardé pour vous jusqu’au" in line.body


answers = st.sampled_from([ACCEPTED, PROVEN, NOBODY, LATER])
steps = st.lists(st.sampled_from([1, 20, 70, 600, 1500]), min_size=2, max_size=8)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    push=st.lists(answers, max_size=6),
    email=st.lists(answers, max_size=6),
    channels=st.lists(st.sampled_from(["push", "email", "sms", "call", "letter"]), max_size=3, unique=True),
    phone=st.sampled_from(["", LANDLINE, "06 12 34 56 78"]),
    whose=st.sampled_from(["own", "child's"]),
    minutes=steps,
)  # fmt: skip
def test_no_ready_hold_is_ever_silent(
    stage: Stage,
    push: Sequence[Delivery],
    email: Sequence[Delivery],
    channels: Sequence[str],
    phone: str,
    whose: str,
    minutes: Sequence[int],
) -> None:
    """At every moment it has evidence, an errand that is under way, or stands on a desk's list."""
    unit = stage.unit
    stage.clock.set(datetime(2026, 11, 24, 9, tzinfo=UTC))
    stage.push.answers[:], stage.email.answers[:] = push, email
    patron = a_patron(unit, channels=list(channels), phone=phone)
    stage.ready_hold(patron if whose == "own" else a_child(unit, patron))
    for step in minutes:
        stage.tell(minutes=step)
        with unit.read() as reader:
            assert silent_holds(reader) == []
    _forget_all_answers(stage.push, stage.email)


def _forget_all_answers(*channels: FakeChannel) -> None:
    for channel in channels:
        channel.answers.clear()


def test_the_night_tells_a_hold_that_was_forgotten(stage: Stage, network: Network) -> None:
    hold = stage.ready_hold(a_patron(stage.unit))
    stage.unit.write(lambda tx: tx.driver.execute("DELETE FROM outbox"))
    assert remind(stage.unit, network, stage.clock.now())["silent"] == 1
    stage.tell(minutes=1)
    assert stage.push.letters[0].notice.holds == (hold,)
