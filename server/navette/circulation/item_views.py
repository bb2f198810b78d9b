"""Items as a desk sees them, any number in one query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from navette.catalogue.tables import Item, Record
from navette.errors import NotFound
from navette.ils.views import ItemView
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

_i, _r = table(Item).c, table(Record).c


class SeenItem(NamedTuple):
    """An item with what its label and its shelf say; libraries are row ids."""

    id: int
    barcode: str
    record_id: int
    title: str
    status: str
    home_id: int
    current_id: int
    call_number: str
    section: str
    volume_label: str
    type: str
    languages: Any


# a copy of one volume says it on its label, or its record says it for all of them
VOLUME_SAID = func.coalesce(func.nullif(_i.volume_label, ""), _r.volume_label)
SEEN_ITEM_COLUMNS = (
    _i.id, _i.barcode, _i.record_id, _r.title, _i.status, _i.home_library_id,
    _i.current_library_id, _i.call_number, _i.section, VOLUME_SAID, _i.type,
    _r.languages,
)  # fmt: skip
SEEN_ITEMS = select(*SEEN_ITEM_COLUMNS).join_from(table(Item), table(Record), _r.id == _i.record_id)
_BY_IDS = Query(SEEN_ITEMS.where(_i.id.in_(bindparam("ids", expanding=True))), SeenItem)


def only_language(languages: Sequence[str]) -> str:
    """Return the language of a title that has one alone, else ''."""
    return languages[0] if len(languages) == 1 else ""


def item_view(network: Network, seen: SeenItem) -> ItemView:
    """Name the libraries of an item by their codes."""
    return ItemView(
        id=seen.id,
        barcode=seen.barcode,
        record_id=seen.record_id,
        title=seen.title,
        status=seen.status,
        home=network.by_id(seen.home_id).code,
        current=network.by_id(seen.current_id).code,
        call_number=seen.call_number,
        section=seen.section,
        volume_label=seen.volume_label,
        type=seen.type,
        language=only_language(seen.languages),
    )


def item_views(reader: Reader, network: Network, item_ids: Iterable[int]) -> dict[int, ItemView]:
    """Return the items of these row ids; those that are gone are left out."""
    ids = sorted(set(item_ids))
    if not ids:
        return {}
    return {seen.id: item_view(network, seen) for seen in reader.all(_BY_IDS, ids=ids)}


def item_view_of(reader: Reader, network: Network, item_id: int) -> ItemView:
    """Return one item; raises NotFound."""
    found = item_views(reader, network, [item_id]).get(item_id)
    if found is None:
        raise NotFound
    return found
