"""How many more reservations: told before the button, and instead of it when there is none left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from factories import a_child, a_record
from navette.circulation.policy import Allowance
from navette_auth.house import House


@pytest.fixture
def record(house: House) -> int:
    return a_record(house.unit)


@pytest.mark.parametrize("page", ["/notice/{}", "/reserver?notice={}"])
def test_what_is_left_is_said_before_the_button(
    body: Callable[..., str], patron: int, circulation: Any, record: int, page: str
) -> None:
    assert "réservations possibles" not in body(page.format(record)), "there is room"
    circulation.answers["holds_allowed"] = Allowance(5, 3)
    assert "Encore 2 réservations possibles." in body(page.format(record))
    circulation.answers["holds_allowed"] = Allowance(5, 4)
    assert "Encore 1 réservation possible." in body(page.format(record))


@pytest.mark.parametrize("page", ["/notice/{}", "/reserver?notice={}"])
def test_at_the_limit_the_place_of_the_button_says_so_and_what_to_do(
    body: Callable[..., str], patron: int, circulation: Any, record: int, page: str
) -> None:
    circulation.answers["holds_allowed"] = Allowance(5, 5)
    text = body(page.format(record))
    assert "Vous avez déjà 5 réservations." in text
    assert "dès que l’une sera prêtée ou annulée" in text
    assert "data-line-submit" not in text


def test_in_a_family_each_one_says_what_is_left(
    body: Callable[..., str], house: House, patron: int, circulation: Any, record: int
) -> None:
    child = a_child(house.unit, patron, first_name="Lina")
    circulation.answers["holds_allowed"] = {patron: Allowance(5, 5), child: Allowance(5, 4)}
    text = body(f"/reserver?notice={record}")
    mine, lina = (text.partition(f'name="pour" value="{who}"')[2][:160] for who in (patron, child))
    assert mine.startswith(" disabled")
    assert "Déjà 5 réservations." in mine
    assert lina.startswith(" checked")
    assert "Encore 1 réservation possible." in lina
    assert "data-line-submit" in text
    circulation.answers["holds_allowed"] = Allowance(5, 5)
    assert "Chacun a déjà toutes ses réservations." in body(f"/reserver?notice={record}")
