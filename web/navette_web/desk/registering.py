"""Registering at the desk: cards made, from what was written at home or from nothing; renewed."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.errors import BadInput, GuardianRefused, NotFound
from navette.network.loading import network_of
from navette.patrons.preregistering import (
    category_at,
    forget_written,
    make_card,
    written,
    written_one,
)
from navette.patrons.registering import Registration, renew, set_reach
from navette.patrons.resembling import Resembling, resembling
from navette.wording import sentence_of
from navette_web.desk.looking import knowing, looked
from navette_web.errors import status_of
from navette_web.forms import Form, form_of
from navette_web.registering import FIELDS, wish_of
from navette_web.shell import (
    agent_of,
    asked,
    go,
    house_of,
    network_for,
    now_of,
    number_of,
    page,
    today_of,
)

HERE = "/bureau/inscriptions"
A_PAGE = 20


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(HERE, waiting),
        Route(f"{HERE}/carte", ask),
        Route(f"{HERE}/carte", make, methods=["POST"]),
        Route(f"{HERE}/oublier", forget, methods=["POST"]),
        Route("/bureau/usagers/{patron}/renouveler", renew_card, methods=["POST"]),
        Route("/bureau/usagers/{patron}/joindre", change_reach, methods=["POST"]),
    ]


def waiting(request: Request) -> Response:
    """List what was written at home, by reference or name, oldest first."""
    _actor, library = knowing(request)
    words, skip = asked(request, "q")[:80], number_of(request, "apres") or 0
    with house_of(request).unit.read() as reader:
        found = written(reader, now_of(request), words, first=A_PAGE + 1, skip=skip)
    network = network_for(request)
    rows = [{"one": one, "home": network.by_id(one.home_library_id).short_name} for one in found]
    return page(
        request, "desk/registrations.html", nav="patrons", library=library, query=words,
        rows=rows[:A_PAGE], more=skip + A_PAGE if len(rows) > A_PAGE else None,
    )  # fmt: skip


def ask(request: Request) -> Response:
    """Show the form of a card, filled with what was written at home when there is something."""
    _actor, library = knowing(request)
    values, one = {**dict.fromkeys(FIELDS, ""), "home": library.code}, number_of(request, "ecrit")
    if one is not None:
        with house_of(request).unit.read() as reader:
            kept = written_one(reader, one, now_of(request))
        values |= {name: getattr(kept, name) for name in FIELDS if hasattr(kept, name)}
        values["birth"] = kept.birth.isoformat()
        values["home"] = network_for(request).by_id(kept.home_library_id).code
    return _form(request, values, one)


def make(request: Request) -> Response:
    """Make the card; a card that may be the same person's is shown first."""
    _actor, _library = knowing(request)
    form = form_of(request)
    one, now, today = form.number_or_none("ecrit"), now_of(request), today_of(request)
    try:
        wish = wish_of(form)
        network = network_for(request)
        with house_of(request).unit.read() as reader:
            who = Registration(
                wish.first_name, wish.last_name, wish.home, birth_year=wish.birth.year,
                email=wish.email, category=category_at(network, wish.birth, today),
            )  # fmt: skip
            alike = resembling(reader, who, network)
        if alike and not form.text("vraiment"):
            return _form(request, _values(form), one, alike=alike)
        patron = house_of(request).unit.write(
            lambda tx: make_card(tx, network_of(tx), wish, now, today, from_written=one)
        )
    except (BadInput, GuardianRefused, NotFound) as refusal:
        answer = _form(request, _values(form), one, message=sentence_of(refusal))
        answer.status_code = status_of(refusal)
        return answer
    looked(request, [patron], "registered")
    return go(f"/bureau/usagers/{patron}")


def forget(request: Request) -> Response:
    """Take away what was written."""
    knowing(request)
    one = form_of(request).number("ecrit")
    house_of(request).unit.write(lambda tx: forget_written(tx, one))
    return go(HERE)


def renew_card(request: Request) -> Response:
    """Renew a registration for as long as the network says."""
    knowing(request)
    patron, now = _patron(request), now_of(request)
    house_of(request).unit.write(lambda tx: renew(tx, network_of(tx), patron, now))
    looked(request, [patron], "act", "renew")
    return go(f"/bureau/usagers/{patron}")


def change_reach(request: Request) -> Response:
    """Change e-mail and telephone for somebody at the desk; the old contact is told."""
    knowing(request)
    patron, form, now = _patron(request), form_of(request), now_of(request)
    email, phone = form.text("email"), form.text("phone")
    house_of(request).unit.write(lambda tx: set_reach(tx, patron, email, phone, now))
    looked(request, [patron], "contact")
    return go(f"/bureau/usagers/{patron}")


def _patron(request: Request) -> int:
    patron = number_of(request, "patron")
    if patron is None:
        raise NotFound
    return patron


def _values(form: Form) -> dict[str, Any]:
    return {name: form.text(name) for name in FIELDS}


def _form(
    request: Request, values: dict[str, Any], one: int | None, *, message: str = "",
    alike: Sequence[Resembling] = (),
) -> Response:  # fmt: skip
    _actor, library = agent_of(request)
    network = network_for(request)
    return page(
        request, "desk/new_card.html", nav="patrons", library=library, values=values, one=one,
        message=message, today=today_of(request),
        libraries=[(known.code, known.short_name) for known in network.libraries],
        alike=[{"card": a.card, "home": network.library(a.library).short_name} for a in alike],
    )  # fmt: skip
