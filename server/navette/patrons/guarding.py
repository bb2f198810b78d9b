"""Guarding: an adult gets a child to look after, and loses the link at once, or at 18."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import bindparam, or_, select, update

from navette.clock import local_date
from navette.errors import GuardianRefused, NotFound
from navette.network.loading import network_of
from navette.network.network import Network
from navette.patrons.ages import Ages, birthday, is_under
from navette.patrons.families import how_many_guardians, link_between, link_numbered
from navette.patrons.reading import PatronView, patron_of
from navette.patrons.tables import Consent, Guardian, Invitation, Patron
from navette.patrons.withdrawing import stop
from navette.storage.base import table
from navette.storage.outbox import put
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Tx

DESK, INVITATION, AGE = "desk", "invitation", "age"
_g, _p = table(Guardian).c, table(Patron).c
_c, _i = table(Consent).c, table(Invitation).c
_END = command(
    update(table(Guardian))
    .where(_g.id == bindparam("link"), _g.ended_at.is_(None))
    .values(ended_at=bindparam("now"), ended_by=bindparam("by"))
)
_LOCK = Query(select(_p.id).where(_p.id == bindparam("child")).with_for_update(), scalar)
_GROWN = Query(
    select(_g.id)
    .join_from(table(Guardian), table(Patron), _p.id == _g.child_id)
    .where(
        _g.ended_at.is_(None),
        or_(
            _g.ends_on <= bindparam("today"),
            _p.of_age_on <= bindparam("today"),
            (_p.of_age_on.is_(None)) & (_p.birth_year <= bindparam("year")),
        ),
    )
    .order_by(_g.id),
    scalar,
)
_FORGET_DAY = command(
    update(table(Patron))
    .where(_p.of_age_on <= bindparam("today"))
    .values(of_age_on=None, version=_p.version + 1)
)
_GIVEN: Query[str] = Query(
    select(_c.what).where(
        _c.child_id == bindparam("child"), _c.guardian_id == bindparam("adult"),
        _c.guardian_at.is_not(None), _c.ended_at.is_(None),
    ),
    scalar,
)  # fmt: skip
_DROP_CONSENTS = command(
    update(table(Consent))
    .where(
        _c.child_id == bindparam("child"), _c.guardian_id == bindparam("adult"),
        _c.guardian_at.is_not(None), _c.ended_at.is_(None),
    )
    .values(ended_at=bindparam("now"))
)  # fmt: skip
_DROP_INVITATIONS = command(
    update(table(Invitation))
    .where(
        _i.child_id == bindparam("child"), _i.ended_at.is_(None),
        or_(_i.invited_by == bindparam("adult"), _i.answered_by == bindparam("adult")),
    )
    .values(ended_at=bindparam("now"), outcome="link ended")
)  # fmt: skip


def link_guardian(
    tx: Tx, network: Network, adult_id: int, child_id: int, now: datetime, today: date, by: str
) -> int:
    """Let an adult act for a child until the child is of age; returns the link's id.

    The young person and the new guardian are told; the other guardians are not. Raises NotFound
    and GuardianRefused: own_card, not_adult, of_age, already, too_many.
    """
    tx.first(_LOCK, child=child_id)  # one at a time for a child: the limit is a count
    adult, child = patron_of(tx, adult_id), patron_of(tx, child_id)
    check_pair(tx, network, adult, child, today)
    ages = Ages.of(network)
    link = tx.insert(
        Guardian, guardian_id=adult.id, child_id=child.id, since=now, made_by=by, ended_by="",
        ends_on=birthday(child, ages.adult, ages.adult),
    )  # fmt: skip
    tell(tx, "guardian_new", link, child, now, (adult.id, child.id))
    return link


def check_pair(tx: Tx, network: Network, adult: PatronView, child: PatronView, today: date) -> None:
    """Raise GuardianRefused unless this adult may become a guardian of this child today."""
    ages = Ages.of(network)
    if adult.id == child.id:
        raise GuardianRefused("own_card")
    if adult.category == "child" or is_under(adult, ages.adult, today, ages.adult):
        raise GuardianRefused("not_adult")
    if not is_under(child, ages.adult, today, ages.adult):
        raise GuardianRefused("of_age")
    if link_between(tx, adult.id, child.id, today) is not None:
        raise GuardianRefused("already")
    if how_many_guardians(tx, child.id, today) >= ages.most_guardians:
        raise GuardianRefused("too_many")


def end_guardian(tx: Tx, link_id: int, now: datetime, by: str) -> None:
    """End a link at once; what that guardian alone had allowed ends too. NotFound when it is over.

    Both are told that it ended, neither who asked.
    """
    link = link_numbered(tx, link_id)
    if link is None or tx.run(_END, link=link_id, now=now, by=by) != 1:
        raise NotFound
    pair = {"child": link.child_id, "adult": link.guardian_id}
    child, given = patron_of(tx, link.child_id), tx.all(_GIVEN, **pair)
    tx.run(_DROP_CONSENTS, now=now, **pair)
    tx.run(_DROP_INVITATIONS, now=now, **pair)
    ages = Ages.of(network_of(tx))
    if is_under(child, ages.consent, local_date(now), ages.adult):
        for what in given:  # who is older speaks alone: nothing of theirs is taken away
            stop(tx, child.id, what)
    tell(tx, "guardian_ended", link_id, child, now, (link.guardian_id, child.id))


def end_grown_up(tx: Tx, network: Network, today: date, now: datetime) -> int:
    """End the links of those who are of age since this morning, and forget their day of birth."""
    adult = Ages.of(network).adult
    links = tx.all(_GROWN, today=today, year=today.year - adult)
    for link in links:
        end_guardian(tx, link, now, AGE)
    tx.run(_FORGET_DAY, today=today)
    return len(links)


def tell(
    tx: Tx, kind: str, about: int, child: PatronView, now: datetime, whom: tuple[int, ...]
) -> None:
    """Tell each of these people, by their own ways, of something about the child."""
    for person in whom:
        key = f"{kind}:{about}:{person}:{int(now.timestamp())}"
        payload = {"child": child.first_name, "mine": person == child.id}
        put(tx, kind, key, now=now, patron_id=person, payload=payload)
