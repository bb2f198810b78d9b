"""Second factors of the team: codes of an authenticator, confirmed before they count; passkeys.

Whoever must have a second factor and has none sets one up before anything else opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

import pyotp
from sqlalchemy import bindparam, delete, func, select, update

from navette.clock import Clock
from navette.errors import SignInRefused
from navette.ils.roles import Right, may
from navette.settings import Settings
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx
from navette_auth.staff import matching_step
from navette_auth.tables import Passkey, Staff

ISSUER = "Navette"


class Factors(NamedTuple):
    """What somebody of the team has: a secret that counts, one that waits to be confirmed."""

    totp: str | None
    pending: str | None
    badge: str | None
    keys: int

    @property
    def any(self) -> bool:
        """Return whether there is a second factor that counts: codes, or a passkey."""
        return bool(self.totp) or self.keys > 0


_s, _k = table(Staff).c, table(Passkey).c
_NO_KEYS = command(delete(table(Passkey)).where(_k.staff_id == bindparam("staff")))
_FACTORS = Query(
    select(
        _s.totp_secret,
        _s.totp_pending,
        _s.badge_hash,
        select(func.count(_k.id)).where(_k.staff_id == _s.id).scalar_subquery(),
    ).where(_s.id == bindparam("staff")),
    Factors,
)
_PENDING = command(
    update(table(Staff)).where(_s.id == bindparam("staff")).values(totp_pending=bindparam("new"))
)
_CONFIRMED = command(
    update(table(Staff))
    .where(_s.id == bindparam("staff"), _s.totp_pending.is_not(None))
    .values(
        totp_secret=_s.totp_pending, totp_pending=None, totp_last_step=bindparam("step"),
    )
)  # fmt: skip
_RESET = command(
    update(table(Staff))
    .where(_s.id == bindparam("staff"))
    .values(totp_secret=None, totp_pending=None, totp_last_step=0)
)


@dataclass(frozen=True)
class Shown:
    """A secret as it is shown once: in groups of four, and as the address in the QR code."""

    secret: str
    address: str

    @property
    def groups(self) -> str:
        """Return the secret as it is typed."""
        return " ".join(self.secret[i : i + 4] for i in range(0, len(self.secret), 4))


def must_have_one(settings: Settings, role: str) -> bool:
    """Return whether a role needs a second factor: the coordinator in production, or by setting."""
    if role in settings.staff_second_factor:
        return True
    return settings.production and may(role, Right.NETWORK)


def factors_of(reader: Reader, staff_id: int) -> Factors:
    """Return what somebody has."""
    return reader.one(_FACTORS, staff=staff_id)


def offer(tx: Tx, staff_id: int, login: str) -> Shown:
    """Return the secret to set up: the one that waits already, or a fresh one."""
    secret = factors_of(tx, staff_id).pending
    if secret is None:
        secret = pyotp.random_base32()
        tx.run(_PENDING, staff=staff_id, new=secret)
    label = quote(f"{ISSUER}:{login}")
    return Shown(secret, f"otpauth://totp/{label}?secret={secret}&issuer={ISSUER}")


def confirm(tx: Tx, staff_id: int, code: str, wall: Clock) -> None:
    """Let the secret that waits count from now on; SignInRefused for a wrong code."""
    pending = factors_of(tx, staff_id).pending
    step = matching_step(pending, code, wall) if pending else None
    if step is None:
        raise SignInRefused("factor")
    tx.run(_CONFIRMED, staff=staff_id, step=step)


def reset(tx: Tx, staff_id: int) -> None:
    """Take codes and passkeys back: a lost phone. The next sign-in asks anew where it is needed."""
    tx.run(_RESET, staff=staff_id)
    tx.run(_NO_KEYS, staff=staff_id)
