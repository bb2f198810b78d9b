"""The encryption of a web push (RFC 8291, aes128gcm): one record, a new key for each message."""

from __future__ import annotations

import hmac
import os
from base64 import urlsafe_b64decode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
EXCHANGE = ec.ECDH()
SALT_BYTES = 16
RECORD = (4096).to_bytes(4, "big")
LAST_RECORD = b"\x02"
_KEY_INFO = b"Content-Encoding: aes128gcm\x00\x01"
_NONCE_INFO = b"Content-Encoding: nonce\x00\x01"


def encrypt(
    plain: bytes,
    p256dh: str,
    auth: str,
    *,
    salt: bytes | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Return the body of the message; ValueError for keys that no browser has.

    `salt` and `key` are made anew; they are given by the test that follows the RFC's example.
    """
    browser, secret = _decoded(p256dh), _decoded(auth)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, browser)
    salt, key = salt or os.urandom(SALT_BYTES), key or ec.generate_private_key(CURVE)
    ours = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = _mac(secret, key.exchange(EXCHANGE, theirs))
    seed = _mac(salt, _mac(shared, b"WebPush: info\x00" + browser + ours + b"\x01"))
    sealed = AESGCM(_mac(seed, _KEY_INFO)[:16]).encrypt(
        _mac(seed, _NONCE_INFO)[:12], plain + LAST_RECORD, None
    )
    return b"".join((salt, RECORD, bytes([len(ours)]), ours, sealed))


def _mac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
