"""My documents: to collect, on the way, waiting, paused; and every verb that changes a hold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.errors import NotFound
from navette.ils.views import HoldView
from navette.languages import N_, _
from navette.notifications.noting import opened
from navette_web.cards import covers
from navette_web.closures import in_words
from navette_web.forms import form_of
from navette_web.gathering import days_of, shelves_of, waiting_of
from navette_web.holdcards import Scene, board_of, named
from navette_web.household import household_of
from navette_web.loans import loan_line, told_of_loans
from navette_web.promises import line_of
from navette_web.render import title_in
from navette_web.shell import (
    house_of,
    network_for,
    now_of,
    number_of,
    page,
    signed_in,
    stops_for,
    then,
    today_of,
    usual_of,
)

HERE = "/reservations"
DONE = {
    "annulee": N_("Réservation annulée."),
    "remise": N_("Votre réservation est de retour."),
    "pause": N_("C’est en pause. Vous gardez votre place."),
    "reprise": N_("C’est reparti."),
    "lieu": N_("C’est noté, à la nouvelle bibliothèque."),
    "serie": N_("C’est réservé, dans l’ordre. Le suivant part quand le précédent est emprunté."),
    "rythme": N_("C’est noté : ce sera votre rythme."),
    "tour": N_("Merci. Vous gardez votre place."),
}
UNDO = {
    "annulee": ("/reservations/remettre", N_("La remettre")),
    "pause": ("/reservations/reprendre", N_("Reprendre")),
}


def scene_of(request: Request) -> Scene:
    """Return what the words of a hold depend on."""
    return Scene(
        network_for(request), stops_for(request), now_of(request), covers=partial(covers, request)
    )


def holds(request: Request) -> Response:
    """Show what the household waits for and has at home, each thing with its day and its name."""
    _person, actor = signed_in(request)
    household = household_of(request)
    opened(house_of(request).unit, household.seen, now_of(request))
    board = board_of(household.holds, replace(scene_of(request), who=household.who))
    today = today_of(request)
    return page(
        request,
        "pages/holds.html",
        nav="documents",
        summary=board.in_words(len(household.loans)),
        days=days_of(
            [loan_line(loan, today, household.who(loan.patron_id)) for loan in household.loans]
        ),
        loans=len(household.loans),
        renewable=sum(loan.renewable for loan in household.loans),
        alone=len(household.members) == 1,
        tomorrow=(today + timedelta(1)).isoformat(),
        shelves=shelves_of(board.ready),
        on_the_way=board.on_the_way,
        waiting=waiting_of(board.waiting),
        paused=board.paused,
        told=told_of(request),
        questions=[
            in_words(request, one)
            for member in household.members
            for one in house_of(request).circulation.closure_questions(actor, member.person.id)
        ],
    )


def told_of(request: Request) -> dict[str, Any] | None:
    """Say what was just done, and offer to undo a cancellation."""
    of_loans = told_of_loans(request)
    if of_loans:
        return of_loans
    done = request.query_params.get("fait", "")
    if done not in DONE:
        return None
    hold_id = number_of(request, "reservation")
    undo = None
    if done in UNDO and hold_id is not None:
        action, words = UNDO[done]
        undo = {"action": action, "words": _(words), "values": {"reservation": hold_id}}
    about = "" if hold_id is None else f"r{hold_id}"
    return {"words": _(DONE[done]), "undo": undo, "about": about}


def _changed(
    request: Request, done: str, change: Callable[[Any, int, str | None], HoldView]
) -> Response:
    _person, actor = signed_in(request)
    form = form_of(request)
    hold = change(actor, form.number("reservation"), form.text("cle") or None)
    return then(request, HERE, fait=done, reservation=hold.id)


def cancel(request: Request) -> Response:
    """Cancel a hold; the toast offers ten minutes to bring it back."""
    return _changed(request, "annulee", house_of(request).circulation.cancel_hold)


def restore(request: Request) -> Response:
    """Bring a cancelled hold back."""
    return _changed(request, "remise", house_of(request).circulation.restore_hold)


def pause(request: Request) -> Response:
    """Pause a hold until a day, or until it is resumed."""
    until = form_of(request).day("jusqu_au")
    circulation = house_of(request).circulation
    return _changed(
        request, "pause", lambda actor, hold, key: circulation.suspend_hold(actor, hold, until, key)
    )


def resume(request: Request) -> Response:
    """Resume a paused hold."""
    return _changed(request, "reprise", house_of(request).circulation.resume_hold)


def pass_turn(request: Request) -> Response:
    """Let the next person have it."""
    return _changed(request, "tour", house_of(request).circulation.pass_my_turn)


def move(request: Request) -> Response:
    """Change the library where it is collected."""
    pickup = form_of(request).text("retrait")
    circulation = house_of(request).circulation
    return _changed(
        request,
        "lieu",
        lambda actor, hold, key: circulation.change_pickup(actor, hold, pickup, key),
    )


def _own_hold(request: Request) -> HoldView:
    _person, actor = signed_in(request)
    hold_id = number_of(request, "hold")
    if hold_id is None:
        raise NotFound
    return house_of(request).circulation.hold(actor, hold_id)


def ask_pass(request: Request) -> Response:
    """Ask before passing one's turn, and say what follows."""
    hold = _own_hold(request)
    days = int(network_for(request).rule("pass_days"))
    again = today_of(request) + timedelta(days)
    return page(
        request,
        "pages/pass.html",
        nav="documents",
        title=title_in(named(hold), hold.language),
        again=again,
        hold_id=hold.id,
    )


def choose_place(request: Request) -> Response:
    """Show the line to choose another library."""
    hold = _own_hold(request)
    person, _actor = signed_in(request)
    promises = house_of(request).circulation.promise(hold.record_id, None, hold.volume_key)
    line = line_of(
        promises, stops_for(request), today_of(request), usual_of(request, person).code, hold.pickup
    )
    return page(
        request,
        "pages/pickup.html",
        nav="documents",
        title=title_in(named(hold), hold.language),
        line=line,
        hold_id=hold.id,
    )
