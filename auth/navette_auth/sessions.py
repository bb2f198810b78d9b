"""Sessions: who a browser is. They live in the database; the cookie is a random value.

A new value is made at each change of privilege (sign-in, linking, unlinking, sign-out) and the
old session is ended. `who(request)` is looked up at most once a request, in the handler's own
thread, only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from starlette.requests import Request

from navette.clock import Clock
from navette.errors import NotSignedIn
from navette.ils.views import Actor
from navette.network.tables import Library
from navette.patrons.tables import Patron
from navette.patrons.using import note_use
from navette.settings import Settings
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx, Unit
from navette_auth.opaque import digest, fresh, plausible
from navette_auth.staff import StaffMember
from navette_auth.tables import AuthSession, Staff

LONGEST_DEVICE = 120
SEEN_AT_MOST_EVERY = timedelta(hours=1)
SEEN_PART = 15


@dataclass(frozen=True)
class Limits:
    """How long a session lives without being used, and at all."""

    idle: timedelta
    absolute: timedelta


OWN_PHONE = Limits(idle=timedelta(days=180), absolute=timedelta(days=400))
SHARED = Limits(idle=timedelta(minutes=5), absolute=timedelta(minutes=30))
DESK = Limits(idle=timedelta(minutes=15), absolute=timedelta(hours=12))
LOCK, FACTOR = "lock", "factor"  # what a session of the team may wait for


@dataclass(frozen=True)
class Visitor:
    """Who is there. Somebody of the metropolis without a linked card has only `identity_id`.

    `since`: when they last showed who they are, not when this browser got its session.
    """

    session_id: int | None = None
    patron_id: int | None = None
    staff: StaffMember | None = None
    identity_id: int | None = None
    since: datetime | None = None
    waiting: StaffMember | None = None  # of the team, and nothing opens before `waits_for`
    waits_for: str = ""  # LOCK or FACTOR
    scopes: frozenset[str] | None = None  # a token's; None: a session, which may do all

    @property
    def signed_in(self) -> bool:
        """Return whether anybody is there at all."""
        return self.staff is not None or self.patron_id is not None or self.identity_id is not None

    @property
    def to_link(self) -> bool:
        """Return whether this is an identity that has no card yet."""
        return self.identity_id is not None and self.patron_id is None

    def actor(self) -> Actor:
        """Return who acts in circulation; NotSignedIn when neither a patron nor staff."""
        if self.staff is not None:
            return Actor(
                "staff", staff_id=self.staff.id, library=self.staff.library, role=self.staff.role
            )
        if self.patron_id is None:
            raise NotSignedIn
        return Actor("patron", patron_id=self.patron_id)


NOBODY = Visitor()


@dataclass(frozen=True)
class Holder:
    """Whom a new session is for, and what the provider gave with it."""

    patron_id: int | None = None
    staff_id: int | None = None
    identity_id: int | None = None
    issuer: str = ""
    provider_sid: str = ""
    id_token: str = ""
    refresh_token: str = ""
    waits_for: str = ""


class _Row(NamedTuple):
    id: int
    patron_id: int | None
    identity_id: int | None
    proven_at: datetime
    seen_at: datetime
    expires_at: datetime
    idle_seconds: int
    waits_for: str
    closed_at: datetime | None
    staff_id: int | None
    login: str | None
    name: str | None
    role: str | None
    active: bool | None
    library: str | None


class Device(NamedTuple):
    """A session as its owner sees it in the list of devices."""

    id: int
    device: str
    created_at: datetime
    seen_at: datetime


class Kept(NamedTuple):
    """What a session keeps of the provider, to go on with it or to end it."""

    id: int
    patron_id: int | None
    identity_id: int | None
    issuer: str
    provider_sid: str
    id_token: str
    device: str
    created_at: datetime
    expires_at: datetime
    refresh_token: str
    waits_for: str
    proven_at: datetime


_x = table(AuthSession).c
_s = table(Staff).c
_l = table(Library).c
_p = table(Patron).c
_WHO = Query(
    select(
        _x.id, _x.patron_id, _x.identity_id, _x.proven_at, _x.seen_at, _x.expires_at,
        _x.idle_seconds, _x.waits_for, _p.closed_at, _s.id, _s.login, _s.name, _s.role, _s.active, _l.code,
    )
    .select_from(
        table(AuthSession)
        .outerjoin(table(Patron), _p.id == _x.patron_id)
        .outerjoin(table(Staff), _s.id == _x.staff_id)
        .outerjoin(table(Library), _l.id == _s.library_id)
    )
    .where(_x.token_hash == bindparam("hash"), _x.ended_at.is_(None)),
    _Row,
)  # fmt: skip
_KEPT = Query(
    select(
        _x.id, _x.patron_id, _x.identity_id, _x.issuer, _x.provider_sid, _x.id_token, _x.device,
        _x.created_at, _x.expires_at, _x.refresh_token, _x.waits_for, _x.proven_at,
    ).where(_x.id == bindparam("session"), _x.ended_at.is_(None)),
    Kept,
)  # fmt: skip
_DEVICES = Query(
    select(_x.id, _x.device, _x.created_at, _x.seen_at)
    .where(
        _x.patron_id == bindparam("patron"), _x.ended_at.is_(None), _x.expires_at > bindparam("now")
    )
    .order_by(_x.seen_at.desc()),
    Device,
)
_ALIVE = (_x.ended_at.is_(None),)
# The id_token is forgotten with the session; the refresh token once it was revoked (keeping.py).
_OVER = {"ended_at": bindparam("now"), "id_token": ""}
_SEEN = command(
    update(table(AuthSession)).where(_x.id == bindparam("session")).values(seen_at=bindparam("now"))
)
_MOVED = command(
    update(table(AuthSession)).where(_x.id == bindparam("session")).values(refresh_token="")
)
_WAIT = command(
    update(table(AuthSession))
    .where(_x.id == bindparam("session"), *_ALIVE)
    .values(waits_for=bindparam("what"))
)
_END = command(
    update(table(AuthSession)).where(_x.id == bindparam("session"), *_ALIVE).values(**_OVER)
)
_END_VALUE = command(
    update(table(AuthSession)).where(_x.token_hash == bindparam("hash"), *_ALIVE).values(**_OVER)
)
_END_OF_PATRON = command(
    update(table(AuthSession))
    .where(_x.patron_id == bindparam("patron"), _x.id != bindparam("but"), *_ALIVE)
    .values(**_OVER)
)
_END_OF_IDENTITY = command(
    update(table(AuthSession)).where(_x.identity_id == bindparam("whose"), *_ALIVE).values(**_OVER)
)
_END_WITHOUT_SID = command(
    update(table(AuthSession))
    .where(_x.identity_id == bindparam("whose"), _x.provider_sid == "", *_ALIVE)
    .values(**_OVER)
)
_END_OF_SID = command(
    update(table(AuthSession))
    .where(_x.issuer == bindparam("of"), _x.provider_sid == bindparam("sid"), *_ALIVE)
    .values(**_OVER)
)


def cookie_name(settings: Settings) -> str:
    """Return the cookie's name: only https can hold a `__Host-` one."""
    return "__Host-navette" if settings.secure else "navette"


