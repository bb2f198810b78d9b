"""Codes printed at the desk: to link a card, or to choose its password."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from navette.clock import local_date
from navette.errors import BadInput, Forbidden, NotFound
from navette.languages import N_, _
from navette.patrons.reading import patron_of
from navette_auth import codes
from navette_auth.code_ways import CodeWays
from navette_web.desk.looking import looked
from navette_web.forms import form_of
from navette_web.shell import agent_of, house_of, number_of, page
from navette_web.signin import ways
from navette_web.squares import square

PURPOSES: Mapping[str, tuple[str, str, Sequence[str]]] = {
    "carte": (
        codes.LINK,
        N_("Code d’association"),
        (
            N_("Ouvrez {base}/connexion/sso et entrez par la bibliothèque numérique."),
            N_("À « J’ai un code de l’accueil », écrivez ce code."),
        ),
    ),
    "mot-de-passe": (
        codes.PASSWORD,
        N_("Code pour choisir un mot de passe"),
        (
            N_("Ouvrez {base}/connexion/code."),
            N_("Écrivez votre numéro de carte, ce code, puis le mot de passe que vous choisissez."),
        ),
    ),
}


def give(request: Request) -> Response:
    """Make a code for somebody at the desk and show it this once."""
    actor, library = agent_of(request)
    patron_id, purpose = number_of(request, "patron"), PURPOSES.get(form_of(request).text("pour"))
    if not actor.knows_readers or actor.staff_id is None:
        raise Forbidden
    if patron_id is None:
        raise NotFound
    if purpose is None:
        raise BadInput("pour")
    house = house_of(request)
    with house.unit.read() as reader:
        person = patron_of(reader, patron_id)
    kind, what, steps = purpose
    looked(request, [person.id], "code", kind)
    code = CodeWays(ways(request)).at_desk(kind, person.id, actor.staff_id)
    return page(
        request,
        "desk/code.html",
        nav="patrons",
        library=library,
        reader=person,
        what=_(what),
        code=code.text,
        until=local_date(code.until),
        qr=square(
            f"{house.settings.base_url}/compte/lier?code={code.text}",
            _("Code à lire avec le téléphone"),
        )
        if kind == codes.LINK
        else "",
        steps=[_(step).format(base=house.settings.base_url) for step in steps],
    )
