"""Cards that may be one person's, side by side; the desk says which stays, or that they are two."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.clock import local_date
from navette.languages import N_, _
from navette.network.loading import network_of
from navette.patrons.doubles import Pair, doubles, not_same
from navette.patrons.reading import PatronView, patron_by_card, patrons_of
from navette.patrons.resembling import NAME_ONLY, SAME_EMAIL, SAME_NAME
from navette_auth.merging import merge_patrons
from navette_auth.unmerging import WITHIN, recent_merges, undo_merge
from navette_web.desk.looking import knowing, looked
from navette_web.forms import form_of
from navette_web.shell import (
    asked,
    go,
    house_of,
    network_for,
    now_of,
    number_of,
    page,
)
from navette_web.signin import ways

HERE = "/bureau/doublons"
A_PAGE = 10
WHY = {
    SAME_NAME: N_("même nom, même année de naissance"),
    SAME_EMAIL: N_("même e-mail, même nom de famille, même année"),
    NAME_ONLY: N_("même nom, année de naissance inconnue"),
}


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(HERE, pairs),
        Route(f"{HERE}/deux", two, methods=["POST"]),
        Route(f"{HERE}/reunir", ask),
        Route(f"{HERE}/reunir", merge, methods=["POST"]),
        Route(f"{HERE}/defaire", undo, methods=["POST"]),
    ]


def pairs(request: Request) -> Response:
    """List the pairs that look alike, or the one that was asked for by two cards."""
    _actor, library = knowing(request)
    skip = number_of(request, "apres") or 0
    with house_of(request).unit.read() as reader:
        found = doubles(reader)
        shown = found[skip : skip + A_PAGE]
        people = patrons_of(reader, [i for pair in shown for i in (pair.one, pair.other)])
        recent = recent_merges(reader, now_of(request)) if not skip else ()
        stay = patrons_of(reader, [one.stays_id for one in recent])
    looked(request, {*people, *stay}, "listed", "doubles")
    return page(
        request, "desk/doubles.html", nav="patrons", library=library, total=len(found),
        rows=[_row(request, pair, people) for pair in shown],
        more=skip + A_PAGE if len(found) > skip + A_PAGE else None,
        undone=asked(request, "fait") == "separees",
        recent=[
            {"id": one.id, "card": _card(request, stay[one.stays_id]),
             "until": local_date(one.at + WITHIN)}
            for one in recent if one.stays_id in stay
        ],
    )  # fmt: skip


def two(request: Request) -> Response:
    """Keep that these are two people."""
    knowing(request)
    form, now = form_of(request), now_of(request)
    one, other = form.number("une"), form.number("autre")
    house_of(request).unit.write(lambda tx: not_same(tx, one, other, now))
    looked(request, [one, other], "act", "two people")
    return go(HERE)


def ask(request: Request) -> Response:
    """Show both cards and what will happen, before anything happens."""
    _actor, library = knowing(request)
    house = house_of(request)
    with house.unit.read() as reader:
        stays = patron_by_card(reader, asked(request, "reste"))
        goes = patron_by_card(reader, asked(request, "part"))
    looked(request, [stays.id, goes.id], "opened", "merge")
    return page(
        request, "desk/merge.html", nav="patrons", library=library, stays=_card(request, stays),
        goes=_card(request, goes), holds=len(house.circulation.holds_of(goes.id)),
        loans=len(house.circulation.loans_of(goes.id)),
    )  # fmt: skip


def merge(request: Request) -> Response:
    """Make them one; both were on the screen, and for a week it can be undone."""
    actor, _library = knowing(request)
    form, now = form_of(request), now_of(request)
    stays, goes = form.number("reste"), form.number("part")
    house_of(request).unit.write(
        lambda tx: merge_patrons(
            tx,
            ways(request).vault,
            network_of(tx),
            now,
            actor.name,
            from_patron=goes,
            into_patron=stays,
        )
    )
    looked(request, [stays, goes], "act", "merge")
    return go(f"/bureau/usagers/{stays}")


def undo(request: Request) -> Response:
    """Make them two again."""
    actor, _library = knowing(request)
    one, now = form_of(request).number("reunion"), now_of(request)
    gone, stays = house_of(request).unit.write(
        lambda tx: undo_merge(tx, ways(request).vault, network_of(tx), now, actor.name, one)
    )
    looked(request, [gone, stays], "act", "undo merge")
    return go(HERE, fait="separees")


def _row(request: Request, pair: Pair, people: dict[int, PatronView]) -> dict[str, Any]:
    return {
        "one": _card(request, people[pair.one]), "other": _card(request, people[pair.other]),
        "why": _(WHY.get(pair.because, pair.because)),
    }  # fmt: skip


def _card(request: Request, person: PatronView) -> dict[str, Any]:
    home = network_for(request).by_id(person.home_library_id).short_name
    return {"person": person, "home": home}
