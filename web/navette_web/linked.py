"""What a page says to programs: where it is at home, its facts as schema.org, how to cite it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import orjson
from markupsafe import Markup
from starlette.requests import Request

from navette.catalogue.reading import RecordView
from navette.ils.views import AvailabilityView
from navette.languages import _
from navette_web.cards import shown_title
from navette_web.shell import house_of, network_for
from navette_web.words import HTML_LANGUAGES

TYPES = {
    "book": "Book",
    "comic": "Book",
    "large_print": "Book",
    "audiobook": "Audiobook",
    "film": "Movie",
    "music": "MusicAlbum",
    "magazine": "Periodical",
    "game": "Game",
    "score": "SheetMusic",
    "map": "Map",
    "software": "SoftwareApplication",
}
# A line that ends a script or a string of JavaScript must not stand in one.
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def at_home(request: Request, path: str) -> str:
    """Return the whole address of a page of ours, whatever host was asked."""
    return f"{house_of(request).settings.base_url}{path}"


def as_script(facts: dict[str, Any]) -> Markup:
    """Write facts as JSON that can stand inside a script element."""
    text = orjson.dumps(facts).decode()
    for sign, escaped in _UNSAFE.items():
        text = text.replace(sign, escaped)
    return Markup(text)  # noqa: S704 - nothing is left in it that ends the element


def json_ld(
    request: Request, record: RecordView, standing: Sequence[AvailabilityView]
) -> dict[str, Any]:
    """Describe a record by schema.org, with the libraries that lend it."""
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": TYPES.get(record.type, "CreativeWork"),
        "@id": at_home(request, f"/notice/{record.id}"),
        "url": at_home(request, f"/notice/{record.id}"),
        "name": shown_title(record),
        "author": [{"@type": "Person", "name": author.name} for author in record.authors],
        "datePublished": str(record.year) if record.year else "",
        "publisher": {"@type": "Organization", "name": record.publisher}
        if record.publisher
        else "",
        "isbn": record.isbn or "",
        "inLanguage": [HTML_LANGUAGES.get(code, code) for code in record.languages],
        "genre": list(record.genres),
        "about": list(record.subjects),
        "description": record.summary,
        "exampleOfWork": {"@id": at_home(request, f"/oeuvre/{record.work_id}")},
        "offers": [_offer(request, one) for one in standing if one.total],
    }
    if record.series_id is not None:
        facts |= {
            "position": record.volume_label,
            "isPartOf": {
                "@type": "BookSeries" if facts["@type"] == "Book" else "CreativeWorkSeries",
                "@id": at_home(request, f"/serie/{record.series_id}"),
                "name": record.series_title,
            },
        }
    return {name: value for name, value in facts.items() if value}


def _offer(request: Request, one: AvailabilityView) -> dict[str, Any]:
    names = {library.code: library.name for library in network_for(request).libraries}
    return {
        "@type": "Offer",
        "availability": f"https://schema.org/{'InStock' if one.available else 'OutOfStock'}",
        "businessFunction": "http://purl.org/goodrelations/v1#LeaseOut",
        "price": 0,
        "priceCurrency": "EUR",
        "offeredBy": {"@type": "Library", "name": names[one.library]},
    }


def sharing(request: Request, record: RecordView) -> dict[str, str]:
    """Return what is copied and shared: a reference, an address, a letter that works anywhere."""
    address = at_home(request, f"/notice/{record.id}")
    title = shown_title(record)
    parts = (record.byline, title, record.publisher, str(record.year or ""))
    reference = ". ".join(part for part in parts if part)
    isbn = f" ISBN {record.isbn}." if record.isbn else ""
    words = _("À voir dans nos bibliothèques : {title}").format(title=title)
    body = f"{title}\n{address}"
    return {
        "reference": f"{reference}.{isbn} {address}",
        "address": address,
        "title": title,
        "letter": f"mailto:?subject={quote(words)}&body={quote(body)}",
    }
