"""The stand-in as an application: discovery, sign-in, tokens, offers, sign-out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from navette.errors import SettingsError, Unavailable
from navette.outbound import Outbound
from navette.settings import Settings
from navette_server.demo.provider import pages
from navette_server.demo.provider.authorizing import (
    SEE_OTHER,
    Question,
    Refused,
    Unanswerable,
    question_of,
)
from navette_server.demo.provider.memory import TOKEN_LIFE, Memory, Session
from navette_server.demo.provider.registry import Account, Client, Registry, demo_accounts
from navette_server.demo.provider.signing import ALGORITHM, Signer, key_in

COOKIE = "demo_library"
NO_STORE = {"Cache-Control": "no-store"}
WRONG = "Cet identifiant et ce mot de passe ne vont pas ensemble."


def provider_for(settings: Settings) -> Starlette:
    """Return the stand-in of an installation in development; SettingsError in production."""
    if settings.production:
        raise SettingsError("NAVETTE_ENV", "the stand-in library is for development only")
    base = settings.base_url
    client = Client(
        settings.oidc_client_id, settings.oidc_client_secret,
        [f"{base}/connexion/sso/retour"], [f"{base}/"], f"{base}/connexion/sso/deconnexion",
    )  # fmt: skip
    keys = settings.data / "demo-library-key.json"
    return create_provider(settings.oidc_issuer, [client], demo_accounts(), keys)


def create_provider(
    issuer: str,
    clients: Sequence[Client],
    accounts: Sequence[Account],
    keys_path: Path,
    outbound: Outbound | None = None,
) -> Starlette:
    """Put the stand-in together; it answers at `issuer`, and only there."""
    called = {urlsplit(client.logout_address).netloc for client in clients}
    stand_in = StandIn(
        Signer(issuer, key_in(keys_path)), Registry(clients, accounts), Memory(),
        outbound or Outbound(allowed=called),
    )  # fmt: skip
    return Starlette(routes=stand_in.routes())


class StandIn:
    """The handlers, around what they share."""

    def __init__(
        self, signer: Signer, registry: Registry, memory: Memory, outbound: Outbound
    ) -> None:
        """Keep the parts."""
        self.signer = signer
        self.registry = registry
        self.memory = memory
        self.outbound = outbound

    def routes(self) -> list[Route]:
        """Return every address of the stand-in."""
        return [
            Route("/", self.home),
            Route("/style.css", self.style),
            Route("/.well-known/openid-configuration", self.discovery),
            Route("/jwks", self.jwks),
            Route("/authorize", self.authorize, methods=["GET", "POST"]),
            Route("/token", self.token, methods=["POST"]),
            Route("/userinfo", self.userinfo, methods=["GET", "POST"]),
            Route("/session/end", self.end_session, methods=["GET", "POST"]),
            Route("/ressources/{offer}", self.offer, methods=["GET", "POST"]),
        ]

    async def home(self, _request: Request) -> Response:
        """Say what this is."""
        return pages.words("Bibliothèque numérique", "Une bibliothèque fictive, pour l’essai.")

    async def style(self, _request: Request) -> Response:
        """Answer the one style sheet."""
        return PlainTextResponse(pages.STYLE, media_type="text/css")

    async def discovery(self, _request: Request) -> Response:
        """Say where everything is (OpenID Connect Discovery 1.0)."""
        issuer = self.signer.issuer
        return JSONResponse({
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/jwks",
            "end_session_endpoint": f"{issuer}/session/end",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "scopes_supported": ["openid", "profile", "email", "library"],
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        })  # fmt: skip

    async def jwks(self, _request: Request) -> Response:
        """Answer the public keys."""
        return JSONResponse(self.signer.jwks())

    async def authorize(self, request: Request) -> Response:
        """Ask who it is, or go straight back when the session here says it."""
        try:
            question = question_of(request.query_params, self.registry)
        except Unanswerable:
            return pages.words("Adresse inconnue", "Cette application n’est pas inscrite ici.", 400)
        except Refused as refused:
            return refused.question.answer(
                self.signer.issuer, error=refused.error, error_description=refused.description
            )
        session = self.memory.session(request.cookies.get(COOKIE))
        if request.method == "POST":
            return await self._proven(request, question)
        if session is not None and question.prompt != "login":
            return self._granted(question, session)
        if question.prompt == "none":
            return question.answer(self.signer.issuer, error="login_required")
        return pages.door(_here(request))

    async def token(self, request: Request) -> Response:
        """Give tokens for a code, once."""
        form = await _fields(request)
        client = self._client(request, form)
        if client is None:
            return _oauth_error("invalid_client", 401, {"WWW-Authenticate": "Basic"})
        if form.get("grant_type") != "authorization_code":
            return _oauth_error("unsupported_grant_type")
        redeemed = self.memory.redeem(
            form.get("code", ""), client_id=client.client_id,
            redirect_uri=form.get("redirect_uri", ""), verifier=form.get("code_verifier", ""),
        )  # fmt: skip
        account = self.registry.by_sub(redeemed[1].sub) if redeemed else None
        if redeemed is None or account is None:
            return _oauth_error("invalid_grant")
        access_token, grant = redeemed
        claims = account.claims(grant.scopes)
        tokens = {
            "access_token": access_token, "token_type": "Bearer",
            "expires_in": int(TOKEN_LIFE.total_seconds()),
            "id_token": self.signer.id_token(grant, claims, self.memory.now()),
        }  # fmt: skip
        return JSONResponse(tokens, headers=NO_STORE)

    async def userinfo(self, request: Request) -> Response:
        """Say again who signed in, to the holder of the access token."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self.memory.holder(token) if kind.lower() == "bearer" else None
        account = self.registry.by_sub(grant.sub) if grant else None
        if grant is None or account is None:
            return _oauth_error("invalid_token", 401, {"WWW-Authenticate": "Bearer"})
        return JSONResponse({"sub": grant.sub, **account.claims(grant.scopes)}, headers=NO_STORE)

    async def end_session(self, request: Request) -> Response:
        """End the session, tell the clients, go back to the one that asked (RP-initiated logout)."""
        asked = {**request.query_params, **(await _fields(request))}
        hinted = self.signer.hinted(asked.get("id_token_hint", ""))
        session = self.memory.session(request.cookies.get(COOKIE))
        mine = session is not None and (hinted or {}).get("sid") == session.sid
        if session is not None and not mine and request.method == "GET":
            return pages.ask_sign_out()
        answer = self._after_sign_out(asked, hinted)
        if session is not None:
            self.memory.end(session)
            answer.background = BackgroundTask(self.tell_clients, session)
        answer.delete_cookie(COOKIE)
        return answer

    async def offer(self, request: Request) -> Response:
        """Open an e-resource: at once with a session, else after the door."""
        found = pages.OFFERS.get(request.path_params["offer"])
        if found is None:
            return pages.words("Pas ici", "Cette ressource n’existe pas.", 404)
        if request.method == "POST":
            entered = await self._enter(request)
            return (
                entered
                if isinstance(entered, Response)
                else _kept(RedirectResponse(request.url.path, SEE_OTHER), entered)
            )
        session = self.memory.session(request.cookies.get(COOKIE))
        account = self.registry.by_sub(session.sub) if session else None
        return pages.offer(found, account.name) if account else pages.door(_here(request))

    def tell_clients(self, session: Session) -> None:
        """Post a logout token to each client of a session that ended."""
        for client_id in sorted(session.clients):
            client = self.registry.client(client_id)
            if client is None or not client.logout_address:
                continue
            token = self.signer.logout_token(session, client_id, self.memory.now())
            try:
                self.outbound.call(
                    "POST", client.logout_address, service="client", operation="logout",
                    data={"logout_token": token},
                )  # fmt: skip
            except Unavailable:
                continue  # logged there; a client that sleeps asks again at its next sign-in

    async def _enter(self, request: Request) -> Session | Response:
        form = await _fields(request)
        account = self.registry.account(form.get("login", ""), form.get("password", ""))
        if account is None:
            return pages.door(_here(request), WRONG, form.get("login", ""), 401)
        return self.memory.enter(account.sub)

    async def _proven(self, request: Request, question: Question) -> Response:
        if "cancel" in await _fields(request):
            return question.answer(self.signer.issuer, error="access_denied")
        entered = await self._enter(request)
        if isinstance(entered, Response):
            return entered
        return _kept(self._granted(question, entered), entered)

    def _granted(self, question: Question, session: Session) -> Response:
        code = self.memory.grant(
            session, client_id=question.client.client_id, redirect_uri=question.redirect_uri,
            challenge=question.challenge, nonce=question.nonce, scopes=question.scopes,
        )  # fmt: skip
        return question.answer(self.signer.issuer, code=code)

    def _client(self, request: Request, form: dict[str, str]) -> Client | None:
        name, secret = form.get("client_id", ""), form.get("client_secret", "")
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            try:
                pair = base64.b64decode(given, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return None
            name, _, secret = (unquote_plus(part) for part in pair.partition(":"))
        return self.registry.proven_client(name, secret)

    def _after_sign_out(self, asked: dict[str, str], hinted: dict[str, Any] | None) -> Response:
        client = self.registry.client(str((hinted or {}).get("aud", "")))
        back = asked.get("post_logout_redirect_uri", "")
        if client is not None and back in client.post_logout_uris:
            state = asked.get("state", "")
            return RedirectResponse(f"{back}?state={state}" if state.isalnum() else back, SEE_OTHER)
        return pages.words("À bientôt", "La bibliothèque numérique est refermée.")


async def _fields(request: Request) -> dict[str, str]:
    if request.method != "POST":
        return {}
    form = await request.form(max_files=0)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _here(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def _kept(answer: Response, session: Session) -> Response:
    answer.set_cookie(COOKIE, session.value, httponly=True, samesite="lax", path="/")
    return answer


def _oauth_error(
    error: str, status: int = 400, headers: dict[str, str] | None = None
) -> JSONResponse:
    return JSONResponse({"error": error}, status, headers=NO_STORE | (headers or {}))
