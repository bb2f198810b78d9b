"""Samples of what an import would change: how it is written, how it stands, how it would stand."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

from navette.catalogue import lookups
from navette.catalogue.plan import Description, Plan
from navette.catalogue.reporting import Sample
from navette.catalogue.union import COLUMNS
from navette.storage.unit import Reader

MOST: Final = 20
_TITLES: Final = frozenset({"200", "245"})
_LONGEST: Final = 200


class Sampler:
    """Keeps some records of a whole file, each as likely as any other, in flat memory."""

    def __init__(self, most: int = MOST) -> None:
        """Choose the same records at every run."""
        self._most = most
        self._seen = 0
        self._chance = random.Random(0)  # noqa: S311 - a choice of examples, no secret
        self._kept: list[Sample] = []

    @property
    def samples(self) -> list[Sample]:
        """Return what was kept, in the order of the 001."""
        return sorted(self._kept, key=lambda sample: sample.id_001)

    def look(self, reader: Reader, made: Plan) -> None:
        """Take some of a batch that was planned."""
        chosen = [
            (place, told)
            for told in chain(made.updated, made.created)
            if (place := self._place()) is not None
        ]
        records = {told.record_id for _, told in chosen if told.record_id is not None}
        standing = lookups.columns_of(reader, records) if records else {}
        for place, told in chosen:
            sample = _sample(told, standing)
            if place < len(self._kept):
                self._kept[place] = sample
            else:
                self._kept.append(sample)

    def _place(self) -> int | None:
        """Give where the next record is kept, or None: every one has the same chance."""
        self._seen += 1
        if self._seen <= self._most:
            return self._seen - 1
        place = self._chance.randrange(self._seen)
        return place if place < self._most else None


def _sample(told: Description, standing: Mapping[int, Sequence[Any]]) -> Sample:
    before = standing.get(told.record_id) if told.record_id is not None else None
    after = told.cells if told.cells is not None else before
    change = "updated" if told.known else "joined" if before is not None else "created"
    return Sample(
        told.local_id, change, _written(told.parsed.raw), _line(before) if before else "",
        _line(after) if after else "",
    )  # fmt: skip


def _written(raw: bytes) -> str:
    """Give the field of the title as its bytes are, so that a wrong charset is seen."""
    head, _, body = raw.partition(b"\x1e")
    tags = [head[at : at + 3].decode("latin-1") for at in range(24, len(head), 12)]
    for tag, field in zip(tags, body.split(b"\x1e"), strict=False):
        if tag in _TITLES:
            text = field[2:].replace(b"\x1f", b" $").strip()
            return repr(text)[2:-1][:_LONGEST]
    return ""


def _line(cells: Sequence[Any]) -> str:
    """Say a record in one line."""
    told = dict(zip(COLUMNS, cells, strict=True))
    authors = ", ".join(author["name"] for author in told["authors"][:2])
    title = " : ".join(filter(None, (told["title"], told["subtitle"])))
    series = " ".join(filter(None, (told["series_title"], told["volume_label"])))
    imprint = ", ".join(filter(None, (told["publisher"], str(told["year"] or ""))))
    numbers = ", ".join(number["value"] for number in told["identifiers"][:2])
    parts = (
        f"{title} / {authors}" if authors else title, series, imprint, told["extent"],
        f"[{told['type']}, {told['audience']}]", numbers,
    )  # fmt: skip
    return " - ".join(filter(None, parts))
