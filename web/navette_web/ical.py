"""My due dates in my own calendar: a feed at a private address, without titles unless chosen."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from navette.clock import local_date
from navette.errors import NotFound
from navette.languages import _, ngettext, speaking
from navette.notifications.calendar import Address, Entry, opened_by, written
from navette.patrons.reading import PatronView, children_of, patron_of
from navette_web import french
from navette_web.shell import house_of, network_for, now_of

KIND = "text/calendar; charset=utf-8"


def feed(request: Request) -> Response:
    """Give the calendar that the secret of the address opens; anything else is no page."""
    house = house_of(request)
    with house.unit.read() as reader:
        found = opened_by(reader, str(request.path_params["secret"]))
        if found is None:
            raise NotFound
        person = patron_of(reader, found.patron_id)
        children = children_of(reader, person.id, local_date(now_of(request)))
    with speaking(person.language):
        entries = [
            entry
            for one in (person, *children)
            for entry in _entries(request, one, found, named=one.id != person.id)
        ]
        name = _("Bibliothèques : mes dates")
    host = urlsplit(house.settings.base_url).hostname or "navette"
    text = written(name, entries, host, now_of(request))
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return Response(text, media_type=KIND, headers=headers)


def _entries(
    request: Request, person: PatronView, address: Address, *, named: bool
) -> Sequence[Entry]:
    circulation, network = house_of(request).circulation, network_for(request)
    titles = address.titles and not named
    due: dict[date, list[str]] = defaultdict(list)
    for loan in circulation.loans_of(person.id):
        due[loan.due_on].append(french.with_volume(loan.title, loan.volume_label, loan.type))
    entries = [
        Entry(
            f"due-{person.id}-{day:%Y%m%d}",
            day,
            _whose(
                ngettext("{count} document à rendre", "{count} documents à rendre", len(what))
                .format(count=len(what)), person, named=named,
            ),
            "\n".join(what) if titles else "",
        )
        for day, what in sorted(due.items())
    ]  # fmt: skip
    for hold in circulation.holds_of(person.id):
        if hold.state == "READY" and hold.pickup_deadline is not None:
            said = _("Dernier jour pour retirer une réservation à {library}").format(
                library=network.library(hold.pickup).short_name
            )
            entries.append(
                Entry(
                    f"hold-{hold.id}",
                    local_date(hold.pickup_deadline),
                    _whose(said, person, named=named),
                    hold.title if titles else "",
                )
            )
    return entries


def _whose(said: str, person: PatronView, *, named: bool) -> str:
    if not named:
        return said
    return _("Pour {child}\N{NO-BREAK SPACE}: {said}").format(child=person.first_name, said=said)
