"""Writes records as MARCXML, in UTF-8 whatever the charset in which they came."""

import io
import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from navette.catalogue.unimarc import iso2709
from navette.catalogue.unimarc.charset import decode_record
from navette.catalogue.unimarc.iso2709 import RawRecord

_BEGIN: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="http://www.loc.gov/MARC21/slim">\n'
)
_END: Final = "</collection>\n"
# What no XML may hold, not even escaped.
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INDICATORS: Final = 2


def written(raws: Iterable[bytes]) -> Iterator[bytes]:
    """Yield, piece by piece, one collection of the records given as they are kept."""
    yield _BEGIN.encode()
    for raw in raws:
        for record in iso2709.read(io.BytesIO(raw)):
            if isinstance(record, RawRecord):
                yield _record(record).encode()
    yield _END.encode()


def _record(raw: RawRecord) -> str:
    texts = decode_record(raw).text.split("\x1e")
    # The lengths of ISO 2709 mean nothing here.
    leader = f"{'':5}{raw.leader[5:12]}{'':5}{raw.leader[17:]}"
    fields = "".join(_field(tag, text) for tag, text in zip(raw.tags, texts, strict=False))
    return f"<record>\n  <leader>{_safe(leader)}</leader>\n{fields}</record>\n"


def _field(tag: str, text: str) -> str:
    head, *parts = text.split("\x1f")
    if tag.startswith("00") and not parts:
        return f'  <controlfield tag="{_safe(tag)}">{_safe(head)}</controlfield>\n'
    indicators = head[:_INDICATORS].ljust(_INDICATORS)
    subfields = "".join(
        f'    <subfield code="{_safe(part[0])}">{_safe(part[1:])}</subfield>\n'
        for part in parts
        if part
    )
    return (
        f'  <datafield tag="{_safe(tag)}" ind1="{_safe(indicators[0])}" ind2="{_safe(indicators[1])}">\n'
        f"{subfields}  </datafield>\n"
    )


def _safe(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text))
