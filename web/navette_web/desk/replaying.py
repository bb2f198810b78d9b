"""A desk that was without network: sends its queue, and reads what lost against later facts."""

from datetime import datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from navette.errors import BadInput
from navette.ils.views import DeskScan
from navette.languages import _
from navette_web import french
from navette_web.forms import body_of, form_of, plain
from navette_web.shell import agent_of, asked, go, house_of, page, today_of

HERE = "/bureau/sans-reseau"
LONGEST = 200


def routes() -> list[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(HERE, lost),
        Route(HERE, replay, methods=["POST"]),
        Route(HERE + "/vu", seen, methods=["POST"]),
    ]


def replay(request: Request) -> Response:
    """Replay `{"scans": [{text, card, scanId, scannedAt, giveBack}]}`; answers done and lost."""
    actor, library = agent_of(request)
    queue = [_scan(one, library.code) for one in _scans(body_of(request))]
    done = house_of(request).circulation.replay(actor, queue)
    lost = [
        {"scanId": one.client_key.partition(":")[2].partition(":")[2], "reason": one.reason}
        for one in done.lost
    ]
    return JSONResponse({"done": done.done, "lost": lost})


def lost(request: Request) -> Response:
    """Show what lost at this desk, until somebody has looked at it."""
    _actor, library = agent_of(request)
    today = today_of(request)
    rows = [
        {
            "id": one.id,
            "at": f"{french.near_day(one.scanned_at, today)}, {french.hour_in_words(one.scanned_at)}",
            "text": one.text,
            "card": one.card,
            "reason": one.reason,
        }
        for one in house_of(request).circulation.lost_scans(library.code)
    ]
    told = {"words": _("C’est noté."), "undo": None} if asked(request, "fait") else None
    return page(request, "desk/lost_scans.html", nav="scan", library=library, rows=rows, told=told)


def seen(request: Request) -> Response:
    """Tick one off the list."""
    actor, library = agent_of(request)
    house_of(request).circulation.seen_lost_scan(
        actor, library.code, form_of(request).number("scan")
    )
    return go(HERE, fait="1")


def _scans(body: bytes) -> list[Any]:
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadInput("scans") from error
    scans = sent.get("scans") if isinstance(sent, dict) else None
    if not isinstance(scans, list):
        raise BadInput("scans")
    return scans


def _scan(sent: Any, library: str) -> DeskScan:
    if not isinstance(sent, dict):
        raise BadInput("scans")
    try:
        at = datetime.fromisoformat(str(sent.get("scannedAt", "")))
    except ValueError as error:
        raise BadInput("scannedAt") from error
    if at.tzinfo is None:
        raise BadInput("scannedAt")
    words = {name: sent.get(name, "") for name in ("text", "card", "scanId")}
    if any(not isinstance(word, str) or len(word) > LONGEST for word in words.values()):
        raise BadInput("scans")
    return DeskScan(
        library, text=plain(words["text"]), card=plain(words["card"]),
        give_back=sent.get("giveBack") is True, scan_id=plain(words["scanId"]), scanned_at=at,
    )  # fmt: skip
