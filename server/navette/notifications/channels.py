"""How something is said: push, mail, SMS, each a Channel; the process brings the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from navette.notifications.messages import Notice
from navette.patrons.reading import PatronView

# accepted: a service took it; nobody: there is no such way to reach them; later: try again;
# doubtful: it was leaving when its worker was killed, so it may have arrived
Outcome = Literal["accepted", "nobody", "later", "doubtful"]


@dataclass(frozen=True)
class Letter:
    """One notice to one person. `key` is stable: a receiver can drop a second copy.

    `devices` limits a push to the browsers that have not had it yet; empty means all.
    """

    to: PatronView
    notice: Notice
    key: str
    devices: Sequence[int] = ()


@dataclass(frozen=True)
class Delivery:
    """What became of a letter. `evidence` is filled when it counts as announced by itself.

    `waiting` are the devices that must be tried again although others took it.
    """

    outcome: Outcome
    recipient: str = ""
    evidence: str = ""
    detail: str = ""
    wait_seconds: float = 0.0
    waiting: Sequence[int] = field(default_factory=tuple)


class Channel(Protocol):
    """One way to reach a person. `leaves`: what it hands over goes out of this house at once."""

    name: str
    leaves: bool

    def send(self, letter: Letter) -> Delivery:
        """Hand the letter over; never raises for what a service answers."""
        ...
