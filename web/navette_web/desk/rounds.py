"""The coordinator's hand on a round: cancel it, pass a stop by, let it drive as usual."""

from starlette.requests import Request
from starlette.responses import Response

from navette.errors import BadInput
from navette_web.forms import form_of
from navette_web.shell import agent_of, go, house_of


def alter(request: Request) -> Response:
    """Change the round of a day; promises follow."""
    actor, _library = agent_of(request)
    form, circulation = form_of(request), house_of(request).circulation
    day, act, reason = form.day("jour"), form.text("acte"), form.text("raison")
    if day is None:
        raise BadInput("jour")
    if act == "annuler":
        circulation.cancel_run(actor, day, reason)
    elif act == "fermer":
        circulation.close_stop(actor, day, form.text("arret"), reason)
    elif act == "retablir":
        circulation.restore_run(actor, day)
    else:
        raise BadInput("acte")
    return go("/bureau/navette", jour=day.isoformat())
