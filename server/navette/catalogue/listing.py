"""Every record that is shown, in the order of its id: for lists that must name them all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, select

from navette.catalogue.tables import Record
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader

_r = table(Record).c
_COUNT: Query[int] = Query(select(func.count()).where(_r.hidden.is_(False)), scalar)
_PAGE = Query(
    select(_r.id, _r.updated_at)
    .where(_r.hidden.is_(False))
    .order_by(_r.id)
    .limit(bindparam("most"))
    .offset(bindparam("start")),
    lambda record, changed: (record, changed),
)


def count_shown(reader: Reader) -> int:
    """Count the records that are shown."""
    return reader.one(_COUNT)


def page_of_shown(reader: Reader, start: int, most: int) -> list[tuple[int, datetime]]:
    """Return (id, when it changed) of the records from place `start` on."""
    return reader.all(_PAGE, start=start, most=most)
