"""What a patron chooses about themselves: for now, the language in which we speak and write."""

from __future__ import annotations

from sqlalchemy import bindparam, update

from navette.patrons.tables import Patron
from navette.storage.base import table
from navette.storage.statements import command
from navette.storage.unit import Tx

_patron = table(Patron).c
_SPEAK = command(
    update(table(Patron))
    .where(_patron.id == bindparam("patron_id"))
    .values(language=bindparam("chosen"))
)


def choose_language(tx: Tx, patron_id: int, language: str) -> None:
    """Keep the language of a patron, for pages on a new phone and for messages."""
    tx.run(_SPEAK, patron_id=patron_id, chosen=language)
