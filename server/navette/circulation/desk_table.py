"""What one scan means at a desk where a patron's card may be open (section 4). Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from navette.circulation.states import CAPTURED, HoldState


class DeskAct(StrEnum):
    """What the desk does with the item in the hand."""

    RETURN = "return"
    ASK_RETURN_OR_RENEW = "ask_return_or_renew"
    LEND = "lend"
    RECEIVE_THEN_LEND = "receive_then_lend"
    STOP = "stop"
    ROUTE = "route"


@dataclass(frozen=True)
class InHand:
    """The item that was scanned; people are row ids."""

    lent_to: int | None = None
    bound_for: int | None = None
    bound_state: HoldState | None = None
    set_aside: bool = False  # an item of step 2: damaged, on site, ordered, with an alert
    on_open_shelf: bool = True


@dataclass(frozen=True)
class OpenCard:
    """The card that is open, and the people for whom its owner collects."""

    patron_id: int
    household: Collection[int] = field(default_factory=frozenset)

    def is_theirs(self, patron_id: int | None) -> bool:
        """Return whether something is for the open card or its household."""
        return patron_id is not None and patron_id in {self.patron_id, *self.household}


def decide(item: InHand, card: OpenCard | None) -> DeskAct:
    """Read the table line by line; no other guess is made."""
    if item.lent_to is not None:
        own = card is not None and item.lent_to == card.patron_id
        return DeskAct.ASK_RETURN_OR_RENEW if own else DeskAct.RETURN
    if card is None or item.set_aside:
        return DeskAct.ROUTE
    if item.bound_state is None:
        return DeskAct.LEND
    if card.is_theirs(item.bound_for):
        ready = item.bound_state is HoldState.READY
        return DeskAct.LEND if ready else DeskAct.RECEIVE_THEN_LEND
    # E7b: a copy that is only looked for may be borrowed from its open shelf, but not one that
    # stands ready to be sent on (E13)
    free = item.bound_state not in CAPTURED and item.on_open_shelf
    return DeskAct.LEND if free else DeskAct.STOP
