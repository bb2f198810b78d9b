"""What a person typed, understood: words, phrases, the field they were meant for, an ISBN.

Nothing here can fail: what is no syntax is words, and what is no word is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from navette.catalogue.normalising import number_of
from navette.catalogue.search.analysis import Token, flat, french, placed, plain_words, stems
from navette.catalogue.search.analysis import words as whole
from navette.catalogue.unimarc.identifiers import isbn

LONGEST_QUERY: Final = 300
MOST_WORDS: Final = 16
# With more, one typo in each is enough: the others say what was meant, and two cost three times as much.
FEW_WORDS: Final = 7
TYPO_LETTERS, TYPO_LETTERS_TWO, NO_WORD = 4, 8, 24
FIELDS: Final = {
    "auteur": "author",
    "titre": "title",
    "sujet": "subject",
    "isbn": "isbn",
    "serie": "series",
    "série": "series",
}
_GAP: Final = r"[\s.\-\u2010-\u2013]?"
_PART: Final = re.compile(
    # "ISBN 978 2 07 061275 8", as it stands on a book: with spaces, with or without a colon.
    rf"(?<!\w)(?:isbn|ean|issn)(?:[\s-]?1[03])?\s*:?\s*"
    rf"(?P<number>(?:\d{_GAP}){{12}}\d|(?:\d{_GAP}){{9}}[\dXx]|(?:\d{_GAP}){{7}}[\dXx])(?!\w)|"
    r'(?:(?<!\w)(?P<field>auteur|titre|sujet|isbn|s[eé]rie):\s*)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))',
    re.IGNORECASE,
)
_SYNTAX: Final = frozenset('":')
_NUMBERED: Final = re.compile(r"(?<!\w)(?:isbn|ean|issn)[\s\d-]", re.IGNORECASE)
_QUOTES: Final = str.maketrans({"«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "\xa0": " "})
# A volume as people write it, behind a title: "naruto t3", "T. III", "vol. 2"; and "tome trois"
# wherever it stands. "Vol 714 pour Sydney" and "T2 Trainspotting" begin so.
_VOLUME: Final = re.compile(
    r"(?<!\w)(?:(?:tomes?|(?<=\S\s)t)[\s.°]*\d{1,3}|(?<=\S\s)(?:vol|volume)[\s.°]*\d{1,2}"
    r"|(?:tomes?|(?<=\S\s)(?:t\.|vol|volume))[\s.]*(?<![a-z])"
    r"(?:[ivx]{1,6}|un|premier|deux|second|trois|quatre|cinq|six|sept|huit|neuf|dix))(?!\w)",
    re.IGNORECASE,
)
_ISSUE: Final = re.compile(r"(?<!\w)num[eé]ro\s+(?=\d)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[\d\sXx.\-\u2010-\u2013]{8,24}")
_AROUND: Final = " \t.,;:()[]<>\"'"
_NOT_NUMBER: Final = re.compile(r"[^\dX]")


# Who writes one of these around a name wants what came out last.
NEWEST: Final = frozenset(["dernier", "derniere", "derniers", "dernieres", "nouveau", "nouveaux"])
# What people write around what they look for; never alone a reason to find nothing.
SOFT: Final = NEWEST | frozenset(
    [
        "je",
        "cherche",
        "voudrais",
        "veux",
        "voir",
        "lire",
        "emprunter",
        "bonjour",
        "svp",
        "nouvelle",
        "livre",
        "livres",
        "roman",
        "romans",
        "policier",
        "policiers",
        "auteur",
        "oeuvre",
        "oeuvres",
        "collection",
        "serie",
        "tome",
        "volume",
        "film",
        "films",
        "dvd",
        "cd",
        "disque",
        "disques",
        "musique",
        "bd",
        "manga",
        "revue",
        "magazine",
        "journal",
        "opera",
        "operette",
        "album",
        "audio",
        "texte",
        "lu",
        "gros",
        "caracteres",
        "grand",
        "gratuit",
        "complet",
        "integrale",
        "000",
        "vf",
    ]
)
_SHORT_FOR: Final = {
    "mme": "madame",
    "mlle": "mademoiselle",
    "mr": "monsieur",
    "st": "saint",
    "ste": "sainte",
    "dr": "docteur",
}
OTHERS: Final = _SHORT_FOR | {long: short for short, long in _SHORT_FOR.items()}


@dataclass(frozen=True, slots=True)
class Word:
    """A word: whole and folded, its stem (None for "de", "l'"...), the field it was meant for.

    `others` are other ways of writing it: "st" for "saint". `typos` is how many may be forgiven.
    """

    whole: str
    stem: str | None
    field: str = ""
    typos: int = 2

    @property
    def others(self) -> Sequence[str]:
        """Return the other ways of writing it, folded."""
        other = OTHERS.get(self.whole)
        return (other,) if other else ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must follow each other, as places and forms."""

    stems: Sequence[tuple[int, str]]
    wholes: Sequence[tuple[int, str]]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A whole query. `numbers` are ISBN, EAN or ISSN in every form they may be kept in."""

    words: Sequence[Word] = ()
    phrases: Sequence[Phrase] = ()
    numbers: Sequence[str] = ()
    field_numbers: Sequence[str] = ()
    flat: str = ""
    unfinished: bool = False

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to look for."""
        return not (self.words or self.phrases or self.numbers or self.field_numbers)

    @property
    def required(self) -> Sequence[Word]:
        """Return the words that must be there: those with a stem, or all when none has one.

        The last one counts whatever it is while it may still grow ("le s"). Each is asked for once.
        """
        strong = [word for word in self.words if word.stem is not None]
        if self.unfinished and self.words and self.words[-1].stem is None:
            strong.append(self.words[-1])
        if strong or self.phrases or self.field_numbers:
            return list(dict.fromkeys(strong))
        return list(dict.fromkeys(self.words))


