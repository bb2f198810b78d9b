"""A house with a staged engine: pages are tested for what they say, not for what it decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from factories import a_patron
from fakes import FrozenClock
from in_chromium import address, chromium, complaints, opened  # noqa: F401 - fixtures
from navette.errors import NotFound
from navette.ils.van_views import VanDone, VanItemView, VanRunView, VanStopView
from navette.ils.views import (
    AvailabilityView,
    DeskAnswer,
    DeskCounts,
    HoldView,
    ItemView,
    LoanView,
    PromiseView,
    ScanResult,
)
from navette.network.network import Network
from navette.notifications.hosts import PushHosts
from navette.notifications.subscriptions import Subscriptions
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.flows import SignIn
from navette_auth.house import House
from navette_auth.sessions import OWN_PHONE, Holder, cookie_name, open_session
from navette_auth.staff import add_staff
from navette_web.errors import exception_handlers
from navette_web.routes import routes
from staged import StagedMore, StagedSearch

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
LIBRARIES = ("hem", "lannoy", "leers", "lys", "toufflers")


def a_promise(library: str = "leers", **given: Any) -> PromiseView:
    values: dict[str, Any] = {
        "likely_at": datetime(2026, 11, 26, 13, 0, tzinfo=UTC), "latest_on": date(2026, 12, 1),
        "sentence": "sans doute jeudi 26, dès 14 h", "reason": "elsewhere",
    }  # fmt: skip
    return PromiseView(library, **(values | given))


def a_hold(**given: Any) -> HoldView:
    values: dict[str, Any] = {
        "id": 1, "patron_id": 1, "patron_name": "Emma Essai", "patron_card": "", "record_id": 1,
        "title": "Le Mage du Kremlin", "authors": ["Giuliano da Empoli"], "type": "book",
        "volume_key": "", "volume_label": "", "level": "record", "state": "WAITING", "rank": 2,
        "copies": 3, "pickup": "leers", "item_id": None, "barcode": None, "placed_at": NOON,
        "ready_at": None, "pickup_deadline": None, "shelf_place": "", "suspended": False,
        "suspended_until": None, "passes_used": 0, "end_reason": None, "ended_at": None,
        "why": "Une personne attendait avant vous.", "promise": a_promise(), "track": None,
    }  # fmt: skip
    return HoldView(**(values | given))


def a_loan(**given: Any) -> LoanView:
    values: dict[str, Any] = {
        "id": 1, "patron_id": 1, "item_id": 1, "barcode": "I1", "record_id": 1,
        "title": "Brouillard", "authors": [], "type": "film", "library": "hem", "lent_at": NOON,
        "due_on": date(2026, 12, 8), "renewals": 0, "returned_at": None, "late": False,
        "renewable": True, "renewal_refusal": "",
    }  # fmt: skip
    return LoanView(**(values | given))


def a_copy(**given: Any) -> ItemView:
    values: dict[str, Any] = {
        "id": 1, "barcode": "I1", "record_id": 1, "title": "Le Mage du Kremlin",
        "status": "AVAILABLE", "home": "hem", "current": "hem", "call_number": "R DAE",
        "section": "Romans", "volume_label": "", "type": "book",
    }  # fmt: skip
    return ItemView(**(values | given))


def a_result(**given: Any) -> ScanResult:
    values: dict[str, Any] = {
        "scan_id": "scan-1", "instruction": "RESHELVE", "destination": None, "returned": False,
        "item": a_copy(), "hold_id": None, "hold_state": None, "shelf_place": "", "message": "",
        "slip": "", "at": NOON,
    }  # fmt: skip
    return ScanResult(**(values | given))


def a_round(**given: Any) -> VanRunView:
    """Tuesday's round: at Hem one to take for Leers, at Leers one to drop from Lys."""

    def stop(n: int, library: str) -> VanStopView:
        arrives = datetime(2026, 11, 24, 12 + n // 2, 30 * (n % 2), tzinfo=UTC)
        drop = [VanItemView(a_copy(id=2, title="Brouillard"), "lys", "leers", late=False)]
        take = [VanItemView(a_copy(), "hem", "leers", late=True)]
        return VanStopView(
            library, arrives, arrives + timedelta(minutes=10), "",
            drop if library == "leers" else [], take if library == "hem" else [],
        )  # fmt: skip

    values: dict[str, Any] = {
        "day": date(2026, 11, 24), "state": "planned", "reason": "", "capacity": 60,
        "on_board": 1, "stops": [stop(n, library) for n, library in enumerate(LIBRARIES)],
    }  # fmt: skip
    return VanRunView(**(values | given))


@dataclass
class StagedCirculation(StagedMore):
    """Answers what a test put on stage, and remembers what it was asked to do."""

    holds: list[HoldView] = field(default_factory=list)
    loans: list[LoanView] = field(default_factory=list)
    items: list[ItemView] = field(default_factory=list)
    scans: list[ScanResult] = field(default_factory=list)
    lists: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    standing: dict[int, list[AvailabilityView]] = field(default_factory=dict)
    volume_list: list[tuple[str, str]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def _answer(self, what: str, given: Any, otherwise: Any) -> Any:
        self.asked.append((what, given))
        answer = self.answers.get(what, otherwise)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def availability(self, record_ids: Any) -> Any:
        return {i: self.standing.get(i, []) for i in record_ids}

    def volumes(self, record_id: int) -> Any:
        return self.volume_list

    def promise(
        self, record_id: int, pickup: str | None = None, volume_key: str = "", **_: Any
    ) -> Any:
        return self._answer("promise", record_id, [a_promise(code) for code in LIBRARIES])

    def place_hold(self, actor: Any, **given: Any) -> Any:
        hold = self._answer("place_hold", given, a_hold(id=7, pickup=given["pickup"]))
        self.holds.append(hold)
        return hold

    def holds_of(self, patron_id: int, **_: Any) -> Any:
        return [hold for hold in self.holds if hold.patron_id == patron_id]

    def hold(self, actor: Any, hold_id: int) -> Any:
        found = next((hold for hold in self.holds if hold.id == hold_id), None)
        if found is None:
            raise NotFound
        return found

    def _change(self, what: str, hold_id: int, key: str | None) -> Any:
        self.keys.append(key)
        return self._answer(what, hold_id, self.hold(None, hold_id))

    def cancel_hold(self, actor: Any, hold_id: int, key: str | None = None) -> Any:
        return self._change("cancel_hold", hold_id, key)

    def restore_hold(self, actor: Any, hold_id: int, key: str | None = None) -> Any:
        return self._change("restore_hold", hold_id, key)

    def suspend_hold(self, actor: Any, hold_id: int, until: Any = None, key: Any = None) -> Any:
        return self._change("suspend_hold", hold_id, key)

    def resume_hold(self, actor: Any, hold_id: int, key: str | None = None) -> Any:
        return self._change("resume_hold", hold_id, key)

    def pass_my_turn(self, actor: Any, hold_id: int, key: str | None = None) -> Any:
        return self._change("pass_my_turn", hold_id, key)

    def change_pickup(self, actor: Any, hold_id: int, pickup: str, key: Any = None) -> Any:
        return self._answer("change_pickup", pickup, self.hold(actor, hold_id))

    def loans_of(self, patron_id: int, **_: Any) -> Any:
        return [loan for loan in self.loans if loan.patron_id == patron_id]

    def renew_loan(self, actor: Any, loan_id: int, key: str | None = None) -> Any:
        self.keys.append(key)
        loan = next(loan for loan in self.loans if loan.id == loan_id)
        return self._answer("renew_loan", loan_id, replace(loan, due_on=date(2026, 12, 29)))

    def desk_scan(self, actor: Any, request: Any) -> Any:
        """Give the staged answer; a staged scan is also remembered as the newest."""
        answer = self._answer("desk_scan", request, DeskAnswer("closed", ""))
        if answer.scan is not None:
            self.scans.insert(0, answer.scan)
        return answer

    def undo_scan(self, actor: Any, scan_id: str) -> Any:
        undone = [replace(s, undone=True) if s.scan_id == scan_id else s for s in self.scans]
        self.scans[:] = undone
        found = next((s for s in undone if s.scan_id == scan_id), NotFound())
        return self._answer("undo_scan", scan_id, found)

    def last_scans(self, library: str, first: int = 10) -> Any:
        return self.scans[:first]

    def loan(self, actor: Any, loan_id: int) -> Any:
        return next(loan for loan in self.loans if loan.id == loan_id)

    def mark_missing(self, actor: Any, library: str, barcode: str = "", item_id: Any = None) -> Any:
        return self._answer("mark_missing", item_id, a_copy(status="MISSING"))

    def pull_list(self, library: str) -> Any:
        return self.lists.get("pull", [])

    def shelf(self, library: str) -> Any:
        return self.lists.get("shelf", [])

    def to_clear(self, library: str) -> Any:
        return self.lists.get("clear", [])

    def transits(self, library: str) -> Any:
        return self.lists.get("transits", [])

    def counts(self, library: str) -> Any:
        return DeskCounts(14, 9, 11, 5, 3, 1)

    def van_run(self, day: Any = None) -> Any:
        return self._answer("van_run", day, a_round())

    def load_van(self, actor: Any, library: str, **given: Any) -> Any:
        return self._answer("load_van", (library, given), VanDone(1, NOON, a_copy()))

    def put_down(self, actor: Any, library: str) -> Any:
        return self._answer("put_down", library, VanDone(1, NOON))

    def undo_van(self, actor: Any, library: str, done_at: Any) -> Any:
        return self._answer("undo_van", (library, done_at), VanDone(1, NOON))

    def cancel_run(self, actor: Any, day: Any, reason: str) -> Any:
        return self._answer("cancel_run", (day, reason), a_round())

    def close_stop(self, actor: Any, day: Any, library: str, reason: str) -> Any:
        return self._answer("close_stop", (day, library, reason), a_round())

    def restore_run(self, actor: Any, day: Any) -> Any:
        return self._answer("restore_run", day, a_round())


@pytest.fixture
def circulation() -> StagedCirculation:
    return StagedCirculation()


@pytest.fixture
def search(unit: Unit) -> StagedSearch:
    return StagedSearch(unit=unit)


@pytest.fixture
def house(
    unit: Unit,
    network: Network,
    clock: FrozenClock,
    circulation: StagedCirculation,
    search: StagedSearch,
) -> House:
    subscriptions = Subscriptions(unit, clock, PushHosts.of(("push.example.org",)))
    settings = Settings()
    staged: dict[str, Any] = {"circulation": circulation, "search": search}
    return House(
        settings=settings,
        clock=clock,
        unit=unit,
        subscriptions=subscriptions,
        sign_in=SignIn(settings, unit, clock),
        **staged,
    )


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """A browser that follows no redirect, so that each answer is seen."""
    app = Starlette(routes=routes(), exception_handlers=exception_handlers())
    app.state.house = house
    with TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False) as ours:
        yield ours


def _enter(house: House, client: TestClient, holder: Holder) -> None:
    now = house.clock.now()
    value = house.unit.write(lambda tx: open_session(tx, now, holder, OWN_PHONE))
    client.cookies.set(cookie_name(house.settings), value)


@pytest.fixture
def patron(house: House, client: TestClient) -> int:
    """Emma of Leers, signed in; her id is on her holds and loans."""
    patron = a_patron(house.unit, "leers", card="20590000012345", last_name="Delattre")
    _enter(house, client, Holder(patron_id=patron))
    return patron


@pytest.fixture
def agent(house: House, client: TestClient, network: Network) -> int:
    """Somebody at the desk of Hem, signed in."""
    library = network.library("hem").id
    named = {"login": "bureau", "name": "Nora", "role": "agent", "password_hash": ""}
    staff = house.unit.write(lambda tx: add_staff(tx, house.clock, library_id=library, **named))
    _enter(house, client, Holder(staff_id=staff))
    return staff


@pytest.fixture
def coordinator(house: House, client: TestClient, network: Network) -> int:
    """Who answers for the van, signed in."""
    return _staff(house, client, network, "tete", "coordinator")


@pytest.fixture
def driver(house: House, client: TestClient, network: Network) -> int:
    """Who drives the van, signed in."""
    return _staff(house, client, network, "navette", "driver")


@pytest.fixture
def a_tuesday_round() -> VanRunView:
    return a_round()


def _staff(house: House, client: TestClient, network: Network, login: str, role: str) -> int:
    named = {"login": login, "name": "Omar", "role": role, "password_hash": ""}
    library = network.library("hem").id
    staff = house.unit.write(lambda tx: add_staff(tx, house.clock, library_id=library, **named))
    _enter(house, client, Holder(staff_id=staff))
    return staff


@pytest.fixture
def body(client: TestClient) -> Callable[..., str]:
    """Fetch a page that must be there, and return its text."""

    def fetch(path: str, **given: Any) -> str:
        answer = client.get(path, **given)
        assert answer.status_code == 200, (path, answer.status_code, answer.headers)
        return answer.text.replace("\u00a0", " ")

    return fetch


@pytest.fixture
def a_waiting_hold() -> HoldView:
    return a_hold()


@pytest.fixture
def an_open_loan() -> LoanView:
    return a_loan()


@pytest.fixture
def a_shelved_copy() -> ItemView:
    return a_copy()


@pytest.fixture
def a_scan() -> ScanResult:
    return a_result()
