"""Web push: messages to a service on loopback, and whole notices from the outbox to the note."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pywebpush import WebPusher
from sqlalchemy import bindparam, update

from navette.circulation.states import HoldState
from navette.notifications.channels import Delivery, Letter
from navette.notifications.messages import Notice
from navette.notifications.service import TOGETHER, Notifier
from navette.notifications.tables import PushSubscription
from navette.patrons.reading import patrons_of
from navette.patrons.tables import Patron
from navette.posting import Posting
from navette.settings import Settings
from navette.storage import outbox
from navette.storage.base import table
from navette.storage.database import open_unit
from navette.storage.migrating import upgrade
from navette.storage.statements import command
from navette.storage.unit import Tx, Unit
from navette_server.benching.measuring import Figure, in_turns, seconds
from navette_server.benching.stocking import NOW, a_network, hold, reserved
from navette_server.keys import keys_of
from navette_server.webpush import PushChannel, payload

SENDING_BUDGET = 2.38  # 3,000 messages a second where the encryption takes the design's 0.14 ms
NOTICES = 3_000
WARMING = 200
TURNS, LETTERS = 7, 200
WHOLE_BUDGET = 3.0


_BY_PUSH = command(update(table(Patron)).values(channels=bindparam("ways")))


class _Standing:
    """A clock that stands still: the bench's day."""

    def now(self) -> datetime:
        """Return the same instant always."""
        return NOW


class _Counted:
    """The channel, counting what the service accepted: nothing else is a push."""

    name = "push"
    leaves = True

    def __init__(self, channel: PushChannel) -> None:
        self._channel = channel
        self.accepted = 0

    def send(self, letter: Letter) -> Delivery:
        """Send one letter."""
        return self.send_all([letter])[0]

    def send_all(self, letters: Sequence[Letter]) -> Sequence[Delivery]:
        """Send and count."""
        answers = self._channel.send_all(letters)
        self.accepted += sum(answer.outcome == "accepted" for answer in answers)
        return answers


def push_speed() -> list[Figure]:
    """Return the figures of pushing: from the outbox to the note, and sending alone."""
    with _a_service() as host, _a_database(host) as (unit, folder):
        keys = keys_of(folder)
        settings = Settings(
            vapid_private_key=keys["NAVETTE_VAPID_PRIVATE_KEY"],
            vapid_subject=keys["NAVETTE_VAPID_SUBJECT"],
            push_hosts=(host,),
        )
        posting = Posting(allowed=(host,))
        channel = PushChannel(settings, unit, _Standing(), posting)
        sending, each = _sending(unit, channel)
        whole = _from_the_outbox(unit, channel, each)
        posting.close()
    return [sending, whole]


def _sending(unit: Unit, channel: PushChannel) -> tuple[Figure, float]:
    with unit.read() as reader:
        people = list(patrons_of(reader, range(1, LETTERS + 1)).values())
    notice = Notice("Votre réservation est arrivée", "À Hem.", "", "", "/reservations", "bench")
    letters = [Letter(to, notice, f"bench:{to.id}") for to in people]
    plain = payload(notice, "http://127.0.0.1:8000")
    public, secret = _keys()
    keys = {"endpoint": "http://127.0.0.1/x", "keys": {"p256dh": public, "auth": secret}}

    def ours() -> None:
        for start in range(0, LETTERS, TOGETHER):
            channel.send_all(letters[start : start + TOGETHER])

    def library() -> None:
        for _ in letters:
            WebPusher(keys).encode(plain, "aes128gcm")

    times = in_turns(TURNS, ours=ours, library=library)
    each, alone = (times[name] / len(letters) * 1e6 for name in ("ours", "library"))
    figure = Figure(
        "web push to a service on loopback, against the library's encryption alone",
        each / alone,
        SENDING_BUDGET,
        "lower",
        f"{each:.0f} us of processor a message ({1e6 / each:.0f} a second), encryption {alone:.0f} us",
    )
    return figure, each


def _from_the_outbox(unit: Unit, channel: PushChannel, push: float) -> Figure:
    counted = _Counted(channel)
    notifier = Notifier(unit, _Standing(), {"push": counted}, worker="bench")
    notifier.deliver_all(notifier.take(WARMING))
    counted.accepted = 0

    def all_of_them() -> None:
        while parcels := notifier.take():
            notifier.deliver_all(parcels)

    taken, said = seconds(all_of_them), counted.accepted
    each = taken / max(1, said) * 1e6
    return Figure(
        "a notice from the outbox to the note, against its push alone",
        each / push,
        WHOLE_BUDGET,
        "lower",
        f"{each:.0f} us of processor a notice ({1e6 / each:.0f} a second), {said} of"
        f" {NOTICES - WARMING} accepted; its push {push:.0f} us",
    )


@contextmanager
def _a_service() -> Iterator[str]:
    """Start the receiver in a process of its own; give its host and port."""
    command = [sys.executable, "-m", "navette_server.benching.receiving"]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - for the checker
        port = process.stdout.readline().strip()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()


@contextmanager
def _a_database(host: str) -> Iterator[tuple[Unit, Path]]:
    """People with one browser each, one READY hold each, one notice each that is due."""
    with tempfile.TemporaryDirectory(prefix="navette-bench-") as name:
        folder = Path(name)
        address = f"sqlite:///{folder / 'navette.db'}"
        upgrade(address)
        unit = open_unit(address)
        unit.write(lambda tx: _stock(tx, host))
        try:
            yield unit, folder
        finally:
            unit.close()


def _stock(tx: Tx, host: str) -> None:
    network = a_network(tx, titles=NOTICES, copies=1, people=NOTICES)
    numbers = range(1, NOTICES + 1)
    reserved(
        tx,
        [hold(n, network, title=n, patron=n, state=HoldState.READY, item=n) for n in numbers],
    )
    public, secret = _keys()
    tx.insert_many(
        PushSubscription,
        (
            {
                "patron_id": n, "endpoint": f"http://{host}/push/{n}", "p256dh": public,
                "auth": secret, "device": "", "created_at": NOW, "confirmed_at": NOW,
                "failures": 0,
            }
            for n in numbers
        ),
    )  # fmt: skip
    tx.run(_BY_PUSH, ways=["push"])
    for n in numbers:
        outbox.put(tx, "ready", f"ready:{n}:1", now=NOW, patron_id=n, hold_id=n)


def _keys() -> tuple[str, str]:
    """Return the public key and the secret of a browser."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _text(point), _text(os.urandom(16))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
