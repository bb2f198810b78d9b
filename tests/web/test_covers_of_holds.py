"""The cover on the card of what is ready: the very one that stands on the page of the title."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from factories import a_child, a_record
from navette.catalogue.jackets import Jackets
from navette.ils.views import HoldView
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_auth.house import House

UNTIL = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)
TITLE, SECRET = "Les Quatre Vents du canal", "Journal de mes secrets"
PAGES = ("/", "/reservations")
Shown = Callable[[str], str]


class EveryPicture:
    def picture(self, isbn: str) -> bytes | None:
        return b"\xff\xd8\xff\xe0picture"


@pytest.fixture
def record(unit: Unit, network: Network) -> int:
    isbn = {"kind": "isbn", "value": "9782070612758", "valid": True}
    return a_record(
        unit, TITLE, identifiers=[isbn], series_title="Les Vents", volume_label="4",
        authors=[{"name": "Anne Delcourt", "role": "author"}],
    )  # fmt: skip


@pytest.fixture
def ready(
    circulation: Any, patron: int, a_waiting_hold: HoldView, record: int
) -> Callable[..., HoldView]:
    def put(**given: Any) -> HoldView:
        told = {"patron_id": patron, "record_id": record, "title": TITLE, "state": "READY"} | given
        hold = replace(a_waiting_hold, shelf_place="B-12", pickup_deadline=UNTIL, **told)
        circulation.holds.append(hold)
        return hold

    return put


def card(text: str) -> str:
    """Give the one card of what is ready."""
    (found,) = re.findall(r'<article class="ready".*?</article>', text, re.DOTALL)
    return str(found)


def cover(text: str) -> str:
    """Give the first cover in a text."""
    found = re.search(r'<svg class="cover".*?</svg>|<img class="cover"[^>]*>', text, re.DOTALL)
    assert found, "no cover"
    return found.group()


def words(drawn: str) -> str:
    return " ".join(re.findall(r"<text [^>]*>([^<]*)</text>", drawn))


@pytest.mark.parametrize("path", PAGES)
def test_what_is_ready_bears_the_cover_of_its_page(
    body: Shown, ready: Callable[..., HoldView], record: int, path: str
) -> None:
    ready()
    drawn = cover(card(body(path)))
    assert drawn == cover(body(f"/notice/{record}"))
    assert words(drawn) == f"{TITLE} 4 Anne Delcourt"


@pytest.mark.parametrize("path", PAGES)
def test_without_its_record_the_cover_says_what_the_hold_says(
    body: Shown, ready: Callable[..., HoldView], path: str
) -> None:
    ready(record_id=999_999, title="Le Mage du Kremlin", authors=["Giuliano da Empoli"])
    assert words(cover(card(body(path)))) == "Le Mage du Kremlin Giuliano da Empoli"


@pytest.mark.parametrize("path", PAGES)
def test_a_provider_s_picture_comes_from_our_own_address(
    body: Shown, house: House, ready: Callable[..., HoldView], record: int, tmp_path: Path,
    path: str,
) -> None:  # fmt: skip
    house.extras["jackets"] = Jackets(tmp_path / "covers", EveryPicture())
    ready()
    assert f'src="/couverture/{record}"' in cover(card(body(path)))


@pytest.mark.parametrize("path", PAGES)
def test_the_cover_of_a_title_that_is_not_shown_tells_nothing(
    body: Shown, house: House, patron: int, ready: Callable[..., HoldView], unit: Unit, path: str
) -> None:
    teen = a_child(house.unit, patron, first_name="Sami", birth_year=2010)
    secret = a_record(unit, SECRET, authors=[{"name": "Zoé Tutu", "role": "author"}])
    ready(patron_id=teen, record_id=secret, title=SECRET, authors=["Zoé Tutu"])
    shown = card(body(path))
    assert "Titre non affiché" in shown
    said = words(cover(shown))
    assert not any(word in said for word in ("Journal", "secrets", "Tutu"))


def test_on_the_way_and_waiting_have_words_only(
    body: Shown, ready: Callable[..., HoldView]
) -> None:
    """A cover marks what can be collected; the lists below stay short."""
    ready(id=2, state="WAITING")
    assert 'class="cover"' not in body("/reservations")
