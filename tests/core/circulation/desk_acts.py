"""What desks do in the town, each checked against the rulebook and written into the ledger."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from core.circulation.desks import agent
from core.circulation.ledger import HOUSEHOLD_LOANS, LIMIT_OF_LOANS
from core.circulation.photo import Photo
from core.circulation.rulebook import ASIDE, CAPTURED, Expected, rank, wanted
from core.circulation.town import LONGEST_PAUSE, Kept, Town
from navette.circulation.facts import HoldRow, ItemRow
from navette.clock import local_date
from navette.errors import (
    CardExpired,
    ItemHeldForAnother,
    ItemOnLoan,
    LoanLimitReached,
    PatronBlocked,
    Refusal,
    WrongState,
)
from navette.ils.views import DeskScan, LendRequest, ScanRequest, ScanResult

OPEN_SHELF = {"AVAILABLE", "TO_RESHELVE"}


def scan(
    town: Town, library: str, item: int, *, confirm: bool = False, machine: bool = False
) -> ScanResult:
    """One scan, as the rulebook says; the item is where it was scanned."""
    before, here = town.photo, town.network.library(library).id
    row = before.items[item]
    expected = town.rules.route(before, row, here, town.now, confirm=confirm, machine=machine)
    key = town.key()
    told: ScanResult = town.engine.scan(
        agent(library),
        ScanRequest(library, item_id=item, confirm=confirm, by_machine=machine, scan_id=key),
    )
    scanned(town, before, row, library, told, expected)
    return told


def scanned(
    town: Town, before: Photo, row: ItemRow, library: str, told: ScanResult, expected: Expected
) -> None:
    """Write a scan into the ledger and hold it against the rulebook."""
    here, bound, ended = town.network.library(library).id, before.bound_to(row.id), None
    lent_to = town.ledger.lent.get(row.id)
    assert told.returned == (lent_to is not None and told.instruction != "CONFIRM"), told
    pause: tuple[int, date | None, date] | None = None
    if told.instruction != "CONFIRM":
        pause = late_return(town, before, row)
        town.ledger.lent.pop(row.id, None)
        town.ledger.place[row.id] = here
        aside = expected.instruction == "SET_ASIDE"
        if bound is not None and town.rules.overdue(bound, town.today) and not aside:
            ended = bound.id
            town.ledger.end(bound.id, "EXPIRED", town.now)
    after = town.look()
    said = told.destination and town.network.library(told.destination).id
    wanted_there = expected.destination if expected.instruction == "CRATE" else None
    got = (told.instruction, said, told.hold_id)
    assert got == (expected.instruction, wanted_there, expected.hold), (got, expected, row)
    if expected.state is not None:
        assert told.hold_state == expected.state, (told, expected)
    executable(town, after, row, here, told)
    fair(town, before, row, told)
    town.scans.append(
        Kept(library, told.scan_id, row.id, town.now, row, bound, lent_to, ended,
             after.items[row.id].version, told, line(after), after.trips.get(row.id), pause)
    )  # fmt: skip


def late_return(town: Town, before: Photo, row: ItemRow) -> tuple[int, date | None, date] | None:
    """Section 9: borrowing pauses as long as it was late; what was claimed came back when claimed."""
    loan = before.loans.get(row.id)
    if loan is None or loan.patron_id is None:
        return None
    day = local_date(loan.claimed_at or town.now)
    person = town.rules.people[loan.patron_id]
    late, was = min((day - loan.due_on).days, LONGEST_PAUSE), person.late_until
    until = max(filter(None, [was, day + timedelta(days=late)])) if late > 0 else was
    if until is None or until == was:
        return None
    person.late_until = until
    return person.id, was, until


def line(photo: Photo) -> dict[int, tuple[str, int | None, int]]:
    """Where every active hold stands."""
    return {h.id: (h.state, h.item_id, h.pickup_library_id) for h in photo.holds.values()}


def executable(town: Town, after: Photo, row: ItemRow, here: int, told: ScanResult) -> None:
    """What the desk is told can be done, and is what the rows say."""
    item, trip, bound = after.items[row.id], after.trips.get(row.id), after.bound_to(row.id)
    match told.instruction:
        case "CRATE":
            assert told.destination, told
            assert trip is not None, (told, item)
            assert (trip.origin_id, town.code(trip.destination_id)) == (here, told.destination)
            assert trip.hold_id == told.hold_id, (told, trip)
        case "HOLD_SHELF":
            assert bound is not None, (told, item)
            assert (bound.id, bound.state) == (told.hold_id, "READY"), (told, bound)
            assert told.shelf_place == bound.shelf_place != "", told
        case "RESHELVE":
            assert item.status in {*OPEN_SHELF, "NOT_FOR_LOAN"}, (told, item)
            assert bound is None, ("put on the shelf, and at once asked for", told, bound)
        case "VERIFY":
            assert item.status == "PROCESSING" or told.hold_state == "READY", (told, item)
        case "SET_ASIDE":
            assert bound is None, (told, bound)
            assert item.status in {*ASIDE, "PROCESSING", "NOT_FOR_LOAN"}, (told, item)
        case _:
            assert told.instruction == "CONFIRM", told
            assert item == row, "a CONFIRM changes nothing"


def fair(town: Town, before: Photo, row: ItemRow, told: ScanResult) -> None:
    """FIFO: whoever gets it now, nobody eligible who waited longer was passed over."""
    hold = before.holds.get(told.hold_id or 0)
    if hold is None or hold.state in CAPTURED or hold.item_id == row.id:
        return
    overtaken = [
        h.id for h in before.holds.values()
        if h.state == "WAITING" and rank(h) < rank(hold) and wanted(row, h)
        and h.pickup_library_id == hold.pickup_library_id
        and town.rules.eligible(before, h, town.today)
    ]  # fmt: skip
    assert not overtaken, ("overtaken", overtaken, hold)


def scan_twice(town: Town, chance: random.Random) -> None:
    """Scanning again says the same, changes nothing and tells nobody again."""
    library, item = town.library(chance), chance.choice(town.items)
    if town.photo.items[item].status == "ON_ORDER":
        return  # the second scan makes it loanable and goes on (step 2)
    first = scan(town, library, item, confirm=True)
    once = town.photo
    again = scan(town, library, item, confirm=True)
    same = ("instruction", "destination", "hold_id", "hold_state", "shelf_place", "slip")
    for name in same:
        assert getattr(first, name) == getattr(again, name), (name, first, again)
    assert town.photo.facts() == once.facts(), "the second scan changed something"
    repeated = town.engine.scan(
        agent(library), ScanRequest(library, item_id=item, scan_id=first.scan_id)
    )
    assert repeated == first, "a repeated scan id is answered as the first time"
    assert town.look().facts() == once.facts()


def undo(town: Town, chance: random.Random) -> None:
    """T18: the state before the scan, or a refusal because something happened since."""
    if not town.scans:
        return
    asked = town.scans[-1 if chance.random() < 0.7 else chance.randrange(len(town.scans))]
    kept = counted(town, asked)
    before = town.photo
    item, late = before.items[kept.item], town.now - kept.at > timedelta(minutes=10)
    trip = before.trips.get(kept.item)
    untouched = item.version == kept.version and (line(before), trip) == (kept.line, kept.trip)
    town.undone = True
    try:
        town.engine.undo_scan(agent(asked.library), asked.scan_id)
    except WrongState:
        assert late or not untouched, ("nothing had happened since", kept)
        assert town.look().facts() == before.facts()
        return
    assert not late
    assert item.version == kept.version, "something has happened to the item since"
    town.scans[:] = [scan for scan in town.scans if scan not in (asked, kept)]
    undone(town, kept, before)


def counted(town: Town, asked: Kept) -> Kept:
    """The scan that an undo means: of a double beep, the one that moved the item."""
    if asked.before.version != asked.version:
        return asked
    earlier = town.scans[: town.scans.index(asked)]
    moved = (
        scan for scan in reversed(earlier)
        if (scan.item, scan.library, scan.version) == (asked.item, asked.library, asked.version)
        and scan.before.version != scan.version
    )  # fmt: skip
    return next(moved, asked)


def undone(town: Town, kept: Kept, since: Photo) -> None:
    """Write an undone scan into the ledger; item, loan, trip and hold are as before it."""
    ledger = town.ledger
    if kept.told.instruction != "CONFIRM":
        ledger.place[kept.item] = kept.before.current_library_id
        if kept.lent_to is not None:
            ledger.lent[kept.item] = kept.lent_to
    if kept.pause is not None:
        who, was, until = kept.pause
        person = town.rules.people[who]
        person.late_until = was if person.late_until == until else person.late_until
    if kept.ended is not None and ledger.wishes[kept.ended].ended == "EXPIRED":
        ledger.wishes[kept.ended].ended = ""
    after = town.look()
    item = after.items[kept.item]
    assert item.status == kept.before.status, (item, kept.before)
    assert item.processing_cause == kept.before.processing_cause, (item, kept.before)
    # a scan that gave the hold nothing may be undone though the hold has gone on since
    same = kept.bound is not None and line(since).get(kept.bound.id) == kept.line.get(kept.bound.id)
    if same and kept.bound is not None and kept.bound.state in CAPTURED:
        now = after.bound_to(kept.item)
        assert now is not None, ("the hold lost its copy", kept.bound)
        if now.id == kept.bound.id:
            assert now.state == kept.bound.state, (now, kept.bound)
            same = now.pickup_deadline == kept.bound.pickup_deadline
            assert same or town.closures, (now, kept.bound)


def lend(town: Town, library: str, item: int, card: str, reason: str = "") -> None:
    """A loan, or the refusal that the rules give."""
    before, here = town.photo, town.network.library(library).id
    row, bound = before.items[item], before.bound_to(item)
    borrower = borrower_of(town, card, bound)
    refusal = None if reason else refused(town, before, row, here, borrower)
    if item in before.loans:
        refusal = ItemOnLoan
    try:
        town.engine.lend(
            agent(library), LendRequest(library, card=card, item_id=item, override_reason=reason)
        )
    except Refusal as told:
        by_rule(told, refusal)
        assert town.look().facts() == before.facts()
        return
    assert refusal is None, ("lent against the rules", refusal, row, bound)
    lent(town, before, row, here, borrower, override=bool(reason))


def by_rule(told: Refusal, refusal: type[Refusal] | None) -> None:
    """A refusal is the one that the rules give."""
    by_rules(told, {refusal} if refusal else set())


def by_rules(told: Refusal, refusals: set[type[Refusal]]) -> None:
    """A refusal is one of those that the rules give."""
    assert refusals, ("refused without a rule", told)
    assert isinstance(told, tuple(refusals)), (told, refusals)


def borrower_of(town: Town, card: str, bound: HoldRow | None) -> int:
    """Whose loan it is: the card's, or that of the child for whom it was reserved."""
    asked = next(p for p in town.people if p.card == card)
    if bound is not None and bound.patron_id in asked.children:
        return bound.patron_id
    return asked.id


