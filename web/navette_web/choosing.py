"""Every choice on one page: where I collect, how I am told, my pace, what I read, how it looks."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.errors import BadInput
from navette.languages import N_, _, ngettext
from navette.network.network import LibraryInfo
from navette.notifications.choices import Choice as NoticeChoice
from navette.notifications.choices import choices_of
from navette.patrons.choosing import choose_usual_library
from navette.patrons.reading import PatronView
from navette_auth.cookies import is_shared
from navette_web.forms import form_of
from navette_web.keeping_choices import keep_once
from navette_web.looks import COOKIE, look_named
from navette_web.notices import choice_values
from navette_web.pace import CHOICES
from navette_web.shell import (
    go,
    house_of,
    network_for,
    page,
    person_for,
    signed_in,
    stops_for,
    then,
    usual_of,
)
from navette_web.speaking import A_YEAR
from navette_web.stops import Choice, Line
from navette_web.words import CHANNELS

HERE = "/reglages"
DONE = {
    "retrait": N_("C’est noté : nous proposons cette bibliothèque d’abord."),
    "choix": N_("C’est noté."),
    "rythme": N_("C’est noté : ce sera votre rythme."),
    "apparence": N_("C’est fait."),
}
THEMES = {"": N_("Comme le téléphone"), "light": N_("Clair"), "dark": N_("Sombre")}


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(HERE, settings),
        Route(f"{HERE}/retrait", collect_at, methods=["POST"]),
        Route(f"{HERE}/apparence", look_so, methods=["POST"]),
    ]


def settings(request: Request) -> Response:
    """Show every choice; what belongs to a person only to that person."""
    person = person_for(request)
    told = request.query_params.get("fait", "")
    return page(
        request,
        "pages/settings.html",
        nav="more",
        mine=_mine(request, person) if person else None,
        themes=[(code, _(words)) for code, words in THEMES.items()],
        shared=is_shared(request, house_of(request).settings),
        told={"words": _(DONE[told]), "undo": None} if told in DONE else None,
    )


def _mine(request: Request, person: PatronView) -> dict[str, Any]:
    _person, actor = signed_in(request)
    house = house_of(request)
    with house.unit.read() as reader:
        choice = choices_of(reader, [person.id])[person.id]
    pace = house.circulation.pace(actor, person.id)
    usual = usual_of(request, person)
    return {
        "usual": usual.short_name,
        "line": usual_line(request, person),
        "told_by": _told_by(person, choice),
        "chosen": choice_values(person, choice),
        "pace": pace,
        "paces": sorted({*CHOICES, *({pace.rhythm} if pace.rhythm else ())}),
        "pace_words": _pace_words(pace.rhythm, grouped=pace.grouped),
    }


def usual_line(request: Request, person: PatronView) -> Line:
    """Return the line on which somebody's usual library is chosen."""
    home = network_for(request).by_id(person.home_library_id).code
    choices = [
        Choice(stop, sub=_("votre inscription") if code == home else "")
        for code, stop in stops_for(request).items()
    ]
    return Line(choices, usual_of(request, person).code)


def _told_by(person: PatronView, choice: NoticeChoice) -> str:
    ways = [_(CHANNELS[way]) for way in person.channels if way in CHANNELS]
    said = ", ".join([ways[0], *(way.lower() for way in ways[1:])]) if ways else _("Rien de plus")
    if choice.quiet_from is None or choice.quiet_until is None:
        return said
    quiet = _("silence de {begin}\N{NO-BREAK SPACE}h à {until}\N{NO-BREAK SPACE}h").format(
        begin=choice.quiet_from // 60, until=choice.quiet_until // 60
    )
    return f"{said} · {quiet}"


def _pace_words(rhythm: int | None, *, grouped: bool) -> str:
    words = _("Comme elles arrivent")
    if rhythm:
        words = ngettext(
            "Pas plus d’une prête à la fois", "Pas plus de %(num)s prêtes à la fois", rhythm
        ) % {"num": rhythm}
    return f"{words} · {_('tout ensemble')}" if grouped else words


def library_chosen(request: Request) -> LibraryInfo:
    """Return the library that a form names; BadInput."""
    code, network = form_of(request).text("bibliotheque"), network_for(request)
    if code not in network.codes:
        raise BadInput("bibliotheque")
    return network.library(code)


def collect_at(request: Request) -> Response:
    """Keep where the person likes to collect; BadInput when it is none of ours."""
    person, _actor = signed_in(request)
    library = library_chosen(request)
    keep_once(
        request,
        "usual_library",
        {"library": library.code},
        lambda tx: choose_usual_library(tx, person.id, library),
    )
    return then(request, HERE, fait="retrait")


def look_so(request: Request) -> Response:
    """Keep how this browser shows the pages."""
    form = form_of(request)
    chosen = look_named(f"{form.text('theme')}.{form.text('contraste')}")
    answer = go(HERE, fait="apparence")
    answer.set_cookie(
        COOKIE,
        chosen.cookie,
        max_age=A_YEAR,
        secure=house_of(request).settings.base_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
