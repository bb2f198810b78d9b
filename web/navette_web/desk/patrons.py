"""Readers at the desk: find somebody, open their card, see what they have and wait for."""

from starlette.requests import Request
from starlette.responses import Response

from navette.errors import NotFound
from navette.patrons.history import History
from navette.patrons.reading import children_of, patron_of, search_patrons
from navette_web.closures import in_words
from navette_web.desk.claims import told_of
from navette_web.desk.looking import looked, shown_to
from navette_web.forms import form_of
from navette_web.holdcards import board_of
from navette_web.holds import scene_of
from navette_web.loans import loan_line
from navette_web.shell import (
    agent_of,
    asked,
    go,
    home_of,
    house_of,
    network_for,
    now_of,
    number_of,
    page,
    today_of,
)


def patrons(request: Request) -> Response:
    """Find people by name, by card number or by its last digits."""
    actor, library = agent_of(request)
    words = asked(request, "q")[:100]
    with house_of(request).unit.read() as reader:
        found = search_patrons(reader, words)
    looked(request, [one.id for one in found], "listed", words)
    network = network_for(request)
    rows = [
        {"person": shown_to(actor, one), "home": network.by_id(one.home_library_id).short_name}
        for one in found
    ]
    return page(
        request,
        "desk/patrons.html",
        nav="patrons",
        library=library,
        query=words,
        rows=rows,
        whole=actor.knows_readers,
    )


def patron(request: Request) -> Response:
    """Show one person: card, holds and loans; titles leave the screen with the page."""
    actor, library = agent_of(request)
    patron_id = number_of(request, "patron")
    if patron_id is None:
        raise NotFound
    house, today = house_of(request), today_of(request)
    with house.unit.read() as reader:
        person = patron_of(reader, patron_id)
        children = children_of(reader, patron_id, today)
        history = History(network_for(request), now_of(request)).since(reader, patron_id)
    looked(request, [person.id, *(child.id for child in children)], "opened")
    board = board_of(house.circulation.holds_of(patron_id), scene_of(request))
    loans = [loan_line(loan, today) for loan in house.circulation.loans_of(patron_id)]
    return page(
        request,
        "desk/patron.html",
        nav="patrons",
        library=library,
        reader=person,
        home_name=home_of(request, person).short_name,
        expired=person.valid_until < today,
        children=children,
        board=board,
        loans=loans,
        pace=house.circulation.pace(actor, patron_id),
        lateness=house.circulation.lateness(actor, patron_id),
        told=told_of(request),
        keeps_history=history is not None,
        questions=[
            in_words(request, one) for one in house.circulation.closure_questions(actor, patron_id)
        ],
    )


def take_back(request: Request) -> Response:
    """Take a copy from a hold, a mistake of ours: with a reason (T16)."""
    actor, _library = agent_of(request)
    form = form_of(request)
    house_of(request).circulation.take_back(actor, form.number("reservation"), form.text("raison"))
    looked(request, [form.number("lecteur")], "act", "take_back")
    return go(f"/bureau/usagers/{form.number('lecteur')}")


def cancel(request: Request) -> Response:
    """Cancel a hold for somebody at the desk."""
    actor, _library = agent_of(request)
    form = form_of(request)
    house_of(request).circulation.cancel_hold(actor, form.number("reservation"))
    looked(request, [form.number("lecteur")], "act", "cancel_hold")
    return go(f"/bureau/usagers/{form.number('lecteur')}")
