"""What nobody sends by mistake, thrown at every address: refused or ignored, never a failure."""

from __future__ import annotations

import re
import sys
from inspect import getsource
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from httpx2 import InvalidURL
from starlette.routing import BaseRoute, Route
from starlette.testclient import TestClient

from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.catalogue.search.index import SearchIndex
from navette.ils.embedded import EmbeddedCirculation
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_web.render import ROOM
from navette_web.routes import routes

LONG = "é" * 600  # longer than any field may be
HOSTILE = (
    "", "\x00", "a\x00b", "-1", "0", "2147483648", "999999999999", "9" * 400, "1.5", "²", "٣", "None", LONG,
    "' OR 1=1 --", "<script>alert(1)</script>", "%", "_", "../../etc/passwd", "{{ 7 * 7 }}",
    "\u202e\ufeff\u200b", "\U0001f4da", "2026-13-45", "20590000012345", "hem", "1",
)  # fmt: skip
# no database has an opinion about these; the others are numbers and letters that one may refuse
PLAIN = {"", "-1", "0", "1.5", "None", "%", "_", "hem", "1", "../../etc/passwd", "{{ 7 * 7 }}",
    "<script>alert(1)</script>", "2026-13-45", "20590000012345", "\u202e\ufeff\u200b", "\U0001f4da"}  # fmt: skip
TEXTS = [
    pytest.param(text, marks=[pytest.mark.one_database] if text in PLAIN else [], id=str(number))
    for number, text in enumerate(HOSTILE)
]
BROKEN_BYTES = ("%ff%fe", "%00", "%c3%28", "%ed%a0%80", "%", "%zz")
NAMED = re.compile(
    r"""(?:text|number|number_or_none|day|number_of|asked|asked_for|query_params\.get)"""
    r"""\((?:request, )?"(\w+)\""""
)
FIELDS = sorted(
    {name for path in ROOM.rglob("*.py") for name in NAMED.findall(path.read_text())}
    | {"apres", "type", "disponible"}
)
BODIES = (
    b"", b"null", b"[]", b"{", b"\xff\xfe", b'{"endpoint": "\\ud800", "keys": {}}', b"[" * 20_000,
    b'{"endpoint": 1, "keys": {"p256dh": "\\u0000", "auth": []}}',
    b'{"endpoint": "https://push.example.org/\\u0000", "keys": {"p256dh": "a", "auth": "b"}}',
)  # fmt: skip
KINDS = (
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data",
    "multipart/form-data; boundary=x", "text/plain; charset=none-such",
    "application/x-www-form-urlencoded; charset=none-such",
)  # fmt: skip

WORST = ("a\x00b", "999999999999")
DOORS = ("/connexion/carte", "/connexion/personnel", "/compte/lier")  # slow on purpose
STAFF = ("/bureau", "/coordination")
LEAVING = ("/compte/appareils", "/deconnexion")
GOOD = {
    "notice": "1", "retrait": "hem", "carte": "20590000012345", "reservation": "1",
    "barcode": "I1", "item": "1", "pret": "1", "lecteur": "1", "appareil": "1",
}  # fmt: skip

pytestmark = pytest.mark.slow


def every_route() -> list[Route]:
    def opened(found: BaseRoute) -> Route:
        assert isinstance(found, Route)
        return found

    return [opened(one) for one in routes()]


READ = [route.path for route in every_route() if "GET" in (route.methods or ())]
CHANGE = [
    (method, route.path)
    for route in every_route()
    for method in ("POST", "DELETE")
    if method in (route.methods or ())
]
READ_BY = {
    route.path: NAMED.findall(getsource(sys.modules[route.endpoint.__module__]))
    for route in every_route()
}
CHANGE.sort(key=lambda change: change[1] in LEAVING)  # last: they end the session


@pytest.fixture
def circulation(unit: Unit, clock: FrozenClock) -> EmbeddedCirculation:
    return EmbeddedCirculation(unit, clock)


@pytest.fixture
def search(unit: Unit, tmp_path: Path) -> SearchIndex:
    return SearchIndex(tmp_path / "no-index", unit)  # answers from the database


