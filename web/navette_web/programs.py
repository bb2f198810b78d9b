"""Access for a program: personal keys for the GraphQL API, with scopes and an end, shown once."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.errors import BadInput, NotFound
from navette.languages import N_
from navette.storage.outbox import put
from navette.storage.unit import Tx
from navette.wording import sentence_of
from navette_auth.opaque import digest
from navette_auth.scopes import CHANGES
from navette_auth.tokens import NewToken, Owned, create_token, end_token, tokens_of
from navette_web.errors import status_of
from navette_web.forms import Form, form_of
from navette_web.proving import MINE as MINE_PROVEN
from navette_web.proving import TEAMS as TEAMS_PROVEN
from navette_web.proving import is_fresh
from navette_web.shell import agent_of, go, house_of, now_of, page, signed_in, visitor_of

MINE, TEAMS = "/compte/programmes", "/bureau/compte/programmes"
LIVES: Mapping[str, int] = {"30": 30, "90": 90, "365": 365}
SCOPE_WORDS: Mapping[str, str] = {
    "read": N_("Voir mes prêts et mes réservations"),
    "holds": N_("Réserver et annuler"),
    "loans": N_("Prolonger mes prêts"),
    "notices": N_("Régler les alertes d’un appareil"),
    "desk": N_("Scanner et prêter au bureau"),
    "write": N_("Tout changer"),
}


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room, for patrons and for the team."""
    return [
        route
        for path in (MINE, TEAMS)
        for route in (Route(path, programs), Route(path, change, methods=["POST"]))
    ]


def programs(request: Request) -> Response:
    """Show the keys that are open."""
    return _page(request)


def change(request: Request) -> Response:
    """Make a key, shown this once, or end one."""
    form = form_of(request)
    if form.text("acte") == "retirer":
        _end(request, form.number("cle"))
        return go(request.url.path, fait="retire")
    _owner(request)
    if not is_fresh(request):
        return go(MINE_PROVEN if request.url.path == MINE else TEAMS_PROVEN, next=request.url.path)
    try:
        made = _make(request, form)
    except BadInput as refusal:
        return _page(request, refusal)
    return _page(request, made=made)


def _owner(request: Request) -> dict[str, int | None]:
    """Return whose keys these are; NotSignedIn, Forbidden."""
    if request.url.path == MINE:
        person, _actor = signed_in(request)
        return {"patron_id": person.id}
    agent_of(request)
    member = visitor_of(request).staff
    return {"staff_id": member.id if member else None}


def _offered(request: Request) -> Sequence[str]:
    mine = [each for each in CHANGES if each != "desk"]
    return ["read", *mine] if request.url.path == MINE else ["read", *CHANGES]


def _make(request: Request, form: Form) -> NewToken:
    house, owner = house_of(request), _owner(request)
    scopes = [each for each in _offered(request) if form.text(f"peut-{each}") == "1"]
    days, label = LIVES.get(form.text("duree")), form.text("nom")
    if not label:
        raise BadInput("nom", "missing")
    if not scopes or days is None:
        raise BadInput("scopes", "none")
    made = create_token(
        house.unit, house.clock, scopes=scopes, life=timedelta(days=days), label=label, **owner
    )
    patron = owner.get("patron_id")
    if patron is not None:
        key, now = f"program_new:{digest(made.text)}", now_of(request)
        house.unit.write(lambda tx: put(tx, "program_new", key, now=now, patron_id=patron))
    return made


def _end(request: Request, key: int) -> None:
    owner, now = _owner(request), now_of(request)

    def work(tx: Tx) -> None:
        if key not in {one.id for one in tokens_of(tx, now, **owner)}:
            raise NotFound
        end_token(tx, key, now)

    house_of(request).unit.write(work)


def _page(
    request: Request, refusal: BadInput | None = None, made: NewToken | None = None
) -> Response:
    owner, now, mine = _owner(request), now_of(request), request.url.path == MINE
    with house_of(request).unit.read() as reader:
        found = tokens_of(reader, now, **owner)
    proven = MINE_PROVEN if mine else TEAMS_PROVEN
    frame: dict[str, Any] = (
        {"nav": "more"} if mine else {"nav": "own", "library": agent_of(request)[1]}
    )
    return page(
        request,
        "pages/programs.html" if mine else "desk/programs.html",
        status=status_of(refusal) if refusal else 200,
        keys=[_row(one) for one in found],
        scopes=[(each, SCOPE_WORDS[each]) for each in _offered(request)],
        lives=LIVES,
        made=made,
        prove="" if is_fresh(request) else f"{proven}?{urlencode({'next': request.url.path})}",
        message=sentence_of(refusal) if refusal else "",
        done=request.query_params.get("fait", ""),
        address=request.url.path,
        endpoint=f"{house_of(request).settings.base_url}/graphql",
        **frame,
    )


def _row(one: Owned) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": one.label,
        "scopes": [SCOPE_WORDS.get(each, each) for each in one.scopes],
        "until": one.expires_at,
        "used": one.last_used_at,
    }
