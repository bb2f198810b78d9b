"""CAS behind the same interface: the ticket serves once, in the browser that left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from arriving import who
from empty_house import empty_house
from fake_cas import (
    CAS_URL,
    OUR_URL,
    SERVICE,
    FakeCas,
    document,
    failure,
    logout_request,
    success,
)
from fakes import FrozenClock
from navette.errors import SignInRefused, Unavailable
from navette.network.network import Network
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.cas import CasProvider
from navette_auth.configured import configured_provider
from navette_auth.flows import Arrival, SignIn
from navette_auth.oidc import OpenIdProvider
from navette_auth.opaque import fresh
from navette_auth.opening import Caller
from navette_auth.providers import ProviderFault
from navette_web.errors import exception_handlers
from navette_web.routes import routes

CARD, PASSWORD = "20590000012345", "tilleul-parapluie-horizon"


@pytest.fixture
def cas() -> FakeCas:
    return FakeCas()


@pytest.fixture
def doors(cas: FakeCas, unit: Unit, clock: FrozenClock, network: Network) -> SignIn:
    settings = Settings(base_url=OUR_URL, cas_url=CAS_URL)
    return SignIn(settings, unit, clock, cas.provider())


def _query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def _arrive(cas: FakeCas, doors: SignIn, caller: Caller, **changed: str) -> Arrival:
    browser = fresh()
    left = doors.leave("/numerique", browser)
    return doors.come_back(caller, _query(cas.login(left.address)) | changed, browser)


def test_a_ticket_becomes_an_identity_with_the_claims_we_keep(cas: FakeCas) -> None:
    provider = cas.provider()
    departure = provider.begin()
    assert departure.address.startswith(f"{CAS_URL}/login?service=https%3A%2F%2Fnavette")
    back = cas.login(departure.address)
    assert back.startswith(f"{OUR_URL}/connexion/sso/retour?state={departure.state}&ticket=ST-")
    known = provider.finish(_query(back), "", "")
    assert (known.issuer, known.subject) == (CAS_URL, "mel-1")
    assert known.claims == {
        "given_name": "Alice",
        "family_name": "Dubois",
        "email": "a@example.org",
    }
    assert known.sid == _query(back)["ticket"]


def test_a_server_that_only_speaks_cas_2_is_understood(cas: FakeCas) -> None:
    cas.version = 2
    provider = cas.provider()
    known = provider.finish(_query(cas.login(provider.begin().address)), "", "")
    assert (known.subject, known.claims) == ("mel-1", {})
    assert cas.asked == ["/cas/p3/serviceValidate", "/cas/serviceValidate"]


def test_the_card_s_attribute_is_kept_when_it_is_said_once(cas: FakeCas) -> None:
    provider = cas.provider()
    cas.attributes |= {"library_card_number": CARD}
    known = provider.finish(_query(cas.login(provider.begin().address)), "", "")
    assert known.claims["library_card_number"] == CARD
    twice = f"<cas:library_card_number>{CARD}</cas:library_card_number>" * 2
    cas.answer = lambda: document(
        "<cas:authenticationSuccess><cas:user>mel-1</cas:user>"
        f"<cas:attributes>{twice}</cas:attributes></cas:authenticationSuccess>"
    )
    known = provider.finish(_query(cas.login(provider.begin().address)), "", "")
    assert "library_card_number" not in known.claims


def test_sign_in_link_and_sign_out(cas: FakeCas, doors: SignIn, caller: Caller, alice: int) -> None:
    arrival = _arrive(cas, doors, caller)
    assert not arrival.has_card
    session = doors.link_card(caller, who(doors, arrival.session), CARD, PASSWORD)
    assert _arrive(cas, doors, caller).has_card
    address = doors.sign_out(who(doors, session))
    assert address == f"{CAS_URL}/logout?service=https%3A%2F%2Fnavette.example.org%2F"
    assert not who(doors, session).signed_in


def test_a_ticket_serves_once_and_in_its_own_browser(
    cas: FakeCas, doors: SignIn, caller: Caller
) -> None:
    mine, theirs = fresh(), fresh()
    back = _query(cas.login(doors.leave("/", mine).address))
    with pytest.raises(SignInRefused, match="again"):
        doors.come_back(caller, back, theirs)
    assert doors.come_back(caller, back, mine)
    with pytest.raises(SignInRefused, match="again"):
        doors.come_back(caller, back, mine)


def test_a_ticket_of_another_sign_in_is_refused(
    cas: FakeCas, doors: SignIn, caller: Caller
) -> None:
    stolen = _query(cas.login(doors.leave("/", fresh()).address))["ticket"]
    with pytest.raises(SignInRefused, match="provider"):
        _arrive(cas, doors, caller, ticket=stolen)


@pytest.mark.parametrize(
    "ticket", ["PT-1-abcdefghij", "ST-", "ST-../../x?y", "ST-" + "a" * 300, "é"]
)
def test_what_is_no_ticket_is_never_sent_on(
    cas: FakeCas, doors: SignIn, caller: Caller, ticket: str
) -> None:
    with pytest.raises(SignInRefused, match="provider"):
        _arrive(cas, doors, caller, ticket=ticket)
    assert cas.asked == []


def test_coming_back_without_a_ticket_is_having_stopped(
    cas: FakeCas, doors: SignIn, caller: Caller
) -> None:
    with pytest.raises(SignInRefused, match="cancelled"):
        _arrive(cas, doors, caller, ticket="")


SUCCESS = "<cas:authenticationSuccess><cas:user>mel-1</cas:user>{}</cas:authenticationSuccess>"
ENTITY = (
    b'<!DOCTYPE x [<!ENTITY a "mel-1">]><cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">'
    b"<cas:authenticationSuccess><cas:user>&a;</cas:user></cas:authenticationSuccess>"
    b"</cas:serviceResponse>"
)
FAULTS: dict[str, Callable[[], httpx2.Response]] = {
    "refused": failure,
    "refused and accepted": lambda: document(SUCCESS.format("") * 2),
    "no user": lambda: success("", {}),
    "a user of spaces": lambda: success("  ", {}),
    "a user with a line break inside": lambda: success("a\nb", {}),
    "an endless user": lambda: success("a" * 300, {}),
    "two users": lambda: document(SUCCESS.format("<cas:user>mel-2</cas:user>")),
    "proxied": lambda: document(SUCCESS.format("<cas:proxies/>")),
    "empty": lambda: httpx2.Response(200, content=b""),
    "no XML": lambda: httpx2.Response(200, content=b"yes\nmel-1\n"),
    "another document": lambda: httpx2.Response(200, content=b"<html/>"),
    "without its namespace": lambda: httpx2.Response(
        200, content=b"<serviceResponse><authenticationSuccess><user>a</user>"
        b"</authenticationSuccess></serviceResponse>",
    ),
    "entities": lambda: httpx2.Response(200, content=ENTITY),
    "entities in UTF-16": lambda: httpx2.Response(200, content=ENTITY.decode().encode("utf-16")),
    "an unknown encoding": lambda: httpx2.Response(
        200, content=b'<?xml version="1.0" encoding="x-y"?><a/>'
    ),
    "a redirection": lambda: httpx2.Response(302, headers={"location": "https://evil.example"}),
    "forbidden": lambda: httpx2.Response(403),
    "not found": lambda: httpx2.Response(404),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_that_cannot_be_believed_lets_nobody_in(
    cas: FakeCas, doors: SignIn, caller: Caller, fault: str
) -> None:
    cas.answer = FAULTS[fault]
    with pytest.raises(SignInRefused, match="provider"):
        _arrive(cas, doors, caller)


def test_a_server_that_is_down_is_unavailable(cas: FakeCas, doors: SignIn, caller: Caller) -> None:
    cas.answer = lambda: httpx2.Response(503)
    with pytest.raises(Unavailable):
        _arrive(cas, doors, caller)


def test_a_sign_out_at_the_server_ends_the_session_of_its_ticket(
    cas: FakeCas, doors: SignIn, caller: Caller
) -> None:
    one, other = _arrive(cas, doors, caller), _arrive(cas, doors, caller)
    first = "ST-1-abcdefghij-cas.example.org"
    assert doors.farewell(logout_request(first)) == 1
    assert not who(doors, one.session).signed_in
    assert who(doors, other.session).signed_in
    with pytest.raises(SignInRefused):
        doors.farewell(logout_request(first))


@pytest.mark.parametrize(
    "told",
    ["", "x", "<a/>", logout_request("x"), "<!DOCTYPE a>" + logout_request("ST-1-abcdefghij")],
)
def test_a_sign_out_that_names_no_ticket_is_refused(cas: FakeCas, told: str) -> None:
    with pytest.raises(ProviderFault):
        cas.provider().farewell(told)


@pytest.fixture
def site(cas: FakeCas, doors: SignIn) -> Iterator[TestClient]:
    """A browser at our pages, with this server behind them."""
    app = Starlette(routes=routes(), exception_handlers=exception_handlers())
    settings = replace(doors.settings, base_url="http://testserver")
    service = replace(SERVICE, base_url="http://testserver")
    app.state.house = empty_house(replace(doors, settings=settings, provider=cas.provider(service)))
    with TestClient(app) as browser:
        yield browser


def _through(site: TestClient, cas: FakeCas, **changed: str) -> httpx2.Response:
    left = site.get("/connexion/sso?next=/compte/identites", follow_redirects=False)
    back = _query(cas.login(left.headers["location"])) | changed
    return site.get("/connexion/sso/retour", params=back)


AWAY: dict[str, Callable[[], httpx2.Response]] = {
    "down": lambda: httpx2.Response(503),
    "broken": lambda: httpx2.Response(500, content=b"oops"),
}


def test_every_fault_ends_signed_out_logged_and_calm_on_the_page(
    site: TestClient, cas: FakeCas, caplog: pytest.LogCaptureFixture
) -> None:
    for name, lie in (FAULTS | AWAY).items():
        cas.answer, cas.tickets = lie, {}
        caplog.clear()
        page = _through(site, cas)
        assert page.status_code == (503 if name in AWAY else 401), name
        assert "entrez avec votre carte" in page.text, name
        assert "Numéro de carte" in page.text, "the card remains"
        assert "mel-1" not in page.text
        assert site.get("/compte/identites").url.path == "/connexion", name
        assert name in AWAY or "provider not believed" in caplog.text, name
    cas.answer = None
    assert _through(site, cas).url.path == "/compte/lier", "an honest one is let in afterwards"


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "x" * 43}, {"state": ""}, {"ticket": "PT-1-abcdefghij"}, {"ticket": "ST-\u00e9"},
        {"ticket": "ST-9-somebody-elses-ticket"}, {"ticket": ""},
    ],
    ids=str,
)  # fmt: skip
def test_an_answer_that_was_tampered_with_lets_nobody_in(
    site: TestClient, cas: FakeCas, changed: dict[str, str]
) -> None:
    assert _through(site, cas, **changed).status_code == 401
    assert site.get("/compte/identites").url.path == "/connexion"


def test_the_pages_walk_through_cas(site: TestClient, cas: FakeCas, alice: int) -> None:
    assert "Avec la bibliothèque numérique" in site.get("/connexion").text
    left = site.get("/connexion/sso?next=/numerique", follow_redirects=False)
    back = cas.login(left.headers["location"])
    assert site.get(back).url.path == "/compte/lier"
    assert TestClient(site.app).get(back).status_code == 401, "once, and in this browser"
    ticket = "ST-1-abcdefghij-cas.example.org"
    told = urlencode({"logoutRequest": logout_request(ticket)})
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for status in (200, 400):  # the second time it was said before
        answer = site.post("/connexion/sso/retour?state=x", content=told, headers=headers)
        assert answer.status_code == status
    assert site.get("/compte/lier").url.path == "/connexion"


def test_the_setting_chooses_the_language() -> None:
    assert configured_provider(Settings()) is None
    openid = configured_provider(Settings(oidc_issuer="https://sso.example.org"))
    assert isinstance(openid, OpenIdProvider)
    assert isinstance(configured_provider(Settings(cas_url=CAS_URL)), CasProvider)
