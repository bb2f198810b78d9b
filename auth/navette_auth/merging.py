"""Two cards of one person become one, when a desk says so: numbers, holds, loans, links follow.

Everything that points to the card that goes is moved by one rule (every column with a foreign key
to a patron), so that a table made later is not forgotten; what must be unique is settled first.
What was true before is kept for a week, so that a mistake can be undone (unmerging.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    PrimaryKeyConstraint,
    UniqueConstraint,
    bindparam,
    delete,
    select,
    update,
)

from navette.circulation.joining import join_patrons
from navette.clock import local_date
from navette.errors import BadInput, NotFound
from navette.network.network import Network
from navette.notifications.tables import Message
from navette.patrons.consents import WHAT, Consents
from navette.patrons.pickup_codes import end_pickup_codes
from navette.patrons.reading import patron_of
from navette.patrons.tables import CardNumber, Consent, Guardian, NotSamePerson, Patron
from navette.patrons.withdrawing import stop
from navette.storage.base import metadata, table
from navette.storage.outbox import put
from navette.storage.statements import Query, command, scalar
from navette.storage.tables import Outbox
from navette.storage.unit import Tx
from navette_auth import codes
from navette_auth.identities import identity_with_card
from navette_auth.known_devices import forget_devices
from navette_auth.linking import part
from navette_auth.merge_images import Image, keys_of, person_row, rows_of
from navette_auth.sessions import end_others
from navette_auth.tables import ApiToken, Identity
from navette_auth.unmerging import keep_image
from navette_auth.vault import Vault

PURPOSES = (codes.LINK, codes.PASSWORD, "app")
# Ended, or about the card that goes alone: these stay where they are.
STAY = frozenset({
    "not_same_person.low_id", "not_same_person.high_id", "card_merge.gone_id",
    "card_merge.stays_id",
})  # fmt: skip
# Without a foreign key (they outlive a person), but still said to the person.
LOOSE = (("outbox", Outbox), ("message", Message))


@dataclass(frozen=True)
class Merged:
    """What went over to the card that stays."""

    holds: int
    loans: int
    numbers: int
    merge_id: int = 0


_p, _g, _c = table(Patron).c, table(Guardian).c, table(Consent).c
_i, _t, _n = table(Identity).c, table(ApiToken).c, table(NotSamePerson).c
_LOCKED: Query[Any] = Query(
    select(
        _p.id,
        _p.closed_at,
        _p.email,
        _p.phone,
        _p.password_hash,
        _p.valid_until,
        _p.birth_year,
        _p.history_since,
    )
    .where(_p.id.in_(bindparam("both", expanding=True)))
    .order_by(_p.id)
    .with_for_update(),
    lambda *row: row,
)
_KEEPS = command(
    update(table(Patron))
    .where(_p.id == bindparam("stays"))
    .values(
        email=bindparam("mail"), phone=bindparam("call"), password_hash=bindparam("hashed"),
        valid_until=bindparam("until"), birth_year=bindparam("year"),
        history_since=bindparam("history"), version=_p.version + 1,
    )
)  # fmt: skip
_CLOSE = command(
    update(table(Patron))
    .where(_p.id == bindparam("gone"))
    .values(
        closed_at=bindparam("now"), merged_into=bindparam("stays"), email="", phone="",
        password_hash="", first_name="", last_name="", name_key="", birth_year=None,
        of_age_on=None, history_since=None, version=_p.version + 1,
    )
)  # fmt: skip
_END_TOKENS = command(
    update(table(ApiToken))
    .where(_t.patron_id == bindparam("gone"), _t.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_IDENTITIES: Query[Any] = Query(
    select(_i.id, _i.issuer).where(_i.patron_id == bindparam("gone")), lambda *row: row
)
_END_LINK = command(
    update(table(Guardian))
    .where(_g.id == bindparam("link"))
    .values(ended_at=bindparam("now"), ended_by="merge")
)
_LINKS: Query[Any] = Query(
    select(_g.id, _g.guardian_id, _g.child_id).where(
        _g.ended_at.is_(None),
        (_g.guardian_id.in_(bindparam("both", expanding=True)))
        | (_g.child_id.in_(bindparam("both", expanding=True))),
    ).order_by(_g.id),
    lambda *row: row,
)  # fmt: skip
_CONSENTS = Query(
    select(_c.id).where(_c.child_id == bindparam("gone"), _c.ended_at.is_(None)), scalar
)
_END_CONSENTS = command(
    update(table(Consent))
    .where(_c.child_id == bindparam("gone"), _c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_NUMBERS = Query(
    select(table(CardNumber).c.number).where(table(CardNumber).c.patron_id == bindparam("gone")),
    scalar,
)
_SETTLED = command(
    delete(table(NotSamePerson)).where(
        (_n.low_id == bindparam("gone")) | (_n.high_id == bindparam("gone"))
    )
)


def merge_patrons(
    tx: Tx, vault: Vault, network: Network, now: datetime, actor: str, *, from_patron: int,
    into_patron: int,
) -> Merged:  # fmt: skip
    """Make two cards one; the card that goes opens the other from now on, its sessions end.

    The person is told; for a week it can be undone. Raises NotFound for a card that is closed, BadInput for one card twice.
    """
    if from_patron == into_patron:
        raise BadInput("into", "the same card")
    people = {row[0]: row for row in tx.all(_LOCKED, both=sorted({from_patron, into_patron}))}
    if len(people) < len({from_patron, into_patron}) or any(p[1] for p in people.values()):
        raise NotFound
    numbers = len(tx.all(_NUMBERS, gone=from_patron))
    image = Image(person_row(tx, from_patron), person_row(tx, into_patron))
    for column in person_columns():
        image.moved[str(column)] = keys_of(tx, column, from_patron)
    holds, loans = join_patrons(
        tx, network, now, actor, from_patron=from_patron, into_patron=into_patron
    )
    _settle(tx, image, from_patron, into_patron, now)
    for column in person_columns():
        _move(tx, image, column, from_patron, into_patron)
    _one_person(tx, people[from_patron], people[into_patron], now)
    _only_what_is_agreed(tx, network, into_patron, now)
    image.after = person_row(tx, into_patron)
    put(
        tx, "cards_merged", f"cards_merged:{from_patron}", now=now, patron_id=into_patron,
        payload={},
    )  # fmt: skip
    return Merged(holds, loans, numbers, keep_image(tx, vault, image, actor, now))


def person_columns() -> Iterator[Column[Any]]:
    """Give every column that points to a person and moves with them, of every table there is."""
    for kept in metadata.sorted_tables:
        for column in kept.columns:
            points = any(key.target_fullname == "patron.id" for key in column.foreign_keys)
            if points and str(column) not in STAY:
                yield column
    for name, model in LOOSE:
        assert name in metadata.tables  # noqa: S101 - a renamed table is a mistake of ours
        yield table(model).c.patron_id


def _only_what_is_agreed(tx: Tx, network: Network, stays: int, now: datetime) -> None:
    """Stop what came along for a child and was agreed for the other card alone."""
    consents, person = Consents(network, now, local_date(now)), patron_of(tx, stays)
    for what in WHAT if consents.needed(person) else ():
        if not consents.given(tx, stays, what):
            stop(tx, stays, what)


def _settle(tx: Tx, image: Image, gone: int, stays: int, now: datetime) -> None:
    """End what could stand twice, and what opened the card that goes."""
    for identity, issuer in tx.all(_IDENTITIES, gone=gone):
        if identity_with_card(tx, issuer, stays) is not None:
            part(tx, identity, now)
            image.parted.append(identity)
    seen: set[tuple[int, int]] = set()
    for link, adult, child in tx.all(_LINKS, both=[gone, stays]):
        pair = tuple(stays if one == gone else one for one in (adult, child))
        if pair in seen or pair[0] == pair[1]:
            tx.run(_END_LINK, link=link, now=now)
            image.links.append(link)
        seen.add((pair[0], pair[1]))
    image.consents += tx.all(_CONSENTS, gone=gone)
    tx.run(_END_CONSENTS, gone=gone, now=now)
    for column in (_n.low_id, _n.high_id):
        rows = rows_of(tx, table(NotSamePerson), column, gone)
        image.deleted += [("not_same_person", row) for row in rows]
    tx.run(_SETTLED, gone=gone)
    end_others(tx, gone, now)
    tx.run(_END_TOKENS, gone=gone, now=now)
    forget_devices(tx, gone)
    end_pickup_codes(tx, gone, now)
    for purpose in PURPOSES:
        codes.end_codes(tx, gone, purpose, now)


def _move(tx: Tx, image: Image, column: Column[Any], gone: int, stays: int) -> None:
    for rule in column.table.constraints:
        if not isinstance(rule, UniqueConstraint | PrimaryKeyConstraint):
            continue
        if column in list(rule.columns):
            others = [other for other in rule.columns if other is not column]
            _leave_one(tx, image, column, others, gone, stays)
    statement = update(column.table).where(column == bindparam("gone"))
    tx.run(command(statement.values({column.name: bindparam("stays")})), gone=gone, stays=stays)


def _leave_one(
    tx: Tx, image: Image, column: Column[Any], others: list[Column[Any]], gone: int, stays: int
) -> None:
    """Take away what the card that stays has too: one answer to a question, not two."""
    same = column.table.alias("same")
    twin = select(same.c[column.name]).where(
        same.c[column.name] == bindparam("stays"),
        *(same.c[other.name] == other for other in others),
    )
    before = rows_of(tx, column.table, column, gone)
    taken = delete(column.table).where(column == bindparam("gone"), twin.exists())
    if not tx.run(command(taken), gone=gone, stays=stays):
        return
    left = rows_of(tx, column.table, column, gone)
    image.deleted += [(str(column.table.name), row) for row in before if row not in left]


def _one_person(tx: Tx, gone: Any, stays: Any, now: datetime) -> None:
    """Keep what the card that stays says, and fill what it does not."""
    _id, _closed, mail, phone, hashed, until, year, history = stays
    tx.run(
        _KEEPS, stays=stays[0], mail=mail or gone[2], call=phone or gone[3],
        hashed=hashed or gone[4], until=max(until, gone[5]), year=year or gone[6],
        history=history or gone[7],
    )  # fmt: skip
    tx.run(_CLOSE, gone=gone[0], stays=stays[0], now=now)
