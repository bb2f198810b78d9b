"""What people and time do in the town, each checked and written into the ledger."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from at_once import at_once
from core.circulation.desks import agent
from core.circulation.faults import Broken
from core.circulation.ledger import HOUSEHOLD_HOLDS, IDLE, Wish, counted
from core.circulation.photo import Photo
from core.circulation.rulebook import embargo, wanted
from core.circulation.town import Town
from navette.circulation.facts import HoldRow
from navette.clock import local
from navette.errors import (
    BadInput,
    CardExpired,
    DuplicateHold,
    HoldLimitReached,
    NotFound,
    NotReservable,
    PatronBlocked,
    Refusal,
    RenewalRefused,
    WrongState,
)
from navette.ils.views import Actor, HoldView, LendRequest, ScanRequest
from navette.storage.outbox import Errand, claim, finish
from navette.storage.unit import Tx

CAUGHT = ("IN_TRANSIT", "PROCESSING", "READY")
# To whom an act is likely to be granted: most of the time it is done to one of these.
FITS: dict[str, Callable[[Wish, str], bool]] = {
    "cancel": lambda wish, _state: not wish.ended,
    "restore": lambda wish, _state: wish.ended in {"CANCELLED", "EXPIRED"},
    "suspend": lambda _wish, state: state in {"WAITING", "TARGETED"},
    "resume": lambda wish, _state: wish.paused and not wish.ended,
    "pass_turn": lambda _wish, state: state in CAUGHT,
    "pickup": lambda wish, _state: not wish.ended,
    "mistake": lambda _wish, state: state in CAUGHT,
}


def actor_for(town: Town, chance: random.Random, patron: int) -> Actor:
    """The person, their guardian, or a desk."""
    above = [p.id for p in town.people if patron in p.children]
    return chance.choice([Actor("patron", patron_id=p) for p in (patron, *above)] + [agent("hem")])


def change(town: Town, chance: random.Random, act: str) -> None:
    """Cancel, pause, resume, pass, restore, change the pickup of any hold, also an ended one."""
    if not town.ledger.wishes:
        return
    wishes = list(town.ledger.wishes.values())
    fitting = [w for w in wishes[-30:] if FITS[act](w, town.ledger.states[w.hold])]
    wish = chance.choice(fitting if fitting and chance.random() < 0.7 else wishes[-12:])
    actor, key = actor_for(town, chance, wish.patron), town.key()
    before = town.photo
    answer = _ask(town, chance, act, wish, actor, key)
    if isinstance(answer, Refusal):
        _rightly_refused(town, act, wish, answer)
        assert town.look().facts() == before.facts(), "a refusal changes nothing"
        return
    after = town.look()
    for item, row in before.items.items():
        seen = after.items[item]
        assert seen.current_library_id == row.current_library_id, "I5: a hold never moves a book"
        assert seen.status == row.status, ("I5: a hold never moves a book", row, seen)


def _ask(
    town: Town, chance: random.Random, act: str, wish: Wish, actor: Actor, key: str
) -> Refusal | None:
    engine, pickup = town.engine, town.library(chance)
    hold = town.photo.holds.get(wish.hold)
    if hold is not None and hold.item_id is not None and chance.random() < 0.5:
        pickup = town.code(town.photo.items[hold.item_id].current_library_id)
    until = chance.choice([None, town.today + timedelta(days=chance.randint(1, 20))])
    asks: dict[str, Callable[[], HoldView]] = {
        "cancel": lambda: engine.cancel_hold(actor, wish.hold, key),
        "restore": lambda: engine.restore_hold(actor, wish.hold, key),
        "suspend": lambda: engine.suspend_hold(actor, wish.hold, until, key),
        "resume": lambda: engine.resume_hold(actor, wish.hold, key),
        "pass_turn": lambda: engine.pass_my_turn(actor, wish.hold, key),
        "pickup": lambda: engine.change_pickup(actor, wish.hold, pickup, key),
        "mistake": lambda: engine.take_back(agent("hem"), wish.hold, "erreur de scan"),
    }
    try:
        asks[act]()
    except (WrongState, NotReservable, DuplicateHold, HoldLimitReached, PatronBlocked,
            CardExpired, BadInput) as told:  # fmt: skip
        return told
    _wrote(town, act, wish, until, pickup)
    if act != "mistake" and chance.random() < 0.2:
        asks[act]()  # E7e: once more with the same key; the ledger does not move
    return None


def _wrote(town: Town, act: str, wish: Wish, until: date | None, pickup: str) -> None:
    match act:
        case "cancel":
            town.ledger.end(wish.hold, "CANCELLED", town.now)
        case "restore":
            assert wish.ended_at is not None
            if town.now - wish.ended_at > timedelta(minutes=10):
                wish.since = (0, town.now, wish.hold)
            wish.ended, wish.ended_at = "", None
            household = town.rules.household(wish.patron)
            waits = counted(w for w in town.ledger.active().values() if w.patron in household)
            assert waits <= HOUSEHOLD_HOLDS, ("T17: within limits", wish)
        case "suspend":
            wish.paused, wish.until = True, until
        case "resume":
            wish.paused, wish.until = False, None
        case "pass_turn":
            wish.paused, wish.until = True, town.today + timedelta(days=7)
            wish.passes += 1
        case "mistake":
            pass  # T16: it waits again, at the same rank
        case _:
            wish.pickup = town.network.library(pickup).id


def _rightly_refused(town: Town, act: str, wish: Wish, told: Refusal) -> None:
    """Anything not in the table is refused; anything in it is not."""
    hold, state = town.photo.holds.get(wish.hold), town.ledger.states[wish.hold]
    why = (act, state, told, hold)
    if act == "cancel":
        assert hold is None, why
    if act == "suspend":
        assert state not in {"WAITING", "TARGETED"}, why
    if act == "resume":
        assert hold is None or state != "WAITING" or not hold.suspended, why
    if act == "pass_turn":
        assert state not in CAUGHT or wish.passes >= 2, why
    if act == "mistake":
        assert state not in CAUGHT, why
    if act == "pickup" and not isinstance(told, NotReservable):
        assert state in {"READY", "PROCESSING", "TARGETED"} or wish.ended, why
    if act == "restore" and isinstance(told, WrongState):
        old = wish.ended_at is not None and town.now - wish.ended_at > timedelta(minutes=10)
        assert state not in {"CANCELLED", "EXPIRED"} or old, why


def renew(town: Town, chance: random.Random) -> None:
    """E20, section 9: once at most; later than before, and nothing else changes."""
    before = town.photo
    if not before.loans:
        return
    loan = chance.choice(list(before.loans.values()))
    actor, key = actor_for(town, chance, loan.patron_id or 0), town.key()
    try:
        town.engine.renew_loan(actor, loan.id, key)
    except RenewalRefused:
        assert town.look().facts() == before.facts()
        return
    assert loan.renewals == 0, "renewed twice"
    assert loan.due_on >= town.today, "late"
    assert not town.rules.people[loan.patron_id or 0].blocked
    queue = [h for h in before.holds.values() if wanted(before.items[loan.item_id], h)]
    waiting = [h for h in queue if town.rules.eligible(before, h, town.today)]
    others = [i for i in before.items.values() if any(wanted(i, h) for h in waiting)]
    if len(others) == 1:  # no other copy could serve them
        assert not [h for h in waiting if h.state == "WAITING"], ("E20", loan, waiting)
    after = town.look()
    assert after.loans[loan.item_id].due_on > loan.due_on
    assert {**after.loans, loan.item_id: loan} == before.loans
    town.engine.renew_loan(actor, loan.id, key)
    assert town.look().facts() == after.facts(), "the same key renewed again"


def stranger(town: Town, chance: random.Random) -> None:
    """Not found and not yours are the same."""
    if not town.ledger.wishes:
        return
    wish = chance.choice(list(town.ledger.wishes.values()))
    strangers = [p.id for p in town.people if p.id != wish.patron and wish.patron not in p.children]
    before = town.photo
    try:
        town.engine.cancel_hold(Actor("patron", patron_id=chance.choice(strangers)), wish.hold)
    except NotFound:
        assert town.look().facts() == before.facts()
        return
    raise AssertionError("a stranger cancelled a hold")


def time_passes(town: Town, chance: random.Random) -> None:
    """Minutes, hours, days, weeks; a machine's clock may also be put back a little."""
    by = chance.choice([1, 1, 4, 9, 11, 30, 60, 180, 600, 1440, 4320, 1440 * 7, 1440 * 16])
    if town.going_back and chance.random() < 0.1:
        by = -2
    if by > 0 or local(town.now).hour > 0:  # never back into yesterday
        town.clock.advance(minutes=by)
        town.set_back = town.set_back or by < 0


