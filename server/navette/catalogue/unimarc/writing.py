"""Writes a UNIMARC record as ISO 2709, in UTF-8 or in ISO 5426."""

from collections.abc import Callable, Sequence
from typing import Final, Literal

from navette.catalogue.unimarc import iso5426
from navette.catalogue.unimarc.fields import ControlField, DataField, Field
from navette.catalogue.unimarc.limits import (
    FIELD_END,
    LARGEST_FIELD,
    LARGEST_RECORD,
    RECORD_END,
    SUBFIELD,
)

Encoding = Literal["utf-8", "iso5426"]

__all__ = [
    "ControlField",
    "DataField",
    "Encoding",
    "Field",
    "RecordTooLong",
    "general_data",
    "write_record",
]

_ENCODERS: Final[dict[Encoding, Callable[[str], bytes]]] = {
    "utf-8": str.encode,
    "iso5426": iso5426.encode,
}
_CHARACTER_SETS: Final[dict[Encoding, str]] = {"utf-8": "50  ", "iso5426": "0103"}
_LEADER: Final = 24


class RecordTooLong(ValueError):
    """A record or a field whose length does not fit the digits of ISO 2709."""


def write_record(
    fields: Sequence[Field],
    encoding: Encoding = "utf-8",
    *,
    status: str = "n",
    kind: str = "a",
    level: str = "m",
) -> bytes:
    """Give the bytes of one record, terminator included.

    `kind` and `level` are leader positions 6 and 7 (a m = a printed book, g m = a film, j m =
    music, i m = spoken sound, a s = a serial). A text marks a non-sorting article with U+0098 and
    U+009C. Raises RecordTooLong over 99,999 bytes and UnwritableText for what ISO 5426 lacks.
    """
    encode = _ENCODERS[encoding]
    directory, body = bytearray(), bytearray()
    for field in fields:
        data = _field(field, encode)
        if len(data) > LARGEST_FIELD:
            raise RecordTooLong(f"field {field.tag} holds {len(data)} bytes")
        directory += f"{field.tag:0>3}{len(data):04d}{len(body):05d}".encode("ascii")
        body += data
    base = _LEADER + len(directory) + 1
    length = base + len(body) + 1
    if length > LARGEST_RECORD:
        raise RecordTooLong(f"the record holds {length} bytes")
    leader = f"{length:05d}{status}{kind}{level}0 22{base:05d}   450 ".encode("ascii")
    return bytes(leader + directory + FIELD_END + body + RECORD_END)


def general_data(
    entered: str, year: int | None, audience: str = "u", encoding: Encoding = "utf-8"
) -> str:
    """Give 100$a: the day of entry (YYYYMMDD), the year, the audience code, the character set."""
    date = f"{entered}d{year:04d}    " if year else f"{entered}u        "
    return f"{date}{audience:<3.3}y0frey{_CHARACTER_SETS[encoding]}    ba"


def _field(field: Field, encode: Callable[[str], bytes]) -> bytes:
    if isinstance(field, ControlField):
        return encode(field.value) + FIELD_END
    parts = [f"{field.ind1}{field.ind2}".encode("ascii")]
    parts += [SUBFIELD + code.encode("ascii") + encode(text) for code, text in field.subfields]
    return b"".join(parts) + FIELD_END
