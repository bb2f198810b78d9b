"""Every choice on one page: what it is now, and how it is changed; the look of the pages too."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from factories import a_patron
from fakes import FrozenClock
from navette.patrons.reading import patron_of
from navette_auth.house import House
from navette_web.looks import Look, look_named
from pages import Page

pytestmark = pytest.mark.one_database
HERE = "/reglages"


def page_of(client: TestClient) -> Page:
    return Page(client.get(HERE))


def test_one_page_says_every_choice_as_it_is_now(
    client: TestClient, patron: int, circulation: Any
) -> None:
    said = page_of(client).words
    for words in (
        "Où je retire Leers", "Mon rythme Comme elles arrivent", "Langue et lecture Français",
        "Couleurs et contraste Comme le téléphone",
    ):  # fmt: skip
        assert words in said


def test_where_i_collect_is_what_every_page_proposes(
    house: House, client: TestClient, patron: int, circulation: Any
) -> None:
    form = page_of(client).form("Garder ce choix")
    assert form.action == f"{HERE}/retrait"
    told = client.post(form.action, data={"bibliotheque": "lys"}, follow_redirects=True)
    assert "nous proposons cette bibliothèque d’abord" in told.text
    with house.unit.read() as reader:
        mine = patron_of(reader, patron)
    assert mine is not None
    assert mine.usual_library_id not in {None, mine.home_library_id}
    assert "Où je retire Lys" in page_of(client).words


def test_a_choice_sent_again_does_not_put_an_older_one_back(
    house: House, client: TestClient, patron: int, circulation: Any
) -> None:
    for library, key in (("lys", "a"), ("hem", "b"), ("lys", "a")):
        client.post(f"{HERE}/retrait", data={"bibliotheque": library, "cle": key})
    assert "Où je retire Hem" in page_of(client).words
    client.post(f"{HERE}/retrait", data={"bibliotheque": "lys", "cle": "b"})
    assert "Où je retire Lys" in page_of(client).words, "a form filled in anew"


def test_two_taps_make_one_private_address(
    client: TestClient, clock: FrozenClock, patron: int, circulation: Any
) -> None:
    addresses = set()
    for key in ("a", "a", "b"):
        clock.advance(seconds=1)
        client.post("/notifications/calendrier", data={"cle": key, "titres": ""})
        text = client.get("/notifications").text
        addresses.add(text.partition('id="f-calendrier"')[2].partition('value="')[2][:80])
    assert len(addresses) == 2


@pytest.mark.parametrize("page", ["/reglages", "/notifications", "/compte/rythme"])
def test_every_form_of_a_choice_carries_a_key(
    client: TestClient, patron: int, circulation: Any, page: str
) -> None:
    forms = client.get(page).text.partition("<main")[2].partition("</main>")[0].split("<form")[1:]
    looks = ("/langue", "/reglages/apparence")  # of this browser: cookies, no act
    asked = [form for form in forms if not any(f'action="{look}"' in form for look in looks)]
    assert asked
    assert all('name="cle"' in form for form in asked)


def test_a_library_that_is_not_ours_is_refused(
    client: TestClient, patron: int, circulation: Any
) -> None:
    assert client.post(f"{HERE}/retrait", data={"bibliotheque": "lille"}).status_code >= 400


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("/compte/rythme", {"rythme": "2", "ensemble": "non", "vers": "reglages"}),
        ("/notifications", {"premier": "email", "vers": "reglages"}),
    ],
)
def test_a_choice_made_there_comes_back_there(
    client: TestClient, patron: int, circulation: Any, action: str, data: dict[str, str]
) -> None:
    answer = client.post(action, data=data)
    assert answer.headers["Location"].startswith(f"{HERE}?fait=")
    del data["vers"]
    assert not client.post(action, data=data).headers["Location"].startswith(HERE)


def test_anybody_chooses_language_and_colours(client: TestClient) -> None:
    said = page_of(client).words
    assert "Langue et lecture" in said
    assert "Où je retire" not in said
    assert "Entrer avec ma carte" in said


@pytest.mark.parametrize(
    ("text", "look"),
    [
        ("dark.more", Look("dark", "more")), ("light.", Look("light", "")), ("", Look()),
        ('"><script>.x', Look()), (".more", Look("", "more")), ("blue.less", Look()),
    ],
)  # fmt: skip
def test_only_looks_of_ours_are_taken(text: str, look: Look) -> None:
    assert look_named(text) == look


def test_a_desk_chooses_for_who_has_no_phone(
    house: House, client: TestClient, agent: int, circulation: Any
) -> None:
    reader = a_patron(house.unit, "leers", card="20590000067890")
    form = Page(client.get(f"/bureau/usagers/{reader}/messages")).form("Garder ce choix")
    assert client.post(form.action, data={"bibliotheque": "lannoy"}).status_code == 303
    assert client.post(form.action, data={"bibliotheque": "lille"}).status_code == 422
    with house.unit.read() as seen:
        found = patron_of(seen, reader)
    assert found.usual_library_id not in {None, found.home_library_id}
