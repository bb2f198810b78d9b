"""The same publication is found again, volumes and media are never mixed."""

from __future__ import annotations

import pytest

from navette.catalogue.matching import Decision, MatchFacts, blocking_keys, decide
from navette.catalogue.normalising import folded, number_of, without_article

NOVEL = MatchFacts(
    kind="book",
    isbns=("9782070368228",),
    eans=(),
    issn="",
    title="etranger",
    subtitle="",
    main_title="etranger",
    volume="",
    numbered=False,
    families=("camus",),
    statement="albert camus",
    year=1942,
    pages=186,
    extent="186 p",
    publisher="gallimard",
)
COMIC = NOVEL._replace(
    kind="comic",
    isbns=("9782205006988",),
    title="naruto",
    main_title="naruto",
    volume="3",
    numbered=True,
    families=("kishimoto",),
    statement="masashi kishimoto",
    year=2003,
    pages=192,
)
UNNUMBERED = NOVEL._replace(isbns=())


def test_the_same_isbn_and_title_are_one_publication_and_the_reasons_say_so() -> None:
    decision = decide(NOVEL, NOVEL._replace(year=None, pages=None, families=()))
    assert decision.same
    assert decision.reasons[:2] == ("identifier: 9782070368228", "title")


@pytest.mark.parametrize(
    "other",
    [
        COMIC._replace(volume="4"),
        COMIC._replace(volume="4", isbns=()),
        COMIC._replace(volume="", isbns=(), numbered=False),
        COMIC._replace(volume="13"),
    ],
)
def test_volumes_of_a_series_are_never_merged(other: MatchFacts) -> None:
    assert not decide(COMIC, other).same
    assert not decide(other, COMIC).same


def test_a_volume_with_a_title_of_its_own_needs_no_number() -> None:
    told = UNNUMBERED._replace(volume="2", numbered=False)
    assert decide(told, UNNUMBERED).same


@pytest.mark.parametrize("kind", ["film", "audiobook", "music", "large_print"])
def test_different_media_are_never_merged(kind: str) -> None:
    assert not decide(UNNUMBERED, UNNUMBERED._replace(kind=kind)).same


@pytest.mark.parametrize(
    "other",
    [
        UNNUMBERED._replace(title="etranger roman", subtitle="roman"),
        UNNUMBERED._replace(families=(), statement="albert camus"),
        UNNUMBERED._replace(publisher="", year=None),
        UNNUMBERED._replace(kind="comic"),
        UNNUMBERED._replace(title="letranger", main_title="letranger"),
    ],
)
def test_without_an_identifier_title_author_year_and_length_decide(other: MatchFacts) -> None:
    assert decide(UNNUMBERED, other).same
    assert decide(other, UNNUMBERED).same


@pytest.mark.parametrize(
    "other",
    [
        UNNUMBERED._replace(year=1957),
        UNNUMBERED._replace(pages=123, extent="123 p"),
        UNNUMBERED._replace(families=("vian",), statement="boris vian"),
        UNNUMBERED._replace(title="peste", main_title="peste"),
        UNNUMBERED._replace(families=(), statement="", year=None, pages=None, extent=""),
        NOVEL._replace(isbns=("9782070360024",)),
    ],
)
def test_other_editions_and_other_books_stay_apart(other: MatchFacts) -> None:
    mine = NOVEL if other.isbns else UNNUMBERED
    assert not decide(mine, other).same


def test_one_number_for_a_whole_set_does_not_merge_its_parts() -> None:
    part = COMIC._replace(
        volume="",
        numbered=False,
        title="episodes 57 a 64",
        main_title="episodes 57 a 64",
        pages=None,
    )
    other = part._replace(title="episodes 82 a 89", main_title="episodes 82 a 89")
    assert decide(part, other) == Decision(
        False, 0.4, ("identifier: 9782205006988", "numbers in the titles differ")
    )


def test_magazines_are_known_by_their_title() -> None:
    magazine = UNNUMBERED._replace(
        kind="magazine", title="geo ado", main_title="geo ado", year=None, pages=None, families=()
    )
    assert decide(magazine, magazine._replace(publisher="", statement="")).same


def test_records_of_one_publication_share_a_key() -> None:
    long = UNNUMBERED._replace(title="etranger roman", main_title="etranger", subtitle="roman")
    assert set(blocking_keys(long)) & set(blocking_keys(NOVEL))
    assert "isbn:9782070368228" in blocking_keys(NOVEL)


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("3", "3"), ("03", "3"), ("tome III", "3"), ("Vol. 3", "3"), ("N° 5", "5"), ("[2]", "2"),
        ("2-1", "2-1"), ("premier", "1"), ("Tome premier", "1"), ("IV", "4"), ("saison 2", "2"),
        ("", ""), ("hors-série", "hors serie"), ("XIV", "14"), ("c", "c"),
        ("Tome vingt-huitième", "28"), ("T. trentième", "30"), ("tome onzième", "11"),
        ("dix-septième", "17"), ("tome quatre-vingt-dix-septième", "97"), ("vingt et unième", "21"),
        ("Hors-série n° 2", "hs-2"), ("HS 12", "hs-12"),
        ("hors-série 0", "hs-0"),
        ("deux " * 2_000, "2"),
    ],
)  # fmt: skip
def test_volume_labels_mean_numbers(label: str, number: str) -> None:
    assert number_of(label) == number


def test_words_are_folded_and_articles_dropped() -> None:
    assert folded("L'Œuvre d'Été — « N° 1 »") == "l oeuvre d ete n 1"
    assert without_article(folded("L'Œuvre")) == "oeuvre"
    assert without_article("le") == "le"
