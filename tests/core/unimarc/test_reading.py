"""From UNIMARC fields to what a record says."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import pytest

from navette.catalogue.unimarc import profiles, series, titles
from navette.catalogue.unimarc.barcode import normalised
from navette.catalogue.unimarc.identifiers import isbn, issn
from navette.catalogue.unimarc.iso2709 import RawRecord, read
from navette.catalogue.unimarc.parsed import ParsedRecord
from navette.catalogue.unimarc.reading import parse
from navette.catalogue.unimarc.writing import (
    ControlField,
    DataField,
    Field,
    general_data,
    write_record,
)


def field(tag: str, text: str, ind1: str = " ") -> DataField:
    """`field("200", "aLe titre|fL'auteur")`."""
    return DataField(tag, tuple((part[0], part[1:]) for part in text.split("|")), ind1)


def parsed(
    *fields: Field, profile: str | profiles.Profile = "generic", kind: str = "a", level: str = "m"
) -> ParsedRecord:
    data = write_record([ControlField("001", "x1"), *fields], kind=kind, level=level)
    raw = next(read(io.BytesIO(data)))
    assert isinstance(raw, RawRecord)
    return parse(raw, profiles.load(profile) if isinstance(profile, str) else profile)


def test_a_novel_is_read_whole() -> None:
    record = parsed(
        field("010", "a978-2-07-061275-8|bbr."),
        field("100", "a" + general_data("20200101", 2019, "b")),
        field("101", "afre|ceng"),
        field(
            "200", "a\u0098Le \u009cpetit prince|econte|fAntoine de Saint-Exupéry|gill. de l'auteur"
        ),
        field("214", "aParis|cGallimard|dDL 2007"),
        field("215", "a1 vol. (93 p.)|cill.|d18 cm"),
        field("225", "aFolio junior|v100"),
        field("330", "aUn aviateur rencontre un enfant."),
        field("606", "aEnfants|xFiction"),
        field("676", "a843.912 (fiction)"),
        field("700", "aSaint-Exupéry|bAntoine de|4070"),
        field("856", "uhttps://gallica.example/1|zLire en ligne"),
        field("995", "bHEM|f 0042 |kJ SAI|rLivre|qj"),
    )
    assert (record.local_id, record.type, record.title) == ("x1", "book", "Le petit prince")
    assert record.title_sort == "petit prince"
    assert record.subtitle == "conte"
    assert record.statement == "Antoine de Saint-Exupéry; ill. de l'auteur"
    assert record.authors == (("Antoine de Saint-Exupéry", "author", "Saint-Exupéry"),)
    assert (record.publisher, record.year) == ("Gallimard", 2007)
    assert record.extent == "1 vol. (93 p.) ; ill. ; 18 cm"
    assert (record.collection, record.series_title, record.volume_key) == ("Folio junior", "", "")
    assert (record.languages, record.audience) == (("fre",), "child")
    assert (record.original_languages, record.subtitle_languages) == (("eng",), ())
    assert record.subjects == ("Enfants -- Fiction",)
    assert (record.dewey, record.summary) == ("843.912", "Un aviateur rencontre un enfant.")
    assert record.links == (("https://gallica.example/1", "Lire en ligne"),)
    assert record.identifiers == (("isbn", "9782070612758", True, "978-2-07-061275-8"),)
    item = record.items[0]
    assert (item.barcode, item.written_barcode, item.call_number) == ("0042", "0042", "J SAI")
    assert (item.library, item.not_for_loan, item.item_type) == (None, False, "book")
    assert not record.repaired


def test_the_languages_of_a_film_and_of_its_subtitles_are_told_apart() -> None:
    film = parsed(field("101", "aeng|afre|cjpn|jfre|jdut"), field("200", "aRan"), kind="g")
    assert film.languages == ("eng", "fre")
    assert (film.original_languages, film.subtitle_languages) == (("jpn",), ("fre", "dut"))


@pytest.mark.parametrize(
    ("written", "title", "sort", "volume"),
    [
        ("Joyaux de la sorcière (Les)", "Les Joyaux de la sorcière", "joyaux de la sorciere", ""),
        ("Art de perdre (L')", "L'Art de perdre", "art de perdre", ""),
        ("[Le ]fil de soie", "Le fil de soie", "fil de soie", ""),
        ("<<Le >>fil de soie", "Le fil de soie", "fil de soie", ""),
        ("Schtroumpferies T.5", "Schtroumpferies", "schtroumpferies", "5"),
        ("Aquablue T. 02", "Aquablue", "aquablue", "2"),
        ("Wanted .tome 1", "Wanted", "wanted", "1"),
        ("Akissi T.6. Sans amis", "Akissi", "akissi", "6"),
        ("Akissi T.6 Sans amis", "Akissi", "akissi", "6"),
        ("Le disque de Jade T3/3, les îles", "Le disque de Jade", "disque de jade", "3"),
        (
            "Les chroniques de Spiderwick T1",
            "Les chroniques de Spiderwick",
            "chroniques de spiderwick",
            "1",
        ),
        ("Les Thibault, T2", "Les Thibault", "thibault", "2"),
        ("Vol 714 pour Sydney", "Vol 714 pour Sydney", "vol 714 pour sydney", ""),
        ("Femmes en blanc (Les) T.III", "Les Femmes en blanc", "femmes en blanc", "3"),
        ("20 pulls tout doux", "20 pulls tout doux", "20 pulls tout doux", ""),
        ("Vol de nuit", "Vol de nuit", "vol de nuit", ""),
        ("Ciné-Bazar. ", "Ciné-Bazar", "cine bazar", ""),
        ("Un loup marchait...", "Un loup marchait...", "loup marchait", ""),
    ],
)
def test_titles_are_shown_and_filed(written: str, title: str, sort: str, volume: str) -> None:
    record = parsed(field("200", f"a{written}"))
    assert (record.title, record.title_sort, record.volume_key) == (title, sort, volume)


@pytest.mark.parametrize(
    ("fields", "series", "label", "key"),
    [
        ([field("200", "aNaïade|h1")], "Naïade", "1", "1"),
        ([field("200", "aCabane (La) T|hvolume 1")], "La Cabane", "volume 1", "1"),
        ([field("200", "aSans amis"), field("461", "tAkissi|vHS 2")], "Akissi", "HS 2", "hs-2"),
        ([field("200", "aSans amis"), field("461", "tAkissi|vtome 6")], "Akissi", "tome 6", "6"),
        ([field("200", "aInferno"), field("225", "aLes Campbell|vvol. 1", "1")], "Les Campbell", "vol. 1", "1"),
        ([field("200", "aDe père en fils"), field("225", "aFolio|v757", "2")], "", "", ""),
        ([field("200", "aT"), field("461", "11001123|12001 |aAkissi|v6")], "Akissi", "6", "6"),
        ([field("200", "aT"), field("608", "aMangas"), field("410", "tNaruto|v6")], "Naruto", "6", "6"),
        ([field("200", "aCombats|hSaison III")], "Combats", "Saison III", "3"),
        ([field("200", "aLe nouveau nom"), field("461", "tL'amie prodigieuse|v2-1")], "L'amie prodigieuse", "2-1", "2-1"),
    ],
)  # fmt: skip
def test_volumes_belong_to_series_and_not_to_collections(
    fields: Sequence[Field], series: str, label: str, key: str
) -> None:
    record = parsed(*fields)
    assert (record.series_title, record.volume_label, record.volume_key) == (series, label, key)


@pytest.mark.parametrize(
    ("kind", "level", "fields", "expected"),
    [
        ("a", "m", [], "book"),
        ("a", "s", [], "magazine"),
        ("g", "m", [field("200", "aFilm|bDVD")], "film"),
        ("j", "m", [field("200", "aDisque|bEnr. sonore")], "music"),
        ("i", "m", [field("200", "aTexte|bEnr. sonore")], "audiobook"),
        ("j", "m", [field("181", "cspw")], "audiobook"),
        ("j", "m", [field("995", "rLivre lu|f1")], "audiobook"),
        ("c", "m", [], "score"),
        ("e", "m", [], "map"),
        ("l", "m", [], "software"),
        ("r", "m", [], "game"),
        ("a", "m", [field("106", "ad")], "large_print"),
        ("a", "m", [field("210", "cFeryane Livres en gros caractères")], "large_print"),
        ("a", "m", [DataField("105", (("a", "a   t   00|a|"),))], "comic"),
        ("a", "m", [field("608", "aBandes dessinées")], "comic"),
        ("a", "m", [field("995", "kE BD/SERIES|f1")], "comic"),
        ("a", "m", [field("200", "aRue des chansons"), field("215", "a1 DC (1 F.)")], "music"),
        ("a", "m", [field("182", "cv")], "film"),
        ("a", "m", [field("183", "cvd")], "film"),
        ("a", "m", [field("183", "csd"), field("181", "cspw")], "audiobook"),
        ("a", "m", [field("182", "cn"), field("182", "cs")], "book"),
        ("a", "m", [field("115", "ac098baizx")], "film"),
        ("a", "m", [field("126", "aagbxhxx")], "music"),
        ("m", "m", [field("126", "aagbxhxx")], "other"),
        (" ", " ", [field("995", "rDVD|f1")], "film"),
        (" ", " ", [], "book"),
    ],
)
def test_the_kind_of_document_is_told_from_all_places(
    kind: str, level: str, fields: Sequence[Field], expected: str
) -> None:
    assert parsed(*fields, kind=kind, level=level).type == expected


@pytest.mark.parametrize(
    ("written", "name", "family"),
    [
        ("aHugo|bVictor", "Victor Hugo", "Hugo"),
        ("aBryant, Sara Cone", "Sara Cone Bryant", "Bryant"),
        ("aBRUN-BOGLIO|bGeorgette", "Georgette Brun-Boglio", "Brun-Boglio"),
        ("aHergé|cpseud.", "Hergé", "Hergé"),
    ],
)
def test_names_stand_in_their_natural_order(written: str, name: str, family: str) -> None:
    assert parsed(field("700", f"{written}|4070")).authors == ((name, "author", family),)


@pytest.mark.parametrize(
    ("written", "value", "valid"),
    [
        ("2-07-036822-X", "9782070368228", True),
        ("2070368228", "2070368228", False),
        ("978-2-07-036822-8", "9782070368228", True),
        ("9782070368229", "9782070368229", False),
        ("979-10-327-1095-1", "9791032710951", True),
    ],
)
def test_isbn_become_thirteen_digits_and_wrong_ones_are_marked(
    written: str, value: str, *, valid: bool
) -> None:
    found = isbn(written)
    assert found is not None
    assert (found.value, found.valid, found.written) == (value, valid, written)


def test_isbn_without_digits_is_none_and_issn_are_checked() -> None:
    assert isbn("br.") is None
    right, wrong = issn("1285-9044"), issn("1285-9045")
    assert right is not None
    assert wrong is not None
    assert (right.valid, wrong.valid) == (True, False)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (" t000013 ", "T000013"),
        ("*LAN-00001*", "LAN-00001"),
        ("a25929900000010b", "25929900000010"),
        ("A123B", "A123B"),
        ("L4100000001", "L4100000001"),
        ("0002 0001\r\n", "00020001"),
    ],
)
def test_barcodes_have_one_form(written: str, meant: str) -> None:
    assert normalised(written) == meant
    assert normalised(normalised(written)) == normalised(written)


def test_an_item_says_all_that_the_profile_of_its_source_knows() -> None:
    record = parsed(
        field("099", "tLS"),
        field("995", "0" + "0|52013-02-01|bHEM|cHEM|eJeunesse|f25929900000010|hJABCTEF|kJ PAT|o2|p8.94|rPRETLS|w32"),
        profile="hem",
        kind="i",
    )  # fmt: skip
    item = record.items[0]
    assert record.type == item.item_type == "audiobook"
    assert (item.library, item.home_code, item.section) == ("hem", "HEM", "Jeunesse")
    assert (item.collection, item.price, item.not_for_loan) == ("JABCTEF", "8.94", True)
    assert (item.entered_on, item.loan_count) == (date(2013, 2, 1), 32)


def test_a_copy_belongs_to_its_owner_wherever_it_stands_and_unknown_codes_map_to_none() -> None:
    record = parsed(
        field("995", "bHEM|cLYS|f1"),
        field("995", "cLEE|f2"),
        field("995", "bXXX|cLYS|f3"),
        field("995", "c01|f4"),
        profile="hem",
    )
    assert [item.library for item in record.items] == ["hem", "leers", "lys", None]


def test_a_section_is_called_as_the_profile_calls_it() -> None:
    profile = profiles.from_toml(
        "mine",
        {
            "items": {"barcode": "f", "section": "e"},
            "values": {"sections": {"ALB": "Albums"}, "audiences": {"ALB": "child"}},
        },
    )
    record = parsed(field("995", "f1|eALB"), field("995", "f2|eDOC"), profile=profile)
    assert [item.section for item in record.items] == ["Albums", "DOC"]
    assert parsed(field("995", "f1|eALB"), profile=profile).audience == "child"


def test_every_library_has_its_profile() -> None:
    assert {"generic", "hem", "lys", "leers", "toufflers", "lannoy"} < set(profiles.known())
    for name in profiles.known():
        assert profiles.load(name).name == name
    with pytest.raises(profiles.UnknownProfile):
        profiles.load("paris")
    with pytest.raises(ValueError, match="unknown kinds"):
        profiles.from_toml("x", {"values": {"item_types": {"a": "papyrus"}}})
    with pytest.raises(ValueError, match="unknown item names"):
        profiles.from_toml("x", {"items": {"colour": "z"}})


@pytest.mark.parametrize(
    ("extent", "volume"),
    [
        ("vol 9; 1054 p.", "9"),
        ("Vol. 12 ; 1007 p.", "12"),
        ("T. 3 (250 p.)", "3"),
        ("2 vol. (381, 314 p.)", ""),
        ("1 vol. (448 p.)", ""),
        ("vol. 448 p.", ""),
        ("1054 p.", ""),
    ],
)
def test_a_volume_hidden_in_the_extent_is_found(extent: str, volume: str) -> None:
    fields = {
        "200": ["1 \x1faEncyclopaedia Universalis\x1feEuropéenne - Gauguin"],
        "215": [f"  \x1fa{extent}\x1fd30 cm"],
    }
    title = titles.with_volume(titles.read(fields), fields["215"][0])
    found = series.read(fields, title, is_comic=False, always_series=False)
    assert found.key == volume
    assert (found.title == "Encyclopaedia Universalis") is bool(volume)


@pytest.mark.parametrize(
    ("note", "audience"),
    [
        ("À partir de 6 ans", "child"),
        ("Pour les 12-15 ans", "young"),
        ("3 à 6 ans", "child"),
        ("16 ans et plus", "young"),
        ("Tout public", ""),
    ],
)
def test_a_note_says_for_whom_it_is(note: str, audience: str) -> None:
    assert parsed(field("200", "aT"), field("333", f"a{note}")).audience == audience


def test_parallel_titles_are_other_titles_and_a_cancelled_isbn_is_kept_and_marked() -> None:
    record = parsed(
        field("200", "aL'étranger|d= The stranger|d= Der Fremde"),
        field("010", "z978-2-07-061275-8"),
    )
    assert record.other_titles == ("The stranger", "Der Fremde")
    assert [(i.value, i.valid) for i in record.identifiers] == [("9782070612758", False)]
