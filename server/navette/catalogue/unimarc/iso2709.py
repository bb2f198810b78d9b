"""Reads ISO 2709 from a stream, record by record; a broken record never hides its neighbours."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, starmap
from struct import Struct
from typing import BinaryIO, Final, NamedTuple, TypeVar

from navette.catalogue.unimarc.limits import FIELD_END, LARGEST_RECORD, RECORD_END
from navette.catalogue.unimarc.parsed import made_of
from navette.errors import NotMarc

T = TypeVar("T")
LEADER: Final = 24
_ENTRY: Final = 12
_BLOCK: Final = 1 << 17
# Nobody writes records that long: what goes on without an end mark is not MARC.
_LONGEST: Final = 1 << 24
_FILLING: Final = b" \t\r\n\x00\x1a\xef\xbb\xbf"
_FILLING_CODES: Final = frozenset(_FILLING)
# A leader and its directory, wherever they stand. The letters of positions 5 to 7 tell a leader
# from the digits of a directory.
_LEADING: Final = rb"[\d ]{5}(?!   )[a-z ]{3}[ -~]{4}[\d ]{5}[ -~]{7}"
_HEAD: Final = re.compile(_LEADING + rb"(?:\d{12})+(?=\x1e)")
# What could be the beginning of one, at the end of what was read.
_HEAD_BEGUN: Final = re.compile(_LEADING + rb"\d*\Z")
_DIGITS: Final = b"0123456789"
_NO_LENGTH: Final = b"00000"
_NO_LEADER: Final = "no leader and directory"
_NO_MARC: Final = "no MARC record (ISO 2709) in it"
# That many pieces without a leader at the start of a file, and it is no MARC.
_PATIENCE: Final = 20


class RawRecord(NamedTuple):
    """One record as it stood in the file: `body` holds its fields in the order of `tags`."""

    position: int
    leader: str
    tags: list[str]
    body: bytes
    data: bytes
    mended: bool

    @property
    def fields(self) -> list[tuple[str, bytes]]:
        """Pair each tag with the bytes of its field, indicators and subfield marks included."""
        return list(zip(self.tags, self.body.split(FIELD_END), strict=True))


class Broken(NamedTuple):
    """A record that cannot be read: where it starts, its 001 if seen, the field, the reason."""

    position: int
    id_001: str | None
    field: str | None
    reason: str


def read(stream: BinaryIO, name: str = "") -> Iterator[RawRecord | Broken]:
    """Yield each record of the stream in order, in flat memory.

    Raises NotMarc before anything is yielded when the stream's beginning holds no record at all.
    """
    return checked(chain.from_iterable(starmap(outcomes, blocks(stream, name))), name)


def checked(found: Iterator[T | Broken], name: str = "") -> Iterator[T | Broken]:
    """Yield what was found in a file, once it began like MARC; raises NotMarc if it does not."""
    waiting: list[Broken] = []
    for outcome in found:
        if isinstance(outcome, Broken) and outcome.reason == _NO_LEADER:
            waiting.append(outcome)
            if len(waiting) < _PATIENCE:
                continue
            raise NotMarc(name, _NO_MARC)
        yield from waiting
        yield outcome
        yield from found
        return
    raise NotMarc(name, _NO_MARC if waiting else "the file is empty")


def blocks(stream: BinaryIO, name: str = "") -> Iterator[tuple[int, bytes]]:
    """Cut a stream behind record marks, each block with its position: no block needs another.

    What goes on without a mark and without a leader is told by its beginning only.
    """
    position, rest, lost = 0, b"", False
    while block := stream.read(_BLOCK):
        whole, mark, rest = (rest + block).rpartition(RECORD_END)
        if mark:
            yield position, whole + mark
            position += len(whole) + 1
            lost = False
        if len(rest) > _LONGEST or (len(rest) > LARGEST_RECORD and not _HEAD.search(rest)):
            if not position:
                raise NotMarc(name, _NO_MARC)
            useless = _useless(rest)
            if not lost:
                yield position, rest[:useless]
            position, rest, lost = position + useless, rest[useless:], True
    if rest:
        yield position, rest


def _useless(rest: bytes) -> int:
    """Give how many bytes can be no beginning of a leader and directory still to come."""
    begun = _HEAD_BEGUN.search(rest, max(len(rest) - LARGEST_RECORD, 0))
    return begun.start() if begun is not None else len(rest) - LEADER


def outcomes(position: int, block: bytes) -> Iterator[RawRecord | Broken]:
    """Yield each record of a block that stands at this position of its file."""
    pieces = block.split(RECORD_END)
    for number, data in enumerate(pieces, 1):
        if data.strip(_FILLING):
            ended = number < len(pieces)
            record = _read_record(position, data, ended=ended)
            if type(record) is RawRecord and not record.mended:
                yield record
            else:
                yield from _resynchronised(position, data, record, ended=ended)
        position += len(data) + 1


def _resynchronised(
    position: int, data: bytes, record: RawRecord | Broken, *, ended: bool
) -> Iterator[RawRecord | Broken]:
    """Look for a leader inside: a truncated record may have lost its end mark to its successor."""
    # What has a directory of its own holds no other leader before its end.
    beyond = data.find(FIELD_END) if isinstance(record, RawRecord) or record.field else 0
    starts = [
        match.start()
        for match in _HEAD.finditer(data, beyond)
        if data[: match.start()].strip(_FILLING)
    ]
    if not starts:
        yield _with_a_leader(position, data, record, ended=ended)
        return
    start = 0
    for end in [*starts, len(data)]:
        piece = data[start:end]
        if piece.strip(_FILLING):
            last = ended and end == len(data)
            found = _read_record(position + start, piece, ended=last)
            yield _with_a_leader(position + start, piece, found, ended=last)
        start = end


def _with_a_leader(
    position: int, data: bytes, record: RawRecord | Broken, *, ended: bool
) -> RawRecord | Broken:
    """Read what lost a part of its leader but not of its directory: blanks stand for the part."""
    if isinstance(record, RawRecord) or record.reason != _NO_LEADER:
        return record
    head, mark, rest = data.partition(FIELD_END)
    begun = _directory_begun(head) if mark else None
    if begun is None:
        return record
    left = head[:begun].lstrip(_FILLING)[-LEADER + len(_NO_LENGTH) :]
    leader = _NO_LENGTH + left.rjust(LEADER - len(_NO_LENGTH))
    whole = _read_record(position, b"".join((leader, head[begun:], mark, rest)), ended=ended)
    return whole._replace(mended=True) if isinstance(whole, RawRecord) else whole


def _directory_begun(head: bytes) -> int | None:
    """Give where the directory begins that ends these bytes, with the entry of the 001, or None."""
    digits = len(head) - len(head.rstrip(_DIGITS))
    starts = range(len(head) - digits // _ENTRY * _ENTRY, len(head), _ENTRY)
    return next((start for start in starts if head.startswith(b"001", start)), None)


def _read_record(position: int, data: bytes, *, ended: bool) -> RawRecord | Broken:
    if data[0] in _FILLING_CODES:
        stripped = data.lstrip(_FILLING)
        position += len(data) - len(stripped)
        data = stripped
    head, mark, _ = data.partition(FIELD_END)
    directory = _directory(head)
    if directory is None:
        cut = not mark and head[:5].isdigit() and head[12:17].isdigit()
        return Broken(position, None, None, "truncated in the directory" if cut else _NO_LEADER)
    tags, starts = directory
    end = data.rfind(FIELD_END) + 1
    whole = data.count(FIELD_END) == len(tags) + 1 and not data[end:].strip(_FILLING)
    if whole and _in_order(head, starts):
        # The usual case, and the tolerant one: lengths may lie, as when counted in characters.
        mended = not ended or head[:5] != b"%05d" % (end + 1)
        values = (
            position,
            head[:LEADER].decode("latin-1"),
            tags,
            data[len(head) + 1 : end - 1],
            data[:end] + RECORD_END,
            mended,
        )
        return made_of(RawRecord, values)
    return _by_directory(position, data, head, tags, ended=ended)


def _directory(head: bytes) -> tuple[list[str], tuple[bytes, ...]] | None:
    """Give the tags and the starts of the fields, or None if this is no leader with a directory."""
    length = len(head)
    if length <= LEADER or (length - LEADER) % _ENTRY or not head[LEADER:].isalnum():
        return None
    entries = _entries((length - LEADER) // _ENTRY).unpack_from(head, LEADER)
    return list(map(_TAGS.__getitem__, entries[::2])), entries[1::2]


def _in_order(head: bytes, starts: tuple[bytes, ...]) -> bool:
    """Tell whether the fields follow one another as in the directory."""
    # Beyond 99,999 bytes the five digits of a start wrap round: only the order of fields is left.
    if sorted(starts) == list(starts) or head[:5] in {b"99999", b"00000"}:
        return True
    # A directory in which a digit was damaged.
    return not b"".join(starts).isdigit()


class _Tags(dict[bytes, str]):
    """The few hundred tags that occur, as text."""

    def __missing__(self, written: bytes) -> str:
        tag = written.decode("latin-1")
        if len(self) < _MOST_TAGS:
            self[written] = tag
        return tag


_MOST_TAGS: Final = 1000
_TAGS: Final = _Tags()


@lru_cache(maxsize=256)
def _entries(count: int) -> Struct:
    """Give what takes so many entries apart at once: their tags and where their fields start."""
    return Struct("3s4x5s" * count)


def _by_directory(
    position: int, data: bytes, head: bytes, tags: list[str], *, ended: bool
) -> RawRecord | Broken:
    """Cut the fields by declared start and length, for records whose marks do not add up."""
    fields: list[bytes] = []
    base = len(head) + 1
    for number, tag in enumerate(tags):
        entry = head[LEADER + number * _ENTRY + 3 : LEADER + (number + 1) * _ENTRY]
        reason = "directory entry is no number"
        if entry.isdigit():
            start = base + int(entry[4:])
            end = start + int(entry[:4])
            reason = _flaw(data, end)
        if reason:
            return Broken(position, _id_of(tags, fields), tag, reason)
        fields.append(data[start : end - 1].replace(FIELD_END, b" "))
    leader = head[:LEADER].decode("latin-1")
    rest = data.rstrip(_FILLING)
    mended = not ended or len(rest) != base + sum(map(len, fields)) + len(fields)
    # Unordered fields are legal; a field mark inside a field is not.
    mended = mended or data.count(FIELD_END) != len(fields) + 1
    return RawRecord(position, leader, tags, FIELD_END.join(fields), data + RECORD_END, mended)


def _flaw(data: bytes, end: int) -> str:
    if end > len(data):
        return "truncated"
    return "" if data[end - 1 : end] == FIELD_END else "field ends elsewhere than declared"


def _id_of(tags: list[str], fields: list[bytes]) -> str | None:
    for tag, value in zip(tags, fields, strict=False):
        if tag == "001":
            return value.decode("utf-8", "replace").strip() or None
    return None