def refused(
    town: Town, before: Photo, row: ItemRow, here: int, borrower: int
) -> type[Refusal] | None:
    """E7 c f g, E16 and the limit of loans."""
    bound = before.bound_to(row.id)
    if row.not_for_loan or row.alert or row.status in {*ASIDE, "ON_ORDER", "NOT_FOR_LOAN"}:
        return WrongState
    theirs = bound is not None and bound.patron_id == borrower
    captured = bound is not None and bound.state in CAPTURED
    if not theirs and (captured or row.status not in OPEN_SHELF):
        told = town.rules.route(before, row, here, town.now, confirm=True, machine=False)
        if told.hold is not None and before.holds[told.hold].patron_id != borrower:
            return ItemHeldForAnother
    block = town.rules.block(before, borrower, town.today)
    if block or town.rules.pauses(borrower, town.today):
        return CardExpired if block == "expired" else PatronBlocked
    films = [i for i, who in town.ledger.lent.items()
             if who == borrower and before.items[i].type == "film"]  # fmt: skip
    of_type = row.type == "film" and len(films) >= 4
    if list(town.ledger.lent.values()).count(borrower) >= LIMIT_OF_LOANS or of_type:
        return LoanLimitReached
    household = town.rules.household(borrower)
    at_home = [who for who in town.ledger.lent.values() if who in household]
    return LoanLimitReached if len(at_home) >= HOUSEHOLD_LOANS else None


