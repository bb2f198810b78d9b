"""The language a sentence is said in: chosen for a request or a message; French is the source.

Sentences stand in the code, in French, inside `_()` or `ngettext()`; `words/*.po` translate them.
A sentence that is kept in a constant is marked by `N_()` and said by `_()` where it is used. The
catalogues are compiled in memory when a language is first spoken, so no compiled file can be stale.
"""

from __future__ import annotations

import gettext as _gettext
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

WORDS = Path(__file__).parent / "words"
FRENCH, PSEUDO = "fr", "x-miroir"
_LOOSE = re.compile(r" (?=[:;?!»])|(?<=«) ")


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """A language of the interface: its own name, its code in HTML, its direction.

    There is one of each: it is its own key, looked up at every sentence.
    """

    code: str
    name: str
    html: str
    locale: str
    direction: str = "ltr"
    catalogue: str = ""


LANGUAGES: Mapping[str, Language] = {
    one.code: one
    for one in (
        Language(FRENCH, "Français", "fr", "fr"),
        Language("fr-x-falc", "Français facile à lire", "fr-x-falc", "fr", catalogue="fr_falc"),
        Language("en", "English", "en", "en_GB", catalogue="en"),
        Language("nl", "Nederlands", "nl", "nl", catalogue="nl"),
    )
}
# A made-up language that is written from right to left: it shows what the pages do then.
_PSEUDO = Language(PSEUDO, "Miroir", "fr-x-miroir", "fr", direction="rtl")
_spoken: ContextVar[Language] = ContextVar("spoken", default=LANGUAGES[FRENCH])


@cache
def tight(message: str) -> str:
    """Keep a French mark with its word: a no-break space before : ; ? ! and inside « »."""
    return _LOOSE.sub("\N{NO-BREAK SPACE}", message)


class _French(_gettext.NullTranslations):
    """The source itself; in French nought and one are singular."""

    def gettext(self, message: str) -> str:
        """Say a sentence as it is printed."""
        return tight(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Choose between one and many."""
        return tight(msgid1 if abs(n) <= 1 else msgid2)


class _Easy(_gettext.GNUTranslations):
    """A catalogue in French: what it lacks is said by the source."""

    def gettext(self, message: str) -> str:
        """Say a sentence as it is printed."""
        return tight(super().gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Choose between one and many."""
        return tight(super().ngettext(msgid1, msgid2, n))


class _Mirror(_French):
    """Every sentence in letters that run from right to left; values, marks and tags as they are."""

    _kept = re.compile(r"(<[^>]*>|%%|%\(\w+\)s|\{\w*\}|&\w+;)")

    def gettext(self, message: str) -> str:
        """Say a sentence from right to left."""
        parts = self._kept.split(message)
        return "".join(
            part if at % 2 or not part.strip() else f"\u202e{part}\u202c"
            for at, part in enumerate(parts)
        )

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Choose between one and many."""
        return self.gettext(super().ngettext(msgid1, msgid2, n))


def language_named(code: str, *, pseudo: bool = False) -> Language | None:
    """Return a language by its code, or None; the made-up one only where it may be spoken."""
    return _PSEUDO if pseudo and code == PSEUDO else LANGUAGES.get(code)


def spoken() -> Language:
    """Return the language of this moment."""
    return _spoken.get()


def speak(language: Language) -> None:
    """Speak a language until the request or the task ends."""
    _spoken.set(language)


def speaking(code: str) -> AbstractContextManager[None]:
    """Speak a language for a while, French when it is unknown: a message to one patron."""
    return speaking_as(LANGUAGES.get(code) or LANGUAGES[FRENCH])


@contextmanager
def speaking_as(language: Language) -> Iterator[None]:
    """Speak this language for a while, made up or not."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def gettext(message: str) -> str:
    """Say a sentence in the language of this moment."""
    return translations(_spoken.get()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Say a counted sentence; the caller puts the count into it."""
    return translations(_spoken.get()).ngettext(one, many, count)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for a mark
    """Mark a sentence; `_` says it later."""
    return message


_ = gettext


@cache
def translations(language: Language) -> _gettext.NullTranslations:
    """Return the catalogue of a language; what it lacks is said in French."""
    if language.code == PSEUDO:
        return _Mirror()
    if not language.catalogue:
        return _French()
    with (WORDS / f"{language.catalogue}.po").open("rb") as file:
        catalogue = read_po(file, locale=language.locale)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    said = (_Easy if language.locale == FRENCH else _gettext.GNUTranslations)(compiled)
    said.add_fallback(_French())
    return said
