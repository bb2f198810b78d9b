"""A name that nobody bears, and what people say around what they look for."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest

from core.search.shelf import Counting, by, seen
from factories import a_record
from navette.catalogue.search import naming
from navette.catalogue.search.analysis import plain_words
from navette.catalogue.search.asking import understood
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.catalogue.search.planning import planned
from navette.catalogue.search.results import NOTHING, SearchPage, Sorting
from navette.storage.unit import Unit

CHRISTIE = ("Mort sur le Nil", "Le Crime de l'Orient-Express", "La Nuit qui ne finit pas")


@pytest.fixture
def shelf(unit: Unit, writer: IndexWriter) -> dict[str, int]:
    rows: list[tuple[str, dict[str, Any]]] = [
        (CHRISTIE[0], by("Agatha Christie", year=1937)),
        (CHRISTIE[1], by("Agatha Christie", year=1934, type="large_print", subjects=["Romans"])),
        (CHRISTIE[2], by("Agatha Christie", year=1967)),
        # Two people of these two words, and no person of both.
        ("Chansons", by("Christie Brown", contents="Agata blues")),
        ("Le Jardin", by("Paul Agata")),
        ("Agnès", by("Catherine Siguret")),
        ("Le Vieux Roi", by("Marcel Aymé", summary="Son fils Agatte et le duc de Christie.")),
        ("Une vie", by("Stephen Zweig")),
        ("Marc et moi", by("Léa Duroc")),
    ]
    found = {title: a_record(unit, title, **given) for title, given in rows}
    writer.follow()
    return found


def titles(page: SearchPage) -> list[str]:
    return [hit.title for hit in page.hits]


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("agate christie", "agatha christie"),
        ("christie agate", "christie agatha"),
        ("agata christie", "agatha christie"),
        ("steven zweig", "stephen zweig"),
        ("zweig steven", "zweig stephen"),
    ],
)
def test_two_letters_may_be_wrong_in_one_word_of_a_name(
    index: SearchIndex, query: str, meant: str
) -> None:
    page = index.search(query)
    assert page.suggestion == meant
    expected = CHRISTIE if "christie" in meant else ("Une vie",)
    assert set(titles(page)[: len(expected)]) == set(expected)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("levan zweig", "it begins otherwise"),
        ("steffanie zweig", "three letters are wrong"),
        ("marc duroc", "too short a word for two wrong letters"),
        ("agatha siguret", "the name of one and the first name of another"),
    ],
)
def test_a_name_is_not_bent_until_it_fits(index: SearchIndex, query: str, why: str) -> None:
    assert index.search(query).suggestion not in {
        "stephen zweig", "lea duroc", "catherine siguret", "agatha christie",
    }, why  # fmt: skip


def test_a_name_that_somebody_bears_stays(
    index: SearchIndex, unit: Unit, writer: IndexWriter, shelf: dict[str, int]
) -> None:
    a_record(unit, "Autre chose", **by("Agathe Christie"))
    writer.follow()
    page = index.search("agathe christie")
    assert titles(page)[0] == "Autre chose"
    assert page.suggestion is None


def test_of_records_with_hundreds_of_names_only_those_that_are_near_are_looked_at(
    unit: Unit, writer: IndexWriter, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = [
        {"name": f"Pierre {ascii_lowercase[n % 20]}{ascii_lowercase[n // 20]}ort", "role": "author"}
        for n in range(300)
    ]
    for n in range(10):
        a_record(
            unit, f"Anthologie {n}", authors=[*crowd, {"name": "Pierre Lemaitre", "role": "author"}]
        )
    writer.follow()
    looked: list[str] = []
    monkeypatch.setattr(
        naming, "plain_words", lambda text: looked.append(text) or plain_words(text)
    )
    text = "pierre lematre pierre lemaytr"
    assert naming.nearly_named(seen(folder), text, understood(text)) is not None
    assert 0 < len(looked) < 20


@pytest.mark.parametrize(
    "text", ["zyxwvuts qponmlkj hgfedcba", "christie zyxwvuts qponmlkj hgfedcba vwxyzabc"]
)
@pytest.mark.usefixtures("shelf")
def test_no_typos_are_looked_for_again_where_there_were_none(folder: Path, text: str) -> None:
    view = seen(folder)
    counting = Counting(view.searcher)
    planned(replace(view, searcher=counting), text, understood(text), NOTHING, 20, None, Sorting())
    slow = [query for query in counting.in_vain if "FuzzyTermQuery" in query]
    assert len(slow) == len(set(slow)) > 0


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    "query",
    [
        "je cherche le dernier agatha christie",
        "bonjour je voudrais le dernier roman d'agatha christie",
        "le nouveau agatha christie svp",
        "je cherche le dernier agate christie",
    ],
)
def test_who_asks_for_the_last_of_somebody_gets_the_newest_first(
    index: SearchIndex, query: str
) -> None:
    page = index.search(query)
    assert titles(page) == [CHRISTIE[2], CHRISTIE[0], CHRISTIE[1]]
    assert page.partly, "no title has all of these words, and that is said"
    assert (page.suggestion or "").endswith("agatha christie")


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    "query",
    ["je cherche le dernier auteur:agatha", 'bonjour je voudrais le dernier "agatha christie"'],
)
def test_what_is_said_around_a_field_or_a_quotation_is_no_reason_to_find_nothing(
    index: SearchIndex, query: str
) -> None:
    assert titles(index.search(query)) == [CHRISTIE[2], CHRISTIE[0], CHRISTIE[1]]


@pytest.mark.usefixtures("shelf")
def test_another_order_that_is_asked_for_is_kept(index: SearchIndex) -> None:
    page = index.search("le dernier agatha christie svp", sorting=Sorting("title"))
    assert titles(page) == sorted(CHRISTIE)


@pytest.mark.usefixtures("shelf")
def test_what_is_said_around_decides_among_what_is_named(index: SearchIndex) -> None:
    page = index.search("je voudrais lire des romans d'agatha christie")
    assert titles(page)[0] == CHRISTIE[1]
    assert set(titles(page)) == set(CHRISTIE)


@pytest.mark.usefixtures("shelf")
def test_pages_of_the_newest_go_on_where_they_ended(index: SearchIndex) -> None:
    query, after, seen = "je cherche le dernier agatha christie", None, list[str]()
    for _ in CHRISTIE:
        page = index.search(query, first=1, after=after)
        seen += titles(page)
        after = page.next_cursor
    assert after is None
    assert len(set(seen)) == len(CHRISTIE)
    assert all(one != other for one, other in pairwise(seen))


@pytest.mark.usefixtures("shelf")
def test_courtesies_alone_are_words_like_others(index: SearchIndex) -> None:
    assert index.search("bonjour je voudrais le dernier").total == 0
