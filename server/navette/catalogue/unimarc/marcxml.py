"""Reads MARCXML and marcxchange from a stream, in whatever namespace; refuses what XML can hide."""

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final
from xml.parsers import expat

from navette.catalogue.unimarc.iso2709 import Broken, RawRecord
from navette.catalogue.unimarc.marcxml_fields import Gathered
from navette.errors import NotMarc, SourceError

_BLOCK: Final = 1 << 16
_ROOT: Final = b"<collection>"
_RECORD: Final = re.compile(rb"<(?:[\w.-]+:)?record(?=[\s>])")
_RECORD_MARK: Final = re.compile(rb"<(?:[\w.-]+:)?record(?=[\s>])|<(/)(?:[\w.-]+:)?record\s*>")
_LONGEST_TAG: Final = 80
# How far the end of a record is looked for that is perhaps in another charset.
_GLANCE, _LONGEST = 1 << 12, 1 << 18
_WRONG_BYTE: Final = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
# What is opened and never closed is only known at the end of the file; that often it is tried again.
_PATIENCE: Final = 100
_NO_RECORD: Final = "no MARC record (XML) in it"


def read(stream: BinaryIO, name: str = "") -> Iterator[RawRecord | Broken]:
    """Yield each record of the stream in order, in flat memory.

    Raises SourceError at a declared entity or an external DTD, and NotMarc when no record is
    found, both before anything is yielded. After XML that is not well-formed, reading goes on at
    the next record.
    """
    waiting: list[Broken] = []
    outcomes = _outcomes(stream, name)
    for outcome in outcomes:
        if isinstance(outcome, RawRecord) or outcome.id_001 is not None:
            yield from waiting
            yield outcome
            yield from outcomes
            return
        waiting.append(outcome)
    if not any(outcome.reason.startswith("a record") for outcome in waiting):
        raise NotMarc(name, waiting[0].reason if waiting else _NO_RECORD)
    yield from waiting


def _outcomes(stream: BinaryIO, name: str) -> Iterator[RawRecord | Broken]:
    parsing, begun, patience = _Parsing(name, 0), 0, _PATIENCE
    block = stream.read(_BLOCK)
    while True:
        try:
            parsing.feed(block)
        except expat.ExpatError as error:
            yield from parsing.taken()
            read, resumes = (
                _in_eight_bits(stream, parsing, name) if error.code == _WRONG_BYTE else ([], 0)
            )
            yield from read
            if not read and not parsing.is_over:
                yield parsing.broken(error)
            patience -= not block
            # At least one byte further than where this run began, or it would begin there again.
            resumes = resumes or parsing.resumes_at(at_end=not block)
            begun = _next_record(stream, max(resumes, begun + 1))
            if begun < 0 or not patience:
                return
            stream.seek(begun)
            parsing = _Parsing(name, begun - len(_ROOT), parsing.encoding)
            block = _ROOT + stream.read(_BLOCK)
            continue
        yield from parsing.taken()
        if not block:
            return
        block = stream.read(_BLOCK)


def _in_eight_bits(
    stream: BinaryIO, parsing: "_Parsing", name: str
) -> tuple[list[RawRecord | Broken], int]:
    """Read the record where the XML is wrong as Windows wrote it, if it is no UTF-8 as it claims.

    Gives the record and where it ends; nothing, and 0, when that is not what is wrong.
    """
    begun = parsing.record_begun
    if begun is None or (parsing.encoding or "utf-8").lower() not in {"utf-8", "utf8"}:
        return [], 0
    stream.seek(begun)
    data = stream.read(_GLANCE)
    while (mark := _RECORD_MARK.search(data, 1)) is None:
        more = stream.read(_BLOCK)
        if not more or len(data) > _LONGEST:
            return [], 0
        data += more
    if not mark[1]:
        return [], 0  # another one begins before its end
    data = data[: mark.end()]
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        again = _Parsing(name, begun - len(_ROOT), "windows-1252")
        try:
            again.feed(_ROOT + data + b"</collection>")
        except expat.ExpatError:
            return [], 0
        return [
            one._replace(mended=True) if isinstance(one, RawRecord) else one
            for one in again.taken()
        ], begun + len(data)
    return [], 0


def _next_record(stream: BinaryIO, position: int) -> int:
    """Give where the next record starts from a position on, or -1."""
    stream.seek(position)
    rest = b""
    while more := stream.read(_BLOCK):
        rest += more
        if match := _RECORD.search(rest):
            return position + match.start()
        position += max(len(rest) - _LONGEST_TAG, 0)
        rest = rest[-_LONGEST_TAG:]
    return -1


class _Parsing:
    """One run of the parser, from the first byte or from a record after broken XML."""

    def __init__(self, name: str, base: int, encoding: str | None = None) -> None:
        self.encoding = encoding
        self._name = name
        self._base = base
        self._depth = 0
        self._ended = False
        self._record: Gathered | None = None
        self._taken: list[RawRecord | Broken] = []
        # Prefixes are cut off, declared or not: what an element is called is enough.
        parser = self._parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declared
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    @property
    def is_over(self) -> bool:
        """Tell whether all records that began have ended, and what holds them too."""
        return self._ended

    @property
    def record_begun(self) -> int | None:
        """Return where the record begins that has not ended, or None."""
        return self._record.position if self._record is not None else None

    def resumes_at(self, *, at_end: bool) -> int:
        """Give from where to look for the next record after XML that is wrong.

        At the end of the file it is the record that was never closed that hides what follows.
        """
        if at_end and self._record is not None:
            return self._record.position + 1
        return self._stopped_at

    @property
    def _stopped_at(self) -> int:
        return self._base + self._parser.ErrorByteIndex

    def feed(self, block: bytes) -> None:
        """Parse more bytes; none means the end."""
        try:
            self._parser.Parse(block, not block)
        except (LookupError, ValueError) as error:
            raise SourceError(self._name, f"its encoding cannot be read ({error})") from error

    def taken(self) -> list[RawRecord | Broken]:
        """Give the records that ended since the last time."""
        taken, self._taken = self._taken, []
        return taken

    def broken(self, error: expat.ExpatError) -> Broken:
        """Give the refusal of the record, or of the place, where the XML is wrong."""
        reason = f"not well-formed XML at byte {self._stopped_at}: {expat.ErrorString(error.code)}"
        if self._record is not None:
            return self._record.broken(f"a record in {reason}")
        return Broken(max(self._stopped_at, 0), None, None, reason)

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.encoding = self.encoding or encoding

    def _doctype(self, _name: str, system: str | None, public: str | None, *_rest: object) -> None:
        if system or public:
            raise SourceError(self._name, "it names an external DTD: remove the DOCTYPE line")

    def _entity(self, entity: str, *_said: object) -> None:
        raise SourceError(
            self._name, f"it declares an entity ({entity}): write the characters themselves"
        )

    def _start(self, qualified: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        name = qualified.rpartition(":")[2]
        if name == "record":
            # An envelope (OAI, SRU) has records within its records: the inner one counts.
            if self._record is not None and self._record.has_begun:
                self._taken.append(self._record.broken("another record begins before its end"))
            self._record = Gathered(self._base + self._parser.CurrentByteIndex)
        elif self._record is not None:
            self._record.start(name, attributes)

    def _end(self, qualified: str) -> None:
        self._depth -= 1
        self._ended = not self._depth
        name = qualified.rpartition(":")[2]
        if self._record is None:
            return
        if name == "record":
            self._taken.append(self._record.finished())
            self._record = None
        else:
            self._record.end(name)

    def _characters(self, data: str) -> None:
        if self._record is not None:
            self._record.text(data)
