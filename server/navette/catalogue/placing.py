"""Decides to which library each item of a batch belongs, and refuses barcodes that collide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zlib import adler32, crc32

import orjson

from navette.catalogue import lookups
from navette.catalogue.lookups import KnownItem
from navette.catalogue.memory import Memory
from navette.catalogue.moving import let_go
from navette.catalogue.plan import Copy, Plan, Source
from navette.catalogue.prepared import Written
from navette.catalogue.reporting import Refused
from navette.catalogue.unimarc.parsed import ParsedItem
from navette.storage.unit import Reader

# Grows when the same item is to be kept differently: the next import then updates.
_READING: Final = "1"


def plan_items(
    reader: Reader,
    made: Plan,
    kept: Sequence[tuple[str, Written]],
    source: Source,
    memory: Memory,
) -> None:
    """Sort the items of a batch into new, changed, unchanged and refused."""
    barcodes = {item.barcode for _, record in kept for item in record.items if item.barcode}
    known = lookups.items(reader, barcodes) if barcodes else {}
    placed = [
        (local_id, record, item, place_of(item, source))
        for local_id, record in kept
        for item in record.items
    ]
    earlier = memory.items([(library_id, item.barcode) for _, _, item, (library_id, _) in placed])
    theirs = [
        before
        for local_id, _, item, (library_id, _) in placed
        if (before := known.get((library_id, item.barcode))) and _of_another(before, local_id, made)
    ]
    moving = let_go(reader, theirs, dict(kept), source) if theirs else frozenset()
    taken: dict[tuple[int, str], str] = {}
    for local_id, record, item, (library_id, misplaced) in placed:
        place = (library_id, item.barcode)
        before = known.get(place)
        first = taken.get(place) or earlier.get(place)
        moves = before is not None and before.id in moving
        reason = misplaced or _collision(
            place, local_id, before if not moves else None, first, made
        )
        if reason:
            made.refused_items += 1
            made.refused.append(
                Refused(record.position, record.local_id, source.profile.item_field, reason)
            )
            continue
        taken[place] = local_id
        _plan_item(made, Copy(item, library_id, local_id, item_digest(item), before, moves))


def _plan_item(made: Plan, copy: Copy) -> None:
    if copy.known is None:
        made.new_items.append(copy)
    elif copy.known.digest == copy.digest and not copy.moves:
        made.unchanged_items += 1
    else:
        made.changed_items.append(copy)


def item_digest(item: ParsedItem) -> str:
    """Give what changes when the source describes the item otherwise."""
    said = orjson.dumps(tuple(item))
    return f"{_READING}{crc32(said):08x}{adler32(said):08x}"


def place_of(item: ParsedItem, source: Source) -> tuple[int, str]:
    """Give the library that an item belongs to, and why it cannot be taken if it cannot."""
    if not item.barcode:
        return 0, "an item without a barcode"
    if item.library is None:
        return source.library_id, ""
    library_id = source.libraries.get(item.library)
    if library_id is None:
        return 0, f"item {item.written_barcode} belongs to an unknown library {item.library}"
    return library_id, ""


def _collision(
    place: tuple[int, str],
    local_id: str,
    before: KnownItem | None,
    first: str | None,
    made: Plan,
) -> str:
    """Say who already bears the barcode in this library, if it is another item."""
    if first:
        return f"barcode {place[1]} twice in this file, first in record {first}"
    if before is None or not _of_another(before, local_id, made):
        return ""
    return f"barcode {place[1]} is already borne by another item of this library"


def _of_another(before: KnownItem, local_id: str, made: Plan) -> bool:
    """Tell whether an item stands beside another description than this one."""
    mine = made.known_records.get(local_id)
    return before.source_record_id not in {mine.id if mine is not None else None, None}
