"""Every page of the team with every role: the list comes from the routes, the rule stands here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from factories import a_patron
from fakes import FrozenClock
from navette.ils.roles import ROLES
from navette.network.network import Network
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.sessions import DESK, FACTOR, LOCK, Holder, cookie_name, open_session
from navette_auth.staff import add_staff
from navette_server.app import create_app
from navette_web.routes import routes

pytestmark = pytest.mark.slow
BASE = "http://127.0.0.1:8000"
EVERYBODY = frozenset(ROLES)
READERS = frozenset({"agent", "head", "coordinator"})
OF_A_DESK = frozenset({
    "/bureau", "/bureau/scan", "/bureau/annuler", "/bureau/prelevements",
    "/bureau/prelevements/introuvable", "/bureau/etagere", "/bureau/transferts",
    "/bureau/usagers", "/bureau/retrait", "/bureau/retrait/remettre",
})  # fmt: skip
OWN = ("/bureau/compte", "/bureau/verrouiller")
PAGES = sorted(
    {
        (method, route.path)
        for route in routes()
        if isinstance(route, Route) and route.path.startswith(("/bureau", "/coordination"))
        for method in (route.methods or set()) - {"HEAD"}
    }
)
# forms whose fields must be right before anybody is refused
FORMS = {"/bureau/navette/tournee": {"jour": "2026-11-26", "acte": "retablir"}}


def open_to(path: str) -> frozenset[str]:
    """Say who of the team may open this: the rule, written once more and by hand."""
    if path == "/bureau/navette/tournee":
        return frozenset({"coordinator"})
    if path.startswith(("/bureau/navette", *OWN)):
        return EVERYBODY
    if path in OF_A_DESK:
        return READERS | {"volunteer"}
    if path.startswith("/coordination/equipe"):
        return frozenset({"head", "coordinator"})
    return READERS if path.startswith("/bureau") else frozenset({"coordinator"})


class Visiting:
    def __init__(
        self, client: TestClient, unit: Unit, clock: FrozenClock, network: Network
    ) -> None:
        self.client, self.unit, self.clock, self.network = client, unit, clock, network
        self.patron = a_patron(unit)
        self.sessions: dict[Holder, str] = {}

    def member(self, role: str) -> int:
        library = self.network.library("hem").id
        return self.unit.write(
            lambda tx: add_staff(
                tx, self.clock, login=role, name=role, role=role, library_id=library,
                password_hash="",
            )
        )  # fmt: skip

    def ask(self, holder: Holder | None, method: str, path: str) -> tuple[int, str]:
        self.client.cookies.clear()
        if holder is not None:
            self.client.cookies.set(cookie_name(Settings()), self.session_of(holder))
        there = re.sub(r"{\w+(:\w+)?}", str(self.patron), path)
        given = FORMS.get(path, {}) if method == "POST" else None
        answer = self.client.request(method, there, data=given)
        if path.endswith("/verrouiller"):
            self.sessions.clear()
        return answer.status_code, answer.headers.get("location", "")

    def session_of(self, holder: Holder) -> str:
        if holder not in self.sessions:
            now = self.clock.now()
            opened = self.unit.write(lambda tx: open_session(tx, now, holder, DESK))
            self.sessions[holder] = opened
        return self.sessions[holder]

    def looks(self) -> int:
        count = self.unit.write(
            lambda tx: tx.driver.execute("SELECT count(*) FROM staff_look").fetchone()
        )
        return int(count[0])


@pytest.fixture
def visiting(
    unit: Unit, clock: FrozenClock, network: Network, tmp_path: Path
) -> Iterator[Visiting]:
    app = create_app(Settings(data_dir=str(tmp_path)), clock=clock, unit=unit)
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        yield Visiting(client, unit, clock, network)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_pages_and_no_other(visiting: Visiting, role: str) -> None:
    holder = Holder(staff_id=visiting.member(role))
    assert len(PAGES) > 90
    for method, path in PAGES:
        before = visiting.looks() if "{patron}" in path else 0
        status, _there = visiting.ask(holder, method, path)
        assert (status != 403) == (role in open_to(path)), (role, method, path, status)
        if "{patron}" in path and status < 400:
            assert visiting.looks() > before, (method, path, "no line in the journal")


def test_who_is_not_of_the_team_opens_none(visiting: Visiting) -> None:
    staff = visiting.member("coordinator")
    waiting = [Holder(staff_id=staff, waits_for=what) for what in (LOCK, FACTOR)]
    for method, path in PAGES:
        status, _there = visiting.ask(Holder(patron_id=visiting.patron), method, path)
        assert status in {303, 403}, (method, path)
        for holder in (None, *waiting):
            if holder is not None and path.startswith(OWN):
                continue  # where a second factor is set up, and where one locks
            status, there = visiting.ask(holder, method, path)
            assert (status, there.split("?")[0]) == (303, "/connexion/personnel"), (method, path)
    assert visiting.looks() == 0


@pytest.mark.parametrize("waits_for", [LOCK, FACTOR])
def test_a_desk_that_waits_opens_nothing_of_one_s_own_but_the_factor(
    visiting: Visiting, waits_for: str
) -> None:
    holder = Holder(staff_id=visiting.member("coordinator"), waits_for=waits_for)
    opened = {
        path
        for method, path in PAGES
        if path.startswith(OWN[0]) and visiting.ask(holder, method, path)[0] in {200, 201}
    }
    wanted = {"/bureau/compte", "/bureau/compte/code"} if waits_for == FACTOR else set()
    assert opened == wanted
