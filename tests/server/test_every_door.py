"""Every page and every form there is: framed by nobody, asked by nobody else, leading nowhere else.

The lists come from the routes themselves: a page that is added is looked at here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

import navette_web
from factories import a_patron
from fakes import FrozenClock
from navette.network.network import Network
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.identities import remember_identity
from navette_auth.passwords import hash_password
from navette_auth.providers import Identity
from navette_auth.sessions import OWN_PHONE, Holder, cookie_name, open_session
from navette_auth.staff import add_staff
from navette_server.app import create_app
from navette_web.routes import routes

HERE, EVIL = "http://127.0.0.1:8000", "https://evil.example"
CARD, PASSWORD = "20590000012345", "tilleul-parapluie-horizon"
HASH = hash_password(PASSWORD)
# Asked by the provider's server, not by a browser with our cookie.
BY_MACHINES = {"/connexion/sso/retour", "/connexion/sso/deconnexion"}
LOCKED_PAGES = re.compile(r"frame-ancestors 'none'")
TEMPLATES = Path(str(navette_web.__file__)).parent / "templates"
FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]+)"|verb\("([^"]+)"')


def paths(method: str) -> list[str]:
    found = {
        route.path
        for route in routes()
        if isinstance(route, Route) and method in (route.methods or set())
    }
    return sorted(found)


def filled(path: str) -> str:
    return re.sub(r"\{\w+(:\w+)?\}", "1", path)


@pytest.fixture
def client(
    unit: Unit, clock: FrozenClock, network: Network, tmp_path: Path
) -> Iterator[TestClient]:
    settings = Settings(data_dir=str(tmp_path), base_url=HERE)
    app = create_app(settings, clock=clock, unit=unit)
    with TestClient(app, base_url=HERE, follow_redirects=False) as opened:
        yield opened


def enter(client: TestClient, unit: Unit, clock: FrozenClock, network: Network, who: str) -> None:
    if who == "patron":
        holder = Holder(patron_id=a_patron(unit, card=CARD, password_hash=HASH))
    elif who == "identity":
        holder = Holder(
            identity_id=unit.write(
                lambda tx: remember_identity(tx, Identity("https://op.example", "m1"), clock.now())
            ).id
        )
    else:
        library = network.library("hem").id
        holder = Holder(
            staff_id=unit.write(
                lambda tx: add_staff(
                    tx, clock, login="tete", name="Nora", role="coordinator", library_id=library,
                    password_hash=HASH,
                )
            )
        )  # fmt: skip
    value = unit.write(lambda tx: open_session(tx, clock.now(), holder, OWN_PHONE))
    client.cookies.set(cookie_name(Settings(base_url=HERE)), value)


def test_every_form_of_a_template_leads_to_a_route_that_takes_it() -> None:
    taken = [re.compile(re.sub(r"\{\w+(:\w+)?\}", "[^/]+", p) + "$") for p in paths("POST")]
    for template in sorted(TEMPLATES.rglob("*.html")):
        for pair in FORM.findall(template.read_text("utf-8")):
            action = next(filter(None, pair)).split("?")[0]
            if "{" in action or not action.startswith("/") or action.endswith("/"):
                continue  # put together in the template, from a variable
            assert any(one.match(action) for one in taken), (template.name, action)


@pytest.mark.parametrize("path", ["/compte/lier", "/compte/identites", "/", "/plus"])
def test_a_page_of_somebody_without_a_card_yet_is_not_kept_either(
    client: TestClient, unit: Unit, clock: FrozenClock, network: Network, path: str
) -> None:
    """Their name and e-mail stand there, as the other library told them."""
    enter(client, unit, clock, network, "identity")
    answer = client.get(path)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


def test_no_page_can_be_framed_and_none_that_is_personal_is_kept(
    client: TestClient, unit: Unit, clock: FrozenClock, network: Network
) -> None:
    enter(client, unit, clock, network, "patron")
    for path in paths("GET"):
        if path.startswith(("/static", "/icons")) or path.endswith(".txt"):
            continue
        answer = client.get(filled(path))
        assert answer.headers["x-frame-options"] == "DENY", path
        assert LOCKED_PAGES.search(answer.headers["content-security-policy"]), path
        if answer.status_code == HTTPStatus.OK and path.startswith(
            ("/compte", "/famille", "/carte", "/reservations", "/prets")
        ):
            assert answer.headers.get("cache-control") == "no-store", path


ELSEWHERE = (
    "https://evil.example", "//evil.example", "/\\evil.example",
    "javascript:alert(1)", "/connexion/../..//evil.example", "\t//evil.example",
)  # fmt: skip


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_no_door_leads_to_another_site(
    client: TestClient, unit: Unit, clock: FrozenClock, network: Network, wanted: str
) -> None:
    a_patron(unit, card=CARD, password_hash=HASH)
    page = client.get("/connexion", params={"next": wanted})
    kept = re.findall(r'name="next" value="([^"]*)"', page.text)
    assert kept
    assert all(_ours(one) for one in kept)
    form = {"card": CARD, "password": PASSWORD, "next": wanted}
    answer = client.post("/connexion/carte", data=form)
    assert answer.status_code == 303
    assert _ours(answer.headers["location"]), answer.headers["location"]
    again = client.get("/connexion", params={"next": wanted})
    assert _ours(again.headers["location"])


def _ours(location: str) -> bool:
    bent = location.replace("\\", "/").strip()
    return bent.startswith("/") and not bent.startswith("//") and "evil" not in bent.split("?")[0]
