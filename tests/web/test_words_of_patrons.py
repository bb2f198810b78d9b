"""The words of the interface: never jargon, never blame, never long, wherever a resident reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import navette_web
from navette.languages import LANGUAGES, translations
from navette_server.words import gathered

FORBIDDEN = (
    "exemplaire", "notices?", "usager", "sso", "fédéré", "transit", "token", "échec",
    r"erreur \d+", "invalide", "pénalité", "vous devez", "vous avez oublié", "impossible",
)  # fmt: skip
NEVER = re.compile(rf"\b(?:{'|'.join(FORBIDDEN)})s?\b", re.IGNORECASE)
# Read at a desk, by a driver or by a coordinator; everything else is for residents.
STAFF = re.compile(r"(^|/)(desk|coordination|circulation/desk)|_desk|style|sign_in_staff|inbox")
MOST_WORDS, MOST_ON_A_BUTTON = 15, 4
WORD = re.compile(r"[\w’'{}()%-]+")
TEMPLATES = Path(str(navette_web.__file__)).parent / "templates"
BUTTON = re.compile(
    r"""<button\b[^>]*>(.*?)</button>|<a class="button[^"]*"[^>]*>(.*?)</a>"""
    r"""|\bverb\("[^"]*"[^,]*, ((?:n?gettext|_)\(.*?\))[,)]""",
    re.DOTALL,
)
SAID = re.compile(r'(?:\b_|gettext)\("((?:[^"\\]|\\.)*)"')
TIGHT = re.compile(r" [:;?!»]|« ")


@cache
def read_by_residents() -> tuple[str, ...]:
    return tuple(
        one
        for message in gathered()
        if message.id and not all(STAFF.search(place) for place, _line in message.locations)
        for one in ((message.id,) if isinstance(message.id, str) else message.id)
    )


def sentences(text: str) -> Iterator[str]:
    yield from re.split(r"(?<=[.?!…])\s+", re.sub(r"<[^>]*>", "", text))


def test_the_catalogue_is_heard() -> None:
    said = read_by_residents()
    assert len(said) > 300
    assert any("Rendez-le" in one for one in said)
    assert NEVER.search("Erreur 404 : cet usager est invalide")


def test_no_sentence_speaks_jargon_or_blames() -> None:
    assert [one for one in read_by_residents() if NEVER.search(one)] == []


def test_no_sentence_is_long() -> None:
    long = [
        sentence
        for one in read_by_residents()
        for sentence in sentences(one)
        if len(WORD.findall(sentence)) > MOST_WORDS
    ]
    assert long == []


def on_buttons(source: str) -> Iterator[str]:
    """Yield what buttons say: those of forms, links drawn as buttons, verbs with a form of their own."""
    for found in BUTTON.finditer(source):
        inside = next(part for part in found.groups() if part)
        yield from SAID.findall(inside)


def test_no_button_is_long() -> None:
    long = [
        (path.name, said)
        for path in TEMPLATES.rglob("*.html")
        if path.name != "style.html"
        for said in on_buttons(path.read_text(encoding="utf-8"))
        if len(WORD.findall(re.sub(r"%\(\w+\)s", "x", said))) > MOST_ON_A_BUTTON
    ]
    assert long == []


def test_the_buttons_are_heard() -> None:
    said = {
        one for path in TEMPLATES.rglob("*.html") for one in on_buttons(path.read_text("utf-8"))
    }
    assert len(said) > 100
    assert {"Prolonger", "Entrer", "Annuler"} <= said
    assert list(on_buttons('<button type="submit">{{ _("Un deux") }}</button>')) == ["Un deux"]
    assert list(on_buttons('{{ verb("/x", _("Oui, non"), {}) }}')) == ["Oui, non"]


def test_no_line_breaks_before_a_mark_that_belongs_to_its_word() -> None:
    """The language keeps them together, however the source is typed."""
    assert TIGHT.search("Ouvert ?")
    french = translations(LANGUAGES["fr"])
    said = [re.sub(r"<[^>]*>", "", french.gettext(one)) for one in read_by_residents()]
    assert [one for one in said if TIGHT.search(one)] == []


@pytest.mark.parametrize("mark", ["'", "..."])
def test_typography_is_french(mark: str) -> None:
    loose = re.sub(r"<[^>]*>|\{.*?\}", "", "\n".join(read_by_residents()))
    assert mark not in loose
