"""A catalogue small enough to know by heart, as UNIMARC files of three libraries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from navette.catalogue.unimarc.fields import ControlField, DataField, Field
from navette.catalogue.unimarc.writing import general_data, write_record

LAST_TOME = "Harry Potter et l'enfant maudit"
PRINCE = "Le Petit Prince"
Copy = tuple[str, str]


def a_book(
    number: str, title: str, author: Copy, isbn: str, copies: Sequence[Copy], year: int = 2016
) -> bytes:
    """Write one novel; `author` is (name, forename), each copy (barcode, call number)."""
    name, forename = author
    fields: list[Field] = [
        ControlField("001", number),
        DataField("010", (("a", isbn),)),
        DataField("100", (("a", general_data("20200107", year, "e")),)),
        DataField("101", (("a", "fre"),)),
        DataField("200", (("a", title), ("f", f"{forename} {name}")), "1"),
        DataField("210", (("c", "Gallimard jeunesse"), ("d", str(year)))),
        DataField("700", (("a", name), ("b", forename), ("4", "070")), " ", "1"),
        *(
            DataField("995", (("e", "Romans"), ("f", code), ("k", shelf)))
            for code, shelf in copies
        ),
    ]  # fmt: skip
    return write_record(fields)


def potter(number: str, copies: Sequence[Copy]) -> bytes:
    """The book that everybody wants."""
    return a_book(number, LAST_TOME, ("Rowling", "J. K."), "978-2-07-507420-4", copies)


def prince(number: str, copies: Sequence[Copy]) -> bytes:
    """The book that two libraries have."""
    return a_book(
        number, PRINCE, ("Saint-Exupéry", "Antoine de"), "978-2-07-061275-8", copies, 2007
    )


def write_files(folder: Path) -> dict[str, Path]:
    """Write one file a library: Potter is only in Hem, the Prince in Hem, Lannoy and Leers."""
    contents = {
        "hem": potter("H1", [("H0001", "J ROW")]) + prince("H2", [("H0002", "J SAI")]),
        "lannoy": prince("L1", [("LAN-7", "SAI")]),
        "leers": prince("E1", [("00020001", "R SAI")]),
    }
    files = {}
    for library, content in contents.items():
        files[library] = folder / f"{library}.mrc"
        files[library].write_bytes(content)
    return files
