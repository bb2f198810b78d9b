"""Titles in a list: the result card, drawn once for each version of a record."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from navette.catalogue.reading import RecordView
from navette.ils.views import AvailabilityView
from navette.languages import _, spoken
from navette.network.network import LibraryInfo
from navette_web.covers import Cover, cover_of
from navette_web.french import with_volume
from navette_web.promises import in_short
from navette_web.render import environment
from navette_web.shell import house_of, network_for, person_for, today_of, usual_of
from navette_web.words import HTML_LANGUAGES, KINDS

NAMED_LIBRARIES = 3
Availabilities = Sequence[AvailabilityView]


class Drawn:
    """What was drawn lately, by a key that says all that it shows: (record, version, standing)..."""

    def __init__(self, most: int = 4000) -> None:
        """Keep at most that many."""
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[object, Markup] = OrderedDict()

    def get(self, key: object) -> Markup | None:
        """Return what was drawn, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: object, drawn: Markup) -> None:
        """Keep what was drawn, dropping what was asked for longest ago."""
        with self._lock:
            self._kept[key] = drawn
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)


def shown_title(record: RecordView) -> str:
    """Return the title with its volume, once."""
    return with_volume(record.title, record.volume_label, record.type)


def byline_of(record: RecordView) -> str:
    """Say author, kind and year: "J. Vasseur · BD · 2021"."""
    year = str(record.year) if record.year else ""
    kind = _(KINDS[record.type]) if record.type in KINDS else ""
    last = "\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}".join(filter(None, (kind, year)))
    return " · ".join(filter(None, (record.byline, last)))


def language_of(record: RecordView) -> str:
    """Return the HTML language of a title, '' when unknown."""
    return HTML_LANGUAGES.get(record.languages[0], "") if len(record.languages) == 1 else ""


def tag_of(standing: Availabilities, names: Mapping[str, str], home: str = "") -> tuple[str, str]:
    """Say in one tag where it is free, one's own library first; and the tone of the tag."""
    free = [one.library for one in standing if one.available]
    if free:
        if len(free) == len(names) > NAMED_LIBRARIES:
            return _("Libre partout"), "go"
        free.sort(key=lambda library: library != home)
        where = _some(names[library] for library in free)
        return _("Libre à {libraries}").format(libraries=where), "go"
    if any(one.total for one in standing):
        return _("Tout est prêté pour l’instant"), "wait"
    return _("À demander à l’accueil"), ""


def _some(names: Iterable[str]) -> str:
    """Name up to three, or one and how many more: a tag is one line on a phone."""
    every = list(names)
    if len(every) <= NAMED_LIBRARIES:
        return ", ".join(every)
    return _("{library} et {count} autres").format(library=every[0], count=len(every) - 1)


def result_cards(request: Request, records: Sequence[RecordView]) -> list[Markup]:
    """Draw the result cards: where copies stand, and when the reader's own library has one.

    Both always come from the database.
    """
    network = network_for(request)
    names = {library.code: library.short_name for library in network.libraries}
    ids = [record.id for record in records]
    found = house_of(request).circulation.availability(ids)
    person = person_for(request)
    usual = usual_of(request, person) if person else None
    promised = _promised_at(request, ids, usual) if usual else {}
    pictures = with_pictures(request)
    kept: Drawn = house_of(request).extras.setdefault("drawn_cards", Drawn())
    cards = []
    for record in records:
        tag, tone = tag_of(found.get(record.id, ()), names, usual.code if usual else "")
        words = (tag, tone, promised.get(record.id, ""))
        cards.append(_drawn_card(kept, record, words, pictures=pictures))
    return cards


def _promised_at(request: Request, ids: Sequence[int], library: LibraryInfo) -> dict[int, str]:
    """Say for each title when that library would have it; nothing where no day is known."""
    promises = house_of(request).circulation.promises_at(ids, library.code)
    name, today = library.short_name, today_of(request)
    return {record: in_short(promise, name, today) for record, promise in promises.items()}


def _drawn_card(
    every: Drawn, record: RecordView, words: tuple[str, str, str], *, pictures: bool
) -> Markup:
    key = (record.id, record.version, record.updated_at, words, spoken().code, pictures)
    kept = every.get(key)
    if kept is None:
        macros: Any = environment().get_template("parts/_record.html").module
        kept = macros.result(_card(record, *words, pictures=pictures))
        every.put(key, kept)
    return kept


def _card(
    record: RecordView, tag: str = "", tone: str = "", promise: str = "", *, pictures: bool
) -> dict[str, Any]:
    return {
        "id": record.id,
        "title": shown_title(record),
        "byline": byline_of(record),
        "tag": tag,
        "tone": tone,
        "promise": promise,
        "language": language_of(record),
        "cover": drawn_cover(record, pictures=pictures),
    }


def drawn_cover(record: RecordView, *, pictures: bool = False) -> Cover:
    """Draw the cover of a record; a volume under the title of its series when it has no other.

    `pictures`: the house has a provider of them, so that one may be at an address of ours.
    """
    title = record.title if record.volume_label else shown_title(record)
    drawn = cover_of(
        title, record.byline, record.type, series=record.series_title, volume=record.volume_label
    )
    return replace(drawn, picture=f"/couverture/{record.id}") if pictures and record.isbn else drawn


def covers(request: Request, records: Sequence[int]) -> dict[int, Cover]:
    """Draw the covers of these records: the same as on their own pages."""
    pictures = with_pictures(request)
    known = house_of(request).search.records(records)
    return {i: drawn_cover(record, pictures=pictures) for i, record in known.items()}


def shelf_cards(request: Request, records: Sequence[RecordView]) -> list[dict[str, Any]]:
    """Return what a shelf of covers shows."""
    pictures = with_pictures(request)
    return [_card(record, pictures=pictures) for record in records]


def with_pictures(request: Request) -> bool:
    """Say whether this house has a provider of pictures of covers."""
    return house_of(request).extras.get("jackets") is not None
