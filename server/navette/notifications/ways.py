"""One letter's way through the channels: the person's ways in their order, then a desk's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from navette.notifications.channels import Delivery, Letter
from navette.notifications.choices import NOISY
from navette.notifications.parcels import Parcel
from navette.patrons.reading import PatronView

FALLBACKS = ("email", "sms")
CALL, LETTER = "call", "letter"
DESK = (CALL, LETTER)
WRITTEN = {  # a code never stands on a lock screen; an old address hears of the new one
    "code": ("email", "sms"),
    "contact_changed": ("email",),
}
# asked for, or about safety: not kept quiet
AT_ONCE = {
    "code", "password", "linked", "trial", "device_new", "passkey_new", "contact_changed",
    "program_new", "pickup_used",
}  # fmt: skip
# Nobody calls or writes by hand about these: the pages, or the next notice, say it too.
NOT_BY_DESK = {
    "due_soon", "turn", "later", "ending", "trial", "device_new", "passkey_new", "contact_changed",
    "program_new", "pickup_used", "cards_merged", "cards_parted", "card_unused", "consent_given", "consent_ended",
}  # fmt: skip
MOST_ATTEMPTS = 12
ATTEMPTS_BEFORE_NEXT = 3


@dataclass
class Going:
    """A letter that is looking for its way; `channel` and `delivery` say where it ended."""

    letter: Letter
    parcel: Parcel
    alone: bool
    ways: list[str] = field(default_factory=list)
    answers: list[tuple[str, Delivery]] = field(default_factory=list)
    channel: str = ""
    delivery: Delivery | None = None

    def heard(self, delivery: Delivery) -> None:
        """Take the answer of the way that was tried, and go on to the next or end here."""
        name = self.ways.pop(0)
        if delivery.outcome == "accepted":
            self.end(name, delivery)
        elif delivery.outcome != "nobody":
            self.answers.append((name, delivery))
            if self.alone and self.parcel.attempts < ATTEMPTS_BEFORE_NEXT:
                self.end(name, delivery)
        elif delivery.detail:
            self.answers.append((name, delivery))

    def settle(self) -> None:
        """End at a desk when no way is left: a call, or a letter where there is no telephone."""
        if self.delivery is not None or self.ways:
            return
        busy = [answer for answer in self.answers if answer[1].outcome == "later"]
        if self.alone and busy and self.parcel.attempts < MOST_ATTEMPTS:
            self.end(*busy[0])
            return
        detail = self.answers[0][1].detail if self.answers else "no way to reach them"
        if self.parcel.kind in NOT_BY_DESK or self.parcel.devices:
            self.end("", Delivery("nobody", detail=detail))
            return
        by_phone = bool(self.letter.to.phone) and CALL not in self.parcel.skipped
        name = CALL if by_phone else LETTER
        self.end(name, desk_delivery(name, self.letter.to, detail))

    def end(self, channel: str, delivery: Delivery) -> None:
        """Say where the letter ended."""
        self.channel, self.delivery = channel, delivery


def going(
    letter: Letter, parcel: Parcel, known: set[str], *, alone: bool, quiet: datetime | None,
    now: datetime,
) -> Going:  # fmt: skip
    """Return a letter at its start. A telephone keeps quiet at night: alone, it waits for morning."""
    found = Going(letter, parcel, alone)
    for patron_id, name in parcel.departures:
        if patron_id == letter.to.id:
            found.end(name, Delivery("doubtful", detail="killed while it left"))
            return found
    found.ways = [n for n in ways_of(letter.to, parcel) if n in known or n in DESK]
    if quiet is None or parcel.kind in AT_ONCE or not found.ways or found.ways[0] not in NOISY:
        return found
    if alone:
        wait = (quiet - now) / timedelta(seconds=1)
        found.end(found.ways[0], Delivery("later", detail="quiet hours", wait_seconds=wait))
    else:
        found.ways = [name for name in found.ways if name not in NOISY]
    return found


def ways_of(to: PatronView, parcel: Parcel) -> list[str]:
    """Return the ways to try in their order, without those that were tried in vain."""
    if parcel.kind in WRITTEN:
        return list(WRITTEN[parcel.kind])
    if parcel.devices or parcel.kind == "trial":
        return ["push"]
    wanted = dict.fromkeys([*to.channels, *FALLBACKS])
    if parcel.kind in NOT_BY_DESK:
        return [name for name in wanted if name not in DESK]
    return [name for name in wanted if name not in parcel.skipped]


def desk_delivery(name: str, to: PatronView, detail: str = "") -> Delivery:
    """Return what becomes of a letter that a desk says: on its list, without evidence yet."""
    return Delivery("accepted", to.phone if name == CALL else "", detail=detail)
