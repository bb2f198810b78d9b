"""The stand-in's signature: a key made once into the data folder, and what it signs."""

from __future__ import annotations

import json
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from navette_server.demo.provider.memory import Grant, Session

ALGORITHM = "RS256"
ID_TOKEN_LIFE = timedelta(minutes=10)
LOGOUT_LIFE = timedelta(minutes=2)
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


def key_in(path: Path) -> RSAKey:
    """Return the key kept at `path`, made with mode 600 when there is none."""
    if path.exists():
        return RSAKey.import_key(json.loads(path.read_text(encoding="utf-8")))
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(made, "w", encoding="utf-8") as file:
        json.dump(key.as_dict(private=True), file)
    return key


class Signer:
    """Signs ID tokens and logout tokens for one issuer."""

    def __init__(self, issuer: str, key: RSAKey) -> None:
        """Sign with this key."""
        self.issuer = issuer
        self.key = key

    def jwks(self) -> dict[str, Any]:
        """Return the public half, for those who verify."""
        return {"keys": [self.key.as_dict(private=False)]}

    def id_token(self, grant: Grant, claims: dict[str, object], now: datetime) -> str:
        """Return who signed in, for the client that asked."""
        told = {
            "sub": grant.sub, "aud": grant.client_id, "sid": grant.sid, "nonce": grant.nonce,
            **claims,
        }  # fmt: skip
        return self._signed(told, now, ID_TOKEN_LIFE, "JWT")

    def logout_token(self, session: Session, client_id: str, now: datetime) -> str:
        """Return the news that a session ended (OpenID Connect Back-Channel Logout 2.4)."""
        told: dict[str, Any] = {
            "sub": session.sub, "aud": client_id, "sid": session.sid,
            "jti": secrets.token_urlsafe(16), "events": {LOGOUT_EVENT: {}},
        }  # fmt: skip
        return self._signed(told, now, LOGOUT_LIFE, "logout+jwt")

    def hinted(self, id_token: str) -> dict[str, Any] | None:
        """Return the claims of an ID token of ours, however old; None for anything else."""
        try:
            claims = jwt.decode(id_token, self.key, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError):
            return None
        return claims if claims.get("iss") == self.issuer else None

    def _signed(self, claims: dict[str, Any], now: datetime, life: timedelta, kind: str) -> str:
        header = {"alg": ALGORITHM, "kid": self.key.kid, "typ": kind}
        told = {
            "iss": self.issuer, "iat": int(now.timestamp()),
            "exp": int((now + life).timestamp()), **claims,
        }  # fmt: skip
        return jwt.encode(header, told, self.key, algorithms=[ALGORITHM])
