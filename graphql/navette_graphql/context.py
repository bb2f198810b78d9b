"""What resolvers are given: the house, who asks, and the doors they go through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import strawberry

from navette.catalogue.reading import RecordView
from navette.errors import Forbidden, NotSignedIn
from navette.ils.views import Actor, AvailabilityView
from navette.network.network import Network
from navette_auth.house import House
from navette_auth.journal import note_look
from navette_auth.scopes import allowed
from navette_auth.sessions import Visitor
from navette_graphql.loaders import Siblings


@dataclass
class Context:
    """One request: used by one thread, thrown away after the answer."""

    house: House
    visitor: Visitor

    @cached_property
    def network(self) -> Network:
        """Return the network, the same for the whole request."""
        return self.house.network()

    @cached_property
    def records(self) -> Siblings[RecordView]:
        """Return the records of this answer."""
        return Siblings(self.house.search.records)

    @cached_property
    def availability(self) -> Siblings[Sequence[AvailabilityView]]:
        """Return where the copies of the records of this answer stand."""
        return Siblings(self.house.circulation.availability)

    def allow(self, scope: str) -> None:
        """Raise Forbidden when a token asks that may not do this; a session may do all."""
        if not allowed(self.visitor.scopes, scope):
            raise Forbidden

    def noted(self, patron_id: int | None, kind: str, detail: str) -> None:
        """Write in the journal that somebody of the team looked at a reader, or acted for them.

        Call it before the answer: what cannot be written is not shown.
        """
        member = self.visitor.staff
        if member is not None and patron_id is not None:
            now = self.house.clock.now()
            self.house.unit.write(lambda tx: note_look(tx, member, [patron_id], kind, now, detail))

    @property
    def patron_id(self) -> int:
        """Return whose card is signed in; raises NotSignedIn."""
        if self.visitor.patron_id is None:
            raise NotSignedIn
        return self.visitor.patron_id

    @property
    def actor(self) -> Actor:
        """Return who acts; raises NotSignedIn."""
        if self.visitor.staff is None and self.visitor.patron_id is None:
            raise NotSignedIn
        return self.visitor.actor()

    def staff(self) -> Actor:
        """Return the desk that asks; raises NotSignedIn, Forbidden for a patron."""
        actor = self.actor
        if not actor.is_staff:
            raise Forbidden
        return actor


Info: TypeAlias = strawberry.Info[Context, Any]
