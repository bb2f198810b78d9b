"""A record with all that can be said of it without asking the catalogue. Pure: no database."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from navette.catalogue import matching, union
from navette.catalogue.unimarc.parsed import ParsedItem, ParsedRecord, made_of
from navette.catalogue.unimarc.profiles import Profile

# Grows when the same bytes are to be read differently: the next import then updates.
READING: Final = "3"


class Written(NamedTuple):
    """What an import needs of a record besides its cells; `local_id` is its 001, if it has one."""

    position: int
    local_id: str | None
    title: str
    series_title: str
    items: tuple[ParsedItem, ...]
    repaired: bool
    raw: bytes


class Prepared(NamedTuple):
    """One record of a file: its digest, what it is compared by, its cells and their weight."""

    record: Written
    local_id: str
    digest: str
    facts: matching.MatchFacts
    cells: list[Any]
    weight: union.Weight
    keys: Sequence[str]

    @property
    def position(self) -> int:
        """Return the byte of the file where it begins."""
        return self.record.position


def prepare(record: ParsedRecord, profile: Profile) -> Prepared:
    """Say of a record what an import will ask."""
    facts = matching.facts_of(record)
    cells = union.described(record)
    raw = blake2b(record.raw, digest_size=8).hexdigest()
    written = (
        record.position,
        record.local_id,
        record.title,
        record.series_title,
        record.items,
        record.repaired,
        record.raw,
    )
    values = (
        made_of(Written, written),
        record.local_id or _name_of(record, raw),
        # Changes with the bytes, with the reader and with what the profile says.
        READING + profile.fingerprint + raw,
        facts,
        cells,
        union.weighed(cells, abridged=profile.titles_in_capitals),
        matching.blocking_keys(facts),
    )
    return made_of(Prepared, values)


def _name_of(record: ParsedRecord, raw: str) -> str:
    """Name a record without 001 by what stays the same at the next import."""
    barcode = next((item.barcode for item in record.items if item.barcode), "")
    return f"~{barcode or raw}"


_ITEMS: Final = Written._fields.index("items")
SHAPE: Final = (
    *Prepared._fields,
    *Written._fields,
    *ParsedItem._fields,
    *matching.MatchFacts._fields,
)


def packed(told: Prepared) -> tuple[Any, ...]:
    """Give a record as nothing but plain tuples, which travel between processes twice as fast."""
    record, local_id, digest, facts, cells, weight, keys = told
    values = list[Any](record)
    values[_ITEMS] = tuple([tuple(item) for item in record.items])
    return (tuple(values), local_id, digest, tuple(facts), cells, tuple(weight), keys)


def unpacked(values: Sequence[Any]) -> Prepared:
    """Give back the record that `packed` made plain."""
    record, local_id, digest, facts, cells, weight, keys = values
    parts = list[Any](record)
    parts[_ITEMS] = tuple([made_of(ParsedItem, item) for item in parts[_ITEMS]])
    whole = (
        made_of(Written, parts),
        local_id,
        digest,
        made_of(matching.MatchFacts, facts),
        cells,
        made_of(union.Weight, weight),
        keys,
    )
    return made_of(Prepared, whole)
