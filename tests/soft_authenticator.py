"""An authenticator in software: makes and shows passkeys as a phone does, or wrongly on demand."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class SoftAuthenticator:
    """One credential. `origin` and `flags` can be told wrong; `count` is its counter."""

    def __init__(self, origin: str, domain: str) -> None:
        self.origin, self.domain = origin, domain
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.count = 0
        self.flags = PRESENT | VERIFIED

    def make(self, options: str, **wrong: Any) -> str:
        """Answer options to add a passkey."""
        numbers = self.key.public_key().public_numbers()
        cose = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        )
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + cose
        data = self._data(WITH_KEY) + attested
        response = {
            "clientDataJSON": self._client(options, "webauthn.create", wrong),
            "attestationObject": text(
                cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
            ),
        }
        return self._answer(response)

    def show(self, options: str, **wrong: Any) -> str:
        """Answer options to sign in."""
        self.count += 1
        data, client = self._data(0), self._client(options, "webauthn.get", wrong)
        signed = data + hashlib.sha256(urlsafe_b64decode(client + "==")).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": client, "authenticatorData": text(data), "signature": text(signature),
        }  # fmt: skip
        return self._answer(response)

    def _data(self, more: int) -> bytes:
        domain = hashlib.sha256(self.domain.encode()).digest()
        return domain + bytes([self.flags | more]) + self.count.to_bytes(4)

    def _client(self, options: str, kind: str, wrong: dict[str, Any]) -> str:
        said = {
            "type": kind, "challenge": json.loads(options)["challenge"], "origin": self.origin,
            "crossOrigin": False, **wrong,
        }  # fmt: skip
        return text(json.dumps(said).encode())

    def _answer(self, response: dict[str, str]) -> str:
        name = text(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
