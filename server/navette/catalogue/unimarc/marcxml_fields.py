"""Gathers the fields of one record while its XML goes by."""

from collections.abc import Mapping
from typing import Final

from navette.catalogue.unimarc.iso2709 import LEADER, Broken, RawRecord
from navette.catalogue.unimarc.limits import FIELD_END, SUBFIELD
from navette.catalogue.unimarc.packing import packed

_TAG: Final = 3
# Nobody writes records that long; what goes on is not kept in memory.
_LONGEST: Final = 1 << 24
_INDENTATION: Final = "\t\r\n"


class Gathered:
    """One record on its way: elements are told to it by their local names."""

    def __init__(self, position: int) -> None:
        self.position = position
        self._leader = ""
        self._tags: list[str] = []
        self._fields: list[bytes] = []
        self._open: bytes | None = None
        self._text: list[str] | None = None
        self._size = 0
        self._flaw: tuple[str | None, str] | None = None

    @property
    def has_begun(self) -> bool:
        """Tell whether this is a record of MARC, and no envelope of one."""
        return bool(self._tags)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element; others than those of MARC are passed over."""
        if name == "datafield":
            self._begin(attributes.get("tag", ""))
            self._open = _indicators(attributes).encode()
        elif name == "controlfield":
            self._begin(attributes.get("tag", ""))
            self._open, self._text = b"", []
        elif name == "subfield" and self._open is not None:
            code = attributes.get("code", "")
            if len(code.encode()) != 1:
                self._wrong(self._tags[-1], "a subfield without a code of one character")
            self._open += SUBFIELD + code.encode()
            self._text = []
        elif name == "leader":
            self._text = []

    def text(self, data: str) -> None:
        """Take characters, if they stand where a value is expected."""
        if self._text is None:
            return
        self._size += len(data)
        if self._size > _LONGEST:
            self._wrong(None, f"longer than {_LONGEST} characters")
            return
        self._text.append(data)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "leader" and self._text is not None:
            self._leader = "".join(self._text).strip(_INDENTATION)
            if len(self._leader) != LEADER:
                self._leader = self._leader.strip()
            self._text = None
        elif name in {"controlfield", "subfield"} and self._open is not None:
            self._open += "".join(self._text or ()).strip(_INDENTATION).encode()
            self._text = None
        if name in {"controlfield", "datafield"} and self._open is not None:
            self._fields.append(self._open)
            self._open = None

    def finished(self) -> RawRecord | Broken:
        """Give the record, or what is wrong with it."""
        if not self._fields and self._flaw is None:
            self._wrong(None, "a record without any field")
        if self._flaw is not None:
            return self.broken(self._flaw[1], self._flaw[0])
        leader = self._leader[:LEADER].ljust(LEADER)
        data = packed(leader, self._tags, self._fields)
        return RawRecord(
            self.position,
            leader,
            self._tags,
            FIELD_END.join(self._fields),
            data,
            len(self._leader) != LEADER,
        )

    def broken(self, reason: str, field: str | None = None) -> Broken:
        """Give the refusal of this record."""
        return Broken(self.position, self._local_id(), field, reason)

    def _local_id(self) -> str | None:
        for tag, value in zip(self._tags, self._fields, strict=False):
            if tag == "001":
                return value.decode().strip() or None
        return None

    def _begin(self, tag: str) -> None:
        if len(tag) != _TAG or not (tag.isascii() and tag.isalnum()):
            self._wrong(tag or None, "the tag of a field is not three letters or digits")
        self._tags.append(tag)

    def _wrong(self, field: str | None, reason: str) -> None:
        self._flaw = self._flaw or (field, reason)


def _indicators(attributes: Mapping[str, str]) -> str:
    # marcxchange writes ind1 and ind2 as MARCXML does; a missing one is a blank.
    return "".join(attributes.get(name, "")[:1] or " " for name in ("ind1", "ind2"))
