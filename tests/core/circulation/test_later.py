"""A promise that became later: recomputed at once, one cause, one message a person (section 7)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core.circulation.reserving import STAFF, placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, HoldView, LendRequest
from navette.notifications.parcels import Parcel, collect
from navette.storage.unit import Unit

FRIDAY, NEXT_TUESDAY = date(2026, 11, 27), date(2026, 12, 1)
HEAD = Actor("staff", staff_id=8, library="hem", role="coordinator")


@pytest.fixture
def record(unit: Unit) -> int:
    return a_record(unit)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", "_")


def history(unit: Unit, hold: HoldView) -> list[tuple[Any, ...]]:
    with unit.read() as reader:
        sql = f"SELECT trigger, reason, note FROM hold_event WHERE hold_id = {hold.id} ORDER BY id"
        return [tuple(row) for row in reader.driver.execute(sql).fetchall()]


def parcels(unit: Unit, clock: FrozenClock) -> list[Parcel]:
    """What would be said now of what is later."""
    clock.advance(minutes=1)
    found = unit.write(lambda tx: collect(tx, "test", clock.now()))
    return [parcel for parcel in found if parcel.kind == "later"]


def test_a_cancelled_round_is_the_cause_and_each_person_hears_it_once(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """One message a person, not one a hold."""
    other = a_record(unit, "Un autre")
    alice, bruno = a_patron(unit), a_patron(unit)
    for title, library in ((record, "hem"), (record, "hem"), (other, "lannoy")):
        an_item(unit, title, library)
    first, second = placed(engine, alice, record, "leers"), placed(engine, alice, other, "lys")
    third = placed(engine, bruno, record, "lys")
    untouched = placed(engine, bruno, other, "lannoy")
    engine.van_run()
    engine.cancel_run(HEAD, FRIDAY, "Verglas")
    for hold in (first, second, third):
        assert history(unit, hold)[-1] == ("later", "round_cancelled", FRIDAY.isoformat())
        now = seen(engine, hold)
        assert plain(now.why).startswith("La navette de vendredi_27_novembre ne roule pas. ")
        assert now.promise is not None
        assert now.promise.likely_at is not None
        assert now.promise.likely_at.date() >= NEXT_TUESDAY
    assert history(unit, untouched)[-1][0] != "later"
    told = parcels(unit, clock)
    assert sorted((p.patron_id, sorted(p.hold_ids)) for p in told) == [
        (alice, sorted([first.id, second.id])),
        (bruno, [third.id]),
    ]
    assert told[0].payload["because"]["code"] == "round_cancelled"


def test_a_copy_that_is_claimed_or_lost_is_waited_for_no_more_and_says_so_at_once(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """Section 9: "je l’ai déjà rendu" is an event of the promise, it waits for no night."""
    first, second = an_item(unit, record), an_item(unit, record)
    for number in (1, 2):
        a_patron(unit, card=f"2059000005555{number}")
    soon = engine.lend(STAFF, LendRequest("hem", card="20590000055551", item_id=first))
    clock.advance(days=14)
    later = engine.lend(STAFF, LendRequest("hem", card="20590000055552", item_id=second))
    hold = placed(engine, a_patron(unit), record)
    assert hold.promise is not None
    assert hold.promise.latest_on is not None
    engine.claim_returned(STAFF, soon.id)
    now = seen(engine, hold)
    assert history(unit, hold)[-1][:2] == ("later", "claimed")
    assert plain(now.why).startswith("Le livre restait introuvable à Hem. ")
    assert now.promise is not None
    assert now.promise.likely_at is not None
    assert now.promise.likely_at.date() > hold.promise.latest_on
    engine.declare_lost(STAFF, later.id)
    assert seen(engine, hold).promise is None
    assert len(parcels(unit, clock)) == 1


def test_a_renewal_leaves_nothing_for_the_night_to_promise_anew(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """E20, section 7: two copies out, one person waits; the one due later is kept longer."""
    for number in (1, 2):
        a_patron(unit, card=f"2059000005555{number}")
        item = an_item(unit, record)
        loan = engine.lend(STAFF, LendRequest("hem", card=f"2059000005555{number}", item_id=item))
        clock.advance(days=3)
    before = placed(engine, a_patron(unit), record)
    engine.renew_loan(STAFF, loan.id)
    after = seen(engine, before)
    assert after.promise != before.promise
    engine.nightly()
    assert seen(engine, before).promise == after.promise


def test_a_closed_stop_is_named(unit: Unit, engine: EmbeddedCirculation, record: int) -> None:
    an_item(unit, record, "hem")
    hold = placed(engine, a_patron(unit), record, "leers")
    engine.van_run()
    engine.close_stop(HEAD, FRIDAY, "leers", "Travaux")
    assert plain(seen(engine, hold).why).startswith(
        "La navette de vendredi_27_novembre ne s’arrête pas à Leers. "
    )


def test_a_crate_that_waits_for_a_cancelled_round_is_later_too(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    item = an_item(unit, record, "hem")
    hold = placed(engine, a_patron(unit), record, "leers")
    scanned(engine, "hem", item)
    before = seen(engine, hold).promise
    engine.van_run()
    engine.cancel_run(HEAD, FRIDAY, "Verglas")
    after = seen(engine, hold)
    assert after.state == "IN_TRANSIT"
    assert before is not None
    assert before.likely_at is not None
    assert after.promise is not None
    assert after.promise.likely_at is not None
    assert after.promise.likely_at - before.likely_at > timedelta(days=3)
    assert "ne roule pas" in after.why


def test_what_is_late_anyway_is_not_blamed_on_the_round(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    item = an_item(unit, record)
    a_patron(unit, card="20590000055555")
    loan = engine.lend(STAFF, LendRequest(library="hem", card="20590000055555", item_id=item))
    hold = placed(engine, a_patron(unit), record, "leers")
    assert hold.promise is not None
    assert hold.promise.latest_on is not None
    clock.advance(days=(hold.promise.latest_on - date(2026, 11, 24)).days + 2)
    run = engine.van_run()
    engine.cancel_run(HEAD, run.day, "Panne")
    assert history(unit, hold)[-1][:2] == ("later", "late")
    assert history(unit, hold)[-1][2] == loan.due_on.isoformat()
    assert plain(seen(engine, hold).why).startswith("Un livre n’est pas encore de retour à Hem. ")


def test_a_copy_that_is_missing_makes_the_promise_anew_at_once(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """WORDS row 9: found missing at Hem, another one chosen."""
    item = an_item(unit, record, "hem")
    hold = placed(engine, a_patron(unit), record, "hem")
    scanned(engine, "hem", item)
    an_item(unit, record, "leers", status="ON_LOAN")
    engine.mark_missing(STAFF, "hem", item_id=item)
    now = seen(engine, hold)
    assert now.promise is not None
    assert hold.promise is not None
    assert now.promise.likely_at != hold.promise.likely_at
    assert now.why == "Le livre restait introuvable à Hem. Votre place est gardée."


def test_who_is_passed_over_hears_nothing_of_it(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """E16: told once, by another sentence."""
    an_item(unit, record, "hem")
    blocked = a_patron(unit)
    hold = placed(engine, blocked, record, "leers")
    engine.van_run()
    unit.write(
        lambda tx: tx.driver.execute(f"UPDATE patron SET blocked_reason = 'x' WHERE id = {blocked}")
    )
    engine.cancel_run(HEAD, FRIDAY, "Verglas")
    assert "later" not in [trigger for trigger, *_ in history(unit, hold)]
    assert parcels(unit, clock) == []


def test_the_same_news_is_written_once(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    an_item(unit, record, "hem")
    hold = placed(engine, a_patron(unit), record, "leers")
    engine.van_run()
    engine.cancel_run(HEAD, FRIDAY, "Verglas")
    engine.nightly()
    engine.nightly()
    assert [trigger for trigger, *_ in history(unit, hold)].count("later") == 1
    assert [len(parcel.errands) for parcel in parcels(unit, clock)] == [1]


def test_a_closure_entered_late_is_the_cause(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """E4: the promise at a library that closes is made anew, and says so."""
    an_item(unit, record, "hem")
    hold = placed(engine, a_patron(unit), record, "leers")
    engine.close_library(HEAD, "leers", FRIDAY, date(2026, 12, 12), "Travaux")
    now = seen(engine, hold)
    assert history(unit, hold)[-1][:2] == ("later", "closure")
    assert now.why.startswith("Fermeture de quelques jours à Leers. ")
    assert now.promise is not None
    assert now.promise.likely_at is not None
    assert now.promise.likely_at.date() > date(2026, 12, 12)


def test_a_copy_that_nobody_fetched_in_time_is_not_blamed_on_returns(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """Section 7: it stands on the shelf; what is late is the round of the shelves."""
    an_item(unit, record, "hem")
    hold = placed(engine, a_patron(unit), record, "leers")
    clock.advance(days=4)
    engine.nightly()
    now = seen(engine, hold)
    assert history(unit, hold)[-1][:2] == ("later", "shelf")
    assert now.state == "TARGETED"
    assert now.why.startswith("Le passage en rayon a pris du retard à Hem. Un livre est en rayon")


def test_a_copy_that_is_never_fetched_is_not_blamed_on_returns_either(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """T3, section 7: nothing is out; the only copy was looked for in vain too often."""
    an_item(unit, record, "hem")
    hold = placed(engine, a_patron(unit), record, "leers")
    for _ in range(14):
        clock.advance(days=1)
        engine.minute()
        engine.nightly()
    assert seen(engine, hold).state == "WAITING"
    assert {why for what, why, _ in history(unit, hold) if what == "later"} == {"shelf"}


def test_a_late_round_of_the_shelves_is_not_the_cause_of_what_was_late_before(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """Section 7: who waits for another volume hears that a loan is late, not of a shelf."""
    an_item(unit, record, "hem", volume_key="1")
    lent = an_item(unit, record, "leers", volume_key="2")
    a_patron(unit, card="20590000055551")
    engine.lend(STAFF, LendRequest("leers", card="20590000055551", item_id=lent))
    waits = placed(engine, a_patron(unit), record, "lys", volume_key="2")
    clock.advance(days=50)
    fetched = placed(engine, a_patron(unit), record, "lys", volume_key="1")
    clock.advance(days=6)
    engine.nightly()
    assert history(unit, fetched)[-1][:2] == ("later", "shelf")
    assert history(unit, waits)[-1][:2] == ("later", "late")


@pytest.mark.parametrize("act", ["missing", "claimed", "lost", "damaged"])
def test_what_happens_to_one_copy_is_not_the_cause_of_what_was_late_before(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock, act: str
) -> None:
    """Section 7: not of a hold on another volume, whose own copy is overdue."""
    one, two = an_item(unit, record, volume_key="1"), an_item(unit, record, volume_key="2")
    for card, item in (("20590000055551", two), ("20590000055552", one)):
        a_patron(unit, card=card)
        if item == two or act in {"claimed", "lost"}:
            lent = engine.lend(STAFF, LendRequest("hem", card=card, item_id=item))
    waits = placed(engine, a_patron(unit), record, "lys", volume_key="2")
    clock.advance(days=50)
    placed(engine, a_patron(unit), record, "hem", volume_key="1")
    if act == "missing":
        engine.mark_missing(STAFF, "hem", item_id=one)
    elif act == "damaged":
        unit.write(lambda tx: tx.driver.execute(f"UPDATE item SET alert = 'x' WHERE id = {one}"))
        assert scanned(engine, "hem", one).instruction == "SET_ASIDE"
    else:
        (engine.claim_returned if act == "claimed" else engine.declare_lost)(STAFF, lent.id)
    assert history(unit, waits)[-1][:2] == ("later", "late")


def test_another_copy_that_comes_later_is_told_with_why(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """T3, section 7: each change of the promise tells the patron why, a second copy or not."""
    item = an_item(unit, record, "hem")
    an_item(unit, record, "lys")
    hold = placed(engine, a_patron(unit), record, "hem")
    engine.mark_missing(STAFF, "hem", item_id=item)
    now = seen(engine, hold)
    assert now.state == "TARGETED"
    assert history(unit, hold)[-1][:2] == ("later", "introuvable")
    assert "introuvable à Hem" in now.why
    assert [p.payload["because"]["code"] for p in parcels(unit, clock)] == ["introuvable"]


def test_who_ends_a_pause_is_promised_anew_and_hears_of_no_delay(
    unit: Unit, engine: EmbeddedCirculation, record: int, clock: FrozenClock
) -> None:
    """T12: what was said before the pause counts no more."""
    an_item(unit, record, "hem")
    patron = a_patron(unit)
    hold = placed(engine, patron, record, "hem")
    engine.suspend_hold(STAFF, hold.id, None)
    clock.advance(days=20)
    engine.resume_hold(STAFF, hold.id)
    now = seen(engine, hold)
    assert now.promise is not None
    assert now.promise.likely_at is not None
    assert now.promise.likely_at > clock.now()
    engine.nightly()
    assert "later" not in [trigger for trigger, *_ in history(unit, hold)]
    assert parcels(unit, clock) == []


def test_the_job_of_the_minute_says_at_once_that_its_copy_comes_later(
    unit: Unit, engine: EmbeddedCirculation, record: int
) -> None:
    """Section 7: no page goes on showing a day that is known to be wrong."""
    an_item(unit, record, "hem", status="MISSING")
    near = an_item(unit, record, "leers")
    hold = placed(engine, a_patron(unit), record, "leers")
    said = hold.promise
    assert said is not None
    text = "UPDATE item SET status = 'LOST' WHERE id = "
    unit.write(lambda tx: tx.driver.execute(f"{text}{near}"))
    waiting = "UPDATE hold SET state = 'WAITING', item_id = NULL, version = 2 WHERE id = "
    unit.write(lambda tx: tx.driver.execute(f"{waiting}{hold.id}"))
    found = "UPDATE item SET status = 'AVAILABLE' WHERE status = 'MISSING'"
    unit.write(lambda tx: tx.driver.execute(found))
    engine.minute()
    now = seen(engine, hold)
    assert now.state == "TARGETED"
    assert now.promise is not None
    assert now.promise.likely_at is not None
    assert said.latest_on is not None
    assert now.promise.likely_at.date() > said.latest_on
    assert history(unit, hold)[-1][:2] == ("later", "shelf")
