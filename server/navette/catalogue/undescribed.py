"""Copies that no description of their library names any more: weeded there, and still shown here.

An import never takes a copy off its shelf. Which copies these are is told here, so that a person
can decide to declare them missing; a scan at any desk finds such a copy again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import bindparam, func, select

from navette.catalogue import source_profiles
from navette.catalogue.placing import place_of
from navette.catalogue.plan import Source
from navette.catalogue.redescribing import SOURCE_COLUMNS, Kept, read_again
from navette.catalogue.tables import Item, Record, SourceRecord
from navette.catalogue.unimarc.profiles import UnknownProfile
from navette.circulation.states import BOUND, ItemStatus
from navette.circulation.tables import Hold
from navette.network.loading import network_of
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader

# More than that looks like a wrong file or a wrong profile.
DOUBTFUL_SHARE: Final = 0.05
_AT_ONCE: Final = 200
# What stands on a shelf; whatever else happens to a copy is known to the desks already.
_STANDING: Final = (ItemStatus.AVAILABLE, ItemStatus.NOT_FOR_LOAN, ItemStatus.TO_RESHELVE)
_h, _i, _r, _s = table(Hold).c, table(Item).c, table(Record).c, table(SourceRecord).c
_KEPT = Query(
    select(*SOURCE_COLUMNS)
    .where(_s.library_id == bindparam("library"), _s.id > bindparam("after"))
    .order_by(_s.id)
    .limit(_AT_ONCE),
    Kept,
)


class Undescribed(NamedTuple):
    """A copy that is on its shelf, and in no description any more; the library by its id."""

    item_id: int
    library_id: int
    barcode: str
    title: str
    source_id: int


_STANDING_OF = Query(
    select(_i.id, _i.home_library_id, _i.barcode, _r.title, _i.source_record_id)
    .join(table(Record), _r.id == _i.record_id)
    .outerjoin(table(Hold), (_h.item_id == _i.id) & _h.state.in_(sorted(BOUND)))
    .where(
        _i.source_record_id.in_(bindparam("sources", expanding=True)),
        _i.status.in_(sorted(_STANDING)),
        _h.id.is_(None),
    )
    .order_by(_i.id),
    Undescribed,
)
_COUNT = Query(
    select(func.count())
    .join_from(table(Item), table(SourceRecord), _i.source_record_id == _s.id)
    .where(_s.library_id == bindparam("library"), _i.status.in_(sorted(_STANDING))),
    scalar,
)


class Found(NamedTuple):
    """The copies that are described no more, among how many that stand on a shelf."""

    copies: Sequence[Undescribed]
    standing: int

    @property
    def is_much(self) -> bool:
        """Tell whether so many look like a mistake."""
        return len(self.copies) > self.standing * DOUBTFUL_SHARE


def undescribed(reader: Reader, library_code: str) -> Found:
    """Find the copies on the shelves that the records of a library name no more.

    A record that is gone from its library's full file names none. Raises UnknownLibrary.
    """
    network = network_of(reader)
    library = network.library(library_code)
    libraries = {known.code: known.id for known in network.libraries}
    copies = [
        copy
        for batch in _batches(reader, library.id)
        for copy in _unnamed(reader, batch, libraries)
    ]
    return Found(copies, int(reader.one(_COUNT, library=library.id)))


def _batches(reader: Reader, library_id: int) -> Iterator[Sequence[Kept]]:
    after = 0
    while rows := reader.all(_KEPT, library=library_id, after=after):
        yield rows
        after = rows[-1].id


def _unnamed(
    reader: Reader, batch: Sequence[Kept], libraries: dict[str, int]
) -> Iterator[Undescribed]:
    standing = reader.all(_STANDING_OF, sources=[kept.id for kept in batch])
    if not standing:
        return
    named = {kept.id: _places(reader, kept, libraries) for kept in batch}
    for copy in standing:
        places = named[copy.source_id]
        if places is not None and (copy.library_id, copy.barcode) not in places:
            yield copy


def _places(
    reader: Reader, kept: Kept, libraries: dict[str, int]
) -> frozenset[tuple[int, str]] | None:
    """Give the (library id, barcode) that a description names; None if it cannot be read."""
    if kept.gone:
        return frozenset()
    try:
        profile = source_profiles.named(reader, kept.profile)
    except UnknownProfile:
        return None
    told = read_again(kept, profile)
    if told is None:
        return None
    source = Source(kept.library_id, profile, libraries)
    return frozenset((place_of(item, source)[0], item.barcode) for item in told.parsed.items)
