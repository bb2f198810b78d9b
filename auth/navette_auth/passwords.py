"""Passwords: argon2id, the same time spent whether there is a hash to compare with or not."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 256


@dataclass(frozen=True)
class Cost:
    """What one guess costs: passes, memory in KiB, lanes (OWASP's smallest for argon2id)."""

    passes: int = 2
    memory: int = 19 * 1024
    lanes: int = 1


COST = Cost()


def hash_password(password: str, cost: Cost = COST) -> str:
    """Return the hash to keep, with its own salt and parameters inside."""
    return _hasher(cost).hash(_normal(password))


def verify_password(kept: str, password: str, cost: Cost = COST) -> bool:
    """Return whether the password is right; takes as long when `kept` is empty."""
    hasher = _hasher(cost)
    possible = bool(kept) and len(password) <= LONGEST
    try:
        right = hasher.verify(kept if possible else _nobody(cost), _normal(password[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    return right and possible


def outdated(kept: str, cost: Cost = COST) -> bool:
    """Return whether the hash was made with other parameters than today's."""
    return _hasher(cost).check_needs_rehash(kept)


def _normal(password: str) -> bytes:
    """Type é on any keyboard: the same password."""
    return unicodedata.normalize("NFC", password).encode()


@cache
def _hasher(cost: Cost) -> PasswordHasher:
    return PasswordHasher(
        time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes, type=Type.ID
    )


@cache
def _nobody(cost: Cost) -> str:
    return _hasher(cost).hash(b"nobody has this password")
