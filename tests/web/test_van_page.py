"""The page of the van: the round as a line, loading by scan or all at once, without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from fakes import FrozenClock
from navette.errors import (
    AmbiguousBarcode,
    BarcodeCandidate,
    NotFound,
    UnknownBarcode,
    WrongState,
)
from navette.ils.van_views import VanDone, VanRunView
from navette.network.network import Network
from navette_auth.house import House
from navette_auth.passwords import hash_password
from navette_auth.staff import add_staff

PASSWORD = "tilleul-parapluie-horizon"
VAN = "/bureau/navette"
TUESDAY = date(2026, 11, 24)


def words(text: str) -> str:
    seen = text.replace("\u00a0", " ").replace("&nbsp;", " ")
    return re.sub(r"</?span[^>]*>", "", seen)


def test_the_round_is_a_line_of_stops_with_what_to_drop_and_take(
    body: Callable[..., str], agent: int
) -> None:
    text = words(body(VAN))
    assert text.index("Déposer 0 · Prendre 1") < text.index("Déposer 1 · Prendre 0")
    assert "Aujourd’hui · 1 document à bord" in text
    assert 'aria-current="page">Navette</a>' in text


def test_a_tap_on_a_stop_shows_its_list(body: Callable[..., str], agent: int) -> None:
    hem = words(body(f"{VAN}?arret=hem"))
    assert "Le Mage du Kremlin" in hem
    assert "en retard" in hem
    assert "Tout est chargé" in hem
    leers = words(body(f"{VAN}?arret=leers"))
    assert "Brouillard" in leers
    assert "Caisse déposée" in leers
    assert "Tout est chargé" not in leers


def test_the_stop_where_the_van_comes_next_is_open(
    body: Callable[..., str], agent: int, clock: FrozenClock
) -> None:
    assert '<input type="hidden" name="arret" value="hem">' in body(VAN)
    clock.advance(minutes=4 * 60)
    assert '<input type="hidden" name="arret" value="leers">' in body(VAN)


def test_a_scan_loads_one_item_and_can_be_undone(
    client: TestClient, agent: int, circulation: Any
) -> None:
    answer = client.post(f"{VAN}/scan", data={"arret": "hem", "barcode": "I1"})
    text = words(answer.text)
    assert answer.status_code == 200
    assert "À bord" in text
    assert "Annuler le chargement" in text
    asked = dict(circulation.asked)["load_van"]
    assert asked == ("hem", {"barcode": "I1", "item_id": None})
    circulation.answers["load_van"] = VanDone(0, datetime.fromisoformat("2026-11-24T11:00+00:00"))
    again = client.post(f"{VAN}/scan", data={"arret": "hem", "barcode": "I1"}).text
    assert "Déjà à bord" in words(again)
    assert client.get(f"{VAN}/scan").status_code == 200


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (UnknownBarcode("X1"), "Inconnu"),
        (WrongState(state="AVAILABLE", event="load"), "n’attend pas la navette ici"),
        (
            AmbiguousBarcode([BarcodeCandidate(4, "I1", "lys", "Brouillard")]),
            'name="item" value="4"',
        ),
    ],
)
def test_a_refusal_is_an_instruction_at_the_same_stop(
    client: TestClient, agent: int, circulation: Any, refusal: Exception, said: str
) -> None:
    circulation.answers["load_van"] = refusal
    answer = client.post(f"{VAN}/scan", data={"arret": "hem", "barcode": "X1"})
    assert answer.status_code == 200
    assert said in words(answer.text)


def test_everything_is_loaded_after_one_question_and_undone_by_one_button(
    client: TestClient, agent: int, circulation: Any
) -> None:
    asking = words(client.get(f"{VAN}?arret=hem&confirmer=1").text)
    assert "1 document à bord ?" in asking
    assert "Oui, tout à bord" in asking
    answer = client.post(f"{VAN}/charger", data={"arret": "hem"})
    assert answer.status_code == 303
    assert dict(circulation.asked)["load_van"] == ("hem", {"everything": True})
    done = words(client.get(answer.headers["Location"]).text)
    assert "1 document à bord." in done
    assert "Annuler le chargement" in done
    (at,) = parse_qs(urlsplit(answer.headers["Location"]).query)["at"]
    undone = client.post(f"{VAN}/annuler", data={"arret": "hem", "at": at})
    assert dict(circulation.asked)["undo_van"] == ("hem", datetime.fromisoformat(at))
    assert "comme avant" in words(client.get(undone.headers["Location"]).text)


def test_a_crate_put_down_says_that_every_item_still_awaits_its_scan(
    client: TestClient, agent: int, circulation: Any
) -> None:
    answer = client.post(f"{VAN}/deposer", data={"arret": "leers"})
    assert "attend encore son scan" in words(client.get(answer.headers["Location"]).text)
    circulation.answers["put_down"] = VanDone(0, datetime.fromisoformat("2026-11-24T11:00+00:00"))
    again = client.post(f"{VAN}/deposer", data={"arret": "leers"})
    assert "plus rien à faire" in words(client.get(again.headers["Location"]).text)


def test_an_undo_that_comes_too_late_or_makes_no_sense_is_refused(
    client: TestClient, agent: int, circulation: Any
) -> None:
    circulation.answers["undo_van"] = WrongState(state="", event="undo_van")
    at = "2026-11-24T11:00:00+00:00"
    late = client.post(f"{VAN}/annuler", data={"arret": "hem", "at": at})
    assert "plus rien à annuler" in words(late.text)
    for nonsense in ("", "hier", "2026-11-24T11:00:00", "0001-01-01T00:00:00+14:00"):
        answer = client.post(f"{VAN}/annuler", data={"arret": "hem", "at": nonsense})
        assert answer.status_code == 422


@pytest.mark.parametrize(
    "query",
    ["arret=nulle-part", "jour=demain", "fait=x&at=y&n=z", "fait=charge&n=1&at=2026-11-24T11:00Z"],
)
def test_a_strange_address_shows_the_round(
    body: Callable[..., str], agent: int, query: str
) -> None:
    assert "Prendre" in body(f"{VAN}?{query}")


def test_without_a_round_the_page_says_so(
    body: Callable[..., str], agent: int, circulation: Any
) -> None:
    circulation.answers["van_run"] = NotFound()
    assert "Pas de tournée." in body(VAN)
    assert "Pas de tournée." in body(f"{VAN}/manifeste")


def test_a_cancelled_round_and_a_closed_stop_say_why(
    body: Callable[..., str], agent: int, circulation: Any, a_tuesday_round: VanRunView
) -> None:
    first, *others = a_tuesday_round.stops
    shut = replace(first, closed="Travaux", take=[])
    circulation.answers["van_run"] = replace(a_tuesday_round, stops=[shut, *others])
    text = words(body(f"{VAN}?arret=hem"))
    assert "Arrêt fermé" in text
    assert "Travaux" in text
    assert 'name="barcode"' not in text
    circulation.answers["van_run"] = replace(a_tuesday_round, state="cancelled", reason="Verglas")
    text = words(body(VAN))
    assert "Tournée annulée" in text
    assert "Verglas" in text
    assert 'name="barcode"' not in text


def test_the_sheet_for_paper_has_every_stop(body: Callable[..., str], agent: int) -> None:
    text = words(body(f"{VAN}/manifeste?jour=2026-11-24"))
    assert "Le Mage du Kremlin" in text
    assert "Brouillard" in text
    assert "Rien à déposer, rien à prendre." in text


def test_only_the_coordinator_finds_how_to_change_a_round(
    client: TestClient, coordinator: int, circulation: Any
) -> None:
    assert "Annuler la tournée" in client.get(VAN).text
    given = {"jour": "2026-11-24", "raison": "Verglas", "arret": "lys"}
    for act in ("annuler", "fermer", "retablir"):
        answer = client.post(f"{VAN}/tournee", data={**given, "acte": act})
        assert answer.headers["Location"] == f"{VAN}?jour=2026-11-24"
    asked = dict(circulation.asked)
    assert asked["cancel_run"] == (TUESDAY, "Verglas")
    assert asked["close_stop"] == (TUESDAY, "lys", "Verglas")
    assert asked["restore_run"] == TUESDAY
    assert client.post(f"{VAN}/tournee", data={**given, "acte": "x"}).status_code == 422
    assert client.post(f"{VAN}/tournee", data={"acte": "annuler"}).status_code == 422


def test_an_agent_finds_no_such_button(body: Callable[..., str], agent: int) -> None:
    assert "Annuler la tournée" not in body(VAN)


def test_residents_have_no_business_here(client: TestClient, patron: int) -> None:
    assert client.get(VAN).status_code == 403
    assert client.post(f"{VAN}/charger", data={"arret": "hem"}).status_code == 403


def test_the_time_of_an_act_survives_its_trip_through_the_address(
    client: TestClient, agent: int, circulation: Any
) -> None:
    exact = datetime.fromisoformat("2026-11-24T11:00:00.123456+00:00") + timedelta(0)
    circulation.answers["load_van"] = VanDone(3, exact)
    answer = client.post(f"{VAN}/charger", data={"arret": "hem"})
    assert f'value="{exact.isoformat()}"' in client.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    ("role", "wanted", "landed"),
    [
        ("driver", "", VAN),
        ("driver", "/bureau", VAN),
        ("driver", "/confidentialite", "/confidentialite"),
        ("agent", "", "/bureau"),
    ],
)
def test_a_driver_who_signs_in_lands_on_the_round(
    client: TestClient, house: House, network: Network, role: str, wanted: str, landed: str
) -> None:
    kept, library = hash_password(PASSWORD), network.library("lys").id
    house.unit.write(
        lambda tx: add_staff(
            tx, house.clock, login="omar", name="Omar", role=role, library_id=library,
            password_hash=kept,
        )
    )  # fmt: skip
    form = {"login": "omar", "password": PASSWORD, "next": wanted}
    entered = client.post("/connexion/personnel", data=form)
    assert (entered.status_code, entered.headers["Location"]) == (303, landed)
    again = client.get("/connexion/personnel", params={"next": wanted} if wanted else {})
    assert again.headers["Location"] == landed


def test_a_driver_finds_only_the_van_and_never_a_desk(
    client: TestClient, driver: int, body: Callable[..., str]
) -> None:
    text = body(VAN)
    assert "Lecteurs" not in text
    assert 'href="/bureau"' not in text
    assert "Feuille de route" in text
    assert client.post(f"{VAN}/charger", data={"arret": "hem"}).status_code == 303
    for path in ("/bureau", "/bureau/transferts", "/bureau/usagers"):
        assert client.get(path).status_code == 403
