"""The reader's language: chosen on any page, kept with the card, French otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from factories import a_record
from navette.patrons.reading import patron_of
from navette.settings import Settings
from navette_auth.house import House
from navette_web.errors import exception_handlers
from navette_web.routes import routes
from navette_web.speaking import Speaking, accepted

pytestmark = pytest.mark.one_database


def speaking_app(house: House, **settings: Any) -> Starlette:
    changed = replace(house, settings=Settings(**settings))
    app = Starlette(
        routes=routes(),
        exception_handlers=exception_handlers(),
        middleware=[Middleware(Speaking, settings=changed.settings)],
    )
    app.state.house = changed
    return app


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    app = speaking_app(house)
    with TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False) as opened:
        yield opened


def test_french_is_spoken_until_somebody_chooses(client: TestClient) -> None:
    text = client.get("/", headers={"Accept-Language": "nl,en;q=0.8"}).text
    assert '<html lang="fr" dir="ltr">' in text
    assert "une carte." in text


@pytest.mark.parametrize(
    ("code", "lang", "said"),
    [
        ("en", "en", "one card."),
        ("nl", "nl", "één kaart."),
        ("fr-x-falc", "fr-x-falc", "Un titre, un auteur, une idée…"),
    ],
)
def test_the_choice_is_kept_and_leads_back(
    client: TestClient, code: str, lang: str, said: str
) -> None:
    answer = client.post("/langue", data={"langue": code, "next": "/recherche?q=x"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/recherche?q=x")
    text = client.get("/").text
    assert f'<html lang="{lang}" dir="ltr">' in text
    assert said in text


@pytest.mark.parametrize("given", ["tlh", "", "../en"])
def test_a_language_that_we_do_not_speak_is_refused(client: TestClient, given: str) -> None:
    assert client.post("/langue", data={"langue": given}).status_code == 422


def test_nobody_is_led_to_another_site(client: TestClient) -> None:
    answer = client.post("/langue", data={"langue": "en", "next": "//evil.example/"})
    assert answer.headers["location"] == "/"


def test_the_card_remembers_on_a_new_phone(house: House, client: TestClient, patron: int) -> None:
    client.post("/langue", data={"langue": "nl", "next": "/"})
    with house.unit.read() as reader:
        assert patron_of(reader, patron).language == "nl"
    client.cookies.delete("langue")
    assert "Mijn items" in client.get("/reservations").text


def test_a_browser_is_asked_only_where_the_network_allows_it(house: House) -> None:
    app = speaking_app(house, browser_language=True)
    with TestClient(app, base_url="http://127.0.0.1:8000") as opened:
        text = opened.get("/", headers={"Accept-Language": "nl-BE,en;q=0.8"}).text
    assert '<html lang="nl"' in text


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("nl-BE,en;q=0.8", "nl"),
        ("de,en;q=0.1", "en"),
        ("en;q=0,fr", "fr"),
        ("de", None),
        ("x;q=a", None),
    ],
)
def test_the_best_liked_of_our_languages_is_taken(header: str, code: str | None) -> None:
    found = accepted(header)
    assert (found.code if found else None) == code


def test_a_title_in_another_language_than_the_page_says_so(
    house: House, client: TestClient, search: Any
) -> None:
    french = a_record(house.unit, "Le Mage du Kremlin")
    english = a_record(house.unit, "The Philosopher's Stone", languages=["eng"])
    search.hits = [french, english]
    in_french = client.get("/recherche?q=x").text
    client.post("/langue", data={"langue": "en"})
    in_english = client.get("/recherche?q=x").text
    assert f'<a href="/notice/{english}" lang="en">' in in_french
    assert f'<a href="/notice/{french}">' in in_french
    assert f'<a href="/notice/{french}" lang="fr">' in in_english
    assert f'<a href="/notice/{english}">' in in_english
    assert "All on loan for now" in in_english or "Ask at the desk" in in_english


def test_the_mirror_shows_pages_from_right_to_left_in_development(client: TestClient) -> None:
    client.post("/langue", data={"langue": "x-miroir"})
    assert 'dir="rtl"' in client.get("/").text


def test_in_production_there_is_no_mirror(house: House) -> None:
    app = speaking_app(house, env="production", base_url="https://navette.example")
    with TestClient(app, base_url="https://navette.example") as opened:
        assert opened.post("/langue", data={"langue": "x-miroir"}).status_code == 422


def test_colours_that_are_chosen_stand_on_every_page(client: TestClient) -> None:
    assert "data-theme" not in client.get("/").text
    answer = client.post("/reglages/apparence", data={"theme": "dark", "contraste": "more"})
    assert answer.status_code == 303
    for path in ("/", "/bibliotheques", "/nulle-part", "/hors-ligne"):
        assert ' data-theme="dark" data-contrast="more">' in client.get(path).text
    assert '<meta name="theme-color" content="#12161d">' in client.get("/").text
    client.post("/reglages/apparence", data={"theme": "", "contraste": ""})
    assert "data-theme" not in client.get("/").text
