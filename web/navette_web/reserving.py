"""Reserve: choose a stop of the line, confirm, and read what happens next."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from navette.catalogue.reading import editions_of
from navette.errors import NotFound
from navette.ils.views import Actor, HoldView
from navette.languages import _
from navette.patrons.reading import PatronView, children_of, patron_by_card
from navette_web.allowance import places_of
from navette_web.desk.looking import looked
from navette_web.forms import form_of, key_as_filled_in
from navette_web.holdcards import named, rank_words
from navette_web.libraries import van_sentence
from navette_web.promises import hour_of, latest_of, line_of, when_in_words
from navette_web.record import described, record_asked
from navette_web.render import title_in
from navette_web.shell import (
    SEE_OTHER,
    agent_of,
    asked,
    go,
    house_of,
    network_for,
    number_of,
    page,
    signed_in,
    stops_for,
    then,
    today_of,
    usual_of,
    visitor_of,
)
from navette_web.words import TOLD_BY

HERE = "/reserver"
EVERY = "toutes"


def reserve(request: Request) -> Response:
    """Show the chooser for a title, or what was just reserved."""
    if number_of(request, "fait") is not None:
        return _reserved(request)
    booker = booker_of(request)
    if "notice" not in request.query_params:
        return RedirectResponse("/recherche", SEE_OTHER)
    found = record_asked(request, "notice")
    circulation = house_of(request).circulation
    volumes = dict(circulation.volumes(found.id))
    volume = asked(request, "tome")
    if volumes and volume not in volumes:
        return go(f"/notice/{found.id}")
    every = asked(request, "edition") == EVERY
    with house_of(request).unit.read() as reader:
        editions = editions_of(reader, found.work_id)
    line = line_of(
        circulation.promise(found.id, None, volume, any_edition=every),
        stops_for(request),
        today_of(request),
        booker.home,
        asked(request, "retrait"),
    )
    return page(
        request,
        "pages/reserve.html",
        nav="search",
        record=described(found),
        every=every,
        editions=len(editions),
        series=bool(volumes or found.series_title),
        volume_key=volume,
        volume_label=volumes.get(volume, ""),
        line=line,
        room=places_of(request, booker.actor, booker.family),
        ask_card=booker.actor.is_staff,
        card=asked(request, "pour"),
        key=secrets.token_urlsafe(16),
        van_sentence=van_sentence(network_for(request)),
    )


def place(request: Request) -> Response:
    """Place the hold; the same form sent twice gives the first answer."""
    booker, form = booker_of(request), form_of(request)
    hold = house_of(request).circulation.place_hold(
        booker.actor,
        patron_id=beneficiary_of(request, booker).id,
        record_id=form.number("notice"),
        pickup=form.text("retrait") or booker.home,
        volume_key=form.text("tome"),
        any_edition=form.text("edition") == EVERY,
        idempotency_key=key_as_filled_in(request),
    )
    return then(request, HERE, shown=f"{HERE}?fait={hold.id}", fait=hold.id)


@dataclass(frozen=True)
class Booker:
    """Who reserves: a person with their family, or a desk for the card it names."""

    actor: Actor
    home: str
    family: Sequence[PatronView] = ()


def booker_of(request: Request) -> Booker:
    """Return who reserves here."""
    if visitor_of(request).staff is not None:
        actor, library = agent_of(request)
        return Booker(actor, library.code)
    person, actor = signed_in(request)
    with house_of(request).unit.read() as reader:
        family = [person, *children_of(reader, person.id, today_of(request))]
    return Booker(actor, usual_of(request, person).code, family)


def beneficiary_of(request: Request, booker: Booker) -> PatronView:
    """Return for whom: a card at the desk, somebody of the family otherwise; NotFound."""
    form = form_of(request)
    if booker.actor.is_staff:
        with house_of(request).unit.read() as reader:
            person = patron_by_card(reader, form.text("carte"))
        looked(request, [person.id], "act", "place_hold")
        return person
    wanted = form.number_or_none("pour") or booker.family[0].id
    return next((one for one in booker.family if one.id == wanted), None) or _nobody()


def _nobody() -> PatronView:
    raise NotFound


def _where_ended(hold: HoldView, person: PatronView | None) -> str:
    """Return where it is said what became of a hold; a cancelled one can be brought back there."""
    if person is None:
        return f"/bureau/usagers/{hold.patron_id}"
    return (
        f"/reservations?fait=annulee&reservation={hold.id}"
        if hold.state == "CANCELLED"
        else "/reservations"
    )


def _reserved(request: Request) -> Response:
    people, actor = _reader_of(request)
    hold = house_of(request).circulation.hold(actor, number_of(request, "fait") or 0)
    if hold.ended_at is not None:  # a page that one went back to, or its button tapped again
        return go(_where_ended(hold, people))
    return page(
        request,
        "pages/reserved.html",
        nav="documents",
        email=people.email if people else "",
        **_said(request, hold, people),
    )


def _reader_of(request: Request) -> tuple[PatronView | None, Actor]:
    if visitor_of(request).staff is not None:
        return None, agent_of(request)[0]
    return signed_in(request)


def _told_by(person: PatronView | None) -> str:
    ways = [_(TOLD_BY[way]) for way in person.channels if way in TOLD_BY] if person else []
    if not ways:
        return _("Nous vous préviendrons.")
    return _("Nous vous préviendrons {way}.").format(way=ways[0])


def _said(request: Request, hold: HoldView, person: PatronView | None) -> dict[str, Any]:
    stop, today, promise = stops_for(request)[hold.pickup], today_of(request), hold.promise
    mine = person is not None and hold.patron_id == person.id
    when = _("dès que possible")
    if promise is not None:
        hour = hour_of(promise, today)
        when = ", ".join(
            filter(None, (_("sans doute {day}").format(day=when_in_words(promise, today)), hour))
        )
    waits = _("« {title} » attendra à {library}.")
    if mine:
        waits = _("« {title} » vous attendra à {library}.")
    title = title_in(named(hold), hold.language)
    said = Markup(waits).format(title=title, library=stop.name)  # noqa: S704 - a sentence of ours
    return {
        "heading": _("C’est réservé.")
        if mine
        else _("C’est réservé pour {name}.").format(name=hold.patron_name),
        "sentence": Markup("{} {}").format(said, _told_by(person)),
        "stop": stop,
        "when": when,
        "latest": latest_of(promise) if promise else "",
        "rank_words": rank_words(hold) if hold.state == "WAITING" else "",
        "hold_id": hold.id,
    }
