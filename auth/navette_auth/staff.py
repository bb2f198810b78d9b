"""Staff: who works at which library, sign-in with login, password and second factor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyotp
from sqlalchemy import bindparam, select, update

from navette.clock import Clock, SystemClock
from navette.errors import BadInput, Duplicate, SignInRefused
from navette.ils.roles import ROLES
from navette.network.tables import Library
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx, Unit
from navette_auth.known_devices import knows, remember_device
from navette_auth.passwords import hash_password, outdated, verify_password
from navette_auth.tables import Staff
from navette_auth.throttle import Subject, attempt, forgive, subjects_of, turn
from navette_auth.vault import Vault

STEP_SECONDS = 30
PLAIN = re.compile(r"[A-Z2-7]{16,64}")
DRIFT_STEPS = 1
LONGEST_LOGIN = 80


@dataclass(frozen=True)
class StaffMember:
    """Somebody who works in the network; `library` is a code."""

    id: int
    login: str
    name: str
    role: str
    library: str


@dataclass(frozen=True)
class Entering:
    """What somebody of the team shows at the door."""

    login: str
    password: str
    code: str = ""


class _Secrets(NamedTuple):
    id: int
    password_hash: str
    totp_secret: str | None
    totp_last_step: int


_s = table(Staff).c
_l = table(Library).c
MEMBER_COLUMNS = (_s.id, _s.login, _s.name, _s.role, _l.code)
_MEMBERS = select(*MEMBER_COLUMNS).join_from(table(Staff), table(Library), _l.id == _s.library_id)
_BY_ID = Query(_MEMBERS.where(_s.id == bindparam("staff"), _s.active.is_(True)), StaffMember)
_BY_LOGIN = Query(_MEMBERS.where(_s.login == bindparam("login"), _s.active.is_(True)), StaffMember)
_SECRETS = Query(
    select(_s.id, _s.password_hash, _s.totp_secret, _s.totp_last_step).where(
        _s.login == bindparam("login"), _s.active.is_(True)
    ),
    _Secrets,
)
_LIBRARY = Query(select(_l.id).where(_l.code == bindparam("code_")), scalar)
_STEP = command(
    update(table(Staff))
    .where(_s.id == bindparam("staff"), _s.totp_last_step < bindparam("step"))
    .values(totp_last_step=bindparam("step"))
)
_PASSWORD = command(
    update(table(Staff)).where(_s.id == bindparam("staff")).values(password_hash=bindparam("new"))
)


def member(reader: Reader, staff_id: int) -> StaffMember | None:
    """Return an active member of staff."""
    return reader.first(_BY_ID, staff=staff_id)


def member_by_login(reader: Reader, login: str) -> StaffMember | None:
    """Return an active member of staff by login."""
    return reader.first(_BY_LOGIN, login=_login(login))


def add_staff(
    tx: Tx, clock: Clock, *, login: str, name: str, role: str, library_id: int,
    password_hash: str, totp_secret: str | None = None,
) -> int:  # fmt: skip
    """Register a member of staff; BadInput for a role there is not, Duplicate for a login taken.

    `totp_secret` is sealed by the vault.
    """
    if role not in ROLES:
        raise BadInput("role", f"one of {', '.join(ROLES)}")
    return tx.insert(
        Staff, login=_login(login), name=name, role=role, library_id=library_id,
        password_hash=password_hash, totp_secret=totp_secret, totp_last_step=0, active=True,
        created_at=clock.now(),
    )  # fmt: skip


def new_totp_secret() -> str:
    """Return a secret for an authenticator application."""
    return pyotp.random_base32()


def matching_step(secret: str, code: str, wall: Clock) -> int | None:
    """Return the step of the clock whose code this is, a neighbour step included, or None.

    Without a secret no code is right.
    """
    if not secret:
        return None
    digits = "".join(c for c in code if c.isdigit())
    totp = pyotp.TOTP(secret)
    now = int(wall.now().timestamp()) // STEP_SECONDS
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if pyotp.utils.strings_equal(totp.generate_otp(step), digits):
            return step
    return None


def sign_in_staff(
    unit: Unit, clock: Clock, vault: Vault, shown: Entering, *, client: str, device: str = "",
    wall: Clock | None = None,
) -> StaffMember:  # fmt: skip
    """Return who proved to work here; one SignInRefused for whatever was wrong.

    A code serves once. Authenticators count real time: `wall` is the machine's clock, whatever
    instant the house plays. A `device` where it was right before keeps attempts of its own: nobody
    in the reading room can slow the desk.
    """
    kept, subjects = _asked_for(unit, shown.login, client, device)
    with turn(subjects):
        attempt(unit, subjects, clock.now())
        right = verify_password(kept.password_hash if kept else "", shown.password)
        step: int | None = 0
        if kept is not None and kept.totp_secret:
            secret = opened_secret(vault, kept.totp_secret)
            step = matching_step(secret, shown.code, wall or SystemClock())
        if kept is None or not right or step is None:
            raise SignInRefused
        newer = hash_password(shown.password) if outdated(kept.password_hash) else ""

        def work(tx: Tx) -> StaffMember:
            if step and tx.run(_STEP, staff=kept.id, step=step) == 0:
                raise SignInRefused  # this code, or a later one, was used before
            if newer:
                tx.run(_PASSWORD, staff=kept.id, new=newer)
            forgive(tx, subjects)
            remember_device(tx, device, kept.id, clock.now(), "staff")
            return tx.one(_BY_ID, staff=kept.id)

        try:
            return unit.write(work)
        except Duplicate:  # two tabs of a new browser at once: it is known now
            return unit.write(work)


def prove_password(
    unit: Unit, clock: Clock, person: StaffMember, password: str, client: str, device: str = ""
) -> None:
    """Raise SignInRefused unless this is the member's password; TooManyAttempts."""
    kept, subjects = _asked_for(unit, person.login, client, device)
    with turn(subjects):
        attempt(unit, subjects, clock.now())
        if not verify_password(kept.password_hash if kept else "", password):
            raise SignInRefused
        unit.write(lambda tx: forgive(tx, subjects))


def _asked_for(
    unit: Unit, login: str, client: str, device: str
) -> tuple[_Secrets | None, Sequence[Subject]]:
    """Return whose login this is, and what an attempt on it counts against."""
    name = _login(login)
    with unit.read() as reader:
        kept = reader.first(_SECRETS, login=name)
        known = kept is not None and knows(reader, device, kept.id, "staff")
    return kept, subjects_of("staff", name, client, device if known else "")


def opened_secret(vault: Vault, kept: str) -> str:
    """Return the secret of an authenticator; '' when no key of ours opens it.

    One that lies there from before secrets were sealed is plain base32: it serves until the night
    seals it.
    """
    return kept if PLAIN.fullmatch(kept) else vault.open(kept)


def library_id_of(reader: Reader, code: str) -> int | None:
    """Return the row id of a library code."""
    return reader.first(_LIBRARY, code_=code.strip().lower())


def _login(text: str) -> str:
    return text.strip().casefold()[:LONGEST_LOGIN]