@pytest.fixture(params=["nobody", "patron", "agent"])
def visitor(
    request: pytest.FixtureRequest, client: TestClient, unit: Unit, network: Network
) -> TestClient:
    """Somebody of each kind; an error that no page foresees is raised here and fails the test."""
    an_item(unit, a_record(unit), "hem")
    a_patron(unit)
    if request.param != "nobody":
        request.getfixturevalue(request.param)
    return client


@pytest.fixture
def changes(request: pytest.FixtureRequest) -> list[tuple[str, str]]:
    """The addresses that are this visitor's to change; those of others are closed at the door."""
    return [(method, path) for method, path in CHANGE if _opens_to(request, path)]


@pytest.fixture
def reads(request: pytest.FixtureRequest) -> list[str]:
    """The addresses that are this visitor's to read."""
    return [path for path in READ if _opens_to(request, path)]


def _opens_to(request: pytest.FixtureRequest, path: str) -> bool:
    kind = request.node.callspec.params["visitor"]
    return kind == "nobody" or path.startswith(STAFF) == (kind == "agent")


def send(client: TestClient, method: str, path: str, **given: Any) -> None:
    kept = {one.name: one.value or "" for one in client.cookies.jar}
    try:
        status = client.request(method, path, **given).status_code
    except InvalidURL:
        return  # the browser's side refuses to send it
    except Exception as error:
        raise AssertionError((method, path, given)) from error
    assert status < 500, (method, path, given, status)
    client.cookies.update(kept)  # a way out that worked must not end the throwing


def filled(path: str, text: str) -> str:
    return re.sub(r"\{\w+(:path)?\}", text, path)


@pytest.mark.parametrize("text", TEXTS)
def test_no_page_fails_whatever_its_address_says(
    visitor: TestClient, reads: list[str], text: str
) -> None:
    for path in reads:
        where = filled(path, quote(text[:300], safe="") or "x")
        send(visitor, "GET", where, params=dict.fromkeys(FIELDS, text[:300]))
    send(visitor, "GET", "/recherche", params={"q": text})
    send(visitor, "GET", "/suggestions", params={"q": text})


@pytest.mark.parametrize("text", BROKEN_BYTES)
def test_no_page_fails_on_an_address_that_is_no_text(visitor: TestClient, text: str) -> None:
    query = "&".join(f"{name}={text}" for name in FIELDS)
    for path in READ:
        send(visitor, "GET", f"{filled(path, text)}?{query}")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for method, path in CHANGE:
        send(visitor, method, path, content=query.encode(), headers=form)


@pytest.mark.parametrize("text", TEXTS)
def test_no_change_fails_whatever_the_form_says(
    visitor: TestClient, changes: list[tuple[str, str]], text: str
) -> None:
    for method, path in changes:
        send(visitor, method, path, data=dict.fromkeys(FIELDS, text))
        for field in READ_BY[path] if text in WORST and path not in DOORS else ():
            send(visitor, method, path, data=GOOD | {field: text})


@pytest.mark.one_database
@pytest.mark.parametrize("visitor", ["patron", "agent"], indirect=True)
@pytest.mark.parametrize("kind", KINDS)
def test_no_change_fails_on_a_body_of_the_wrong_kind(
    visitor: TestClient, changes: list[tuple[str, str]], kind: str
) -> None:
    for method, path in changes:
        for body in BODIES:
            send(visitor, method, path, content=body, headers={"Content-Type": kind})
        send(visitor, method, path, files=dict.fromkeys(FIELDS, ("a.txt", b"\x00")))


@pytest.mark.parametrize("cookie", [b"\x01", b"x" * 5000, b"\xc3\xa9\xff", b"a.b.c"], ids=range(4))
def test_a_cookie_of_somebodys_own_making_signs_nobody_in(
    client: TestClient, network: Network, cookie: bytes
) -> None:
    for name in (b"navette", b"__Host-navette", b"navette-flow"):
        headers = [(b"cookie", name + b"=" + cookie)]
        assert client.get("/", headers=headers).status_code == 200
        assert client.get("/compte", headers=headers).status_code == 303
