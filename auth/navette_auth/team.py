"""The team: who works where, in which role; appointed by a head or the coordinator."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update

from navette.clock import Clock
from navette.errors import BadInput, Forbidden, NotFound
from navette.ils.roles import Right, may, may_appoint
from navette.network.tables import Library
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx
from navette_auth import badges, second_factors
from navette_auth.codes import ALPHABET, HALF
from navette_auth.known_devices import forget_devices
from navette_auth.passwords import hash_password
from navette_auth.staff import StaffMember, add_staff, library_id_of
from navette_auth.tables import AuthSession, Staff
from navette_auth.tokens import end_tokens_of_member

LONGEST_NAME = 80


class Row(NamedTuple):
    """Somebody of the team as a list shows them."""

    id: int
    login: str
    name: str
    role: str
    library: str
    active: bool
    totp: str | None
    badge: str | None

    @property
    def as_member(self) -> StaffMember:
        """Return who this is."""
        return StaffMember(self.id, self.login, self.name, self.role, self.library)


@dataclass(frozen=True)
class Change:
    """What is to be true of somebody from now on."""

    name: str
    role: str
    library: str
    active: bool = True


_s = table(Staff).c
_l = table(Library).c
_ROWS = (
    select(_s.id, _s.login, _s.name, _s.role, _l.code, _s.active, _s.totp_secret, _s.badge_hash)
    .join_from(table(Staff), table(Library), _l.id == _s.library_id)
    .order_by(_s.active.desc(), _l.position, _s.name, _s.id)
)
_TAKEN = Query(select(_s.id).where(_s.login == bindparam("login")), scalar)
_ALL = Query(_ROWS, Row)
_ONE = Query(_ROWS.where(_s.id == bindparam("staff")), Row)
_COORDINATORS = Query(
    select(func.count(_s.id)).where(
        _s.role == "coordinator", _s.active.is_(True), _s.id != bindparam("but")
    ),
    scalar,
)
_CHANGE = command(
    update(table(Staff))
    .where(_s.id == bindparam("staff"))
    .values(
        name=bindparam("called"), role=bindparam("as_role"), library_id=bindparam("at"),
        active=bindparam("is_active"),
    )
)  # fmt: skip
_PASSWORD = command(
    update(table(Staff)).where(_s.id == bindparam("staff")).values(password_hash=bindparam("new"))
)
_x = table(AuthSession).c
_END_SESSIONS = command(
    update(table(AuthSession))
    .where(_x.staff_id == bindparam("staff"), _x.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_END_OTHERS = command(
    update(table(AuthSession))
    .where(_x.staff_id == bindparam("staff"), _x.ended_at.is_(None), _x.id != bindparam("but"))
    .values(ended_at=bindparam("now"))
)


def team_of(reader: Reader, me: StaffMember) -> Sequence[Row]:
    """Return the team that somebody looks after: of the network, or of their library; Forbidden."""
    if may(me.role, Right.NETWORK):
        return reader.all(_ALL)
    if not may(me.role, Right.TEAM):
        raise Forbidden
    return [row for row in reader.all(_ALL) if row.library == me.library]


def everybody(reader: Reader) -> Sequence[Row]:
    """Return everybody who works or worked here."""
    return reader.all(_ALL)


def colleague(reader: Reader, me: StaffMember, staff_id: int) -> Row:
    """Return somebody whom I look after; NotFound, also for one of another team."""
    found = reader.first(_ONE, staff=staff_id)
    if found is None or not _looks_after(me, found.role, found.library):
        raise NotFound
    return found


@dataclass(frozen=True)
class NewPassword:
    """A password to hand over, shown once; hashed before any transaction, because that is slow."""

    text: str
    hashed: str


def new_password() -> NewPassword:
    """Return 78 random bits as four groups of four letters and figures."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(4 * HALF))
    text = "-".join(letters[i : i + HALF] for i in range(0, len(letters), HALF))
    return NewPassword(text, hash_password(text))


