"""Titles in a list: the result card, drawn once for each version of a record."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from threading import Lock
from typing import Any, Generic, TypeVar

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
from navette_web.shell import house_of, person_for, today_of, usual_of
from navette_web.words import HTML_LANGUAGES, KINDS

T = TypeVar("T")
NAMED_LIBRARIES = 3
Availabilities = Sequence[AvailabilityView]
Names = tuple[tuple[str, str], ...]  # of libraries by code, in the order of the line


class Drawn(Generic[T]):
    """What was drawn lately, by a key that says all that it shows: (record, version, standing)..."""

    def __init__(self, most: int = 4000) -> None:
        """Keep at most that many."""
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[object, T] = OrderedDict()

    def get(self, key: object) -> T | None:
        """Return what was drawn, or None."""
        return self.each([key])[0]

    def each(self, keys: Sequence[object]) -> list[T | None]:
        """Return for each key what was drawn, or None."""
        with self._lock:
            found = [self._kept.get(key) for key in keys]
            for key, drawn in zip(keys, found, strict=True):
                if drawn is not None:
                    self._kept.move_to_end(key)
        return found

    def put(self, key: object, drawn: T) -> None:
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


def tag_of(standing: Availabilities, names: Names, home: str = "") -> tuple[str, str]:
    """Say in one tag where it is free, one's own library first; and the tone of the tag."""
    free = tuple([one.library for one in standing if one.available])
    anywhere = bool(free) or any(one.total for one in standing)
    return _tag(free, names, home, spoken().code, anywhere=anywhere)


@lru_cache(maxsize=1_024)
def _tag(
    free: tuple[str, ...], names: Names, home: str, _language: str, *, anywhere: bool
) -> tuple[str, str]:
    """Say a tag once a language: on a page of twenty titles a few ways of being free come again."""
    if free:
        if len(free) == len(names) > NAMED_LIBRARIES:
            return _("Libre partout"), "go"
        called = dict(names)
        first = sorted(free, key=lambda library: library != home)
        where = _some(called[library] for library in first)
        return _("Libre à {libraries}").format(libraries=where), "go"
    if anywhere:
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
    house = house_of(request)
    names = tuple(house.network().short_names.items())
    ids = [record.id for record in records]
    found = house.circulation.availability(ids)
    person = person_for(request)
    usual = usual_of(request, person) if person else None
    promised = _promised_at(request, ids, usual) if usual else {}
    pictures, home = with_pictures(request), usual.code if usual else ""
    kept: Drawn[Markup] = house.extras.get("drawn_cards") or house.extras.setdefault(
        "drawn_cards", Drawn()
    )
    language = spoken().code
    said = [
        (*tag_of(found.get(record.id, ()), names, home), promised.get(record.id, ""))
        for record in records
    ]
    keys = [
        (record.id, record.version, record.updated_at, words, language, pictures)
        for record, words in zip(records, said, strict=True)
    ]
    cards = []
    for record, words, key, drawn in zip(records, said, keys, kept.each(keys), strict=True):
        card = drawn
        if card is None:
            card = _drawn_card(record, words, pictures=pictures)
            kept.put(key, card)
        cards.append(card)
    return cards


def _promised_at(request: Request, ids: Sequence[int], library: LibraryInfo) -> dict[int, str]:
    """Say for each title when that library would have it; nothing where no day is known."""
    promises = house_of(request).circulation.promises_at(ids, library.code)
    name, today = library.short_name, today_of(request)
    return {record: in_short(promise, name, today) for record, promise in promises.items()}


def _drawn_card(record: RecordView, words: tuple[str, str, str], *, pictures: bool) -> Markup:
    macros: Any = environment().get_template("parts/_record.html").module
    drawn: Markup = macros.result(_card(record, *words, pictures=pictures))
    return drawn


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
