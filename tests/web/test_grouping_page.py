"""Catalogue work at the desk: why a record is one, taken apart, made one, and undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from navette.catalogue.exporting import export_lines
from navette.catalogue.importing import import_file
from navette.catalogue.unimarc.writing import ControlField, DataField, write_record
from navette.ils.embedded import EmbeddedCirculation
from navette.storage.unit import Unit
from navette_auth.house import House

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def a_book(local_id: str, title: str, isbn: str) -> bytes:
    return write_record(
        [
            ControlField("001", local_id),
            DataField("010", (("a", isbn),)),
            DataField("200", (("a", title),), "1"),
            DataField("700", (("a", "Saint-Exupéry"), ("b", "Antoine de"))),
            DataField("995", (("f", f"B{local_id}"),)),
        ]
    )


@pytest.fixture
def books(house: House, client: TestClient, unit: Unit, tmp_path: Path) -> dict[str, int]:
    """One publication of two libraries, and a third record; the engine is a real one."""
    client.app.state.house = replace(house, circulation=EmbeddedCirculation(unit, house.clock))  # type: ignore[attr-defined]
    for library, book in (
        ("hem", a_book("h1", "Le petit prince", "9782070612758")),
        ("lys", a_book("l1", "Le petit prince", "9782070612758")),
        ("leers", a_book("e1", "Der kleine Prinz", "9783150099582")),
    ):
        path = tmp_path / f"{library}.mrc"
        path.write_bytes(book)
        import_file(unit, path, library, "generic", now=NOW)
    with unit.read() as reader:
        return {
            local: line["record"] for line in export_lines(reader) for _, local in line["sources"]
        }


def groups(unit: Unit) -> list[list[str]]:
    with unit.read() as reader:
        lines = [sorted(local for _, local in line["sources"]) for line in export_lines(reader)]
    return sorted(filter(None, lines))


def undo_of(text: str) -> tuple[str, dict[str, str]]:
    toast = re.search(
        r'class="toast".*?<form method="post" action="([^"]+)">(.*?)</form>', text, re.DOTALL
    )
    assert toast
    return toast[1], dict(re.findall(r'name="([^"]+)" value="([^"]*)"', toast[2]))


def test_a_record_says_why_and_is_parted_and_joined_again(
    books: dict[str, int], agent: int, client: TestClient, body: Callable[..., str], unit: Unit
) -> None:
    here = f"/bureau/catalogue/{books['h1']}"
    page = body(here)
    assert (
        "Ce qui les réunit : le même numéro (9782070612758), le même titre, le même auteur" in page
    )
    box = re.findall(r'type="checkbox" name="(source-\d+)"', page)
    assert len(box) == 2
    assert "Notice h1 · 1 exemplaire</p>" in page
    parted = client.post(f"{here}/separer", data={box[1]: "1"})
    assert parted.status_code == 303
    assert groups(unit) == [["e1"], ["h1"], ["l1"]]
    told = client.get(parted.headers["location"]).text
    assert "Séparé" in told
    assert "deux publications" in told
    action, values = undo_of(told)
    again = client.post(action, data=values)
    assert groups(unit) == [["e1"], ["h1", "l1"]]
    assert "Réuni par l’équipe." in client.get(again.headers["location"]).text


def test_two_records_are_found_joined_and_parted_again(
    books: dict[str, int], agent: int, client: TestClient, body: Callable[..., str], unit: Unit
) -> None:
    client.app.state.house.search.hits = [books["e1"], books["h1"]]  # type: ignore[attr-defined]
    listed = body(f"/bureau/catalogue?q=prinz&avec={books['h1']}")
    assert "Réunir avec « Le petit prince »" in listed
    action = re.search(r'action="(/bureau/catalogue/\d+/reunir)"', listed)
    assert action
    joined = client.post(action[1], data={"avec": str(books["e1"])})
    assert groups(unit) == [["e1", "h1", "l1"]]
    moved = client.get(f"/notice/{books['e1']}", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (308, f"/notice/{books['h1']}")
    assert client.get(moved.headers["location"]).status_code == 200
    told = client.get(joined.headers["location"]).text
    undo, values = undo_of(told)
    client.post(undo, data=values)
    assert groups(unit) == [["e1"], ["h1", "l1"]]


def test_what_cannot_be_done_says_so(
    books: dict[str, int], agent: int, client: TestClient, body: Callable[..., str]
) -> None:
    here = f"/bureau/catalogue/{books['h1']}"
    none = client.post(f"{here}/separer", data={})
    assert "laissez au moins une description" in client.get(none.headers["location"]).text
    same = client.post(f"{here}/reunir", data={"avec": str(books["h1"])})
    assert "déjà cette fiche" in client.get(same.headers["location"]).text
    assert client.get("/bureau/catalogue/4711").status_code == 404
    assert client.post(f"{here}/reunir", data={"avec": "4711"}).status_code == 404
    assert "une seule description" in body(f"/bureau/catalogue/{books['e1']}")
    assert "Chaque fiche dit pourquoi" in body("/bureau/catalogue")


def test_a_reader_has_no_business_there(patron: int, client: TestClient) -> None:
    assert client.get("/bureau/catalogue").status_code == 403
