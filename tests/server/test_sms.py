"""SMS through a provider: counted before they leave, capped, each answer understood."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx2
import pytest

from factories import a_patron
from fakes import FrozenClock
from navette.errors import SettingsError
from navette.network.network import Network
from navette.notifications import budget
from navette.notifications.channels import Channel, Delivery, Letter
from navette.notifications.messages import Notice
from navette.outbound import Outbound
from navette.patrons.reading import patrons_of
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_server.sms import InboxSms, SmsChannel, sms_channel

NOTICE = Notice(
    "Votre réservation est arrivée", "À Hem.", "", "", "/reservations", "t", brief="Court"
)
SETTINGS = Settings(sms_url="https://jeton@sms.example.org/envoyer", sms_cap=2)


class Provider:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[httpx2.Request] = []
        self.answers: list[tuple[int, dict[str, str]]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        status, headers = self.answers.pop(0) if self.answers else (200, {})
        return httpx2.Response(status, headers=headers)


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def channel(
    unit: Unit, network: Network, clock: FrozenClock, provider: Provider
) -> Iterator[SmsChannel]:
    outbound = Outbound(transport=httpx2.MockTransport(provider))
    yield SmsChannel(SETTINGS, unit, clock, outbound)
    outbound.close()


def send(channel: Channel, unit: Unit, phone: str = "06 12 34 56 78") -> Delivery:
    patron = a_patron(unit, phone=phone)
    with unit.read() as reader:
        to = patrons_of(reader, [patron])[patron]
    return channel.send(Letter(to, NOTICE, "ready:1:1"))


def sent(unit: Unit, clock: FrozenClock) -> int:
    with unit.read() as reader:
        return budget.sent_in(reader, clock.now())


def test_an_sms_leaves_with_its_key_and_counts(
    channel: SmsChannel, provider: Provider, unit: Unit, clock: FrozenClock
) -> None:
    assert send(channel, unit) == Delivery("accepted", "+33612345678", evidence="accepted")
    (asked,) = provider.asked
    assert json.loads(asked.content) == {"to": "+33612345678", "text": "Court", "key": "ready:1:1"}
    assert (str(asked.url), asked.headers["authorization"]) == (
        "https://sms.example.org/envoyer",
        "Bearer jeton",
    )
    assert sent(unit, clock) == 1


def test_beyond_the_month_s_cap_none_leaves_until_the_next_month(
    channel: SmsChannel, provider: Provider, unit: Unit, clock: FrozenClock
) -> None:
    outcomes = [send(channel, unit).outcome for _ in range(3)]
    assert outcomes == ["accepted", "accepted", "nobody"]
    clock.advance(days=7)  # December
    assert send(channel, unit).outcome == "accepted"
    assert len(provider.asked) == 3


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "wait"),
    [
        (429, {"Retry-After": "60"}, "later", 60.0),
        (503, {}, "later", 0.0),
        (400, {}, "nobody", 0.0),
    ],
)
def test_each_answer_is_understood_and_what_did_not_leave_is_not_counted(
    channel: SmsChannel, provider: Provider, unit: Unit, clock: FrozenClock,
    status: int, headers: dict[str, str], outcome: str, wait: float,
) -> None:  # fmt: skip
    provider.answers.append((status, headers))
    delivery = send(channel, unit)
    assert (delivery.outcome, delivery.wait_seconds, sent(unit, clock)) == (outcome, wait, 0)


def test_a_landline_gets_none(channel: SmsChannel, provider: Provider, unit: Unit) -> None:
    assert send(channel, unit, "03 20 00 00 00").outcome == "nobody"
    assert provider.asked == []


def test_development_keeps_sms_in_its_inbox_and_production_sends_none(
    unit: Unit, network: Network, clock: FrozenClock
) -> None:
    outbound = Outbound()
    inbox = sms_channel(Settings(sms_cap=1), unit, clock, outbound)
    assert isinstance(inbox, InboxSms)
    assert [send(inbox, unit).evidence for _ in range(2)] == ["inbox", ""]
    assert sms_channel(Settings(env="production"), unit, clock, outbound) is None
    with pytest.raises(SettingsError):
        SmsChannel(Settings(sms_url="sms.example.org"), unit, clock, outbound)
    outbound.close()
