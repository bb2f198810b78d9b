"""The online account of a reader at the desk: a lost phone closed, a wrong linking undone."""

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.storage.unit import Tx
from navette_auth.identities import identities_for
from navette_auth.known_devices import forget_devices
from navette_auth.linking import part
from navette_auth.passkeys import Subject, keys_of, remove_key
from navette_auth.sessions import end_of_identity, end_others
from navette_auth.tokens import end_tokens_of_patron
from navette_web.desk.looking import known_reader, looked
from navette_web.shell import go, house_of, now_of

PLACE = "/bureau/usagers/{patron}"


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(f"{PLACE}/deconnecter", sign_out_everywhere, methods=["POST"]),
        Route(f"{PLACE}/separer", part_accounts, methods=["POST"]),
    ]


def sign_out_everywhere(request: Request) -> Response:
    """End every session of a card and its keys of programs, take its passkeys away, know no browser."""
    now = now_of(request)

    def work(tx: Tx, patron: int) -> None:
        end_others(tx, patron, now)
        end_tokens_of_patron(tx, patron, now)
        forget_devices(tx, patron)
        whose = Subject("patron", patron, "", "")
        for key in keys_of(tx, whose):
            remove_key(tx, whose, key.id)

    return _done(request, "sign out everywhere", work)


def part_accounts(request: Request) -> Response:
    """Part every account of the metropolitan library from a card; their sessions end."""
    now = now_of(request)

    def work(tx: Tx, patron: int) -> None:
        for identity in identities_for(tx, patron, None):
            part(tx, identity.id, now)
            end_of_identity(tx, identity.id, now)

    return _done(request, "part accounts", work)


def _done(request: Request, what: str, work: Callable[[Tx, int], None]) -> Response:
    patron = known_reader(request)
    house_of(request).unit.write(lambda tx: work(tx, patron))
    looked(request, [patron], "act", what)
    return go(f"/bureau/usagers/{patron}")
