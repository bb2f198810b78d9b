"""Rows of circulation: holds and their history, transits, loans, scans, repeated requests.

Each is a row of its own, never derived from another (CIRCULATION section 1); the invariants
I1 to I3 are unique indexes here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from navette.storage.base import Instant, Json, unique_where

ACTIVE = "state IN ('WAITING', 'TARGETED', 'IN_TRANSIT', 'PROCESSING', 'READY')"
BOUND = "state IN ('TARGETED', 'IN_TRANSIT', 'PROCESSING', 'READY')"
OPEN_TRANSIT = "state IN ('BOXED', 'ON_VAN')"


class Hold(SQLModel, table=True):
    """A patron's place in a queue. `target_id` is the work, record or item of `level`.

    `item_id` is filled in exactly the bound states; `promised_*` keep the promise made when it
    was placed (or made anew) and the situation it was made for, `likely_at` and `latest_on` are
    the present one. `hopeless_since`: from when on no copy could fill it, or every one was looked
    for in vain. `chain_id` is the
    first link of its series in order: of one chain only the earliest active link is served.
    """

    __tablename__ = "hold"
    __table_args__ = (
        unique_where("uq_hold_bound_item", "item_id", where=BOUND),
        unique_where(
            "uq_hold_active", "patron_id", "level", "target_id", "volume_key", where=ACTIVE
        ),
        Index("ix_hold_queue", "work_id", "state"),
        Index("ix_hold_record_id_state", "record_id", "state"),
        Index("ix_hold_patron_id_state", "patron_id", "state"),
        Index("ix_hold_pickup_library_id_state", "pickup_library_id", "state"),
        Index("ix_hold_item_id", "item_id"),
        Index("ix_hold_chain_id", "chain_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    patron_id: int = Field(foreign_key="patron.id")
    placed_by: int | None = None
    placed_by_staff: int | None = None
    level: str = "record"
    target_id: int
    record_id: int = Field(foreign_key="record.id")
    work_id: int = Field(foreign_key="work.id")
    volume_key: str = ""
    pickup_place_id: int = Field(foreign_key="pickup_place.id")
    pickup_library_id: int = Field(foreign_key="library.id")
    rank_class: int = 0
    placed_at: datetime = Field(sa_type=Instant)
    not_after: date | None = None
    suspended_until: date | None = None
    suspended: bool = False
    previous_in_chain: int | None = None
    chain_id: int | None = None
    state: str = "WAITING"
    end_reason: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    item_id: int | None = Field(default=None, foreign_key="item.id")
    targeted_at: datetime | None = Field(default=None, sa_type=Instant)
    target_until: datetime | None = Field(default=None, sa_type=Instant)
    ready_at: datetime | None = Field(default=None, sa_type=Instant)
    pickup_deadline: datetime | None = Field(default=None, sa_type=Instant)
    deadline_before: datetime | None = Field(default=None, sa_type=Instant)
    shelf_place: str = ""
    passes_used: int = 0
    overtaken: int = 0
    promised_likely_at: datetime | None = Field(default=None, sa_type=Instant)
    promised_latest_on: date | None = None
    promised_for: str = ""
    likely_at: datetime | None = Field(default=None, sa_type=Instant)
    latest_on: date | None = None
    announced_at: datetime | None = Field(default=None, sa_type=Instant)
    hopeless_since: datetime | None = Field(default=None, sa_type=Instant)
    version: int = 1


class HoldEvent(SQLModel, table=True):
    """One line of a hold's history; it answers "why not me yet?"."""

    __tablename__ = "hold_event"

    id: int | None = Field(default=None, primary_key=True)
    hold_id: int = Field(foreign_key="hold.id", index=True)
    at: datetime = Field(sa_type=Instant)
    actor: str
    library_id: int | None = None
    from_state: str | None = None
    to_state: str
    trigger: str
    item_id: int | None = None
    reason: str = ""
    note: str = ""


