"""The part of the port that catalogue work calls, so that what circulates follows (E19)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from navette.ils.views import Actor
from navette.storage.unit import Tx


class Records(Protocol):
    """What an engine does when descriptions become one, are parted, or change their work.

    `describe` is the catalogue's own part (sources, keys, the merged description): it runs in
    the same transaction, so that both happen or neither. Staff only: Forbidden otherwise.
    """

    def merge_records(
        self,
        actor: Actor,
        *,
        from_record: int,
        into_record: int,
        describe: Callable[[Tx], None] | None = None,
    ) -> int:
        """Take copies, loans and holds of a record over to another; returns the holds moved.

        Ranked by when they were placed; a person's two holds collapse to the more advanced one
        with the older rank. The emptied record is hidden. Raises NotFound, BadInput.
        """
        ...

    def part_items(
        self, actor: Actor, *, item_ids: Collection[int], describe: Callable[[Tx], int]
    ) -> int:
        """Take copies out of a record into the one whose id `describe` returns (made there)."""
        ...

    def move_to_work(
        self,
        actor: Actor,
        *,
        record_id: int,
        into_work: int,
        describe: Callable[[Tx], None] | None = None,
    ) -> int:
        """Group a record with the editions of another work; its holds go with it."""
        ...
