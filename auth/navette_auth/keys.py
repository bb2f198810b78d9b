"""Keys of a provider: fetched again when an unknown one is named, but never in a hurry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey
from joserfc.jws import JWSRegistry

from navette.clock import Clock
from navette.errors import Unavailable
from navette.outbound import Outbound
from navette_auth.discovery import SERVICE, Discovery, json_of
from navette_auth.providers import ProviderFault

FRESH = timedelta(hours=12)
FETCHED_AT_MOST_EVERY = timedelta(minutes=1)
SHORTEST_RSA = 2048
LONGEST_TOKEN = 20_000
LONGEST_HEADER = 4_000  # some put certificates there; we do not look at them
KIND_OF = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}

PublicKey = RSAKey | ECKey


def keys_in(document: Mapping[str, Any]) -> Sequence[PublicKey]:
    """Return the keys of a JWKS that may sign for a provider; others are left aside."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise ProviderFault("keys are not a list")
    found = []
    for each in listed:
        if not isinstance(each, dict) or each.get("use", "sig") != "sig":
            continue
        try:
            key = JWKRegistry.import_key(each)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, ECKey) or (isinstance(key, RSAKey) and _long_enough(key)):
            found.append(key)
    return found


def _long_enough(key: RSAKey) -> bool:
    size: int = key.public_key.key_size
    return size >= SHORTEST_RSA


class Keys:
    """The keys of one provider, and the reading of what they signed."""

    def __init__(self, outbound: Outbound, discovery: Discovery, wall: Clock) -> None:
        """Nothing is fetched yet."""
        self._outbound = outbound
        self._discovery = discovery
        self._wall = wall
        self._keys: Sequence[PublicKey] = ()
        self._fetched_at: datetime | None = None

    def read(self, token: str) -> jwt.Token:
        """Return header and claims of a token that the provider signed; ProviderFault."""
        if len(token) > LONGEST_TOKEN:
            raise ProviderFault("token is too long")
        allowed = self._discovery.metadata().algorithms
        registry = JWSRegistry(algorithms=list(allowed), strict_check_header=False)
        registry.max_header_length = LONGEST_HEADER
        try:
            return jwt.decode(
                token, lambda signed: self._key(signed.headers(), allowed), registry=registry
            )
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderFault(
                "token cannot be believed", f"{type(error).__name__} {error}"
            ) from error

    def _key(self, header: Mapping[str, Any], allowed: Sequence[str]) -> PublicKey:
        algorithm = header.get("alg")
        if algorithm not in allowed:
            raise ProviderFault("algorithm is not allowed", repr(algorithm))
        found = self._find(header)
        if found is None:
            self._fetch_if_due()
            found = self._find(header)
        if found is None:
            raise ProviderFault("key is unknown", repr(header.get("kid")))
        return found

    def _find(self, header: Mapping[str, Any]) -> PublicKey | None:
        """Return the key that is named; without a name, the only one that fits."""
        self._fetch_if_old()
        kid, algorithm = header.get("kid"), header["alg"]
        fitting = [
            key
            for key in self._keys
            if key.key_type == KIND_OF[algorithm]
            and key.get("alg") in {None, algorithm}
            and (kid is None or key.kid == kid)
        ]
        return fitting[0] if len(fitting) == 1 else None

    def _fetch_if_old(self) -> None:
        if self._fetched_at is None or self._wall.now() - self._fetched_at > FRESH:
            try:
                self._fetch()
            except Unavailable:
                if not self._keys:
                    raise

    def _fetch_if_due(self) -> None:
        """Fetch again, at most once a minute: a forged key name must not make us knock."""
        if self._fetched_at is None or self._wall.now() - self._fetched_at > FETCHED_AT_MOST_EVERY:
            self._fetch()

    def _fetch(self) -> None:
        address = self._discovery.metadata().jwks
        answer = self._outbound.call("GET", address, service=SERVICE, operation="keys")
        self._fetched_at = self._wall.now()  # also for an answer that cannot be used
        self._keys = keys_in(json_of(answer, "keys"))
