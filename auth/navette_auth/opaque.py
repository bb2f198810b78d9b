"""Random values that browsers and programs hold; the database keeps only their hash."""

from __future__ import annotations

import hashlib
import secrets

BYTES = 32
SHORTEST = 40
LONGEST = 200


def fresh() -> str:
    """Return 256 random bits as text that fits cookies and addresses."""
    return secrets.token_urlsafe(BYTES)


def digest(value: str) -> str:
    """Return what is stored in place of the value: it is random, so one plain hash is enough."""
    return hashlib.sha256(value.encode()).hexdigest()


def plausible(value: str | None) -> bool:
    """Return whether this could be one of ours, before anything is looked up."""
    return value is not None and value.isascii() and SHORTEST <= len(value) <= LONGEST
