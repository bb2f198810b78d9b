"""Who is next: fairness picks the person, first in first out over the whole network. Pure.

CIRCULATION section 5: order is (class, placed_at, id); holds that are not eligible now are
passed over without moving.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from navette.circulation.facts import HoldRow, PatronRow
from navette.circulation.policy import block_of
from navette.circulation.states import HoldState
from navette.network.network import Network

QUEUED = frozenset({HoldState.WAITING, HoldState.TARGETED})
# What takes the right to a copy that arrives (T8b): the card, not the wish to wait a little
CARD_REASONS = frozenset({"blocked", "late", "expired"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hold of a queue with what its eligibility depends on.

    `first_due` is the earliest due date among the patron's loans; `captured` counts the
    patron's other bound holds; `chain_open`: an earlier link of its chain is active.
    """

    hold: HoldRow
    patron: PatronRow
    first_due: date | None = None
    captured: int = 0
    chain_open: bool = False


def order(hold: HoldRow) -> tuple[int, datetime, int]:
    """Return the place of a hold in its queue."""
    return (hold.rank_class, hold.placed_at, hold.id)


def passed_over(candidate: Candidate, network: Network, today: date) -> str:
    """Return why a hold cannot be served now, '' when it is eligible.

    One of suspended, unfilled, chain, rhythm, blocked, late, expired.
    """
    hold = candidate.hold
    if hold.suspended and (hold.suspended_until is None or hold.suspended_until > today):
        return "suspended"
    if hold.not_after is not None and hold.not_after < today:
        return "unfilled"
    if candidate.chain_open:
        return "chain"
    rhythm = candidate.patron.hold_rhythm
    if rhythm is not None and candidate.captured >= rhythm:
        return "rhythm"
    return card_block(candidate, network, today)


def card_block(candidate: Candidate, network: Network, today: date) -> str:
    """Return why the card itself cannot be served now: blocked, late, expired, paused, or ''.

    Asked alone where only the card counts: a pace that is reached would hide a block behind it.
    """
    if candidate.patron.closed_at is not None:
        return "blocked"
    return block_of(candidate.patron, candidate.first_due, network, today)


def is_eligible(candidate: Candidate, network: Network, today: date) -> bool:
    """Return whether the hold may be served now."""
    return not passed_over(candidate, network, today)


def competes(one: HoldRow, other: HoldRow) -> bool:
    """Return whether two holds of a work may want the same copy."""
    if one.volume_key != other.volume_key and "item" not in {one.level, other.level}:
        return False
    if "work" in {one.level, other.level} or "item" in {one.level, other.level}:
        return True
    return one.target_id == other.target_id


def rank_of(hold: HoldRow, queue: Sequence[Candidate], network: Network, today: date) -> int | None:
    """Return the rank shown to the patron, from 1; None once a copy is captured for it.

    Only eligible holds ahead are counted: a suspended one keeps its place but is not in the way.
    """
    if hold.state not in QUEUED:
        return None
    return 1 + len(ahead_of(hold, queue, network, today))


def ahead_of(
    hold: HoldRow, queue: Sequence[Candidate], network: Network, today: date
) -> list[Candidate]:
    """Return the eligible holds before this one that still wait for a copy to be captured."""
    mine = order(hold)
    return [
        c
        for c in queue
        if c.hold.id != hold.id
        and c.hold.state in QUEUED
        and order(c.hold) < mine
        and competes(c.hold, hold)
        and is_eligible(c, network, today)
    ]
