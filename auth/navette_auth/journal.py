"""The journal: every look of the team at a patron, written with the look, changed by nobody.

The database itself refuses to change or remove a line (triggers of the migration); lines older
than thirteen months go at night. The coordinator reads it; nobody else does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select

from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx
from navette_auth.staff import StaffMember
from navette_auth.tables import StaffLook

KINDS: Sequence[str] = (
    "opened", "listed", "card", "code", "act", "contact", "family", "registered", "export",
)  # fmt: skip
LONGEST_DETAIL = 120
KEPT = timedelta(days=400)  # a little more than the thirteen months that the database holds
PAGE = 50


class Look(NamedTuple):
    """One line of the journal; the patron's name and card as they are today, '' once erased."""

    id: int
    at: datetime
    staff_id: int
    staff_name: str
    role: str
    library: str
    patron_id: int | None
    kind: str
    detail: str
    card: str | None
    first_name: str | None
    last_name: str | None


@dataclass(frozen=True)
class Wanted:
    """Which lines: each part narrows; `before` is the id of the last line already read."""

    staff_id: int | None = None
    library: str = ""
    patron_id: int | None = None
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


_j = table(StaffLook).c
_p = table(Patron).c
_LINES = (
    select(
        _j.id, _j.at, _j.staff_id, _j.staff_name, _j.role, _j.library, _j.patron_id, _j.kind,
        _j.detail, _p.card, _p.first_name, _p.last_name,
    )
    .select_from(table(StaffLook).outerjoin(table(Patron), _p.id == _j.patron_id))
    .order_by(_j.id.desc())
)  # fmt: skip
_OLD = Query(
    select(_j.id).where(_j.at < bindparam("before")).order_by(_j.id).limit(bindparam("most")),
    scalar,
)
_LATELY = Query(
    select(_j.patron_id).where(
        _j.patron_id.in_(bindparam("people", expanding=True)), _j.at > bindparam("since"),
        _j.staff_id == bindparam("member"), _j.kind == bindparam("how"),
    ),
    scalar,
)  # fmt: skip
_FORGET = command(delete(table(StaffLook)).where(_j.id.in_(bindparam("lines", expanding=True))))


def note_look(
    tx: Tx, member: StaffMember, patrons: Iterable[int], kind: str, now: datetime,
    detail: str = "",
) -> None:  # fmt: skip
    """Write that somebody of the team looked at these people."""
    said = detail[:LONGEST_DETAIL]
    tx.insert_many(
        StaffLook,
        (
            {
                "at": now, "staff_id": member.id, "staff_name": member.name, "role": member.role,
                "library": member.library, "patron_id": patron, "kind": kind, "detail": said,
            }
            for patron in patrons
        ),
    )  # fmt: skip


def looks(reader: Reader, wanted: Wanted, first: int = PAGE) -> Sequence[Look]:
    """Return the newest lines that are wanted, at most `first`."""
    statement = _LINES
    given: dict[str, Any] = {}
    for name, condition in (
        ("staff_id", _j.staff_id == bindparam("staff_id")),
        ("library", _j.library == bindparam("library")),
        ("patron_id", _j.patron_id == bindparam("patron_id")),
        ("kind", _j.kind == bindparam("kind")),
        ("since", _j.at >= bindparam("since")),
        ("until", _j.at < bindparam("until")),
        ("before", _j.id < bindparam("before")),
    ):
        value = getattr(wanted, name)
        if value not in {None, ""}:
            statement = statement.where(condition)
            given[name] = value
    return reader.all(Query(statement.limit(bindparam("first")), Look), first=first, **given)


def seen_lately(
    reader: Reader, member: StaffMember, patrons: Iterable[int], kind: str, since: datetime
) -> set[int]:
    """Return at whom of these people this member looked in this way since then."""
    return set(reader.all(_LATELY, member=member.id, people=list(patrons), how=kind, since=since))


def sweep(tx: Tx, now: datetime, most: int = 5000) -> int:
    """Remove the lines whose time is over."""
    old = tx.all(_OLD, before=now - KEPT, most=most)
    return tx.run(_FORGET, lines=old) if old else 0
