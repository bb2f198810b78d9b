"""The list of our public pages for search engines, paged; and what robots may read."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from navette.catalogue.listing import count_shown, page_of_shown
from navette.errors import NotFound
from navette_web.linked import at_home
from navette_web.shell import house_of, number_of

PER_PAGE: Final = 10_000
PAGES: Final = ("/", "/recherche", "/parcourir", "/bibliotheques", "/accessibilite")
_SPACE: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
# A robot that asks for somebody's card or documents is sent to the sign-in page, and stops there.
PRIVATE: Final = (
    "/bureau", "/compte", "/connexion", "/coordination", "/famille", "/reserver", "/suggestions",
    "/graphql", "/recherche?*apres=",
)  # fmt: skip


def sitemap(request: Request) -> Response:
    """List the parts of the sitemap."""
    with house_of(request).unit.read() as reader:
        parts = 1 + max(0, count_shown(reader) - 1) // PER_PAGE
    places = (at_home(request, f"/sitemap-{part}.xml") for part in range(1, parts + 1))
    return _xml(
        "sitemapindex", (f"<sitemap><loc>{escape(place)}</loc></sitemap>" for place in places)
    )


def part(request: Request) -> Response:
    """List one part: ten thousand titles, the fixed pages with the first of them."""
    number = number_of(request, "part")
    if not number:
        raise NotFound
    with house_of(request).unit.read() as reader:
        found = page_of_shown(reader, (number - 1) * PER_PAGE, PER_PAGE)
    if not found and number > 1:
        raise NotFound
    fixed = [_entry(request, path) for path in PAGES] if number == 1 else []
    return _xml("urlset", [*fixed, *(_entry(request, f"/notice/{i}", at) for i, at in found)])


def robots(request: Request) -> Response:
    """Say what robots may read, and where the list is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    lines += ["", f"Sitemap: {at_home(request, '/sitemap.xml')}", ""]
    return PlainTextResponse("\n".join(lines))


def _entry(request: Request, path: str, changed: datetime | None = None) -> str:
    told = f"<lastmod>{changed.date().isoformat()}</lastmod>" if changed else ""
    return f"<url><loc>{escape(at_home(request, path))}</loc>{told}</url>"


def _xml(name: str, entries: Iterable[str]) -> Response:
    inside = "\n".join(entries)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} {_SPACE}>\n{inside}\n</{name}>\n'
    return Response(text, media_type="application/xml", headers={"Cache-Control": "max-age=3600"})
