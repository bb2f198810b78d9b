"""What people type finds what they mean."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.search import shelf as on
from factories import a_record
from navette.catalogue.search.asking import FEW_WORDS, understood
from navette.catalogue.search.clauses import reach
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.storage.unit import Unit


@pytest.fixture
def shelved(unit: Unit, writer: IndexWriter) -> dict[str, int]:
    found = on.a_shelf(unit)
    writer.follow()
    return found


def titles(index: SearchIndex, query: str) -> list[str]:
    return [hit.title for hit in index.search(query).hits]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("harry potter école", on.SORCIERS),
        ("ecole des sorciers", on.SORCIERS),
        ("ÉCOLE DES SORCIERS", on.SORCIERS),
        ("e\u0301cole des sorciers", on.SORCIERS),
        ("l'arabe du futur", on.ARABE),
        ("l’arabe du futur", on.ARABE),
        ("arabe futur", on.ARABE),
        ("arabes du futur", on.ARABE),
        ("asterix", on.GAULOIS),
        ("astérix gaulois", on.GAULOIS),
        ("oeuvre au noir", on.OEUVRE),
        ("œuvre noir", on.OEUVRE),
        ("le prince", "Le Prince"),
        ("petit prince", on.PRINCE),
        ("le petit prince saint exupery", on.PRINCE),
        ("victor hugo", on.VICTOR_HUGO),
        ("hugo miserables", on.MISERABLES),
        ("misérable", on.MISERABLES),
        ("chevaux", "Le Cheval d'orgueil"),
        ("ça", on.CA),
        ("CA", on.CA),
        ("notre dame", "Notre-Dame de Paris"),
        ("notre-dame de paris", "Notre-Dame de Paris"),
        ("harry potter tome 2", on.CHAMBRE),
        ("harry potter t2", on.CHAMBRE),
        ("harry potter T. II", on.CHAMBRE),
        ("harry potter vol. II", on.CHAMBRE),
        ("harry potter tome deux", on.CHAMBRE),
        ("harry potter numéro 2", on.CHAMBRE),
        ('"harry potter t2"', on.CHAMBRE),
        ("astérix 1", on.GAULOIS),
        ("amelie dvd", "Amélie Poulain"),
        ("bd astérix gaulois", on.GAULOIS),
        ('"petit prince"', on.PRINCE),
        ("«petit prince»", on.PRINCE),
        ('"école des sorciers"', on.SORCIERS),
        ("auteur:rowling secrets", on.CHAMBRE),
        ("Auteur:Sattouf", on.ARABE),
        ('auteur:"victor hugo" misérables', on.MISERABLES),
        ("titre:hugo", on.VICTOR_HUGO),
        ("sujet:pauvreté", on.MISERABLES),
        ("sujet:pauvreté gaulois", on.MISERABLES),
        ("série:astérix gaulois", on.GAULOIS),
        ("serie:potter secrets", on.CHAMBRE),
        ("isbn:2070612759", on.PRINCE),
        ("9782070612758", on.PRINCE),
        ("978-2-07-061275-8", on.PRINCE),
        ("2-07-061275-9", on.PRINCE),
        ("2070612759", on.PRINCE),
        ("isbn:978 2 07 061275 8", on.PRINCE),
        ("isbn: 978-2-07-061275-8", on.PRINCE),
        ("ISBN 978-2-07-061275-8", on.PRINCE),
        ("ISBN-13 : 978-2-07-061275-8", on.PRINCE),
        ("isbn 10 2-07-061275-9", on.PRINCE),
        ("EAN 9782070612758", on.PRINCE),
        ("saint exupery isbn:978 2 07 061275 8 prince", on.PRINCE),
        ("(9782070612758)", on.PRINCE),
    ],
)
def test_the_obvious_comes_first(
    index: SearchIndex, shelved: dict[str, int], query: str, expected: str
) -> None:
    assert titles(index, query)[:1] == [expected]


@pytest.mark.parametrize(
    ("query", "expected", "suggestion"),
    [
        ("harri poter", on.SORCIERS, "harry potter"),
        ("asterics", on.GAULOIS, "astérix"),
        ("les mizérables", on.MISERABLES, "les misérables"),
        ("yourcenare", on.OEUVRE, "yourcenar"),
        ("ptit prince", on.PRINCE, "petit prince"),
        ("sattouff arabe", on.ARABE, "sattouf arabe"),
        ("machiavelle", "Le Prince", "machiavel"),
    ],
)
def test_typos_are_forgiven_and_the_right_spelling_is_offered(
    index: SearchIndex, shelved: dict[str, int], query: str, expected: str, suggestion: str
) -> None:
    page = index.search(query)
    assert page.hits[0].title == expected
    assert page.suggestion == suggestion


def test_in_many_words_one_typo_each_is_forgiven_and_two_cost_too_much(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    around = "je cherche le livre de la chambre des secretts"
    assert titles(index, f"{around} harry poter")[:1] == [on.CHAMBRE]
    few, many = understood("yourcenare machiavelle"), understood("machiavelle " * (FEW_WORDS + 1))
    assert {word.typos for word in few.words} == {2}
    assert {word.typos for word in many.words} == {1}
    assert (reach("a" * 23), reach("a" * 24)) == (2, 1)


def test_a_figure_in_groups_of_three_hides_nothing(
    index: SearchIndex, writer: IndexWriter, unit: Unit
) -> None:
    a_record(unit, "Vingt mille lieues sous les mers")
    a_record(unit, "Vol 714 pour Sydney", series_title="Tintin", volume_number=22)
    a_record(unit, "T2 Trainspotting", type="film")
    writer.follow()
    assert titles(index, "t2 trainspotting") == ["T2 Trainspotting"]
    assert titles(index, "20 000 lieues") == ["Vingt mille lieues sous les mers"]
    assert titles(index, "vol 714") == ["Vol 714 pour Sydney"]


def test_both_volumes_come_before_a_book_that_only_mentions_them(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    assert set(titles(index, "harri poter")[:2]) == {on.SORCIERS, on.CHAMBRE}
    assert titles(index, "harry potter")[2:] == ["Sorcières, sorciers et potions"]


def test_what_is_typed_rightly_and_found_is_not_second_guessed(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    page = index.search("sorcieres")
    assert page.hits[0].title == "Sorcières, sorciers et potions"
    assert page.suggestion is None


def test_what_was_typed_and_exists_stays_first(
    unit: Unit, writer: IndexWriter, index: SearchIndex, shelved: dict[str, int]
) -> None:
    for n in range(5):
        a_record(unit, f"Le Hussard {n}")
    typed = a_record(unit, "Bussard")
    writer.follow()
    page = index.search("bussard")
    assert page.hits[0].record_id == typed
    assert (page.total, page.suggestion) == (6, "hussard")


@pytest.mark.parametrize("query", ["chat", "titre:chat"])
def test_the_word_itself_comes_before_another_of_the_same_stem(
    unit: Unit, writer: IndexWriter, index: SearchIndex, shelved: dict[str, int], query: str
) -> None:
    a_record(unit, "Crime et Châtiment")
    a_record(unit, "Contes du chat perché et d’autres bêtes")
    writer.follow()
    assert titles(index, query)[:1] == ["Contes du chat perché et d’autres bêtes"]


def test_what_is_quoted_is_taken_at_its_word(index: SearchIndex, shelved: dict[str, int]) -> None:
    assert titles(index, '"harri poter"') == []
    assert titles(index, '"harry potter" secretts') == [on.CHAMBRE]
    assert titles(index, '"les harry"') == []


def test_short_words_and_numbers_have_no_typos(index: SearchIndex, shelved: dict[str, int]) -> None:
    assert titles(index, "roi") == []
    assert titles(index, "1985") == []


def test_words_that_nothing_has_are_left_out_and_the_rest_is_shown(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    page = index.search("harry potter xylophones")
    assert {hit.title for hit in page.hits[:2]} == {on.SORCIERS, on.CHAMBRE}
    assert (page.partly, page.suggestion) == (True, "harry potter")
    assert (index.search("xylophones").suggestion, index.search("xylophones").total) == (None, 0)
    assert not index.search("harry potter").partly


def test_what_is_proposed_is_another_text_that_says_something(
    unit: Unit, writer: IndexWriter, index: SearchIndex, shelved: dict[str, int]
) -> None:
    a_record(unit, "On va déguster l’Italie", subjects=["Cuisine italienne"])
    a_record(unit, "Petits tracas de 8 à 12 ans")
    writer.follow()
    assert index.search("cuisine italienne").total == 1
    assert index.search("cuisine italienne").suggestion is None, "it is what was typed"
    assert index.search("xylophones 12").suggestion is None, "a number alone says nothing"
    assert index.search("nouveau sattouf").suggestion == "sattouf"
    assert index.search("hary poter et la xylophone").suggestion == "harry potter"


def test_another_spelling_is_proposed_only_when_it_finds_more(
    unit: Unit, writer: IndexWriter, index: SearchIndex, shelved: dict[str, int]
) -> None:
    a_record(unit, "Les oiseaux", summary="Apprendre à dessiner.", subjects=["Planches dessinées"])
    writer.follow()
    page = index.search("apprendre dessiner")
    assert (page.total, page.suggestion) == (1, None)


def test_a_known_word_is_not_changed_into_what_nobody_says(
    unit: Unit, writer: IndexWriter, index: SearchIndex, shelved: dict[str, int]
) -> None:
    for n in range(4):
        a_record(unit, f"Le livre des contes {n}")
    a_record(unit, "Savoir lire", summary="Un conte du volcan pour les petits.")
    writer.follow()
    assert index.search("livre volcan").suggestion is None, "nobody says « lire volcan »"


def test_what_people_write_around_it_is_no_reason_to_find_nothing(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    assert titles(index, "bonjour je cherche un roman de Victor Hugo")[0] == on.VICTOR_HUGO
    assert titles(index, "gibberish xylophones potter") == [], "half of the words at least"
    assert titles(index, '"petit prince" xylophones') == [on.PRINCE], "a phrase stays required"
    assert titles(index, '"petit prince" xylophones zanzibar gibberish') == []


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("ari poter", on.SORCIERS),
        ("aristote potter", None),
        ("asterics", on.GAULOIS),
        ("missérable ugo", on.MISERABLES),
        ("arrypoter", on.SORCIERS),
        ("petiprince", on.PRINCE),
        ("hu go cabrait", on.HUGO_CABRET),
    ],
)
def test_who_writes_by_ear_finds_it(
    index: SearchIndex, shelved: dict[str, int], heard: str, meant: str | None
) -> None:
    page = index.search(heard)
    assert ([hit.title for hit in page.hits[:1]] == [meant]) is (meant is not None)


def test_words_scattered_over_a_compilation_are_nobodys_name(
    unit: Unit, writer: IndexWriter, index: SearchIndex, shelved: dict[str, int]
) -> None:
    people = ["Jean Dujardin", "Lou Castel", "Harold Potteau", "Harri Belafonte", "Ann Poter"]
    scattered = a_record(
        unit, "Cent succès", authors=[{"name": n, "role": "performer"} for n in people]
    )
    writer.follow()
    found = [hit.record_id for hit in index.search("harri poter").hits]
    assert set(found[:2]) == {shelved[on.SORCIERS], shelved[on.CHAMBRE]}
    assert scattered in found


def test_a_name_is_found_whichever_part_comes_first(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    assert titles(index, "SATTOUF Riad") == titles(index, "riad sattouf") == [on.ARABE]
    assert titles(index, "st exupery") == [on.PRINCE]


def test_a_colon_after_a_space_is_no_syntax(index: SearchIndex, shelved: dict[str, int]) -> None:
    assert index.search("titre : hugo").partly
    assert titles(index, "hugo : cabret") == [on.HUGO_CABRET]


def test_the_word_being_typed_may_be_unfinished(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    assert index.search("harry pot").partly
    growing = [h.title for h in index.search("harry pott", unfinished=True).hits]
    assert growing[0] in {on.SORCIERS, on.CHAMBRE}
    assert index.search("l'ara", unfinished=True).hits[0].title == on.ARABE
    assert index.search("le s", unfinished=True).total > 0


def test_popularity_decides_only_between_neighbours(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    found = titles(index, "auteur:hugo")
    assert found == ["Notre-Dame de Paris", on.MISERABLES], "lent 400 times"
    assert titles(index, "victor hugo")[0] == on.VICTOR_HUGO, "the exact title all the same"


def test_found_words_are_marked_in_the_title(index: SearchIndex, shelved: dict[str, int]) -> None:
    hit = index.search("ecoles sorcier").hits[0]
    assert [hit.title[start:end] for start, end in hit.highlights] == ["école", "sorciers"]
    mended = index.search("harri poter").hits[0]
    assert [mended.title[start:end] for start, end in mended.highlights] == ["Harry", "Potter"]


TEXTS = st.one_of(
    st.text(),
    st.text(alphabet="\"'()[]{}:*?~^+-!&|\\/<>= abtitreauteur:isbn:0123456789\ud800é"),
    st.lists(st.sampled_from(["auteur:", "titre:", '"', "isbn:", "AND", "la", "d'", "*"])).map(
        " ".join
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=TEXTS, unfinished=st.booleans())
def test_no_text_is_an_error(
    index: SearchIndex, shelved: dict[str, int], text: str, *, unfinished: bool
) -> None:
    page = index.search(text, unfinished=unfinished)
    assert page.total >= len(page.hits)
    index.suggest(text)


def test_suggestions_are_titles_series_and_authors(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    found = {(s.kind, s.text) for s in index.suggest("har")}
    assert {("series", "Harry Potter"), ("title", on.SORCIERS)} <= found
    assert ("author", "Anne Harrison") in found
    assert ("author", "Victor Hugo") in {(s.kind, s.text) for s in index.suggest("vic")}
    assert ("subject", "Biographie") in {(s.kind, s.text) for s in index.suggest("biog")}
    assert index.suggest("asté")[0].text == "Astérix"
    prince = index.suggest("petit p")[0]
    assert (prince.text, prince.record_id) == (on.PRINCE, shelved[on.PRINCE])


def test_suggestions_forgive_typos_and_never_repeat(
    index: SearchIndex, shelved: dict[str, int]
) -> None:
    assert index.suggest("harri pot")[0].text == "Harry Potter"
    found = index.suggest("a", first=20)
    assert len({(s.kind, s.text) for s in found}) == len(found) > 0
    assert index.suggest("") == index.suggest("  ") == index.suggest("x", first=0) == []