def minute(town: Town, chance: random.Random) -> None:
    """The job of the minute, also twice at once: everybody who can be served is."""
    if chance.random() < 0.3:
        _all_well(at_once(town.engine.minute, town.engine.minute))
    else:
        town.engine.minute()
    town.look()
    nobody_is_forgotten(town)


def night(town: Town, chance: random.Random) -> None:
    """The jobs of the night, twice, also at once: the second time nothing is left to do."""
    before = town.photo
    for hold in before.holds.values():
        if town.rules.overdue(hold, town.today):
            town.ledger.end(hold.id, "EXPIRED", town.now)
        elif town.rules.ends_tonight(before, hold, town.now):
            town.ledger.end(hold.id, "CANCELLED", town.now)
    if chance.random() < 0.3:
        _all_well(at_once(town.engine.nightly, town.engine.nightly))
    else:
        town.engine.nightly()
    after = town.look()
    for item, row in after.items.items():
        was, trip = before.items[item], before.trips.get(item)
        lost = trip is not None and town.rules.lost(trip, town.now)
        assert row.status == ("MISSING" if lost else was.status), ("E1", was, row, trip)
    nobody_is_forgotten(town)
    for person in town.people:
        asked = asked_for(after, person.id)
        assert person.rhythm is None or len(asked) <= person.rhythm, ("rhythm", person, asked)
    town.engine.nightly()
    assert town.look().facts() == after.facts(), "the second night found something to do"


