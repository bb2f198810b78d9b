"""My family: one phone for the children, nobody's name shown to another, codes and choices."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from starlette.testclient import TestClient

from factories import a_child, a_patron
from navette.network.network import Network
from navette.patrons.families import links_of
from navette.patrons.reading import may_act_for
from navette.storage.unit import Unit
from navette_auth.house import House
from navette_auth.sessions import OWN_PHONE, Holder, cookie_name, open_session

Body = Callable[..., str]
CODE = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b")


def enter(house: House, client: TestClient, patron: int) -> None:
    now = house.clock.now()
    value = house.unit.write(lambda tx: open_session(tx, now, Holder(patron_id=patron), OWN_PHONE))
    client.cookies.clear()
    client.cookies.set(cookie_name(house.settings), value)


def test_the_page_names_each_child_and_what_can_be_done(
    patron: int, unit: Unit, body: Body
) -> None:
    lina = a_child(unit, patron, first_name="Lina")
    page = body("/famille")
    assert "Lina" in page
    assert f"/carte?enfant={lina}" in page
    assert "Quelqu’un vient pour moi" in page


def test_without_children_it_says_what_to_do(patron: int, body: Body) -> None:
    page = body("/famille")
    assert "L’accueil ajoute la carte d’un enfant" in page


def test_two_parents_never_meet_by_name(
    patron: int, unit: Unit, house: House, client: TestClient, body: Body
) -> None:
    lina = a_child(unit, patron, first_name="Lina")
    father = a_patron(unit, first_name="Marc", email="marc@example.org", card="20590000055555")
    made = client.post("/famille/inviter", data={"enfant": lina})
    code = CODE.findall(made.text)[0]
    number = re.search(r"le nombre (\d{3})", made.text)
    assert number is not None
    enter(house, client, father)
    assert (
        client.post("/famille/repondre", data={"code": code.lower()})
        .headers["location"]
        .endswith("reponse")
    )
    his = body("/famille")
    assert number[1] in his
    assert "Emma" not in his
    assert "Lina" not in his, "nothing of the child before it is confirmed"
    enter(house, client, patron)
    hers = body("/famille")
    assert "Marc" not in hers
    assert "marc@" not in hers
    assert "20590000055555" not in hers.replace(" ", "")
    invitation = re.search(r'name="invitation" value="(\d+)"', hers)
    assert invitation is not None
    client.post("/famille/invitation", data={"invitation": invitation[1], "geste": "confirmer"})
    with unit.read() as reader:
        assert may_act_for(reader, father, lina, date(2026, 11, 24))
    assert "Marc" not in body("/famille")


def test_an_unknown_code_is_slowed(patron: int, client: TestClient) -> None:
    answers = [client.post("/famille/repondre", data={"code": "K7M4-PQ2X"}) for _ in range(7)]
    assert answers[0].headers["location"] == "/famille?fait=code-inconnu"
    assert answers[-1].status_code == 429


def test_a_teenager_masks_titles_alone(
    unit: Unit, house: House, client: TestClient, body: Body, network: Network, patron: int
) -> None:
    teen = a_child(unit, patron, birth_year=2010, category="young", first_name="Sami")
    assert "ses titres ne s’affichent pas" in body("/famille")
    client.post("/famille/titres", data={"titres": "montrer", "enfant": teen})
    assert "ses titres ne s’affichent pas" in body("/famille"), "no parent decides it"
    enter(house, client, teen)
    assert "sans les titres" in body("/famille")
    client.post("/famille/titres", data={"titres": "montrer"})
    enter(house, client, patron)
    assert "ses titres ne s’affichent pas" not in body("/famille")


def test_a_child_asks_and_sees_who_follows_the_card(
    unit: Unit, house: House, client: TestClient, body: Body, patron: int
) -> None:
    child = a_child(unit, patron, first_name="Zoé")
    enter(house, client, child)
    assert "Demander l’accord" in body("/famille")
    client.post("/famille/accord", data={"quoi": "push"})
    assert "En attente de l’autre réponse" in body("/famille")
    assert "Emma" in body("/famille")
    enter(house, client, patron)
    assert "Votre accord est demandé" in body("/famille")
    client.post("/famille/accord", data={"quoi": "push", "enfant": child})
    assert "C’est d’accord." in body("/famille")


def test_a_code_for_somebody_who_comes_is_shown_once_and_can_be_taken_back(
    patron: int, client: TestClient, body: Body
) -> None:
    made = client.post("/famille/retrait", data={})
    assert made.headers["cache-control"] == "no-store"
    assert len(CODE.findall(made.text)) == 1
    page = body("/famille")
    assert not CODE.findall(page)
    assert "Un code sert jusqu’au" in page
    client.post("/famille/retrait/annuler", data={})
    assert "Un code sert jusqu’au" not in body("/famille")


def test_another_s_child_is_no_child(patron: int, unit: Unit, client: TestClient) -> None:
    other = a_child(unit, a_patron(unit))
    for path, form in (
        ("/famille/retrait", {}), ("/famille/inviter", {}), ("/famille/accord", {"quoi": "push"}),
    ):  # fmt: skip
        assert client.post(path, data={"enfant": other, **form}).status_code == 404, path


def test_the_desk_makes_and_ends_a_link_at_once(
    agent: int, unit: Unit, client: TestClient, body: Body, network: Network
) -> None:
    parent = a_patron(unit, card="20590000055555", first_name="Marc")
    child = a_patron(unit, category="child", birth_year=2018, first_name="Lina")
    place, today = f"/bureau/usagers/{child}/famille", house_day()
    assert client.post(f"{place}/lien", data={"carte": "20590000055555"}).status_code == 303
    assert "Marc" in body(place)
    with unit.read() as reader:
        (link,) = links_of(reader, child, today)
    stranger = a_patron(unit)
    other = f"/bureau/usagers/{stranger}/famille/fin"
    assert client.post(other, data={"lien": link.id}).status_code == 404
    assert client.post(f"{place}/fin", data={"lien": link.id}).status_code == 303
    with unit.read() as reader:
        assert not may_act_for(reader, parent, child, today)


def test_the_desk_keeps_an_agreement_a_birthday_and_prints_a_code(
    agent: int, unit: Unit, client: TestClient, body: Body
) -> None:
    parent = a_patron(unit, first_name="Marc")
    child = a_child(unit, parent, first_name="Lina")
    place = f"/bureau/usagers/{child}/famille"
    client.post(f"{place}/accord", data={"quoi": "push", "responsable": parent})
    assert "C’est d’accord." in body(place)
    client.post(f"{place}/naissance", data={"naissance": "2016-05-04"})
    assert "4 mai 2034" in body(place)
    assert client.post(f"{place}/naissance", data={"naissance": "2034-05-04"}).status_code == 422
    assert CODE.findall(client.post(f"{place}/retrait", data={}).text)


def test_a_driver_sees_no_family(driver: int, unit: Unit, client: TestClient) -> None:
    assert client.get(f"/bureau/usagers/{a_patron(unit)}/famille").status_code == 403


def house_day() -> date:
    return date(2026, 11, 24)
