"""The household: everybody's documents in one list with first names, kept longer all at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from factories import a_child, a_patron
from navette.errors import RenewalRefused
from navette.ils.views import HoldView, LoanView
from navette_auth.house import House

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


@pytest.fixture
def lina(house: House, patron: int) -> int:
    return a_child(house.unit, patron, first_name="Lina", birth_year=2018)


@pytest.fixture
def teen(house: House, patron: int) -> int:
    """Fifteen and more: titles are masked as long as the young person says nothing."""
    return a_child(house.unit, patron, first_name="Sami", birth_year=2010)


@pytest.fixture
def lent(circulation: Any, an_open_loan: LoanView) -> Callable[..., LoanView]:
    def put(**given: Any) -> LoanView:
        loan = replace(an_open_loan, **given)
        circulation.loans.append(loan)
        return loan

    return put


def test_everybody_stands_in_one_list_by_day_with_first_names(
    body: Callable[..., str], patron: int, lina: int, lent: Callable[..., LoanView]
) -> None:
    lent(id=1, patron_id=patron, title="Après", due_on=date(2026, 12, 20))
    lent(id=2, patron_id=lina, title="Avant", due_on=date(2026, 12, 1))
    text = body("/reservations")
    assert text.index("Avant") < text.index("Après")
    assert re.search(r"Avant</a> <span class=\"for-whom\">Pour Lina</span>", text)
    assert "2 chez vous" in text


def test_alone_no_name_is_said(
    body: Callable[..., str], patron: int, lent: Callable[..., LoanView]
) -> None:
    lent(patron_id=patron)
    assert "for-whom" not in body("/reservations")


def test_a_teenager_s_titles_stay_unread(
    body: Callable[..., str],
    circulation: Any,
    teen: int,
    a_waiting_hold: HoldView,
    lent: Callable[..., LoanView],
) -> None:
    lent(patron_id=teen, title="Journal secret")
    circulation.holds.append(replace(a_waiting_hold, patron_id=teen, title="Roman secret"))
    for path in ("/reservations", "/prets"):
        text = body(path)
        assert "secret" not in text
        assert "Titre non affiché" in text
        assert "/notice/0" not in text
    assert "Pour Sami" in text


def test_a_stranger_s_child_is_not_there(
    body: Callable[..., str], house: House, patron: int, lent: Callable[..., LoanView]
) -> None:
    other = a_child(house.unit, a_patron(house.unit, card="20590000099999"), first_name="Zoé")
    lent(patron_id=other, title="Chez les autres")
    assert "Chez les autres" not in body("/reservations")


def test_one_tap_keeps_everything_of_the_family_longer(
    client: TestClient,
    body: Callable[..., str],
    circulation: Any,
    patron: int,
    lina: int,
    lent: Callable[..., LoanView],
) -> None:
    lent(id=1, patron_id=patron)
    lent(id=2, patron_id=lina)
    lent(id=3, patron_id=lina, renewable=False, renewal_refusal="others_wait")
    text = body("/reservations")
    assert "Tout prolonger, famille (2)" in text
    key = re.search(r'tout-prolonger"[^>]*><input type="hidden" name="cle" value="([\w-]+)"', text)
    assert key
    answer = client.post("/prets/tout-prolonger", data={"cle": key.group(1)})
    assert answer.status_code == 303
    assert [given for what, given in circulation.asked if what == "renew_loan"] == [1, 2]
    said = body(answer.headers["location"])
    assert "2 documents prolongés. 1 reste à sa date : voyez pourquoi ci-dessous." in said


def test_what_is_refused_at_the_last_moment_is_counted(
    client: TestClient, circulation: Any, patron: int, lent: Callable[..., LoanView]
) -> None:
    lent(id=1, patron_id=patron)
    circulation.answers["renew_loan"] = RenewalRefused("others_wait")
    answer = client.post("/prets/tout-prolonger", data={"cle": "a", "vers": "reservations"})
    assert answer.headers["location"] == "/reservations?prolonges=0&restent=1"
    answer = client.post("/prets/tout-prolonger", data={"cle": "a"})
    assert answer.headers["location"] == "/prets?prolonges=0&restent=1"


def test_each_verb_carries_a_key_of_its_own(
    body: Callable[..., str], patron: int, circulation: Any, a_waiting_hold: HoldView
) -> None:
    circulation.holds.append(replace(a_waiting_hold, patron_id=patron))
    keys = re.findall(r'name="cle" value="([\w-]{12})"', body("/reservations"))
    assert len(keys) >= 3
    assert len(set(keys)) == len(keys)


def test_a_pause_can_be_taken_back_from_the_toast(
    client: TestClient,
    body: Callable[..., str],
    patron: int,
    circulation: Any,
    a_waiting_hold: HoldView,
) -> None:
    circulation.holds.append(replace(a_waiting_hold, patron_id=patron))
    there = client.post("/reservations/pause", data={"reservation": "1", "jusqu_au": "2026-12-24"})
    text = body(there.headers["location"])
    assert 'action="/reservations/reprendre"' in text
    assert "C’est en pause. Vous gardez votre place." in text
