"""Families at the desk: who looks after whom, made and ended at once; the twin of "Ma famille"."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.clock import local_date
from navette.errors import BadInput, NotFound
from navette.ils.views import Actor
from navette.languages import _
from navette.network.loading import network_of
from navette.network.network import LibraryInfo
from navette.patrons.ages import Ages, is_under, shows_titles
from navette.patrons.consents import WHAT, Consents
from navette.patrons.families import family_of, link_numbered, links_of
from navette.patrons.guarding import DESK, end_guardian, link_guardian
from navette.patrons.inviting import Inviting
from navette.patrons.reading import PatronView, patron_by_card, patron_of
from navette.patrons.registering import set_birthday, show_titles
from navette.storage.unit import Reader, Tx
from navette_auth.pickup import Pickups
from navette_web.desk.looking import known_reader, looked
from navette_web.forms import form_of
from navette_web.shell import (
    agent_of,
    go,
    house_of,
    network_for,
    now_of,
    page,
    today_of,
)
from navette_web.signin import ways
from navette_web.texts_of_families import CONSENTS, said_in

PLACE = "/bureau/usagers/{patron}/famille"
OLDEST_YEAR = 1900


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(PLACE, family),
        Route(f"{PLACE}/lien", link, methods=["POST"]),
        Route(f"{PLACE}/fin", end, methods=["POST"]),
        Route(f"{PLACE}/invitation", decide, methods=["POST"]),
        Route(f"{PLACE}/accord", consent, methods=["POST"]),
        Route(f"{PLACE}/titres", choose_titles, methods=["POST"]),
        Route(f"{PLACE}/naissance", birthday, methods=["POST"]),
        Route(f"{PLACE}/retrait", make_code, methods=["POST"]),
    ]


def family(request: Request) -> Response:
    """Show somebody's family: their guardians when young, their children, what is asked for."""
    _actor, library, patron_id = _at_desk(request)
    network, today, now = network_for(request), today_of(request), now_of(request)
    ages = Ages.of(network)
    with house_of(request).unit.read() as reader:
        person = patron_of(reader, patron_id)
        young = is_under(person, ages.adult, today, ages.adult)
        children = family_of(reader, network, patron_id, today)
        links = links_of(reader, patron_id, today)
        invited = Inviting(network, now, today).open_for(reader, [patron_id])
        guardians = [
            {"link": one.id, "person": patron_of(reader, one.guardian_id),
             "since": local_date(one.since), "until": one.ends_on}
            for one in links
        ]  # fmt: skip
        answers = [
            {"id": one.id, "number": one.check_number, "person": patron_of(reader, one.answered_by)}
            for one in invited
            if one.answered_by is not None
        ]
        kids = [
            {"link": _link_to(reader, patron_id, child.id, today), "person": child.person,
             "until": child.until}
            for child in children
        ]  # fmt: skip
        consents = _consents(reader, person, Consents(network, now, today))
    return page(
        request,
        "desk/family.html",
        nav="patrons",
        library=library,
        reader=person,
        young=young,
        own_titles=young and not is_under(person, ages.titles, today, ages.adult),
        titles_shown=shows_titles(person, ages, today),
        guardians=guardians,
        most=ages.most_guardians,
        answers=answers,
        children=kids,
        consents=consents,
        today=today,
        told=said_in(request.query_params.get("fait", "")),
    )


def link(request: Request) -> Response:
    """Make a link at once: proof is looked at, and nothing of it is kept."""
    _actor, _library, patron_id = _at_desk(request)
    card, now, today = form_of(request).text("carte"), now_of(request), today_of(request)

    def work(tx: Tx) -> None:
        network = network_of(tx)
        other, ages = patron_by_card(tx, card), Ages.of(network)
        person = patron_of(tx, patron_id)
        young = is_under(person, ages.adult, today, ages.adult)
        adult, child = (other.id, patron_id) if young else (patron_id, other.id)
        link_guardian(tx, network, adult, child, now, today, DESK)

    house_of(request).unit.write(work)
    return _back(patron_id, "lien")


