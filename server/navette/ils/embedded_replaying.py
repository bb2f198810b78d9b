"""The embedded engine's part for what happened elsewhere: replayed queues, mirrored items."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from navette.circulation import mirroring, replaying
from navette.errors import Refusal
from navette.ils.embedded_base import Engine
from navette.ils.replay_views import ConflictView, LostView, Mirrored, ReplayDone
from navette.ils.views import Actor, DeskScan


class ReplayingOfEngine(Engine):
    """Implements `navette.ils.port_replaying.Replaying`."""

    def replay(self, actor: Actor, queue: Sequence[DeskScan]) -> ReplayDone:
        """Replay a desk's queue in the order in which it was scanned; what lost is listed."""
        scans = replaying.in_order(queue)
        done = sum(self._replayed(actor, scan) for scan in scans)
        libraries = dict.fromkeys(scan.library or actor.library for scan in scans)
        lost = [one for library in libraries for one in self.lost_scans(library)]
        return ReplayDone(done, lost)

    def _replayed(self, actor: Actor, scan: DeskScan) -> bool:
        window = self._ready_window
        try:
            answer = self._write(
                lambda tx, net, now: replaying.replay_one(tx, net, now, actor, scan, window)
            )
        except Refusal as refusal:
            noted = partial(replaying.note_lost, actor=actor, scan=scan, refusal=refusal)
            self._write(noted)
            return False
        return answer is not None

    def lost_scans(self, library: str) -> Sequence[LostView]:
        """Return what lost at a desk and nobody has looked at yet."""
        network = self.network
        with self._unit.read() as reader:
            return replaying.lost_scans(reader, network, library)

    def seen_lost_scan(self, actor: Actor, library: str, lost_id: int) -> None:
        """Tick one off; the card that was open goes with it."""
        self._write(lambda tx, net, now: replaying.seen(tx, net, now, actor, library, lost_id))

    def mirror_item(self, library: str, told: Mirrored) -> str:
        """Take over what another system says of its item: same, changed or conflict."""
        return self._write(lambda tx, net, now: mirroring.mirror(tx, net, now, library, told))

    def mirror_conflicts(self, library: str, first: int = 100) -> Sequence[ConflictView]:
        """Return the newest conflicts with the system of a library."""
        network = self.network
        with self._unit.read() as reader:
            return mirroring.conflicts(reader, network, library, first)
