"""Rows of circulation as plain values: what rules read and what statements return."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple


class HoldRow(NamedTuple):
    """A hold as it is stored."""

    id: int
    patron_id: int
    placed_by: int | None
    placed_by_staff: int | None
    level: str
    target_id: int
    record_id: int
    work_id: int
    volume_key: str
    pickup_place_id: int
    pickup_library_id: int
    rank_class: int
    placed_at: datetime
    not_after: date | None
    suspended_until: date | None
    suspended: bool
    previous_in_chain: int | None
    chain_id: int | None
    state: str
    end_reason: str | None
    ended_at: datetime | None
    item_id: int | None
    targeted_at: datetime | None
    target_until: datetime | None
    ready_at: datetime | None
    pickup_deadline: datetime | None
    deadline_before: datetime | None
    shelf_place: str
    passes_used: int
    overtaken: int
    promised_likely_at: datetime | None
    promised_latest_on: date | None
    promised_for: str
    likely_at: datetime | None
    latest_on: date | None
    announced_at: datetime | None
    hopeless_since: datetime | None
    version: int


class ItemRow(NamedTuple):
    """An item as circulation sees it; `work_id` is that of its record."""

    id: int
    record_id: int
    work_id: int
    home_library_id: int
    current_library_id: int
    barcode: str
    status: str
    processing_cause: str | None
    not_for_loan: bool
    type: str
    section: str
    call_number: str
    volume_key: str
    volume_label: str
    new_until: date | None
    on_site_until: date | None
    alert: str
    version: int
    last_seen_at: datetime | None
    targeting_penalty: int
    claimed: bool


class TransitRow(NamedTuple):
    """A transit as it is stored."""

    id: int
    item_id: int
    origin_id: int
    destination_id: int
    cause: str
    hold_id: int | None
    state: str
    misrouted: int
    van_run_id: int | None
    boxed_at: datetime
    loaded_at: datetime | None
    closed_at: datetime | None


class LoanRow(NamedTuple):
    """A loan as it is stored."""

    id: int
    item_id: int
    record_id: int
    patron_id: int | None
    library_id: int
    lent_at: datetime
    due_on: date
    renewals: int
    returned_at: datetime | None
    returned_library_id: int | None
    hold_id: int | None
    override_reason: str
    claimed_at: datetime | None
    version: int


class PatronRow(NamedTuple):
    """What circulation needs to know of a person."""

    id: int
    card: str
    first_name: str
    last_name: str
    birth_year: int | None
    category: str
    home_library_id: int
    valid_until: date
    blocked_reason: str
    hold_rhythm: int | None
    group_pickup: bool
    suspended_until: date | None
    closed_at: datetime | None
    version: int


class RecordRow(NamedTuple):
    """What circulation needs to know of a publication."""

    id: int
    work_id: int
    title: str
    type: str
    hidden: bool
    version: int
