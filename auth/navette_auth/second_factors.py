"""Second factors of the team: codes of an authenticator, confirmed before they count; passkeys.

Whoever must have a second factor and has none sets one up before anything else opens. Secrets of
authenticators lie sealed by the vault, and are sealed anew by its first key each night.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from sqlalchemy import bindparam, delete, func, or_, select, update

from navette.clock import Clock
from navette.errors import SignInRefused
from navette.ils.roles import Right, may
from navette.settings import Settings
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx, Unit
from navette_auth.staff import matching_step, new_totp_secret, opened_secret
from navette_auth.tables import Passkey, Staff
from navette_auth.vault import Vault

ISSUER = "Navette"


class Factors(NamedTuple):
    """What somebody of the team has: a secret that counts, one that waits to be confirmed.

    Both are sealed.
    """

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
_LYING: Query[tuple[int, str | None, str | None]] = Query(
    select(_s.id, _s.totp_secret, _s.totp_pending)
    .where(or_(_s.totp_secret.is_not(None), _s.totp_pending.is_not(None)))
    .order_by(_s.id),
    lambda *row: row,
)
_RESEAL = command(
    update(table(Staff))
    .where(
        _s.id == bindparam("staff"),
        _s.totp_secret.is_not_distinct_from(bindparam("was")),
        _s.totp_pending.is_not_distinct_from(bindparam("waited")),
    )
    .values(totp_secret=bindparam("secret"), totp_pending=bindparam("pending"))
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


def offer(tx: Tx, vault: Vault, staff_id: int, login: str) -> Shown:
    """Return the secret to set up: the one that waits already, or a fresh one."""
    secret = opened_secret(vault, factors_of(tx, staff_id).pending or "")
    if not secret:
        secret = new_totp_secret()
        tx.run(_PENDING, staff=staff_id, new=vault.seal(secret))
    label = quote(f"{ISSUER}:{login}")
    return Shown(secret, f"otpauth://totp/{label}?secret={secret}&issuer={ISSUER}")


def confirm(tx: Tx, vault: Vault, staff_id: int, code: str, wall: Clock) -> None:
    """Let the secret that waits count from now on; SignInRefused for a wrong code."""
    pending = opened_secret(vault, factors_of(tx, staff_id).pending or "")
    step = matching_step(pending, code, wall)
    if step is None:
        raise SignInRefused("factor")
    tx.run(_CONFIRMED, staff=staff_id, step=step)


def reset(tx: Tx, staff_id: int) -> None:
    """Take codes and passkeys back: a lost phone. The next sign-in asks anew where it is needed."""
    tx.run(_RESET, staff=staff_id)
    tx.run(_NO_KEYS, staff=staff_id)


def reseal(unit: Unit, vault: Vault) -> int:
    """Seal every secret with the first key, one that lies open too; return how many people.

    What no key opens is left as it is: it opens nothing, and its owner is asked for a new one.
    """
    with unit.read() as reader:
        rows = reader.all(_LYING)
    return sum(unit.write(lambda tx, row=row: _reseal(tx, vault, *row)) for row in rows)  # type: ignore[misc]


def _reseal(tx: Tx, vault: Vault, staff: int, secret: str | None, pending: str | None) -> int:
    return tx.run(
        _RESEAL, staff=staff, was=secret, waited=pending, secret=_renewed(vault, secret),
        pending=_renewed(vault, pending),
    )  # fmt: skip


def _renewed(vault: Vault, kept: str | None) -> str | None:
    plain = opened_secret(vault, kept) if kept else ""
    return vault.seal(plain) if plain else kept
