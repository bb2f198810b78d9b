"""Parcels: errands of the outbox grouped into what is said at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from navette.circulation.tables import Hold
from navette.notifications.family_messages import TO_ONE_PERSON
from navette.notifications.messages import OF_A_CARD, OF_A_HOLD
from navette.notifications.reminders import OF_A_DATED_CARD, OF_A_DATED_HOLD, OF_LOANS
from navette.storage import outbox
from navette.storage.base import table
from navette.storage.outbox import Errand
from navette.storage.statements import Query, scalar
from navette.storage.unit import Tx

GROUPED = ("ready", "later", *OF_LOANS)  # once a person; but for "later", once a library too
KINDS = {
    "ready", "unseen", *OF_A_CARD, *TO_ONE_PERSON, *OF_A_HOLD, *OF_LOANS, *OF_A_DATED_HOLD,
    *OF_A_DATED_CARD,
}  # fmt: skip
_h = table(Hold).c
_PICKUP = Query(select(_h.pickup_library_id).where(_h.id == bindparam("hold")), scalar)


@dataclass(frozen=True)
class Parcel:
    """What is said to one person at once. `skipped` ways were tried in vain before."""

    kind: str
    patron_id: int | None
    errands: Sequence[Errand]
    hold_ids: Sequence[int]
    devices: Sequence[int] = ()
    skipped: Sequence[str] = ()
    loan_ids: Sequence[int] = ()

    @property
    def key(self) -> str:
        """Return the stable key of the parcel: its first errand's."""
        return self.errands[0].key

    @property
    def payload(self) -> Mapping[str, Any]:
        """Return what the first errand brought with it."""
        found: Mapping[str, Any] = self.errands[0].payload or {}
        return found

    @property
    def attempts(self) -> int:
        """Return how often it was tried before this time."""
        return max(errand.attempts for errand in self.errands)

    @property
    def departures(self) -> list[tuple[int, str]]:
        """Return who was being told by which way when a worker was killed."""
        found = [tuple(way) for errand in self.errands for way in errand.departures or ()]
        return list(dict.fromkeys(found))


def collect(tx: Tx, worker: str, now: datetime, most: int = 100) -> list[Parcel]:
    """Claim what is due, with the siblings of ready notices, and group it."""
    due = [e for e in outbox.claim(tx, worker, now, most) if _is_known(tx, e, now)]
    for kind in GROUPED:
        people = sorted({e.patron_id for e in due if e.kind == kind and e.patron_id})
        if people:
            due += outbox.claim_of(tx, kind, people, worker, now)
    return _grouped(tx, due)


def _is_known(tx: Tx, errand: Errand, now: datetime) -> bool:
    if errand.kind in KINDS:
        return True
    outbox.finish(tx, errand.id, now, f"failed: nobody sends {errand.kind}")
    return False


def _grouped(tx: Tx, errands: Iterable[Errand]) -> list[Parcel]:
    together: dict[object, list[Errand]] = defaultdict(list)
    for errand in errands:
        alone = errand.kind not in GROUPED or bool(errand.payload.get("devices"))
        leaving = bool(errand.departures)  # what may have been said is not mixed with what was not
        place = (
            errand.id if alone else (errand.kind, errand.patron_id, _pickup(tx, errand), leaving)
        )
        together[place].append(errand)
    return [_parcel(errands) for errands in together.values()]


def _parcel(errands: Sequence[Errand]) -> Parcel:
    first = errands[0]
    holds = [errand.hold_id for errand in errands if errand.hold_id is not None]
    holds += [int(hold) for errand in errands for hold in errand.payload.get("holds", ())]
    return Parcel(
        first.kind,
        first.patron_id,
        errands,
        list(dict.fromkeys(holds)),
        first.payload.get("devices", ()),
        first.payload.get("skipped", ()),
        [int(errand.payload["loan"]) for errand in errands if "loan" in errand.payload],
    )


def _pickup(tx: Tx, errand: Errand) -> int | None:
    if errand.hold_id is None or errand.kind == "later":
        return None
    return tx.first(_PICKUP, hold=errand.hold_id)
