"""Scans as they were answered: a repeated scan is answered as the first time, a wrong one undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from navette.circulation.tables import Scan
from navette.ils.views import ItemView, ScanResult
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx

_s = table(Scan).c


class ScanRow(NamedTuple):
    """A scan as it is stored; `before` is what `undoing` needs."""

    id: int
    scan_key: str
    item_id: int
    library_id: int
    staff_id: int | None
    at: datetime
    instruction: str
    answer: Any
    before: Any
    item_version: int
    undone_at: datetime | None


_COLUMNS = tuple(_s[name] for name in ScanRow._fields)
_BY_KEY = Query(select(*_COLUMNS).where(_s.scan_key == bindparam("key")), ScanRow)
_LAST = Query(
    select(*_COLUMNS)
    .where(_s.library_id == bindparam("library"))
    .order_by(_s.id.desc())
    .limit(bindparam("most")),
    ScanRow,
)
_EARLIER = Query(
    select(*_COLUMNS)
    .where(
        _s.item_id == bindparam("item"),
        _s.library_id == bindparam("library"),
        _s.item_version == bindparam("version"),
        _s.id < bindparam("scan"),
        _s.undone_at.is_(None),
    )
    .order_by(_s.id.desc()),
    ScanRow,
)
_UNDO = command(
    update(table(Scan))
    .where(_s.id == bindparam("scan"), _s.undone_at.is_(None))
    .values(undone_at=bindparam("now"))
)
_FORGET = command(delete(table(Scan)).where(_s.id == bindparam("scan")))


def scan_with_key(reader: Reader, key: str) -> ScanRow | None:
    """Return the scan that was given this id, or None."""
    return reader.first(_BY_KEY, key=key)


def remember(
    tx: Tx,
    result: ScanResult,
    *,
    library_id: int,
    staff_id: int | None,
    scanned_at: datetime | None,
    item_version: int,
    before: dict[str, Any],
) -> None:
    """Keep a scan with its answer (orjson writes its fields) and what undoing it needs."""
    tx.insert(
        Scan, scan_key=result.scan_id, item_id=result.item.id, library_id=library_id,
        staff_id=staff_id, at=result.at, scanned_at=scanned_at, instruction=result.instruction,
        answer=result, before=before, item_version=item_version,
    )  # fmt: skip


def forget(tx: Tx, scan: ScanRow) -> None:
    """Drop a CONFIRM that has now been confirmed: the same scan goes on."""
    tx.run(_FORGET, scan=scan.id)


def mark_undone(tx: Tx, scan: ScanRow, now: datetime) -> bool:
    """Say that a scan was undone; return whether nobody did before."""
    return tx.run(_UNDO, scan=scan.id, now=now) == 1


def changed_something(scan: ScanRow) -> bool:
    """Return whether the scan moved its item, and did not only repeat an instruction."""
    return bool(scan.item_version != scan.before["item"]["version"])


def repeated_by(reader: Reader, scan: ScanRow) -> ScanRow | None:
    """Return the scan of this desk whose instruction a scan without event gave again."""
    earlier = reader.all(
        _EARLIER,
        item=scan.item_id,
        library=scan.library_id,
        version=scan.item_version,
        scan=scan.id,
    )
    return next((one for one in earlier if changed_something(one)), None)


def answer_of(scan: ScanRow) -> ScanResult:
    """Return the answer that the scan was given then."""
    told = dict(scan.answer)
    told["item"] = ItemView(**told["item"])
    told["at"] = datetime.fromisoformat(told["at"])
    return replace(ScanResult(**told), undone=scan.undone_at is not None)


def last_answers(reader: Reader, library_id: int, first: int) -> Sequence[ScanResult]:
    """Return the newest scans of a desk, newest first."""
    return [answer_of(scan) for scan in reader.all(_LAST, library=library_id, most=first)]
