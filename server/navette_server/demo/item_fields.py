"""The field 995 of each library: the same facts of a copy, five ways of noting them."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from navette.catalogue.unimarc.fields import DataField
from navette_server.demo.habits import HABITS
from navette_server.demo.holdings import Copy
from navette_server.demo.works import Kind, Part, Work

Subfields = list[tuple[str, str]]

_UNFILED: Final = re.compile(r"^(Les Aventures de |Les |Le |La |L')")
_SHELF_MARKS: Final[Mapping[Kind, str]] = {
    Kind.BOOK: "R", Kind.COMIC: "BD", Kind.MANGA: "MANGA", Kind.FILM: "DVD", Kind.MUSIC: "CD",
    Kind.AUDIOBOOK: "LA", Kind.LARGE_PRINT: "GC", Kind.MAGAZINE: "P",
}  # fmt: skip
_LOAN_TYPES_OF_HEM: Final[Mapping[Kind, str]] = {
    Kind.FILM: "PRETDVD", Kind.MUSIC: "PRETSON", Kind.AUDIOBOOK: "PRETLS", Kind.MAGAZINE: "PRETPER",
}  # fmt: skip
_TYPES_OF_LANNOY: Final[Mapping[Kind, str]] = {
    Kind.FILM: "DVD", Kind.MUSIC: "CD", Kind.AUDIOBOOK: "Livre lu",
}  # fmt: skip
_PRICES: Final[Mapping[Kind, str]] = {
    Kind.COMIC: "12.50", Kind.MANGA: "7.20", Kind.FILM: "35.00", Kind.MUSIC: "18.00",
    Kind.AUDIOBOOK: "24.00", Kind.LARGE_PRINT: "23.00", Kind.MAGAZINE: "5.90",
}  # fmt: skip
LEADER_KINDS: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.FILM: ("g", "m"), Kind.MUSIC: ("j", "m"), Kind.AUDIOBOOK: ("i", "m"),
    Kind.MAGAZINE: ("a", "s"),
}  # fmt: skip

PRINTED: Final = ("a", "m")


def item_field(copy: Copy, barcode: str) -> DataField:
    """Note a copy the way its library does."""
    subfields = _WRITERS[copy.library](copy, barcode)
    if part := copy.part:
        subfields.append((HABITS[copy.library].part_code, _part_of(copy.work, part)))
    return DataField("995", tuple(sorted(subfields)))


def call_number(work: Work) -> str:
    """Give the place on the shelf: "R HUG", "J BD AST", "641.5 MAL", "DVD NAK"."""
    mark = work.dewey if work.shelf == "documentaries" else _SHELF_MARKS[work.kind]
    if work.audience == "child":
        mark = "J" if mark == "R" else f"J {mark}"
    return f"{mark} {_three_letters(work)} {work.volume if work.series else ''}".strip()


def _three_letters(work: Work) -> str:
    filed = work.series or (work.authors[0].name if work.authors else work.title)
    letters = (c for c in unicodedata.normalize("NFD", _UNFILED.sub("", filed)) if c.isalpha())
    return "".join(letters)[:3].upper()


def _part_of(work: Work, part: Part) -> str:
    if work.kind is Kind.MAGAZINE:
        return f"n° {part.number} ({part.label})"
    return f"{part.number}, {part.label}"


def _section(work: Work) -> str:
    return "Jeunesse" if work.audience == "child" else "Adulte"


def _audience(work: Work) -> str:
    return "j" if work.audience == "child" else "a"


def _leader_kind(work: Work) -> str:
    return "".join(LEADER_KINDS.get(work.kind, PRINTED))


def _entered(copy: Copy) -> str:
    return HABITS[copy.library].entered


def _hem(copy: Copy, barcode: str) -> Subfields:
    day = _entered(copy)
    return [
        ("2", "0"),
        ("5", f"{day[:4]}-{day[4:6]}-{day[6:]}"),
        ("b", "HEM"),
        ("c", "HEM"),
        ("e", _section(copy.work)),
        ("f", barcode),
        ("k", call_number(copy.work)),
        ("o", "2" if copy.on_site else "0"),
        ("p", _PRICES.get(copy.work.kind, "20.00")),
        ("r", _LOAN_TYPES_OF_HEM.get(copy.work.kind, "PRETLIV")),
        ("w", str(copy.loans)),
    ]


def _lannoy(copy: Copy, barcode: str) -> Subfields:
    # Magazines are not typed at Lannoy: the leader says what they are.
    named = [("r", _TYPES_OF_LANNOY.get(copy.work.kind, "Livre"))]
    return [
        ("a", "LANNOY"),
        ("c", "01"),
        ("f", barcode),
        ("k", call_number(copy.work)),
        *(named if copy.work.kind is not Kind.MAGAZINE else []),
        ("u", "Consultation sur place" if copy.on_site else "Prêt normal"),
    ]


def _leers(copy: Copy, barcode: str) -> Subfields:
    return [
        ("a", "Médiathèque de Leers"),
        ("b", "LEE"),
        ("f", barcode),
        ("k", call_number(copy.work)),
        ("m", _entered(copy)),
        ("o", "2" if copy.on_site else "0"),
        ("q", _audience(copy.work)),
        ("r", _leader_kind(copy.work)),
    ]


def _lys(copy: Copy, barcode: str) -> Subfields:
    return [
        ("a", "Lys-lez-Lannoy"),
        ("b", "LYS"),
        ("c", "LYS"),
        ("d", "Lys-lez-Lannoy"),
        ("e", _section(copy.work)),
        ("f", barcode),
        ("k", call_number(copy.work)),
        ("o", "c" if copy.on_site else "p"),
        ("q", _audience(copy.work)),
        ("r", _leader_kind(copy.work)),
    ]


def _toufflers(copy: Copy, barcode: str) -> Subfields:
    return [
        ("b", "TOU"),
        ("f", barcode),
        ("k", call_number(copy.work)),
        ("q", _audience(copy.work)),
    ]


_WRITERS: Final[Mapping[str, Callable[[Copy, str], Subfields]]] = {
    "hem": _hem, "lannoy": _lannoy, "leers": _leers, "lys": _lys, "toufflers": _toufflers,
}  # fmt: skip
