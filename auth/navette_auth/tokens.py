"""API tokens: what another programme shows in place of a person, with scopes and an end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select, update

from navette.clock import Clock
from navette.errors import BadInput
from navette.network.tables import Library
from navette.patrons.tables import Patron
from navette.patrons.using import note_use
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx, Unit
from navette_auth.opaque import digest, fresh, plausible
from navette_auth.scopes import SCOPES
from navette_auth.sessions import Visitor
from navette_auth.staff import MEMBER_COLUMNS, StaffMember
from navette_auth.tables import ApiToken, Staff

MARK = "navette_"
DEFAULT_SCOPES: Sequence[str] = ("read", "write")
DEFAULT_LIFE = timedelta(days=365)
BEARER = "bearer "
NOTED_AT_MOST_EVERY = timedelta(hours=1)
MOST = 10
LONGEST_LABEL = 60


class NewToken(NamedTuple):
    """A token, shown once: only its hash is kept."""

    text: str
    expires_at: datetime


class Owned(NamedTuple):
    """A token as its owner sees it in the list; never the token itself."""

    id: int
    label: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class _Row(NamedTuple):
    id: int
    patron_id: int | None
    staff_id: int | None
    scopes: list[str]
    expires_at: datetime
    closed_at: datetime | None
    created_at: datetime
    last_used_at: datetime | None
    member_id: int | None
    login: str | None
    name: str | None
    role: str | None
    library: str | None
    active: bool | None


_t = table(ApiToken).c
_s = table(Staff).c
_l = table(Library).c
_p = table(Patron).c
_TOKEN = Query(
    select(
        _t.id, _t.patron_id, _t.staff_id, _t.scopes, _t.expires_at, _p.closed_at, _t.created_at,
        _t.last_used_at, *MEMBER_COLUMNS, _s.active,
    )
    .select_from(
        table(ApiToken)
        .outerjoin(table(Patron), _p.id == _t.patron_id)
        .outerjoin(table(Staff), _s.id == _t.staff_id)
        .outerjoin(table(Library), _l.id == _s.library_id)
    )
    .where(_t.token_hash == bindparam("hash"), _t.ended_at.is_(None)),
    _Row,
)  # fmt: skip
_OWNED = Query(
    select(_t.id, _t.label, _t.scopes, _t.created_at, _t.expires_at, _t.last_used_at)
    .where(
        or_(_t.patron_id == bindparam("patron"), _t.staff_id == bindparam("staff")),
        _t.ended_at.is_(None), _t.expires_at > bindparam("now"),
    )
    .order_by(_t.id.desc()),
    Owned,
)  # fmt: skip
_USED = command(
    update(table(ApiToken)).where(_t.id == bindparam("token")).values(last_used_at=bindparam("now"))
)
_END = command(
    update(table(ApiToken))
    .where(_t.id == bindparam("token"), _t.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_END_ALL = {
    name: command(
        update(table(ApiToken))
        .where(column == bindparam("whose"), _t.ended_at.is_(None))
        .values(ended_at=bindparam("now"))
    )
    for name, column in (("patron_id", _t.patron_id), ("staff_id", _t.staff_id))
}


def create_token(
    unit: Unit, clock: Clock, *, patron_id: int | None = None, staff_id: int | None = None,
    scopes: Sequence[str] = DEFAULT_SCOPES, life: timedelta = DEFAULT_LIFE, label: str = "",
) -> NewToken:  # fmt: skip
    """Make a token for one patron or one member of staff; BadInput."""
    if (patron_id is None) == (staff_id is None):
        raise BadInput("owner", "a patron or a member of staff")
    if not scopes or any(scope not in SCOPES for scope in scopes):
        raise BadInput("scopes", f"among {', '.join(SCOPES)}")
    text, now = MARK + fresh(), clock.now()
    with unit.read() as reader:
        if len(tokens_of(reader, now, patron_id=patron_id, staff_id=staff_id)) >= MOST:
            raise BadInput("label", "too_many")
    unit.write(
        lambda tx: tx.insert(
            ApiToken, token_hash=digest(text), patron_id=patron_id, staff_id=staff_id,
            scopes=list(scopes), label=label.strip()[:LONGEST_LABEL], created_at=now, expires_at=now + life,
        )
    )  # fmt: skip
    return NewToken(text, now + life)


def visitor_of_token(unit: Unit, clock: Clock, text: str) -> Visitor | None:
    """Return whom a token stands for, None when it stands for nobody any more."""
    if not text.startswith(MARK) or not plausible(text):
        return None
    with unit.read() as reader:
        row = reader.first(_TOKEN, hash=digest(text))
    now = clock.now()
    if row is None or now >= row.expires_at or row.closed_at or row.active is False:
        return None
    if row.last_used_at is None or now - row.last_used_at > NOTED_AT_MOST_EVERY:
        unit.write(lambda tx: _used(tx, row, now))
    staff = None
    if row.member_id is not None:
        staff = StaffMember(
            row.member_id, str(row.login), str(row.name), str(row.role), str(row.library)
        )
    return Visitor(
        patron_id=row.patron_id, staff=staff, since=row.created_at, scopes=frozenset(row.scopes)
    )


def _used(tx: Tx, row: _Row, now: datetime) -> None:
    tx.run(_USED, token=row.id, now=now)
    if row.patron_id is not None:
        note_use(tx, row.patron_id, now)


def visitor_of_header(unit: Unit, clock: Clock, authorization: str) -> Visitor | None:
    """Return whom `Authorization: Bearer TOKEN` stands for, None for anything else."""
    if authorization[: len(BEARER)].lower() != BEARER:
        return None
    return visitor_of_token(unit, clock, authorization[len(BEARER) :].strip())


def tokens_of(
    reader: Reader, now: datetime, *, patron_id: int | None = None, staff_id: int | None = None
) -> Sequence[Owned]:
    """Return the open tokens of one person, the newest first."""
    return reader.all(_OWNED, patron=patron_id, staff=staff_id, now=now)


def end_token(tx: Tx, token_id: int, now: datetime) -> bool:
    """End a token; return whether it was open."""
    return tx.run(_END, token=token_id, now=now) == 1


def end_tokens_of_patron(tx: Tx, patron_id: int, now: datetime) -> int:
    """End every token of a card: whoever signs out everywhere means programs too."""
    return tx.run(_END_ALL["patron_id"], whose=patron_id, now=now)


def end_tokens_of_member(tx: Tx, staff_id: int, now: datetime) -> int:
    """End every token of a member of the team, whose password is another from now on."""
    return tx.run(_END_ALL["staff_id"], whose=staff_id, now=now)
