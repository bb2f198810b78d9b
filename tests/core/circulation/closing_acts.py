"""A coordinator closes a library, or opens it again; people answer the one question (E4)."""

from __future__ import annotations

import random
from datetime import timedelta

from core.circulation.people_acts import actor_for
from core.circulation.town import Town
from navette.circulation.facts import HoldRow
from navette.clock import local_date
from navette.errors import NotFound
from navette.ils.views import Actor

COORDINATOR = Actor("staff", staff_id=9, library="", role="coordinator")
MOVES = {"WAITING", "IN_TRANSIT"}  # wherever its copy is, it may go elsewhere


def close(town: Town, chance: random.Random) -> None:
    """Deadlines and due dates move, nobody is asked twice, no copy is asked of a shut library."""
    closed, before = town.network.library(town.library(chance)), town.photo
    if before.holds and chance.random() < 0.7:
        closed = town.network.by_id(chance.choice(list(before.holds.values())).pickup_library_id)
    library = closed.code
    first = town.today + timedelta(days=chance.choice([0, 0, 1, 2, 3, 5, 8, 12]))
    last = first + timedelta(days=chance.randint(0, 9))
    done = town.engine.close_library(COORDINATOR, library, first, last)
    town.closures.append(done.id)
    town.reload()
    after = town.look()
    calendar = town.network.by_id(closed.id).calendar
    for loan in after.loans.values():
        was = before.loans[loan.item_id]
        assert loan.due_on >= was.due_on, ("due sooner for a closure", was, loan)
        if loan.library_id == closed.id and loan.due_on >= town.today:
            assert calendar.is_open_on(loan.due_on), ("due on a closed day", loan)
    for hold in after.holds.values():
        seen = before.holds[hold.id]
        _kept_longer(town, seen, hold)
        if seen.state not in {"WAITING", "TARGETED"}:
            assert (hold.state, hold.item_id) == (seen.state, seen.item_id), ("E4", seen, hold)
    people = town.questions(done.id)
    assert len(people) == len(set(people)) == done.asked, ("asked twice", people, done)


def _kept_longer(town: Town, seen: HoldRow, hold: HoldRow) -> None:
    if hold.state != "READY" or hold.pickup_deadline is None or seen.pickup_deadline is None:
        return
    assert hold.pickup_deadline >= seen.pickup_deadline, ("kept shorter", seen, hold)
    if local_date(hold.pickup_deadline) >= town.today:
        calendar = town.network.by_id(hold.pickup_library_id).calendar
        assert calendar.is_open_on(local_date(hold.pickup_deadline)), ("E4", hold)


def reopen(town: Town, chance: random.Random) -> None:
    """A closure is taken back: nothing is kept shorter for that."""
    if not town.closures:
        return
    before = town.photo
    town.engine.reopen_library(COORDINATOR, town.closures.pop(chance.randrange(len(town.closures))))
    town.reload()
    for hold in town.look().holds.values():
        _kept_longer(town, before.holds[hold.id], hold)


def answer(town: Town, chance: random.Random) -> None:
    """Yes moves what can move, no moves nothing; a second answer changes nothing."""
    people = chance.sample(town.people, len(town.people)) if town.closures else []
    for person in people:
        actor = actor_for(town, chance, person.id)
        asked = town.engine.closure_questions(actor, person.id)
        if asked:
            break
    else:
        return
    question, yes = chance.choice(list(asked)), chance.random() < 0.6
    strangers = [p.id for p in town.people if p.id != person.id and person.id not in p.children]
    try:
        town.engine.answer_closure(
            Actor("patron", patron_id=chance.choice(strangers)), question.id, move=True
        )
    except NotFound:
        before = town.look()
    else:
        raise AssertionError("a stranger answered")
    done = town.engine.answer_closure(actor, question.id, move=yes)
    _answered(
        town, question.hold_ids, question.library, question.proposed, yes=yes, done=done.moved
    )
    after = town.photo
    for item, row in before.items.items():
        assert after.items[item].current_library_id == row.current_library_id, "I5"
    again = town.engine.answer_closure(actor, question.id, move=not yes)
    assert again.moved == 0, ("answered twice", again)
    assert town.look().facts() == after.facts(), "the second answer changed something"


def _answered(
    town: Town, holds: tuple[int, ...], closed: str, proposed: str, *, yes: bool, done: int
) -> None:
    """Write into the ledger what moved: whatever could, when the answer was yes."""
    was, to = (town.network.library(code).id for code in (closed, proposed))
    before, moved = town.photo, 0
    there = town.pickups()
    for number in holds:
        hold = before.holds.get(number)
        if hold is None:
            continue
        if hold.pickup_library_id == was and there[number] == to:
            town.ledger.wishes[number].pickup = to
            moved += 1
        elif yes and hold.pickup_library_id == was and hold.state in MOVES:
            copies = town.rules.copies_for(before, hold)
            assert hold.state == "WAITING", ("could have moved", hold)
            assert not copies, ("could have moved", hold)
    assert moved == done, ("moved", moved, done)
    assert yes or not moved
    town.look()
