"""Before telling: the facts are looked at again (I7), the letters written, for many parcels at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from navette.circulation.causes import said_of
from navette.languages import speaking
from navette.network.loading import network_of
from navette.network.network import LibraryInfo, Network
from navette.notifications import messages, reminders
from navette.notifications.channels import Letter
from navette.notifications.choices import Choice, choices_of, quiet_until
from navette.notifications.family_messages import TO_ONE_PERSON
from navette.notifications.messages import HoldFacts, Notice, Telling
from navette.notifications.parcels import Parcel
from navette.notifications.reading import all_told_by, holds_now, loans_now
from navette.notifications.reminders import LoanFacts
from navette.patrons.reading import PatronView, patrons_of
from navette.storage.unit import Reader

ARRIVALS = {"ready", "unseen"}
ENDED = {"READY", "FULFILLED", "CANCELLED", "EXPIRED"}
# Said from what the errand brought with it alone.
AS_SENT = {**TO_ONE_PERSON, **reminders.OF_A_DATED_CARD}
# What a person may do without; each with the choice that says so.
REFUSABLE: Mapping[str, str] = {"due_soon": "reminders", "lastdays": "reminders", "turn": "turns"}


@dataclass(frozen=True)
class Prepared:
    """A parcel with its letters; none when there is nothing to say any more."""

    parcel: Parcel
    letters: Sequence[Letter] = ()
    holds: Sequence[HoldFacts] = ()
    library: LibraryInfo | None = None
    quiet: Mapping[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class _Scene:
    """What was read for all the parcels."""

    network: Network
    now: datetime
    holds: Mapping[int, HoldFacts]
    loans: Mapping[int, LoanFacts]
    people: Mapping[int, PatronView]
    told: Mapping[int, Sequence[PatronView]]
    choices: Mapping[int, Choice]
    opened: Callable[[str], str]


def prepare(
    reader: Reader, parcels: Sequence[Parcel], now: datetime, opened: Callable[[str], str]
) -> list[Prepared]:
    """Read what the parcels are about, as it stands now, and write their letters."""
    holds = {h.id: h for h in holds_now(reader, [i for p in parcels for i in p.hold_ids])}
    loans = {one.id: one for one in loans_now(reader, [i for p in parcels for i in p.loan_ids])}
    people = sorted({p.patron_id or _owner(p, holds) for p in parcels})
    told = all_told_by(reader, people, now)
    receivers = {*people, *(to.id for each in told.values() for to in each)}
    scene = _Scene(
        network_of(reader),
        now,
        holds,
        loans,
        patrons_of(reader, people),
        told,
        choices_of(reader, sorted(receivers)),
        opened,
    )
    return [_one(scene, parcel) for parcel in parcels]


def _owner(parcel: Parcel, holds: Mapping[int, HoldFacts]) -> int:
    return next((holds[i].patron_id for i in parcel.hold_ids if i in holds), 0)


def _one(scene: _Scene, parcel: Parcel) -> Prepared:
    holds = [scene.holds[i] for i in parcel.hold_ids if i in scene.holds]
    valid = [hold for hold in holds if still_true(parcel.kind, hold)]
    loans = [scene.loans[i] for i in parcel.loan_ids if i in scene.loans]
    due = [loan for loan in loans if loan.open and still_due(parcel, loan)]
    if (parcel.hold_ids and not valid) or (parcel.loan_ids and not due):
        return Prepared(parcel)
    person = parcel.patron_id or _owner(parcel, scene.holds)
    beneficiary = scene.people.get(person)
    library = _library(scene, valid, beneficiary)
    letters = []
    for to in _told(scene, parcel, person):
        if not _wanted(parcel.kind, scene.choices[to.id]):
            continue
        name = beneficiary.first_name if beneficiary and to.id != person else ""
        telling = Telling(
            scene.now, child=name, titles=to.title_on_notices and not name,
            because=_because(parcel, valid), count=len(valid),
        )  # fmt: skip
        with speaking(to.language):
            notice = _notice(scene, parcel, valid, due, telling)
        letters.append(Letter(to, notice, parcel.key, parcel.devices))
    untils = {to.to.id: quiet_until(scene.choices[to.to.id], scene.now) for to in letters}
    quiet = {patron: until for patron, until in untils.items() if until is not None}
    return Prepared(parcel, letters, valid, library, quiet)


def _because(parcel: Parcel, holds: Sequence[HoldFacts]) -> Any:
    """Return the cause that all of these holds share; None when each has its own."""
    ids = {hold.id for hold in holds}
    causes = [e.payload.get("because") for e in parcel.errands if e.hold_id in ids]
    return causes[0] if len({said_of(cause) for cause in causes}) == 1 else None


def _told(scene: _Scene, parcel: Parcel, person: int) -> Sequence[PatronView]:
    """Return who hears of it: of who looks after whom only the person, never other guardians.

    A change of address is said where mail went until then: `to`.
    """
    if parcel.kind in TO_ONE_PERSON:
        whole = scene.people.get(person)
        if whole is None:
            return []
        return [replace(whole, email=parcel.payload["to"]) if "to" in parcel.payload else whole]
    return scene.told.get(person, ())


def _library(
    scene: _Scene, holds: Sequence[HoldFacts], person: PatronView | None
) -> LibraryInfo | None:
    """Return whose desk would call: where it waits, else where the person is registered."""
    if holds:
        return scene.network.by_id(holds[0].library_id)
    return scene.network.by_id(person.home_library_id) if person else None


def _wanted(kind: str, choice: Choice) -> bool:
    return bool(getattr(choice, REFUSABLE[kind])) if kind in REFUSABLE else True


def _notice(
    scene: _Scene,
    parcel: Parcel,
    holds: Sequence[HoldFacts],
    loans: Sequence[LoanFacts],
    telling: Telling,
) -> Notice:
    kind = parcel.kind
    if kind in AS_SENT:
        return AS_SENT[kind](parcel.payload)
    if kind in messages.OF_A_CARD:
        said = dict(parcel.payload)
        if "code" in said:
            said["code"] = scene.opened(said["code"])
        if "sealed_path" in said:
            said["path"] = scene.opened(said.pop("sealed_path"))
        return messages.OF_A_CARD[kind](said)
    if kind in reminders.OF_LOANS:
        return reminders.OF_LOANS[kind](loans, telling)
    library = scene.network.by_id(holds[0].library_id)
    if kind in ARRIVALS:
        return messages.ready(holds, library, telling)
    if kind in reminders.OF_A_DATED_HOLD:
        return reminders.OF_A_DATED_HOLD[kind](holds[0], library, telling)
    return messages.OF_A_HOLD[kind](holds[0], library, telling)


def still_true(kind: str, hold: HoldFacts) -> bool:
    """Return whether what a notice says of a hold is so at this moment."""
    if kind in ARRIVALS:
        return hold.state == "READY" and (kind == "ready" or hold.announced_at is None)
    if kind == "lastdays":
        return hold.state == "READY"
    if kind in {"expired", "cancelled"}:
        return hold.state == kind.upper()
    return hold.state not in ENDED


def still_due(parcel: Parcel, loan: LoanFacts) -> bool:
    """Return whether a loan is due on the day that its reminder was made for."""
    return any(f":{loan.id}:{loan.due_on}:" in errand.key for errand in parcel.errands)
