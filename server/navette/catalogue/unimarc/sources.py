"""Tells in which form a file of records is written, and reads it."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from navette.catalogue.unimarc import iso2709, marcxml
from navette.catalogue.unimarc.iso2709 import Broken, RawRecord

_LOOK: Final = 1024
_BEFORE: Final = b"\xef\xbb\xbf \t\r\n"
_UTF_16: Final = (b"\xff\xfe<\x00", b"\xfe\xff\x00<")


def read(stream: BinaryIO, name: str = "") -> Iterator[RawRecord | Broken]:
    """Yield the records of a file that can be rewound: ISO 2709, MARCXML or marcxchange.

    Raises NotMarc, or SourceError for XML that is refused, before anything is yielded.
    """
    return marcxml.read(stream, name) if is_xml(stream) else iso2709.read(stream, name)


def is_xml(stream: BinaryIO) -> bool:
    """Tell XML by the first bytes of a file, and go back there."""
    beginning = stream.read(_LOOK)
    stream.seek(0)
    return beginning.startswith(_UTF_16) or beginning.lstrip(_BEFORE).startswith(b"<")
