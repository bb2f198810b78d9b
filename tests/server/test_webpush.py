"""Web Push against a strict service: encrypted, signed, and every answer understood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import func, select

from factories import a_patron
from fakes import FrozenClock
from navette.network.network import Network
from navette.notifications.channels import Delivery, Letter
from navette.notifications.hosts import PushHosts
from navette.notifications.messages import Notice
from navette.notifications.subscriptions import Subscriptions
from navette.notifications.tables import PushSubscription
from navette.notifications.vapid import public_key_of
from navette.patrons.reading import patrons_of
from navette.posting import Posting
from navette.settings import Settings
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Unit
from navette_auth.vault import Vault
from navette_server.keys import keys_of
from navette_server.pushcrypto import encrypt
from navette_server.webpush import LONGEST_PAYLOAD, PushChannel, payload
from push_service import Browser, PushService, decoded, encoded

NOTICE = Notice(
    title="Votre réservation est arrivée",
    body="À Hem, jusqu’au samedi 5 décembre.",
    subject="",
    text="",
    path="/reservations",
    tag="ready-hem-1",
    urgent=True,
    badge=1,
)
KEPT = Query(select(func.count()).select_from(table(PushSubscription)), scalar)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> str:
    return keys_of(tmp_path_factory.mktemp("keys"))["NAVETTE_VAPID_PRIVATE_KEY"]


@pytest.fixture
def services() -> Iterator[tuple[PushService, PushService]]:
    with PushService() as one, PushService() as other:
        yield one, other


class Pushing:
    """A patron, their browsers, the channel."""

    def __init__(self, unit: Unit, clock: FrozenClock, key: str, *services: PushService) -> None:
        hosts = tuple(service.host for service in services)
        self.settings = Settings(
            vapid_private_key=key, vapid_subject="mailto:a@example.org", push_hosts=hosts
        )
        self.unit, self.clock, self.key = unit, clock, key
        self.patron = a_patron(unit)
        self.subscriptions = Subscriptions(unit, clock, PushHosts.of(hosts))
        self.posting = Posting(allowed=hosts)
        self.channel = PushChannel(self.settings, unit, clock, self.posting)

    def browser(self, service: PushService) -> Browser:
        made = service.subscribe(public_key_of(self.key))
        self.subscriptions.register(
            self.patron, endpoint=made.endpoint, p256dh=made.p256dh, auth=made.auth
        )
        return made

    def push(self, notice: Notice = NOTICE) -> Delivery:
        with self.unit.read() as reader:
            to = patrons_of(reader, [self.patron])[self.patron]
        return self.channel.send(Letter(to, notice, "ready:1:1"))

    def kept(self) -> int:
        with self.unit.read() as reader:
            found: int = reader.one(KEPT)
        return found


@pytest.fixture
def pushing(
    unit: Unit,
    network: Network,
    clock: FrozenClock,
    key: str,
    services: tuple[PushService, PushService],
) -> Iterator[Pushing]:
    made = Pushing(unit, clock, key, *services)
    yield made
    made.posting.close()


def test_a_push_is_signed_encrypted_and_declarative(
    pushing: Pushing, services: tuple[PushService, PushService]
) -> None:
    pushing.browser(services[0])
    until = pushing.clock.now() + timedelta(days=11)
    assert pushing.push(replace(NOTICE, until=until)).outcome == "accepted"
    (received,) = services[0].messages
    assert services[0].refusals == []
    assert received.message == {
        "web_push": 8030,
        "notification": {
            "title": "Votre réservation est arrivée",
            "navigate": "http://127.0.0.1:8000/reservations",
            "body": "À Hem, jusqu’au samedi 5 décembre.",
            "lang": "fr",
            "tag": "ready-hem-1",
        },
        "app_badge": 1,
    }
    assert received.headers["ttl"] == str(11 * 24 * 3600)
    assert received.headers["urgency"] == "high"


def test_two_services_get_each_their_own_audience(
    pushing: Pushing, services: tuple[PushService, PushService]
) -> None:
    for service in services:
        pushing.browser(service)
    assert pushing.push().outcome == "accepted"
    assert pushing.push().outcome == "accepted"
    assert [len(service.messages) for service in services] == [2, 2]
    assert [service.refusals for service in services] == [[], []]


def test_a_phone_that_sleeps_still_gets_it(
    pushing: Pushing, services: tuple[PushService, PushService]
) -> None:
    pushing.browser(services[0])
    pushing.push(replace(NOTICE, until=pushing.clock.now(), urgent=False))
    pushing.push(replace(NOTICE, until=None))
    lives = [int(received.headers["ttl"]) for received in services[0].messages]
    assert min(lives) >= 3600
    assert services[0].messages[0].headers["urgency"] == "normal"


def test_a_newer_message_replaces_an_older_one_of_the_same_tag(
    pushing: Pushing, services: tuple[PushService, PushService]
) -> None:
    pushing.browser(services[0])
    for tag in ("a", "a", "b"):
        pushing.push(replace(NOTICE, tag=tag))
    one, again, other = (received.headers["topic"] for received in services[0].messages)
    assert one == again != other


def test_a_subscription_that_is_gone_is_forgotten(
    pushing: Pushing, services: tuple[PushService, PushService]
) -> None:
    service = services[0]
    service.forget(pushing.browser(service))
    assert pushing.push().outcome == "nobody"
    assert pushing.kept() == 0
    assert pushing.push().outcome == "nobody"
    assert service.requests == 1


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "wait", "kept"),
    [
        (429, {"Retry-After": "120"}, "later", 120.0, 1),
        (503, {}, "later", 0.0, 1),
        (307, {"Location": "http://127.0.0.1:1/"}, "later", 0.0, 1),
        (404, {}, "nobody", 0.0, 0),
        (400, {}, "nobody", 0.0, 0),
        (403, {}, "nobody", 0.0, 0),
    ],
)
def test_each_answer_of_a_service_is_understood(
    pushing: Pushing,
    services: tuple[PushService, PushService],
    status: int,
    headers: dict[str, str],
    outcome: str,
    wait: float,
    kept: int,
) -> None:
    pushing.browser(services[0])
    services[0].answers.append((status, headers))
    delivery = pushing.push()
    assert (delivery.outcome, delivery.wait_seconds, pushing.kept()) == (outcome, wait, kept)
    assert services[0].requests == 1


def test_one_busy_service_does_not_stop_the_other_device(
    pushing: Pushing, services: tuple[PushService, PushService]
) -> None:
    for service in services:
        pushing.browser(service)
    services[0].answers.append((503, {}))
    delivery = pushing.push()
    assert delivery.outcome == "accepted"
    assert len(delivery.waiting) == 1


def test_a_service_that_left_the_list_is_not_sent_to(
    pushing: Pushing, services: tuple[PushService, PushService]
) -> None:
    pushing.browser(services[0])
    strict = replace(pushing.settings, push_hosts=())
    pushing.channel = PushChannel(strict, pushing.unit, pushing.clock, pushing.posting)
    assert pushing.push().outcome == "nobody"
    assert services[0].requests == 0


def test_a_very_long_text_is_shortened_to_what_services_take() -> None:
    made = payload(replace(NOTICE, body="é" * 9000), "https://navette.example")
    assert len(made) <= LONGEST_PAYLOAD


def test_the_encryption_is_that_of_the_standard_s_example() -> None:
    """RFC 8291, appendix A."""
    number = int.from_bytes(decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    body = encrypt(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        salt=decoded("DGv6ra1nlYgDCS1FRnbzlw"),
        key=ec.derive_private_key(number, ec.SECP256R1()),
    )
    assert encoded(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
        "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulc"
        "y4a-fN"
    )


def test_a_browser_whose_session_was_ended_is_told_nothing(
    pushing: Pushing, services: tuple[PushService, PushService]
) -> None:
    kept, ended = pushing.browser(services[0]), pushing.browser(services[0])
    for browser, session in ((kept, 1), (ended, 2)):
        pushing.subscriptions.register(
            pushing.patron, endpoint=browser.endpoint, p256dh=browser.p256dh, auth=browser.auth,
            session_id=session,
        )  # fmt: skip
    pushing.channel = PushChannel(
        pushing.settings, pushing.unit, pushing.clock, pushing.posting,
        alive=lambda _reader, sessions: {session for session in sessions if session == 1},
    )  # fmt: skip
    assert pushing.push().outcome == "accepted"
    assert [message.endpoint for message in services[0].messages] == [kept.endpoint]


def test_what_a_browser_reports_is_signed(
    pushing: Pushing, services: tuple[PushService, PushService]
) -> None:
    pushing.browser(services[0])
    vault = Vault(["k" * 40])
    pushing.channel = PushChannel(
        pushing.settings, pushing.unit, pushing.clock, pushing.posting, mark=vault.mark
    )
    pushing.push(replace(NOTICE, holds=(3, 12)))
    message = services[0].messages[0].message
    assert message["mutable"] is True
    assert message["notification"]["data"] == {"seen": f"3-12.{vault.mark('seen 3-12')}"}


def test_many_letters_go_at_once_each_to_its_own(
    pushing: Pushing, services: tuple[PushService, PushService]
) -> None:
    people = []
    for number in range(12):
        pushing.patron = a_patron(pushing.unit)
        pushing.browser(services[number % 2])
        people.append(pushing.patron)
    with pushing.unit.read() as reader:
        found = patrons_of(reader, people)
    letters = [
        Letter(found[one], replace(NOTICE, title=str(one)), f"ready:{one}:1") for one in people
    ]
    services[1].answers.append((410, {}))
    outcomes = [delivery.outcome for delivery in pushing.channel.send_all(letters)]
    assert sorted(outcomes) == ["accepted"] * 11 + ["nobody"]
    titles = {m.message["notification"]["title"] for s in services for m in s.messages}
    assert titles == {str(o) for o, how in zip(people, outcomes, strict=True) if how == "accepted"}
    assert pushing.kept() == 11
