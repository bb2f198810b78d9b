"""Discreet: stands before every engine, so that no guardian reads a title that is masked.

From the age that the network sets, a young person chooses whether guardians read titles. Whoever
may act for somebody else gets the hold or the loan without what it is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from navette.clock import Clock, local_date
from navette.ils.port import Circulation
from navette.ils.views import Actor, HoldView, LoanView
from navette.languages import _
from navette.network.loading import network_of
from navette.patrons.families import titles_hidden
from navette.storage.unit import Unit
from navette.wording import HIDDEN_TITLE

Told = TypeVar("Told", HoldView, LoanView)
# What answers one hold or one loan to the actor who asks.
ASKED_BY_SOMEBODY = frozenset({
    "hold", "place_hold", "cancel_hold", "restore_hold", "suspend_hold", "resume_hold",
    "change_pickup", "pass_my_turn", "loan", "renew_loan",
})  # fmt: skip


def discreet(engine: Circulation, unit: Unit, clock: Clock) -> Circulation:
    """Return the engine, behind its discretion."""
    return cast("Circulation", Discreet(engine, unit, clock))


class Discreet:
    """Hands every call on, and takes the title out of answers that somebody else asked for."""

    def __init__(self, engine: Circulation, unit: Unit, clock: Clock) -> None:
        """Stand before `engine`."""
        self._engine = engine
        self._unit = unit
        self._clock = clock

    def __getattr__(self, name: str) -> Any:
        """Return a call of the engine, with its answer looked at first where it has to be."""
        found = getattr(self._engine, name)
        return self._looked_at(found) if name in ASKED_BY_SOMEBODY else found

    def _looked_at(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def asked(actor: Actor, *given: Any, **named: Any) -> Any:
            view = call(actor, *given, **named)
            return masked(view) if self._hidden_from(actor, view.patron_id) else view

        return asked

    def _hidden_from(self, actor: Actor, patron_id: int | None) -> bool:
        if actor.kind != "patron" or actor.patron_id in {None, patron_id} or patron_id is None:
            return False
        today = local_date(self._clock.now())
        with self._unit.read() as reader:
            network = network_of(reader)
            return titles_hidden(reader, network, int(actor.patron_id or 0), patron_id, today)


def masked(view: Told) -> Told:
    """Return a hold or a loan without what it is about: dates, places and states remain."""
    values: dict[str, Any] = {
        "hidden": True, "record_id": 0, "title": _(HIDDEN_TITLE), "authors": (), "type": "other",
        "language": "", "volume_label": "",
    }  # fmt: skip
    if isinstance(view, HoldView):
        values |= {"volume_key": "", "item_id": None, "barcode": None}
    else:
        values |= {"item_id": 0, "barcode": ""}
    return replace(view, **values)
