"""The part of the port for what happened elsewhere: desks without network, other systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from navette.ils.replay_views import ConflictView, LostView, Mirrored, ReplayDone
from navette.ils.views import Actor, DeskScan


class Replaying(Protocol):
    """What an engine does with facts that reach it late (E22, E25)."""

    def replay(self, actor: Actor, queue: Sequence[DeskScan]) -> ReplayDone:
        """Replay a desk's queue in the order in which it was scanned; what lost is listed.

        Each scan carries the desk's own id and time (BadInput); sent again it changes nothing.
        """
        ...

    def lost_scans(self, library: str) -> Sequence[LostView]:
        """Return what lost at a desk and nobody has looked at yet."""
        ...

    def seen_lost_scan(self, actor: Actor, library: str, lost_id: int) -> None:
        """Tick one off; the card that was open goes with it."""
        ...

    def mirror_item(self, library: str, told: Mirrored) -> str:
        """Take over what another system says of its item: same, changed or conflict."""
        ...

    def mirror_conflicts(self, library: str, first: int = 100) -> Sequence[ConflictView]:
        """Return the newest conflicts with the system of a library."""
        ...
