"""I1 to I4 of CIRCULATION, checked on whatever is in the database after a scenario."""

from __future__ import annotations

from typing import Any

from navette.storage.unit import Unit

BOUND = "('TARGETED', 'IN_TRANSIT', 'PROCESSING', 'READY')"
ACTIVE = "('WAITING', 'TARGETED', 'IN_TRANSIT', 'PROCESSING', 'READY')"
OPEN = "('BOXED', 'ON_VAN')"
NEVER: dict[str, str] = {
    "I1: two bound holds on one item": f"""
        SELECT item_id FROM hold WHERE state IN {BOUND} GROUP BY item_id HAVING COUNT(*) > 1""",
    "I1: a bound hold without item, or an item on an unbound hold": f"""
        SELECT id FROM hold WHERE (state IN {BOUND}) <> (item_id IS NOT NULL)""",
    "I2: two open transits of one item": f"""
        SELECT item_id FROM transit WHERE state IN {OPEN} GROUP BY item_id HAVING COUNT(*) > 1""",
    "I3: one person twice in one queue": f"""
        SELECT patron_id FROM hold WHERE state IN {ACTIVE}
        GROUP BY patron_id, level, target_id, volume_key HAVING COUNT(*) > 1""",
    "I4: READY, but not on the hold shelf of its pickup library with a deadline and a place": """
        SELECT h.id FROM hold h JOIN item i ON i.id = h.item_id
        WHERE h.state = 'READY' AND NOT (
            i.status = 'ON_HOLD_SHELF' AND i.current_library_id = h.pickup_library_id
            AND h.pickup_deadline IS NOT NULL AND h.shelf_place <> '' AND h.ready_at IS NOT NULL)""",
    "I4: two READY holds in one place": """
        SELECT pickup_library_id FROM hold WHERE state = 'READY'
        GROUP BY pickup_library_id, shelf_place HAVING COUNT(*) > 1""",
    "I4: IN_TRANSIT without an open transit of its own": f"""
        SELECT h.id FROM hold h WHERE h.state = 'IN_TRANSIT' AND NOT EXISTS (
            SELECT 1 FROM transit t WHERE t.item_id = h.item_id AND t.hold_id = h.id
            AND t.state IN {OPEN})""",
    "I4: PROCESSING, but its item is not, at the pickup library": """
        SELECT h.id FROM hold h JOIN item i ON i.id = h.item_id
        WHERE h.state = 'PROCESSING' AND NOT (
            i.status = 'PROCESSING' AND i.current_library_id = h.pickup_library_id)""",
    "I4: TARGETED on an item that cannot be fetched": f"""
        SELECT h.id FROM hold h JOIN item i ON i.id = h.item_id
        WHERE h.state = 'TARGETED' AND (
            i.status NOT IN ('AVAILABLE', 'TO_RESHELVE', 'IN_TRANSIT', 'ON_HOLD_SHELF', 'PROCESSING')
            OR EXISTS (SELECT 1 FROM transit t WHERE t.item_id = i.id AND t.state IN {OPEN}))""",
    "an item on loan without a loan, or the other way round": """
        SELECT i.id FROM item i WHERE (i.status = 'ON_LOAN') <> EXISTS (
            SELECT 1 FROM loan l WHERE l.item_id = i.id AND l.returned_at IS NULL)""",
    "an item on its way that is not in transit": f"""
        SELECT i.id FROM item i JOIN transit t ON t.item_id = i.id AND t.state IN {OPEN}
        WHERE i.status NOT IN ('IN_TRANSIT', 'NOT_FOR_LOAN')""",
    "an item in transit without a journey, but for one cancelled in its crate (E12)": """
        SELECT i.id FROM item i WHERE i.status = 'IN_TRANSIT' AND COALESCE((
            SELECT t.state FROM transit t WHERE t.item_id = i.id ORDER BY t.id DESC LIMIT 1
        ), '') NOT IN ('BOXED', 'ON_VAN', 'CANCELLED')""",
    "a hold whose last line of history is another state": """
        SELECT h.id FROM hold h WHERE h.state <> (
            SELECT e.to_state FROM hold_event e WHERE e.hold_id = h.id ORDER BY e.id DESC LIMIT 1)""",
    "a notice to come for a hold that is not ready": """
        SELECT o.id FROM outbox o JOIN hold h ON h.id = o.hold_id
        WHERE o.kind = 'ready' AND o.done_at IS NULL AND h.state <> 'READY'""",
    "a READY hold with more than one notice to come": """
        SELECT hold_id FROM outbox WHERE kind = 'ready' AND done_at IS NULL
        GROUP BY hold_id HAVING COUNT(*) > 1""",
    "a READY hold that is not announced, or twice for one arrival": """
        SELECT h.id FROM hold h WHERE h.state = 'READY' AND 1 <> (
            SELECT COUNT(*) FROM outbox o WHERE o.hold_id = h.id AND o.kind = 'ready'
            AND o.created_at >= h.ready_at
            AND (o.done_at IS NULL OR o.outcome NOT LIKE 'dropped%'))""",
    "a hold that is paused, but a copy is kept for it": f"""
        SELECT id FROM hold WHERE state IN {BOUND} AND suspended""",
    "an item on loan that is kept for somebody": f"""
        SELECT h.id FROM hold h JOIN loan l ON l.item_id = h.item_id AND l.returned_at IS NULL
        WHERE h.state IN {BOUND}""",
    "a crate that goes where it comes from, or for a hold that is not on its way": f"""
        SELECT t.id FROM transit t LEFT JOIN hold h ON h.id = t.hold_id
        WHERE t.state IN {OPEN} AND (t.origin_id = t.destination_id
            OR (h.id IS NOT NULL AND h.state <> 'IN_TRANSIT'))""",
}


def assert_invariants(unit: Unit) -> None:
    """Fail with the names of the invariants that are broken and the row ids."""
    broken: dict[str, list[Any]] = {}
    with unit.read() as reader:
        for name, text in NEVER.items():
            rows = reader.driver.execute(text).fetchall()
            if rows:
                broken[name] = [row[0] for row in rows]
    assert not broken, broken