def lent(
    town: Town, before: Photo, row: ItemRow, here: int, borrower: int, *, override: bool = False
) -> None:
    """Write a loan into the ledger: whose hold ends with it (T9, T9b), who loses the copy."""
    ledger, bound = town.ledger, before.bound_to(row.id)
    theirs = [h for h in before.holds.values() if h.patron_id == borrower and wanted(row, h)]
    theirs.sort(key=lambda h: (h.state != "READY", rank(h)))
    if theirs:
        ledger.end(theirs[0].id, "FULFILLED", town.now)
    if bound is not None and bound not in theirs and town.rules.overdue(bound, town.today):
        ledger.end(bound.id, "EXPIRED", town.now)
    ledger.place[row.id], ledger.lent[row.id] = here, borrower
    if override:
        ledger.overridden.update(town.rules.household(borrower))
    after = town.look()
    loan = after.loans[row.id]
    assert loan.hold_id == (theirs[0].id if theirs else None), loan
    assert town.network.by_id(here).calendar.is_open_on(loan.due_on), "due on a closed day"


def one_field(town: Town, chance: random.Random) -> None:
    """The one field of a desk, with a card open or none (the table of section 4)."""
    library, item = town.library(chance), chance.choice(town.items)
    card = chance.choice(["", *(p.card for p in town.people)])
    before, row = town.photo, town.photo.items[item]
    here = town.network.library(library).id
    expected = town.rules.route(before, row, here, town.now, confirm=True, machine=False)
    request = DeskScan(library, item_id=item, card=card, confirm=True, scan_id=town.key())
    answer: Any = None
    try:
        answer = town.engine.desk_scan(agent(library), request)
    except Refusal:
        assert card, "a scan without a card is never refused"
    if answer is not None and answer.scan is not None:
        scanned(town, before, row, library, answer.scan, expected)
    elif answer is not None and answer.act in {"lend", "receive_then_lend"}:
        borrower = borrower_of(town, card, before.bound_to(item))
        assert refused(town, before, row, here, borrower) is None, (answer, row)
        lent(town, before, row, here, borrower)
    else:
        assert town.look().facts() == before.facts(), ("nothing was to change", answer)


def missing(town: Town, chance: random.Random) -> None:
    """T3, T8: its hold waits again at the same rank."""
    library, item = town.library(chance), chance.choice(town.items)
    before = town.photo
    try:
        town.engine.mark_missing(agent(library), library, item_id=item)
    except ItemOnLoan:
        assert item in before.loans
        return
    except WrongState:
        assert before.items[item].status in {"WITHDRAWN", "LOST", "ON_ORDER"}
        return
    assert item not in before.loans
    after = town.look()
    assert after.items[item].status == "MISSING"
    assert after.bound_to(item) is None


def the_van(town: Town, chance: random.Random) -> None:
    """The van takes what stands boxed at one library."""
    origin = town.network.library(town.library(chance)).id
    text = (
        "UPDATE transit SET state = 'ON_VAN', loaded_at = boxed_at"
        f" WHERE state = 'BOXED' AND origin_id = {origin}"
    )
    town.unit.write(lambda tx: tx.driver.execute(text))
    town.look()
