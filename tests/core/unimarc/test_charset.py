"""What bytes mean, whatever the record declares."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navette.catalogue.unimarc import charset, iso5426
from navette.catalogue.unimarc.cleaning import clean, composed

FRENCH = "L'œuvre d'été : où ça ? À Noël, l'île « Çà et là »"
ISO, UTF = "0103", "50  "


@pytest.mark.parametrize(
    ("data", "declared", "found"),
    [
        (FRENCH.encode(), UTF, "utf-8"),
        (FRENCH.encode(), ISO, "utf-8"),
        (iso5426.encode(FRENCH), ISO, "iso5426"),
        (iso5426.encode(FRENCH), UTF, "iso5426"),
        (FRENCH.encode("cp1252"), UTF, "cp1252"),
        (FRENCH.encode("cp1252"), ISO, "cp1252"),
        (FRENCH.replace("œ", "oe").encode("latin-1"), "", "cp1252"),
    ],
)
def test_the_bytes_decide_and_not_the_declaration(data: bytes, declared: str, found: str) -> None:
    decoded = charset.decode(data, declared)
    assert decoded.charset == found
    assert decoded.text.replace("œ", "oe") == FRENCH.replace("œ", "oe")


@pytest.mark.parametrize("declared", [ISO, UTF, ""])
@pytest.mark.parametrize(
    "text",
    [
        "École",
        "L'ÉCOLE À ÉVREUX",
        "Élégie de Paul Éluard",
        "L'Âme",
        "Âne",
        "Éhonté",
        "Ça va",
        "Îles",
    ],
)
def test_capital_letters_of_latin_1_are_no_marks_of_iso_5426(text: str, declared: str) -> None:
    field = f"1 \x1fa{text}"
    assert charset.decode(field.encode("latin-1"), declared).text == field
    assert charset.decode(iso5426.encode(field), declared).text == field


def test_text_that_needs_nothing_is_not_called_repaired() -> None:
    assert charset.decode(FRENCH.encode(), UTF) == (FRENCH, "utf-8", False)
    assert charset.decode(iso5426.encode(FRENCH), ISO) == (FRENCH, "iso5426", False)


def test_decomposed_letters_are_composed() -> None:
    decoded = charset.decode(unicodedata.normalize("NFD", FRENCH).encode(), UTF)
    assert decoded == (FRENCH, "utf-8", True)


@pytest.mark.parametrize("middle", ["latin-1", "cp1252"])
def test_text_encoded_twice_is_decoded_twice(middle: str) -> None:
    text = "Élève à Nîmes, été « çà »"
    if middle == "cp1252":
        text += " l’œil…"
    twice = text.encode().decode(middle, "replace").encode()
    if "\ufffd" not in twice.decode():
        assert charset.decode(twice, UTF) == (text, "utf-8", True)


def test_a_capital_letter_before_a_quotation_mark_is_not_text_encoded_twice() -> None:
    assert clean("FERMÉ\u00a0» et « À\u00a0»") == "FERMÉ\u00a0» et « À\u00a0»"


def test_one_bad_byte_does_not_spoil_utf8() -> None:
    data = FRENCH.encode() + b" \xe9t\xe9"
    decoded = charset.decode(data, UTF)
    assert decoded.text == FRENCH + " été"
    assert decoded.charset == "damaged utf-8"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("rapport n<U+00B0>1", "rapport n°1"),
        ("Consolation n&lt;U+00B0&gt;3", "Consolation n°3"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("une <i>belle</i> histoire<br/>", "une belle histoire"),
        ("docu\xadmentation", "documentation"),
        ("un\ttitre\x07", "un titre"),
        ("Ex. n \u030a37", "Ex. n° 37"),
        ("Knausgård, 3 < 4", "Knausgård, 3 < 4"),
        ("http://exemple.fr/?a=1&copy=2", "http://exemple.fr/?a=1&copy=2"),
    ],
)
def test_debris_is_cleaned(written: str, meant: str) -> None:
    assert composed(clean(written)) == meant


def test_non_sorting_marks_survive_in_every_encoding() -> None:
    marked = "\u0098L'\u009cété"
    assert charset.decode(marked.encode(), UTF).text == marked
    assert charset.decode("\u0088L'\u0089été".encode(), UTF).text == marked
    assert charset.decode(b"\x88L'\x89\xc2et\xc2e", ISO).text == marked
    assert charset.decode(b"\x88L'\x89\xe9t\xe9", UTF).text == marked


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xc2et\xc2e", "été"),
        (b"n\xca 4", "n° 4"),
        (b"Knausg\xcaard", "Knausgård"),
        (b"Na\xcfgma\xc8t a\xc7gus\xd6tus", "Naǧmaẗ aġusṭus"),
        (b"\xd6\xc5e", "ẹ̄"),
        (b"\xeauvre \xfa", "Œuvre œ"),
        (b"\xffx", "\ufffdx"),
    ],
)
def test_in_iso_5426_the_mark_precedes_the_letter(data: bytes, text: str) -> None:
    assert iso5426.decode(data) == text


def test_iso_5426_says_what_it_cannot_write() -> None:
    with pytest.raises(iso5426.UnwritableText) as told:
        iso5426.encode("漫画")
    assert told.value.character == "漫"
    assert iso5426.decode(iso5426.encode("5 € – l’été… à 20°C")) == "5 EUR - l’été... à 20° C"


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTED = "àâäçéèêëîïôöùûüÿñåøæœßłđÀÂÄÇÉÈÊËÎÏÔÖÙÛÜÑÅØÆŒŁšžčřőűşţąęāēīōūṭḥṇ"
ISO_TEXT = st.text(
    alphabet=LETTERS + ACCENTED + " 0123456789.,;:!?'()-«»’“”\u0098\u009c", max_size=60
)


@given(ISO_TEXT)
def test_iso_5426_gives_back_what_it_was_given(text: str) -> None:
    assert iso5426.decode(iso5426.encode(text)) == unicodedata.normalize("NFC", text)


@given(st.binary(max_size=200), st.sampled_from(["", UTF, ISO]))
def test_no_bytes_can_break_the_reading(data: bytes, declared: str) -> None:
    decoded = charset.decode(data, declared)
    assert unicodedata.is_normalized("NFC", decoded.text)


# "Â«" is what a « encoded twice looks like: no word is written so.
@given(st.text(alphabet=sorted({*LETTERS, *ACCENTED, *" ’«»"} - {*"ÃÂÅ"}), min_size=1))
def test_clean_utf8_is_left_as_it_is(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert charset.decode(text.encode(), ISO).text == text
