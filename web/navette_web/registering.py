"""Pre-registration from home: what to bring, a reference to show, and the card at the desk."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.clock import local_date
from navette.errors import BadInput, TooManyAttempts
from navette.network.loading import network_of
from navette.patrons.preregistering import LIFE, Wish, preregister
from navette.wording import sentence_of
from navette_auth.opaque import digest
from navette_auth.throttle import PLACE, Subject, attempt, place_of
from navette_web.forms import Form, form_of
from navette_web.shell import house_of, network_for, now_of, page, today_of
from navette_web.signin import caller_of, check_ours, with_status

HERE = "/inscription"
FIELDS = ("first_name", "last_name", "birth", "home", "email", "phone", "guardian_card")


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [Route(HERE, ask), Route(HERE, write, methods=["POST"])]


def ask(request: Request) -> Response:
    """Show the form."""
    return _form(request, dict.fromkeys(FIELDS, ""))


def write(request: Request) -> Response:
    """Keep what was written and show the reference."""
    check_ours(request)
    form, house = form_of(request), house_of(request)
    now, today = now_of(request), today_of(request)
    subjects = (Subject(digest(f"inscription:{place_of(caller_of(request).client)}"), PLACE),)
    try:
        wish = wish_of(form)
        attempt(house.unit, subjects, now)
        reference = house.unit.write(lambda tx: preregister(tx, network_of(tx), wish, now, today))
    except (BadInput, TooManyAttempts) as refusal:
        values = {name: form.text(name) for name in FIELDS}
        field = refusal.field if isinstance(refusal, BadInput) else ""
        return with_status(_form(request, values, sentence_of(refusal), field), refusal)
    return page(
        request, "pages/registered.html", nav="more", first_name=wish.first_name,
        reference=f"{reference[:3]}-{reference[3:]}", until=local_date(now + LIFE),
        library=network_for(request).library(wish.home), minor=bool(wish.guardian_card),
    )  # fmt: skip


def wish_of(form: Form) -> Wish:
    """Read the form; BadInput names the field."""
    born = form.day("birth")
    if born is None:
        raise BadInput("birth")
    values = {name: form.text(name) for name in FIELDS if name != "birth"}
    return Wish(birth=born, **values)


def _form(request: Request, values: dict[str, str], message: str = "", wrong: str = "") -> Response:
    return page(
        request, "pages/register.html", nav="more", values=values, message=message, wrong=wrong,
        libraries=[(one.code, one.short_name) for one in network_for(request).libraries],
        today=today_of(request),
    )  # fmt: skip
