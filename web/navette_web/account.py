"""The page "Plus": who you are, your registration, the way to everything else."""

from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.languages import _
from navette.patrons.reading import PatronView
from navette_web import french
from navette_web.shell import home_of, page, person_for, signed_in, today_of

WARN_DAYS = 30


def account(request: Request) -> Response:
    """Show the account of the person who is signed in."""
    person, _actor = signed_in(request)
    return page(
        request,
        "pages/account.html",
        nav="more",
        home_name=home_of(request, person).short_name,
        registration=_registration(person, today_of(request)),
    )


def more(request: Request) -> Response:
    """Show the way to everything else, signed in or not."""
    if person_for(request) is not None:
        return account(request)
    return page(
        request,
        "pages/account.html",
        nav="more",
        home_name="",
        registration=None,
    )


def _registration(person: PatronView, today: date) -> dict[str, Any] | None:
    until = french.full_date(person.valid_until)
    if person.valid_until < today:
        return {
            "tone": "wait",
            "words": _("Votre inscription a pris fin le {until}.").format(until=until),
            "then": _("Renouvelez-la à l’accueil : vos réservations gardent leur place."),
        }
    if person.valid_until - today <= timedelta(WARN_DAYS):
        return {
            "tone": "wait",
            "words": _("Votre inscription se renouvelle avant le {until}.").format(until=until),
            "then": _("Cinq minutes à l’accueil suffisent."),
        }
    return None
