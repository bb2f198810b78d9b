"""A tiny CAS server in the process: tickets that serve once, for one address, as CAS 2 or 3."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import httpx2

from navette.outbound import Outbound
from navette_auth.cas import CasProvider, CasService

CAS_URL, OUR_URL = "https://cas.example.org/cas", "https://navette.example.org"
SERVICE = CasService(CAS_URL, OUR_URL, "library_card_number")
ALICE = {"givenName": "Alice", "sn": "Dubois", "mail": "a@example.org", "secret": "x"}


class FakeCas:
    """Honest until a test changes one of its parts."""

    def __init__(self) -> None:
        self.user, self.attributes, self.version = "mel-1", dict(ALICE), 3
        self.tickets: dict[str, str] = {}
        self.asked: list[str] = []
        self.answer: Callable[[], httpx2.Response] | None = None
        self._numbers = count(1)

    def provider(self, service: CasService = SERVICE) -> CasProvider:
        return CasProvider(service, Outbound(transport=httpx2.MockTransport(self.handle)))

    def login(self, address: str) -> str:
        """Sign the user in and return the address that the browser is sent back to."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{CAS_URL}/login"
        service = parse_qs(parts.query)["service"][0]
        ticket = f"ST-{next(self._numbers)}-abcdefghij-cas.example.org"
        self.tickets[ticket] = service
        return f"{service}&ticket={ticket}"

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url.path)
        if self.answer is not None:
            return self.answer()
        if request.url.path == "/cas/p3/serviceValidate" and self.version < 3:
            return httpx2.Response(404)
        if not request.url.path.endswith("/serviceValidate"):
            return httpx2.Response(404)
        asked = dict(request.url.params)
        if self.tickets.pop(asked["ticket"], None) != asked["service"]:
            return failure()
        return success(self.user, self.attributes if self.version == 3 else {})


def document(inside: str) -> httpx2.Response:
    """Answer a serviceResponse."""
    text = f'<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">{inside}</cas:serviceResponse>'
    return httpx2.Response(200, content=text.encode())


def success(user: str, attributes: dict[str, str]) -> httpx2.Response:
    said = "".join(f"<cas:{n}>{escape(v)}</cas:{n}>" for n, v in attributes.items())
    told = f"<cas:attributes>{said}</cas:attributes>" if said else ""
    inside = f"<cas:user>{escape(user)}</cas:user>{told}"
    return document(f"<cas:authenticationSuccess>{inside}</cas:authenticationSuccess>")


def failure() -> httpx2.Response:
    refusal = '<cas:authenticationFailure code="INVALID_TICKET">no</cas:authenticationFailure>'
    return document(refusal)


def logout_request(ticket: str) -> str:
    return (
        '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="LR-1">'
        f"<samlp:SessionIndex>{ticket}</samlp:SessionIndex></samlp:LogoutRequest>"
    )
