"""Identities: people as a provider knows them, and the one card that each has proven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select, update

from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx
from navette_auth.providers import Identity as Known
from navette_auth.tables import Identity


class LinkedIdentity(NamedTuple):
    """An identity as it is kept; `patron_id` is its own card once that was proven."""

    id: int
    issuer: str
    subject: str
    claims: Mapping[str, Any]
    patron_id: int | None
    linked_at: datetime | None
    last_seen_at: datetime

    @property
    def name(self) -> str:
        """Return the name that the provider gives, '' when it gives none."""
        return str(self.claims.get("name", ""))


_i = table(Identity).c
_p = table(Patron).c
_IDENTITIES = select(
    _i.id, _i.issuer, _i.subject, _i.claims, _i.patron_id, _i.linked_at, _i.last_seen_at
)
_BY_ID = Query(_IDENTITIES.where(_i.id == bindparam("identity")), LinkedIdentity)
_LOCKED = Query(_IDENTITIES.where(_i.id == bindparam("identity")).with_for_update(), LinkedIdentity)
_BY_SUBJECT = Query(
    _IDENTITIES.where(_i.issuer == bindparam("of"), _i.subject == bindparam("whose")),
    LinkedIdentity,
)
_OF_CARD = Query(
    select(_i.id).where(_i.issuer == bindparam("of"), _i.patron_id == bindparam("patron")), scalar
)
_SEEN_BY = Query(
    _IDENTITIES.where(
        or_(_i.id == bindparam("identity"), _i.patron_id == bindparam("patron"))
    ).order_by(_i.id),
    LinkedIdentity,
)
_OPEN = Query(select(_p.id).where(_p.id == bindparam("patron"), _p.closed_at.is_(None)), scalar)
_SEEN = command(
    update(table(Identity))
    .where(_i.id == bindparam("identity"))
    .values(claims=bindparam("said"), last_seen_at=bindparam("now"))
)
_LINK = command(
    update(table(Identity))
    .where(_i.id == bindparam("identity"))
    .values(patron_id=bindparam("patron"), linked_at=bindparam("now"))
)


def remember_identity(tx: Tx, known: Known, now: datetime) -> LinkedIdentity:
    """Keep what the provider said today and return the identity, made at its first sign-in."""
    found = tx.first(_BY_SUBJECT, of=known.issuer, whose=known.subject)
    if found is None:
        new = tx.insert(
            Identity, issuer=known.issuer, subject=known.subject, claims=dict(known.claims),
            patron_id=None, created_at=now, linked_at=None, last_seen_at=now,
        )  # fmt: skip
        return tx.one(_BY_ID, identity=new)
    tx.run(_SEEN, identity=found.id, said=dict(known.claims), now=now)
    return tx.one(_BY_ID, identity=found.id)


def identity_of(reader: Reader, identity_id: int, *, locked: bool = False) -> LinkedIdentity:
    """Return an identity; `locked` when it is about to be changed."""
    return reader.one(_LOCKED if locked else _BY_ID, identity=identity_id)


def find_identity(reader: Reader, issuer: str, subject: str) -> LinkedIdentity | None:
    """Return the identity that a provider names."""
    return reader.first(_BY_SUBJECT, of=issuer, whose=subject)


def identities_for(
    reader: Reader, patron_id: int | None, identity_id: int | None
) -> Sequence[LinkedIdentity]:
    """Return the identities linked to a card, and the one of the session."""
    return reader.all(_SEEN_BY, patron=patron_id, identity=identity_id)


def identity_with_card(reader: Reader, issuer: str, patron_id: int) -> int | None:
    """Return the identity of this issuer that has this card."""
    return reader.first(_OF_CARD, of=issuer, patron=patron_id)


def open_card_of(reader: Reader, identity: LinkedIdentity) -> int | None:
    """Return the patron of an identity, nobody when there is no card or it was closed."""
    if identity.patron_id is None:
        return None
    return reader.first(_OPEN, patron=identity.patron_id)


def set_card(tx: Tx, identity_id: int, patron_id: int | None, now: datetime) -> None:
    """Give an identity its card, or take it away."""
    tx.run(_LINK, identity=identity_id, patron=patron_id, now=now if patron_id else None)
