"""kill -9 in the middle of holds and scans: nothing accepted is lost, nothing is sent twice."""

from __future__ import annotations

import json
import os
import signal
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from factories import a_patron, a_record, an_item, barcode_of
from free_ports import a_free_port
from navette.circulation.tables import Hold
from navette.clock import SystemClock, local_date
from navette.notifications.hosts import PushHosts
from navette.notifications.subscriptions import Subscriptions
from navette.notifications.vapid import public_key_of
from navette.storage.base import table
from navette.storage.database import open_unit
from navette.storage.statements import Query
from navette.storage.tables import Outbox
from navette.storage.unit import Unit
from navette_auth.staff import member_by_login
from navette_auth.tokens import create_token
from navette_graphql.ids import global_id
from navette_server.keys import keys_of
from push_service import PushService
from runs import Run
from waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]
PEOPLE = 24
KILLS = (6, 15)  # after so many accepted scans
SENDERS = 4
SLOWNESS = 0.15  # so that a kill meets messages that were taken and not yet answered
_h = table(Hold).c
_o = table(Outbox).c
HOLDS = Query(
    select(_h.id, _h.patron_id, _h.state), lambda hold, patron, state: (hold, patron, state)
)
ERRANDS = Query(
    select(_o.patron_id, _o.kind, _o.outcome), lambda patron, kind, how: (patron, kind, how)
)
PLACE = """mutation($input: PlaceHoldInput!) { placeHold(input: $input) {
  __typename ... on HoldPlaced { hold { id state } } ... on Refusal { code } } }"""
SCAN = """mutation($input: ScanItemInput!) { scanItem(input: $input) {
  __typename ... on ItemScanned { instruction hold { state } } ... on Refusal { code } } }"""


class Somebody:
    """A patron with a phone, a book that waits for them, and what was answered to them."""

    def __init__(self, unit: Unit, service: PushService, key: str, number: int) -> None:
        clock = SystemClock()
        until_day = local_date(clock.now()).replace(year=local_date(clock.now()).year + 1, day=1)
        self.id = a_patron(unit, valid_until=until_day, card=f"2059000099{number:04d}")
        self.record = a_record(unit, f"Essai de coupure {number}")
        self.barcode = barcode_of(unit, an_item(unit, self.record, barcode=f"COUP{number:05d}"))
        self.browser = service.subscribe(public_key_of(key))
        Subscriptions(unit, clock, PushHosts.of([service.host])).register(
            self.id,
            endpoint=self.browser.endpoint,
            p256dh=self.browser.p256dh,
            auth=self.browser.auth,
        )
        self.token = create_token(unit, clock, patron_id=self.id).text


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService(slowness=SLOWNESS) as running:
        yield running


class Restarting:
    """A run that is killed and started again on the same port and data."""

    def __init__(self, data: Path, service: PushService) -> None:
        self._arguments = (data, a_free_port(beside=1))
        self._environ = {"NAVETTE_PUSH_HOSTS": service.host, "NAVETTE_READY_WINDOW": "0"}
        self.start()

    def start(self) -> None:
        self.run = Run(*self._arguments, **self._environ)
        self.run.wait("/readyz")

    def kill(self) -> None:
        os.killpg(self.run.launcher.pid, signal.SIGKILL)
        until(self.run.ended, what="the end of every process")
        self.start()

    def ask(self, token: str, query: str, given: dict[str, Any]) -> Any:
        """Ask until there is an answer, as a client that repeats itself does."""
        body = json.dumps({"query": query, "variables": {"input": given}}).encode()
        answers: list[Any] = []

        def tried() -> bool:
            request = urllib.request.Request(
                f"http://127.0.0.1:{self._arguments[1]}/graphql",
                body,
                {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
            )
            with (
                suppress(OSError, HTTPException),
                urllib.request.urlopen(request, timeout=5) as answer,
            ):
                answers.append(json.loads(answer.read()))
            return bool(answers)

        until(tried, 60, "an answer")
        assert "errors" not in answers[0], answers[0]
        (told,) = answers[0]["data"].values()
        return told


@pytest.fixture
def site(tmp_path: Path, service: PushService) -> Iterator[Restarting]:
    made = Restarting(tmp_path / "data", service)
    yield made
    with suppress(ProcessLookupError):
        os.killpg(made.run.launcher.pid, signal.SIGKILL)
    made.run.launcher.wait()


@pytest.fixture
def unit(site: Restarting) -> Iterator[Unit]:
    opened = open_unit(f"sqlite:///{site.run.data / 'navette.db'}")
    yield opened
    opened.close()


def test_nothing_accepted_is_lost_and_nothing_is_sent_twice(
    site: Restarting, unit: Unit, service: PushService
) -> None:
    key = keys_of(site.run.data)["NAVETTE_VAPID_PRIVATE_KEY"]
    people = [Somebody(unit, service, key, number) for number in range(PEOPLE)]
    with unit.read() as reader:
        agent = member_by_login(reader, "agent.hem")
    assert agent is not None
    desk = create_token(unit, SystemClock(), staff_id=agent.id).text
    scanned: list[int] = []

    def live() -> None:
        for one in people:
            asked = {
                "recordId": global_id("Record", one.record),
                "pickupLibrary": "hem",
                "idempotencyKey": f"place-{one.id}",
            }
            placed = site.ask(one.token, PLACE, asked)
            assert placed["__typename"] == "HoldPlaced", placed
            asked = {"barcode": one.barcode, "library": "hem", "scanId": f"scan-{one.id}"}
            told = site.ask(desk, SCAN, asked)
            assert told["instruction"] == "HOLD_SHELF", told
            scanned.append(one.id)

    client = threading.Thread(target=live)
    client.start()
    for count in KILLS:
        until(lambda count=count: len(scanned) >= count, 120, f"{count} scans")  # type: ignore[misc]
        site.kill()
    client.join(180)
    assert len(scanned) == PEOPLE
    until(lambda: all(how for _, kind, how in _errands(unit) if kind == "ready"), 90, "the end")
    site.run.end()
    with unit.read() as reader:
        theirs = [row for row in reader.all(HOLDS) if row[1] in scanned]
    assert sorted(patron for _, patron, _ in theirs) == sorted(scanned)
    assert {state for _, _, state in theirs} == {"READY"}
    _each_was_told_once_or_will_be_by_another_way(people, _errands(unit), service)


def _errands(unit: Unit) -> list[tuple[int, str, str | None]]:
    with unit.read() as reader:
        return [row for row in reader.all(ERRANDS) if row[1] in {"ready", "unseen"}]


def _each_was_told_once_or_will_be_by_another_way(
    people: list[Somebody], errands: list[tuple[int, str, str | None]], service: PushService
) -> None:
    """One message left for each; whoever was being told at a kill has another way waiting."""
    told = Counter(message.endpoint for message in service.messages)
    assert set(told.values()) == {1}, "sent twice"
    assert service.refusals == []
    ids = {person.id for person in people}
    ends = {patron: how for patron, kind, how in errands if kind == "ready" and patron in ids}
    doubtful = {patron for patron, how in ends.items() if how == "doubtful: push"}
    assert set(ends.values()) <= {"sent: push", "doubtful: push"}
    assert all(told[p.browser.endpoint] for p in people if p.id not in doubtful)
    assert len(doubtful) <= SENDERS * len(KILLS)
    waiting = {patron for patron, kind, how in errands if kind == "unseen" and how is None}
    assert ids <= waiting
