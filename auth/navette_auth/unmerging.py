"""Undoing a merge: two cards that were one person's by mistake are two again, within a week.

What can be given back is given back: numbers, names, contacts, password, loans, reservations,
family, accounts. What ended stays ended and is said: sessions, keys of programs, codes, and the one
of two reservations for the same title that the merge had cancelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from navette.circulation.rows import ACTIVE_OF_PATRON
from navette.circulation.targeting_service import retarget
from navette.circulation.transitions import lock_work
from navette.errors import NotFound
from navette.network.network import Network
from navette.patrons.tables import Consent, Guardian, Patron
from navette.storage.base import table
from navette.storage.outbox import put
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx
from navette_auth.identities import identity_of, identity_with_card, set_card
from navette_auth.merge_images import (
    Image,
    move_back,
    person_row,
    put_back,
    restore_person,
)
from navette_auth.tables import CardMerge
from navette_auth.vault import Vault

WITHIN = timedelta(days=7)
A_PAGE = 20
# what a merge may change of the card that stays; given back where it is still as the merge left it
TAKEN_OVER = ("email", "phone", "password_hash", "valid_until", "birth_year", "history_since")


class Recent(NamedTuple):
    """A merge that can still be undone."""

    id: int
    gone_id: int
    stays_id: int
    at: datetime
    made_by: str
    kept: str


_m, _g, _c, _p = table(CardMerge).c, table(Guardian).c, table(Consent).c, table(Patron).c
_RECENT = select(_m.id, _m.gone_id, _m.stays_id, _m.at, _m.made_by, _m.kept).where(
    _m.at > bindparam("since")
)
_LATEST = Query(_RECENT.order_by(_m.id.desc()).limit(A_PAGE), Recent)
_ONE = Query(_RECENT.where(_m.id == bindparam("merge")).with_for_update(), Recent)
_BOTH: Query[Any] = Query(
    select(_p.id, _p.closed_at, _p.merged_into)
    .where(_p.id.in_(bindparam("both", expanding=True)))
    .order_by(_p.id)
    .with_for_update(),
    lambda *row: row,
)
_OVER = command(delete(table(CardMerge)).where(_m.id == bindparam("merge")))
_SWEEP = command(delete(table(CardMerge)).where(_m.at <= bindparam("since")))
_LINK = command(
    update(table(Guardian))
    .where(_g.id == bindparam("link"), _g.ended_by == "merge")
    .values(ended_at=None, ended_by="")
)
_CONSENT = command(
    update(table(Consent))
    .where(_c.id == bindparam("one"), _c.ended_at == bindparam("at"))
    .values(ended_at=None)
)


def keep_image(tx: Tx, vault: Vault, image: Image, made_by: str, now: datetime) -> int:
    """Keep what was true before, sealed; return the merge's id."""
    return tx.insert(
        CardMerge, gone_id=image.gone["id"], stays_id=image.stays["id"], at=now, made_by=made_by,
        kept=vault.seal(image.text()),
    )  # fmt: skip


def recent_merges(reader: Reader, now: datetime) -> Sequence[Recent]:
    """Return the latest merges that can still be undone."""
    return reader.all(_LATEST, since=now - WITHIN)


def undo_merge(
    tx: Tx, vault: Vault, network: Network, now: datetime, actor: str, merge_id: int
) -> tuple[int, int]:
    """Make the two cards two again; return who they are, the one that had gone first.

    Both are told. Raises NotFound when it is too late, undone already, or one of them is gone.
    """
    found = tx.first(_ONE, merge=merge_id, since=now - WITHIN)
    text = vault.open(found.kept) if found is not None else ""
    if found is None or not text:
        raise NotFound
    gone, stays = found.gone_id, found.stays_id
    people = {row[0]: row for row in tx.all(_BOTH, both=sorted({gone, stays}))}
    if people[stays][1] is not None or people[gone][2] != stays:
        raise NotFound
    image = Image.of(text)
    works = sorted({hold.work_id for hold in tx.all(ACTIVE_OF_PATRON, patron=stays)})
    for work_id in works:
        lock_work(tx, work_id)
    _people_again(tx, image)
    move_back(tx, image, gone, stays)
    put_back(tx, image)
    _open_again(tx, image, gone, found.at, now)
    tx.run(_OVER, merge=merge_id)
    for work_id in works:
        retarget(tx, work_id, now, network, actor)
    for person in (gone, stays):
        put(tx, "cards_parted", f"cards_parted:{merge_id}:{person}", now=now, patron_id=person)
    return gone, stays


def sweep(tx: Tx, now: datetime) -> int:
    """Forget what can be undone no more."""
    return tx.run(_SWEEP, since=now - WITHIN)


def _people_again(tx: Tx, image: Image) -> None:
    restore_person(tx, image.gone)
    today, merged = person_row(tx, image.stays["id"]), image.after
    only = [name for name in TAKEN_OVER if today[name] == merged.get(name)]
    restore_person(tx, image.stays, only)


def _open_again(tx: Tx, image: Image, gone: int, at: datetime, now: datetime) -> None:
    for link in image.links:
        tx.run(_LINK, link=link)
    for one in image.consents:
        tx.run(_CONSENT, one=one, at=at)
    for one in image.parted:
        identity = identity_of(tx, one, locked=True)
        if identity.patron_id is None and identity_with_card(tx, identity.issuer, gone) is None:
            set_card(tx, one, gone, now)
