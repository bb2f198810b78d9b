"""ISBN, EAN and ISSN: brought to one form, check digits verified, wrong ones kept and marked."""

import re
from operator import mul
from typing import Final, Literal

from navette.catalogue.unimarc.parsed import Identifier
from navette.catalogue.unimarc.subfields import Fields, all_of, one

_EAN: Final = 13
_UPC: Final = 12
_ISBN_10: Final = 10
_NOT_ISBN: Final = re.compile(r"[^0-9X]")
_ISSN: Final = re.compile(r"(\d{4})-?(\d{3}[\dXx])")
_WEIGHTS_10: Final = tuple(range(10, 1, -1))
_ZEROS_10: Final = ord("0") * sum(_WEIGHTS_10)


def read(fields: Fields) -> tuple[Identifier, ...]:
    """Give the identifiers of 010, 073, 071 and 011, each once, in that order."""
    found: dict[str, Identifier] = {}
    for tag, kind in _ISBN_FIELDS:
        if tag not in fields:
            continue
        for written in all_of(fields, tag, "a"):
            identifier = isbn(written, kind)
            if identifier and identifier.value not in found:
                found[identifier.value] = identifier
    for written in all_of(fields, "010", "z"):
        # What a cataloguer marked as wrong stands on the book all the same.
        if identifier := isbn(written):
            found.setdefault(identifier.value, identifier._replace(valid=False))
    for field in fields.get("011", ()):
        if number := issn(one(field, "a")):
            found.setdefault(number.value, number)
    return tuple(found.values())


_ISBN_FIELDS: Final[tuple[tuple[str, Literal["isbn", "ean"]], ...]] = (
    ("010", "isbn"),
    ("073", "ean"),
    ("071", "ean"),
)


def isbn(written: str, kind: Literal["isbn", "ean"] = "isbn") -> Identifier | None:
    """Read an ISBN-10, ISBN-13, EAN-13 or UPC; None when there is not one digit."""
    digits = written.replace("-", "")
    if not (digits.isascii() and digits.isdigit()):
        digits = _NOT_ISBN.sub("", digits.upper())
    length = len(digits)
    if length == _EAN and digits.isdigit() and check13(digits):
        known: Literal["isbn", "ean"] = "isbn" if digits[:3] in {"978", "979"} else "ean"
        # 979-0 is sheet music (ISMN), not a book.
        return Identifier("ean" if digits[:4] == "9790" else known, digits, True, written)
    if kind == "isbn" and length == _ISBN_10 and check10(digits):
        return Identifier("isbn", to13(digits), True, written)
    if kind == "ean" and length == _UPC and digits.isdigit() and check13("0" + digits):
        return Identifier("ean", "0" + digits, True, written)
    return Identifier(kind, digits, False, written) if digits else None


def check13(digits: str) -> bool:
    """Verify the last digit of an EAN-13."""
    codes = digits.encode("ascii")
    # The code of a digit is 48 more than the digit, and 48 * (7 + 3 * 6) divides by ten.
    return (sum(codes[::2]) + 3 * sum(codes[1::2])) % 10 == 0


def check10(digits: str) -> bool:
    """Verify the last digit, or X, of an ISBN-10."""
    if not digits[:9].isdigit():
        return False
    total: int = sum(map(mul, digits[:9].encode("ascii"), _WEIGHTS_10)) - _ZEROS_10
    return (total + (10 if digits[9] == "X" else int(digits[9]))) % 11 == 0


def to13(isbn10: str) -> str:
    """Give the ISBN-13 of a right ISBN-10."""
    body = "978" + isbn10[:9]
    codes = body.encode("ascii")
    # Twelve digits weigh 24 times the code of zero more than they are worth.
    total = sum(codes[::2]) + 3 * sum(codes[1::2]) - 24 * ord("0")
    return f"{body}{-total % 10}"


def issn(written: str) -> Identifier | None:
    """Read an ISSN; None when it does not have the form of one."""
    match = _ISSN.search(written)
    if match is None:
        return Identifier("issn", written, False, written) if written else None
    digits = (match[1] + match[2]).upper()
    total = sum(int(digit) * (8 - place) for place, digit in enumerate(digits[:7]))
    right = (total + (10 if digits[7] == "X" else int(digits[7]))) % 11 == 0
    return Identifier("issn", f"{digits[:4]}-{digits[4:]}", right, written)
