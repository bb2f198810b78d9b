"""Somebody to tell, ways to tell them that answer as a test says, and what was said."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from factories import a_record, an_item
from fakes import FrozenClock
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, ScanRequest
from navette.notifications.channels import Delivery, Letter
from navette.notifications.gsm import mobile_number
from navette.notifications.service import Notifier
from navette.notifications.tables import Message
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.tables import Outbox
from navette.storage.unit import Unit

WINDOW = 300
_m, _o = table(Message).c, table(Outbox).c
SAID = Query(
    select(_m.channel, _m.subject, _m.body, _m.evidence).order_by(_m.id),
    lambda channel, subject, body, evidence: (channel, subject, body, evidence),
)
ERRANDS = Query(select(_o.kind, _o.outcome).order_by(_o.id), lambda kind, outcome: (kind, outcome))


class Killed(BaseException):
    """What kill -9 looks like from inside: nothing after it runs."""


@dataclass
class FakeChannel:
    """Answers what it is told to, and remembers the letters."""

    name: str
    answers: list[Delivery] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    leaves: bool = True
    killed: bool = False  # its worker is killed after the letter went out

    def send(self, letter: Letter) -> Delivery:
        self.letters.append(letter)
        if self.killed:
            self.killed = False
            raise Killed
        if self.name == "email" and not letter.to.email:
            return Delivery("nobody")
        if self.name == "sms" and not mobile_number(letter.to.phone):
            return Delivery("nobody")
        evidence = "" if self.name == "push" else "accepted"
        return self.answers.pop(0) if self.answers else Delivery("accepted", "x", evidence)


@dataclass
class Stage:
    unit: Unit
    clock: FrozenClock
    circulation: EmbeddedCirculation
    push: FakeChannel
    email: FakeChannel
    sms: FakeChannel
    notifier: Notifier

    def ready_hold(
        self,
        patron: int,
        library: str = "hem",
        title: str = "Germinal",
        *,
        volume: str = "",
        key: str = "",
    ) -> int:
        """Place a hold on a copy that stands at its pickup library, and scan it there.

        `volume` is the record's own, or with `key` that of one copy of a record of many volumes.
        """
        record = a_record(self.unit, title, volume_label="" if key else volume)
        label = volume if key else ""
        item = an_item(self.unit, record, home=library, volume_key=key, volume_label=label)
        placed = self.circulation.place_hold(
            Actor("patron", patron_id=patron),
            patron_id=patron,
            record_id=record,
            pickup=library,
            volume_key=key,
        )
        desk = Actor("staff", library=library, role="agent")
        self.circulation.scan(desk, ScanRequest(library, item_id=item))
        return placed.id

    def tell(self, **later: float) -> list[str]:
        """Let time pass, then send what is due."""
        self.clock.advance(**later)
        return [self.notifier.deliver(parcel) for parcel in self.notifier.take()]

    def said(self) -> list[tuple[str, str, str, str]]:
        with self.unit.read() as reader:
            return reader.all(SAID)

    def outcomes(self) -> list[tuple[str, str | None]]:
        with self.unit.read() as reader:
            return reader.all(ERRANDS)
