"""My devices: the phones and computers that are signed in with this card, and how to end them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.clock import local_date
from navette.errors import NotFound
from navette.languages import N_, _
from navette.storage.unit import Tx
from navette_auth.known_devices import forget_devices
from navette_auth.passkeys import Passkeys
from navette_auth.sessions import Device, devices_of, end_others, end_session
from navette_auth.tokens import end_tokens_of_patron
from navette_web import french
from navette_web.forms import form_of
from navette_web.shell import go, house_of, now_of, page, signed_in, visitor_of
from navette_web.signin import sign_out

BROWSERS = (("Firefox/", "Firefox"), ("Edg", "Edge"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
MACHINES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
SOMETHING = N_("Un appareil")


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route("/compte/appareils", devices),
        Route("/compte/appareils", end, methods=["POST"]),
    ]


def devices(request: Request) -> Response:
    """Show where this card is signed in, the last used first."""
    person, _actor = signed_in(request)
    now = now_of(request)
    with house_of(request).unit.read() as reader:
        found = devices_of(reader, person.id, now)
    here, today = visitor_of(request).session_id, local_date(now)
    rows = [_row(device, here, today) for device in found]
    return page(
        request,
        "pages/devices.html",
        nav="more",
        devices=rows,
        passkeys=Passkeys.of(house_of(request).sign_in).possible,
    )


def end(request: Request) -> Response:
    """End one device of this card, all the others, or all of them, this one too."""
    person, _actor = signed_in(request)
    if form_of(request).text("partout"):
        return _everywhere(request, person.id)
    chosen = form_of(request).number_or_none("appareil")
    here, now = visitor_of(request).session_id or 0, now_of(request)

    def work(tx: Tx) -> None:
        if chosen is None:
            end_others(tx, person.id, now, but=here)
        elif chosen in {device.id for device in devices_of(tx, person.id, now)}:
            end_session(tx, chosen, now)
        else:
            raise NotFound

    house_of(request).unit.write(work)
    return go("/compte/appareils")


def _everywhere(request: Request, patron_id: int) -> Response:
    """End every session of this card and every key of a program; no browser is known any more."""
    now = now_of(request)

    def work(tx: Tx) -> None:
        end_others(tx, patron_id, now)
        end_tokens_of_patron(tx, patron_id, now)
        forget_devices(tx, patron_id)

    house_of(request).unit.write(work)
    return sign_out(request)


def device_words(agent: str) -> str:
    """Say a browser and its machine in two words, from what it sends of itself."""
    browser = next((words for mark, words in BROWSERS if mark in agent), "")
    machine = next((words for mark, words in MACHINES if mark in agent), "")
    if browser and machine:
        return _("{browser} sur {machine}").format(browser=browser, machine=machine)
    return browser or machine or _(SOMETHING)


def _row(device: Device, here: int | None, today: date) -> dict[str, Any]:
    return {
        "id": device.id,
        "words": device_words(device.device),
        "here": device.id == here,
        "since": local_date(device.created_at),
        "seen": french.near_day(local_date(device.seen_at), today),
    }