def open_session(
    tx: Tx, now: datetime, holder: Holder, limits: Limits, *, device: str = "",
    replacing: str | None = None, proven_at: datetime | None = None,
) -> str:  # fmt: skip
    """Open a session and return the value of its cookie; the one it replaces is ended.

    `proven_at`: when the person showed who they are, when that was not just now.
    """
    if plausible(replacing):
        tx.run(_END_VALUE, hash=digest(str(replacing)), now=now)
    value = fresh()
    tx.insert(
        AuthSession, token_hash=digest(value), patron_id=holder.patron_id,
        staff_id=holder.staff_id, identity_id=holder.identity_id, issuer=holder.issuer,
        provider_sid=holder.provider_sid, id_token=holder.id_token,
        refresh_token=holder.refresh_token, waits_for=holder.waits_for, refreshed_at=now,
        device=device[:LONGEST_DEVICE], created_at=now, seen_at=now,
        proven_at=now if proven_at is None else proven_at,
        expires_at=now + limits.absolute, idle_seconds=int(limits.idle.total_seconds()),
    )  # fmt: skip
    return value


def visitor_of_value(unit: Unit, clock: Clock, value: str | None) -> Visitor:
    """Return who the value of a session cookie stands for, NOBODY when it stands for none."""
    if value is None or not plausible(value):
        return NOBODY
    with unit.read() as reader:
        row = reader.first(_WHO, hash=digest(value))
    now = clock.now()
    if row is None or not _alive(row, now):
        return NOBODY
    if _locks(row, now):
        unit.write(lambda tx: set_waiting(tx, row.id, LOCK))
        return _visitor(row._replace(waits_for=LOCK))
    if not row.waits_for and now - row.seen_at > min(
        timedelta(seconds=row.idle_seconds) / SEEN_PART, SEEN_AT_MOST_EVERY
    ):
        unit.write(lambda tx: _seen(tx, row, now))
    return _visitor(row)


