"""A series in order, and what stands beside a volume: the one before, the next ("la suite")."""

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from navette.catalogue.reading import RecordView, editions_of, records_of
from navette.catalogue.volumes import beside, series_of, volumes_of
from navette.errors import NotFound
from navette.languages import _
from navette_web.cards import language_of, result_cards, shelf_cards, shown_title
from navette_web.linked import at_home
from navette_web.shell import house_of, number_of, page
from navette_web.words import KINDS

SIMILAR = 6
MOST_EDITIONS = 12


def series(request: Request) -> Response:
    """Show the volumes of a series in their order."""
    series_id = number_of(request, "series")
    if series_id is None:
        raise NotFound
    with house_of(request).unit.read() as reader:
        found = series_of(reader, series_id)
        volumes = volumes_of(reader, series_id)
    return page(
        request,
        "pages/volumes.html",
        nav="search",
        title=found.title,
        cards=result_cards(request, volumes),
        canonical=at_home(request, f"/serie/{series_id}"),
    )


def around(request: Request, record: RecordView) -> dict[str, Any]:
    """Return what leads on from a record: its series, its other editions, titles like it."""
    house = house_of(request)
    with house.unit.read() as reader:
        next_to = beside(reader, record)
        editions = [one for one in editions_of(reader, record.work_id) if one.id != record.id]
        likely = house.search.similar(record, SIMILAR)
        alike = records_of(reader, likely)
    return {
        "series": _series(record),
        "previous": _link(next_to.previous),
        "next": _link(next_to.next),
        "editions": [_edition(one) for one in editions[:MOST_EDITIONS]],
        "work_href": f"/oeuvre/{record.work_id}" if len(editions) > MOST_EDITIONS else "",
        "similar": shelf_cards(
            request, [alike[i] for i in likely if i in alike and not alike[i].hidden]
        ),
    }


def _series(record: RecordView) -> dict[str, str] | None:
    if record.series_id is None:
        return None
    return {"title": record.series_title, "href": f"/serie/{record.series_id}"}


def _link(record: RecordView | None) -> dict[str, str] | None:
    if record is None:
        return None
    return {
        "title": shown_title(record),
        "language": language_of(record),
        "href": f"/notice/{record.id}",
    }


def _edition(record: RecordView) -> dict[str, str]:
    kind = _(KINDS[record.type]) if record.type in KINDS else ""
    words = ", ".join(filter(None, (kind, record.publisher, str(record.year or ""))))
    return {"words": words or shown_title(record), "href": f"/notice/{record.id}"}


def search_for(field: str, words: str) -> str:
    """Return the address of a search for one author or subject."""
    plain = words.replace('"', " ")
    asked = f'{field}:"{plain}"'
    return f"/recherche?q={quote(asked)}"
