"""Filters, counts and pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.search import shelf as on
from factories import LONG_AGO, a_record, an_item
from navette.catalogue.search.counting import MOST_VALUES
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.catalogue.search.results import SearchFilters, SearchPage
from navette.errors import BadInput
from navette.storage.changes import note_record
from navette.storage.unit import Unit


@pytest.fixture
def shelved(unit: Unit, writer: IndexWriter) -> dict[str, int]:
    found = on.a_shelf(unit)
    on.with_copies(unit, found)
    writer.follow()
    return found


def counts(page: SearchPage, facet: str) -> dict[str, int]:
    return {v.value: v.count for f in page.facets if f.name == facet for v in f.values}


def titles(page: SearchPage) -> set[str]:
    return {hit.title for hit in page.hits}


def test_values_of_one_facet_add_up_and_facets_narrow_each_other(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    either = index.search("", SearchFilters(type=["comic", "film"]))
    assert either.total == 4
    both = index.search("", SearchFilters(type=["comic", "film"], library=["HEM"]))
    assert titles(both) == {on.ARABE}
    assert index.search("hugo", SearchFilters(library=["lys"])).hits[0].title == on.MISERABLES
    assert index.search("", SearchFilters(language=["eng"])).hits[0].title == on.CA
    assert index.search("", SearchFilters(audience=["child"])).total == 1
    assert index.search("", SearchFilters(type=["nothing like it"])).total == 0


def test_a_chosen_value_is_counted_however_many_are_more_frequent(
    index: SearchIndex, writer: IndexWriter, unit: Unit
) -> None:
    for number in range(MOST_VALUES):
        a_record(unit, f"Tome de la suite {number}", series_title=f"Suite {number}")
        a_record(unit, f"Autre tome {number}", series_title=f"Suite {number}")
    a_record(unit, "Le seul", series_title="Une seule")
    writer.follow()
    found = counts(index.search("", SearchFilters(series=["Une seule"])), "series")
    assert found["Une seule"] == 1
    assert found["Suite 7"] == 2


def test_names_that_are_no_filter_can_be_counted_too(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    page = index.search("", first=1, counted=("author_name", "subject_name"))
    assert counts(page, "author_name")["Victor Hugo"] == 2
    assert counts(page, "subject_name") == {"Biographie": 1, "Pauvreté": 1}
    chosen = index.search("", SearchFilters(type=["comic"]), counted=("author_name",))
    assert counts(chosen, "author_name") == {"René Goscinny": 2, "Riad Sattouf": 1}


def test_a_library_has_what_belongs_to_it_and_what_stands_there(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    assert titles(index.search("", SearchFilters(library=["lys"]))) == {on.MISERABLES}
    hem = titles(index.search("", SearchFilters(library=["hem"])))
    assert hem == {on.SORCIERS, on.MISERABLES, on.ARABE}, "a withdrawn copy is nowhere"


def test_available_is_what_can_be_taken_from_a_shelf_now(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    now = SearchFilters(availability=["hem", "leers"])
    assert titles(index.search("", now)) == {on.SORCIERS, on.MISERABLES, on.PRINCE}
    assert counts(index.search(""), "availability") == {"hem": 2, "leers": 1}


def test_counts_ignore_the_choice_in_their_own_facet_only(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    page = index.search("", SearchFilters(type=["comic"]))
    assert counts(page, "type") == {"book": 12, "comic": 3, "film": 1}
    assert counts(page, "library") == {"hem": 1}
    narrowed = index.search("", SearchFilters(type=["film"], library=["leers"]))
    assert narrowed.total == 0
    assert counts(narrowed, "type") == {"book": 2, "film": 0}, "what is chosen can be taken back"
    assert counts(narrowed, "library") == {"leers": 0}


def test_facets_speak_french_and_follow_the_line(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    facets = {f.name: [v.label for v in f.values] for f in index.search("").facets}
    assert facets["library"] == ["Hem", "Leers", "Lys"]
    assert facets["type"] == ["Livre", "BD", "Film"]
    assert facets["language"] == ["Français", "Anglais"]
    assert facets["audience"] == ["Adultes", "Enfants"]
    assert index.search("", counted=False).facets == ()


def test_typos_are_not_forgiven_because_a_filter_leaves_little(
    index: SearchIndex, unit: Unit, writer: IndexWriter, shelved: dict[str, int]
) -> None:
    for _ in range(3):
        a_record(unit, "Le Hussard")
    near = a_record(unit, "Le Husard", type="film")
    writer.follow()
    assert index.search("hussard", SearchFilters(type=["film"])).total == 0
    assert index.search("husard", SearchFilters(type=["film"])).hits[0].record_id == near


def test_without_a_query_the_newest_and_most_lent_come_first(
    index: SearchIndex, unit: Unit, writer: IndexWriter, shelved: dict[str, int]
) -> None:
    new = a_record(unit, "Nouveauté", created_at=LONG_AGO + timedelta(days=30))
    writer.follow()
    page = index.search("  ", first=2)
    assert page.total == 17
    assert [h.record_id for h in page.hits] == [new, shelved["Notre-Dame de Paris"]]


@pytest.mark.parametrize("query", ["", "volume", "volumme"])
def test_going_through_pages_shows_each_record_once_while_others_come_in(
    index: SearchIndex, unit: Unit, writer: IndexWriter, query: str
) -> None:
    there = {a_record(unit, f"Volume {n}") for n in range(14)}
    writer.follow()
    seen: list[int] = []
    after = None
    for turn in range(12):
        page = index.search(query, first=4, after=after)
        seen += [hit.record_id for hit in page.hits]
        after = page.next_cursor
        if after is None:
            break
        later = LONG_AGO + timedelta(days=turn)
        a_record(unit, "Volume", loans=900, created_at=later)
        writer.follow()
    assert len(seen) == len(set(seen))
    assert there <= set(seen)


def test_a_cursor_goes_on_when_the_record_it_names_is_gone(
    index: SearchIndex, unit: Unit, writer: IndexWriter
) -> None:
    for n in range(10):
        a_record(unit, f"Volume {n}")
    writer.follow()
    page = index.search("volume", first=4)
    last = page.hits[-1].record_id

    def hide(tx: object) -> None:
        tx.driver.execute(f"UPDATE record SET hidden = true WHERE id = {last}")  # type: ignore[attr-defined]
        note_record(tx, last, LONG_AGO)  # type: ignore[arg-type]

    unit.write(hide)
    writer.follow()
    rest = index.search("volume", first=10, after=page.next_cursor)
    shown = [hit.record_id for hit in (*page.hits, *rest.hits)]
    assert len(shown) == len(set(shown)) == 10


@pytest.mark.parametrize("query", ["", "volume", "volumme"])
def test_a_page_may_begin_after_any_record(
    index: SearchIndex, unit: Unit, writer: IndexWriter, query: str
) -> None:
    for n in range(9):
        a_record(unit, f"Volume {n}")
    writer.follow()
    whole = index.search(query)
    ids = [hit.record_id for hit in whole.hits]
    for place in (0, 1, 4, 7):
        rest = index.search(query, after=whole.cursor(place))
        assert [hit.record_id for hit in rest.hits] == ids[place + 1 :]
        assert rest.total == 9


@pytest.mark.parametrize("cursor", ["x", "é", "[]", "WzAsMF0", "////", "eyJhIjoxfQ"])
def test_a_cursor_that_is_not_ours_is_refused(
    index: SearchIndex, shelved: dict[str, int], cursor: str
) -> None:
    with pytest.raises(BadInput):
        index.search("", after=cursor)


def test_a_page_is_never_larger_than_a_hundred(
    index: SearchIndex, unit: Unit, writer: IndexWriter
) -> None:
    for n in range(105):
        an_item(unit, a_record(unit, f"Volume {n}"))
    writer.follow()
    page = index.search("volume", first=10_000)
    assert (page.total, len(page.hits)) == (105, 100)
    assert len(index.search("volume", first=-1).hits) == 1
