"""A series in order: choose its volumes and a stop; each leaves once the one before is lent."""

import secrets
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.catalogue.reading import RecordView, volumes_in_series
from navette.circulation.chains import LONGEST
from navette.errors import BadInput
from navette_web.allowance import places_of
from navette_web.forms import form_of, id_in, key_as_filled_in
from navette_web.libraries import van_sentence
from navette_web.promises import line_of
from navette_web.record import described, record_asked
from navette_web.reserving import Booker, beneficiary_of, booker_of
from navette_web.shell import asked, go, house_of, network_for, page, stops_for, then, today_of


def series(request: Request) -> Response:
    """Show the volumes of the series of a title, those from it on chosen already."""
    booker, found = booker_of(request), record_asked(request, "notice")
    volumes = _volumes(request, found)
    if len(volumes) < 2:  # noqa: PLR2004 - one volume is no series
        return go(f"/notice/{found.id}")
    first = next(v for v in volumes if v["from_here"])
    line = line_of(
        house_of(request).circulation.promise(first["record"], None, first["key"]),
        stops_for(request),
        today_of(request),
        booker.home,
    )
    return page(
        request,
        "pages/series.html",
        nav="search",
        record=described(found),
        series_title=found.series_title or described(found)["title"],
        volumes=volumes,
        most=LONGEST,
        line=line,
        room=places_of(request, booker.actor, booker.family),
        ask_card=booker.actor.is_staff,
        card=asked(request, "pour"),
        key=secrets.token_urlsafe(16),
        van_sentence=van_sentence(network_for(request)),
    )


def place(request: Request) -> Response:
    """Place the chain: all of it, or a refusal that says why."""
    booker, form = booker_of(request), form_of(request)
    patron = beneficiary_of(request, booker)
    house_of(request).circulation.place_series(
        booker.actor,
        patron_id=patron.id,
        links=[_link(text) for text in form.texts("tomes")],
        pickup=form.text("retrait") or booker.home,
        idempotency_key=key_as_filled_in(request),
    )
    return _after(request, booker, patron.id)


def _after(request: Request, booker: Booker, patron_id: int) -> Response:
    if booker.actor.is_staff:
        return go(f"/bureau/usagers/{patron_id}")
    return then(request, "/reservations", fait="serie")


def _link(text: str) -> tuple[int, str]:
    record, _, key = text.partition(":")
    number = id_in(record)
    if number is None:
        raise BadInput("volumes", "count")
    return number, key


def _volumes(request: Request, found: RecordView) -> Sequence[dict[str, Any]]:
    """Return the volumes to choose from, in order: of this record, else of its series."""
    own = house_of(request).circulation.volumes(found.id)
    if own:
        return [_volume(n, found.id, key, label, True) for n, (key, label) in enumerate(own)]
    with house_of(request).unit.read() as reader:
        others = volumes_in_series(reader, found.series_title)
    rows: list[dict[str, Any]] = []
    works, reached = set[int](), False
    for other in others:
        if other.work_id in works:
            continue
        works.add(other.work_id)
        reached = reached or other.work_id == found.work_id
        label = " · ".join(filter(None, (other.volume_label, other.title)))
        rows.append(_volume(len(rows), other.id, "", label, reached))
    return rows


def _volume(at: int, record: int, key: str, label: str, from_here: bool) -> dict[str, Any]:  # noqa: FBT001
    return {
        "at": at, "record": record, "key": key, "value": f"{record}:{key}", "label": label,
        "from_here": from_here,
    }  # fmt: skip
