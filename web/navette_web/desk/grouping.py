"""Catalogue work at the desk: why a record is one, descriptions taken out, two records made one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.catalogue.grouping import DescriptionView, Grouping, GroupView, group_of
from navette.catalogue.reading import RecordView, records_of
from navette.catalogue.search.results import SearchFilters
from navette.errors import BadInput, NotFound
from navette.languages import N_, _
from navette_web import french
from navette_web.cards import language_of
from navette_web.forms import form_of, id_in
from navette_web.shell import (
    agent_of,
    asked,
    go,
    house_of,
    network_for,
    now_of,
    number_of,
    page,
    stops_for,
)

HERE: Final = "/bureau/catalogue"
PAGE: Final = 20
LONGEST_QUERY: Final = 100
_TOGETHER: Final = 0.5
_MOST_UNDONE: Final = 50
# The reasons of catalogue.matching, by how they begin.
REASONS: Final[Mapping[str, str]] = {
    "identifier": N_("le même numéro"),
    "title without subtitle": N_("le même titre, sans le sous-titre"),
    "title": N_("le même titre"),
    "author and pages": N_("le même auteur et autant de pages"),
    "author differs": N_("un autre auteur"),
    "author": N_("le même auteur"),
    "year differs": N_("une autre année"),
    "year": N_("la même année"),
    "pages differs": N_("un autre nombre de pages"),
    "pages": N_("autant de pages"),
    "extent": N_("la même étendue"),
    "publisher": N_("le même éditeur"),
    "medium": N_("un autre support"),
    "volume": N_("un autre tome"),
    "isbn": N_("un autre ISBN"),
    "ean": N_("un autre code-barres"),
    "numbers in the titles differ": N_("d’autres nombres dans le titre"),
}


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(HERE, catalogue),
        Route(f"{HERE}/{{record}}", record),
        Route(f"{HERE}/{{record}}/separer", part, methods=["POST"]),
        Route(f"{HERE}/{{record}}/reunir", join, methods=["POST"]),
    ]


def catalogue(request: Request) -> Response:
    """Find a record by its number or by words; `avec` is the record it shall be joined to."""
    _actor, library = agent_of(request)
    words, beside = asked(request, "q")[:LONGEST_QUERY], number_of(request, "avec")
    with house_of(request).unit.read() as reader:
        other = records_of(reader, [beside]).get(beside) if beside else None
    return page(
        request,
        "desk/catalogue.html",
        nav="catalogue",
        library=library,
        query=words,
        rows=[row for row in _found(request, words) if row.id != beside],
        other=other,
        language_of=language_of,
    )


def _found(request: Request, words: str) -> Sequence[RecordView]:
    if not words:
        return []
    house, number = house_of(request), id_in(words)
    ids = [number] if number else []
    ids += [hit.record_id for hit in house.search.search(words, SearchFilters(), PAGE).hits]
    with house.unit.read() as reader:
        records = records_of(reader, ids)
    return [records[i] for i in dict.fromkeys(ids) if i in records and not records[i].hidden]


def record(request: Request) -> Response:
    """Show the descriptions of one record, what holds them together, and what staff decided."""
    _actor, library = agent_of(request)
    group = _group(request)
    stops = stops_for(request)
    rows = [
        {
            "one": one,
            "library": stops[one.library].name,
            "why": _why(one),
            "copies": french.counted(one.copies, _("exemplaire"), _("exemplaires")),
        }
        for one in group.descriptions
    ]
    return page(
        request,
        "desk/grouping.html",
        nav="catalogue",
        library=library,
        group=group,
        title_language=language_of(group.record),
        rows=rows,
        decided=_decided(request, group),
        told=_told(request, group.record.id),
    )


def _group(request: Request) -> GroupView:
    record_id = number_of(request, "record")
    if record_id is None:
        raise NotFound
    with house_of(request).unit.read() as reader:
        return group_of(reader, record_id)


def _why(one: DescriptionView) -> str:
    lines = [_("Réuni par l’équipe.")] if one.by_staff else []
    if one.reasons and one.score >= _TOGETHER:
        said = ", ".join(_reason(reason) for reason in one.reasons)
        lines.append(_("Ce qui les réunit : %(reasons)s.") % {"reasons": said})
    return " ".join(lines)


def _reason(reason: str) -> str:
    name, colon, value = reason.partition(": ")
    if name in REASONS:
        return f"{_(REASONS[name])} ({value})" if colon and value else _(REASONS[name])
    percent = reason.removeprefix("title ").removesuffix(" %")
    if percent.isdecimal():
        return _("un titre proche à %(percent)s %%") % {"percent": percent}
    return reason


def _decided(request: Request, group: GroupView) -> list[str]:
    names = {one.id: one.short_name for one in network_for(request).libraries}
    lines = []
    for view in group.decisions:
        one = f"{names[view.one_library_id]} {view.one_local_id}"
        other = f"{names[view.other_library_id]} {view.other_local_id}"
        words = (
            _("%(one)s et %(other)s : la même publication, %(day)s.")
            if view.same
            else (_("%(one)s et %(other)s : deux publications, %(day)s."))
        )
        lines.append(words % {"one": one, "other": other, "day": french.full_date(view.decided_at)})
    return lines


def part(request: Request) -> Response:
    """Take the chosen descriptions out, with their copies."""
    actor, _library = agent_of(request)
    group, form = _group(request), form_of(request)
    chosen = [one.id for one in group.descriptions if form.text(f"source-{one.id}")]
    here = f"{HERE}/{group.record.id}"
    try:
        made = _grouping(request).part(
            actor, record_id=group.record.id, source_ids=chosen, now=now_of(request)
        )
    except BadInput:
        return go(here, fait="rien")
    return go(here, fait="separe", avec=made)


def join(request: Request) -> Response:
    """Make another record one with this one: its copies and holds come here."""
    actor, _library = agent_of(request)
    record_id, other = number_of(request, "record"), form_of(request).number("avec")
    if record_id is None:
        raise NotFound
    here = f"{HERE}/{record_id}"
    if record_id == other:
        return go(here, fait="lui-meme")
    with house_of(request).unit.read() as reader:
        moving = [one.id for one in group_of(reader, other).descriptions]
    _grouping(request).join(actor, from_record=other, into_record=record_id, now=now_of(request))
    return go(here, fait="reuni", sources=",".join(map(str, moving[:_MOST_UNDONE])))


def _grouping(request: Request) -> Grouping:
    house = house_of(request)
    return Grouping(house.unit, house.circulation)


def _told(request: Request, record_id: int) -> dict[str, Any] | None:
    """Say what was just done, and offer to undo it."""
    done, here = asked(request, "fait"), f"{HERE}/{record_id}"
    if done == "separe" and (made := number_of(request, "avec")):
        again = {
            "action": f"{here}/reunir",
            "words": _("Réunir de nouveau"),
            "values": {"avec": made},
        }
        return {"words": _("Séparé : c’est une fiche à part maintenant."), "undo": again}
    if done == "reuni":
        sources = [one for one in asked(request, "sources").split(",") if id_in(one)]
        values = {f"source-{one}": "1" for one in sources[:_MOST_UNDONE]}
        undo = {"action": f"{here}/separer", "words": _("Séparer de nouveau"), "values": values}
        return {"words": _("Réuni : exemplaires et réservations ont suivi."), "undo": undo}
    words = {
        "rien": _("Cochez ce qui doit partir, et laissez au moins une description."),
        "lui-meme": _("C’est déjà cette fiche : choisissez-en une autre."),
    }.get(done)
    return {"words": words, "undo": None} if words else None
