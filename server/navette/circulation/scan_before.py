"""What a scan found before it changed anything: all that undoing it needs (T18)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from navette.circulation.rows import ACTIVE_OF_WORK, hold_row
from navette.circulation.scan_effects import Effects
from navette.circulation.scan_facts import Found
from navette.storage.unit import Reader

INSTANTS = (
    "targeted_at", "target_until", "ready_at", "pickup_deadline", "deadline_before",
    "announced_at",
)  # fmt: skip
PLAIN = ("shelf_place", "end_reason")


def before_scan(reader: Reader, found: Found, effects: Effects) -> dict[str, Any]:
    """Return what a scan changed, as JSON: the item, loan, transits, and each hold it moved."""
    item, transit = found.item, found.transit
    return {
        "item": {
            "version": item.version,
            "status": item.status,
            "current_library_id": item.current_library_id,
            "processing_cause": item.processing_cause,
            "claimed": item.claimed,
        },
        "overtaken": list(effects.overtaken),
        "paused": effects.paused and [*effects.paused],
        "loan": found.loan.id if found.loan else None,
        "transit": None if transit is None else {**transit._asdict()},
        "opened": effects.opened.id if effects.opened else None,
        "holds": _moved(reader, found),
    }


def _moved(reader: Reader, found: Found) -> list[dict[str, Any]]:
    """Return each hold of the work that the scan moved, as it was and where it went."""
    now = {hold.id: hold for hold in reader.all(ACTIVE_OF_WORK, work=found.item.work_id)}
    moved = []
    for before in (candidate.hold for candidate in found.queue):
        after = now.get(before.id) or hold_row(reader, before.id)
        if (after.state, after.item_id) != (before.state, before.item_id):
            moved.append(
                {
                    "id": before.id,
                    "before": before._asdict(),
                    "after": {"state": after.state, "item_id": after.item_id},
                }
            )
    return moved


def restored(before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that a hold had before, read back from JSON; not its state or item."""
    return {
        **{name: instant(before[name]) for name in INSTANTS},
        **{name: before[name] for name in PLAIN},
        "ended_at": instant(before["ended_at"]),
    }


def instant(value: str | None) -> datetime | None:
    """Read an instant of JSON."""
    return None if value is None else datetime.fromisoformat(value)
