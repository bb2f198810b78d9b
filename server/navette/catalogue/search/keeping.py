"""Keeping the names of the index: made anew from all records, then following what changes in them.

Names are counted from the records themselves, never from what was noted before. They are
committed first: after a kill in between, the records are applied again and give the same counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

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

    def note(self, ids: Iterable[int], documents: Mapping[int, Document]) -> None:
        """Note in which names these records, each told of once before a commit, will differ."""
        before = self._borne(ids)
        for record in ids:
            old, new = before.get(record, set()), _names_of(documents.get(record))
            self._changed.update(new - old)
            self._changed.subtract(old - new)

    def commit(self) -> None:
        """Write the names that change; to be called right before the records are committed."""
        searcher = self._searcher()
        changed = [named for named, by in self._changed.items() if by]
        for kind, name in changed:
            borne = Query.term_query(self._records.schema, KINDS[kind], name)
            count = count_of(searcher.search(borne, 1)) + self._changed[kind, name]
            self.writer.delete_documents_by_term("name", key(kind, name))
            if count > 0:
                self.writer.add_document(name_document(kind, name, count))
        self._changed.clear()
        if changed:
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
