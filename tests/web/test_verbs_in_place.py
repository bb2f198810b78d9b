"""A verb in place: the page that is open changes, the focus and the voice follow, the address stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from starlette.testclient import TestClient

from factories import a_child, a_patron, a_record
from in_chromium import CONTROLLED, IN_CHROMIUM
from navette.errors import HoldLimitReached, WrongState
from navette.ils.views import HoldView, LoanView
from navette_auth.house import House
from navette_auth.sessions import OWN_PHONE, Holder, cookie_name, open_session

IN_PLACE = {"HX-Request": "true", "HX-Target": "main#contenu"}
LIST = "/reservations"


def when_ready(page: Page) -> None:
    page.locator("form[data-htmx-powered]").first.wait_for(state="attached")


def verb(page: Page, name: str) -> Any:
    return page.locator("main").get_by_role("button", name=name)


@pytest.fixture
def hold(circulation: Any, patron: int, a_waiting_hold: HoldView, house: House) -> HoldView:
    record = a_record(house.unit)
    mine = replace(a_waiting_hold, id=5, patron_id=patron, record_id=record, title="Brouillards")
    circulation.holds.append(mine)
    return mine


@pytest.fixture
def another(circulation: Any, hold: HoldView) -> HoldView:
    other = replace(hold, id=6, title="Dunes")
    circulation.holds.append(other)
    return other


@pytest.fixture
def loan(circulation: Any, patron: int, an_open_loan: LoanView) -> LoanView:
    mine = replace(an_open_loan, patron_id=patron, renewable=True)
    circulation.loans.append(mine)
    return mine


@pytest.fixture
def cancelling(circulation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that takes a cancelled hold off the list, and puts it back."""
    gone: dict[int, HoldView] = {}

    def cancel(actor: Any, hold_id: int, key: str | None = None) -> HoldView:
        gone[hold_id] = circulation.hold(actor, hold_id)
        circulation.asked.append(("cancel_hold", hold_id))
        circulation.holds.remove(gone[hold_id])
        return gone[hold_id]

    def restore(actor: Any, hold_id: int, key: str | None = None) -> HoldView:
        circulation.holds.append(gone[hold_id])
        return gone[hold_id]

    monkeypatch.setattr(circulation, "cancel_hold", cancel)
    monkeypatch.setattr(circulation, "restore_hold", restore)


def test_the_answer_in_place_is_the_main_part_of_the_page_it_leads_to(
    client: TestClient, hold: HoldView, circulation: Any
) -> None:
    answer = client.post("/reservations/pause", data={"reservation": "5"}, headers=IN_PLACE)
    assert answer.status_code == 200
    assert answer.headers["HX-Replace-Url"] == LIST
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<html" not in answer.text
    assert answer.text.strip().startswith("<title>Mes documents · Navette</title>")
    assert answer.text.count("<main") == 1
    assert "C’est en pause" in answer.text
    assert circulation.asked == [("suspend_hold", 5)]


def test_what_was_reserved_keeps_an_address_of_its_own(
    client: TestClient, patron: int, house: House, circulation: Any
) -> None:
    data = {"notice": str(a_record(house.unit)), "retrait": "leers"}
    answer = client.post("/reserver", data=data, headers=IN_PLACE)
    assert answer.headers["HX-Replace-Url"] == "/reserver?fait=7"
    assert 'hx-target=".bar"' in answer.text, "the bar says where one is now"


def test_a_refusal_is_said_beside_the_verb(
    client: TestClient, hold: HoldView, circulation: Any
) -> None:
    circulation.answers["cancel_hold"] = WrongState("READY", "cancel")
    answer = client.post("/reservations/annuler", data={"reservation": "5"}, headers=IN_PLACE)
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"].startswith("closest [data-thing]")
    assert 'role="alert"' in answer.text
    assert "<main" not in answer.text


