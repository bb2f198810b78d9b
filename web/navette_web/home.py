"""The home page: search first, then what waits for the reader, then what is open today."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.catalogue.reading import newest
from navette.languages import _
from navette_web.cards import shelf_cards
from navette_web.holdcards import HoldBoard, board_of
from navette_web.holds import scene_of
from navette_web.household import household_of
from navette_web.libraries import today_line
from navette_web.loans import loan_line
from navette_web.shell import (
    house_of,
    network_for,
    now_of,
    page,
    person_for,
    stops_for,
    today_of,
)
from navette_web.words import number_in_words

NEW_TITLES = 6
DUE_SOON_DAYS = 5


def home(request: Request) -> Response:
    """Show the home page, for somebody or for anybody."""
    house, network = house_of(request), network_for(request)
    with house.unit.read() as reader:
        titles = newest(reader, NEW_TITLES)
    board, due = _mine(request)
    erased = _("C’est effacé. Merci d’avoir lu avec nous.")
    return page(
        request,
        "pages/home.html",
        nav="home",
        told={"words": erased, "undo": None} if request.query_params.get("efface") else None,
        how_many=number_in_words(len(network.libraries)).capitalize(),
        ready_cards=board.ready,
        on_the_way=board.on_the_way,
        due=due,
        new_cards=shelf_cards(request, titles),
        shelf_title=_("Nouveautés près de vous"),
        today=today_line(network, stops_for(request), now_of(request)),
    )


def _mine(request: Request) -> tuple[HoldBoard, list[dict[str, Any]]]:
    if person_for(request) is None:
        return HoldBoard(), []
    household, today = household_of(request), today_of(request)
    board = board_of(household.holds, replace(scene_of(request), who=household.who))
    soon = today + timedelta(DUE_SOON_DAYS)
    due = [
        {
            "title": line["title"],
            "language": loan.language,
            "who": household.who(loan.patron_id),
            "words": line["lead"],
        }
        for loan in household.loans
        if loan.due_on <= soon
        for line in (loan_line(loan, today),)
    ]
    return board, due
