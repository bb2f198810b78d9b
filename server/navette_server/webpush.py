"""Web Push: one encrypted, signed message to each browser of a person (RFC 8030, 8291, 8292).

Many letters go at once: their browsers are read together, each service has a few lines of its own,
what became of all of them is written together.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult

import orjson
from py_vapid import Vapid02

from navette.clock import Clock
from navette.errors import PushHostRefused, Unavailable
from navette.notifications.channels import Delivery, Letter
from navette.notifications.hosts import PushHosts
from navette.notifications.messages import Notice
from navette.notifications.subscriptions import Device, all_devices_of, forget_all, note_all_sent
from navette.notifications.vapid import private_key_of
from navette.outbound import Answer
from navette.posting import Posting
from navette.settings import Settings
from navette.storage.unit import Reader, Tx, Unit
from navette_server.pushcrypto import encrypt

log = logging.getLogger("navette.push")
LONGEST_PAYLOAD = 3993
SHORTEST_TTL = 3600
USUAL_TTL = 3 * 24 * 3600
LONGEST_TTL = 28 * 24 * 3600
TOKEN_SECONDS = 12 * 3600
TOKEN_RENEWED_AFTER = 3600.0
GONE = {404, 410}
TOO_MANY = 429
REDIRECTS = range(300, 400)
TOPIC_LENGTH = 32
Alive = Callable[[Reader, Collection[int]], Collection[int]]


@dataclass(frozen=True)
class _Push:
    """One message to one browser: which letter of the batch it is."""

    at: int
    device: Device
    plain: bytes
    notice: Notice


@dataclass(frozen=True)
class _Answered:
    """What became of one push: accepted, gone or later, and how long the service asks to wait."""

    at: int
    device: Device
    outcome: str
    wait: float = 0.0


class PushChannel:
    """Pushes to every browser of a person; gone ones are forgotten."""

    name = "push"
    leaves = True

    def __init__(
        self,
        settings: Settings,
        unit: Unit,
        clock: Clock,
        posting: Posting,
        *,
        mark: Callable[[str], str] | None = None,
        alive: Alive | None = None,
    ) -> None:
        """Begin; `posting` must allow the services that the settings name with their port.

        `mark` signs what a browser reports of a notification that it displayed; `alive` says which
        sessions still are: a browser whose session ended is told nothing.
        """
        self._base = settings.base_url
        self._unit = unit
        self._clock = clock
        self._posting = posting
        self._mark = mark
        self._alive = alive
        self._hosts = PushHosts.of(settings.push_hosts)
        self._signer = Signer(settings.vapid_private_key, settings.vapid_subject)

    def send(self, letter: Letter) -> Delivery:
        """Push to the letter's browsers; accepted as soon as one service took it."""
        return self.send_all([letter])[0]

    def send_all(self, letters: Sequence[Letter]) -> Sequence[Delivery]:
        """Push each letter to its browsers, many at once."""
        pushes = self._pushes(letters)
        answers = [self._push(one) for one in pushes]  # its senders are threads already
        took = [one.device.id for one in answers if one.outcome == "accepted"]
        gone = [one.device.id for one in answers if one.outcome == "gone"]
        now = self._clock.now()

        def write(tx: Tx) -> None:
            note_all_sent(tx, took, now)
            forget_all(tx, gone)

        if took or gone:
            self._unit.write(write)
        by_letter: dict[int, list[_Answered]] = defaultdict(list)
        for one in answers:
            by_letter[one.at].append(one)
        return [_settled(by_letter[at]) for at in range(len(letters))]

    def _pushes(self, letters: Sequence[Letter]) -> list[_Push]:
        with self._unit.read() as reader:
            devices = all_devices_of(reader, [letter.to.id for letter in letters])
            alive = self._live(reader, devices)
        made = []
        for at, letter in enumerate(letters):
            plain = b""
            for device in devices.get(letter.to.id, ()):
                if letter.devices and device.id not in letter.devices:
                    continue
                if device.session_id is not None and device.session_id not in alive:
                    continue
                plain = plain or self._payload(letter)
                made.append(_Push(at, device, plain, letter.notice))
        return made

    def _live(self, reader: Reader, devices: Mapping[int, Sequence[Device]]) -> Collection[int]:
        sessions = {d.session_id for each in devices.values() for d in each if d.session_id}
        return sessions if self._alive is None else self._alive(reader, sessions)

    def _payload(self, letter: Letter) -> bytes:
        seen = ""
        if self._mark is not None and letter.notice.holds:
            seen = seen_token(letter.notice.holds, self._mark)
        return payload(letter.notice, self._base, letter.to.language, seen)

    def _push(self, one: _Push) -> _Answered:
        device = one.device
        try:
            parts = self._hosts.check(device.endpoint)
            body = encrypt(one.plain, device.p256dh, device.auth)
            answer = self._posting.post(parts, self._headers(parts, one.notice), body)
        except (PushHostRefused, ValueError) as error:
            log.warning("push: subscription %s dropped: %s", device.id, error)
            return _Answered(one.at, device, "gone")
        except Unavailable as error:
            log.info("push: %s later: %s", host_of(device), error)
            return _Answered(one.at, device, "later")
        return _Answered(one.at, device, *_read(answer, device, host_of(device)))

    def _headers(self, parts: SplitResult, notice: Notice) -> Mapping[str, str]:
        return {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(self._seconds_to_live(notice)),
            "Urgency": "high" if notice.urgent else "normal",
            "Topic": topic_of(notice.tag),
            "Authorization": self._signer.token(f"{parts.scheme}://{parts.netloc}"),
        }

    def _seconds_to_live(self, notice: Notice) -> int:
        """Return how long the service keeps it for a sleeping phone: never 0."""
        if notice.until is None:
            return USUAL_TTL
        left = notice.until - self._clock.now()
        return max(SHORTEST_TTL, min(LONGEST_TTL, left // timedelta(seconds=1)))


def _settled(answers: Sequence[_Answered]) -> Delivery:
    waits = [one for one in answers if one.outcome == "later"]
    hosts = sorted({host_of(one.device) for one in answers if one.outcome == "accepted"})
    if hosts:
        return Delivery("accepted", ", ".join(hosts), waiting=[one.device.id for one in waits])
    if waits:
        longest = max(one.wait for one in waits)
        return Delivery("later", detail="push service busy", wait_seconds=longest)
    return Delivery("nobody")


def seen_token(holds: Sequence[int], mark: Callable[[str], str]) -> str:
    """Return what a browser sends back when it has displayed a notification of these holds."""
    named = "-".join(map(str, holds))
    return f"{named}.{mark(f'seen {named}')}"


class Signer:
    """Signs for each push service once an hour; the claims are new each time."""

    def __init__(self, private_key: str, subject: str) -> None:
        """Read the key; raises SettingsError."""
        self._vapid = Vapid02(private_key_of(private_key))
        self._subject = subject
        self._kept: dict[str, tuple[float, str]] = {}
        self._meeting = threading.Lock()

    def token(self, audience: str) -> str:
        """Return the Authorization header for a service."""
        with self._meeting:
            made, header = self._kept.get(audience, (0.0, ""))
            if header and time.monotonic() - made < TOKEN_RENEWED_AFTER:
                return header
            # services compare `exp` with the true time, whatever clock the demonstration shows
            claims = {
                "aud": audience, "sub": self._subject, "exp": int(time.time()) + TOKEN_SECONDS,
            }  # fmt: skip
            header = str(self._vapid.sign(claims)["Authorization"])
            self._kept[audience] = (time.monotonic(), header)
            return header


def payload(notice: Notice, base_url: str, language: str = "fr", seen: str = "") -> bytes:
    """Return the declarative message that every browser reads, at most 3993 bytes.

    `seen` goes back to us when the notification is displayed; it is mutable so that a browser that
    could show it by itself lets our worker do so, and report.

    The badge is a number beside the notification: where the standard settled. Inside, one browser
    took a text and others a number, and a wrongly typed member rejects the whole message.
    """
    shown: dict[str, Any] = {
        "title": notice.title,
        "navigate": f"{base_url}{notice.path}",
        "body": notice.body,
        "lang": language,
        "tag": notice.tag,
    }
    message: dict[str, Any] = {"web_push": 8030, "notification": shown}
    if seen:
        shown["data"] = {"seen": seen}
        message["mutable"] = True
    if notice.badge is not None:
        message["app_badge"] = notice.badge
    made = orjson.dumps(message)
    while len(made) > LONGEST_PAYLOAD and shown["body"]:
        shown["body"] = shown["body"][: len(shown["body"]) * 3 // 4 - 1].rstrip() + "…"
        made = orjson.dumps(message)
    return made


def topic_of(tag: str) -> str:
    """Return the name under which a newer message replaces an older one at the service."""
    digest = hashlib.sha256(tag.encode()).digest()
    return urlsafe_b64encode(digest).decode()[:TOPIC_LENGTH]


def host_of(device: Device) -> str:
    """Return the push service of a browser, never the secret rest of its address."""
    return device.endpoint.split("/", 3)[2]


def _read(answer: Answer, device: Device, host: str) -> tuple[str, float]:
    status = answer.status
    if status < REDIRECTS.start:
        return "accepted", 0.0
    if status in GONE:
        return "gone", 0.0
    if status == TOO_MANY or status in REDIRECTS:
        asked = answer.headers.get("retry-after", "")
        log.info("push: %s answered %s", host, status)
        return "later", float(asked) if asked.isdecimal() else 0.0
    log.warning("push: %s refused subscription %s with %s", host, device.id, status)
    return "gone", 0.0
