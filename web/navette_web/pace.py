"""One's own pace: no more than some ready at once, or everything collected together."""

from starlette.requests import Request
from starlette.responses import Response

from navette.circulation.pacing import MOST_AT_ONCE, Pace
from navette.errors import BadInput, NotFound
from navette_web.desk.looking import looked
from navette_web.forms import form_of, key_of
from navette_web.shell import agent_of, go, house_of, number_of, page, signed_in, then

CHOICES = (1, 2, 3, 4, 5)


def pace(request: Request) -> Response:
    """Show the pace of the person who is signed in, to change it."""
    person, actor = signed_in(request)
    chosen = house_of(request).circulation.pace(actor, person.id)
    others = {chosen.rhythm} if chosen.rhythm else set[int]()
    return page(
        request,
        "pages/pace.html",
        nav="documents",
        pace=chosen,
        choices=sorted({*CHOICES, *others}),
    )


def choose(request: Request) -> Response:
    """Keep the pace that was chosen."""
    person, actor = signed_in(request)
    house_of(request).circulation.set_pace(actor, person.id, _asked(request), key_of(request))
    back = "/reglages" if form_of(request).text("vers") == "reglages" else "/reservations"
    return then(request, back, fait="rythme")


def choose_at_the_desk(request: Request) -> Response:
    """Keep the pace that somebody chose at the desk."""
    actor, _library = agent_of(request)
    patron_id = number_of(request, "patron")
    if patron_id is None:
        raise NotFound
    house_of(request).circulation.set_pace(actor, patron_id, _asked(request), key_of(request))
    looked(request, [patron_id], "act", "set_pace")
    return go(f"/bureau/usagers/{patron_id}")


def _asked(request: Request) -> Pace:
    form = form_of(request)
    number = form.text("rythme")
    if number and not (number.isdecimal() and len(number) <= len(str(MOST_AT_ONCE))):
        raise BadInput("rhythm", "range")
    return Pace(int(number) if number else None, grouped=form.text("ensemble") == "oui")
