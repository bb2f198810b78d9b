"""Codes with which another adult collects what is ready: made at home or at the desk, signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from navette.patrons.pickup_codes import keep_pickup_code, use_pickup_code, whose_code
from navette.storage.unit import Reader, Tx
from navette_auth import codes
from navette_auth.flows import SignIn

PURPOSE = "pickup"


@dataclass(frozen=True)
class MadeCode:
    """A code as it is shown this once, and until when it serves."""

    text: str
    until: datetime


@dataclass(frozen=True)
class Pickups:
    """The codes of an installation, marked with the keys of `ways`."""

    ways: SignIn

    def make(self, patron_id: int) -> MadeCode:
        """Make a code for somebody who collects for this person; it replaces an earlier one."""
        text, now = codes.new_code(), self.ways.clock.now()
        mark = self.ways.vault.mark(self._named(text))
        until = self.ways.unit.write(lambda tx: keep_pickup_code(tx, patron_id, mark, now))
        return MadeCode(text, until)

    def marks(self, text: str) -> list[str]:
        """Return what a desk's request carries in place of the code; none for no code."""
        return self.ways.vault.marks(self._named(text)) if codes.typed(text) else []

    def whose(self, reader: Reader, text: str, library_id: int) -> int:
        """Return who is collected for, without using the code; raises PickupCodeRefused."""
        return whose_code(reader, self.marks(text), self.ways.clock.now(), library_id)

    def use(self, tx: Tx, text: str, library_id: int) -> int:
        """Begin the visit; raises PickupCodeRefused."""
        return use_pickup_code(tx, self.marks(text), self.ways.clock.now(), library_id)

    def _named(self, text: str) -> str:
        return f"{PURPOSE}:{codes.typed(text)}"
