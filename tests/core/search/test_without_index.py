"""Without any index, the database answers."""

from __future__ import annotations

import pytest

from core.search import shelf as on
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.results import SearchFilters
from navette.errors import BadInput
from navette.storage.unit import Unit


@pytest.fixture
def shelved(unit: Unit, index: SearchIndex) -> dict[str, int]:
    found = on.a_shelf(unit)
    on.with_copies(unit, found)
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("misérables hugo", [on.MISERABLES]),
        ("harry potter chambre", [on.CHAMBRE]),
        ("9782070612758", [on.PRINCE]),
        ("isbn:2070612759", [on.PRINCE]),
        ('"petit prince"', [on.PRINCE]),
        ("astérix gaulois", [on.GAULOIS]),
        ("100%_'\"", []),
        ("!!!", []),
    ],
)
def test_words_are_looked_up(
    index: SearchIndex, shelved: dict[str, int], query: str, expected: list[str]
) -> None:
    assert [hit.title for hit in index.search(query).hits] == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (SearchFilters(library=["lys"]), {on.MISERABLES}),
        (SearchFilters(availability=["leers"]), {on.PRINCE}),
        (SearchFilters(language=["eng"]), {on.CA}),
        (SearchFilters(type=["film"]), {"Amélie Poulain"}),
        (SearchFilters(type=["film"], audience=["child"]), set()),
    ],
)
def test_filters_hold(
    index: SearchIndex, shelved: dict[str, int], filters: SearchFilters, expected: set[str]
) -> None:
    assert {hit.title for hit in index.search("", filters).hits} == expected


def test_pages_follow_each_other(index: SearchIndex, shelved: dict[str, int]) -> None:
    first = index.search("", first=10)
    second = index.search("", first=10, after=first.next_cursor)
    assert (first.total, len(second.hits), second.next_cursor) == (16, 6, None)
    assert not {h.record_id for h in first.hits} & {h.record_id for h in second.hits}
    with pytest.raises(BadInput):
        index.search("", after="nonsense")


def test_suggestions_are_titles(index: SearchIndex, shelved: dict[str, int]) -> None:
    assert [s.text for s in index.suggest("harry p")] == [on.SORCIERS, on.CHAMBRE]
    assert index.suggest("") == []
