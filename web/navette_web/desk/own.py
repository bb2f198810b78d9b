"""My own access, for the team: second factor, password; open before anything else when needed."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.clock import SystemClock
from navette.errors import BadInput, NotSignedIn, SignInRefused, TooManyAttempts
from navette.languages import _
from navette.storage.unit import Tx
from navette.wording import sentence_of
from navette_auth import second_factors, team
from navette_auth.passkeys import Passkeys, Subject, keys_of
from navette_auth.password_rules import Owner, check_password
from navette_auth.passwords import hash_password
from navette_auth.sessions import FACTOR, Visitor
from navette_auth.staff import StaffMember, prove_password
from navette_auth.throttle import attempt, forgive, subjects_of, turn
from navette_web.desk.locking import at_work
from navette_web.errors import status_of
from navette_web.forms import form_of
from navette_web.proving import check_fresh, is_fresh
from navette_web.shell import go, house_of, network_for, now_of, page, visitor_of
from navette_web.signin import caller_of, entered, ways
from navette_web.squares import square

OWN = "/bureau/compte"


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(OWN, own),
        Route(f"{OWN}/code", set_up),
        Route(f"{OWN}/code", confirm, methods=["POST"]),
        Route(f"{OWN}/mot-de-passe", change_password, methods=["POST"]),
    ]


def me_of(request: Request) -> tuple[StaffMember, Visitor]:
    """Return who of the team is here, also while a second factor has to be set up; NotSignedIn."""
    visitor = visitor_of(request)
    member = visitor.staff or (visitor.waiting if visitor.waits_for == FACTOR else None)
    if member is None:
        raise NotSignedIn
    return member, visitor


def own(request: Request) -> Response:
    """Show my own access; without a second factor that is needed, only how to set it up."""
    _member, visitor = me_of(request)
    return set_up(request) if visitor.waiting else _own_page(request)


def set_up(request: Request) -> Response:
    """Show the secret for an authenticator, and ask for its first code."""
    if not me_of(request)[1].waiting and not is_fresh(request):
        return go("/bureau/compte/confirmer", next=f"{OWN}/code")
    return _set_up_page(request)


def confirm(request: Request) -> Response:
    """Let the second factor count; whoever had to set it up goes on in a new session."""
    member, visitor = me_of(request)
    if not visitor.waiting:
        check_fresh(request)
    code = form_of(request).text("code")
    subjects = subjects_of("factor", str(member.id), caller_of(request).client)
    house = house_of(request)

    def work(tx: Tx) -> None:
        second_factors.confirm(tx, ways(request).vault, member.id, code, SystemClock())
        forgive(tx, subjects)

    try:
        with turn(subjects):
            attempt(house.unit, subjects, now_of(request))
            house.unit.write(work)
    except (SignInRefused, TooManyAttempts) as refusal:
        return _set_up_page(request, sentence_of(refusal), status_of(refusal))
    session = ways(request).reopen_for_team(caller_of(request), visitor, member)
    return entered(request, at_work("/bureau", member.role) if visitor.waiting else OWN, session)


def change_password(request: Request) -> Response:
    """Choose a new password; the old one proves that it is me, the other sessions end."""
    member, visitor = me_of(request)
    if visitor.waiting:
        raise NotSignedIn
    form, house = form_of(request), house_of(request)
    try:
        prove_password(house.unit, house.clock, member, form.text("old"), caller_of(request).client)
        check_password(form.text("new"), Owner(names=(member.name, member.login)))
    except (SignInRefused, TooManyAttempts, BadInput) as refusal:
        return _own_page(request, sentence_of(refusal), status_of(refusal))
    hashed, here = hash_password(form.text("new")), visitor.session_id or 0
    house.unit.write(lambda tx: team.change_password(tx, house.clock, member.id, hashed, here))
    return go(OWN, fait="mot-de-passe")


def _own_page(request: Request, message: str = "", status: int = 200) -> Response:
    member, _visitor = me_of(request)
    with house_of(request).unit.read() as reader:
        factors = second_factors.factors_of(reader, member.id)
        keys = keys_of(reader, subject_of(member))
    return page(
        request,
        "desk/own.html",
        status=status,
        **_frame(request, member),
        factors=factors,
        keys=keys,
        needed=second_factors.must_have_one(house_of(request).settings, member.role),
        fresh=is_fresh(request),
        message=message,
        done=request.query_params.get("fait", ""),
    )


def _set_up_page(request: Request, message: str = "", status: int = 200) -> Response:
    member, visitor = me_of(request)
    shown = house_of(request).unit.write(
        lambda tx: second_factors.offer(tx, ways(request).vault, member.id, member.login)
    )
    return page(
        request,
        "desk/factor.html",
        status=status,
        **_frame(request, member),
        shown=shown,
        qr=square(shown.address, _("Clé à lire avec l’application")),
        needed=visitor.waiting is not None,
        message=message,
    )


def _frame(request: Request, member: StaffMember) -> dict[str, Any]:
    return {
        "nav": "own",
        "library": network_for(request).library(member.library),
        "member": member,
        "passkeys": Passkeys.of(ways(request)).possible,
    }


def subject_of(member: StaffMember) -> Subject:
    """Return whose passkeys these are, as authenticators show them."""
    return Subject("staff", member.id, member.login, member.name)
