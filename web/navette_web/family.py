"""My family: children one may act for, invitations, what under 15 is decided together, codes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.clock import local_date
from navette.errors import NotFound
from navette.languages import _
from navette.network.loading import network_of
from navette.patrons.ages import Ages, is_under, shows_titles
from navette.patrons.consents import WHAT, Asked, Consents
from navette.patrons.families import Child, family_of, links_of
from navette.patrons.inviting import Invited, Inviting
from navette.patrons.pickup_codes import end_pickup_codes, waiting_code
from navette.patrons.reading import PatronView, patron_of
from navette.patrons.registering import show_titles
from navette.storage.unit import Reader, Tx
from navette_auth import codes
from navette_auth.pickup import Pickups
from navette_auth.throttle import attempt, forgive, subjects_of
from navette_web.forms import form_of
from navette_web.keeping_choices import keep_once
from navette_web.shell import (
    go,
    home_of,
    house_of,
    network_for,
    now_of,
    page,
    signed_in,
    then,
    today_of,
)
from navette_web.signin import caller_of, ways
from navette_web.texts_of_families import CONSENTS, said_in

T = TypeVar("T")
HERE = "/famille"
INVITATION = "invitation"


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(HERE, family),
        Route("/famille/titres", choose_titles, methods=["POST"]),
        Route("/famille/accord", consent, methods=["POST"]),
        Route("/famille/inviter", invite, methods=["POST"]),
        Route("/famille/repondre", answer, methods=["POST"]),
        Route("/famille/invitation", decide, methods=["POST"]),
        Route("/famille/retrait", make_code, methods=["POST"]),
        Route("/famille/retrait/annuler", end_code, methods=["POST"]),
    ]


def family(request: Request) -> Response:
    """Show the children one may act for, and who acts for oneself when young."""
    person, _actor = signed_in(request)
    network, today, now = network_for(request), today_of(request), now_of(request)
    ages = Ages.of(network)
    with house_of(request).unit.read() as reader:
        children = family_of(reader, network, person.id, today)
        inviting = Inviting(network, now, today)
        invited = inviting.open_for(reader, [child.id for child in children])
        rows = [_child(request, reader, child, invited) for child in children]
        mine = inviting.answered_by(reader, person.id)
        young = is_under(person, ages.adult, today, ages.adult)
        guardians = _guardians(reader, person, request) if young else []
        asked = Consents(network, now, today).of(reader, person.id)
        code_until = waiting_code(reader, person.id, now)
    return page(
        request,
        "pages/family.html",
        nav="more",
        children=rows,
        young=young,
        guardians=guardians,
        child_age=is_under(person, ages.consent, today, ages.adult),
        own_titles=young and not is_under(person, ages.titles, today, ages.adult),
        titles_shown=shows_titles(person, ages, today),
        consents=_consents(asked, mine="child_at"),
        waiting_for=[one.check_number for one in mine],
        code_until=local_date(code_until) if code_until else None,
        told=said_in(request.query_params.get("fait", "")),
    )


def choose_titles(request: Request) -> Response:
    """Let a young person of 15 or more show or mask titles."""
    person, _actor = signed_in(request)
    network, today = network_for(request), today_of(request)
    ages = Ages.of(network)
    if is_under(person, ages.titles, today, ages.adult):
        raise NotFound
    shown = form_of(request).text("titres") == "montrer"
    keep_once(
        request, "titles", {"shown": shown}, lambda tx: show_titles(tx, person.id, shown=shown)
    )
    return then(request, HERE, fait="titres")


def consent(request: Request) -> Response:
    """Ask as a child, agree as a guardian, or end it as either."""
    person, _actor = signed_in(request)
    form = form_of(request)
    child, what, does = form.number_or_none("enfant"), form.text("quoi"), form.text("geste")
    consents = Consents(network_for(request), now_of(request), today_of(request))

    def work(tx: Tx) -> None:
        if does == "arreter":
            consents.end(tx, child or person.id, what, person.id if child else None)
        elif child is None:
            consents.ask(tx, person.id, what)
        else:
            consents.agree(tx, person.id, child, what)

    keep_once(request, "consent", {"child": child, "what": what, "does": does}, work)
    return then(
        request, HERE, fait="fin" if does == "arreter" else "accord" if child else "demande"
    )


def invite(request: Request) -> Response:
    """Make an invitation and show its code this once."""
    person, _actor = signed_in(request)
    child_id = form_of(request).number("enfant")
    text, mark = codes.new_code(), ways(request).vault
    kept = mark.mark(f"{INVITATION}:{codes.typed(text)}")
    invited = _inviting(
        request, lambda inviting, tx: inviting.invite(tx, person.id, child_id, kept)
    )
    with house_of(request).unit.read() as reader:
        child = patron_of(reader, child_id)
    return page(
        request, "pages/family_code.html", nav="more", kind=INVITATION, code=text,
        until=local_date(invited.expires_at), number=invited.check_number,
        name=child.first_name,
    )  # fmt: skip


def answer(request: Request) -> Response:
    """Answer an invitation with its code, from one's own card."""
    person, _actor = signed_in(request)
    text, sign_in = form_of(request).text("code"), ways(request)
    subjects = subjects_of(INVITATION, str(person.id), caller_of(request).client)
    attempt(sign_in.unit, subjects, now_of(request))
    marks = sign_in.vault.marks(f"{INVITATION}:{codes.typed(text)}")
    try:
        _inviting(request, lambda inviting, tx: inviting.answer(tx, person.id, marks))
    except NotFound:
        return go(HERE, fait="code-inconnu")
    sign_in.unit.write(lambda tx: forgive(tx, subjects))
    return go(HERE, fait="reponse")


