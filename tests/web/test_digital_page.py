"""/numerique: what opens, why not, what leaves us; titles of feeds, searched and paged."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from factories import a_record
from fakes import FrozenClock
from navette.eresources.harvesting import harvest
from navette.eresources.opds import FeedPage, Publication
from navette.network.tables import NetworkFact
from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.unit import Unit

OFFERS = [
    {
        "code": "kiosque", "name": "Le Kiosque", "kind": "presse", "description": "Journaux.",
        "url": "https://presse.example/?lib={library}", "audience": "all", "sends": ["library"],
    },
    {
        "code": "cine", "name": "Ciné", "kind": "cinéma", "description": "Films.",
        "url": "https://cine.example/", "audience": "adult", "opening": "tab",
    },
]  # fmt: skip


@pytest.fixture(autouse=True)
def offers(unit: Unit, house: Any) -> None:
    fact = table(NetworkFact)
    unit.write(
        lambda tx: tx.execute(update(fact).where(fact.c.name == "eresources").values(value=OFFERS))
    )
    house.extras.clear()


def change(unit: Unit, patron: int, **values: Any) -> None:
    row = table(Patron)
    unit.write(lambda tx: tx.execute(update(row).where(row.c.id == patron).values(**values)))


def test_a_valid_card_opens_and_only_what_is_said_leaves(
    patron: int, body: Callable[..., str]
) -> None:
    page = body("/numerique")
    assert 'href="https://presse.example/?lib=leers"' in page
    assert "Part avec vous : votre bibliothèque d’inscription. Rien d’autre." in page
    assert "Rien de vous ne part d’ici." in page
    assert 'href="x-safari-https://cine.example/"' in page
    assert 'target="_blank"' in page


def test_signed_out_nothing_opens(client: TestClient, body: Callable[..., str]) -> None:
    page = body("/numerique")
    assert "presse.example" not in page
    assert "S’ouvre avec votre carte." in page


def test_an_ended_registration_is_told_why(
    patron: int, unit: Unit, body: Callable[..., str]
) -> None:
    change(unit, patron, valid_until=date(2026, 11, 1))
    page = body("/numerique")
    assert "presse.example" not in page
    assert "Votre inscription a pris fin le 1er novembre 2026." in page


def test_films_for_adults_stay_closed_for_the_young(
    patron: int, unit: Unit, body: Callable[..., str]
) -> None:
    change(unit, patron, birth_year=2012)
    page = body("/numerique")
    assert "cine.example" not in page
    assert "Pour les adultes." in page


def test_titles_of_feeds_are_searched_and_paged(
    unit: Unit, clock: FrozenClock, body: Callable[..., str]
) -> None:
    made = [
        Publication(f"x:{n}", f"Roman {n}", ["Colette"], "e-book", "fr", "", "", "", f"https://l.example/{n}", "")
        for n in range(30)
    ]  # fmt: skip
    harvest(unit, "f", iter([FeedPage(made, (), "", 30)]), clock.now())
    first = body("/numerique")
    assert first.count("https://l.example/") == 24
    older = re.search(r'href="(/numerique\?apres=\d+)"', first)
    assert older
    assert body(older[1]).count("https://l.example/") == 6
    assert body("/numerique?q=roman+29+colette").count("https://l.example/") == 1
    assert "Rien pour « zola »" in body("/numerique?q=zola")


def test_a_book_that_is_also_an_e_book_says_so_on_its_page(
    unit: Unit, clock: FrozenClock, body: Callable[..., str]
) -> None:
    record = a_record(unit)
    assert "https://l.example/1" not in body(f"/notice/{record}")
    one = Publication(
        "x:1", "Le mage du Kremlin : roman", ["Giuliano da Empoli"], "e-book", "fr", "", "", "",
        "https://l.example/1", "",
    )  # fmt: skip
    harvest(unit, "f", iter([FeedPage([one], (), "", 1)]), clock.now())
    page = body(f"/notice/{record}")
    assert "Aussi en numérique, tout de suite" in page
    assert 'href="https://l.example/1"' in page
