"""Records: publications, whoever holds them."""

from __future__ import annotations

from datetime import date
from typing import Final

import strawberry

from navette.catalogue.reading import RecordView, record_of
from navette.ils.views import AvailabilityView
from navette_graphql.context import Context, Info
from navette_graphql.ids import global_id
from navette_graphql.libraries import Library, library_node
from navette_graphql.loaders import Once
from navette_graphql.nodes import Node
from navette_graphql.refusals import Volume


@strawberry.type(description="Copies of a record at one library.")
class Availability:
    """Straight from the database, never from the index."""

    library: Library = strawberry.field(description="Where.")
    available: int = strawberry.field(description="Copies that are free now.")
    total: int = strawberry.field(description="Copies there are.")
    next_date: date | None = strawberry.field(description="When one is due back.")


@strawberry.type(description="One publication, with its copies in all five libraries.")
class Record(Node):
    """What a reader needs to choose it."""

    view: strawberry.Private[RecordView]
    title: str = strawberry.field(description="As it is shown.")
    authors: list[str] = strawberry.field(description="Names in natural order.")
    type: str = strawberry.field(description="book, comic, film, music, audiobook...")
    year: int | None = strawberry.field(description="Of publication.")
    volume: str | None = strawberry.field(description="Its number in the series.")
    series: str | None = strawberry.field(description="The series it belongs to.")
    subtitle: str = strawberry.field(description="The rest of the title.")
    publisher: str = strawberry.field(description="Who published it.")
    summary: str = strawberry.field(description="What it is about.")
    audience: str = strawberry.field(description="adult, young, child or all.")
    languages: list[str] = strawberry.field(description="ISO 639-2 codes.")
    original_languages: list[str] = strawberry.field(description="What it was translated from.")
    subtitle_languages: list[str] = strawberry.field(description="What a film's subtitles are in.")
    isbn: str | None = strawberry.field(description="13 digits.")

    @strawberry.field(description="Volumes or issues among which one must be chosen.")
    def volumes(self, info: Info) -> list[Volume]:
        """Return the volumes of a record whose items carry them."""
        found = info.context.house.circulation.volumes(self.view.id)
        return [Volume(key=key, label=label) for key, label in found]

    @strawberry.field(description="Where its copies stand, in line order.")
    def availability(self, info: Info) -> list[Availability]:
        """Return a line for each library that has copies."""
        lines = info.context.availability.get(self.view.id) or ()
        return [_availability(info.context, line) for line in lines]


def _availability(context: Context, line: AvailabilityView) -> Availability:
    return Availability(
        library=library_node(context.network.library(line.library)),
        available=line.available,
        total=line.total,
        next_date=line.next_date,
    )


def _node(record: RecordView) -> Record:
    return Record(
        id=global_id("Record", record.id),
        view=record,
        title=record.title,
        authors=[a.name for a in record.authors],
        type=record.type,
        year=record.year,
        volume=record.volume_label or None,
        series=record.series_title or None,
        subtitle=record.subtitle,
        publisher=record.publisher,
        summary=record.summary,
        audience=record.audience,
        languages=list(record.languages),
        original_languages=list(record.original_languages),
        subtitle_languages=list(record.subtitle_languages),
        isbn=record.isbn,
    )


# The core remembers records for as long as their version stands; so does this what it made of them.
record_node: Final[Once[RecordView, Record]] = Once(_node, most=2_000)


def record_by_id(context: Context, row: int) -> Record:
    """Return the node of a row, or of the record that took over an emptied one; NotFound."""
    record = context.records.get(row)
    if record is None or record.hidden:
        with context.house.unit.read() as reader:
            record = record_of(reader, row)
    return record_node(record)