def appoint(
    tx: Tx, me: StaffMember, clock: Clock, login: str, change: Change, password: NewPassword
) -> int:
    """Register a colleague and return their id.

    BadInput for a name or login that is none, or a login that is taken.
    """
    library = _checked(tx, me, change)
    login = login.strip()
    if not login or " " in login:
        raise BadInput("login", "missing")
    if tx.first(_TAKEN, login=login.casefold()) is not None:
        raise BadInput("login", "taken")
    return add_staff(
        tx, clock, login=login, name=change.name, role=change.role, library_id=library,
        password_hash=password.hashed,
    )  # fmt: skip


def alter(tx: Tx, me: StaffMember, clock: Clock, staff_id: int, change: Change) -> None:
    """Change somebody's name, role, library or leave; a new role or library signs them out.

    BadInput when it would leave the network without a coordinator.
    """
    before = colleague(tx, me, staff_id)
    library = _checked(tx, me, change)
    stays = change.active and change.role == "coordinator"
    if before.role == "coordinator" and not stays and not tx.one(_COORDINATORS, but=staff_id):
        raise BadInput("role", "last_coordinator")
    tx.run(
        _CHANGE, staff=staff_id, called=change.name, as_role=change.role, at=library,
        is_active=change.active,
    )  # fmt: skip
    if not change.active:
        badges.end_badge(tx, staff_id)
    if (before.role, before.library, before.active) != (change.role, change.library, change.active):
        tx.run(_END_SESSIONS, staff=staff_id, now=clock.now())


def renew_password(
    tx: Tx, me: StaffMember, clock: Clock, staff_id: int, password: NewPassword
) -> None:
    """Give somebody a new password to be handed over; the old one, its sessions and keys end."""
    colleague(tx, me, staff_id)
    tx.run(_PASSWORD, staff=staff_id, new=password.hashed)
    tx.run(_END_SESSIONS, staff=staff_id, now=clock.now())
    _forget_what_knew(tx, staff_id, clock)


def change_password(tx: Tx, clock: Clock, staff_id: int, hashed: str, but: int) -> None:
    """Set one's own new password; the other sessions and the keys of programs end."""
    tx.run(_PASSWORD, staff=staff_id, new=hashed)
    tx.run(_END_OTHERS, staff=staff_id, now=clock.now(), but=but)
    _forget_what_knew(tx, staff_id, clock)


def reset_factor(tx: Tx, me: StaffMember, clock: Clock, staff_id: int) -> None:
    """Take a lost second factor back; its sessions end."""
    colleague(tx, me, staff_id)
    second_factors.reset(tx, staff_id)
    tx.run(_END_SESSIONS, staff=staff_id, now=clock.now())


def renew_badge(tx: Tx, me: StaffMember, staff_id: int) -> str:
    """Return a new badge to print, shown once; the old one ends."""
    found = colleague(tx, me, staff_id)
    if not found.active:
        raise BadInput("badge", "inactive")
    return badges.give_badge(tx, staff_id)


def end_badge(tx: Tx, me: StaffMember, staff_id: int) -> None:
    """End a badge that was lost."""
    colleague(tx, me, staff_id)
    badges.end_badge(tx, staff_id)


def _forget_what_knew(tx: Tx, staff_id: int, clock: Clock) -> None:
    end_tokens_of_member(tx, staff_id, clock.now())
    forget_devices(tx, staff_id, kind="staff")


def _looks_after(me: StaffMember, role: str, library: str) -> bool:
    return may_appoint(me.role, role) and (may(me.role, Right.NETWORK) or library == me.library)


def _checked(tx: Tx, me: StaffMember, change: Change) -> int:
    if not change.name.strip() or len(change.name) > LONGEST_NAME:
        raise BadInput("name", "missing")
    library = library_id_of(tx, change.library)
    if library is None:
        raise BadInput("library", "unknown")
    if not _looks_after(me, change.role, change.library):
        raise Forbidden
    return library
