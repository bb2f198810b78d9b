"""Covers at an address of ours: the provider's picture, or the drawn one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from factories import a_record
from navette.catalogue.jackets import Jackets
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_auth.house import House

JPEG = b"\xff\xd8\xff\xe0picture"


class OnePicture:
    def picture(self, isbn: str) -> bytes | None:
        return JPEG if isbn == "9782070612758" else None


@pytest.fixture
def prince(unit: Unit, network: Network, search: Any) -> int:
    isbn = {"kind": "isbn", "value": "9782070612758", "valid": True}
    record = a_record(unit, "Le Petit Prince", identifiers=[isbn])
    search.hits.append(record)
    return record


def test_without_a_provider_covers_are_drawn_in_the_page(
    client: TestClient, body: Callable[..., str], prince: int
) -> None:
    assert "/couverture/" not in body(f"/notice/{prince}") + body("/recherche?q=x")
    answer = client.get(f"/couverture/{prince}")
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert ET.fromstring(answer.text).tag == "{http://www.w3.org/2000/svg}svg"
    assert client.get("/couverture/999999").status_code == 404


def test_with_a_provider_they_come_from_us_and_from_nobody_else(
    client: TestClient,
    body: Callable[..., str],
    house: House,
    unit: Unit,
    search: Any,
    prince: int,
    tmp_path: Path,
) -> None:
    house.extras["jackets"] = Jackets(tmp_path / "covers", OnePicture())
    plain = a_record(unit, "Sans numéro")
    search.hits.append(plain)
    text = body("/recherche?q=x")
    assert f'<img class="cover" src="/couverture/{prince}" alt=""' in text
    assert f"/couverture/{plain}" not in text, "without a number it is drawn"
    assert f'src="/couverture/{prince}"' in body(f"/notice/{prince}")
    assert "//covers" not in text
    answer = client.get(f"/couverture/{prince}")
    assert (answer.headers["Content-Type"], answer.content) == ("image/jpeg", JPEG)
    assert client.get(f"/couverture/{plain}").headers["Content-Type"].startswith("image/svg+xml")
