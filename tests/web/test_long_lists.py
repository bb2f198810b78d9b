"""A household with much of everything: by day, by library, by person; what is urgent stays open."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from factories import a_child
from navette.ils.views import HoldView, LoanView
from navette_auth.house import House

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


@pytest.fixture
def lina(house: House, patron: int) -> int:
    return a_child(house.unit, patron, first_name="Lina")


@pytest.fixture
def lent(circulation: Any, an_open_loan: LoanView) -> Callable[..., None]:
    def put(count: int, patron_id: int, days: int, **given: Any) -> None:
        for _ in range(count):
            number = len(circulation.loans) + 1
            circulation.loans.append(
                replace(
                    an_open_loan, id=number, patron_id=patron_id, title=f"Titre {number}",
                    due_on=TODAY + timedelta(days), **given,
                )
            )  # fmt: skip

    return put


def folds(text: str, name: str) -> dict[str, tuple[bool, str, int]]:
    """What each fold says: whether it is open, its words, how many documents it shows."""
    said = {}
    for part in text.split('<details class="fold" ')[1:]:
        tag, _, inside = part.partition(">")
        one = tag.split('"')[1]
        summary = re.sub(r"<[^>]+>", " ", inside.partition("</summary>")[0])
        count = inside.partition("</section>")[0].count("<article")
        if one.startswith(name):
            said[one] = (tag.endswith(" open"), " ".join(summary.split()), count)
    return said


def test_loans_are_gathered_by_day_and_the_urgent_ones_stand_open(
    body: Callable[..., str], patron: int, lina: int, lent: Callable[..., None]
) -> None:
    lent(2, patron, -3, late=True)
    lent(3, lina, 5)
    lent(4, lina, 20)
    lent(3, patron, 20)
    days = folds(body("/reservations"), "jour-")
    assert list(days.values()) == [
        (True, "À rendre depuis samedi 21 novembre 2 documents · Emma", 2),
        (True, "À rendre au plus tard dimanche 29 novembre 3 documents · Lina", 3),
        (False, "À rendre au plus tard lundi 14 décembre 7 documents · Lina, Emma", 7),
    ]


def test_few_loans_all_stand_open(
    body: Callable[..., str], patron: int, lent: Callable[..., None]
) -> None:
    lent(2, patron, 15)
    lent(2, patron, 20)
    assert all(is_open for is_open, _, _ in folds(body("/reservations"), "jour-").values())


def test_what_is_said_of_each_is_said_once_of_the_day(
    body: Callable[..., str], patron: int, lent: Callable[..., None]
) -> None:
    lent(3, patron, 2, renewable=False, renewal_refusal="others_wait")
    assert body("/reservations").count("Quelqu’un attend") == 1


def test_a_day_of_many_shows_some_and_leads_to_the_list_that_has_pages(
    body: Callable[..., str], patron: int, lent: Callable[..., None]
) -> None:
    lent(31, patron, 2)
    text = body("/reservations")
    assert text.count('<article class="item"') == 8
    assert "Voir les 23 autres" in text
    first, second = body("/prets"), body("/prets?suite=30")
    assert [page.count('<article class="item"') for page in (first, second)] == [30, 1]
    assert 'href="?suite=30"' in first
    assert 'href="?suite=0"' in second


def test_the_others_of_a_day_are_on_the_page_of_the_list_that_has_them(
    body: Callable[..., str], patron: int, lent: Callable[..., None]
) -> None:
    lent(29, patron, 2)
    lent(20, patron, 5)
    lent(1, patron, 1, claimed_at=NOON)
    text = body("/reservations")
    led = re.findall(r'href="(/prets[^"#]*)#([^"]+)">Voir les (\d+) autres', text)
    assert led == [
        ("/prets", "jour-2026-11-26", "21"),
        ("/prets?suite=30", "jour-2026-11-29", "12"),
    ]
    for address, day, _count in led:
        assert day in folds(body(address), "jour-")


def test_a_page_that_is_no_more_is_the_first(
    body: Callable[..., str], patron: int, lent: Callable[..., None]
) -> None:
    lent(2, patron, 2)
    text = body("/prets?suite=30")
    assert "Rien à rendre" not in text
    assert text.count('<article class="item"') == 2


def test_what_was_returned_already_is_not_called_late(
    body: Callable[..., str], patron: int, lent: Callable[..., None]
) -> None:
    lent(1, patron, -3, late=True, claimed_at=NOON)
    lent(1, patron, 2, claimed_at=NOON)
    text = body("/reservations")
    assert (
        "Vous l’avez rendu : nous le cherchons. 2 documents"
        in folds(text, "jour-")["jour-rendu"][1]
    )
    assert "En retard" not in text


def test_three_ready_at_one_library_are_one_card_in_the_order_of_the_shelf(
    body: Callable[..., str], patron: int, lina: int, circulation: Any, a_waiting_hold: HoldView
) -> None:
    for number, (who, place) in enumerate(((patron, "B-3"), (lina, "A-1"), (lina, "B-2")), 1):
        circulation.holds.append(
            replace(
                a_waiting_hold, id=number, patron_id=who, state="READY", shelf_place=place,
                pickup_deadline=NOON + timedelta(number),
            )
        )  # fmt: skip
        text = body("/reservations")
        assert text.count('<article class="ready"') == (number if number < 3 else 0)
    assert "3 documents prêts, à Leers" in text
    assert re.findall(r'shelf-place">([^<]+)', text) == ["A-1", "B-2", "B-3"]
    assert text.count("Gardé pour vous jusqu’au") == 3
    assert text.count('action="/reservations/annuler"') == 3


def test_the_next_to_come_stand_open_and_the_others_wait_by_person(
    body: Callable[..., str], patron: int, lina: int, circulation: Any, a_waiting_hold: HoldView
) -> None:
    for number in range(1, 11):
        who = lina if number > 3 else patron
        circulation.holds.append(replace(a_waiting_hold, id=number, patron_id=who))
    text = body("/reservations")
    waiting = folds(text, "attente-")
    assert list(waiting) == [f"attente-{lina}"]
    is_open, said, count = waiting[f"attente-{lina}"]
    assert not is_open
    assert said.startswith("Pour Lina · 6 autres en attente À Leers, sans doute")
    assert count == 6
    assert text.count('<article class="item"') == 10, "nothing is left out"
