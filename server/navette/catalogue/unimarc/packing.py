"""Packs the fields of any record into ISO 2709, the one form in which records are kept."""

from collections.abc import Sequence
from typing import Final

from navette.catalogue.unimarc.limits import (
    FIELD_END,
    LARGEST_FIELD,
    LARGEST_RECORD,
    RECORD_END,
)

_LEADER: Final = 24
_STARTS: Final = LARGEST_RECORD + 1


def packed(leader: str, tags: Sequence[str], fields: Sequence[bytes]) -> bytes:
    """Give one record, whatever its length; the leader's own lengths are set right.

    What the digits of ISO 2709 cannot say is written as the reader of this folder understands it:
    the greatest length there is, and starts that wrap round.
    """
    directory, start = bytearray(), 0
    for tag, data in zip(tags, fields, strict=True):
        length = len(data) + 1
        entry = f"{tag:0>3.3}{min(length, LARGEST_FIELD):04d}{start % _STARTS:05d}"
        directory += entry.encode("ascii")
        start += length
    base = _LEADER + len(directory) + 1
    whole = min(base + start + 1, LARGEST_RECORD)
    said = leader[:_LEADER].ljust(_LEADER).encode("ascii", "replace")
    head = b"%05d%b%05d%b" % (whole, said[5:12], min(base, LARGEST_RECORD), said[17:])
    body = b"".join(data + FIELD_END for data in fields)
    return head + bytes(directory) + FIELD_END + body + RECORD_END
