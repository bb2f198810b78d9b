"""The rooms of a person, of every floor: the only place that knows all the tables with people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, select, update

from navette.circulation.leaving import leave
from navette.circulation.tables import Hold, HoldEvent, Loan, Transit
from navette.network.loading import network_of
from navette.notifications.tables import Message
from navette.patrons.privacy import CUT, DELETE, KEEP, Privacy, Room
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.tables import Outbox
from navette.storage.unit import Reader, Tx
from navette_server.metadata import metadata

SECRETS = frozenset({
    "password_hash", "secret", "token_hash", "token", "code_hash", "hash", "key", "auth", "p256dh",
    "id_token", "refresh_token", "access_token", "mark", "value", "payload", "name_key", "digest",
    "address", "claims_sealed", "kept", "public_key", "credential_id",
})  # fmt: skip
# What erasing does to the rows of a table; a table that is not named here loses its rows.
ACTS = {"patron": KEEP, "hold": KEEP, "loan": CUT, "outbox": DELETE, "message": DELETE}
# Another person's word about themselves, or the house's: the person is taken out of the row.
LEFT = {"guardian_invitation.answered_by": CUT, "consent.guardian_id": CUT}
# Columns that name a person without a foreign key.
LOOSE = {"message": "patron_id", "outbox": "patron_id"}
# Journals that nothing ever changes: they hold a number, and the name is gone with the person.
UNCHANGED = frozenset({"staff_look"})
_h, _l = table(Hold).c, table(Loan).c
_OPEN_LOANS = Query(
    select(func.count()).where(_l.patron_id == bindparam("patron"), _l.returned_at.is_(None)),
    scalar,
)


def people_columns() -> Iterator[tuple[Table, Any]]:
    """Yield every column that says who somebody is, of every table of the house."""
    for one in metadata.sorted_tables:
        if one.name == "patron":
            yield one, one.c.id
        for column in one.columns:
            if any(key.column.table.name == "patron" for key in column.foreign_keys):
                yield one, column
        if one.name in LOOSE:
            yield one, one.c[LOOSE[one.name]]


def privacy() -> Privacy:
    """Return what is known of people, and how it goes."""
    rooms = [
        Room(
            str(one.name),
            one,
            column,
            LEFT.get(f"{one.name}.{column.name}", ACTS.get(one.name, DELETE)),
            SECRETS,
        )
        for one, column in people_columns()
        if one.name not in UNCHANGED
    ]
    # rows that point at others go first
    rooms.sort(key=lambda room: -[one.name for one in metadata.sorted_tables].index(room.name))
    return Privacy(rooms, _open_loans, _leave, RETAINED)


def _open_loans(reader: Reader, patron_id: int) -> int:
    count: int = reader.one(_OPEN_LOANS, patron=patron_id)
    return count


def _leave(tx: Tx, patron_id: int, now: datetime) -> object:
    return leave(tx, network_of(tx), now, patron_id, f"patron:{patron_id}")


def _cut_loans(tx: Tx, before: datetime) -> int:
    cut = update(table(Loan)).where(_l.returned_at < bindparam("before"), _l.patron_id.is_not(None))
    return tx.execute(cut.values(patron_id=None, hold_id=None, override_reason=""), before=before)


def _cut_holds(tx: Tx, before: datetime) -> int:
    """Take away holds that ended: a hold without a person is nothing; what counts was counted."""
    gone = select(_h.id).where(_h.ended_at < bindparam("before"))
    for model in (Loan, Transit, Hold):
        column = table(model).c.previous_in_chain if model is Hold else table(model).c.hold_id
        tx.execute(
            update(table(model)).where(column.in_(gone)).values({column.name: None}), before=before
        )
    for about in (HoldEvent, Message, Outbox):
        tx.execute(delete(table(about)).where(table(about).c.hold_id.in_(gone)), before=before)
    return tx.execute(delete(table(Hold)).where(_h.ended_at < bindparam("before")), before=before)


def _cut_messages(tx: Tx, before: datetime) -> int:
    old = delete(table(Message)).where(table(Message).c.sent_at < bindparam("before"))
    return tx.execute(old, before=before)


RETAINED: tuple[Callable[[Tx, datetime], int], ...] = (_cut_loans, _cut_holds, _cut_messages)