def decide(request: Request) -> Response:
    """Confirm that it is the right person, or take the invitation back."""
    person, _actor = signed_in(request)
    form = form_of(request)
    one, yes = form.number("invitation"), form.text("geste") == "confirmer"

    def decided(inviting: Inviting, tx: Tx) -> None:
        if yes:
            inviting.confirm(tx, one, person.id)
        else:
            inviting.refuse(tx, one, person.id)

    _inviting(request, decided)
    return then(request, HERE, fait="confirme" if yes else "reprise")


def make_code(request: Request) -> Response:
    """Make the code with which another adult collects, for oneself or for one child."""
    person, _actor = signed_in(request)
    whom = _for_whom(request, person)
    made = Pickups(ways(request)).make(whom.id)
    return page(
        request, "pages/family_code.html", nav="more", kind="retrait", code=made.text,
        until=local_date(made.until), number="", name="" if whom.id == person.id else whom.first_name,
    )  # fmt: skip


def end_code(request: Request) -> Response:
    """Take the code back before it was used."""
    person, _actor = signed_in(request)
    whom, now = _for_whom(request, person), now_of(request)
    house_of(request).unit.write(lambda tx: end_pickup_codes(tx, whom.id, now))
    return then(request, HERE, fait="code-repris")


def _inviting(request: Request, act: Callable[[Inviting, Tx], T]) -> T:
    now, today = now_of(request), today_of(request)
    return house_of(request).unit.write(lambda tx: act(Inviting(network_of(tx), now, today), tx))


def _for_whom(request: Request, person: PatronView) -> PatronView:
    child = form_of(request).number_or_none("enfant")
    if child is None:
        return person
    with house_of(request).unit.read() as reader:
        family_now = family_of(reader, network_for(request), person.id, today_of(request))
    found = next((one.person for one in family_now if one.id == child), None)
    if found is None:
        raise NotFound
    return found


def _child(
    request: Request, reader: Reader, child: Child, invited: Sequence[Invited]
) -> dict[str, Any]:
    consents = Consents(network_for(request), now_of(request), today_of(request))
    code_until = waiting_code(reader, child.id, now_of(request))
    return {
        "id": child.id,
        "name": child.person.first_name,
        "library": home_of(request, child.person).short_name,
        "titles_shown": child.titles_shown,
        "until": child.until if child.person.of_age_on else None,
        "consents": (
            _consents(consents.of(reader, child.id), mine="guardian_at")
            if consents.needed(child.person)
            else []
        ),
        "invitations": [
            {"id": one.id, "number": one.check_number, "answered": one.answered_by is not None,
             "until": local_date(one.expires_at)}
            for one in invited if one.child_id == child.id
        ],
        "code_until": local_date(code_until) if code_until else None,
    }  # fmt: skip


def _guardians(reader: Reader, person: PatronView, request: Request) -> list[Mapping[str, Any]]:
    links = links_of(reader, person.id, today_of(request))
    return [
        {"name": patron_of(reader, link.guardian_id).first_name, "since": local_date(link.since)}
        for link in links
    ]


def _consents(asked: Sequence[Asked], mine: str) -> list[dict[str, Any]]:
    """Say of each thing how far it is: given, asked by the other one, waiting for them, nothing."""
    found = {one.what: one for one in asked}
    rows = []
    for what in WHAT:
        one = found.get(what)
        state = "none"
        if one is not None:
            state = "given" if one.given else "waiting" if getattr(one, mine) else "asked"
        rows.append({"what": what, "words": _(CONSENTS[what]), "state": state})
    return rows
