"""My past loans: a list that nobody keeps before it is asked for, and that goes when it is stopped."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.circulation.remembering import remember_returns
from navette.errors import ConsentNeeded
from navette.network.loading import network_of
from navette.patrons.history import PAGE, History
from navette.patrons.withdrawing import stop_history
from navette.storage.unit import Tx
from navette_web.desk.looking import known_reader, looked
from navette_web.forms import form_of
from navette_web.keeping_choices import keep_once
from navette_web.shell import (
    go,
    house_of,
    network_for,
    now_of,
    number_of,
    page,
    signed_in,
    then,
)

HERE = "/compte/lectures"


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(HERE, readings),
        Route(HERE, change, methods=["POST"]),
        Route(f"{HERE}/arreter", ask_stop),
        Route(f"{HERE}/arreter", stop, methods=["POST"]),
        Route("/bureau/usagers/{patron}/lectures", at_the_desk, methods=["POST"]),
    ]


def readings(request: Request) -> Response:
    """Show the list, or what it would be."""
    person, _actor = signed_in(request)
    house, now, before = house_of(request), now_of(request), number_of(request, "avant")
    history = History(network_for(request), now)
    with house.unit.read() as reader:
        since = history.since(reader, person.id)
        allowed = True
        try:
            history.allowed(reader, person.id)
        except ConsentNeeded:
            allowed = False
    if since is not None:
        house.unit.write(lambda tx: remember_returns(tx, network_of(tx), now, person.id))
    with house.unit.read() as reader:
        lines = history.lines(reader, person.id, first=PAGE + 1, before=before)
    return page(
        request, "pages/readings.html", nav="more", since=since, allowed=allowed,
        lines=lines[:PAGE], more=lines[PAGE - 1].id if len(lines) > PAGE else None,
        months=int(network_for(request).rule("history_months")), later=before is not None,
    )  # fmt: skip


def change(request: Request) -> Response:
    """Turn the list on, or take one document off it."""
    person, _actor = signed_in(request)
    line, now = form_of(request).number_or_none("ligne"), now_of(request)

    def work(tx: Tx) -> None:
        history = History(network_of(tx), now)
        if line is None:
            history.keep(tx, person.id)
        else:
            history.forget_line(tx, person.id, line)

    keep_once(request, "readings", {"line": line}, work)
    return then(request, HERE)


def ask_stop(request: Request) -> Response:
    """Say what stopping does before it is done."""
    signed_in(request)
    return page(request, "pages/readings_stop.html", nav="more")


def stop(request: Request) -> Response:
    """Turn the list off and erase it."""
    person, _actor = signed_in(request)
    keep_once(request, "readings_ended", {}, lambda tx: stop_history(tx, person.id))
    return then(request, HERE)


def at_the_desk(request: Request) -> Response:
    """Do it for somebody who asks at the desk, which never sees what is on the list."""
    patron, now = known_reader(request), now_of(request)
    keeps = form_of(request).text("garder")

    def work(tx: Tx) -> None:
        if keeps == "oui":
            History(network_of(tx), now).keep(tx, patron)
        else:
            stop_history(tx, patron)

    looked(request, [patron], "act", "history")
    house_of(request).unit.write(work)
    return go(f"/bureau/usagers/{patron}")