def asked_for(photo: Photo, patron: int) -> list[HoldRow]:
    """What is to be fetched for somebody; E13: what was ready is no longer asked for, but sent on."""
    return [
        h for h in photo.holds.values()
        if (h.patron_id, h.state) == (patron, "TARGETED")
        and photo.items[h.item_id or 0].status in IDLE
    ]  # fmt: skip


def _all_well(answers: list[Any]) -> None:
    for answer in answers:
        assert not isinstance(answer, Exception), answer


def nobody_is_forgotten(town: Town) -> None:
    """No eligible hold waits while a free copy that may leave for it stands on a shelf."""
    photo, today = town.photo, town.today
    soon = [today + timedelta(days=n) for n in range(9)]
    shut = [x.id for x in town.network.libraries if any(map(x.calendar.closure_on, soon))]
    free = [
        i for i in photo.items.values()
        if i.status in IDLE and photo.bound_to(i.id) is None and i.targeting_penalty < 2
        and not i.not_for_loan and not i.alert and i.current_library_id not in shut
    ]  # fmt: skip
    for hold in photo.holds.values():
        if hold.state != "WAITING" or not town.rules.eligible(photo, hold, today):
            continue
        for item in free:
            away = item.current_library_id != hold.pickup_library_id
            possible = wanted(item, hold) and not (away and embargo(item, today))
            assert not possible, ("forgotten", hold, item)


def block(town: Town, chance: random.Random) -> None:
    """A desk blocks a card, or takes the block away."""
    person = chance.choice(town.people)
    person.blocked = not person.blocked
    reason = "carte prêtée" if person.blocked else ""
    town.unit.write(
        lambda tx: tx.driver.execute(
            f"UPDATE patron SET blocked_reason = '{reason}' WHERE id = {person.id}"
        )
    )


def post(town: Town, chance: random.Random) -> None:
    """Notices that are due leave; what they say is true (I7)."""
    now = town.now
    announce = "UPDATE hold SET announced_at = ready_at, version = version + 1 WHERE id = "

    def send(tx: Tx, errand: Errand) -> None:
        if errand.kind == "ready":
            state = town.ledger.states[errand.hold_id or 0]
            assert state == "READY", ("told ready, but it is not", errand, state)
            tx.driver.execute(f"{announce}{errand.hold_id}")
        finish(tx, errand.id, now, "sent")

    for errand in town.unit.write(lambda tx: claim(tx, "town", now)):
        town.unit.write(partial(send, errand=errand))
    town.look()


def the_machine_fails(town: Town, chance: random.Random) -> None:
    """A unit of work that breaks in the middle, or at its very end, leaves nothing behind."""
    before, engine, here = town.photo, town.engine, town.library(chance)
    item, person = chance.choice(town.items), chance.choice(town.people)
    record, volume = chance.choice(town.records)
    desk, key = agent(here), town.key()
    hold = chance.choice(list(town.ledger.wishes) or [0])
    acts: list[Callable[[], object]] = [
        lambda: engine.scan(desk, ScanRequest(here, item_id=item, confirm=True, scan_id=key)),
        lambda: engine.lend(desk, LendRequest(here, card=person.card, item_id=item)),
        lambda: engine.place_hold(
            desk, patron_id=person.id, record_id=record, pickup=here, volume_key=volume,
            idempotency_key=key,
        ),
        lambda: engine.cancel_hold(desk, hold, key),
        lambda: engine.change_pickup(desk, hold, here, key),
        lambda: engine.pass_my_turn(desk, hold, key),
        lambda: engine.mark_missing(desk, here, item_id=item),
    ]  # fmt: skip
    town.unit.arm(chance.randint(0, 40))
    try:
        chance.choice(acts)()
    except (Broken, Refusal):
        assert town.look().facts() == before.facts(), "half of it was kept"
    else:
        raise AssertionError("the failure was swallowed")
    finally:
        town.unit.disarm()
