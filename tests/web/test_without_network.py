"""A phone in a tunnel: the card and the summary kept by choice, pages, requests noted and sent again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from factories import a_child
from in_chromium import CONTROLLED, IN_CHROMIUM
from navette.errors import NotFound, RenewalRefused
from navette.ils.views import HoldView, LoanView
from navette_auth.house import House
from navette_web.pwa import OFFLINE_PAGES

pytestmark = IN_CHROMIUM
CARD_GONE = """async () => {
  const until = performance.now() + 5000;
  while (performance.now() < until) {
    if (!(await caches.has("navette-carte"))) return true;
    await new Promise(requestAnimationFrame);
  }
  return false;
}"""


def test_the_card_is_kept_by_choice_and_leaves_with_its_owner(
    patron: int, opened: Page, house: House
) -> None:
    for name in ("Hugo", "Zoé"):
        a_child(house.unit, patron, first_name=name)
    opened.goto("/carte")
    opened.evaluate(CONTROLLED)
    foot, keep = opened.locator("nav.bar").bounding_box(), opened.locator("[data-keep]")
    assert foot is not None
    box = keep.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < foot["y"], "it is seen without scrolling"
    assert not opened.evaluate("caches.has('navette-carte')")
    opened.get_by_role("button", name="Garder ma carte ici").click()
    opened.get_by_text("Votre carte est gardée").wait_for()
    opened.context.set_offline(True)
    opened.goto("/carte")
    assert opened.locator(".number").inner_text() == "2059 0000 0123 45"
    opened.goto("/reservations")
    assert "Pas de réseau" in opened.content()
    opened.context.set_offline(False)
    opened.goto("/plus")
    with opened.expect_navigation(url="**/"):
        opened.get_by_role("button", name="Me déconnecter").click()
    assert opened.evaluate(CARD_GONE)


def test_a_personal_page_is_in_no_cache(patron: int, opened: Page) -> None:
    opened.goto("/carte")
    opened.evaluate(CONTROLLED)
    for path in ("/", "/reservations", "/carte"):
        opened.goto(path)
    kept = opened.evaluate(
        """async () => {
          const found = {};
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const asked of await cache.keys())
              found[new URL(asked.url).pathname] = await (await cache.match(asked)).text();
          }
          return found;
        }"""
    )
    pages = {path for path in kept if not path.startswith("/static/")}
    assert pages <= {*OFFLINE_PAGES, "/bibliotheques"}  # the latter as a stranger sees it
    assert [path for path, text in kept.items() if "Emma" in text] == []


NOTE_TWICE = """async () => {
  for (const path of ["/prets/prolonger", "/prets/prolonger", "/reservations/annuler"])
    await fetch(path, { method: "POST", body: new URLSearchParams(path.startsWith("/prets") ? { pret: 1 } : { reservation: 1 }) });
}"""
NOTE_MORE = """async () => {
  await fetch("/prets/deja-rendu", { method: "POST", body: new URLSearchParams({ pret: 1 }) });
  await fetch("/compte/rythme", { method: "POST", body: new URLSearchParams({ rythme: 2 }) });
}"""
FULL = """() => {
  const full = () => { throw new DOMException("full", "QuotaExceededError"); };
  IDBObjectStore.prototype.add = full;
  Cache.prototype.put = full;
}"""
AGED = """() => caches.keys().then(async (names) => {
  const pages = await caches.open(names.find((name) => name.startsWith("navette-pages")));
  const kept = await pages.match("/recherche?q=hugo");
  const headers = new Headers(kept.headers);
  headers.set("Navette-Kept-At", String(Date.parse("2026-11-24T09:12:00Z")));
  await pages.put("/recherche?q=hugo", new Response(await kept.text(), { headers }));
})"""


@pytest.fixture
def tunnel(
    patron: int,
    opened: Page,
    circulation: Any,
    a_waiting_hold: HoldView,
    an_open_loan: LoanView,
) -> Page:
    """A reader whose loans were on the screen when the network went away."""
    circulation.holds.append(replace(a_waiting_hold, patron_id=patron))
    circulation.loans.append(replace(an_open_loan, patron_id=patron))
    opened.goto("/prets")
    opened.evaluate(CONTROLLED)
    opened.goto("/prets")
    opened.evaluate("async () => (await import('/static/app-worker.js')).ask('requests')")
    opened.context.set_offline(True)
    return opened


ACTS = {"renew_loan", "cancel_hold", "claim_returned", "set_pace"}


def did(circulation: Any) -> list[str]:
    return [what for what, _given in circulation.asked if what in ACTS]


def test_requests_are_noted_once_and_sent_in_their_order_when_the_network_is_back(
    tunnel: Page, circulation: Any
) -> None:
    tunnel.evaluate(NOTE_TWICE)
    tunnel.evaluate(NOTE_MORE)
    tunnel.get_by_role("button", name="Prolonger").click()  # a third tap on the same
    tunnel.get_by_role("heading", name="C’est noté.").wait_for()
    noted = tunnel.locator("[data-requests] h3")
    noted.first.wait_for()
    assert noted.all_inner_texts() == [
        "Prolonger un prêt", "Annuler une réservation", "Dire qu’un document est rendu",
        "Changer de rythme",
    ]  # fmt: skip
    assert did(circulation) == []
    tunnel.context.set_offline(False)
    tunnel.goto("/")
    tunnel.get_by_text("Vos demandes sont parties.").wait_for()
    assert did(circulation) == ["renew_loan", "cancel_hold", "claim_returned", "set_pace"]
    assert len({key for key in circulation.keys if key}) == 4
    tunnel.goto("/hors-ligne/demandes")
    tunnel.get_by_role("heading", name="Plus rien n’attend.").wait_for()


def test_what_could_not_be_done_is_said_and_the_rest_is_done(
    tunnel: Page, circulation: Any, complaints: list[str]
) -> None:
    circulation.answers |= {"renew_loan": RenewalRefused("others_wait"), "cancel_hold": NotFound()}
    tunnel.evaluate(NOTE_TWICE)
    tunnel.context.set_offline(False)
    tunnel.goto("/carte")
    tunnel.get_by_text("Une demande n’a pas pu se faire.").wait_for()
    tunnel.get_by_role("link", name="Voir mes demandes").click()
    tunnel.get_by_text("Quelqu’un attend ce document").wait_for()
    assert tunnel.locator("[data-why]:visible").count() == 2
    tunnel.get_by_role("button", name="Ne plus demander").first.click()
    tunnel.locator("[data-requests] li").nth(1).wait_for(state="detached")
    assert "404" in complaints.pop()


@pytest.mark.parametrize("hours", [25, -2], ids=["a day later", "a clock that went back"])
def test_an_old_request_is_asked_about_before_it_is_sent(
    tunnel: Page, circulation: Any, hours: int
) -> None:
    tunnel.evaluate(NOTE_TWICE)
    tunnel.evaluate(NOTE_MORE)
    tunnel.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=hours))
    tunnel.context.set_offline(False)
    tunnel.goto("/")
    tunnel.get_by_text("Toujours d’accord").wait_for()
    assert did(circulation) == []
    tunnel.goto("/reservations")
    tunnel.get_by_role("link", name="Voir mes demandes").click()
    tunnel.get_by_role("button", name="Ne plus demander").first.click()
    tunnel.locator("[data-requests] h3").nth(3).wait_for(state="detached")
    assert tunnel.locator("[data-requests] h3").all_inner_texts() == [
        "Annuler une réservation", "Dire qu’un document est rendu", "Changer de rythme",
    ]  # fmt: skip


def test_a_full_phone_notes_nothing_and_says_so(tunnel: Page, circulation: Any) -> None:
    (worker,) = tunnel.context.service_workers
    worker.evaluate(FULL)
    tunnel.get_by_role("button", name="Prolonger").click()
    tunnel.get_by_text("Votre demande n’est pas notée.").wait_for()
    tunnel.context.set_offline(False)
    tunnel.goto("/bibliotheques")  # what cannot be kept is shown all the same
    assert "Lannoy" in tunnel.content()
    assert did(circulation) == []


def test_requests_leave_the_phone_with_their_owner(tunnel: Page, circulation: Any) -> None:
    tunnel.evaluate(NOTE_TWICE)
    tunnel.evaluate("fetch('/deconnexion', { method: 'POST' }).catch(() => {})")
    tunnel.context.set_offline(False)
    tunnel.goto("/hors-ligne/demandes")
    tunnel.get_by_role("heading", name="Plus rien n’attend.").wait_for()
    assert did(circulation) == []


def test_a_public_page_is_there_without_network_and_says_its_date(opened: Page) -> None:
    opened.goto("/recherche?q=hugo")
    opened.evaluate(CONTROLLED)
    opened.goto("/recherche?q=hugo")
    opened.goto("/")
    opened.evaluate(AGED)
    opened.context.set_offline(True)
    opened.goto("/recherche?q=hugo")
    opened.get_by_text("Cette page date de mardi").wait_for()
    opened.goto("/bibliotheques")  # kept for everybody, never visited
    assert "Lannoy" in opened.content()
    opened.goto("/numerique")  # never kept: one page says so, and says it once
    opened.get_by_role("heading", name="Pas de réseau.").wait_for()
    opened.wait_for_function("document.documentElement.classList.contains('scripted')")
    assert not opened.locator("#nouvelles").is_visible()
