"""Alerts in a real browser: displayed by the real service worker, reported, refused, ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from factories import a_patron, a_record, an_item
from in_chromium import CONTROLLED, IN_CHROMIUM
from navette.circulation.tables import Hold
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, HoldView, ScanRequest
from navette.notifications import subscriptions
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette_auth.house import House
from navette_auth.vault import Vault
from navette_server.webpush import seen_token
from waiting import until

pytestmark = IN_CHROMIUM
ANNOUNCED = Query(select(table(Hold).c.announced_at.is_not(None)), scalar)
SHOWN = """() => navigator.serviceWorker.ready.then((here) => here.getNotifications())
  .then((all) => all.map((one) => [one.title, one.body, one.tag]))"""
KEPT_SUBSCRIPTION = """
const told = { endpoint: "https://push.example.org/x", toJSON: () => told };
PushManager.prototype.getSubscription = async () =>
  sessionStorage.getItem("gone") ? null : { ...told, unsubscribe: async () => sessionStorage.setItem("gone", "1") };
"""
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


@pytest.fixture
def ready(house: House) -> int:
    """A hold that stands on the shelf and that nobody was told of."""
    engine = EmbeddedCirculation(house.unit, house.clock, ready_window=300)
    patron, record = a_patron(house.unit), a_record(house.unit)
    item = an_item(house.unit, record)
    hold = engine.place_hold(
        Actor("patron", patron_id=patron), patron_id=patron, record_id=record, pickup="hem"
    )
    engine.scan(Actor("staff", library="hem", role="agent"), ScanRequest("hem", item_id=item))
    return hold.id


@pytest.fixture
def push(opened: Page, address: str) -> Callable[[Any], None]:
    """Deliver a message to the page's worker, as the browser's push service does."""
    opened.context.grant_permissions(["notifications"], origin=address)
    opened.goto("/")
    opened.evaluate(CONTROLLED)
    found: list[str] = []
    session = opened.context.new_cdp_session(opened)
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    for _ in range(250):  # events arrive while the page is waited for
        if found:
            break
        opened.wait_for_timeout(20)

    def deliver(message: Any) -> None:
        data = message if isinstance(message, str) else json.dumps(message)
        session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": address, "registrationId": found[0], "data": data},
        )

    return deliver


def test_a_push_is_displayed_and_that_is_reported_as_evidence(
    opened: Page, push: Callable[[Any], None], house: House, ready: int
) -> None:
    vault = house.extras["vault"] = Vault(["k" * 40])
    shown = {
        "title": "Votre réservation est arrivée", "body": "À Hem.", "tag": "ready-hem-1",
        "navigate": "http://127.0.0.1/reservations",
        "data": {"seen": seen_token([ready], vault.mark)},
    }  # fmt: skip
    push({"web_push": 8030, "notification": shown, "mutable": True, "app_badge": 1})

    def announced() -> bool:
        with house.unit.read() as reader:
            return reader.all(ANNOUNCED) == [True]

    until(announced, 10, "the report")
    assert opened.evaluate(SHOWN) == [["Votre réservation est arrivée", "À Hem.", "ready-hem-1"]]


@pytest.mark.parametrize("message", ["", "pas du JSON", {"notification": 3}, {"web_push": 8030}])
def test_whatever_arrives_something_is_displayed(
    opened: Page, push: Callable[[Any], None], message: Any
) -> None:
    push(message)
    for _ in range(250):
        if opened.evaluate(SHOWN):
            break
        opened.wait_for_timeout(20)
    assert opened.evaluate(SHOWN)[0][0] == "Navette"


def test_where_alerts_are_refused_the_page_says_what_is_done_instead(
    patron: int, opened: Page
) -> None:
    opened.add_init_script(
        "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })"
    )
    opened.goto("/notifications")
    opened.get_by_text("Les alertes sont coupées sur ce téléphone.").wait_for()
    blocked = opened.locator("[data-push-part=blocked]")
    assert blocked.get_by_text("Nous vous écrivons par e-mail.").is_visible()
    assert not opened.get_by_role("button", name="Oui, sur ce téléphone").is_visible()


def test_where_no_alert_can_come_the_page_says_what_is_done_instead(
    patron: int, opened: Page
) -> None:
    """As in WebKitGTK, and in every browser of an iPhone that did not install the app."""
    opened.add_init_script("delete window.PushManager")
    opened.goto("/notifications")
    opened.get_by_role("heading", name="Ce navigateur ne reçoit pas d’alertes.").wait_for()
    absent = opened.locator("[data-push-part=absent]")
    assert absent.get_by_text("Nous vous écrivons par e-mail.").is_visible()
    assert absent.get_by_role("link", name="Comment faire").is_visible()
    assert not opened.get_by_role("button", name="Oui, sur ce téléphone").is_visible()


def test_after_a_hold_nobody_is_asked_twice(
    patron: int, opened: Page, circulation: Any, a_waiting_hold: HoldView
) -> None:
    circulation.holds.append(replace(a_waiting_hold, id=7, patron_id=patron))
    opened.goto("/reserver?fait=7")
    opened.get_by_role("button", name="Non merci").click()
    opened.goto("/reserver?fait=7")
    opened.evaluate("navigator.serviceWorker.ready")
    opened.wait_for_function("document.documentElement.classList.contains('scripted')")
    assert not opened.get_by_role("button", name="Non merci").is_visible()
    opened.goto("/notifications")
    opened.get_by_role("button", name="Oui, sur ce téléphone").wait_for()


def test_alerts_end_with_the_session(patron: int, opened: Page, house: House) -> None:
    house.subscriptions.register(patron, endpoint="https://push.example.org/x", **KEYS)
    opened.add_init_script(KEPT_SUBSCRIPTION)
    opened.goto("/plus")
    opened.evaluate(CONTROLLED)
    with opened.expect_navigation(url="**/"):
        opened.get_by_role("button", name="Me déconnecter").click()
    with house.unit.read() as reader:
        assert subscriptions.listed(reader, patron) == []
    assert opened.evaluate("sessionStorage.getItem('gone')") == "1"
