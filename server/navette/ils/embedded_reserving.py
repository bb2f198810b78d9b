"""The embedded engine's part in reserving: one title, a series in order, somebody's own pace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from navette.circulation import pacing, placing, promising, promising_many, series, viewing
from navette.circulation.pacing import Pace
from navette.circulation.policy import Allowance
from navette.circulation.repeating import once_or_anew
from navette.ils.embedded_base import Engine
from navette.ils.views import Actor, HoldView, PromiseView
from navette.network.network import Network
from navette.storage.unit import Tx


class ReservingOfEngine(Engine):
    """Implements `navette.ils.port_reserving.Reserving`."""

    def promise(
        self,
        record_id: int,
        pickup: str | None = None,
        volume_key: str = "",
        *,
        any_edition: bool = False,
    ) -> Sequence[PromiseView]:
        """Return one promise a pickup library (or the one named), in line order; NotFound."""
        return self._look(promising.promises, record_id, pickup, volume_key, any_edition)

    def promises_at(self, record_ids: Sequence[int], pickup: str) -> Mapping[int, PromiseView]:
        """Return the promise of one library for each title of a list; UnknownLibrary."""
        return self._look(promising_many.promises_at, record_ids, pickup)

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
        """Place a hold (T1) and target it at once (T2)."""
        asked = placing.Placing(patron_id, record_id, pickup, volume_key, any_edition, item_id)
        return self._write(
            lambda tx, network, now: placing.placed(tx, network, now, actor, asked, idempotency_key)
        )

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
        chain = self._write(
            lambda tx, network, now: series.place_series(
                tx, network, now, actor,
                patron_id=patron_id, links=links, pickup=pickup, key=idempotency_key,
            )
        )  # fmt: skip
        return self._look(viewing.chain_views, chain)

    def holds_allowed(self, actor: Actor, patron_id: int) -> Allowance:
        """Return how many holds a card may have and has; NotFound when the actor may not ask."""
        return self._look(placing.allowance, actor, patron_id)

    def pace(self, actor: Actor, patron_id: int) -> Pace:
        """Return how many are wanted at once, and whether all are collected together."""
        with self._unit.read() as reader:
            return pacing.pace_of(reader, self._clock.now(), actor, patron_id)

    def set_pace(self, actor: Actor, patron_id: int, pace: Pace, key: str | None = None) -> Pace:
        """Choose it; what is asked for beyond the rhythm goes back to its place."""

        def work(tx: Tx, network: Network, now: datetime) -> None:
            once_or_anew(
                tx, actor, key, "set_pace", {"patron": patron_id, "pace": list(pace)}, now,
                lambda: pacing.set_pace(tx, network, now, actor, patron_id, pace),
            )  # fmt: skip

        self._write(work)
        return self.pace(actor, patron_id)
