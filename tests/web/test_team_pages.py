"""Pages of the team: appoint, print a badge, lock and take over, read the journal; by role."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from starlette.testclient import TestClient

import navette_web
from factories import a_patron
from fakes import FrozenClock
from navette.ils.views import DeskAnswer
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_auth.badges import give_badge
from navette_auth.house import House
from navette_auth.journal import KINDS, Wanted, looks
from navette_auth.sessions import DESK, FACTOR, Holder, cookie_name, open_session
from navette_auth.staff import add_staff
from navette_web.coordination.words import LOOKS

CARD = "20590000099999"
Enter = Callable[..., int]


@pytest.fixture
def enter(house: House, client: TestClient, network: Network) -> Enter:
    """Sign somebody of the team in, in this role; returns their id."""

    def sign_in(role: str, login: str = "", waits_for: str = "", library: str = "hem") -> int:
        name = login or f"{role}.{library}"
        staff = house.unit.write(
            lambda tx: add_staff(
                tx, house.clock, login=name, name=name.title(), role=role, password_hash="",
                library_id=network.library(library).id,
            )
        )  # fmt: skip
        holder = Holder(staff_id=staff, waits_for=waits_for)
        value = house.unit.write(lambda tx: open_session(tx, house.clock.now(), holder, DESK))
        client.cookies.clear()
        client.cookies.set(cookie_name(house.settings), value)
        return staff

    return sign_in


@pytest.fixture
def sami(unit: Unit, network: Network) -> int:
    return a_patron(
        unit,
        "leers",
        card=CARD,
        first_name="Sami",
        last_name="Durand",
        email="s@example.org",
        name_key="sami durand",
    )


def kinds(unit: Unit) -> list[str]:
    with unit.read() as reader:
        return [line.kind for line in looks(reader, Wanted())]


def test_the_coordinator_appoints_and_hands_a_password_over_once(
    client: TestClient, enter: Enter, body: Callable[..., str]
) -> None:
    enter("coordinator")
    given = {"name": "Zoé", "login": "zoe.leers", "role": "volunteer", "library": "leers"}
    shown = client.post("/coordination/equipe", data=given)
    password = re.search(r'class="one-time secret"[^>]*>([^<]+)<', shown.text)
    assert shown.status_code == 200
    assert password
    entered = client.post(
        "/connexion/personnel", data={"login": "zoe.leers", "password": password[1], "code": ""}
    )
    assert entered.headers["location"] == "/bureau"
    enter("coordinator", login="chef")
    assert password[1] not in body("/coordination/equipe")
    assert client.post("/coordination/equipe", data=given).status_code == 422


@pytest.mark.parametrize("act", ["", "/mot-de-passe", "/badge", "/second-facteur"])
def test_a_head_s_desk_left_open_hands_out_no_access(
    client: TestClient, enter: Enter, unit: Unit, clock: FrozenClock, act: str
) -> None:
    """What lasts asks for a fresh proof: a new password, a badge, a role, a factor taken back."""
    agent = enter("agent", login="zoe")
    enter("head")
    before = unit.write(lambda tx: tx.driver.execute("SELECT * FROM staff ORDER BY id").fetchall())
    for _ in range(3):
        clock.advance(minutes=12)
        client.get("/coordination/equipe")
    form = {"oui": "1", "acte": "donner", "name": "Z", "role": "agent", "active": "1"}
    for path in (f"/coordination/equipe/{agent}{act}", "/coordination/equipe"):
        answer = client.post(path, data=form | {"login": "nouveau"})
        assert answer.headers["location"].startswith("/bureau/compte/confirmer?next="), path
    lost = client.post(f"/coordination/equipe/{agent}/badge", data={"oui": "1", "acte": "retirer"})
    assert lost.headers["location"].endswith("?fait=badge"), "a lost badge is ended at once"
    after = unit.write(lambda tx: tx.driver.execute("SELECT * FROM staff ORDER BY id").fetchall())
    assert [tuple(row) for row in after] == [tuple(row) for row in before]


@pytest.mark.parametrize("path", ["/coordination/equipe", "/coordination/journal"])
@pytest.mark.parametrize("role", ["volunteer", "agent", "head", "driver"])
def test_pages_of_the_network_are_closed_to_the_others(
    client: TestClient, enter: Enter, role: str, path: str
) -> None:
    enter(role)
    allowed = role == "head" and path.endswith("equipe")
    assert client.get(path).status_code == (200 if allowed else 403)


def test_signed_out_the_pages_of_the_network_lead_to_the_teams_door(client: TestClient) -> None:
    answer = client.get("/coordination/journal")
    assert answer.headers["location"].startswith("/connexion/personnel?next=")


def test_a_head_cannot_appoint_a_head(client: TestClient, enter: Enter) -> None:
    enter("head")
    given = {"name": "Zoé", "login": "zoe", "role": "head", "library": "hem"}
    assert client.post("/coordination/equipe", data=given).status_code == 403


def test_what_cannot_be_taken_back_is_confirmed_first(client: TestClient, enter: Enter) -> None:
    agent = enter("agent")
    enter("coordinator")
    for act in ("mot-de-passe", "badge", "second-facteur"):
        path = f"/coordination/equipe/{agent}/{act}"
        assert client.post(path, data={}).status_code == 422
    badge = client.post(f"/coordination/equipe/{agent}/badge", data={"oui": "1", "acte": "donner"})
    assert '<svg class="barcode"' in badge.text
    assert client.post(
        f"/coordination/equipe/{agent}/second-facteur", data={"oui": "1"}
    ).headers["location"].endswith("fait=factor")  # fmt: skip


def test_a_volunteer_knows_people_by_first_name_and_initial(
    client: TestClient, enter: Enter, sami: int, circulation: object, body: Callable[..., str]
) -> None:
    enter("volunteer")
    found = body("/bureau/usagers?q=sami")
    assert "Sami D." in found
    assert "Durand" not in found
    assert client.get(f"/bureau/usagers/{sami}").status_code == 403
    circulation.answers["desk_scan"] = DeskAnswer("opened", "", CARD, sami)  # type: ignore[attr-defined]
    opened = client.post("/bureau/scan", data={"barcode": CARD}).text
    assert "Sami D." in opened
    assert "Durand" not in opened
    assert "s@example.org" not in opened
    assert f"/bureau/usagers/{sami}" not in opened


@pytest.mark.parametrize(
    "path", ["/bureau", "/bureau/prelevements", "/bureau/etagere", "/bureau/transferts"]
)
def test_a_volunteer_has_the_pages_of_a_desk(client: TestClient, enter: Enter, path: str) -> None:
    enter("volunteer")
    page = client.get(path)
    assert page.status_code == 200
    assert "/bureau/appels" not in page.text, "no door that would stay closed"


def test_a_page_of_the_desk_that_nobody_thought_of_is_closed_to_volunteers(
    client: TestClient, enter: Enter, house: House
) -> None:
    from navette_web.shell import _open_to  # noqa: PLC0415 - the rule itself

    assert not _open_to("volunteer", "/bureau/appels")
    assert _open_to("agent", "/bureau/appels")
    assert not _open_to("nobody", "/bureau")


def test_every_look_at_a_reader_is_in_the_journal(
    client: TestClient, enter: Enter, unit: Unit, sami: int, circulation: object,
    body: Callable[..., str],
) -> None:  # fmt: skip
    enter("agent")
    body("/bureau/usagers?q=durand")
    body(f"/bureau/usagers/{sami}")
    client.post(f"/bureau/usagers/{sami}/code", data={"pour": "carte"})
    circulation.answers["desk_scan"] = DeskAnswer("opened", "", CARD, sami)  # type: ignore[attr-defined]
    client.post("/bureau/scan", data={"barcode": CARD})
    assert kinds(unit) == ["card", "code", "opened", "listed"]
    enter("coordinator")
    page = body("/coordination/journal?carte=" + CARD)
    assert "Sami Durand" in page
    assert "Agent.Hem" in page
    assert "« durand »" in page
    assert "Aucune carte" in body("/coordination/journal?carte=20590000000000")
    assert client.post("/coordination/journal").status_code == 405
    assert client.get("/coordination/journal?du=hier").status_code == 422


def test_a_card_that_stays_open_is_one_look_a_minute_whatever_the_form_says(
    client: TestClient, enter: Enter, unit: Unit, sami: int, circulation: object,
    clock: FrozenClock,
) -> None:  # fmt: skip
    enter("agent")
    circulation.answers["desk_scan"] = DeskAnswer("opened", "", CARD, sami)  # type: ignore[attr-defined]
    for _ in range(3):
        given = {"barcode": "I1", "card": CARD, "seen": clock.now().isoformat()}
        client.post("/bureau/scan", data=given)
    assert kinds(unit) == ["card"], "a form that claims an open card is not believed"
    clock.advance(seconds=61)
    client.post("/bureau/scan", data=given | {"seen": clock.now().isoformat()})
    assert kinds(unit) == ["card", "card"]


def test_the_journal_turns_its_pages(
    client: TestClient, enter: Enter, sami: int, body: Callable[..., str]
) -> None:
    enter("agent")
    for _ in range(51):
        body(f"/bureau/usagers/{sami}")
    enter("coordinator")
    first = body("/coordination/journal")
    assert first.count("<tr><td") == 50
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older
    assert body(older[1].replace("&amp;", "&")).count("<tr><td") == 1


def test_a_locked_desk_says_who_was_here_and_a_badge_opens_it(
    client: TestClient, enter: Enter, unit: Unit, clock: FrozenClock, body: Callable[..., str]
) -> None:
    omar = enter("volunteer", login="omar")
    badge = unit.write(lambda tx: give_badge(tx, omar))
    enter("agent", login="nora")
    clock.advance(minutes=16)
    assert client.get("/bureau/etagere").headers["location"].startswith("/connexion/personnel?")
    assert "Nora était ici" in body("/connexion/personnel?next=/bureau/etagere")
    wrong = client.post("/connexion/badge", data={"badge": "2058" + "0" * 24})
    assert wrong.status_code == 401
    given = {"badge": badge, "next": "/bureau/etagere"}
    foreign = client.post(
        "/connexion/badge", data=given, headers={"origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    opened = client.post("/connexion/badge", data=given)
    assert opened.headers["location"] == "/bureau/etagere"
    assert "Omar" in body("/bureau/etagere")


def test_a_badge_in_the_one_field_changes_who_stands_there(
    client: TestClient, enter: Enter, unit: Unit, body: Callable[..., str]
) -> None:
    omar = enter("volunteer", login="omar")
    badge = unit.write(lambda tx: give_badge(tx, omar))
    enter("agent", login="nora")
    htmx = client.post("/bureau/scan", data={"barcode": badge}, headers={"HX-Request": "true"})
    assert htmx.headers["hx-redirect"] == "/bureau"
    assert "Omar" in body("/bureau")


def test_leaving_locks_at_once(client: TestClient, enter: Enter) -> None:
    enter("agent")
    assert client.post("/bureau/verrouiller").status_code == 303
    assert client.get("/bureau").status_code == 303


def test_a_second_factor_that_is_needed_is_set_up_first(
    client: TestClient, enter: Enter, body: Callable[..., str]
) -> None:
    enter("coordinator", waits_for=FACTOR)
    assert client.get("/bureau").headers["location"].startswith("/connexion/personnel?")
    assert client.get("/connexion/personnel").headers["location"].startswith("/bureau/compte")
    page = body("/bureau/compte")
    secret = re.search(r"secret=([A-Z2-7]+)", page)
    assert secret
    assert client.post("/bureau/compte/code", data={"code": "000000"}).status_code == 401
    code = pyotp.TOTP(secret[1]).now()
    assert client.post("/bureau/compte/code", data={"code": code}).headers["location"] == "/bureau"
    assert client.get("/bureau").status_code == 200
    assert "Changer d’appareil" in body("/bureau/compte")


def test_ones_own_password_is_changed_with_the_old_one(
    client: TestClient, enter: Enter, house: House
) -> None:
    enter("coordinator")
    shown = client.post(
        "/coordination/equipe",
        data={"name": "Zoé", "login": "zoe", "role": "agent", "library": "hem"},
    )
    password = re.search(r'class="one-time secret"[^>]*>([^<]+)<', shown.text)
    assert password
    client.post("/connexion/personnel", data={"login": "zoe", "password": password[1]})
    change = {"old": "autre", "new": "horizon-parapluie-tilleul"}
    assert client.post("/bureau/compte/mot-de-passe", data=change).status_code == 401
    change["old"] = password[1]
    weak = client.post("/bureau/compte/mot-de-passe", data=change | {"new": "1234"})
    assert weak.status_code == 422
    assert client.post("/bureau/compte/mot-de-passe", data=change).status_code == 303
    assert client.get("/bureau").status_code == 200, "this browser stays"
    again = {"login": "zoe", "password": change["new"]}
    assert client.post("/connexion/personnel", data=again).status_code == 303


def test_every_look_is_called_by_a_word_of_the_journal() -> None:
    """Pages of others write in it too: a kind without words would stand there as a code."""
    kinds = {
        call.args[2].value
        for path in Path(navette_web.__file__).parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "looked"
        and isinstance(call.args[2], ast.Constant)
    }
    assert kinds
    assert kinds <= set(LOOKS) == set(KINDS)