def end(request: Request) -> Response:
    """End a link at once."""
    _actor, _library, patron_id = _at_desk(request)
    number, now = form_of(request).number("lien"), now_of(request)

    def work(tx: Tx) -> None:
        found = link_numbered(tx, number)
        if found is None or patron_id not in {found.child_id, found.guardian_id}:
            raise NotFound
        end_guardian(tx, number, now, DESK)

    house_of(request).unit.write(work)
    return _back(patron_id, "lien")


def decide(request: Request) -> Response:
    """Confirm or refuse who answered an invitation, having seen them."""
    _actor, _library, patron_id = _at_desk(request)
    form, now, today = form_of(request), now_of(request), today_of(request)
    one, yes = form.number("invitation"), form.text("geste") == "confirmer"

    def work(tx: Tx) -> None:
        inviting = Inviting(network_of(tx), now, today)
        if one not in {invited.id for invited in inviting.open_for(tx, [patron_id])}:
            raise NotFound
        if yes:
            inviting.confirm(tx, one, None)
        else:
            inviting.refuse(tx, one, None)

    house_of(request).unit.write(work)
    return _back(patron_id, "confirme" if yes else "reprise")


def consent(request: Request) -> Response:
    """Keep what child and guardian say together at the desk, or end it."""
    _actor, _library, patron_id = _at_desk(request)
    form = form_of(request)
    what, ends = form.text("quoi"), form.text("geste") == "arreter"
    adult = None if ends else form.number("responsable")
    consents = Consents(network_for(request), now_of(request), today_of(request))

    def work(tx: Tx) -> None:
        if adult is None:
            consents.end(tx, patron_id, what)
        else:
            consents.at_desk(tx, patron_id, what, adult)

    house_of(request).unit.write(work)
    return _back(patron_id, "fin" if ends else "accord")


def choose_titles(request: Request) -> Response:
    """Do it for a young person who asks at the desk."""
    _actor, _library, patron_id = _at_desk(request)
    shown = form_of(request).text("titres") == "montrer"
    house_of(request).unit.write(lambda tx: show_titles(tx, patron_id, shown=shown))
    return _back(patron_id, "titres")


def birthday(request: Request) -> Response:
    """Keep a year of birth, and of a minor the morning of 18, so that links end that day."""
    _actor, _library, patron_id = _at_desk(request)
    today, born = today_of(request), form_of(request).day("naissance")
    if born is None or not born.year >= OLDEST_YEAR or born > today:
        raise BadInput("naissance")
    house_of(request).unit.write(lambda tx: set_birthday(tx, patron_id, born, today))
    return _back(patron_id, "naissance")


def make_code(request: Request) -> Response:
    """Print the code with which another adult collects."""
    _actor, library, patron_id = _at_desk(request)
    with house_of(request).unit.read() as reader:
        person = patron_of(reader, patron_id)
    made = Pickups(ways(request)).make(patron_id)
    return page(
        request, "desk/code.html", nav="patrons", library=library, reader=person,
        what=_("Code pour venir à sa place"), code=made.text, until=local_date(made.until),
        steps=[_("La personne qui vient montre ce code à l’accueil."),
               _("Elle repart avec ce qui est prêt, et rien d’autre.")],
    )  # fmt: skip


def _at_desk(request: Request) -> tuple[Actor, LibraryInfo, int]:
    actor, library = agent_of(request)
    patron_id = known_reader(request)
    done = request.url.path.rpartition("/")[2]
    looked(request, [patron_id], "family", "" if request.method == "GET" else done)
    return actor, library, patron_id


def _back(patron_id: int, said: str) -> Response:
    return go(f"/bureau/usagers/{patron_id}/famille", fait=said)


def _link_to(reader: Reader, adult: int, child: int, today: date) -> int:
    return next(one.id for one in links_of(reader, child, today) if one.guardian_id == adult)


def _consents(reader: Reader, person: PatronView, consents: Consents) -> list[dict[str, Any]]:
    if not consents.needed(person):
        return []
    asked = {one.what: one for one in consents.of(reader, person.id)}
    return [
        {"what": what, "words": _(CONSENTS[what]), "open": what in asked,
         "given": what in asked and asked[what].given}
        for what in WHAT
    ]  # fmt: skip
