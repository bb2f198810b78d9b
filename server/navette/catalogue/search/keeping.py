"""Keeping the names of the index: made anew from all records, then following what changes in them.

Names are counted from the records themselves, never from what was noted before. They are
committed first, and which ones is kept beside them: after a kill in between these are counted again,
because a record may have changed back until its change is applied once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import orjson
import tantivy
from tantivy import Document, Query, Searcher

from navette.catalogue.search.analysis import register
from navette.catalogue.search.names import (
    FOLDER,
    KINDS,
    LONGEST_NAME,
    key,
    name_document,
    names_schema,
    open_names,
)
from navette.catalogue.search.turning import count_of

HEAP: Final = 16_000_000
LAST: Final = "names.json"
Named = tuple[str, str]


def build_names(generation: Path, heap: int) -> None:
    """Make the names of a generation whose records were just committed for the first time."""
    records = tantivy.Index.open(str(generation))
    register(records)
    folder = generation / FOLDER
    folder.mkdir()
    names = tantivy.Index(names_schema(), str(folder))
    register(names)
    writer = names.writer(heap, 1)
    searcher = records.searcher()
    for kind, field in KINDS.items():
        for name, count in searcher.terms_with_prefix(field, ""):
            if len(name) <= LONGEST_NAME:
                writer.add_document(name_document(kind, name, count))
    writer.commit()
    writer.wait_merging_threads()


class NamesFollower:
    """Writes what changes in the names of a generation; one beside each writer of records."""

    def __init__(self, generation: Path, records: tantivy.Index) -> None:
        """Open the names for writing; raises ValueError or OSError when they cannot be."""
        self._records = records
        self._records.config_reader("manual")
        self.writer = open_names(generation).writer(HEAP, 1)
        self.writer.garbage_collect_files()
        self._changed: Counter[Named] = Counter()
        self._last = generation / LAST
        self._count(dict.fromkeys(self._committed_last(), 0))

    def note(self, ids: Iterable[int], documents: Mapping[int, Document]) -> None:
        """Note in which names these records, each told of once before a commit, will differ."""
        before = self._borne(ids)
        for record in ids:
            old, new = before.get(record, set()), _names_of(documents.get(record))
            self._changed.update(new - old)
            self._changed.subtract(old - new)

    def commit(self) -> None:
        """Write the names that change; to be called right before the records are committed."""
        changed = {named: by for named, by in self._changed.items() if by}
        self._changed.clear()
        if changed:
            self._last.write_bytes(orjson.dumps(list(changed)))
            self._count(changed)

    def _committed_last(self) -> list[Named]:
        """Return the names of the last commit, whose records were perhaps not committed."""
        try:
            return [(kind, name) for kind, name in orjson.loads(self._last.read_bytes())]
        except (OSError, orjson.JSONDecodeError):  # none yet, or killed before the commit
            return []

    def _count(self, changed: Mapping[Named, int]) -> None:
        """Write how many records bear these names, with so many more than are committed."""
        if not changed:
            return
        searcher = self._searcher()
        for (kind, name), by in changed.items():
            borne = Query.term_query(self._records.schema, KINDS[kind], name)
            count = count_of(searcher.search(borne, 1)) + by
            self.writer.delete_documents_by_term("name", key(kind, name))
            if count > 0:
                self.writer.add_document(name_document(kind, name, count))
        self.writer.commit()

    def _borne(self, ids: Iterable[int]) -> dict[int, set[Named]]:
        wanted = [str(record) for record in ids]
        searcher = self._searcher()
        query = Query.term_set_query(self._records.schema, "id", wanted)
        hits = searcher.search(query, max(1, len(wanted)), count=False).hits
        addresses = [address for _, address in hits]
        records = searcher.fast_field_values("record", addresses)
        return {
            int(record or 0): _names_of(searcher.doc(address))
            for record, address in zip(records, addresses, strict=True)
        }

    def _searcher(self) -> Searcher:
        self._records.reload()
        return self._records.searcher()


def _names_of(document: Document | None) -> set[Named]:
    if document is None:
        return set()
    return {
        (kind, name)
        for kind, field in KINDS.items()
        for name in document.get_all(field)
        if len(name) <= LONGEST_NAME
    }
