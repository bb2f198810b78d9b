"""The accounts of the metropolitan library and the card: link, look, part."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.errors import LinkRefused, NotSignedIn, SignInRefused, TooManyAttempts
from navette.languages import N_, _
from navette.wording import sentence_of
from navette_auth.code_ways import CodeWays
from navette_auth.cookies import keep_session
from navette_auth.identities import LinkedIdentity, identities_for
from navette_auth.next_paths import next_path
from navette_web.forms import Form, form_of
from navette_web.shell import LINKED, asked, go, here_of, house_of, page, visitor_of
from navette_web.signin import (
    caller_of,
    entered,
    known_here,
    wanted_path,
    ways,
    with_status,
)

NO_MATCH = N_(
    "Cette carte et ces informations ne vont pas ensemble."
    " Relisez le numéro, ou demandez un code à l’accueil."
)
CLAIMS = {
    "name": N_("Nom"),
    "given_name": N_("Prénom"),
    "family_name": N_("Nom de famille"),
    "email": N_("E-mail"),
    "email_verified": N_("E-mail vérifié"),
    "library_card_number": N_("Numéro de carte"),
    "home_library": N_("Bibliothèque"),
}


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route("/compte/lier", ask_card),
        Route("/compte/lier", link_card, methods=["POST"]),
        Route("/compte/lier/code", send_code, methods=["POST"]),
        Route("/compte/identites", identities),
        Route("/compte/identites", part, methods=["POST"]),
    ]


def ask_card(request: Request) -> Response:
    """Ask which card belongs to the account one came with."""
    visitor = visitor_of(request)
    if not visitor.signed_in:
        raise NotSignedIn
    if visitor.identity_id is None:
        return go("/connexion/sso", next=here_of(request))
    if visitor.patron_id is not None:
        return go(wanted_path(request, "/compte/identites"))
    return _link_page(request, wanted_path(request), code=asked(request, "code")[:20])


def link_card(request: Request) -> Response:
    """Link the card whose password, or whose code from the desk, is given."""
    form = form_of(request)
    wanted = next_path(form.text("next"))
    try:
        session = _linked(request, form)
    except SignInRefused as refusal:
        message = sentence_of(refusal) if refusal.reason == "code" else _(NO_MATCH)
        return with_status(_link_page(request, wanted, message, form.text("card")), refusal)
    except (LinkRefused, TooManyAttempts) as refusal:
        if isinstance(refusal, LinkRefused) and refusal.reason == "stale":
            return go("/connexion/sso", next="/compte/lier", frais=1)
        asked_whose = isinstance(refusal, LinkRefused) and refusal.reason == "whose"
        answer = _link_page(
            request, wanted, sentence_of(refusal), form.text("card"), form.text("code"),
            whose=asked_whose,
        )  # fmt: skip
        return with_status(answer, refusal)
    joined = "&" if "?" in wanted else "?"
    return known_here(request, entered(request, f"{wanted}{joined}{LINKED}=1", session))


def _linked(request: Request, form: Form) -> str:
    caller, visitor, whose = caller_of(request), visitor_of(request), form.text("a_qui")
    if form.text("code"):
        return CodeWays(ways(request)).link(caller, visitor, form.text("code"), whose)
    return ways(request).link_card(caller, visitor, form.text("card"), form.text("password"), whose)


def send_code(request: Request) -> Response:
    """Send a code to the contact on file; the answer is the same for every card."""
    form = form_of(request)
    wanted = next_path(form.text("next"))
    try:
        CodeWays(ways(request)).send_link(
            caller_of(request), visitor_of(request), form.text("card")
        )
    except LinkRefused:
        return go("/connexion/sso", next="/compte/lier", frais=1)
    except TooManyAttempts as refusal:
        return with_status(
            _link_page(request, wanted, sentence_of(refusal), form.text("card")), refusal
        )
    return go("/compte/lier", envoye=1, next=wanted)


def identities(request: Request) -> Response:
    """Show the accounts that open this card, and what they told us."""
    visitor = visitor_of(request)
    if visitor.patron_id is None and visitor.identity_id is None:
        raise NotSignedIn
    house = house_of(request)
    with house.unit.read() as reader:
        found = identities_for(reader, visitor.patron_id, visitor.identity_id)
    return page(
        request,
        "pages/identities.html",
        nav="more",
        identities=[_identity(one) for one in found],
        sso=house.sign_in.provider is not None,
        told_out=bool(house.settings.eligibility_token or house.settings.eligibility_file),
    )


def part(request: Request) -> Response:
    """Part an account from the card."""
    renewed = ways(request).unlink_card(
        caller_of(request), visitor_of(request), form_of(request).number("identity")
    )
    answer = go("/compte/identites")
    if renewed is not None:
        keep_session(answer, house_of(request).settings, renewed)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _link_page(
    request: Request, wanted: str, message: str = "", card: str = "", code: str = "", *,
    whose: bool = False,
) -> Response:  # fmt: skip
    return page(
        request, "pages/link.html", next=wanted, message=message, card=card, code=code,
        whose=whose, sent=bool(request.query_params.get("envoye")),
    )  # fmt: skip


def _identity(one: LinkedIdentity) -> dict[str, Any]:
    return {
        "id": one.id,
        "issuer": one.issuer,
        "subject": one.subject,
        "claims": [(_(CLAIMS.get(name, name)), _said(one.claims[name])) for name in _order(one)],
        "since": one.linked_at,
        "linked": one.patron_id is not None,
    }


def _order(one: LinkedIdentity) -> list[str]:
    """Name first, then the rest as it is said here; what we do not know comes last."""
    known = [name for name in CLAIMS if name in one.claims]
    return [*known, *(name for name in one.claims if name not in CLAIMS)]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    return str(value)
