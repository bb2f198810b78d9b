"""Search: as you type, with filters, page by page; and the suggestions under the field."""

from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from navette_web.cards import result_cards
from navette_web.narrowing import (
    LONGEST_QUERY,
    Asked,
    chosen_values,
    orders,
    panel,
    sorting,
    unknown_libraries,
)
from navette_web.render import wants_fragment
from navette_web.shell import asked as asked_for
from navette_web.shell import house_of, page

PAGE = 20
SUGGESTIONS = 8
IDEAS = ("bande dessinée", "roman policier", "cuisine", "manga")


def search(request: Request) -> Response:
    """Show the results, or only their block while somebody types."""
    asked = Asked.of(request.query_params)
    values = _found(request, asked) if asked.something else _nothing_asked()
    return page(
        request,
        "pages/search.html",
        nav="search",
        partial="pages/_results.html",
        query=asked.query,
        filter_panel=panel(request, asked, values.pop("facets")),
        filters_open=asked.all_filters,
        carried=asked.rest,
        chosen=list(chosen_values(request, asked)),
        unknown=unknown_libraries(request, asked),
        orders=orders(request, asked) if values["cards"] else [],
        **values,
    )


def _nothing_asked() -> dict[str, Any]:
    tries = [{"text": idea, "href": f"/recherche?{urlencode({'q': idea})}"} for idea in IDEAS]
    return {
        "cards": "", "total": 0, "tries": tries, "facets": [], "partly": False,
        "previous_page": "", "next_page": "",
    }  # fmt: skip


def _found(request: Request, asked: Asked) -> dict[str, Any]:
    house = house_of(request)
    found = house.search.search(
        asked.query,
        asked.filters,
        PAGE,
        asked.after or None,
        unfinished=wants_fragment(request),  # the field asks while its last word is being typed
        counted=asked.counted,
        sorting=sorting(request, asked),
        titled=False,
    )
    records = house.search.records([hit.record_id for hit in found.hits])
    shown = [records[hit.record_id] for hit in found.hits if hit.record_id in records]
    tries = []
    if found.suggestion:
        href = f"/recherche?{urlencode({'q': found.suggestion})}"
        tries = [{"text": found.suggestion, "href": href}]
    following = asked.address(apres=found.next_cursor) if found.next_cursor else ""
    return {
        "cards": Markup("".join(result_cards(request, shown))),  # noqa: S704 - drawn, so escaped
        "total": found.total,
        "facets": found.facets,
        "tries": tries,
        "partly": found.partly,
        "previous_page": asked.address() if asked.after else "",
        "next_page": following,
    }


def suggestions(request: Request) -> Response:
    """Complete what is being typed: a list of links, or JSON for a program."""
    prefix = asked_for(request, "q")[:LONGEST_QUERY]
    found = house_of(request).search.suggest(prefix, SUGGESTIONS) if prefix else []
    if "application/json" in request.headers.get("Accept", ""):
        told = [{"text": s.text, "kind": s.kind, "recordId": s.record_id} for s in found]
        return JSONResponse(told, headers={"Cache-Control": "no-store"})
    rows = [
        {
            "text": one.text,
            "href": f"/notice/{one.record_id}"
            if one.record_id
            else f"/recherche?{urlencode({'q': one.text})}",
        }
        for one in found
    ]
    return page(request, "pages/_suggestions.html", suggestions=rows)
