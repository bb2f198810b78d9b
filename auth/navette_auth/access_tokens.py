"""Access tokens of the provider, shown to our API: only those that were made for it (RFC 9068).

An id_token is no access token, and a token for another API opens nothing here. What it may do is
what its scopes say in our own words, and only to look when they say nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from navette_auth.id_tokens import LEEWAY, check_expiry, instant, subject_of
from navette_auth.providers import Access, ProviderFault
from navette_auth.scopes import SCOPES

PREFIX = "navette."
KINDS = frozenset({"at+jwt", "application/at+jwt"})


def access_of(
    claims: Mapping[str, Any], header: Mapping[str, Any], *, issuer: str, audience: str,
    now: datetime,
) -> Access:  # fmt: skip
    """Return whom the token stands for; ProviderFault unless it was made for this API."""
    if str(header.get("typ", "")).lower() not in KINDS:
        raise ProviderFault("not an access token", str(header.get("typ")))
    if claims.get("iss") != issuer:
        raise ProviderFault("iss is another issuer's", repr(claims.get("iss")))
    named = claims.get("aud")
    if not audience or audience not in (named if isinstance(named, list) else [named]):
        raise ProviderFault("aud is not our API", repr(named))
    if instant(claims, "iat", now) > now + LEEWAY:
        raise ProviderFault("iat is in the future")
    if "nbf" in claims and instant(claims, "nbf", now) > now + LEEWAY:
        raise ProviderFault("nbf is in the future")
    check_expiry(claims, now)
    client = claims.get("client_id")
    if not isinstance(client, str) or not client:
        raise ProviderFault("client_id is missing")
    subject = subject_of(claims)
    if subject == client:
        raise ProviderFault("nobody in particular", client)  # a program's own token
    return Access(issuer, subject, scopes_in(claims.get("scope")))


def scopes_in(said: Any) -> frozenset[str]:
    """Return what a token may do here, in our own words; only to look when it says nothing."""
    words = said.split() if isinstance(said, str) else []
    ours = {word.removeprefix(PREFIX) for word in words if word.startswith(PREFIX)}
    return frozenset(ours & set(SCOPES)) or frozenset({"read"})
