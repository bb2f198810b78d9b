"""Inviting: a guardian asks another adult to look after the child too.

The guardian gives a code to the other adult, who answers with it from their own account. Both
then read the same number, and the guardian, another one or the desk says that it is the right
person: nobody reads a name. Seven days, once.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from navette.errors import GuardianRefused, NotFound
from navette.network.network import Network
from navette.patrons.families import link_between, links_of
from navette.patrons.guarding import INVITATION, check_pair, link_guardian, tell
from navette.patrons.reading import patron_of
from navette.patrons.tables import Invitation
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx

LIFE = timedelta(days=7)
MOST_OPEN = 3


class Invited(NamedTuple):
    """An invitation that is not over."""

    id: int
    child_id: int
    invited_by: int
    check_number: str
    answered_by: int | None
    expires_at: datetime


_i = table(Invitation).c
_OPEN = (_i.ended_at.is_(None), _i.expires_at > bindparam("now"))
_INVITED = select(
    _i.id, _i.child_id, _i.invited_by, _i.check_number, _i.answered_by, _i.expires_at
).where(*_OPEN)
_BY_MARK = Query(
    _INVITED.where(_i.mark.in_(bindparam("marks", expanding=True)), _i.answered_by.is_(None)),
    Invited,
)
_BY_ID = Query(_INVITED.where(_i.id == bindparam("one")).with_for_update(), Invited)
_OF_CHILDREN = Query(
    _INVITED.where(_i.child_id.in_(bindparam("children", expanding=True))).order_by(_i.id),
    Invited,
)
_OF_ADULT = Query(_INVITED.where(_i.answered_by == bindparam("adult")).order_by(_i.id), Invited)
_ANSWER = command(
    update(table(Invitation))
    .where(_i.id == bindparam("one"), _i.answered_by.is_(None), _i.ended_at.is_(None))
    .values(answered_by=bindparam("adult"), answered_at=bindparam("now"))
)
_OVER = command(
    update(table(Invitation))
    .where(_i.id == bindparam("one"), _i.ended_at.is_(None))
    .values(ended_at=bindparam("now"), outcome=bindparam("how"))
)


@dataclass(frozen=True)
class Inviting:
    """The door to invitations, at one instant."""

    network: Network
    now: datetime
    today: date

    def invite(self, tx: Tx, adult_id: int, child_id: int, mark: str) -> Invited:
        """Keep an invitation whose code has this mark; NotFound, GuardianRefused."""
        self._guardian(tx, adult_id, child_id)
        theirs = [one for one in self.open_for(tx, [child_id]) if one.invited_by == adult_id]
        if len(theirs) >= MOST_OPEN:
            raise GuardianRefused("invitations")
        number = f"{secrets.randbelow(900) + 100}"
        one = tx.insert(
            Invitation, child_id=child_id, invited_by=adult_id, mark=mark, check_number=number,
            created_at=self.now, expires_at=self.now + LIFE, outcome="",
        )  # fmt: skip
        return tx.one(_BY_ID, one=one, now=self.now)

    def answer(self, tx: Tx, adult_id: int, marks: Sequence[str]) -> Invited:
        """Answer with a code from one's own card; the guardians are told that somebody did.

        Raises NotFound for a code that does not serve, GuardianRefused.
        """
        found = tx.first(_BY_MARK, marks=list(marks), now=self.now)
        if found is None:
            raise NotFound
        child = patron_of(tx, found.child_id)
        check_pair(tx, self.network, patron_of(tx, adult_id), child, self.today)
        if tx.run(_ANSWER, one=found.id, adult=adult_id, now=self.now) != 1:
            raise NotFound
        whom = tuple(link.guardian_id for link in links_of(tx, child.id, self.today))
        tell(tx, "guardian_asks", found.id, child, self.now, whom)
        return tx.one(_BY_ID, one=found.id, now=self.now)

    def confirm(self, tx: Tx, invitation: int, guardian_id: int | None) -> int:
        """Make the link that was asked for; `guardian_id` None: a desk, which saw them.

        Returns the link's id. Raises NotFound, GuardianRefused.
        """
        found = self._one(tx, invitation, guardian_id)
        if found.answered_by is None:
            raise NotFound
        self._over(tx, found, "confirmed")
        return link_guardian(
            tx, self.network, found.answered_by, found.child_id, self.now, self.today, INVITATION
        )

    def refuse(self, tx: Tx, invitation: int, guardian_id: int | None) -> None:
        """Take an invitation back, answered or not."""
        self._over(tx, self._one(tx, invitation, guardian_id), "refused")

    def open_for(self, reader: Reader, children: Sequence[int]) -> Sequence[Invited]:
        """Return the open invitations about these children."""
        if not children:
            return []
        return reader.all(_OF_CHILDREN, children=list(children), now=self.now)

    def answered_by(self, reader: Reader, adult_id: int) -> Sequence[Invited]:
        """Return the invitations that this adult answered and that wait to be confirmed."""
        return reader.all(_OF_ADULT, adult=adult_id, now=self.now)

    def _one(self, tx: Tx, invitation: int, guardian_id: int | None) -> Invited:
        found = tx.first(_BY_ID, one=invitation, now=self.now)
        if found is None:
            raise NotFound
        if guardian_id is not None:
            self._guardian(tx, guardian_id, found.child_id)
        return found

    def _over(self, tx: Tx, found: Invited, how: str) -> None:
        if tx.run(_OVER, one=found.id, now=self.now, how=how) != 1:
            raise NotFound

    def _guardian(self, reader: Reader, adult_id: int, child_id: int) -> None:
        if link_between(reader, adult_id, child_id, self.today) is None:
            raise NotFound
