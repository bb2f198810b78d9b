"""What a patron chooses about themselves: the language we speak, where they like to collect."""

from __future__ import annotations

from sqlalchemy import bindparam, update

from navette.network.network import LibraryInfo
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
_COLLECT = command(
    update(table(Patron))
    .where(_patron.id == bindparam("patron_id"))
    .values(usual_library_id=bindparam("chosen"))
)


def choose_language(tx: Tx, patron_id: int, language: str) -> None:
    """Keep the language of a patron, for pages on a new phone and for messages."""
    tx.run(_SPEAK, patron_id=patron_id, chosen=language)


def choose_usual_library(tx: Tx, patron_id: int, library: LibraryInfo) -> None:
    """Keep where a patron likes to collect: what every page proposes first."""
    tx.run(_COLLECT, patron_id=patron_id, chosen=library.id)
