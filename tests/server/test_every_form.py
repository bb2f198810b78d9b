"""Every form of every page: another site cannot send it, and no page can be framed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from factories import a_patron
from fakes import FrozenClock
from navette.network.network import Network
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.sessions import DESK, OWN_PHONE, Holder, cookie_name, open_session
from navette_auth.staff import add_staff
from navette_server.app import create_app
from navette_web.routes import routes

pytestmark = pytest.mark.slow
SETTINGS = Settings(oidc_issuer="http://127.0.0.1:8001")
# a token proves these, no cookie does: other machines send them
BY_TOKEN = {"/connexion/sso/retour", "/connexion/sso/deconnexion", "/eligibilite"}
FOREIGN = ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"})
CHANGES = sorted(
    {
        (method, re.sub(r"{\w+(:path)?}", "1", route.path))
        for route in routes()
        if isinstance(route, Route)
        for method in (route.methods or ()) - {"GET", "HEAD"}
    }
)
DOORS = [
    path
    for _, path in CHANGES
    if path.startswith(("/connexion/", "/inscription")) and path not in BY_TOKEN
]


@pytest.fixture
def site(unit: Unit, clock: FrozenClock, network: Network, tmp_path: Path) -> Iterator[TestClient]:
    app = create_app(
        Settings(data_dir=str(tmp_path), oidc_issuer=SETTINGS.oidc_issuer), clock=clock, unit=unit
    )
    with TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False) as client:
        yield client


def signed_in(site: TestClient, unit: Unit, clock: FrozenClock, holder: Holder) -> None:
    limits = DESK if holder.staff_id else OWN_PHONE
    value = unit.write(lambda tx: open_session(tx, clock.now(), holder, limits))
    site.cookies.set(cookie_name(SETTINGS), value)


def test_there_are_forms_to_look_at() -> None:
    assert len(CHANGES) > 30
    assert {"/connexion/carte", "/connexion/personnel", "/connexion/badge"} <= set(DOORS)


def test_no_form_is_taken_from_another_site(
    site: TestClient, unit: Unit, clock: FrozenClock
) -> None:
    signed_in(site, unit, clock, Holder(patron_id=a_patron(unit)))
    passed = [
        (method, path)
        for method, path in [*CHANGES, ("POST", "/graphql")]
        for headers in FOREIGN
        if site.request(method, path, data={}, headers=headers).status_code != 403
    ]
    assert passed == []


def test_no_form_of_the_team_is_taken_from_another_site(
    site: TestClient, unit: Unit, clock: FrozenClock, network: Network
) -> None:
    staff = unit.write(
        lambda tx: add_staff(
            tx, clock, login="chef", name="Chef", role="coordinator", password_hash="",
            library_id=network.library("hem").id,
        )
    )  # fmt: skip
    signed_in(site, unit, clock, Holder(staff_id=staff))
    team = [each for each in CHANGES if each[1].startswith(("/bureau", "/coordination"))]
    assert team
    for method, path in team:
        answer = site.request(method, path, data={}, headers={"origin": "https://evil.example"})
        assert answer.status_code == 403, path


@pytest.mark.parametrize("path", DOORS)
def test_nobody_is_signed_in_as_somebody_else_by_another_site(site: TestClient, path: str) -> None:
    """Without any cookie too: a foreign form could sign a visitor in with the attacker's card."""
    for headers in FOREIGN:
        assert site.post(path, data={}, headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/", "/connexion", "/connexion/personnel", "/numerique", "/rien"])
def test_no_page_can_be_framed(site: TestClient, path: str) -> None:
    headers = site.get(path).headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
