"""CAS 2 and 3: the second language of library portals, behind the same interface.

The browser brings back a ticket, which the server confirms once, for the exact address that it
was asked for. That address carries our state, so a ticket only opens the browser that left.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, ParseError, fromstring

from navette.errors import SignInRefused
from navette.outbound import Outbound
from navette_auth.oidc import KEPT_CLAIMS, LONGEST_CLAIM, RETURN_PATH
from navette_auth.opaque import fresh
from navette_auth.providers import Access, Departure, Farewell, Identity, ProviderFault, origin_of

log = logging.getLogger("navette.sign_in")

SERVICE = "sign-in"
CAS = "{http://www.yale.edu/tp/cas}"
SAML = "{urn:oasis:names:tc:SAML:2.0:protocol}"
TICKET = re.compile(r"ST-[A-Za-z0-9._-]{8,253}")
LONGEST_SUBJECT = 255
# What portals call things -> what we call them; the first that is there counts.
NAMES = {
    "displayName": "name",
    "cn": "name",
    "givenName": "given_name",
    "sn": "family_name",
    "mail": "email",
}


@dataclass(frozen=True)
class CasService:
    """Which server, who we are, and the attribute that holds the card's number."""

    url: str
    base_url: str
    card_claim: str = ""

    def address(self, state: str) -> str:
        """Return our address that answers to this state may come to."""
        return f"{self.base_url}{RETURN_PATH}?{urlencode({'state': state})}"


class CasProvider:
    """A CAS server as an IdentityProvider; its `id_token` is the ticket that opened the session."""

    def __init__(self, service: CasService, outbound: Outbound) -> None:
        """Nothing is asked of the server before somebody signs in."""
        self._service = service
        self._outbound = outbound

    def begin(self, *, afresh: bool = False) -> Departure:
        """Return where to send the browser, with a fresh state."""
        state = fresh()
        renewed = {"renew": "true"} if afresh else {}
        asked = urlencode({"service": self._service.address(state), **renewed})
        return Departure(f"{self._service.url}/login?{asked}", state, "", "")

    def finish(self, answer: Mapping[str, str], nonce: str, verifier: str) -> Identity:  # noqa: ARG002 - OpenID's
        """Let the server confirm the ticket; SignInRefused without one, ProviderFault."""
        ticket = answer.get("ticket", "")
        if not ticket:
            raise SignInRefused("cancelled")
        if not TICKET.fullmatch(ticket):
            raise ProviderFault("ticket is none", ticket)
        success = _success_of(self._confirmed(ticket, answer.get("state", "")))
        subject = (success.findtext(f"{CAS}user") or "").strip()
        if not subject or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
            raise ProviderFault("user is missing or no name")
        if success.find(f"{CAS}proxies") is not None:
            raise ProviderFault("ticket was proxied")
        return Identity(self._service.url, subject, self._claims(success), ticket, ticket)

    def end_session(self, id_token: str) -> str:
        """Return the server's sign-out address."""
        if not id_token:
            return ""
        asked = urlencode({"service": self._service.base_url + "/"})
        return f"{self._service.url}/logout?{asked}"

    def farewell(self, logout_token: str) -> Farewell:
        """Read a single sign-out request: it names the ticket, which only the server knows."""
        root = _xml(logout_token.encode())
        ticket = (root.findtext(f"{SAML}SessionIndex") or "").strip()
        if root.tag != f"{SAML}LogoutRequest" or not TICKET.fullmatch(ticket):
            raise ProviderFault("logout request names no ticket")
        return Farewell(self._service.url, ticket, ticket, "")

    def origins(self) -> Collection[str]:
        """Return the server's own origin: its pages are nowhere else."""
        return [origin_of(self._service.url)]

    def look_ahead(self) -> None:
        """Ask nothing: CAS has no discovery."""

    def renew(self, refresh_token: str, subject: str) -> Identity:  # noqa: ARG002 - OpenID's
        """CAS gives nothing that could be renewed."""
        raise ProviderFault("CAS has no refresh tokens")

    def revoke(self, refresh_token: str) -> None:
        """CAS gives nothing that could be revoked."""

    def access(self, token: str, audience: str) -> Access:  # noqa: ARG002 - OpenID's
        """CAS has no access tokens."""
        raise ProviderFault("CAS has no access tokens")

    def _confirmed(self, ticket: str, state: str) -> bytes:
        """Ask CAS 3 for the attributes too, CAS 2 where that is not known."""
        asked = {"service": self._service.address(state), "ticket": ticket}
        for path in ("/p3/serviceValidate", "/serviceValidate"):
            answer = self._outbound.call(
                "GET", self._service.url + path, service=SERVICE, operation="serviceValidate",
                params=asked,
            )  # fmt: skip
            if answer.status == HTTPStatus.OK:
                return answer.body
            if answer.status != HTTPStatus.NOT_FOUND:
                break
        raise ProviderFault("serviceValidate answered", str(answer.status))

    def _claims(self, success: Element) -> dict[str, str]:
        """Keep what may be kept, under our names; what is said twice is in doubt and left out."""
        told = success.find(f"{CAS}attributes")
        said: dict[str, list[str]] = {}
        for one in told if told is not None else ():
            name = one.tag.removeprefix(CAS)
            said.setdefault(name, []).append((one.text or "").strip())
        kept: dict[str, str] = {}
        for name, values in said.items():
            ours = NAMES.get(name, name)
            allowed = ours in KEPT_CLAIMS or ours == self._service.card_claim
            if allowed and len(values) == 1 and 0 < len(values[0]) <= LONGEST_CLAIM:
                kept.setdefault(ours, values[0])
        return kept


def _success_of(body: bytes) -> Element:
    root = _xml(body)
    parts = list(root)
    if root.tag != f"{CAS}serviceResponse" or len(parts) != 1:
        raise ProviderFault("answer is no serviceResponse")
    if parts[0].tag != f"{CAS}authenticationSuccess":
        raise ProviderFault("ticket refused", parts[0].get("code", ""))
    if len(parts[0].findall(f"{CAS}user")) != 1:
        raise ProviderFault("user is missing or said twice")
    return parts[0]


def _xml(body: bytes) -> Element:
    """Parse, without any declaration: no entity, no document type."""
    if b"<!" in body or b"\0" in body:
        raise ProviderFault("XML with declarations")
    try:
        return fromstring(body)  # noqa: S314 - entities need a declaration
    except (ParseError, ValueError, LookupError) as error:
        raise ProviderFault("answer is no XML", str(error)) from error
