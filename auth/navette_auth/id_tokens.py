"""What an ID token, a userinfo and a logout token must say: pure rules on top of authlib's.

authlib lets through a foreign audience when `azp` is ours, an empty `aud` or `sub`, a userinfo of
somebody else; each is refused here by name (OpenID Connect Core 3.1.3.7, Back-Channel Logout 2.6).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from navette_auth.providers import Farewell, ProviderFault

LEEWAY = timedelta(seconds=30)
LONGEST_SUBJECT = 255
OLDEST_LOGOUT = timedelta(minutes=5)
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


def check_id_token(
    claims: Mapping[str, Any], header: Mapping[str, Any], *, issuer: str, client_id: str,
    nonce: str, access_token: str, now: datetime,
) -> None:  # fmt: skip
    """Raise ProviderFault unless this token was made for us, for this sign-in, and is still good."""
    check_common(claims, issuer, client_id, now)
    subject_of(claims)
    check_expiry(claims, now)
    given = claims.get("nonce")
    if not isinstance(given, str) or not compare_digest(given.encode(), nonce.encode()):
        raise ProviderFault("nonce is not ours")
    params = {"client_id": client_id, "nonce": nonce, "access_token": access_token}
    _let_authlib_check(claims, header, issuer, params, now)


def check_renewed_id_token(
    claims: Mapping[str, Any], header: Mapping[str, Any], *, issuer: str, client_id: str,
    subject: str, access_token: str, now: datetime,
) -> None:  # fmt: skip
    """Check the id_token of a refresh (Core 12.2): same issuer, same person, made for us, now."""
    check_common(claims, issuer, client_id, now)
    check_expiry(claims, now)
    if subject_of(claims) != subject:
        raise ProviderFault("refreshed sub is another's")
    _let_authlib_check(
        claims, header, issuer, {"client_id": client_id, "access_token": access_token}, now
    )


def _let_authlib_check(
    claims: Mapping[str, Any], header: Mapping[str, Any], issuer: str, params: dict[str, str],
    now: datetime,
) -> None:  # fmt: skip
    try:
        CodeIDToken(
            dict(claims), dict(header), {"iss": {"essential": True, "value": issuer}}, params
        ).validate(now=int(now.timestamp()), leeway=int(LEEWAY.total_seconds()))
    except (JoseError, ValueError, TypeError) as error:
        raise ProviderFault("id_token is refused", f"{type(error).__name__} {error}") from error


def subject_of(claims: Mapping[str, Any]) -> str:
    """Return a `sub` that can name somebody: text, not empty, at most 255 characters."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.strip() or len(subject) > LONGEST_SUBJECT:
        raise ProviderFault("sub is missing or empty")
    return subject


def check_userinfo(userinfo: Mapping[str, Any], subject: str) -> None:
    """Raise ProviderFault unless the userinfo is of the person in the id_token."""
    if userinfo.get("sub") != subject:
        raise ProviderFault("userinfo is of another sub")


def check_answer_issuer(given: str | None, issuer: str, *, announced: bool) -> None:
    """Check the `iss` parameter of the answer (RFC 9207): right if there, there if announced."""
    if given is None and announced:
        raise ProviderFault("iss parameter is missing")
    if given is not None and given != issuer:
        raise ProviderFault("iss parameter is another issuer's", given[:200])


def farewell_of(
    claims: Mapping[str, Any], header: Mapping[str, Any], *, issuer: str, client_id: str,
    now: datetime,
) -> Farewell:  # fmt: skip
    """Return whom a logout token is about; ProviderFault unless it is a true and fresh one."""
    if header.get("typ", "logout+jwt").lower() not in {"logout+jwt", "jwt"}:
        raise ProviderFault("not a logout token", str(header.get("typ")))
    check_common(claims, issuer, client_id, now)
    check_expiry(claims, now)
    if now - instant(claims, "iat", now) > OLDEST_LOGOUT + LEEWAY:
        raise ProviderFault("logout token is too old")
    events = claims.get("events")
    if not isinstance(events, Mapping) or not isinstance(events.get(LOGOUT_EVENT), Mapping):
        raise ProviderFault("logout token has no logout event")
    if "nonce" in claims:
        raise ProviderFault("logout token has a nonce")
    jti, sid = claims.get("jti"), claims.get("sid", "")
    if not isinstance(jti, str) or not jti or not isinstance(sid, str):
        raise ProviderFault("logout token has no jti")
    subject = subject_of(claims) if "sub" in claims else ""
    if not sid and not subject:
        raise ProviderFault("logout token names neither session nor subject")
    return Farewell(issuer, jti, sid, subject)


def check_common(claims: Mapping[str, Any], issuer: str, client_id: str, now: datetime) -> None:
    """Check what every token of the provider says: issuer, us alone, times that have come."""
    if claims.get("iss") != issuer:
        raise ProviderFault("iss is another issuer's", repr(claims.get("iss")))
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if not named or any(each != client_id for each in named):
        raise ProviderFault("aud is not ours alone", repr(audience))
    if claims.get("azp", client_id) != client_id:
        raise ProviderFault("azp is not ours", repr(claims.get("azp")))
    if instant(claims, "iat", now) > now + LEEWAY:
        raise ProviderFault("iat is in the future")
    if "nbf" in claims and instant(claims, "nbf", now) > now + LEEWAY:
        raise ProviderFault("nbf is in the future")


def check_expiry(claims: Mapping[str, Any], now: datetime) -> None:
    """Raise ProviderFault once a token has expired."""
    if instant(claims, "exp", now) <= now - LEEWAY:
        raise ProviderFault("token has expired")


def instant(claims: Mapping[str, Any], name: str, now: datetime) -> datetime:
    """Return a claim that is an instant; ProviderFault for anything else."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ProviderFault(f"{name} is missing or no number")
    try:
        return datetime.fromtimestamp(value, now.tzinfo)
    except (OverflowError, OSError, ValueError) as error:
        raise ProviderFault(f"{name} is no instant") from error
