"""A client's question at the stand-in's door: read once, refused by name (OIDC Core 3.1.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import RedirectResponse

from navette_server.demo.provider.registry import Client, Registry

CHALLENGE_LENGTH = 43
SEE_OTHER = 303


class Unanswerable(Exception):
    """Nobody may be sent back: the client or its address is unknown."""


@dataclass(eq=False)  # raising writes on it
class Refused(Exception):
    """An OAuth error that goes back to the client."""

    question: Question
    error: str
    description: str


@dataclass(frozen=True)
class Question:
    """An authorization request."""

    client: Client
    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    scopes: Sequence[str]
    prompt: str

    def answer(self, issuer: str, **given: str) -> RedirectResponse:
        """Send the browser back with `iss` (RFC 9207) and the state it came with."""
        told = {**given, "iss": issuer} | ({"state": self.state} if self.state else {})
        joint = "&" if "?" in self.redirect_uri else "?"
        return RedirectResponse(
            f"{self.redirect_uri}{joint}{urlencode(told)}", SEE_OTHER,
            headers={"Cache-Control": "no-store"},
        )  # fmt: skip


def question_of(asked: Mapping[str, str], registry: Registry) -> Question:
    """Read an authorization request; Unanswerable, Refused."""
    client = registry.client(asked.get("client_id", ""))
    redirect_uri = asked.get("redirect_uri", "")
    if client is None or redirect_uri not in client.redirect_uris:
        raise Unanswerable
    question = Question(
        client, redirect_uri, asked.get("state", ""), asked.get("nonce", ""),
        asked.get("code_challenge", ""), asked.get("scope", "").split(), asked.get("prompt", ""),
    )  # fmt: skip
    if asked.get("response_type") != "code":
        raise Refused(question, "unsupported_response_type", "only code")
    if "openid" not in question.scopes:
        raise Refused(question, "invalid_scope", "openid is missing")
    if asked.get("code_challenge_method") != "S256" or len(question.challenge) != CHALLENGE_LENGTH:
        raise Refused(question, "invalid_request", "PKCE with S256 is required")
    return question
