"""Claimed returned at the desk: what to search for, what the head decides; loss, pauses."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.errors import BadInput, NotFound
from navette.ils.roles import Right, may
from navette.languages import _
from navette.saying import plural
from navette_web import french
from navette_web.desk.lists import place_of
from navette_web.desk.looking import looked
from navette_web.forms import form_of
from navette_web.shell import agent_of, asked, go, house_of, number_of, page, today_of

HERE = "/bureau/recherches"
ACTS = {"rendu": "claim_returned", "retrouve": "withdraw_claim", "perdu": "declare_lost"}


def searches(request: Request) -> Response:
    """Show what borrowers say to have returned: to search for here, and to decide on."""
    actor, library = agent_of(request)
    circulation, today = house_of(request).circulation, today_of(request)
    rows = [
        {
            "id": one.id,
            "title": french.with_volume(one.item.title, one.item.volume_label, one.item.type),
            "language": one.item.language,
            "barcode": one.item.barcode,
            "place": place_of(one.item),
            "turn": _("deuxième fois") if one.turn > 1 else _("première fois"),
            "until": french.near_day(one.until, today),
        }
        for one in circulation.to_search(library.code)
    ]
    deciding = circulation.to_decide(library.code)
    looked(request, {one.patron_id for one in deciding if one.patron_id}, "listed", "claims")
    decisions = [
        {
            "id": one.id,
            "title": one.item.title,
            "language": one.item.language,
            "barcode": one.item.barcode,
            "since": french.near_day(one.claimed_at, today),
            "who": one.patron_name,
            "patron_id": one.patron_id,
        }
        for one in deciding
    ]
    done = asked(request, "fait")
    told = {"words": _("C’est noté."), "undo": None} if done else None
    return page(
        request, "desk/searches.html", nav="searches", library=library, rows=rows,
        decisions=decisions, decides=may(actor.role, Right.TEAM), told=told,
    )  # fmt: skip


def searched(request: Request) -> Response:
    """Tick a line: looked for, not found."""
    actor, library = agent_of(request)
    number = form_of(request).number("recherche")
    house_of(request).circulation.searched(actor, library.code, number)
    return go(HERE, fait="1")


def settle(request: Request) -> Response:
    """Decide on what two searches did not find."""
    actor, _library = agent_of(request)
    form = form_of(request)
    claim, decision = form.number("demande"), form.text("decision").upper()
    house_of(request).circulation.settle_claim(actor, claim, decision)
    return go(HERE, fait="1")


def of_a_loan(request: Request) -> Response:
    """Note at the desk that a loan was returned already, was at home, or is lost."""
    actor, _library = agent_of(request)
    form, circulation = form_of(request), house_of(request).circulation
    loan, act = form.number("pret"), form.text("acte")
    if act not in ACTS:
        raise BadInput("acte")
    getattr(circulation, ACTS[act])(actor, loan)
    _noted(request, circulation.loan(actor, loan).patron_id, act)
    return go(f"/bureau/usagers/{form.number('lecteur')}", fait=act)


def ask_lost(request: Request) -> Response:
    """Ask before a loan is declared lost."""
    actor, library = agent_of(request)
    loan_id = number_of(request, "loan")
    if loan_id is None:
        raise NotFound
    loan = house_of(request).circulation.loan(actor, loan_id)
    _noted(request, loan.patron_id, "ask lost")
    return page(request, "desk/lost.html", nav="patrons", library=library, loan=loan)


def lift(request: Request) -> Response:
    """End somebody's pause for lateness."""
    actor, _library = agent_of(request)
    patron = _patron(request)
    house_of(request).circulation.lift_pause(actor, patron)
    _noted(request, patron, "lift_pause")
    return go(f"/bureau/usagers/{patron}")


def renew_all(request: Request) -> Response:
    """Renew everything that can be, for a card at the desk."""
    actor, _library = agent_of(request)
    patron = _patron(request)
    done = house_of(request).circulation.renew_all(actor, patron)
    _noted(request, patron, "renew_all")
    kept = sum(not one.refusal for one in done)
    return go(f"/bureau/usagers/{patron}", prolonges=str(kept))


def told_of(request: Request) -> dict[str, Any] | None:
    """Say on somebody's page what was just done to their loans."""
    count = asked(request, "prolonges")
    if count.isdecimal() and len(count) <= len("999"):
        words = plural(int(count), _("prêt prolongé"), _("prêts prolongés"))
        return {"words": f"{words}.", "undo": None}
    return {"words": _("C’est noté."), "undo": None} if asked(request, "fait") in ACTS else None


def _noted(request: Request, patron: int | None, what: str) -> None:
    looked(request, [] if patron is None else [patron], "act", what)


def _patron(request: Request) -> int:
    patron_id = number_of(request, "patron")
    if patron_id is None:
        raise NotFound
    return patron_id
