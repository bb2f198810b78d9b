"""Claimed returned ("je l’ai déjà rendu"), and loss (section 9).

Lateness stops counting at that instant. The lending and the owning library search their shelves,
twice, three opening days each time; then the head of the library decides.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice

from navette.circulation.causes import Cause
from navette.circulation.claims import (
    CLAIM,
    DONE,
    OPEN_CLAIM_OF_LOAN,
    SEARCH,
    SEARCHES_OF_CLAIM,
    SEARCHING,
    SET_CLAIMED,
    ClaimRow,
    move_claim,
)
from navette.circulation.doors import loan_for
from navette.circulation.facts import ItemRow, LoanRow
from navette.circulation.finding import desk_of, locked_item
from navette.circulation.loans import end_without_return
from navette.circulation.refreshing import Event, later_anyway, refresh_work
from navette.circulation.repeating import once
from navette.circulation.rows import LOCKED_LOAN
from navette.circulation.states import ItemStatus
from navette.circulation.tables import ClaimSearch, ReturnClaim
from navette.circulation.targeting_service import retarget
from navette.circulation.transitions import move_item
from navette.clock import local_date
from navette.errors import BadInput, Forbidden, NotFound, WrongState
from navette.ils.roles import Right, may
from navette.ils.views import Actor
from navette.network.network import Network
from navette.storage.unit import Tx, Unit

DECISIONS = ("FORGIVEN", "OWED")


def claim_returned(
    tx: Tx, network: Network, now: datetime, actor: Actor, loan_id: int, key: str | None = None
) -> int:
    """Note that somebody says to have returned it; said twice it changes nothing more.

    Raises NotFound, WrongState for a loan that has ended.
    """
    loan, item = _open(tx, now, actor, loan_id, "claim")

    def work() -> int:
        if loan.claimed_at is None:
            tx.run(SET_CLAIMED, loan=loan.id, at=now)
            claim = tx.insert(
                ReturnClaim, loan_id=loan.id, item_id=loan.item_id, patron_id=loan.patron_id,
                lending_library_id=loan.library_id, claimed_at=now, state="SEARCHING",
                decided_by="",
            )  # fmt: skip
            _search(tx, network, claim, loan.library_id, item.home_library_id, local_date(now), 1)
            _tell_item(tx, network, now, item, claimed=True)
        return loan.id

    return once(tx, actor, key, "claim_returned", {"loan": loan_id}, now, work)


def withdraw_claim(
    tx: Tx, network: Network, now: datetime, actor: Actor, loan_id: int, key: str | None = None
) -> int:
    """Take it back: it was at home after all. Lateness counts again. WrongState, NotFound."""
    loan, item = _open(tx, now, actor, loan_id, "withdraw_claim")

    def work() -> int:
        claim = tx.first(OPEN_CLAIM_OF_LOAN, loan=loan.id)
        if claim is None:
            raise WrongState(state="", event="withdraw_claim")
        _owe_again(tx, network, now, claim, item, "WITHDRAWN", actor.name)
        return loan.id

    return once(tx, actor, key, "withdraw_claim", {"loan": loan_id}, now, work)


def searched(
    tx: Tx, network: Network, now: datetime, actor: Actor, library: str, search_id: int
) -> int:
    """Tick a search: looked for, not found. Raises NotFound, WrongState, Forbidden."""
    here = desk_of(network, actor, library)
    search = tx.first(SEARCH, search=search_id)
    if search is None or search.library_id != here.id:
        raise NotFound
    if tx.run(DONE, search=search_id, now=now, actor=actor.name) != 1:
        raise WrongState(state="", event="search")
    _advance(tx, network=network, now=now, claim_id=search.claim_id)
    return search.claim_id


def settle_claim(
    tx: Tx, network: Network, now: datetime, actor: Actor, claim_id: int, decision: str
) -> int:
    """Decide on what was not found: FORGIVEN (returned when claimed, missing) or OWED (late again).

    The head of the lending or the owning library, or the coordinator, only (Forbidden). Raises
    NotFound, WrongState, BadInput.
    """
    if not may(actor.role, Right.TEAM):
        raise Forbidden
    if decision not in DECISIONS:
        raise BadInput("decision")
    claim = tx.first(CLAIM, claim=claim_id)
    if claim is None:
        raise NotFound
    item = locked_item(tx, claim.item_id)
    concerned = {claim.lending_library_id, item.home_library_id}
    if not may(actor.role, Right.NETWORK) and network.library(actor.library).id not in concerned:
        raise Forbidden
    claim = tx.first(CLAIM, claim=claim_id) or claim
    loan = tx.first(LOCKED_LOAN, loan=claim.loan_id)
    if loan is None or loan.returned_at is not None or claim.state != "UNDECIDED":
        raise WrongState(state=claim.state, event="settle_claim")
    if decision == "OWED":
        _owe_again(tx, network, now, claim, item, decision, actor.name)
    else:
        move_claim(tx, claim.id, decision, now, actor.name)
        end_without_return(tx, loan, loan.claimed_at or now, loan.library_id, "claimed")
        _gone(tx, network, now, item, ItemStatus.MISSING)
    return loan.id


def declare_lost(
    tx: Tx, network: Network, now: datetime, actor: Actor, loan_id: int, key: str | None = None
) -> int:
    """Declare a lent item lost: the loan ends, money is handled outside. Staff only."""
    if not actor.is_staff:
        raise Forbidden
    loan, item = _open(tx, now, actor, loan_id, "declare_lost")

    def work() -> int:
        claim = tx.first(OPEN_CLAIM_OF_LOAN, loan=loan.id)
        if claim is not None:
            move_claim(tx, claim.id, "LOST", now, actor.name)
        end_without_return(tx, loan, now, loan.library_id, "lost")
        _gone(tx, network, now, item, ItemStatus.LOST)
        return loan.id

    return once(tx, actor, key, "declare_lost", {"loan": loan_id}, now, work)


def advance_claims(unit: Unit, network: Network, now: datetime) -> int:
    """Begin second searches, hand over what was not found; returns how many claims went on."""
    with unit.read() as reader:
        claims = reader.all(SEARCHING)
    jobs: list[Callable[[Tx], bool]] = [
        partial(_advance, network=network, now=now, claim_id=claim) for claim in claims
    ]
    return sum(unit.write(job) for job in jobs)


def _advance(tx: Tx, *, network: Network, now: datetime, claim_id: int) -> bool:
    """Go on when every library has searched, or its days have passed."""
    seen = tx.first(CLAIM, claim=claim_id)
    if seen is None:
        return False
    item = locked_item(tx, seen.item_id)
    claim = tx.first(CLAIM, claim=claim_id)
    if claim is None or claim.state != "SEARCHING":
        return False
    searches, today = tx.all(SEARCHES_OF_CLAIM, claim=claim_id), local_date(now)
    if any(s.done_at is None and s.until >= today for s in searches):
        return False
    for search in searches:  # its days have passed: off the list
        tx.run(DONE, search=search.id, now=now, actor="system")
    turn = max(s.turn for s in searches)
    if turn >= int(network.rule("claim_searches")):
        return move_claim(tx, claim_id, "UNDECIDED")
    lending, owning = claim.lending_library_id, item.home_library_id
    _search(tx, network, claim_id, lending, owning, today, turn + 1)
    return True


def _search(
    tx: Tx, network: Network, claim: int, lending: int, owning: int, today: date, turn: int
) -> None:
    """Put the claim on the list of the lending and the owning library."""
    for library_id in dict.fromkeys((lending, owning)):
        library = network.by_id(library_id)
        days = int(network.rule("claim_search_days", library=library.code))
        opened = list(islice(library.calendar.open_days(today + timedelta(days=1)), days))
        until = opened[-1] if opened else today + timedelta(days=days)
        tx.insert(
            ClaimSearch, claim_id=claim, library_id=library_id, turn=turn, until=until, done_by=""
        )


def _open(tx: Tx, now: datetime, actor: Actor, loan_id: int, event: str) -> tuple[LoanRow, ItemRow]:
    """Return an open loan and its item, both locked."""
    seen = loan_for(tx, actor, loan_id, now)
    if actor.is_staff and not actor.knows_readers:
        raise Forbidden  # a volunteer lends and takes back; what somebody says is an agent's to note
    item = locked_item(tx, seen.item_id)
    loan = tx.first(LOCKED_LOAN, loan=loan_id) or seen
    if loan.returned_at is not None:
        raise WrongState(state="RETURNED", event=event)
    return loan, item


def _owe_again(
    tx: Tx, network: Network, now: datetime, claim: ClaimRow, item: ItemRow, to: str, actor: str
) -> None:
    move_claim(tx, claim.id, to, now, actor)
    tx.run(SET_CLAIMED, loan=claim.loan_id, at=None)
    _tell_item(tx, network, now, item, claimed=False)


def _tell_item(tx: Tx, network: Network, now: datetime, item: ItemRow, *, claimed: bool) -> None:
    """Let holds and promises count, or count no more, on this copy coming back."""
    anyway = later_anyway(tx, network, now, item.work_id)
    move_item(tx, item, now, claimed=claimed)
    retarget(tx, item.work_id, now, network)
    cause = Cause("claimed", item.current_library_id)
    event = Event(cause, anyway=anyway) if claimed else None
    refresh_work(tx, network, now, item.work_id, event)


def _gone(tx: Tx, network: Network, now: datetime, item: ItemRow, status: ItemStatus) -> None:
    anyway = later_anyway(tx, network, now, item.work_id)
    move_item(tx, item, now, status=status, claimed=False)
    retarget(tx, item.work_id, now, network)
    cause = Cause("lost", item.current_library_id)
    refresh_work(tx, network, now, item.work_id, Event(cause, anyway=anyway))
