"""Looking around without a question: what is new in each library, sections, series, subjects."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from navette.catalogue.normalising import folded
from navette.catalogue.search.labels import label_of
from navette.catalogue.search.results import Facet, SearchFilters
from navette.languages import N_, _
from navette_web.linked import at_home
from navette_web.narrowing import FILTERS
from navette_web.shell import house_of, page, stops_for
from navette_web.volumes import search_for

MOST_GENRES, MOST_SERIES, MOST_NAMES = 10, 12, 20
# The shelves of a children's room, by what the catalogue says of its books.
CHILDREN: Sequence[tuple[str, str, str]] = (
    # the section, the facet, and how the values of it begin that stand there, folded
    (N_("Albums"), "genre", "albums"),
    (N_("Premières lectures"), "genre", "premieres lectures"),
    (N_("Romans"), "genre", "romans"),
    (N_("Tous les livres"), "type", "book"),
    (N_("BD et mangas"), "type", "comic"),
    (N_("Contes"), "genre", "contes"),
    (N_("Poésies et comptines"), "genre", "poesies"),
    (N_("Documentaires"), "genre", "documentaires"),
    (N_("Livres audio"), "type", "audiobook"),
    (N_("Films"), "type", "film"),
    (N_("Musique"), "type", "music"),
    (N_("Jeux"), "type", "game"),
)
# Names of a room, not of a shelf in it.
WHOLE_ROOMS = frozenset({"adulte", "adultes", "enfant", "enfants", "jeunesse", "patrimoine"})
# What has no facet of its own is asked for in words: the field of the index, what one types.
NAMES: Mapping[str, str] = {"author_name": "auteur", "subject_name": "sujet"}
BY_FACET = {facet: name for name, (facet, _title) in FILTERS.items()}


def browse(request: Request) -> Response:
    """Show the ways in: new arrivals by library, children's sections, series, authors, subjects."""
    found = house_of(request).search
    everything = found.search("", first=1, counted=("genre", "series", "adapted", "type", *NAMES))
    children = found.search(
        "", SearchFilters(audience=("child",)), first=1, counted=("genre", "type", "section")
    )
    counts = {facet.name: facet for facet in everything.facets}
    return page(
        request,
        "pages/browse.html",
        nav="search",
        arrivals=list(_arrivals(request)),
        children=list(_children(children.facets)),
        kinds=list(_ways(counts, "type", MOST_GENRES)),
        adapted=list(_ways(counts, "adapted", MOST_GENRES)),
        series=list(_ways(counts, "series", MOST_SERIES)),
        genres=list(_ways(counts, "genre", MOST_GENRES)),
        authors=list(_names(counts, "author_name")),
        subjects=list(_names(counts, "subject_name")),
        canonical=at_home(request, "/parcourir"),
    )


def _address(**chosen: str | Sequence[str]) -> str:
    return f"/recherche?{urlencode(chosen, doseq=True)}"


def _arrivals(request: Request) -> Iterator[dict[str, Any]]:
    for code, stop in stops_for(request).items():
        yield {"stop": stop, "href": _address(bibliotheque=code, tri="nouveautes")}


def _children(facets: Sequence[Facet]) -> Iterator[dict[str, Any]]:
    """Give the sections that hold something: those of the shelves, then those of the books.

    Libraries name their shelves in 995 $e; one that has a single room for children says little.
    One name of ours may stand for several genres.
    """
    counts = {facet.name: {v.value: v.count for v in facet.values} for facet in facets}
    for section, count in counts.get("section", {}).items():
        if folded(section) not in WHOLE_ROOMS:
            href = _address(public="child", **{BY_FACET["section"]: section})
            yield {"words": section, "count": count, "href": href}
    for words, facet, start in CHILDREN:
        values = [v for v in counts.get(facet, {}) if folded(v).startswith(start)]
        if values:
            yield {
                "words": _(words),
                "count": sum(counts[facet][value] for value in values),
                "href": _address(public="child", **{BY_FACET[facet]: values}),
            }


def _ways(counts: Mapping[str, Facet], name: str, most: int) -> Iterator[dict[str, Any]]:
    values = counts[name].values[:most] if name in counts else ()
    for one in values:
        yield {
            "words": _(label_of(name, one.value)),
            "count": one.count,
            "href": _address(**{BY_FACET[name]: one.value}),
        }


def _names(counts: Mapping[str, Facet], name: str) -> Iterator[dict[str, Any]]:
    """Give the names that most titles have, as questions one could have typed."""
    for one in counts[name].values[:MOST_NAMES] if name in counts else ():
        href = search_for(NAMES[name], one.value)
        yield {"words": one.value, "count": one.count, "href": href}
