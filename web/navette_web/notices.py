"""How I am told: my ways in their order, quiet hours, my devices, a try; and my private calendar."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.clock import local_date
from navette.errors import BadInput, NotFound
from navette.languages import N_, _
from navette.notifications import calendar, subscriptions
from navette.notifications.choices import WAYS, Choice, Chosen, choices_of, choose
from navette.patrons.reading import PatronView
from navette.storage import outbox
from navette.storage.unit import Tx
from navette_auth.vault import Vault
from navette_web import french
from navette_web.devices import device_words
from navette_web.forms import Form, form_of
from navette_web.keeping_choices import keep_once
from navette_web.shell import go, house_of, now_of, page, signed_in, then, today_of
from navette_web.words import CHANNELS

HERE = "/notifications"
PLACES = ("premier", "deuxieme", "troisieme")
PLACE_WORDS = {"premier": N_("D’abord"), "deuxieme": N_("Sinon"), "troisieme": N_("Et sinon")}
HOURS = range(24)
DONE = {
    "choix": N_("C’est noté."),
    "appareil": N_("Les alertes sont coupées sur cet appareil."),
    "essai": N_("L’essai est parti : regardez cet appareil."),
    "calendrier": N_("Votre calendrier a une nouvelle adresse."),
    "repris": N_("L’adresse du calendrier ne marche plus."),
}


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(HERE, notices),
        Route(HERE, keep, methods=["POST"]),
        Route(f"{HERE}/appareil", forget_device, methods=["POST"]),
        Route(f"{HERE}/essai", try_device, methods=["POST"]),
        Route(f"{HERE}/calendrier", change_calendar, methods=["POST"]),
    ]


def notices(request: Request) -> Response:
    """Show how the person is told, and offer alerts on this phone."""
    person, _actor = signed_in(request)
    with house_of(request).unit.read() as reader:
        choice = choices_of(reader, [person.id])[person.id]
        devices = subscriptions.listed(reader, person.id)
        address = calendar.address_of(reader, person.id)
    today = today_of(request)
    told = request.query_params.get("fait", "")
    return page(
        request,
        "pages/notices.html",
        nav="more",
        email=person.email,
        chosen=choice_values(person, choice),
        devices=[_device(one, today) for one in devices],
        calendar_address=_address(request, person.id, address),
        calendar_titles=bool(address and address.titles),
        told={"words": _(DONE[told]), "undo": None} if told in DONE else None,
    )


def choice_values(person: PatronView, choice: Choice) -> dict[str, Any]:
    """Gather what the form of choices shows."""
    ways = [*person.channels, "", "", ""]
    return {
        "places": [
            {"name": name, "words": _(PLACE_WORDS[name]), "way": ways[at]}
            for at, name in enumerate(PLACES)
        ],
        "ways": [("", _("Rien de plus")), *((way, _(CHANNELS[way])) for way in WAYS)],
        "hours": [(str(hour), f"{hour}\N{NO-BREAK SPACE}h") for hour in HOURS],
        "quiet_from": _hour(choice.quiet_from),
        "quiet_until": _hour(choice.quiet_until),
        "titles": person.title_on_notices,
        "reminders": choice.reminders,
        "turns": choice.turns,
        "email": person.email,
        "phone": person.phone,
    }


def _hour(minutes: int | None) -> str:
    return "" if minutes is None else str(minutes // 60)


def chosen_in(form: Form) -> Chosen:
    """Read the form of choices; BadInput names the field."""
    ways = [way for way in (form.text(name) for name in PLACES) if way]
    begin, until = form.text("calme_de"), form.text("calme_jusqu_a")
    quiet = None
    if begin and until:
        if not (begin.isdecimal() and until.isdecimal()):
            raise BadInput("calme_de")
        quiet = (int(begin) * 60, int(until) * 60)
    return Chosen(
        ways,
        titles=form.text("titres") == "oui",
        quiet=quiet,
        reminders=form.text("rappels") == "oui",
        turns=form.text("tours") == "oui",
    )


def keep(request: Request) -> Response:
    """Keep the person's choices."""
    person, _actor = signed_in(request)
    chosen, now = chosen_in(form_of(request)), now_of(request)
    keep_once(request, "notices", asdict(chosen), lambda tx: choose(tx, person.id, chosen, now))
    back = "/reglages" if form_of(request).text("vers") == "reglages" else HERE
    return then(request, back, fait="choix")


def forget_device(request: Request) -> Response:
    """End the alerts of one of the person's browsers."""
    person, _actor = signed_in(request)
    device = form_of(request).number("appareil")

    def work(tx: Tx) -> None:
        if not subscriptions.forget_own(tx, person.id, device):
            raise NotFound

    keep_once(request, "device_ended", {"device": device}, work)
    return then(request, HERE, fait="appareil")


def try_device(request: Request) -> Response:
    """Send an alert to one of the person's browsers, at most once a minute."""
    person, _actor = signed_in(request)
    device, now = form_of(request).number("appareil"), now_of(request)

    def work(tx: Tx) -> None:
        if device not in {one.id for one in subscriptions.listed(tx, person.id)}:
            raise NotFound
        outbox.put(
            tx, "trial", f"trial:{device}:{now:%Y%m%d%H%M}", now=now, patron_id=person.id,
            payload={"devices": [device]},
        )  # fmt: skip

    house_of(request).unit.write(work)
    return then(request, HERE, fait="essai")


def change_calendar(request: Request) -> Response:
    """Make a new private address for the person's calendar, or take it back."""
    person, _actor = signed_in(request)
    form, now = form_of(request), now_of(request)
    if form.text("geste") == "reprendre":
        keep_once(request, "calendar_ended", {}, lambda tx: calendar.take_back(tx, person.id))
        return go(HERE, fait="repris")
    titles = form.text("titres") == "oui"
    secret = vault_of(request).mark(_named(person.id, now.isoformat()))
    keep_once(
        request,
        "calendar",
        {"titles": titles},
        lambda tx: calendar.keep_address(tx, person.id, secret, now, titles=titles),
    )
    return go(HERE, fait="calendrier")


def vault_of(request: Request) -> Vault:
    """Return the vault of this house."""
    house = house_of(request)
    kept: Vault = house.extras.setdefault("vault", Vault(house.settings.secret_keys))
    return kept


def _address(request: Request, patron_id: int, found: calendar.Address | None) -> str:
    """Say the address again: its secret is made from what we know, and never kept."""
    if found is None:
        return ""
    marks = vault_of(request).marks(_named(patron_id, found.made_at.isoformat()))
    secret = next((mark for mark in marks if calendar.opens(found, mark)), "")
    base = house_of(request).settings.base_url
    return f"{base}/calendrier/{secret}.ics" if secret else ""


def _named(patron_id: int, made_at: str) -> str:
    return f"calendar {patron_id} {made_at}"


def _device(one: subscriptions.ListedDevice, today: Any) -> dict[str, Any]:
    told = french.near_day(local_date(one.last_sent_at), today) if one.last_sent_at else ""
    return {
        "id": one.id,
        "words": device_words(one.device),
        "since": local_date(one.created_at),
        "told": told,
    }
