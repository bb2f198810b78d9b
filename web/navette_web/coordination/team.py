"""The team: add a colleague, change role or library, leave, new password, badge, second factor."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.errors import BadInput, NotFound
from navette.ils.roles import ROLES, Right, may_appoint
from navette.languages import N_
from navette.network.network import LibraryInfo
from navette.wording import sentence_of
from navette_auth import team
from navette_auth.second_factors import must_have_one
from navette_auth.staff import StaffMember
from navette_auth.team import Change, NewPassword, new_password
from navette_web.card import bars
from navette_web.coordination.words import MAY
from navette_web.coordination.words import ROLES as ROLE_WORDS
from navette_web.errors import status_of
from navette_web.forms import Form, form_of
from navette_web.proving import TEAMS as PROVE
from navette_web.proving import is_fresh
from navette_web.shell import go, house_of, manager_of, network_for, number_of, page

TEAM = "/coordination/equipe"
DONE = {
    "change": N_("C’est changé."),
    "factor": N_("Le second facteur est retiré. Il sera demandé de nouveau à la prochaine entrée."),
    "badge": N_("Ce badge n’ouvre plus rien."),
}


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(TEAM, members),
        Route(TEAM, add, methods=["POST"]),
        Route(TEAM + "/{staff}", member),
        Route(TEAM + "/{staff}", change, methods=["POST"]),
        Route(TEAM + "/{staff}/mot-de-passe", renew_password, methods=["POST"]),
        Route(TEAM + "/{staff}/badge", renew_badge, methods=["POST"]),
        Route(TEAM + "/{staff}/second-facteur", reset_factor, methods=["POST"]),
    ]


def _to_prove(request: Request) -> Response | None:
    """Return where to show again who one is, before somebody's access changes; None when fresh.

    Who finds a head's desk open, or came by a badge, must not hand out passwords.
    """
    if is_fresh(request):
        return None
    staff = number_of(request, "staff")
    return go(PROVE, next=TEAM if staff is None else f"{TEAM}/{staff}")


def members(request: Request) -> Response:
    """Show the team one looks after."""
    return _list_page(request)


def add(request: Request) -> Response:
    """Register a colleague, and show the password to hand over, this once."""
    me, _library = manager_of(request, Right.TEAM)
    if (first := _to_prove(request)) is not None:
        return first
    form, house, password = form_of(request), house_of(request), new_password()
    asked = _asked(form, me)
    try:
        new = house.unit.write(
            lambda tx: team.appoint(tx, me, house.clock, form.text("login"), asked, password)
        )
    except BadInput as refusal:
        return _list_page(request, refusal, {"login": form.text("login"), "name": asked.name})
    return _shown(request, new, password=password)


def member(request: Request) -> Response:
    """Show a colleague, with everything that can be changed."""
    return _member_page(request, _number(request))


def change(request: Request) -> Response:
    """Change name, role, library, or whether somebody still works here."""
    me, _library = manager_of(request, Right.TEAM)
    if (first := _to_prove(request)) is not None:
        return first
    staff, form, house = _number(request), form_of(request), house_of(request)
    try:
        house.unit.write(lambda tx: team.alter(tx, me, house.clock, staff, _asked(form, me)))
    except BadInput as refusal:
        return _member_page(request, staff, refusal)
    return go(f"{TEAM}/{staff}", fait="change")


def renew_password(request: Request) -> Response:
    """Give a new password, shown this once."""
    me, _library = manager_of(request, Right.TEAM)
    if (first := _to_prove(request)) is not None:
        return first
    staff, house, password = _confirmed(request), house_of(request), new_password()
    house.unit.write(lambda tx: team.renew_password(tx, me, house.clock, staff, password))
    return _shown(request, staff, password=password)


def renew_badge(request: Request) -> Response:
    """Print a new badge, shown this once, or end the one that was lost."""
    me, _library = manager_of(request, Right.TEAM)
    staff, house = _confirmed(request), house_of(request)
    if form_of(request).text("acte") == "retirer":
        house.unit.write(lambda tx: team.end_badge(tx, me, staff))
        return go(f"{TEAM}/{staff}", fait="badge")
    if (first := _to_prove(request)) is not None:
        return first
    return _shown(
        request, staff, badge=house.unit.write(lambda tx: team.renew_badge(tx, me, staff))
    )


def reset_factor(request: Request) -> Response:
    """Take a lost second factor back."""
    me, _library = manager_of(request, Right.TEAM)
    if (first := _to_prove(request)) is not None:
        return first
    staff, house = _confirmed(request), house_of(request)
    house.unit.write(lambda tx: team.reset_factor(tx, me, house.clock, staff))
    return go(f"{TEAM}/{staff}", fait="factor")


def _asked(form: Form, me: StaffMember) -> Change:
    """Read who somebody is to be; a head's colleagues work where the head does."""
    return Change(
        form.text("name"),
        form.text("role"),
        form.text("library") or me.library,
        active=form.text("active", "1") == "1",
    )


def _number(request: Request) -> int:
    found = number_of(request, "staff")
    if found is None:
        raise NotFound
    return found


def _confirmed(request: Request) -> int:
    """Return whom this is about, once the box that confirms it is ticked."""
    if form_of(request).text("oui") != "1":
        raise BadInput("oui", "unticked")
    return _number(request)


def _choices(request: Request, me: StaffMember) -> dict[str, Any]:
    libraries: Sequence[LibraryInfo] = network_for(request).libraries
    everywhere = may_appoint(me.role, "coordinator")
    return {
        "roles": [(r, ROLE_WORDS[r], MAY[r]) for r in ROLES if may_appoint(me.role, r)],
        "places": [
            (one.code, one.short_name) for one in libraries if everywhere or one.code == me.library
        ],
        "role_words": ROLE_WORDS,
        "names": {one.code: one.short_name for one in libraries},
    }


def _list_page(
    request: Request, refusal: BadInput | None = None, given: dict[str, str] | None = None
) -> Response:
    me, library = manager_of(request, Right.TEAM)
    with house_of(request).unit.read() as reader:
        rows = team.team_of(reader, me)
    return page(
        request,
        "coordination/team.html",
        status=status_of(refusal) if refusal else 200,
        nav="team",
        library=library,
        rows=rows,
        message=sentence_of(refusal) if refusal else "",
        given=given or {"login": "", "name": ""},
        **_choices(request, me),
    )


def _member_page(request: Request, staff: int, refusal: BadInput | None = None) -> Response:
    me, library = manager_of(request, Right.TEAM)
    with house_of(request).unit.read() as reader:
        found = team.colleague(reader, me, staff)
    return page(
        request,
        "coordination/member.html",
        status=status_of(refusal) if refusal else 200,
        nav="team",
        library=library,
        one=found,
        message=sentence_of(refusal) if refusal else "",
        done=DONE.get(request.query_params.get("fait", ""), ""),
        needs_factor=must_have_one(house_of(request).settings, found.role),
        **_choices(request, me),
    )


def _shown(
    request: Request, staff: int, *, password: NewPassword | None = None, badge: str = ""
) -> Response:
    me, library = manager_of(request, Right.TEAM)
    with house_of(request).unit.read() as reader:
        found = team.colleague(reader, me, staff)
    return page(
        request,
        "coordination/shown_once.html",
        nav="team",
        library=library,
        one=found,
        password=password.text if password else "",
        badge=badge,
        bars=bars(badge) if badge else "",
        base=house_of(request).settings.base_url,
        role_words=ROLE_WORDS,
    )
