"""Telling people: looked at again, grouped, by the first way that works, with evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from factories import a_child, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.ils.views import Actor
from navette.notifications.channels import Delivery
from navette.notifications.noting import opened
from navette.patrons.tables import Guardian
from navette.storage import outbox
from navette.storage.unit import Unit
from telling import WINDOW, Killed, Stage


def test_a_ready_hold_is_told_after_the_grouping_window_and_once(stage: Stage) -> None:
    stage.ready_hold(a_patron(stage.unit))
    assert stage.tell(seconds=WINDOW - 1) == []
    assert stage.tell(seconds=2) == ["sent"]
    assert stage.tell(hours=1) == []
    assert [letter.notice.title for letter in stage.push.letters] == [
        "Votre réservation est arrivée"
    ]
    assert stage.email.letters == []


def test_a_lock_screen_shows_no_title_unless_the_patron_chose_it(stage: Stage) -> None:
    stage.ready_hold(a_patron(stage.unit), title="Le secret bien gardé")
    stage.ready_hold(a_patron(stage.unit, title_on_notices=True), title="Le secret montré")
    stage.tell(minutes=6)
    bodies = [letter.notice.body for letter in stage.push.letters]
    assert all("bien gardé" not in body for body in bodies)
    assert [("montré" in body) for body in bodies] == [False, True]


@pytest.mark.parametrize("key", ["", "9"], ids=["of the record", "of the copy"])
def test_a_title_is_said_with_its_volume(stage: Stage, key: str) -> None:
    patron = a_patron(stage.unit, title_on_notices=True)
    stage.ready_hold(patron, title="One piece", volume="9", key=key)
    stage.tell(minutes=6)
    (letter,) = stage.push.letters
    assert "One piece, tome\u00a09" in letter.notice.body


def test_several_holds_of_one_person_at_one_library_are_one_notice(stage: Stage) -> None:
    patron = a_patron(stage.unit)
    stage.ready_hold(patron, "hem")
    stage.clock.advance(minutes=4)
    stage.ready_hold(patron, "hem", "Nana")
    stage.ready_hold(patron, "leers", "L’Assommoir")
    assert stage.tell(minutes=1) == ["sent", "sent"]
    assert sorted(letter.notice.title for letter in stage.push.letters) == [
        "2 réservations vous attendent à Hem",
        "Votre réservation est arrivée",
    ]
    assert stage.tell(hours=1) == []


def test_a_hold_that_is_no_longer_ready_is_not_told(stage: Stage) -> None:
    patron = a_patron(stage.unit)
    hold = stage.ready_hold(patron)
    stage.circulation.cancel_hold(Actor("patron", patron_id=patron), hold)
    stage.tell(minutes=6)
    assert stage.push.letters == []


def test_of_two_grouped_holds_only_the_one_still_ready_is_told(stage: Stage) -> None:
    patron = a_patron(stage.unit)
    gone, stays = stage.ready_hold(patron), stage.ready_hold(patron, title="Nana")
    stage.clock.advance(minutes=6)
    (parcel,) = stage.notifier.take()
    stage.circulation.cancel_hold(Actor("patron", patron_id=patron), gone)
    assert stage.notifier.deliver(parcel) == "sent"
    assert stage.push.letters[0].notice.badge == 1
    assert stays


def test_a_child_s_hold_is_told_to_the_guardian_by_first_name_only(stage: Stage) -> None:
    guardian = a_patron(stage.unit, title_on_notices=True)
    child = a_child(stage.unit, guardian, first_name="Lina")
    stage.ready_hold(child, title="Mortelle Adèle")
    stage.tell(minutes=6)
    (letter,) = stage.push.letters
    assert letter.to.id == guardian
    assert letter.notice.title == "Pour Lina\u00a0: c’est arrivé à Hem"
    assert "Adèle" not in letter.notice.body


def test_mail_is_the_way_when_no_device_answers(stage: Stage) -> None:
    stage.push.answers = [Delivery("nobody")]
    stage.ready_hold(a_patron(stage.unit, channels=["push"]))
    assert stage.tell(minutes=6) == ["sent"]
    ((channel, _, body, evidence),) = stage.said()
    assert (channel, evidence) == ("email", "accepted")
    assert "Gardé pour vous jusqu’au" in body


def test_somebody_whom_nothing_reaches_is_called_by_the_desk(stage: Stage) -> None:
    stage.push.answers = [Delivery("nobody")]
    stage.email.answers = [Delivery("nobody")]
    stage.ready_hold(a_patron(stage.unit, phone="03 53 01 20 01"))
    assert stage.tell(minutes=6) == ["sent"]
    ((channel, _, body, evidence),) = stage.said()
    assert (channel, evidence) == ("call", "")
    assert body.startswith("Bonjour, ici la bibliothèque de Hem.")


def test_a_busy_service_is_tried_again_later_and_then_the_next_way(stage: Stage) -> None:
    stage.push.answers = [Delivery("later", detail="busy") for _ in range(9)]
    stage.ready_hold(a_patron(stage.unit))
    assert stage.tell(minutes=6) == ["postponed"]
    assert stage.tell(seconds=1) == []
    assert stage.tell(minutes=1) == ["postponed"]
    assert stage.tell(minutes=5) == ["postponed"]
    assert stage.email.letters == []
    assert stage.tell(hours=1) == ["sent"]
    assert len(stage.email.letters) == 1


def test_a_service_that_asks_for_time_gets_it(stage: Stage) -> None:
    stage.push.answers = [Delivery("later", wait_seconds=600)]
    stage.ready_hold(a_patron(stage.unit))
    assert stage.tell(minutes=6) == ["postponed"]
    assert stage.tell(minutes=9) == []
    assert stage.tell(minutes=2) == ["sent"]


def test_a_device_whose_service_was_busy_is_told_alone_later(stage: Stage) -> None:
    stage.push.answers = [Delivery("accepted", "x", waiting=[7])]
    stage.ready_hold(a_patron(stage.unit))
    stage.tell(minutes=6)
    assert stage.tell(minutes=1) == ["sent"]
    assert [list(letter.devices) for letter in stage.push.letters] == [[], [7]]


def test_a_push_that_nobody_saw_is_followed_by_a_mail_after_a_day(stage: Stage) -> None:
    stage.ready_hold(a_patron(stage.unit))
    stage.tell(minutes=6)
    assert stage.tell(hours=25) == ["sent"]
    assert len(stage.push.letters) == 1
    assert len(stage.email.letters) == 1


def test_a_hold_that_was_looked_at_is_announced_and_not_told_twice(stage: Stage) -> None:
    patron = a_patron(stage.unit)
    stage.ready_hold(patron)
    stage.tell(minutes=6)
    assert opened(stage.unit, [patron], stage.clock.now()) == 1
    assert opened(stage.unit, [patron], stage.clock.now()) == 0
    assert stage.tell(hours=25) == ["dropped"]
    assert stage.email.letters == []


def test_mail_that_was_accepted_announces_the_hold(stage: Stage) -> None:
    patron = a_patron(stage.unit, channels=["email"])
    stage.ready_hold(patron)
    stage.tell(minutes=6)
    assert opened(stage.unit, [patron], stage.clock.now()) == 0
    assert stage.outcomes() == [("ready", "sent: email")]


def test_what_a_killed_worker_had_claimed_comes_back_after_a_minute(stage: Stage) -> None:
    stage.ready_hold(a_patron(stage.unit))
    stage.clock.advance(minutes=6)
    assert len(stage.notifier.take()) == 1
    assert stage.tell(seconds=30) == []
    assert stage.tell(seconds=31) == ["sent"]


def test_what_was_leaving_at_a_kill_is_not_sent_again_but_goes_another_way(stage: Stage) -> None:
    stage.ready_hold(a_patron(stage.unit))
    stage.push.killed = True
    with pytest.raises(Killed):
        stage.tell(minutes=6)
    assert stage.tell(seconds=61) == ["sent"]
    assert stage.outcomes()[0] == ("ready", "doubtful: push")
    assert stage.tell(minutes=58) == []
    assert stage.tell(minutes=3) == ["sent"]
    assert (len(stage.push.letters), len(stage.email.letters)) == (1, 1)


def test_what_was_leaving_at_a_kill_and_was_seen_needs_no_other_way(stage: Stage) -> None:
    patron = a_patron(stage.unit)
    stage.ready_hold(patron)
    stage.push.killed = True
    with pytest.raises(Killed):
        stage.tell(minutes=6)
    stage.tell(seconds=61)
    assert opened(stage.unit, [patron], stage.clock.now()) == 1
    assert stage.tell(hours=2) == ["dropped"]
    assert stage.email.letters == []


def test_of_two_guardians_the_one_not_yet_told_at_a_kill_is_told(stage: Stage) -> None:
    first, second = a_patron(stage.unit), a_patron(stage.unit)
    child = a_child(stage.unit, first, first_name="Lina")
    row = {"guardian_id": second, "child_id": child, "since": stage.clock.now()}
    stage.unit.write(lambda tx: tx.insert(Guardian, **row))
    stage.ready_hold(child)
    stage.push.killed = True
    with pytest.raises(Killed):
        stage.tell(minutes=6)
    stage.tell(seconds=61)
    assert sorted(letter.to.id for letter in stage.push.letters) == sorted([first, second])


def test_a_mail_that_was_leaving_at_a_kill_becomes_a_call(stage: Stage) -> None:
    stage.ready_hold(a_patron(stage.unit, channels=["email"], phone="03 53 01 20 01"))
    stage.email.killed = True
    with pytest.raises(Killed):
        stage.tell(minutes=6)
    stage.tell(seconds=61)
    stage.tell(hours=2)
    assert [channel for channel, *_ in stage.said()] == ["call"]
    assert len(stage.email.letters) == 1


@pytest.mark.parametrize(
    ("kind", "title"),
    [("later", "Un peu plus tard que prévu"), ("corrected", "Une erreur de notre part")],
)
def test_other_news_of_a_hold_is_told(
    stage: Stage, put_errand: Callable[..., None], kind: str, title: str
) -> None:
    patron = a_patron(stage.unit)
    record = a_record(stage.unit)
    an_item(stage.unit, record, status="ON_LOAN")
    hold = stage.circulation.place_hold(
        Actor("patron", patron_id=patron), patron_id=patron, record_id=record, pickup="lys"
    )
    put_errand(kind, patron_id=patron, hold_id=hold.id)
    assert stage.tell() == ["sent"]
    assert stage.push.letters[0].notice.title == title
    assert stage.push.letters[0].notice.urgent is False


@pytest.mark.parametrize(
    ("codes", "ended", "said"),
    [
        (("shelf", "shelf"), False, "Le passage en rayon a pris du retard à Hem."),
        (("shelf", "queue"), False, ""),
        (("shelf", "queue"), True, "Les retours prennent plus de temps que prévu."),
    ],
)
def test_the_cause_of_one_hold_is_not_said_of_another(
    stage: Stage, codes: tuple[str, str], *, ended: bool, said: str
) -> None:
    """Section 7: one message a person; it blames the shelf only for what the shelf delayed."""
    patron, holds, now = a_patron(stage.unit), list[int](), stage.clock.now()
    for number, code in enumerate(codes):
        record = a_record(stage.unit, f"Titre {number}")
        an_item(stage.unit, record, status="ON_LOAN")
        hold = stage.circulation.place_hold(
            Actor("patron", patron_id=patron), patron_id=patron, record_id=record, pickup="lys"
        )
        holds.append(hold.id)
        because = {"code": code, "type": ("book", "film")[number], "place": "Hem", "day": ""}
        put = partial(
            outbox.put, kind="later", key=f"later:{hold.id}", now=now, patron_id=patron,
            hold_id=hold.id, payload={"because": because},
        )  # fmt: skip
        stage.unit.write(put)
    if ended:
        stage.circulation.cancel_hold(Actor("patron", patron_id=patron), holds[0])
    stage.tell(seconds=30)
    bodies = [letter.notice.body for letter in stage.push.letters]
    assert len(bodies) == 1
    causes = ("Le passage en rayon", "Les retours prennent")
    assert [c for c in causes if c in bodies[0]] == [c for c in causes if said.startswith(c)]
    assert said in bodies[0]


def test_a_kind_that_nobody_sends_is_ended_and_said(
    stage: Stage, put_errand: Callable[..., None]
) -> None:
    put_errand("mystery")
    assert stage.tell(seconds=1) == []
    assert stage.outcomes() == [("mystery", "failed: nobody sends mystery")]


@pytest.fixture
def put_errand(unit: Unit, clock: FrozenClock) -> Callable[..., None]:
    def put(kind: str, **given: int) -> None:
        now = clock.now() - timedelta(seconds=1)
        unit.write(lambda tx: outbox.put(tx, kind, f"{kind}:1", now=now, **given))

    return put
