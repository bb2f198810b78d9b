"""One title: what it is, where it stands, when each stop of the line would have it."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from navette.catalogue.reading import RecordView, editions_of, record_of
from navette.catalogue.search.labels import label_of
from navette.errors import NotFound, NotReservable, Refusal
from navette.ils.views import AvailabilityView, PromiseView
from navette.languages import _, ngettext
from navette.wording import sentence_of
from navette_web import french
from navette_web.allowance import places_here
from navette_web.cards import (
    byline_of,
    drawn_cover,
    language_of,
    result_cards,
    shown_title,
    tag_of,
    with_pictures,
)
from navette_web.digital import digital_twin
from navette_web.forms import id_in
from navette_web.french import typeset
from navette_web.libraries import van_sentence
from navette_web.linked import as_script, at_home, json_ld, sharing
from navette_web.promises import line_of
from navette_web.shell import (
    house_of,
    network_for,
    number_of,
    page,
    person_for,
    stops_for,
    today_of,
    usual_of,
)
from navette_web.stops import Choice
from navette_web.volumes import around, search_for

SHOWN_SUBJECTS = 6
SHOWN_AUTHORS = 3
PERMANENT_REDIRECT = 308


def record(request: Request) -> Response:
    """Show a title with its line of promises."""
    known = _by_global_id(str(request.path_params["record"]))
    if known is not None:
        return RedirectResponse(f"/notice/{known}", PERMANENT_REDIRECT)
    found = record_asked(request)
    if found.id != number_of(request, "record"):  # two records that became one
        return RedirectResponse(f"/notice/{found.id}", PERMANENT_REDIRECT)
    circulation = house_of(request).circulation
    standing = circulation.availability([found.id]).get(found.id, ())
    volumes = circulation.volumes(found.id)
    promises, refusal = ([], None) if volumes else _promises(request, found.id)
    person = person_for(request)
    home = usual_of(request, person).code if person else ""
    tag, tone = tag_of(standing, tuple(names_of(request).items()), home)
    return page(
        request,
        "pages/record.html",
        nav="search",
        record=described(found)
        | {"tag": tag, "tone": tone, "cover": drawn_cover(found, pictures=with_pictures(request))},
        back_href=_back(request),
        volumes=volumes,
        reservable=bool(volumes or promises),
        not_reservable=sentence_of(refusal or NotReservable()),
        line=line_of(promises, stops_for(request), today_of(request), home),
        standing=_standing(request, standing),
        copies=_copies(request, standing),
        van_sentence=van_sentence(network_for(request)),
        room=places_here(request),
        digital=digital_twin(request, found.title, [one.name for one in found.authors]),
        facts=_facts(found),
        links=_links(found),
        around=around(request, found),
        sharing=sharing(request, found),
        json_ld=as_script(json_ld(request, found, standing)),
        canonical=at_home(request, f"/notice/{found.id}"),
    )


def _by_global_id(text: str) -> int | None:
    """Return the number behind the id that programs know a title by, or None."""
    padded = text + "=" * (-len(text) % 4)
    try:
        plain = base64.b64decode(padded, b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    kind, _, number = plain.partition(":")
    return id_in(number) if kind == "Record" else None


def record_asked(request: Request, name: str = "record") -> RecordView:
    """Return the record that the address names; NotFound."""
    record_id = number_of(request, name)
    if record_id is None:
        raise NotFound
    with house_of(request).unit.read() as reader:
        return record_of(reader, record_id)


def _promises(request: Request, record_id: int) -> tuple[Sequence[PromiseView], Refusal | None]:
    try:
        promises = house_of(request).circulation.promise(record_id)
    except NotReservable as refusal:
        return [], refusal
    return (promises if any(p.reason != "never" for p in promises) else []), None


def names_of(request: Request) -> Mapping[str, str]:
    """Return the short name of each library."""
    return network_for(request).short_names


def described(found: RecordView) -> dict[str, Any]:
    """Say what a title is."""
    title = shown_title(found)
    return {
        "id": found.id,
        "title": typeset(f"{title} : {found.subtitle}") if found.subtitle else title,
        "authors": found.byline,
        "byline": _kind_and_year(found),
        "language": language_of(found),
        "summary": found.summary,
        "cover": drawn_cover(found),
    }


def _kind_and_year(found: RecordView) -> str:
    words = byline_of(found).removeprefix(f"{found.byline} · ")
    return words[:1].upper() + words[1:]


def _back(request: Request) -> str:
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.path == "/recherche" and came_from.netloc == request.url.netloc:
        return f"/recherche?{came_from.query}"
    return "/recherche"


def _copies(request: Request, standing: Sequence[AvailabilityView]) -> list[dict[str, str]]:
    names = names_of(request)
    return [
        {
            "name": names[one.library],
            "words": _copy_words(one),
            "call_number": one.call_number,
        }
        for one in standing
        if one.total
    ]


def _copy_words(one: AvailabilityView) -> str:
    if one.available:
        return ngettext("{count} libre en rayon", "{count} libres en rayon", one.available).format(
            count=one.available
        )
    if one.next_date is not None:
        day = french.day_in_words(one.next_date)
        return _("prêté, retour prévu {day}").format(day=day)
    return _("pas en rayon pour l’instant")


def _standing(request: Request, standing: Sequence[AvailabilityView]) -> list[Choice]:
    stops = stops_for(request)
    return [
        Choice(stops[one.library], one.call_number, sub=_copy_words(one))
        for one in standing
        if one.total
    ]


def _facts(found: RecordView) -> list[tuple[str, str]]:
    publisher = ", ".join(filter(None, (found.publisher, str(found.year or ""))))
    rows = (
        (_("Avec"), ", ".join(a.name for a in found.authors) if len(found.authors) > 1 else ""),
        (_("Collection"), found.series_title),
        (_("Éditeur"), publisher),
        (_("Édition"), found.edition),
        (_("Description"), found.extent),
        (_("Langue"), _languages(found.languages)),
        (_("Langue d’origine"), _languages(found.original_languages)),
        (_("Sous-titres"), _languages(found.subtitle_languages)),
        (_("Public"), label_of("audience", found.audience)),
        (_("Sujets"), ", ".join(found.subjects[:SHOWN_SUBJECTS])),
        (_("ISBN"), found.isbn or ""),
    )
    return [(name, value) for name, value in rows if value]


def _languages(codes: Sequence[str]) -> str:
    return ", ".join(_(label_of("language", code)).lower() for code in codes)


def _links(found: RecordView) -> dict[str, list[tuple[str, str]]]:
    """Return where the names and subjects of a record lead."""
    authors = dict.fromkeys(author.name for author in found.authors)
    return {
        _("Voir aussi, par la même personne"): [
            (name, search_for("auteur", name)) for name in list(authors)[:SHOWN_AUTHORS]
        ],
        _("Sur le même sujet"): [
            (subject, search_for("sujet", subject)) for subject in found.subjects[:SHOWN_SUBJECTS]
        ],
    }


def work(request: Request) -> Response:
    """Show every edition of a work."""
    work_id = number_of(request, "work")
    if work_id is None:
        raise NotFound
    with house_of(request).unit.read() as reader:
        editions = editions_of(reader, work_id)
    if not editions:
        raise NotFound
    return page(
        request,
        "pages/work.html",
        nav="search",
        title=shown_title(editions[0]),
        title_language=language_of(editions[0]),
        cards=result_cards(request, editions),
        canonical=at_home(request, f"/oeuvre/{work_id}"),
    )
