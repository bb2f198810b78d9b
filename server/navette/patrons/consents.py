"""Consents: under 15, some things need the child and a guardian together (push, history)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from navette.errors import ConsentNeeded, GuardianRefused, NotFound
from navette.network.network import Network
from navette.patrons.ages import Ages, is_under
from navette.patrons.families import link_between, links_of
from navette.patrons.guarding import tell
from navette.patrons.reading import PatronView, patron_of
from navette.patrons.tables import Consent
from navette.patrons.withdrawing import HISTORY, PUSH, stop
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx

WHAT: Sequence[str] = (PUSH, HISTORY)


class Asked(NamedTuple):
    """A consent that was asked for; `given` once both have agreed."""

    id: int
    child_id: int
    what: str
    asked_at: datetime
    child_at: datetime | None
    guardian_at: datetime | None
    at_desk: bool

    @property
    def given(self) -> bool:
        """Return whether child and guardian both agreed."""
        return self.child_at is not None and self.guardian_at is not None


_c = table(Consent).c
_OPEN = select(
    _c.id, _c.child_id, _c.what, _c.asked_at, _c.child_at, _c.guardian_at, _c.at_desk
).where(_c.child_id == bindparam("child"), _c.ended_at.is_(None))
_ONE = Query(_OPEN.where(_c.what == bindparam("of")), Asked)
_LOCKED = Query(_OPEN.where(_c.what == bindparam("of")).with_for_update(), Asked)
_ALL = Query(_OPEN.order_by(_c.what), Asked)
_CHILD = command(
    update(table(Consent)).where(_c.id == bindparam("one")).values(child_at=bindparam("now"))
)
_GUARDIAN = command(
    update(table(Consent))
    .where(_c.id == bindparam("one"))
    .values(guardian_at=bindparam("now"), guardian_id=bindparam("adult"))
)
_END = command(
    update(table(Consent))
    .where(_c.id == bindparam("one"), _c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)


@dataclass(frozen=True)
class Consents:
    """The door to what families agree on, on one day."""

    network: Network
    now: datetime
    today: date

    def check(self, reader: Reader, patron_id: int, what: str) -> None:
        """Raise ConsentNeeded when somebody under 15 has no consent to this; else return."""
        person = patron_of(reader, patron_id)
        if self.needed(person) and not self.given(reader, patron_id, what):
            raise ConsentNeeded(what)

    def needed(self, person: PatronView) -> bool:
        """Return whether this person needs a guardian's consent."""
        ages = Ages.of(self.network)
        return is_under(person, ages.consent, self.today, ages.adult)

    def given(self, reader: Reader, child_id: int, what: str) -> bool:
        """Return whether child and guardian agreed to this."""
        found = reader.first(_ONE, child=child_id, of=what)
        return found is not None and found.given

    def of(self, reader: Reader, child_id: int) -> Sequence[Asked]:
        """Return what was asked for and is not over."""
        return reader.all(_ALL, child=child_id)

    def ask(self, tx: Tx, child_id: int, what: str) -> bool:
        """Let the child ask, and tell every guardian once; return whether it is given already."""
        child = self._child(tx, child_id, what)
        found = self._open(tx, child_id, what)
        if found.child_at is None:
            tx.run(_CHILD, one=found.id, now=self.now)
            if found.guardian_at is None:
                whom = tuple(link.guardian_id for link in links_of(tx, child_id, self.today))
                tell(tx, "consent_asked", found.id, child, self.now, whom)
            else:
                self._told(tx, found.id, child)
        return found.guardian_at is not None

    def agree(self, tx: Tx, adult_id: int, child_id: int, what: str) -> bool:
        """Let a guardian agree; return whether it is given now (the child asked before)."""
        self._guardian(tx, adult_id, child_id)
        child = self._child(tx, child_id, what)
        found = self._open(tx, child_id, what)
        if found.guardian_at is None:
            tx.run(_GUARDIAN, one=found.id, now=self.now, adult=adult_id)
            self._told(tx, found.id, child)
        return found.child_at is not None

    def at_desk(self, tx: Tx, child_id: int, what: str, adult_id: int) -> None:
        """Keep that child and guardian said so together at a desk; both are told."""
        self._guardian(tx, adult_id, child_id)
        child = self._child(tx, child_id, what)
        found = self._open(tx, child_id, what, at_desk=True)
        tx.run(_CHILD, one=found.id, now=self.now)
        tx.run(_GUARDIAN, one=found.id, now=self.now, adult=adult_id)
        self._told(tx, found.id, child)

    def end(self, tx: Tx, child_id: int, what: str, adult_id: int | None = None) -> None:
        """End or refuse: the child, a guardian (`adult_id`) or the desk may, each alone.

        What it had allowed is gone at once: phones are told no more, the list is erased.
        """
        if adult_id is not None:
            self._guardian(tx, adult_id, child_id)
        found = tx.first(_LOCKED, child=child_id, of=what)
        if found is None or tx.run(_END, one=found.id, now=self.now) != 1:
            raise NotFound
        child = patron_of(tx, child_id)
        if self.needed(child):
            stop(tx, child_id, what)
        tell(tx, "consent_ended", found.id, child, self.now, self._both(tx, child_id))

    def _child(self, reader: Reader, child_id: int, what: str) -> PatronView:
        if what not in WHAT:
            raise NotFound
        child = patron_of(reader, child_id)
        if not self.needed(child):
            raise GuardianRefused("speaks_alone")
        return child

    def _guardian(self, reader: Reader, adult_id: int, child_id: int) -> None:
        if link_between(reader, adult_id, child_id, self.today) is None:
            raise NotFound

    def _open(self, tx: Tx, child_id: int, what: str, *, at_desk: bool = False) -> Asked:
        found = tx.first(_LOCKED, child=child_id, of=what)
        if found is None:
            tx.insert(Consent, child_id=child_id, what=what, asked_at=self.now, at_desk=at_desk)
            found = tx.one(_LOCKED, child=child_id, of=what)
        return found

    def _both(self, reader: Reader, child_id: int) -> tuple[int, ...]:
        guardians = (link.guardian_id for link in links_of(reader, child_id, self.today))
        return (child_id, *guardians)

    def _told(self, tx: Tx, about: int, child: PatronView) -> None:
        tell(tx, "consent_given", about, child, self.now, self._both(tx, child.id))