def test_who_is_signed_out_meanwhile_is_led_to_the_door(client: TestClient) -> None:
    answer = client.post("/reservations/annuler", data={"reservation": "5"}, headers=IN_PLACE)
    assert answer.headers["HX-Redirect"] == "/connexion?next=%2Freservations"


@pytest.mark.parametrize("back", ["", "reservations"])
def test_a_verb_of_a_loan_leads_back_to_where_it_was_asked(
    client: TestClient, loan: LoanView, back: str
) -> None:
    data = {"pret": str(loan.id), "vers": back}
    answer = client.post("/prets/prolonger", data=data)
    assert answer.headers["Location"].startswith(f"/{back or 'prets'}?prolonge=")


def test_a_verb_further_in_a_long_list_leads_back_there(
    client: TestClient, circulation: Any, loan: LoanView, body: Any
) -> None:
    circulation.loans += [replace(loan, id=loan.id + n) for n in range(1, 35)]
    text = body("/prets?suite=30")
    assert text.count('name="suite" value="30"') == 1 + 2 * 5, "all at once, and two verbs of each"
    data = {"pret": str(loan.id), "suite": "30"}
    answer = client.post("/prets/prolonger", data=data)
    assert answer.headers["Location"].startswith("/prets?suite=30&prolonge=")
    answer = client.post("/prets/deja-rendu", data=data, headers=IN_PLACE)
    assert answer.headers["HX-Replace-Url"] == "/prets?suite=30"
    assert answer.text.count('name="suite" value="30"') == 1 + 2 * 5 + 1, "and to undo it"


