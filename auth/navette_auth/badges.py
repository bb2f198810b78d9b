"""Badges: a printed number that lets a colleague take over a desk in two seconds.

A badge is no way in from the street: it counts only in a browser where somebody of the same
library signed in fully today, and never for a role that needs a second factor.
"""

from __future__ import annotations

import secrets

from sqlalchemy import bindparam, select, update

from navette.network.tables import Library
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx
from navette_auth.opaque import digest
from navette_auth.staff import MEMBER_COLUMNS, StaffMember
from navette_auth.tables import Staff

MARK = "2058"
DIGITS = 24  # after the mark: 79 random bits, 14 pairs of a Code 128

_s = table(Staff).c
_l = table(Library).c
_BY_BADGE = Query(
    select(*MEMBER_COLUMNS)
    .join_from(table(Staff), table(Library), _l.id == _s.library_id)
    .where(_s.badge_hash == bindparam("badge"), _s.active.is_(True)),
    StaffMember,
)
_GIVE = command(
    update(table(Staff)).where(_s.id == bindparam("staff")).values(badge_hash=bindparam("badge"))
)


def looks_like_badge(text: str) -> bool:
    """Return whether what was scanned could be a badge; no card and no item looks like one."""
    bare = text.strip()
    return len(bare) == len(MARK) + DIGITS and bare.isdecimal() and bare.startswith(MARK)


def give_badge(tx: Tx, staff_id: int) -> str:
    """Return a new badge number, shown and printed once; the earlier one ends."""
    number = MARK + "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    tx.run(_GIVE, staff=staff_id, badge=digest(number))
    return number


def end_badge(tx: Tx, staff_id: int) -> None:
    """End a badge that was lost."""
    tx.run(_GIVE, staff=staff_id, badge=None)


def badge_holder(reader: Reader, number: str) -> StaffMember | None:
    """Return whose badge this is."""
    return reader.first(_BY_BADGE, badge=digest(number.strip()))
