"""What a desk says itself: calls to make, letters to print; and how a person wants to be told."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.languages import N_, _, ngettext
from navette.notifications import desklists, windows
from navette.notifications.choices import choices_of, choose
from navette.patrons.choosing import choose_usual_library
from navette.patrons.reading import patron_of
from navette_web import french
from navette_web.choosing import library_chosen, usual_line
from navette_web.desk.looking import knowing, looked
from navette_web.forms import form_of, id_in
from navette_web.notices import choice_values, chosen_in
from navette_web.shell import agent_of, go, house_of, now_of, number_of, page, today_of

CALLS, LETTERS, CRATES = "/bureau/appels", "/bureau/courriers", "/bureau/transferts"
AT_ONCE = 20
RESULT_WORDS = {
    desklists.REACHED: N_("J’ai eu la personne"),
    desklists.MESSAGE_LEFT: N_("Message laissé"),
    desklists.NO_ANSWER: N_("Pas de réponse"),
    desklists.WRONG_NUMBER: N_("Faux numéro"),
}
DONE = {
    "appel": N_("C’est noté."),
    "courrier": N_("C’est noté : ces lettres sont parties."),
    "choix": N_("C’est noté."),
}


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(CALLS, calls),
        Route(CALLS, called, methods=["POST"]),
        Route(LETTERS, letters),
        Route(LETTERS, printed, methods=["POST"]),
        Route("/bureau/caisses/terminee", crate_done, methods=["POST"]),
        Route("/bureau/usagers/{patron}/messages", choices),
        Route("/bureau/usagers/{patron}/messages", keep, methods=["POST"]),
        Route("/bureau/usagers/{patron}/retrait", collect_at, methods=["POST"]),
    ]


def calls(request: Request) -> Response:
    """Show whom to call, the nearest deadline first, and what to say."""
    results = [(code, _(words)) for code, words in RESULT_WORDS.items()]
    return _listed(request, "desk/calls.html", desklists.CALL, results=results)


def letters(request: Request) -> Response:
    """Show the letters to print, one a sheet."""
    return _listed(request, "desk/letters.html", desklists.LETTER, today=today_of(request))


def _listed(request: Request, template: str, way: str, **shown: Any) -> Response:
    _actor, library = knowing(request)
    rows, total, skip = _rows(request, library.id, way)
    return page(
        request, template, nav="calls", library=library, rows=rows, total=total, skip=skip,
        step=AT_ONCE, told=_told(request), **shown,
    )  # fmt: skip


def _rows(request: Request, library_id: int, way: str) -> tuple[list[dict[str, Any]], int, int]:
    skip, today = number_of(request, "suite") or 0, today_of(request)
    with house_of(request).unit.read() as reader:
        found = desklists.lines(reader, library_id, way, first=AT_ONCE, skip=skip)
        total = desklists.count(reader, library_id, way)
    rows = [
        {
            "id": line.id,
            "name": f"{line.first_name} {line.last_name}",
            "card": line.card,
            "phone": line.phone,
            "subject": line.subject,
            "body": line.body,
            "since": french.near_day(line.since, today),
            "until": french.near_day(line.deadline, today) if line.deadline else "",
            "tried": line.result == desklists.NO_ANSWER,
        }
        for line in found
    ]
    looked(request, [line.patron_id for line in found], "listed", way)
    return rows, total, skip


def called(request: Request) -> Response:
    """Note what became of a call."""
    actor, library = knowing(request)
    form, now = form_of(request), now_of(request)
    message, result = form.number("message"), form.text("resultat")
    house_of(request).unit.write(
        lambda tx: desklists.called(
            tx, message, library_id=library.id, staff_id=actor.staff_id, result=result, now=now
        )
    )
    return go(CALLS, fait="appel")


def printed(request: Request) -> Response:
    """Note that letters were printed."""
    actor, library = knowing(request)
    now, given = now_of(request), form_of(request).text("messages")
    ids = [found for one in given.split(",")[:AT_ONCE] if (found := id_in(one)) is not None]
    house_of(request).unit.write(
        lambda tx: desklists.printed(
            tx, ids, library_id=library.id, staff_id=actor.staff_id, now=now
        )
    )
    return go(LETTERS, fait="courrier")


def crate_done(request: Request) -> Response:
    """Close the grouping window: everybody whose hold arrived is told now, once."""
    _actor, library = agent_of(request)
    now = now_of(request)
    hastened = house_of(request).unit.write(lambda tx: windows.close(tx, library.id, now))
    return go(CRATES, prevenues=hastened)


def crate_words(request: Request) -> dict[str, Any] | None:
    """Say how many people are told now that a crate is done."""
    count = number_of(request, "prevenues")
    if count is None:
        return None
    words = ngettext(
        "{count} personne est prévenue.", "{count} personnes sont prévenues.", count
    ).format(count=count)
    return {"words": words, "undo": None}


def choices(request: Request) -> Response:
    """Show how somebody wants to be told: what they choose on their page, chosen at the desk."""
    _actor, library = knowing(request)
    with house_of(request).unit.read() as reader:
        person = patron_of(reader, number_of(request, "patron") or 0)
        choice = choices_of(reader, [person.id])[person.id]
    looked(request, [person.id], "opened", "notices")
    return page(
        request,
        "desk/notices.html",
        nav="patrons",
        library=library,
        reader=person,
        chosen=choice_values(person, choice),
        line=usual_line(request, person),
        told=_told(request),
    )


def keep(request: Request) -> Response:
    """Keep somebody's choices for them."""
    knowing(request)
    patron, now, chosen = (
        number_of(request, "patron") or 0,
        now_of(request),
        chosen_in(form_of(request)),
    )
    with house_of(request).unit.read() as reader:
        person = patron_of(reader, patron)
    house_of(request).unit.write(lambda tx: choose(tx, person.id, chosen, now))
    looked(request, [person.id], "act", "choose_notices")
    return go(f"/bureau/usagers/{person.id}/messages", fait="choix")


def collect_at(request: Request) -> Response:
    """Keep for somebody where they like to collect; NotFound, BadInput."""
    knowing(request)
    library = library_chosen(request)
    with house_of(request).unit.read() as reader:
        person = patron_of(reader, number_of(request, "patron") or 0)
    house_of(request).unit.write(lambda tx: choose_usual_library(tx, person.id, library))
    looked(request, [person.id], "act", "choose_usual_library")
    return go(f"/bureau/usagers/{person.id}/messages", fait="choix")


def _told(request: Request) -> dict[str, Any] | None:
    done = request.query_params.get("fait", "")
    return {"words": _(DONE[done]), "undo": None} if done in DONE else None
