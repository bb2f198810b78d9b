"""My data: what is known of me, taken away as a file, erased after a second look."""

from collections.abc import Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from navette.catalogue.reading import records_of
from navette.errors import Forbidden
from navette.languages import N_, _
from navette_auth.cookies import drop_session
from navette_web.proving import MINE as PROVE
from navette_web.proving import is_fresh
from navette_web.shell import SEE_OTHER, go, house_of, now_of, page, signed_in

# What each kind of row is to its person; kinds without words are counted among the rest.
KINDS = {
    "patron": N_("Votre carte et vos moyens de contact"),
    "card_number": N_("Numéros qui ouvrent votre carte"),
    "loan": N_("Prêts"),
    "reading": N_("Liste de vos lectures"),
    "hold": N_("Réservations"),
    "message": N_("Messages que nous vous avons envoyés"),
    "guardian": N_("Liens avec votre famille"),
    "consent": N_("Accords donnés"),
    "auth_session": N_("Connexions"),
    "known_device": N_("Appareils reconnus"),
    "identity": N_("Comptes de la bibliothèque numérique"),
    "push_subscription": N_("Téléphones que nous prévenons"),
    "notice_choice": N_("Choix pour vos alertes"),
}
TITLED = ("loan", "hold")


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route("/compte/donnees", mine),
        Route("/compte/donnees/fichier", as_file),
        Route("/compte/effacer", ask),
        Route("/compte/effacer", erase, methods=["POST"]),
    ]


def known_of(request: Request) -> dict[str, list[Any]]:
    """Return everything that is known of the person, with titles beside the numbers."""
    person, _actor = signed_in(request)
    house = house_of(request)
    with house.unit.read() as reader:
        found = house.privacy.export(reader, person.id)
        rows = [row for kind in TITLED for row in found.get(kind, [])]
        records = records_of(reader, {row["record_id"] for row in rows})
    return {
        kind: [
            {**row, "title": records[row["record_id"]].title}
            if kind in TITLED and row["record_id"] in records
            else dict(row)
            for row in rows
        ]
        for kind, rows in found.items()
    }


def mine(request: Request) -> Response:
    """Show what is known of the person, in kinds and numbers."""
    known = known_of(request)
    rows = [(_(KINDS[kind]), len(known[kind])) for kind in KINDS if kind in known]
    rest = sum(len(rows) for kind, rows in known.items() if kind not in KINDS)
    if rest:
        rows.append((_("Le reste, technique"), rest))
    return page(request, "pages/my_data.html", nav="more", kinds=rows)


def as_file(request: Request) -> Response:
    """Give everything as one file that programs read too."""
    body = orjson.dumps(known_of(request), option=orjson.OPT_INDENT_2)
    return Response(
        body,
        media_type="application/json",
        headers={
            "Content-Disposition": 'attachment; filename="navette-mes-donnees.json"',
            "Cache-Control": "no-store",
        },
    )


def ask(request: Request) -> Response:
    """Say what erasing does, and what stands in its way."""
    person, _actor = signed_in(request)
    house = house_of(request)
    loans = len(house.circulation.loans_of(person.id))
    holds = len(house.circulation.holds_of(person.id))
    return page(request, "pages/erase.html", nav="more", loans=loans, holds=holds)


def erase(request: Request) -> Response:
    """Erase the person for good, and end at the home page, signed out."""
    person, actor = signed_in(request)
    if actor.is_staff:
        raise Forbidden
    if not is_fresh(request):  # nobody brings it back: a page left open is not enough
        return go(PROVE, next="/compte/effacer")
    house, now = house_of(request), now_of(request)
    standing = house.unit.write(lambda tx: house.privacy.erase(tx, person.id, now))
    if standing:
        return RedirectResponse("/compte/effacer", SEE_OTHER)
    answer = RedirectResponse("/?efface=1", SEE_OTHER)
    drop_session(answer, house.settings)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer
