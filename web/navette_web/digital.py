"""Digital now: offers that open at their provider with the account one is signed in with."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.languages import _
from navette.patrons.reading import PatronView
from navette_web.shell import house_of, network_for, page, person_for, today_of

ADULT_AGE = 18


def digital(request: Request) -> Response:
    """Show what can be read, seen or heard at once."""
    person = person_for(request)
    issuer = house_of(request).settings.provider_url
    offers = network_for(request).facts.get("eresources", [])
    return page(
        request,
        "pages/digital.html",
        nav="more",
        offers=[_offer(one, person, issuer, today_of(request)) for one in offers],
    )


def _offer(
    one: Mapping[str, Any], person: PatronView | None, issuer: str, today: date
) -> dict[str, Any]:
    refusal = _refusal(one, person, today)
    address = str(one.get("url", "")).replace("{issuer}", issuer)
    opens = not refusal and address.startswith(("http://", "https://"))
    return {
        "title": one.get("name", ""),
        "kind": one.get("kind", ""),
        "words": one.get("description", ""),
        "refusal": refusal,
        "href": address if opens else "",
    }


def _refusal(one: Mapping[str, Any], person: PatronView | None, today: date) -> str:
    if not one.get("needs_card"):
        return ""
    if person is None:
        return _("S’ouvre avec votre carte.")
    if person.valid_until < today:
        return _("Votre inscription se renouvelle à l’accueil, en cinq minutes.")
    if one.get("audience") == "adult" and _is_minor(person, today):
        return _("Pour les adultes.")
    return ""


def _is_minor(person: PatronView, today: date) -> bool:
    if person.birth_year is None:
        return person.category in {"child", "young"}
    return today.year - person.birth_year < ADULT_AGE