def understood(text: str, *, unfinished: bool = False) -> Asked:
    """Read a query; `unfinished` says that its last word is still being typed."""
    text = text[:LONGEST_QUERY]
    if not text.isascii():
        text = text.translate(_QUOTES)
    said = _ISSUE.sub("", _VOLUME.sub(_tome, text))
    # As nearly always: its words are read at once.
    plainly = _SYNTAX.isdisjoint(said) and not _NUMBERED.search(said)
    words = words_of(said) if plainly else []
    phrases: list[Phrase] = []
    field_numbers: list[str] = []
    for part in () if plainly else _PART.finditer(said):
        field = FIELDS[part["field"].lower()] if part["field"] else ""
        if part["number"]:
            field_numbers += numbers_of(part["number"])
        elif field == "isbn":
            field_numbers += numbers_of(part["phrase"] or part["word"] or "")
        elif part["phrase"] is None:
            words += words_of(part["word"], field)
        elif len(quoted := plain_words(part["phrase"])) > 1:
            phrases.append(_phrase(part["phrase"], quoted, field))
        else:
            words += words_of(part["phrase"], field)
    plain = not any(word.field for word in words)
    words = words[:MOST_WORDS]
    if len(words) > FEW_WORDS:
        words = [replace(word, typos=1) for word in words]
    return Asked(
        words=words,
        phrases=phrases[:MOST_WORDS],
        numbers=numbers_of(text) if _NUMBER.fullmatch(text.strip(_AROUND)) else (),
        field_numbers=field_numbers,
        flat=flat(text) if plain and not field_numbers else "",
        unfinished=unfinished and text[-1:].isalnum(),
    )


def _tome(volume: re.Match[str]) -> str:
    """Give a volume as the index says it, however it was typed."""
    return f"tome {number_of(volume.group())}"


def reach(word: str) -> int:
    """Return how many typos a word may have: none under 4 letters, one to 7, then two.

    What is longer than any word of French has one: it is slow to look for, and nobody's typo.
    """
    if len(word) < TYPO_LETTERS or not word.isalpha():
        return 0
    return 2 if TYPO_LETTERS_TWO <= len(word) < NO_WORD else 1


def words_of(text: str, field: str = "") -> list[Word]:
    """Return the words of a text; an elision is two words, the first without a stem."""
    stem_at = dict(placed(french, text))
    return [Word(word, stem_at.get(place), field) for place, word in placed(whole, text)]


def numbers_of(text: str) -> list[str]:
    """Return the forms in which a typed ISBN, EAN or ISSN may be kept; empty when there is none."""
    digits = _NOT_NUMBER.sub("", text.upper())
    if not digits:
        return []
    known = isbn(digits)
    return sorted({digits, known.value} if known else {digits})


def _phrase(text: str, quoted: Sequence[Token], field: str) -> Phrase:
    return Phrase(
        stems=[(t.position, t.text) for t in stems(text)][:MOST_WORDS],
        wholes=[(t.position, t.text) for t in quoted][:MOST_WORDS],
        field=field,
    )
