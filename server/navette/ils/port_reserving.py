"""The part of the port that reserves more than one title for one card: series, any edition, pace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from navette.circulation.pacing import Pace
from navette.circulation.policy import Allowance
from navette.ils.views import Actor, HoldView, PromiseView


class Reserving(Protocol):
    """What an engine does for a reader of series, or for one who wants a pace of their own."""

    def promise(
        self,
        record_id: int,
        pickup: str | None = None,
        volume_key: str = "",
        *,
        any_edition: bool = False,
    ) -> Sequence[PromiseView]:
        """Return one promise a pickup library (or the one named), in line order; NotFound."""
        ...

    def promises_at(self, record_ids: Sequence[int], pickup: str) -> Mapping[int, PromiseView]:
        """Return the promise of one library for each title of a list; UnknownLibrary.

        A title without copies, or of which a volume has to be chosen first, has none.
        """
        ...

    def place_hold(
        self,
        actor: Actor,
        *,
        patron_id: int,
        record_id: int,
        pickup: str,
        volume_key: str = "",
        any_edition: bool = False,
        item_id: int | None = None,
        idempotency_key: str | None = None,
    ) -> HoldView:
        """Place a hold (T1) and target it at once (T2).

        `any_edition`: whichever edition of the work is free first; `item_id`: this very copy.
        """
        ...

    def place_series(
        self,
        actor: Actor,
        *,
        patron_id: int,
        links: Sequence[tuple[int, str]],
        pickup: str,
        idempotency_key: str | None = None,
    ) -> Sequence[HoldView]:
        """Place the volumes of a series, (record, volume key) in order, as one chain."""
        ...

    def holds_allowed(self, actor: Actor, patron_id: int) -> Allowance:
        """Return how many holds a card may have and has; NotFound when the actor may not ask."""
        ...

    def pace(self, actor: Actor, patron_id: int) -> Pace:
        """Return how many are wanted at once, and whether all are collected together."""
        ...

    def set_pace(self, actor: Actor, patron_id: int, pace: Pace, key: str | None = None) -> Pace:
        """Choose it; what is asked for beyond the rhythm goes back to its place.

        The same choice with the same key again changes nothing, whatever was chosen since.
        """
        ...
