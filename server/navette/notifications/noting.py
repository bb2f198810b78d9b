"""After telling: messages with their evidence, the end of errands, what is tried again later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from navette.circulation.tables import Hold
from navette.notifications.channels import Delivery, Letter
from navette.notifications.messages import HoldFacts
from navette.notifications.parcels import Parcel
from navette.notifications.tables import Message
from navette.storage import outbox
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx, Unit

UNSEEN_AFTER = timedelta(hours=24)
DOUBTED_AFTER = timedelta(hours=1)
BEFORE_DEADLINE = timedelta(days=2)
INBOX = "inbox"  # the evidence of development's mail, which is read in the messages
HIDDEN = "••••"
DEVICE_WAIT = timedelta(seconds=30)
_h = table(Hold).c
_ANNOUNCE = command(
    update(table(Hold))
    .where(_h.id.in_(bindparam("holds", expanding=True)), _h.announced_at.is_(None))
    .values(announced_at=bindparam("now"))
)
_SILENT = Query(
    select(_h.id).where(
        _h.patron_id.in_(bindparam("patrons", expanding=True)),
        _h.state == "READY",
        _h.announced_at.is_(None),
    ),
    scalar,
)


@dataclass(frozen=True)
class Done:
    """What became of a parcel: letters by (channel, delivery), or when to try again."""

    dropped: bool = False
    sent: Sequence[tuple[Letter, str, Delivery]] = ()
    again: datetime | None = None
    reason: str = ""
    holds: Sequence[HoldFacts] = field(default_factory=tuple)


def note(tx: Tx, parcel: Parcel, done: Done, now: datetime) -> None:
    """Write what was said and end the errands, or give them back for later."""
    if done.again is not None:
        for errand in parcel.errands:
            outbox.postpone(tx, errand.id, done.again, f"later: {done.reason}")
        return
    holds = [hold.id for hold in done.holds]
    for letter, channel, delivery in done.sent:
        if delivery.outcome == "doubtful":
            if parcel.kind in {"ready", "unseen"}:
                _look_again(tx, parcel, channel, done.holds, now, DOUBTED_AFTER)
            continue
        _write_message(tx, parcel, letter, channel, delivery, now)
        if delivery.evidence and parcel.kind in {"ready", "unseen"}:
            tx.run(_ANNOUNCE, holds=holds, now=now)
        if delivery.waiting:
            _try_devices_again(tx, parcel, letter, delivery, now)
        elif delivery.outcome == "accepted" and not delivery.evidence and parcel.kind == "ready":
            _look_again(tx, parcel, channel, done.holds, now)
    for errand in parcel.errands:
        still = errand.hold_id is None or errand.hold_id in holds
        outcome = _outcome(done) if still and not done.dropped else "dropped: no longer true"
        outbox.finish(tx, errand.id, now, outcome)


def opened(unit: Unit, patron_ids: Sequence[int], now: datetime) -> int:
    """Note that people looked at their holds: that is evidence; return how many were silent."""
    with unit.read() as reader:
        silent = _silent(reader, patron_ids)
    if not silent:
        return 0
    return unit.write(lambda tx: tx.run(_ANNOUNCE, holds=silent, now=now))


def _silent(reader: Reader, patron_ids: Sequence[int]) -> list[int]:
    return reader.all(_SILENT, patrons=list(patron_ids)) if patron_ids else []


def _outcome(done: Done) -> str:
    ways = [channel for _, channel, delivery in done.sent if delivery.outcome == "accepted"]
    if ways:
        return f"sent: {', '.join(ways)}"
    doubtful = [channel for _, channel, delivery in done.sent if delivery.outcome == "doubtful"]
    return f"doubtful: {', '.join(doubtful)}" if doubtful else "failed: a desk has to call"


def _write_message(
    tx: Tx, parcel: Parcel, letter: Letter, channel: str, delivery: Delivery, now: datetime
) -> None:
    notice = letter.notice
    spoken = channel == "call"
    tx.insert(
        Message,
        outbox_key=parcel.key,
        patron_id=letter.to.id,
        hold_id=parcel.hold_ids[0] if parcel.hold_ids else None,
        channel=channel,
        recipient=delivery.recipient,
        subject=notice.title if channel == "push" else notice.subject,
        body=(notice.spoken or notice.body) if spoken else _body(channel, letter, delivery),
        sent_at=now,
        evidence=delivery.evidence,
    )


def _body(channel: str, letter: Letter, delivery: Delivery) -> str:
    """Return what is kept of what was said: no secret, but where this row is the mail itself."""
    notice = letter.notice
    body = notice.text if channel == "email" else notice.body
    if notice.secret and delivery.evidence != INBOX:
        return body.replace(notice.secret, HIDDEN)
    return body


def _try_devices_again(
    tx: Tx, parcel: Parcel, letter: Letter, delivery: Delivery, now: datetime
) -> None:
    """Keep the browsers whose service was busy: the others have it already."""
    outbox.put(
        tx,
        parcel.kind,
        f"{parcel.key}:devices:{letter.to.id}:{parcel.attempts}",
        now=now,
        due=now + DEVICE_WAIT,
        patron_id=parcel.patron_id,
        payload={"devices": list(delivery.waiting), "holds": list(parcel.hold_ids)},
    )


def _look_again(
    tx: Tx,
    parcel: Parcel,
    channel: str,
    holds: Sequence[HoldFacts],
    now: datetime,
    after: timedelta = UNSEEN_AFTER,
) -> None:
    """Come back to a push that nobody has seen: in a day, or two days before the deadline."""
    deadline = min((hold.deadline for hold in holds if hold.deadline), default=None)
    due = now + after
    if deadline is not None:
        due = min(due, max(deadline - BEFORE_DEADLINE, now + timedelta(hours=1)))
    outbox.put(
        tx,
        "unseen",
        f"unseen:{parcel.key}",
        now=now,
        due=due,
        patron_id=parcel.patron_id,
        payload={
            "holds": [hold.id for hold in holds],
            "skipped": [*parcel.skipped, channel],
        },
    )