class Transit(SQLModel, table=True):
    """A journey of an item between two libraries; `cause` is hold, home or other.

    `put_down_at`: its crate was left at the destination, where it still awaits its own scan.
    """

    __tablename__ = "transit"
    __table_args__ = (
        unique_where("uq_transit_open_item", "item_id", where=OPEN_TRANSIT),
        Index("ix_transit_destination_id_state", "destination_id", "state"),
        Index("ix_transit_origin_id_state", "origin_id", "state"),
        Index("ix_transit_hold_id", "hold_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="item.id")
    origin_id: int = Field(foreign_key="library.id")
    destination_id: int = Field(foreign_key="library.id")
    cause: str
    hold_id: int | None = Field(default=None, foreign_key="hold.id")
    state: str = "BOXED"
    misrouted: int = 0
    van_run_id: int | None = None
    boxed_at: datetime = Field(sa_type=Instant)
    loaded_at: datetime | None = Field(default=None, sa_type=Instant)
    put_down_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)


class Loan(SQLModel, table=True):
    """An item in a patron's hands until `returned_at`.

    `claimed_at`: since when its borrower says to have returned it. `ended_as`: '' for a return,
    claimed or lost when it ended without one.
    """

    __tablename__ = "loan"
    __table_args__ = (
        unique_where("uq_loan_open_item", "item_id", where="returned_at IS NULL"),
        Index("ix_loan_patron_id_returned_at", "patron_id", "returned_at"),
        Index("ix_loan_record_id", "record_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="item.id")
    record_id: int = Field(foreign_key="record.id")
    patron_id: int | None = Field(default=None, foreign_key="patron.id")
    library_id: int = Field(foreign_key="library.id")
    lent_at: datetime = Field(sa_type=Instant)
    due_on: date
    renewals: int = 0
    returned_at: datetime | None = Field(default=None, sa_type=Instant)
    returned_library_id: int | None = None
    hold_id: int | None = None
    override_reason: str = ""
    claimed_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_as: str = ""
    version: int = 1


class ReturnClaim(SQLModel, table=True):
    """A claim of having returned it: both libraries search, twice, then the head decides.

    States: SEARCHING, UNDECIDED, FOUND, WITHDRAWN, FORGIVEN, OWED, LOST.
    """

    __tablename__ = "return_claim"
    __table_args__ = (
        unique_where(
            "uq_return_claim_open_loan", "loan_id", where="state IN ('SEARCHING', 'UNDECIDED')"
        ),
        Index("ix_return_claim_state", "state"),
        Index("ix_return_claim_patron_id", "patron_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    loan_id: int = Field(foreign_key="loan.id")
    item_id: int = Field(foreign_key="item.id")
    patron_id: int | None = Field(default=None, foreign_key="patron.id")
    lending_library_id: int = Field(foreign_key="library.id")
    claimed_at: datetime = Field(sa_type=Instant)
    state: str = "SEARCHING"
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: str = ""


class ClosureQuestion(SQLModel, table=True):
    """One question to one person about one closure: whether to collect elsewhere meanwhile.

    Answers: '' none yet, moved, stay, withdrawn (the closure was taken back: `closure_id` is then
    negative, nobody's).
    """

    __tablename__ = "closure_question"
    __table_args__ = (
        UniqueConstraint("closure_id", "patron_id"),
        Index("ix_closure_question_patron_id", "patron_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    closure_id: int
    patron_id: int = Field(foreign_key="patron.id")
    library_id: int = Field(foreign_key="library.id")
    proposed_id: int = Field(foreign_key="library.id")
    first_day: date
    last_day: date
    holds: Any = Field(sa_column=Column(Json, nullable=False))
    likely_at: datetime | None = Field(default=None, sa_type=Instant)
    asked_at: datetime = Field(sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    answer: str = ""


class ClaimSearch(SQLModel, table=True):
    """One library's search of its shelves for a claimed copy, `turn` 1 or 2, until a day."""

    __tablename__ = "claim_search"
    __table_args__ = (
        Index("ix_claim_search_claim_id", "claim_id"),
        Index("ix_claim_search_library_id", "library_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="return_claim.id")
    library_id: int = Field(foreign_key="library.id")
    turn: int = 1
    until: date
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    done_by: str = ""


class Scan(SQLModel, table=True):
    """One scan at a desk: its answer, and what is needed to undo it (T18)."""

    __tablename__ = "scan"
    __table_args__ = (Index("ix_scan_library_id_at", "library_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    scan_key: str = Field(unique=True)
    item_id: int = Field(foreign_key="item.id", index=True)
    library_id: int = Field(foreign_key="library.id")
    staff_id: int | None = None
    at: datetime = Field(sa_type=Instant)
    scanned_at: datetime | None = Field(default=None, sa_type=Instant)
    instruction: str
    answer: Any = Field(sa_column=Column(Json, nullable=False))
    before: Any = Field(sa_column=Column(Json, nullable=False))
    item_version: int
    undone_at: datetime | None = Field(default=None, sa_type=Instant)


class LostScan(SQLModel, table=True):
    """A scan made without network that lost against a later fact: listed, never carried out (E25).

    `client_key` is the desk's own id of the scan; `card` goes when somebody has looked at it.
    """

    __tablename__ = "lost_scan"
    __table_args__ = (Index("ix_lost_scan_library_id_seen_at", "library_id", "seen_at"),)

    id: int | None = Field(default=None, primary_key=True)
    client_key: str = Field(unique=True)
    library_id: int = Field(foreign_key="library.id")
    staff_id: int | None = None
    scanned_at: datetime = Field(sa_type=Instant)
    noted_at: datetime = Field(sa_type=Instant)
    text: str
    card: str = ""
    code: str
    reason: str
    seen_at: datetime | None = Field(default=None, sa_type=Instant)


class MirrorConflict(SQLModel, table=True):
    """What another library's system said of its item against what we believed; it won (E22)."""

    __tablename__ = "mirror_conflict"
    __table_args__ = (Index("ix_mirror_conflict_library_id", "library_id"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    library_id: int = Field(foreign_key="library.id")
    item_id: int = Field(foreign_key="item.id")
    hold_id: int | None = None
    ours: str
    theirs: str
    note: str = ""


class RepeatedRequest(SQLModel, table=True):
    """The first answer to a request that carried an idempotency key (E7e)."""

    __tablename__ = "repeated_request"

    key: str = Field(primary_key=True)
    operation: str
    fingerprint: str
    answer: Any = Field(sa_column=Column(Json, nullable=False))
    at: datetime = Field(sa_type=Instant, index=True)
