"""Web Push: one encrypted, signed message to each browser of a person (RFC 8030, 8291, 8292).

pywebpush encrypts; the request is ours, because its own has a TTL of 0, no time limit, follows
redirects, and keeps the audience of the first service in the claims it is given.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import SplitResult

import orjson
from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException

from navette.clock import Clock
from navette.errors import PushHostRefused, Unavailable
from navette.notifications.channels import Delivery, Letter
from navette.notifications.hosts import PushHosts
from navette.notifications.messages import Notice
from navette.notifications.subscriptions import Device, devices_of, forget, note_sent
from navette.notifications.vapid import private_key_of
from navette.outbound import Answer, Outbound
from navette.settings import Settings
from navette.storage.unit import Tx, Unit

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


class PushChannel:
    """Pushes to every browser of a person; gone ones are forgotten."""

    name = "push"
    leaves = True

    def __init__(self, settings: Settings, unit: Unit, clock: Clock, outbound: Outbound) -> None:
        """`outbound` must allow the services that the settings name with their port."""
        self._base = settings.base_url
        self._unit = unit
        self._clock = clock
        self._outbound = outbound
        self._hosts = PushHosts.of(settings.push_hosts)
        self._signer = Signer(settings.vapid_private_key, settings.vapid_subject)

    def send(self, letter: Letter) -> Delivery:
        """Push to the letter's browsers; accepted as soon as one service took it."""
        with self._unit.read() as reader:
            devices = devices_of(reader, [letter.to.id])
        if letter.devices:
            devices = [device for device in devices if device.id in letter.devices]
        if not devices:
            return Delivery("nobody")
        answers = [(device, *self._push(device, letter)) for device in devices]
        return self._settle(answers)

    def _settle(self, answers: Sequence[tuple[Device, str, float]]) -> Delivery:
        now = self._clock.now()
        took = [device for device, outcome, _ in answers if outcome == "accepted"]
        gone = [device for device, outcome, _ in answers if outcome == "gone"]
        waits = [(device, wait) for device, outcome, wait in answers if outcome == "later"]
        if took or gone:
            self._unit.write(lambda tx: _keep(tx, took, gone, now))
        hosts = ", ".join(sorted({host_of(device) for device in took}))
        waiting = [device.id for device, _ in waits]
        if took:
            return Delivery("accepted", hosts, waiting=waiting)
        if waits:
            longest = max(wait for _, wait in waits)
            return Delivery("later", detail="push service busy", wait_seconds=longest)
        return Delivery("nobody")

    def _push(self, device: Device, letter: Letter) -> tuple[str, float]:
        """Push once; returns accepted, gone or later, and how long the service asks to wait."""
        host = host_of(device)
        try:
            parts = self._hosts.check(device.endpoint)
            answer = self._post(device, parts, letter)
        except (PushHostRefused, WebPushException, ValueError) as error:
            log.warning("push: subscription %s dropped: %s", device.id, error)
            return "gone", 0.0
        except Unavailable as error:
            log.info("push: %s later: %s", host, error)
            return "later", 0.0
        return _read(answer, device, host)

    def _post(self, device: Device, parts: SplitResult, letter: Letter) -> Answer:
        keys = {"p256dh": device.p256dh, "auth": device.auth}
        pusher = WebPusher({"endpoint": device.endpoint, "keys": keys})
        body = bytes(pusher.encode(payload(letter.notice, self._base), "aes128gcm")["body"])
        audience = f"{parts.scheme}://{parts.netloc}"
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(self._seconds_to_live(letter.notice)),
            "Urgency": "high" if letter.notice.urgent else "normal",
            "Topic": topic_of(letter.notice.tag),
            "Authorization": self._signer.token(audience),
        }
        return self._outbound.call(
            "POST",
            device.endpoint,
            service=f"push {parts.netloc}",
            operation="send",
            content=body,
            headers=headers,
        )

    def _seconds_to_live(self, notice: Notice) -> int:
        """Return how long the service keeps it for a sleeping phone: never 0."""
        if notice.until is None:
            return USUAL_TTL
        left = notice.until - self._clock.now()
        return max(SHORTEST_TTL, min(LONGEST_TTL, left // timedelta(seconds=1)))


def _keep(tx: Tx, took: Sequence[Device], gone: Sequence[Device], now: datetime) -> None:
    for device in took:
        note_sent(tx, device.id, now)
    for device in gone:
        forget(tx, device.id)


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


def payload(notice: Notice, base_url: str) -> bytes:
    """Return the declarative message that every browser reads, at most 3993 bytes.

    The badge is a number beside the notification: where the standard settled. Inside, one browser
    took a text and others a number, and a wrongly typed member rejects the whole message.
    """
    shown: dict[str, Any] = {
        "title": notice.title,
        "navigate": f"{base_url}{notice.path}",
        "body": notice.body,
        "lang": "fr",
        "tag": notice.tag,
    }
    message: dict[str, Any] = {"web_push": 8030, "notification": shown}
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