class TestInChromium:
    pytestmark = IN_CHROMIUM

    @pytest.fixture
    def page(self, opened: Page) -> Page:
        """My documents, in a browser that has no worker: a test may hold its requests."""
        opened.add_init_script("delete Navigator.prototype.serviceWorker")
        opened.goto(LIST)
        when_ready(opened)
        opened.evaluate("window.stayed = true")
        return opened

    def test_a_cancelled_hold_goes_and_comes_back_without_leaving_the_page(
        self, hold: HoldView, another: HoldView, cancelling: None, page: Page
    ) -> None:
        verb(page, "Annuler : Brouillards").click()
        toast = page.locator("main > .toast p")
        expect(toast).to_have_text("Réservation annulée.")
        expect(toast).to_be_focused()
        expect(page.locator("#r5")).to_have_count(0)
        expect(page.locator("#r6")).to_be_visible()
        verb(page, "La remettre").click()
        expect(page.locator("#r5 h3")).to_be_focused()
        expect(page.locator("#dit")).to_have_text("Votre réservation est de retour.")
        assert page.evaluate("window.stayed")
        assert page.evaluate("location.pathname + location.search") == LIST

    def test_a_renewed_loan_keeps_the_focus_and_is_said(self, loan: LoanView, page: Page) -> None:
        verb(page, "Prolonger").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(f"#p{loan.id} h4")).to_be_focused()
        expect(page.locator("#dit")).to_contain_text("C’est prolongé, jusqu’au")
        assert page.evaluate("window.stayed && location.pathname") == LIST

    def test_folds_stay_as_the_reader_left_them(
        self, circulation: Any, patron: int, loan: LoanView, opened: Page
    ) -> None:
        circulation.loans += [
            replace(loan, id=n, due_on=loan.due_on + timedelta(20 * n)) for n in range(2, 9)
        ]
        opened.goto(LIST)
        when_ready(opened)
        first, last = opened.locator("details.fold").first, opened.locator("details.fold").last
        expect(first).to_have_attribute("open", "")
        expect(last).not_to_have_attribute("open", "")
        first.locator("summary").click()
        last.locator("summary").click()
        last.get_by_role("button", name="Prolonger").click()
        expect(opened.locator("main > .toast")).to_be_visible()
        expect(first).not_to_have_attribute("open", "")
        expect(last).to_have_attribute("open", "")

    def test_a_double_tap_asks_once_and_the_row_says_so_meanwhile(
        self, hold: HoldView, cancelling: None, circulation: Any, page: Page
    ) -> None:
        held: list[Route] = []
        page.route("**/reservations/annuler", lambda route: held.append(route))  # noqa: PLW0108 - Playwright cannot wrap a builtin
        button = verb(page, "Annuler : Brouillards")
        button.click()
        expect(page.locator("#r5")).to_have_attribute("aria-busy", "true")
        expect(page.locator("#r5 h3")).to_have_css("text-decoration-line", "line-through")
        button.click()
        button.click()
        assert len(held) == 1
        held[0].continue_()
        expect(page.locator("main > .toast")).to_be_visible()
        assert circulation.asked == [("cancel_hold", 5)]
        expect(page.locator("[aria-busy]")).to_have_count(0)

    def test_a_refusal_stands_in_the_row_and_takes_the_focus(
        self,
        hold: HoldView,
        another: HoldView,
        circulation: Any,
        page: Page,
        complaints: list[str],
    ) -> None:
        circulation.answers["cancel_hold"] = WrongState("READY", "cancel")
        for _ in range(2):  # said once, however often it is asked
            verb(page, "Annuler : Brouillards").click()
            expect(page.locator("#r5 .refused")).to_be_focused()
            expect(page.locator(".refused")).to_have_count(1)
            expect(page.locator("[data-leaving]")).to_have_count(0)
        expect(page.locator("#r6")).to_be_visible()
        assert page.evaluate("window.stayed")
        complaints.clear()  # the browser notes each 409

    def test_without_an_answer_it_says_so(
        self, hold: HoldView, page: Page, complaints: list[str]
    ) -> None:
        page.route("**/reservations/annuler", lambda route: route.abort())
        verb(page, "Annuler : Brouillards").click()
        expect(page.locator("#nouvelles")).to_contain_text("rien ne se fait deux fois")
        expect(page.locator("#r5")).not_to_have_attribute("aria-busy", "true")
        assert page.evaluate("window.stayed")
        complaints.clear()

    @pytest.mark.parametrize("status", [403, 502])
    def test_an_answer_from_in_front_of_the_pages_never_takes_their_place(
        self, hold: HoldView, page: Page, complaints: list[str], status: int
    ) -> None:
        page.route(
            "**/reservations/annuler",
            lambda route: route.fulfill(status=status, body="<h1>Gateway</h1>"),
        )
        verb(page, "Annuler : Brouillards").click()
        expect(page.locator("#nouvelles")).to_contain_text("rien ne se fait deux fois")
        expect(page.locator("main#contenu #r5")).to_be_visible()
        expect(page.locator("#r5")).not_to_have_attribute("aria-busy", "true")
        complaints.clear()

    def test_who_signed_in_meanwhile_is_not_shown_in_the_frame_of_another(
        self, hold: HoldView, loan: LoanView, client: TestClient, house: House, page: Page
    ) -> None:
        other = a_patron(house.unit, "leers", card="20590000099999", first_name="Jean")
        now = house.clock.now()
        value = house.unit.write(
            lambda tx: open_session(tx, now, Holder(patron_id=other), OWN_PHONE)
        )
        cookie = {"name": cookie_name(house.settings), "value": value, "url": page.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]
        verb(page, "Annuler : Brouillards").click()
        expect(page.locator(".site-head .who")).to_contain_text("Jean")
        expect(page.locator("body")).to_have_attribute("data-person", str(other))

    def test_a_language_chosen_meanwhile_is_that_of_the_whole_page(
        self, hold: HoldView, page: Page
    ) -> None:
        page.evaluate("document.documentElement.lang = 'nl'")  # as it was before that choice
        verb(page, "Annuler : Brouillards").click()
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        expect(page.locator("main h1")).to_be_visible()

    def test_a_verb_in_place_is_noted_when_there_is_no_network(
        self, hold: HoldView, circulation: Any, opened: Page
    ) -> None:
        opened.goto(LIST)
        opened.evaluate(CONTROLLED)
        opened.reload()
        when_ready(opened)
        opened.context.set_offline(True)
        verb(opened, "Annuler : Brouillards").click()
        opened.wait_for_url("**/hors-ligne/demandes")
        expect(opened.locator("[data-requests] li")).to_have_count(1)
        assert circulation.asked == []
        opened.context.set_offline(False)

    def test_without_script_the_same_verb_leads_on_and_can_be_undone(
        self, hold: HoldView, cancelling: None, chromium: Browser, client: TestClient, address: str
    ) -> None:
        context = chromium.new_context(base_url=address, java_script_enabled=False)
        context.add_cookies(
            [{"name": c.name, "value": c.value or "", "url": address} for c in client.cookies.jar]
        )
        page = context.new_page()
        page.goto(LIST)
        verb(page, "Annuler : Brouillards").click()
        page.wait_for_url("**/reservations?fait=annulee&reservation=5")
        expect(page.locator("#r5")).to_have_count(0)
        verb(page, "La remettre").click()
        page.wait_for_url("**/reservations?fait=remise&reservation=5")
        expect(page.locator("#r5")).to_be_visible()
        context.close()

    def test_reserving_ends_on_what_happens_next(
        self, patron: int, house: House, circulation: Any, search: Any, opened: Page
    ) -> None:
        opened.goto(f"/reserver?notice={a_record(house.unit)}")
        when_ready(opened)
        opened.evaluate("window.stayed = true")
        opened.locator("[data-line-submit]").click()
        expect(opened.locator("main h1")).to_have_text("C’est réservé.")
        expect(opened.locator("main h1")).to_be_focused()
        opened.wait_for_url("**/reserver?fait=7")
        assert opened.title() == "C’est réservé · Navette"
        expect(opened.locator(".bar [aria-current]")).to_have_text("Documents")
        language = opened.locator(".site-foot form.languages input[name=next]")
        expect(language).to_have_value("/reserver?fait=7")
        assert opened.evaluate("window.stayed")

    def test_a_refused_reservation_leaves_the_choice_as_it_was(
        self,
        patron: int,
        house: House,
        circulation: Any,
        search: Any,
        opened: Page,
        complaints: list[str],
    ) -> None:
        circulation.answers["place_hold"] = HoldLimitReached(5, 5)
        opened.goto(f"/reserver?notice={a_record(house.unit)}")
        when_ready(opened)
        opened.locator("#retrait-lys").check(force=True)
        opened.locator("[data-line-submit]").click()
        expect(opened.locator("#reserver .refused")).to_be_focused()
        expect(opened.locator("#retrait-lys")).to_be_checked()
        complaints.clear()

    def test_what_a_family_decides_is_decided_in_place(
        self, patron: int, house: House, opened: Page
    ) -> None:
        child = a_child(house.unit, patron, first_name="Lina", birth_year=2018)
        opened.goto("/famille")
        when_ready(opened)
        opened.evaluate("window.stayed = true")
        agree = opened.locator(f"#suivi-{child}").get_by_role("button", name="Je suis d’accord")
        before = agree.count()
        assert before
        agree.first.click()
        expect(opened.locator("main > .toast")).to_be_visible()
        expect(agree).to_have_count(before - 1)
        expect(opened.locator(f"#enfant-{child}")).to_be_focused()
        assert opened.evaluate("window.stayed && location.pathname + location.search") == "/famille"

    def test_a_choice_kept_says_what_it_is_now(
        self, patron: int, circulation: Any, opened: Page
    ) -> None:
        opened.goto("/reglages")
        when_ready(opened)
        opened.evaluate("window.stayed = true")
        opened.locator("#retrait").click()
        opened.locator("#bibliotheque-lys").check(force=True)
        opened.locator("#choix-retrait button").click()
        expect(opened.locator("#retrait")).to_be_focused()
        expect(opened.locator("#retrait")).to_contain_text("Lys")
        assert opened.evaluate("window.stayed && location.pathname") == "/reglages"
