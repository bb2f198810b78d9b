"""The embedded engine's part in catalogue work: what circulates follows its description (E19)."""

from __future__ import annotations

from collections.abc import Callable, Collection

from navette.circulation import merging
from navette.errors import Forbidden
from navette.ils.embedded_base import Engine
from navette.ils.views import Actor
from navette.storage.unit import Tx


class RecordsOfEngine(Engine):
    """Implements `navette.ils.port_records.Records`."""

    def merge_records(
        self,
        actor: Actor,
        *,
        from_record: int,
        into_record: int,
        describe: Callable[[Tx], None] | None = None,
    ) -> int:
        """Take copies, loans and holds of a record over to another, and hide the emptied one."""
        _check(actor)

        def work(tx: Tx) -> int:
            moved = merging.merge_records(
                tx, self.network, self._clock.now(), actor.name,
                from_record=from_record, into_record=into_record,
            )  # fmt: skip
            if describe is not None:
                describe(tx)
            return moved

        return self._write(lambda tx, _network, _now: work(tx))

    def part_items(
        self, actor: Actor, *, item_ids: Collection[int], describe: Callable[[Tx], int]
    ) -> int:
        """Take copies out of a record into the one whose id `describe` returns."""
        _check(actor)
        return self._write(
            lambda tx, network, now: merging.part_items(
                tx, network, now, actor.name, item_ids=item_ids, into_record=describe(tx)
            )
        )

    def move_to_work(
        self,
        actor: Actor,
        *,
        record_id: int,
        into_work: int,
        describe: Callable[[Tx], None] | None = None,
    ) -> int:
        """Group a record with the editions of another work."""
        _check(actor)

        def work(tx: Tx) -> int:
            moved = merging.move_to_work(
                tx, self.network, self._clock.now(), actor.name,
                record_id=record_id, into_work=into_work,
            )  # fmt: skip
            if describe is not None:
                describe(tx)
            return moved

        return self._write(lambda tx, _network, _now: work(tx))


def _check(actor: Actor) -> None:
    if not actor.is_staff and actor.kind != "system":
        raise Forbidden
