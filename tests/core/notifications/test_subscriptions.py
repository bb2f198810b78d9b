"""The browsers that people asked us to tell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from factories import a_child, a_patron
from fakes import FrozenClock
from navette.clock import local_date
from navette.errors import BadInput, ConsentNeeded, PushHostRefused
from navette.network.network import Network
from navette.notifications.hosts import PushHosts
from navette.notifications.subscriptions import Subscriptions, devices_of
from navette.patrons.consents import Consents
from navette.patrons.families import links_of
from navette.patrons.guarding import end_guardian
from navette.storage.unit import Unit
from push_service import Browser, PushService


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with PushService() as running:
        yield running


@pytest.fixture
def subscriptions(unit: Unit, clock: FrozenClock, service: PushService) -> Subscriptions:
    return Subscriptions(unit, clock, PushHosts.of([service.host]))


@pytest.fixture
def browser(service: PushService) -> Browser:
    return service.subscribe("key")


def _register(subscriptions: Subscriptions, patron: int, browser: Browser, **given: str) -> int:
    keys = {"endpoint": browser.endpoint, "p256dh": browser.p256dh, "auth": browser.auth}
    return subscriptions.register(patron, **(keys | given))


def test_a_subscription_told_again_stays_one(
    unit: Unit, network: Network, subscriptions: Subscriptions, browser: Browser
) -> None:
    patron = a_patron(unit)
    first = _register(subscriptions, patron, browser)
    assert _register(subscriptions, patron, browser) == first
    with unit.read() as reader:
        assert [device.id for device in devices_of(reader, [patron])] == [first]


def test_a_browser_that_changes_hands_no_longer_tells_the_first_person(
    unit: Unit, network: Network, subscriptions: Subscriptions, browser: Browser
) -> None:
    before, after = a_patron(unit), a_patron(unit)
    _register(subscriptions, before, browser)
    _register(subscriptions, after, browser)
    with unit.read() as reader:
        assert devices_of(reader, [before]) == []
        assert len(devices_of(reader, [after])) == 1


def test_a_child_under_15_needs_a_guardian_s_agreement(
    unit: Unit, network: Network, subscriptions: Subscriptions, browser: Browser, clock: FrozenClock
) -> None:
    parent = a_patron(unit)
    child = a_child(unit, parent)
    with pytest.raises(ConsentNeeded):
        _register(subscriptions, child, browser)
    consents = Consents(network, clock.now(), local_date(clock.now()))
    unit.write(lambda tx: consents.at_desk(tx, child, "push", parent))
    assert _register(subscriptions, child, browser)
    unit.write(lambda tx: consents.end(tx, child, "push", parent))
    with unit.read() as reader:
        assert devices_of(reader, [child]) == [], "withdrawn: that phone is told nothing any more"
    unit.write(lambda tx: consents.at_desk(tx, child, "push", parent))
    _register(subscriptions, child, browser)
    with unit.read() as reader:
        (link,) = links_of(reader, child, local_date(clock.now()))
    unit.write(lambda tx: end_guardian(tx, link.id, clock.now(), "desk"))
    with unit.read() as reader:
        assert devices_of(reader, [child]) == [], (
            "nor once the guardian who agreed is none any more"
        )


def test_only_the_owner_takes_a_subscription_back(
    unit: Unit, network: Network, subscriptions: Subscriptions, browser: Browser
) -> None:
    owner, other = a_patron(unit), a_patron(unit)
    _register(subscriptions, owner, browser)
    assert not subscriptions.unregister(other, browser.endpoint)
    assert subscriptions.unregister(owner, browser.endpoint)
    assert not subscriptions.unregister(owner, browser.endpoint)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("p256dh", ""),
        ("p256dh", "BAAA"),
        ("p256dh", "é" * 87),
        ("auth", "AAAA"),
        ("auth", "$$$"),
        ("endpoint", ""),
        ("endpoint", "https://fcm.googleapis.com/" + "a" * 3000),
    ],
)
def test_keys_that_no_browser_makes_are_refused(
    unit: Unit,
    network: Network,
    subscriptions: Subscriptions,
    browser: Browser,
    field: str,
    value: str,
) -> None:
    with pytest.raises(BadInput) as refused:
        _register(subscriptions, a_patron(unit), browser, **{field: value})
    assert refused.value.field == field


def test_a_foreign_push_host_is_refused(
    unit: Unit, network: Network, subscriptions: Subscriptions, browser: Browser
) -> None:
    with pytest.raises(PushHostRefused):
        _register(subscriptions, a_patron(unit), browser, endpoint="https://evil.example/push/1")
