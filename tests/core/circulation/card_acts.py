"""What people do about their loans and their own pace: claimed returned, taken back, a rhythm."""

from __future__ import annotations

import random

from core.circulation.desks import agent
from core.circulation.people_acts import actor_for, asked_for
from core.circulation.town import Town
from navette.circulation.pacing import Pace
from navette.errors import WrongState


def claim(town: Town, chance: random.Random) -> None:
    """Section 9: "je l'ai déjà rendu": lateness stops counting, the copy is counted on no more."""
    loans = list(town.photo.loans.values())
    if not loans:
        return
    loan, before = chance.choice(loans), town.photo
    actor, key = actor_for(town, chance, loan.patron_id or 0), town.key()
    town.engine.claim_returned(actor, loan.id, key)
    after = town.look()
    again = before.loans[loan.item_id].claimed_at
    said = after.loans[loan.item_id]
    assert said.claimed_at == (again or town.now), ("claimed when", again, said)
    assert said.due_on == loan.due_on, ("a claim moved a due date", loan, said)
    assert after.items[loan.item_id].claimed
    assert after.items[loan.item_id].status == "ON_LOAN", "nobody has seen it yet"
    town.engine.claim_returned(actor, loan.id, key)
    assert town.look().facts() == after.facts(), "the same key claimed again"


def take_back(town: Town, chance: random.Random) -> None:
    """It was at home after all: lateness counts again."""
    loans = list(town.photo.loans.values())
    if not loans:
        return
    loan, before = chance.choice(loans), town.photo
    actor = actor_for(town, chance, loan.patron_id or 0)
    try:
        town.engine.withdraw_claim(actor, loan.id, town.key())
    except WrongState:
        assert loan.claimed_at is None, ("a claim that cannot be taken back", loan)
        assert town.look().facts() == before.facts()
        return
    assert loan.claimed_at is not None, ("taken back what was not said", loan)
    after = town.look()
    assert after.loans[loan.item_id].claimed_at is None
    assert not after.items[loan.item_id].claimed


def lost(town: Town, chance: random.Random) -> None:
    """Section 9: the loan ends, nobody counts on the copy any more."""
    loans = list(town.photo.loans.values())
    if not loans:
        return
    loan = chance.choice(loans)
    here = town.code(town.photo.items[loan.item_id].current_library_id)
    town.engine.declare_lost(agent(here), loan.id, town.key())
    town.ledger.lent.pop(loan.item_id)
    item = town.look().items[loan.item_id]
    assert (item.status, item.claimed) == ("LOST", False), item


def search(town: Town, chance: random.Random) -> None:
    """Both libraries look for what was claimed; then the head decides."""
    library = town.library(chance)
    for found in list(town.engine.to_search(library))[:1]:
        town.engine.searched(agent(library), library, found.id)
        town.look()
    for undecided in list(town.engine.to_decide(library))[:1]:
        decision = chance.choice(["FORGIVEN", "OWED"])
        item = next(i for i, bar in town.barcodes.items() if bar == undecided.item.barcode)
        town.engine.settle_claim(agent(library, "head"), undecided.id, decision)
        if decision == "FORGIVEN":
            town.ledger.lent.pop(item)
        after = town.look().items[item]
        assert not after.claimed
        assert after.status == ("MISSING" if decision == "FORGIVEN" else "ON_LOAN"), after


def forgive(town: Town, chance: random.Random) -> None:
    """A desk ends somebody's pause for lateness."""
    late = [p for p in town.people if p.late_until is not None]
    if late:
        person = chance.choice(late)
        town.engine.lift_pause(agent("hem"), person.id)
        person.late_until = None
        town.look()


def pace(town: Town, chance: random.Random) -> None:
    """No more than some at once: what is asked for beyond goes back, what is captured stays."""
    person = chance.choice(town.people)
    before = town.photo
    person.rhythm = chance.choice([None, None, 1, 2, 3])
    town.engine.set_pace(
        actor_for(town, chance, person.id), person.id, Pace(person.rhythm, grouped=False)
    )
    after = town.look()
    mine = [h for h in after.holds.values() if h.patron_id == person.id]
    for hold in mine:
        was = before.holds[hold.id]
        if was.state in {"IN_TRANSIT", "PROCESSING", "READY"}:
            assert hold == was, ("a pace took a captured copy away", was, hold)
    caught = [h for h in mine if h.state in {"IN_TRANSIT", "PROCESSING", "READY"}]
    asked = asked_for(after, person.id)
    if person.rhythm is not None and asked:
        assert len(asked) + len(caught) <= max(person.rhythm, len(caught)), (person, mine)
