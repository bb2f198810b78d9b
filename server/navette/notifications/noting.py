"""After telling: messages with their evidence, the end of errands, what is tried again later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from navette.circulation.tables import Hold
from navette.languages import _
from navette.network.network import LibraryInfo
from navette.notifications.channels import Delivery, Letter
from navette.notifications.evidence import DOUBTED_AFTER, UNSEEN_AFTER, look_again_at
from navette.notifications.gsm import as_sms
from navette.notifications.messages import HoldFacts
from navette.notifications.parcels import Parcel
from navette.notifications.tables import Message
from navette.storage import outbox
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx, Unit

ARRIVALS = {"ready", "unseen"}
INBOX = "inbox"  # the evidence of development's mail, which is read in the messages
HIDDEN = "••••"
DEVICE_WAIT = timedelta(seconds=30)
_h = table(Hold).c
_ANNOUNCE = command(
    update(table(Hold))
    .where(_h.id.in_(bindparam("holds", expanding=True)), _h.announced_at.is_(None))
    .values(announced_at=bindparam("now"))
)
_ANNOUNCE_READY = command(
    update(table(Hold))
    .where(
        _h.id.in_(bindparam("holds", expanding=True)),
        _h.announced_at.is_(None),
        _h.state == "READY",
    )
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
class Told:
    """Where a letter ended: the way that took it ("" for none) and what it answered."""

    letter: Letter
    channel: str
    delivery: Delivery


@dataclass(frozen=True)
class Done:
    """What became of a parcel: its letters, or when to try again."""

    dropped: bool = False
    sent: Sequence[Told] = ()
    again: datetime | None = None
    reason: str = ""
    holds: Sequence[HoldFacts] = field(default_factory=tuple)
    library: LibraryInfo | None = None


def note(tx: Tx, parcel: Parcel, done: Done, now: datetime) -> None:
    """Write what was said and end the errands, or give them back for later."""
    if done.again is not None:
        for errand in parcel.errands:
            outbox.postpone(tx, errand.id, done.again, f"later: {done.reason}")
        return
    for told in done.sent:
        _note_letter(tx, parcel, done, told, now)
    holds = [hold.id for hold in done.holds]
    for errand in parcel.errands:
        still = errand.hold_id is None or errand.hold_id in holds
        outcome = _outcome(done) if still and not done.dropped else "dropped: no longer true"
        outbox.finish(tx, errand.id, now, outcome)


def _note_letter(tx: Tx, parcel: Parcel, done: Done, told: Told, now: datetime) -> None:
    delivery = told.delivery
    arrival = parcel.kind in ARRIVALS and not parcel.devices
    if delivery.outcome == "doubtful":
        if arrival:
            _look_again(tx, parcel, told.channel, done, now, DOUBTED_AFTER)
        return
    if not told.channel:
        return
    _write_message(tx, parcel, done, told, now)
    if delivery.evidence and parcel.kind in ARRIVALS:
        tx.run(_ANNOUNCE, holds=[hold.id for hold in done.holds], now=now)
    if delivery.waiting:
        _try_devices_again(tx, parcel, told.letter, delivery, now)
    # a letter that nobody prints stays on its list: there is no way after it
    if arrival and not delivery.evidence and told.channel != "letter":
        _look_again(tx, parcel, told.channel, done, now, UNSEEN_AFTER)


def seen(tx: Tx, hold_ids: Sequence[int], now: datetime) -> int:
    """Note that a notification of these holds was displayed: that is evidence."""
    return tx.run(_ANNOUNCE_READY, holds=list(hold_ids), now=now) if hold_ids else 0


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
    ways = [told.channel for told in done.sent if told.delivery.outcome == "accepted"]
    if ways:
        return f"sent: {', '.join(ways)}"
    doubtful = [told.channel for told in done.sent if told.delivery.outcome == "doubtful"]
    return f"doubtful: {', '.join(doubtful)}" if doubtful else "failed: no way to reach them"


def _write_message(tx: Tx, parcel: Parcel, done: Done, told: Told, now: datetime) -> None:
    letter, channel, delivery = told.letter, told.channel, told.delivery
    notice = letter.notice
    tx.insert(
        Message,
        outbox_key=parcel.key,
        patron_id=letter.to.id,
        hold_id=done.holds[0].id if done.holds else None,
        channel=channel,
        recipient=delivery.recipient,
        subject=notice.title if channel == "push" else notice.subject,
        body=_body(channel, letter, delivery),
        sent_at=now,
        evidence=delivery.evidence,
        library_id=done.library.id if done.library and channel in {"call", "letter"} else None,
        result="",
    )


def _body(channel: str, letter: Letter, delivery: Delivery) -> str:
    """Return what is kept of what was said: no secret, but where this row is the mail itself."""
    notice = letter.notice
    body = notice.text if channel in {"email", "letter"} else notice.body
    if channel == "call":
        body = notice.spoken or _("Bonjour, ici la bibliothèque. {title}. {body}").format(
            title=notice.title, body=notice.body
        )
    if channel == "sms":
        body = as_sms(notice.brief or f"{notice.title}. {notice.body}")
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
    tx: Tx, parcel: Parcel, channel: str, done: Done, now: datetime, after: timedelta
) -> None:
    """Come back to what nobody has seen: the next way is taken then."""
    if done.library is None:
        return
    deadline = min((hold.deadline for hold in done.holds if hold.deadline), default=None)
    outbox.put(
        tx,
        "unseen",
        f"unseen:{parcel.key}",
        now=now,
        due=look_again_at(done.library.calendar, deadline, now, after),
        patron_id=parcel.patron_id,
        payload={
            "holds": [hold.id for hold in done.holds],
            "skipped": [*parcel.skipped, channel],
        },
    )
