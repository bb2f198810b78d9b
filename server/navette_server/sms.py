"""SMS: through a provider where one is set up; in development they stay in the messages.

A provider is whatever answers a POST of JSON at NAVETTE_SMS_URL: `{"to": "+33612345678", "text":
"...", "key": "..."}`; any 2xx is accepted, 429 and 5xx are tried again, other answers are a number
that cannot be reached. `https://TOKEN@host/path` sends TOKEN as a bearer token, `USER:PASSWORD@`
as basic credentials. The month's cap is held here, before anything leaves.
"""

from __future__ import annotations

import logging
from base64 import b64encode
from urllib.parse import SplitResult, unquote, urlsplit

from navette.clock import Clock
from navette.errors import SettingsError, Unavailable
from navette.notifications import budget
from navette.notifications.channels import Channel, Delivery, Letter
from navette.notifications.gsm import as_sms, mobile_number
from navette.outbound import Outbound
from navette.settings import Settings
from navette.storage.unit import Unit

log = logging.getLogger("navette.sms")
ACCEPTED = range(200, 300)
TOO_MANY = 429
NEXT_MONTH = "the month's cap is reached"


def sms_channel(settings: Settings, unit: Unit, clock: Clock, outbound: Outbound) -> Channel | None:
    """Return the way SMS go here; None in production without a provider."""
    if settings.sms_url:
        return SmsChannel(settings, unit, clock, outbound)
    return None if settings.production else InboxSms(unit, clock, settings.sms_cap)


def text_of(letter: Letter) -> str:
    """Return the one SMS of a letter: no title, 160 places at most."""
    return as_sms(letter.notice.brief or f"{letter.notice.title}. {letter.notice.body}")


class InboxSms:
    """Development: the message itself is the SMS; it counts, so that the cap can be seen."""

    name = "sms"
    leaves = False

    def __init__(self, unit: Unit, clock: Clock, cap: int) -> None:
        """`cap` SMS a month."""
        self._unit = unit
        self._clock = clock
        self._cap = cap

    def send(self, letter: Letter) -> Delivery:
        """Take every SMS to a mobile number, within the month's cap."""
        number = mobile_number(letter.to.phone)
        if not number:
            return Delivery("nobody")
        if not self._unit.write(lambda tx: budget.spend(tx, self._clock.now(), self._cap)):
            return Delivery("nobody", detail=NEXT_MONTH)
        return Delivery("accepted", number, evidence="inbox")


class SmsChannel:
    """The provider of NAVETTE_SMS_URL."""

    name = "sms"
    leaves = True

    def __init__(self, settings: Settings, unit: Unit, clock: Clock, outbound: Outbound) -> None:
        """Read the address; raises SettingsError."""
        self._address, self._credentials = _provider(settings.sms_url)
        self._cap = settings.sms_cap
        self._unit = unit
        self._clock = clock
        self._outbound = outbound

    def send(self, letter: Letter) -> Delivery:
        """Hand one SMS over, within the month's cap; accepted by the provider is evidence."""
        number, now = mobile_number(letter.to.phone), self._clock.now()
        if not number:
            return Delivery("nobody")
        if not self._unit.write(lambda tx: budget.spend(tx, now, self._cap)):
            log.warning("sms: %s; the next way is taken", NEXT_MONTH)
            return Delivery("nobody", detail=NEXT_MONTH)
        delivery = self._hand_over(number, letter)
        if delivery.outcome != "accepted":
            self._unit.write(lambda tx: budget.give_back(tx, now))
        return delivery

    def _hand_over(self, number: str, letter: Letter) -> Delivery:
        try:
            answer = self._outbound.call(
                "POST",
                self._address,
                service="sms",
                operation="send",
                json={"to": number, "text": text_of(letter), "key": letter.key},
                headers={"Idempotency-Key": f"{letter.key} {letter.to.id}", **self._credentials},
            )
        except Unavailable as error:
            log.info("sms: later: %s", error)
            return Delivery("later", detail="sms provider does not answer")
        if answer.status in ACCEPTED:
            return Delivery("accepted", number, evidence="accepted")
        if answer.status == TOO_MANY:
            asked = answer.headers.get("retry-after", "")
            wait = float(asked) if asked.isdecimal() else 0.0
            return Delivery("later", detail="sms provider busy", wait_seconds=wait)
        log.warning("sms: provider refused patron %s with %s", letter.to.id, answer.status)
        return Delivery("nobody")


def _provider(address: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(address)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise SettingsError("NAVETTE_SMS_URL", "must be https://[TOKEN@]HOST[:PORT]/PATH")
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return bare, _credentials(parts)


def _credentials(parts: SplitResult) -> dict[str, str]:
    if not parts.username:
        return {}
    if parts.password is None:
        return {"Authorization": f"Bearer {unquote(parts.username)}"}
    both = f"{unquote(parts.username)}:{unquote(parts.password)}".encode()
    return {"Authorization": f"Basic {b64encode(both).decode()}"}
