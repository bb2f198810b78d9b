"""Vault: what must not lie open in the database, sealed or marked with keys that can be changed.

Each of NAVETTE_SECRET_KEYS gives two keys: one that seals texts we need again (Fernet), one that
marks short codes we only compare (HMAC). The first key makes, all of them read: to change keys,
put a new one first, and take the old one away when what it made has ended.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LENGTH = 32
SEALS, MARKS = b"navette seals", b"navette marks"


class Vault:
    """Seals, opens and marks with the keys of an installation."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Without keys, one of this process: what it seals is not read by the next one."""
        given = list(keys) or [secrets.token_urlsafe(LENGTH)]
        self._seals = MultiFernet(
            [Fernet(urlsafe_b64encode(_derived(key, SEALS))) for key in given]
        )
        self._marks = [_derived(key, MARKS) for key in given]

    def seal(self, text: str) -> str:
        """Return the text sealed by the first key; nothing stays nothing."""
        return self._seals.encrypt(text.encode()).decode() if text else ""

    def open(self, sealed: str) -> str:
        """Return what was sealed by any of the keys; '' for anything else."""
        try:
            return self._seals.decrypt(sealed.encode()).decode() if sealed else ""
        except InvalidToken:
            return ""

    def renewed(self, sealed: str) -> str:
        """Return the same text sealed by the first key; '' for what no key opens."""
        try:
            return self._seals.rotate(sealed.encode()).decode() if sealed else ""
        except InvalidToken:
            return ""

    def mark(self, text: str) -> str:
        """Return the first key's mark of a text."""
        return _mark(self._marks[0], text)

    def marks(self, text: str) -> list[str]:
        """Return every key's mark of a text, to find one that an older key made."""
        return [_mark(key, text) for key in self._marks]


def _derived(key: str, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), LENGTH, salt=None, info=purpose).derive(key.encode())


def _mark(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), sha256).hexdigest()
