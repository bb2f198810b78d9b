"""A series is shown in the order of its volumes: by its name, by its facet, page after page."""

from __future__ import annotations

import pytest

from factories import a_record
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.catalogue.search.results import SearchFilters, Sorting
from navette.storage.unit import Unit

NAME = "Le Chat du rabbin"
TITLES = {
    1: "La Bar-Mitsva", 2: "Le Malka des lions", 3: "L’Exode", 4: "Le Paradis terrestre", 10: "Rentrez",
    11: "La Bible pour les chats",
}  # fmt: skip
IN_ORDER = [*TITLES.values(), "Le Guide du Chat du rabbin"]
SERIES = SearchFilters(series=(NAME,))


@pytest.fixture
def _series(unit: Unit, writer: IndexWriter) -> None:
    """Volumes that came in anyhow and are lent unequally, a guide without number, a film."""
    for number in (11, 3, 1, 10, 4, 2):
        a_record(
            unit, TITLES[number], series_title=NAME, volume_number=number, volume_label=str(number),
            type="comic", loans=number * 40, year=2000 + number, title_sort=TITLES[number].lower(),
        )  # fmt: skip
    a_record(unit, "Le Guide du Chat du rabbin", series_title=NAME, loans=900)
    a_record(unit, NAME, type="film")
    a_record(unit, "Les Dieux", summary="Comme dans Le Chat du rabbin.", loans=900)
    writer.follow()


pytestmark = pytest.mark.usefixtures("_series")


def shown(index: SearchIndex, query: str, filters: SearchFilters, size: int) -> list[str]:
    found, after = list[str](), None
    while True:
        page = index.search(query, filters, size, after)
        found += [hit.title for hit in page.hits]
        after = page.next_cursor
        if after is None:
            assert page.total == len(found)
            return found


@pytest.mark.parametrize("size", [2, 3, 20])
@pytest.mark.parametrize("query", ["le chat du rabbin", "chat du rabbin", "LE CHAT DU RABBIN !"])
def test_its_name_gives_its_volumes_in_order_behind_what_is_called_just_so(
    index: SearchIndex, query: str, size: int
) -> None:
    expected = [*IN_ORDER, "Les Dieux"]
    if query.startswith("chat"):  # nothing has that very title: the film is one of the rest
        assert sorted(shown(index, query, SearchFilters(), size)) == sorted([*expected, NAME])
        assert shown(index, query, SearchFilters(), size)[: len(IN_ORDER)] == IN_ORDER
    else:
        assert shown(index, query, SearchFilters(), size) == [NAME, *expected]


@pytest.mark.parametrize("size", [2, 20])
def test_its_facet_gives_its_volumes_in_order(index: SearchIndex, size: int) -> None:
    assert shown(index, "", SERIES, size) == IN_ORDER


def test_another_order_or_more_words_are_obeyed(index: SearchIndex) -> None:
    by_date = index.search(NAME, SERIES, sorting=Sorting("date")).hits
    assert [hit.title for hit in by_date][-1] == "La Bar-Mitsva"
    assert index.search("chat du rabbin exode").hits[0].title == "L’Exode"
    assert index.search("chat du rabbin 10").hits[0].title == "Rentrez"


def test_titles_of_the_same_words_are_in_order_of_their_volumes(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    made = [
        a_record(unit, "Ohé", title_sort="ohe", series_title="Ohé", volume_number=n)
        for n in (12, 2, 1)
    ]
    writer.follow()
    found = index.search("ohé", sorting=Sorting("title")).hits
    assert [hit.record_id for hit in found] == made[::-1]


def test_without_an_index_too(unit: Unit, tmp_path_factory: pytest.TempPathFactory) -> None:
    bare = SearchIndex(tmp_path_factory.mktemp("none"), unit)
    assert [hit.title for hit in bare.search("", SERIES).hits] == IN_ORDER
