"""What the address of a search says: words, filters, order; and the controls that change it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.datastructures import QueryParams
from starlette.requests import Request

from navette.catalogue.search.labels import label_of
from navette.catalogue.search.results import NOTHING, Facet, SearchFilters, Sort, Sorting
from navette.catalogue.search.sooner import sorting_for
from navette.languages import N_, _, spoken
from navette_web.cards import Drawn
from navette_web.forms import plain
from navette_web.record import names_of
from navette_web.render import environment
from navette_web.shell import network_for, now_of, person_for, usual_of

LONGEST_QUERY = 200
FILTERS = {
    "disponible": ("availability", N_("Libre maintenant à")),
    "bibliotheque": ("library", N_("Dans la bibliothèque")),
    "type": ("type", N_("Document")),
    "public": ("audience", N_("Public")),
    "langue": ("language", N_("Langue")),
    "adapte": ("adapted", N_("Lecture adaptée")),
    "periode": ("period", N_("Parution")),
    "serie": ("series", N_("Série")),
    "genre": ("genre", N_("Genre")),
    "numerique": ("digital", N_("En numérique")),
    "rayon": ("section", N_("Rayon")),
}
# Always offered; the others when they are asked for, or chosen.
USUAL = ("disponible", "bibliotheque", "type", "public", "langue", "adapte")
_USUALLY_COUNTED = tuple(facet for name, (facet, _words) in FILTERS.items() if name in USUAL)
ALL_FILTERS = "tous"
OF_LIBRARIES = frozenset({"availability", "library"})
SORTS: Mapping[str, tuple[Sort, str]] = {
    "": ("relevance", N_("Pertinence")),
    "bientot": ("soonest", N_("Le plus tôt")),
    "titre": ("title", N_("Titre")),
    "nouveautes": ("arrivals", N_("Nouveautés")),
    "date": ("date", N_("Date de parution")),
}
SHOWN_OPTIONS = 8
MOST_CHOSEN = 30
_drawn: Drawn[tuple[Sequence[Facet], Markup]] = Drawn(most=500)


@dataclass(frozen=True)
class Asked:
    """What the reader asks for: words, filters, order, where the page begins."""

    query: str
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    after: str = ""
    order: str = ""
    at: str = ""
    all_filters: bool = False

    @classmethod
    def of(cls, params: QueryParams) -> "Asked":
        """Read the address."""
        given = {
            name: [plain(value) for value in params.getlist(name)]
            for name in FILTERS
            if name in params
        }
        chosen = {name: values[:MOST_CHOSEN] for name, values in given.items() if any(values)}
        query = " ".join(plain(params.get("q", "")).split())[:LONGEST_QUERY]
        order = plain(params.get("tri", ""))
        return cls(
            query,
            chosen,
            params.get("apres", ""),
            order if order in SORTS else "",
            plain(params.get("chez", "")).strip().lower(),
            params.get("filtres") == ALL_FILTERS,
        )

    @property
    def filters(self) -> SearchFilters:
        """Return the filters as the index takes them."""
        if not self.chosen:
            return NOTHING
        named = {FILTERS[name][0]: tuple(values) for name, values in self.chosen.items()}
        return SearchFilters(**named)

    @property
    def something(self) -> bool:
        """Say whether anything was asked for."""
        return bool(self.query or self.chosen or self.order)

    @property
    def one_series(self) -> bool:
        """Say whether one series is gone through, volume by volume."""
        return not self.query and len(self.chosen.get("serie", ())) == 1

    @property
    def counted(self) -> Sequence[str]:
        """Return the facets to count: the usual ones and those in use, or all."""
        if not self.chosen and not self.all_filters:
            return _USUALLY_COUNTED
        shown = [name for name in FILTERS if self.all_filters or name in (*USUAL, *self.chosen)]
        return tuple(FILTERS[name][0] for name in shown)

    @cached_property
    def rest(self) -> Sequence[tuple[str, str]]:
        """Return what a form of filters has to carry along besides them."""
        pairs = (("tri", self.order), ("chez", self.at))
        return [*((n, v) for n, v in pairs if v), *([("filtres", "tous")] * self.all_filters)]

    def address(self, **changed: str) -> str:
        """Return the address of the same search, with something changed."""
        given = {**dict(self.rest), **changed} if self.rest else changed
        said = self._asked
        for name, value in given.items():
            if value.isalnum() and value.isascii():  # codes, as nearly always
                said += f"&{name}={value}"
            elif value:
                said += f"&{urlencode({name: value})}"
        return said

    @cached_property
    def _asked(self) -> str:
        pairs = [("q", self.query), *((n, v) for n, vs in self.chosen.items() for v in vs)]
        return "/recherche?" + urlencode(pairs)

    def without(self, name: str, value: str) -> "Asked":
        """Return the same search without one chosen value."""
        left = {n: [v for v in vs if (n, v) != (name, value)] for n, vs in self.chosen.items()}
        return replace(self, chosen={n: vs for n, vs in left.items() if vs}, after="")


def label(request: Request, facet: str, value: str) -> str:
    """Say a value of a facet."""
    if facet in OF_LIBRARIES:
        return names_of(request).get(value, value)
    return _(label_of(facet, value))


def groups(request: Request, asked: Asked, facets: Sequence[Facet]) -> list[dict[str, Any]]:
    """Return the filters that are offered, with how many records each value has."""
    counted = {facet.name: {v.value: v.count for v in facet.values} for facet in facets}
    shown = []
    for name, (facet, title) in FILTERS.items():
        usual = name in USUAL or asked.all_filters or name in asked.chosen
        counts, chosen = counted.get(facet, {}), asked.chosen.get(name, ())
        options = [
            {
                "value": value,
                "label": label(request, facet, value),
                "count": counts.get(value),
                "on": value in chosen,
            }
            for value in _values(request, facet, counts, chosen)
            if usual
        ]
        if options:
            shown.append({"name": name, "title": _(title), "options": options})
    return shown


def panel(request: Request, asked: Asked, facets: Sequence[Facet]) -> Markup:
    """Draw the filters, once for the same search with the same counts in the same language."""
    key = (spoken().code, tuple(names_of(request).items()), asked.address())
    kept = _drawn.get(key)
    if kept is not None and kept[0] == facets:  # the same list, until the index changes
        return kept[1]
    more = "" if asked.all_filters else asked.address(filtres=ALL_FILTERS)
    clear = f"/recherche?{urlencode({'q': asked.query})}"
    macros: Any = environment().get_template("parts/_filters.html").module
    drawn: Markup = macros.panel(groups(request, asked, facets), more, clear)
    _drawn.put(key, (facets, drawn))
    return drawn


def _values(
    request: Request, facet: str, counts: Mapping[str, int], chosen: Sequence[str]
) -> Sequence[str]:
    if facet in OF_LIBRARIES:
        return list(names_of(request))
    common = list(counts)[:SHOWN_OPTIONS]
    return [*common, *(value for value in chosen if value not in common)]


def chosen_values(request: Request, asked: Asked) -> Iterator[dict[str, str]]:
    """Give what is chosen, each with the address of the search without it."""
    for name, values in asked.chosen.items():
        facet = FILTERS[name][0]
        for value in values:
            words = label(request, facet, value)
            if facet == "availability":
                words = _("libre à {library}").format(library=words)
            yield {"words": words, "href": asked.without(name, value).address()}


def unknown_libraries(request: Request, asked: Asked) -> str:
    """Name the chosen libraries that are none of ours, as an old address may hold them."""
    if not asked.chosen:
        return ""
    chosen = [v for name, (facet, _w) in FILTERS.items() if facet in OF_LIBRARIES
              for v in asked.chosen.get(name, ())]  # fmt: skip
    known = names_of(request)
    return ", ".join(dict.fromkeys(v for v in chosen if v.strip().lower() not in known))


class Order(NamedTuple):
    """An order that results can have: in words, its address, whether it is on, and places of it."""

    words: str
    href: str
    on: bool
    at: Sequence["Order"] = ()


def orders(request: Request, asked: Asked) -> list[Order]:
    """Return the orders that results can have, each with its address."""
    return [
        Order(
            _(words) if name or not asked.one_series else _("Dans l’ordre"),
            asked.address(tri=name, chez=""),
            name == asked.order,
            _places(request, asked) if name == asked.order == "bientot" else (),
        )
        for name, (_sort, words) in SORTS.items()
    ]


def _places(request: Request, asked: Asked) -> list[Order]:
    near = _near(request, asked)
    return [
        Order(name, asked.address(tri="bientot", chez=code), code == near)
        for code, name in names_of(request).items()
    ]


def _near(request: Request, asked: Asked) -> str:
    """Return the library where it should be at hand: the one asked for, one's own, the first."""
    names = names_of(request)
    if asked.at in names:
        return asked.at
    person = person_for(request)
    return usual_of(request, person).code if person else next(iter(names), "")


def sorting(request: Request, asked: Asked) -> Sorting:
    """Return the order as the index takes it; the van says which library is nearer than another."""
    by, now = SORTS[asked.order][0], now_of(request)
    near = _near(request, asked) if by == "soonest" else ""
    return sorting_for(network_for(request), by, near, now)
