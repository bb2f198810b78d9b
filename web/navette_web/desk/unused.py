"""Cards unused for a year: an agent keeps or deletes those of their library, after a second look."""

from collections.abc import Sequence
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.circulation.unused import PAGE, UnusedCard, unused_among, unused_cards
from navette.clock import local_date
from navette.ils.roles import Right, may
from navette.ils.views import Actor
from navette.network.network import LibraryInfo
from navette.patrons.reading import patron_of
from navette.patrons.using import note_use
from navette.storage.unit import Reader, Tx
from navette_web.desk.looking import knowing, looked
from navette_web.forms import form_of, id_in
from navette_web.shell import (
    asked,
    go,
    house_of,
    network_for,
    now_of,
    number_of,
    page,
)

HERE = "/bureau/cartes-inutilisees"


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(HERE, cards),
        Route(f"{HERE}/garder", keep, methods=["POST"]),
        Route(f"{HERE}/supprimer", ask),
        Route(f"{HERE}/supprimer", delete, methods=["POST"]),
    ]


def cards(request: Request) -> Response:
    """List them, longest unused first; of the whole network for the coordinator."""
    actor, library = knowing(request)
    with house_of(request).unit.read() as reader:
        found = unused_cards(
            reader, now_of(request), library_id=_scope(actor, library), first=PAGE + 1,
            after=_after(request),
        )  # fmt: skip
    shown = found[:PAGE]
    looked(request, [one.id for one in shown], "listed", "unused cards")
    last = shown[-1] if len(found) > PAGE else None
    return page(
        request, "desk/unused.html", nav="patrons", library=library,
        rows=[_row(request, one) for one in shown], everywhere=_scope(actor, library) is None,
        more={"apres": last.used_at.isoformat(), "carte": last.id} if last else None,
        kept=asked(request, "fait") == "garde", gone=number_of(request, "supprimees"),
        used=number_of(request, "servies"),
    )  # fmt: skip


def keep(request: Request) -> Response:
    """Keep a card for another year: somebody spoke with its person."""
    knowing(request)
    now, (one,) = now_of(request), _chosen(request, [form_of(request).number("garder")]) or (None,)
    if one is not None:
        house_of(request).unit.write(lambda tx: note_use(tx, one.id, now))
        looked(request, [one.id], "act", "keep unused card")
    return go(HERE, fait="garde")


def ask(request: Request) -> Response:
    """Show the chosen cards and what deleting does, before anything happens."""
    _actor, library = knowing(request)
    chosen = _chosen(request, [id_in(text) for text in request.query_params.getlist("carte")])
    if not chosen:
        return go(HERE)
    looked(request, [one.id for one in chosen], "opened", "unused cards")
    return page(
        request, "desk/unused_ask.html", nav="patrons", library=library,
        rows=[_row(request, one) for one in chosen],
    )  # fmt: skip


def delete(request: Request) -> Response:
    """Delete them for good; one that served meanwhile stays."""
    knowing(request)
    wanted = [id_in(text) for text in form_of(request).texts("carte")]
    house, now = house_of(request), now_of(request)
    chosen = _chosen(request, wanted)
    looked(request, [one.id for one in chosen], "act", "delete unused card")

    def erase(tx: Tx, card: int) -> bool:
        patron_of(tx, card)
        return bool(unused_among(tx, now, [card])) and house.privacy.erase(tx, card, now) == 0

    gone = sum(house.unit.write(lambda tx, card=one.id: erase(tx, card)) for one in chosen)  # type: ignore[misc]
    return go(HERE, supprimees=gone, servies=len(wanted) - gone or "")


def _scope(actor: Actor, library: LibraryInfo) -> int | None:
    """Return whose cards somebody looks after: of their library, of all for the coordinator."""
    return None if may(actor.role, Right.NETWORK) else library.id


def _chosen(request: Request, ids: Sequence[int | None]) -> Sequence[UnusedCard]:
    """Return those of these cards that are unused and this desk's to decide about."""
    actor, library = knowing(request)
    scope = _scope(actor, library)
    with house_of(request).unit.read() as reader:
        found = _among(reader, now_of(request), ids)
    return [one for one in found if scope in {None, one.home_library_id}]


def _among(reader: Reader, now: datetime, ids: Sequence[int | None]) -> Sequence[UnusedCard]:
    return unused_among(reader, now, [one for one in ids if one is not None][:PAGE])


def _after(request: Request) -> UnusedCard | None:
    """Return where the page begins: after this card, by the day it last served."""
    last = number_of(request, "carte")
    try:
        used_at = datetime.fromisoformat(asked(request, "apres"))
    except ValueError:
        return None
    if last is None or used_at.tzinfo is None:
        return None
    return UnusedCard(last, "", "", "", 0, local_date(used_at), used_at)


def _row(request: Request, one: UnusedCard) -> dict[str, object]:
    home = network_for(request).by_id(one.home_library_id).short_name
    return {"one": one, "home": home, "used": local_date(one.used_at)}
