"""Searching in GraphQL: all facets or those named, every filter, every order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from api_asking import Asking
from factories import a_patron, a_record, an_item
from navette.catalogue.search.indexing import IndexWriter
from navette.storage.unit import Unit
from navette_graphql.ids import cursor, global_id

SEARCH = """query($f: SearchFilters, $s: SearchSort! = RELEVANCE, $near: String, $names: [String!]) {
  search(query: "volume", filters: $f, sort: $s, near: $near) {
    totalCount didYouMean partly
    facets(names: $names) { name values { value label count } }
    edges { node { title } } } }"""


@pytest.fixture
def shelf(unit: Unit, nobody: Asking, index: IndexWriter) -> None:
    links = [{"url": "https://example.org/a", "label": ""}]
    first = a_record(
        unit, "Volume un", title_sort="volume a", year=1931, adapted=["braille"], genres=["Contes"],
        series_title="La Suite", links=links,
    )  # fmt: skip
    second = a_record(unit, "Volume deux", title_sort="volume b", year=2024)
    an_item(unit, first, "hem")
    an_item(unit, second, "leers")
    index.follow()


def titles(found: dict) -> list[str]:  # type: ignore[type-arg]
    return [edge["node"]["title"] for edge in found["search"]["edges"]]


@pytest.mark.parametrize(
    "filters",
    [
        {"adapted": ["braille"]},
        {"periods": ["older"]},
        {"series": ["La Suite"]},
        {"genres": ["Contes"]},
        {"digital": True},
        {"availableAt": ["hem"], "digital": False},
    ],
)
def test_every_filter_narrows(nobody: Asking, shelf: None, filters: dict[str, object]) -> None:
    assert titles(nobody(SEARCH, f=filters)) == ["Volume un"]


@pytest.mark.parametrize(
    ("order", "near", "first"),
    [
        ("TITLE", None, "Volume un"),
        ("DATE", None, "Volume deux"),
        ("SOONEST", "hem", "Volume un"),
        ("SOONEST", "LEERS", "Volume deux"),
        ("ARRIVALS", None, "Volume deux"),
    ],
)
def test_every_order_is_kept(
    nobody: Asking, shelf: None, order: str, near: str | None, first: str
) -> None:
    assert titles(nobody(SEARCH, s=order, near=near))[0] == first


def test_the_code_of_no_library_is_refused_and_not_found_empty(nobody: Asking, shelf: None) -> None:
    for name in ("libraries", "availableAt"):
        told = nobody.raw(SEARCH, f={name: ["hem", "mars"]})
        assert told["data"] is None
        assert told["errors"][0]["extensions"] == {"code": "BAD_INPUT"}
    assert titles(nobody(SEARCH, f={"libraries": ["HEM"]})) == ["Volume un"]


SPOILT = ["zzz", "garbage", "é", cursor("x"), cursor(1, 2), cursor(10**12), cursor("zzz", 3)]


@pytest.mark.parametrize("after", SPOILT)
def test_a_spoilt_cursor_is_refused_and_never_answered_with_page_one(
    as_patron: Callable[[int], Asking], unit: Unit, index: IndexWriter, after: str
) -> None:
    ask = as_patron(a_patron(unit))
    for asked in (
        "me { holds(after: $a) { edges { cursor } } }",
        "me { loans(after: $a) { edges { cursor } } }",
        'search(query: "volume", after: $a) { totalCount }',
        "eResources(after: $a) { edges { cursor } }",
    ):
        told = ask.raw(f"query($a: String) {{ {asked} }}", a=after)
        assert told["errors"][0]["extensions"] == {"code": "BAD_INPUT"}, asked
        assert "errors" not in ask.raw(f"query($a: String) {{ {asked} }}", a="")


def test_a_promise_of_nothing_is_refused_and_not_empty(nobody: Asking, shelf: None) -> None:
    asked = "query($r: ID!, $l: String) { promise(recordId: $r, pickupLibrary: $l) { reason } }"
    for record, library, code in (
        ("zz", None, "NOT_FOUND"),
        (global_id("Record", 99), "hem", "NOT_FOUND"),
        (global_id("Hold", 1), None, "NOT_FOUND"),
        (global_id("Record", 1), "paris", "BAD_INPUT"),
    ):
        told = nobody.raw(asked, r=record, l=library)
        assert told["data"] is None
        assert told["errors"][0]["extensions"] == {"code": code}


def test_the_id_of_a_record_that_became_another_answers_that_one(
    nobody: Asking, unit: Unit
) -> None:
    old, new = a_record(unit, "Volume un"), a_record(unit, "Volume premier")
    unit.write(
        lambda tx: tx.driver.execute(
            f"UPDATE record SET hidden = 1 = 1, merged_into = {new} WHERE id = {old}"
        )
    )
    asked = "query($id: ID!) { record(id: $id) { id title } node(id: $id) { id } }"
    found = nobody(asked, id=global_id("Record", old))
    assert found["record"] == {"id": global_id("Record", new), "title": "Volume premier"}
    assert found["node"]["id"] == global_id("Record", new)
    unit.write(lambda tx: tx.driver.execute(f"UPDATE record SET hidden = 1 = 1 WHERE id = {new}"))
    assert nobody(asked, id=global_id("Record", old)) == {"record": None, "node": None}


def test_all_facets_or_those_named(nobody: Asking, shelf: None) -> None:
    found = nobody(SEARCH)["search"]
    assert [facet["name"] for facet in found["facets"]] == [
        "availability", "library", "type", "audience", "language", "adapted", "period", "series",
        "genre", "digital", "section",
    ]  # fmt: skip
    assert (found["totalCount"], found["partly"]) == (2, False)
    named = nobody(SEARCH, names=["adapted", "type", "nonsense"])["search"]["facets"]
    assert [facet["name"] for facet in named] == ["type", "adapted"]
    assert named[1]["values"] == [{"value": "braille", "label": "Braille", "count": 1}]
