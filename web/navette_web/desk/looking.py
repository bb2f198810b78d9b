"""What the team sees of people: whole or by first name and initial, and always in the journal."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from starlette.requests import Request

from navette.errors import Forbidden, NotFound
from navette.ils.views import Actor
from navette.network.network import LibraryInfo
from navette.patrons.reading import PatronView
from navette_auth.journal import note_look, seen_lately
from navette_web.shell import agent_of, house_of, now_of, number_of, visitor_of

AGAIN_AFTER = timedelta(minutes=1)


def knowing(request: Request) -> tuple[Actor, LibraryInfo]:
    """Return who is at the desk, and where, if their role may know readers; Forbidden."""
    actor, library = agent_of(request)
    if not actor.knows_readers:
        raise Forbidden
    return actor, library


def known_reader(request: Request) -> int:
    """Return the reader of this address, for somebody who may know them; Forbidden, NotFound."""
    knowing(request)
    patron = number_of(request, "patron")
    if patron is None:
        raise NotFound
    return patron


def looked(request: Request, patrons: Iterable[int], kind: str, detail: str = "") -> None:
    """Write in the journal that the team member of this request looked at these people.

    Call it before the page is answered: what cannot be written is not shown.
    """
    member, now, seen = visitor_of(request).staff, now_of(request), list(patrons)
    if member is not None and seen:
        house_of(request).unit.write(lambda tx: note_look(tx, member, seen, kind, now, detail))


def looked_again(request: Request, patrons: Iterable[int], kind: str) -> None:
    """Write it unless the same member looked in the same way within the last minute.

    A card stays open from scan to scan; what a form says of that is nobody's proof.
    """
    member, people = visitor_of(request).staff, list(patrons)
    if member is None or not people:
        return
    since = now_of(request) - AGAIN_AFTER
    with house_of(request).unit.read() as reader:
        known = seen_lately(reader, member, people, kind, since)
    looked(request, [one for one in people if one not in known], kind)


def shown_to(actor: Actor, person: PatronView) -> PatronView:
    """Return a person as this role may see them: a volunteer sees "Sami D." and no way to write."""
    if actor.knows_readers:
        return person
    return replace(
        person, last_name=f"{person.last_name[:1]}.", email="", phone="", birth_year=None
    )
