"""Somebody collects for somebody else: the code, what is ready here, handed over at once."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.errors import PickupCodeRefused, Refusal
from navette.ils.views import HoldView, LendRequest
from navette.languages import _
from navette.patrons.families import family_of
from navette.patrons.reading import PatronView, patron_of
from navette.wording import day_words, sentence_of
from navette_auth.pickup import Pickups
from navette_web.desk.looking import looked, shown_to
from navette_web.errors import status_of
from navette_web.forms import form_of
from navette_web.holdcards import named
from navette_web.shell import agent_of, asked, house_of, network_for, page, today_of
from navette_web.signin import ways


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route("/bureau/retrait", ask),
        Route("/bureau/retrait", show, methods=["POST"]),
        Route("/bureau/retrait/remettre", hand_over, methods=["POST"]),
    ]


def ask(request: Request) -> Response:
    """Ask for the code that somebody shows."""
    return _page(request, message=asked(request, "message"))


def show(request: Request) -> Response:
    """Show what waits here for whom the code stands; the code is not used yet."""
    code = form_of(request).text("code")
    try:
        person, waiting = _waiting(request, code)
    except PickupCodeRefused as refusal:
        return _page(request, message=sentence_of(refusal), status=status_of(refusal))
    return _page(request, code=code, person=person, waiting=waiting)


def hand_over(request: Request) -> Response:
    """Lend all that waits here, each document to the card it was reserved for."""
    actor, library = agent_of(request)
    code = form_of(request).text("code")
    marks = Pickups(ways(request)).marks(code)
    try:
        person, waiting = _waiting(request, code)
    except PickupCodeRefused as refusal:
        return _page(request, message=sentence_of(refusal), status=status_of(refusal))
    done = []
    for hold in waiting:
        what = LendRequest(library.code, item_id=hold.item_id, pickup_marks=marks)
        try:
            loan = house_of(request).circulation.lend(actor, what)
        except Refusal as refusal:
            done.append(_line(hold, sentence_of(refusal), "halt"))
        else:
            done.append(
                _line(hold, _("Prêté jusqu’au {day}").format(day=day_words(loan.due_on)), "go")
            )
    return _page(request, person=person, done=done)


def _waiting(request: Request, code: str) -> tuple[PatronView, list[HoldView]]:
    """Return whom the code stands for and what is ready for them and their children here."""
    actor, library = agent_of(request)
    house = house_of(request)
    with house.unit.read() as reader:
        whose = Pickups(ways(request)).whose(reader, code, library.id)
        person = patron_of(reader, whose)
        children = family_of(reader, network_for(request), whose, today_of(request))
    cards = {whose, *(child.id for child in children)}
    looked(request, sorted(cards), "act", "pickup code")
    return shown_to(actor, person), [
        hold for hold in house.circulation.shelf(library.code) if hold.patron_id in cards
    ]


def _line(hold: HoldView, words: str, tone: str) -> dict[str, Any]:
    return {
        "title": named(hold),
        "language": hold.language,
        "place": hold.shelf_place,
        "words": words,
        "tone": tone,
    }


def _page(request: Request, *, status: int = 200, **given: Any) -> Response:
    _actor, library = agent_of(request)
    values: dict[str, Any] = {
        "message": "", "code": "", "person": None, "done": [], "waiting": [], **given,
    }  # fmt: skip
    waiting = [_line(hold, "", "") for hold in values.pop("waiting")]
    return page(
        request, "desk/pickup.html", nav="scan", library=library, status=status,
        reader=values.pop("person"), waiting=waiting, **values,
    )  # fmt: skip
