"""The key that signs push messages, as browsers ask for it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from navette.errors import SettingsError

KEY_BYTES = 32


def private_key_of(text: str) -> ec.EllipticCurvePrivateKey:
    """Read NAVETTE_VAPID_PRIVATE_KEY (32 bytes in base64url); raises SettingsError."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if len(raw) != KEY_BYTES:
            message = "another length"
            raise ValueError(message)  # noqa: TRY301 - read as any other text that is no key
        return ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
    except ValueError as error:
        raise SettingsError(
            "NAVETTE_VAPID_PRIVATE_KEY", "must be a P-256 private key, 32 bytes in base64url"
        ) from error


@lru_cache(maxsize=4)
def public_key_of(text: str) -> str:
    """Return the public key that `pushManager.subscribe` takes; '' where push is not set up."""
    if not text:
        return ""
    point = private_key_of(text).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(raw).decode().rstrip("=")
