"""A record and its copies become one document of the index."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from tantivy import Document

from navette.catalogue.reading import RecordView, records_of
from navette.catalogue.search.analysis import cleaned, flat
from navette.catalogue.search.holdings import Copy, back_on, copies_of
from navette.catalogue.search.labels import AUDIENCE_WORDS, TYPE_WORDS, period_of
from navette.catalogue.search.names import starts
from navette.catalogue.search.ranking import RANKING, Ranking
from navette.catalogue.search.schema import LONGEST_START, field_of
from navette.catalogue.search.sounding import sounds
from navette.catalogue.search.volumes import LAST, called
from navette.catalogue.volumes import series_titles
from navette.storage.unit import Reader

LONGEST_TEXT = 20_000
_ORDERED = 100
_POPULAR = 200  # loans from which a record counts as popular as can be
_RANKS, _HIGHEST = 400, 999  # steps a whole boost would have, and the last one
_ARRIVAL_LOANS = 1 << 10
_ARRIVAL_IDS = 1 << 30


def documents_of(
    reader: Reader, ids: Iterable[int], now: datetime, ranking: Ranking = RANKING
) -> dict[int, Document]:
    """Return the documents of the records that exist and are shown, in three queries."""
    wanted = list(ids)
    records = records_of(reader, wanted)
    copies = copies_of(reader, wanted)
    series = series_titles(reader, {r.series_id for r in records.values() if r.series_id})
    return {
        record.id: document(
            record, copies.get(record.id, ()), now, ranking, series.get(record.series_id or 0, "")
        )
        for record in records.values()
        if not record.hidden
    }


def document(
    record: RecordView,
    copies: Sequence[Copy],
    now: datetime,
    ranking: Ranking = RANKING,
    series: str = "",
) -> Document:
    """Build the document of one record; `series` is how its series is called by all volumes."""
    made = Document()
    made.add_text("id", str(record.id))
    made.add_integer("record", record.id)
    _add_texts(made, record, copies)
    for author in record.authors:
        name = _text(author.name)
        made.add_text("author", name)
        made.add_text("author_name", name)
    for heading in (*record.subjects, *record.genres):
        subject = _text(heading)
        for field in ("subject", "subject_words", "subject_name"):
            made.add_text(field, subject)
    for identifier in record.identifiers:
        made.add_text("identifier", identifier.value.replace("-", ""))
    for facet, values in _facets(record, copies).items():
        for value in sorted(values):
            made.add_text(field_of(facet), value)
    if name := _text(series or record.series_title):
        made.add_text(field_of("series"), name)
        made.add_text("series_exact", called(name))
    made.add_text("title_order", _in_order(record))
    made.add_integer("volume", LAST if record.volume_number is None else record.volume_number)
    if (back := back_on(copies)) is not None:
        made.add_integer("back", back.toordinal())
    loans = max(record.loans, sum(copy.loans for copy in copies))
    boost = _boost(record, copies, loans, now, ranking)
    made.add_float("weight", _weight(boost))
    made.add_text("rank", f"{min(_HIGHEST, int(boost * _RANKS)):03}")
    _add_arrivals(made, record, copies, loans)
    made.add_integer("year", record.year or 0)
    return made


def _add_texts(made: Document, record: RecordView, copies: Sequence[Copy]) -> None:
    title, subtitle, series = _text(record.title), _text(record.subtitle), _series(record)
    for field, value in (
        ("title", title),
        ("title_words", f"{title} {subtitle}".strip()),
        ("subtitle", subtitle),
        ("series", series),
        ("series_words", series),
        ("publication", _publication(record, copies)),
        ("summary", _text(record.summary)),
        ("contents", _text(record.contents)),
    ):
        if value:
            made.add_text(field, value)
    said, under = flat(title), flat(subtitle)
    whole = f"{said} {under}".strip()
    made.add_text("sound", " ".join(sorted(_sounds(record, said, under))))
    for exact in {said, flat(record.title_sort), whole}:
        made.add_text("title_exact", exact)
    made.add_text("starts", " ".join(sorted(starts(whole.split(), LONGEST_START))))


def _in_order(record: RecordView) -> str:
    """Return what titles are ordered by; volumes of the same title by their number."""
    title = _text(record.title_sort)[:_ORDERED]
    return title if record.volume_number is None else f"{title} {record.volume_number:06d}"


def _sounds(record: RecordView, said: str, under: str) -> set[str]:
    """Return how the words sound; `said` and `under` are title and subtitle, folded."""
    titles = [text.split() for text in (said, under, flat(record.series_title))]
    names = [flat(author.name).split() for author in record.authors]
    found = {code for words in titles for code in sounds(words, joined=True)}
    return found.union(code for words in names for code in sounds(words))


def _series(record: RecordView) -> str:
    """Return the series and its volume under every name people give it: label, "tome 3"."""
    if not record.series_title and record.volume_number is None and not record.volume_label:
        return ""
    number = "" if record.volume_number is None else f"tome {record.volume_number}"
    return _text(" ".join(filter(None, (record.series_title, number, record.volume_label))))


def _publication(record: RecordView, copies: Sequence[Copy]) -> str:
    """Return what helps to tell editions apart: publisher, year, issues, the kind of thing."""
    issues = sorted({copy.volume_label for copy in copies if copy.volume_label})
    parts = (
        record.publisher,
        str(record.year or ""),
        record.edition,
        record.dewey,
        TYPE_WORDS.get(record.type, ""),
        AUDIENCE_WORDS.get(record.audience, ""),
        " ".join(issues[:200]),
    )
    return _text(" ".join(filter(None, parts)))


def _facets(record: RecordView, copies: Sequence[Copy]) -> dict[str, set[str]]:
    return {
        "library": {code for copy in copies for code in copy.libraries},
        "type": {record.type},
        "language": set(record.languages),
        "audience": {record.audience} - {""},
        "availability": {copy.available_at for copy in copies if copy.available_at},
        "adapted": set(record.adapted),
        "period": {period_of(record.year)} if record.year else set(),
        "genre": {_genre(genre) for genre in record.genres} - {""},
        "digital": {"online"} if record.links else set(),
        "section": {
            _text(copy.section)[:_ORDERED] for copy in copies if copy.section and copy.libraries
        },
    }


def _genre(heading: str) -> str:
    """Return a genre as one chooses it: without what subdivides it, with a capital."""
    name = _text(heading.partition(" -- ")[0]).strip(" .")[:_ORDERED]
    return name[:1].upper() + name[1:]


def _weight(boost: float) -> float:
    """Return how a boost is stored: the engine multiplies a score by log2(2 + weight)."""
    return float(2.0 ** (1.0 + boost) - 2.0)


def _boost(
    record: RecordView, copies: Sequence[Copy], loans: int, now: datetime, ranking: Ranking
) -> float:
    """Return the gentle boosts, at most a quarter more: loans, then recency, availability last."""
    popularity = min(1.0, math.log1p(loans) / math.log1p(_POPULAR))
    age = now.year - record.year if record.year else 50
    recency = 1.0 / (1.0 + max(0, age) / 5)
    available = any(copy.available_at for copy in copies)
    return (
        ranking.popularity * popularity
        + ranking.recency * recency
        + ranking.availability * available
    )


def _add_arrivals(made: Document, record: RecordView, copies: Sequence[Copy], loans: int) -> None:
    arrived = arrivals(copies)
    for library, day in arrived.items():
        for term in terms_of_arrival(library, day):
            made.add_text("arrived", term)
    newest = max(arrived.values(), default=record.created_at.date())
    made.add_integer("arrival", arrival(record, newest, loans))


def arrivals(copies: Sequence[Copy]) -> dict[str, date]:
    """Return when each library had its newest copy of those that are still there."""
    found: dict[str, date] = {}
    for copy in copies:
        day = copy.arrived_on if copy.libraries else None
        if day is not None and day > found.get(copy.home, date.min):
            found[copy.home] = day
    return found


def terms_of_arrival(library: str, day: date) -> tuple[str, str]:
    """Return a day and its week as they are looked up for a library."""
    number = day.toordinal()
    return f"{library}:{number}", f"{library}:w{number // 7}"


def arrival(record: RecordView, newest: date, loans: int) -> int:
    """Return the place of a record when there is no query: newest copy, then loans, then id.

    One number, different for each record, so that a page can begin exactly after another.
    """
    return (newest.toordinal() * _ARRIVAL_LOANS + min(loans, _ARRIVAL_LOANS - 1)) * _ARRIVAL_IDS + (
        record.id % _ARRIVAL_IDS
    )


def _text(value: str) -> str:
    return cleaned(value)[:LONGEST_TEXT]
