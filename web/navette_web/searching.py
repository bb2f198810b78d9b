"""Search: as you type, with filters, page by page; and the suggestions under the field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from navette.catalogue.reading import records_of
from navette.catalogue.search.labels import label_of
from navette.catalogue.search.results import Facet, SearchFilters
from navette.languages import N_, _
from navette_web.cards import result_cards
from navette_web.forms import plain
from navette_web.record import names_of
from navette_web.render import wants_fragment
from navette_web.shell import asked as asked_for
from navette_web.shell import house_of, page

PAGE = 20
LONGEST_QUERY = 200
SUGGESTIONS = 8
FILTERS = {
    "disponible": ("availability", N_("Libre maintenant à")),
    "bibliotheque": ("library", N_("Dans la bibliothèque")),
    "type": ("type", N_("Document")),
    "public": ("audience", N_("Public")),
    "langue": ("language", N_("Langue")),
}
OF_LIBRARIES = frozenset({"availability", "library"})
IDEAS = ("bande dessinée", "roman policier", "cuisine", "manga")
SHOWN_OPTIONS = 8
MOST_CHOSEN = 30


@dataclass(frozen=True)
class Asked:
    """What the reader asks for: words, filters, where the page begins."""

    query: str
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    after: str = ""

    @classmethod
    def of(cls, params: QueryParams) -> "Asked":
        """Read the address."""
        given = {name: [plain(value) for value in params.getlist(name)] for name in FILTERS}
        chosen = {name: values[:MOST_CHOSEN] for name, values in given.items() if values}
        query = " ".join(plain(params.get("q", "")).split())[:LONGEST_QUERY]
        return cls(query, chosen, params.get("apres", ""))

    @property
    def filters(self) -> SearchFilters:
        """Return the filters as the index takes them."""
        named = {FILTERS[name][0]: tuple(values) for name, values in self.chosen.items()}
        return SearchFilters(**named)

    def address(self, **changed: str) -> str:
        """Return the address of the same search, with something changed."""
        pairs = [("q", self.query), *((n, v) for n, vs in self.chosen.items() for v in vs)]
        return "/recherche?" + urlencode([*pairs, *changed.items()])


def search(request: Request) -> Response:
    """Show the results, or only their block while somebody types."""
    asked = Asked.of(request.query_params)
    values = _found(request, asked) if asked.query or asked.chosen else _nothing_asked()
    return page(
        request,
        "pages/search.html",
        nav="search",
        partial="pages/_results.html",
        query=asked.query,
        filter_groups=_groups(request, asked, values.pop("facets")),
        filters_open=False,
        chosen_words=_chosen_words(request, asked),
        **values,
    )


def _nothing_asked() -> dict[str, Any]:
    tries = [{"text": idea, "href": f"/recherche?{urlencode({'q': idea})}"} for idea in IDEAS]
    return {
        "cards": [], "total": 0, "tries": tries, "facets": [], "partly": False,
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
    )
    with house.unit.read() as reader:
        records = records_of(reader, [hit.record_id for hit in found.hits])
    shown = [records[hit.record_id] for hit in found.hits if hit.record_id in records]
    tries = []
    if found.suggestion:
        href = f"/recherche?{urlencode({'q': found.suggestion})}"
        tries = [{"text": found.suggestion, "href": href}]
    following = asked.address(apres=found.next_cursor) if found.next_cursor else ""
    return {
        "cards": result_cards(request, shown),
        "total": found.total,
        "facets": found.facets,
        "tries": tries,
        "partly": found.partly,
        "previous_page": asked.address() if asked.after else "",
        "next_page": following,
    }


def _label(request: Request, facet: str, value: str) -> str:
    if facet in OF_LIBRARIES:
        return names_of(request).get(value, value)
    return label_of(facet, value)


def _groups(request: Request, asked: Asked, facets: Sequence[Facet]) -> list[dict[str, Any]]:
    counted = {facet.name: {v.value: v.count for v in facet.values} for facet in facets}
    groups = []
    for name, (facet, title) in FILTERS.items():
        counts, chosen = counted.get(facet, {}), asked.chosen.get(name, ())
        options = [
            {
                "value": value,
                "label": _label(request, facet, value),
                "count": counts.get(value),
                "on": value in chosen,
            }
            for value in _values(request, facet, counts, chosen)
        ]
        if options:
            groups.append({"name": name, "title": _(title), "options": options})
    return groups


def _values(
    request: Request, facet: str, counts: Mapping[str, int], chosen: Sequence[str]
) -> Sequence[str]:
    if facet in OF_LIBRARIES:
        return list(names_of(request))
    common = sorted(counts, key=lambda value: (-counts[value], value))[:SHOWN_OPTIONS]
    return [*common, *(value for value in chosen if value not in common)]


def _chosen_words(request: Request, asked: Asked) -> str:
    said = []
    for name, values in asked.chosen.items():
        facet = FILTERS[name][0]
        words = [_label(request, facet, value) for value in values]
        if facet == "availability":
            words = [_("libre à {library}").format(library=name) for name in words]
        said += words
    return ", ".join(said)


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
