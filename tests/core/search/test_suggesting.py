"""What is suggested while one types: the names kept beside the index, and the heaviest titles."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from tantivy import Query

from core.search.shelf import Counting, by, names_in, seen
from factories import LONG_AGO, a_record
from navette.catalogue.search.heaviest import LOOKED_AT, Way, heaviest
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.catalogue.search.suggesting import suggestions
from navette.storage.changes import note_record
from navette.storage.unit import Tx, Unit


def named(index: SearchIndex, text: str, kind: str) -> list[str]:
    return [each.text for each in index.suggest(text, 20) if each.kind == kind]


def change(unit: Unit, record: int, what: str) -> None:
    def work(tx: Tx) -> None:
        tx.driver.execute(f"UPDATE record SET {what} WHERE id = {record}")
        note_record(tx, record, LONG_AGO)

    unit.write(work)


def called(name: str) -> str:
    return f'authors = \'[{{"name": "{name}", "role": "author"}}]\''


def test_names_of_most_records_come_first_and_follow_what_changes(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    zola = [a_record(unit, f"Tome {n}", **by("Émile Zola")) for n in range(3)]
    zweig = [a_record(unit, f"Nouvelle {n}", **by("Stefan Zweig")) for n in range(2)]
    writer.follow()
    assert named(index, "z", "author") == ["Émile Zola", "Stefan Zweig"]
    change(unit, zola[0], called("Stefan Zweig"))
    writer.follow()
    assert named(index, "z", "author") == ["Stefan Zweig", "Émile Zola"]
    for record in zola[1:]:
        change(unit, record, "hidden = true")
    writer.follow()
    assert named(index, "z", "author") == ["Stefan Zweig"], "nobody else is to be found"
    change(unit, zweig[0], called("Zoé Oldenbourg"))
    writer.follow()
    assert named(index, "zo", "author") == ["Zoé Oldenbourg"], "the next look shows the new one"


def test_followed_or_built_anew_the_names_are_the_same(
    unit: Unit, folder: Path, writer: IndexWriter
) -> None:
    chance = random.Random(59)
    people = ["Ada", "Bea", "Cléo", "Dora"]
    records = [a_record(unit, f"Tome {n}", **by(chance.choice(people))) for n in range(12)]
    writer.follow()
    for _ in range(6):
        for record in chance.sample(records, 4):
            hidden = chance.choice(("true", "false"))
            change(unit, record, f"{called(chance.choice(people))}, hidden = {hidden}")
        records.append(a_record(unit, "De plus", subjects=["Deuil", "Loup"], series_title="Loups"))
        while writer.follow(5):
            pass
        followed = names_in(folder)
        writer.rebuild()
        assert followed == names_in(folder)
    assert {"subject Deuil", "series Loups"} <= set(followed)


def test_what_begins_as_typed_comes_before_any_number_of_better_known_names(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    for n in range(60):
        a_record(unit, f"Volume {n}", subjects=[f"Histoire ({place}) -- Guerre" for place in
                 (n % 30, (n + 1) % 30)])  # fmt: skip
    a_record(unit, "Volume 60", subjects=["Guérison"])
    writer.follow()
    assert named(index, "gu", "subject")[0] == "Guérison"


def test_articles_need_not_be_part_of_a_name(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    a_record(unit, "Lamiel", **by("Stendhal"))
    writer.follow()
    assert named(index, "le stendhal", "author") == ["Stendhal"]
    assert named(index, "le stenhdal", "author") == ["Stendhal"]


@pytest.mark.parametrize(
    "text", ['"petit prince" dans', 'dans "petit prince"', "avec", "isbn:1 cette"]
)
def test_words_that_say_nothing_are_looked_for_all_the_same(
    unit: Unit, index: SearchIndex, writer: IndexWriter, text: str
) -> None:
    a_record(unit, "Zazie dans le métro")
    writer.follow()
    found = {each.text for each in index.suggest(text)}
    assert ("Zazie dans le métro" in found) is ("dans" in text)


def test_one_more_letter_narrows_what_is_nearly_written_so(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    a_record(unit, "Germinal", **by("Émile Zola"))
    a_record(unit, "Nana", **by("Émile Zola"))
    writer.follow()
    assert named(index, "zolla g", "title") == ["Germinal"]
    assert set(named(index, "zolla e", "title")) == {"Germinal", "Nana"}, "by a name of theirs"


@pytest.mark.usefixtures("unit")
def test_typing_never_walks_through_all_records_that_begin_so(
    unit: Unit, folder: Path, writer: IndexWriter
) -> None:
    for n in range(3):
        a_record(unit, f"Petit volume {n}", **by("Paul Petit"), subjects=["Pierres"])
    writer.follow()
    view = seen(folder)
    for text in ("p", "pe", "petit", "petit v", "petti", "petit volme", "paul petti"):
        counting = Counting(view.searcher)
        found = suggestions(replace(view, searcher=counting), text, 8)
        assert found, text
        assert counting.asked <= 6, text


def test_many_unknown_words_are_no_typos(unit: Unit, folder: Path, writer: IndexWriter) -> None:
    a_record(unit, "Petit volume")
    writer.follow()
    view = seen(folder)
    counting = Counting(view.searcher)
    assert not suggestions(replace(view, searcher=counting), "abcdefgh " * 3 + "volumi", 8)
    several = " ".join(f"{letter}xyzxyzxy" for letter in "abcd")
    counting = Counting(view.searcher)
    assert not suggestions(replace(view, searcher=counting), several, 8)
    assert counting.asked == 1


def test_the_heaviest_are_found_among_few(unit: Unit, folder: Path, writer: IndexWriter) -> None:
    chance = random.Random(59)
    for n in range(120):
        a_record(unit, f"Petit volume {n}", loans=chance.randint(0, 150), year=2000 + n % 20)
    writer.follow()
    view = seen(folder)
    query = Query.const_score_query(Query.term_query(view.schema, "title_words", "petit"), 1.0)

    def weights(ways: list[Way]) -> list[float]:
        counting = Counting(view.searcher)
        found = heaviest(replace(view, searcher=counting), ways)
        asked.append(counting.asked)
        ids = [record for _, record in found]
        hits = view.searcher.search(query, 120, weight_by_field="weight").hits
        known = view.searcher.fast_field_values("record", [address for _, address in hits])
        score = dict(zip(known, (score for score, _ in hits), strict=True))
        return [score[record] for record in ids]

    asked: list[int] = []
    whole = weights([Way(query)])
    assert len(whole) == LOOKED_AT
    assert [weights([Way(query, among), Way(query)]) for among in (3, 30, 90)] == [whole] * 3
    assert asked == [1, 2, 1, 1], "too few at first, then enough without the rest"


def test_of_more_than_two_unknown_words_each_has_one_typo(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    a_record(unit, "Merveilleuses bibliothèques imaginaires")
    writer.follow()
    assert named(index, "mervelleuses bibliotheque imaginair", "title")
    assert named(index, "mervelleusse imaginairess", "title"), "two typos in one of two"
    assert not named(index, "mervelleusse bibliotehqes imaginiare", "title")
