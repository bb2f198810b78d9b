"""The question before a closure: collect at another library, or wait for the reopening."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.errors import BadInput, NotFound
from navette.ils.closure_views import QuestionView
from navette.languages import _
from navette.saying import plural
from navette_web import french
from navette_web.desk.looking import looked
from navette_web.forms import form_of
from navette_web.shell import (
    agent_of,
    asked,
    go,
    house_of,
    number_of,
    page,
    signed_in,
    stops_for,
    then,
    today_of,
)

HERE = "/reservations/fermeture"


def question(request: Request) -> Response:
    """Show one question, or what was answered."""
    _person, actor = signed_in(request)
    number = number_of(request, "question")
    if number is None:
        raise NotFound
    found = house_of(request).circulation.closure_question(actor, number)
    return page(
        request,
        "pages/closure.html",
        nav="documents",
        question=in_words(request, found),
        told=_told(request),
    )


def answer(request: Request) -> Response:
    """Keep the answer; yes moves every reservation that can still move."""
    _person, actor = signed_in(request)
    number, move = _answered(request)
    done = house_of(request).circulation.answer_closure(actor, number, move=move)
    return then(
        request, f"{HERE}/{number}", lieu=str(done.moved) if move else None, attend=not move or None
    )


def answer_at_the_desk(request: Request) -> Response:
    """Keep the answer that somebody gave at the desk or on the telephone."""
    actor, _library = agent_of(request)
    number, move = _answered(request)
    circulation = house_of(request).circulation
    patron = circulation.closure_question(actor, number).patron_id
    circulation.answer_closure(actor, number, move=move)
    looked(request, [patron], "act", "answer_closure")
    return go(f"/bureau/usagers/{patron}")


def in_words(request: Request, found: QuestionView) -> dict[str, Any]:
    """Say a question (words 17)."""
    stops, count = stops_for(request), len(found.hold_ids)
    closed, other = stops[found.library].name, stops[found.proposed].name
    when = ""
    if found.likely_at is not None:
        day = french.near_day(found.likely_at, today_of(request))
        when = _("Elles y seront sans doute {day}.").format(day=day)
    held = plural(count, _("réservation"), _("réservations"))
    return {
        "id": found.id,
        "title": _("{library} ferme du {first} au {last}.").format(
            library=closed,
            first=french.day_in_words(found.first_day),
            last=french.day_in_words(found.last_day),
        ),
        "ask": _("Voulez-vous retirer vos {held} à {library}\u00a0?").format(
            held=held, library=other
        )
        if count > 1
        else _("Voulez-vous retirer votre réservation à {library}\u00a0?").format(library=other),
        "when": when,
        "silent": _("Sans réponse, nous les gardons à {library}.").format(library=closed),
        "yes": _("Oui, à {library}").format(library=other),
        "open": found.answer == "",
    }


def _answered(request: Request) -> tuple[int, bool]:
    form = form_of(request)
    said = form.text("reponse")
    if said not in {"oui", "non"}:
        raise BadInput("reponse")
    return form.number("question"), said == "oui"


def _told(request: Request) -> dict[str, Any] | None:
    moved = asked(request, "lieu")
    if moved.isdecimal() and len(moved) <= len("999"):
        words = plural(
            int(moved), _("réservation change de lieu"), _("réservations changent de lieu")
        )
        return {"words": f"{words}.", "undo": None}
    if asked(request, "attend"):
        return {
            "words": _("C’est noté\u00a0: nous les gardons jusqu’à la réouverture."),
            "undo": None,
        }
    return None