def visitor_of(unit: Unit, clock: Clock, cookies: Mapping[str, str], settings: Settings) -> Visitor:
    """Return who the cookies of a request stand for."""
    return visitor_of_value(unit, clock, cookies.get(cookie_name(settings)))


def who(request: Request) -> Visitor:
    """Return who makes this request, looked up once. Call it from a handler's own thread."""
    known: Visitor | None = getattr(request.state, "visitor", None)
    if known is None:
        house: Any = request.app.state.house
        known = visitor_of(house.unit, house.clock, request.cookies, house.settings)
        request.state.visitor = known
    return known


def move_refresh_token(tx: Tx, session_id: int) -> None:
    """Forget a session's refresh token: the session that replaces it keeps it now."""
    tx.run(_MOVED, session=session_id)


def set_waiting(tx: Tx, session_id: int, what: str) -> None:
    """Let a session of the team wait for something, or for nothing any more ('')."""
    tx.run(_WAIT, session=session_id, what=what)


def kept_of(reader: Reader, session_id: int) -> Kept | None:
    """Return what an open session keeps."""
    return reader.first(_KEPT, session=session_id)


def devices_of(reader: Reader, patron_id: int, now: datetime) -> Sequence[Device]:
    """Return the open sessions of a patron, the last used first."""
    return reader.all(_DEVICES, patron=patron_id, now=now)


def end_session(tx: Tx, session_id: int, now: datetime) -> None:
    """End one session."""
    tx.run(_END, session=session_id, now=now)


def end_others(tx: Tx, patron_id: int, now: datetime, but: int = 0) -> int:
    """End every session of a patron but one; return how many."""
    return tx.run(_END_OF_PATRON, patron=patron_id, but=but, now=now)


def end_of_identity(tx: Tx, identity_id: int, now: datetime) -> int:
    """End every session that came from an identity; return how many."""
    return tx.run(_END_OF_IDENTITY, whose=identity_id, now=now)


def end_of_sid(tx: Tx, issuer: str, sid: str, now: datetime) -> int:
    """End the sessions that came from one session at a provider; return how many."""
    return tx.run(_END_OF_SID, of=issuer, sid=sid, now=now) if sid else 0


def end_without_sid(tx: Tx, identity_id: int, now: datetime) -> int:
    """End the sessions of an identity of which the provider named no session of its own."""
    return tx.run(_END_WITHOUT_SID, whose=identity_id, now=now)


def _seen(tx: Tx, row: _Row, now: datetime) -> None:
    tx.run(_SEEN, session=row.id, now=now)
    if row.patron_id is not None:
        note_use(tx, row.patron_id, now)


def _idle(row: _Row, now: datetime) -> bool:
    return now - row.seen_at >= timedelta(seconds=row.idle_seconds)


def _locks(row: _Row, now: datetime) -> bool:
    """Tell whether a desk was left alone: it locks, and whoever comes next takes it over."""
    return row.staff_id is not None and not row.waits_for and _idle(row, now)


def _alive(row: _Row, now: datetime) -> bool:
    if now >= row.expires_at or (row.staff_id is None and _idle(row, now)):
        return False
    return row.closed_at is None and row.active is not False


def _visitor(row: _Row) -> Visitor:
    staff = None
    if row.staff_id is not None:
        staff = StaffMember(
            row.staff_id, str(row.login), str(row.name), str(row.role), str(row.library)
        )
    if row.waits_for:
        return Visitor(row.id, since=row.proven_at, waiting=staff, waits_for=row.waits_for)
    return Visitor(row.id, row.patron_id, staff, row.identity_id, row.proven_at)
