"""The promise, lived once in a real browser: a phone in the hand, three desks, one book."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from journeys.browser import DESK, PHONE, Demonstration, Watched, sign_in, sign_in_at_desk
from push_service import PushService
from small_catalogue import LAST_TOME, potter
from waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
Browsing = Callable[..., Watched]
CARD, CODE = "20590000067890", "POTTER-8"
EVERY_CACHED_PAGE = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request);
      const kind = answer.headers.get('Content-Type') ?? '';
      const words = kind.startsWith('text/html') ? await answer.text() : '';
      found.push({ cache: name, path: new URL(request.url).pathname, words });
    }
  }
  return found;
}"""
NOTIFICATIONS = """async () => {
  const registration = await navigator.serviceWorker.ready;
  return (await registration.getNotifications()).map((n) => ({ title: n.title, body: n.body }));
}"""


class Desk:
    """A desk on a wide screen."""

    def __init__(self, watched: Watched, shown: Demonstration, library: str) -> None:
        self.watched = watched
        self.page = watched.page()
        login = f"agent.{library}"
        sign_in_at_desk(self.page, login, shown.password(login))

    def scan(self, code: str, expected: str) -> None:
        """Scan as a reader of barcodes does: the digits, then Enter; no page is loaded."""
        field = self.page.locator("#scan")
        field.fill(code)
        field.press("Enter")
        self.says(expected)

    def says(self, expected: str) -> None:
        self.page.locator("#consigne .big", has_text=expected).wait_for()

    def confirm(self, expected: str) -> None:
        self.page.get_by_role("button", name="Oui, bien arrivé ici").click()
        self.says(expected)


@pytest.fixture
def phone(browsing: Browsing) -> Watched:
    return browsing(**PHONE)


@pytest.fixture(scope="module", autouse=True)
def book(
    chromium: Any, demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """One more book for Hem, imported while everything runs; returns its title."""
    file = tmp_path_factory.mktemp("book") / "hem.mrc"
    file.write_bytes(potter("JOURNEY-1", [(CODE, "J ROW")]))
    told = demonstration.navette(
        "import", str(file), "--library", "hem", "--profile", "generic", "--json"
    )
    assert json.loads(told)["items_created"] == 1
    return LAST_TOME


def test_from_a_phone_to_the_shelf_and_back(
    phone: Watched, browsing: Browsing, demonstration: Demonstration, phone_service: PushService
) -> None:
    page = phone.page()
    sign_in(page, CARD, demonstration.password(CARD), "/recherche")
    _find_and_reserve(page)
    page.get_by_role("button", name="Oui, sur ce téléphone").tap()
    page.get_by_text("Les alertes sont allumées sur ce téléphone.").wait_for()

    hem, toufflers, lannoy = (
        Desk(browsing(**DESK), demonstration, code) for code in ("hem", "toufflers", "lannoy")
    )
    hem.page.goto("/bureau/prelevements")
    assert CODE in hem.page.locator("table").inner_text()
    hem.page.goto("/bureau")
    hem.scan(CODE, "Pour Toufflers")
    hem.page.get_by_role("button", name="Annuler le dernier scan").click()
    hem.says("Annulé")
    hem.scan(CODE, "Pour Toufflers")
    slip = hem.page.locator(".slip").inner_text()
    assert "Toufflers" in slip
    assert "Lefèvre" not in slip, "no name travels with a book"
    page.goto("/reservations")
    page.locator("article", has_text=LAST_TOME).locator(".track").wait_for()
    toufflers.scan(CODE, "Bien arrivé ?")
    toufflers.confirm("Ici")

    message = _told(phone_service)
    assert message["notification"]["navigate"] == f"{demonstration.base}/reservations"
    _deliver(page, demonstration.base, message)
    page.goto("/reservations")
    page.get_by_text("C’est prêt, à Toufflers").first.wait_for()

    _keep_the_card_and_lose_the_network(phone, page)
    toufflers.scan(CARD, "Bonjour")
    toufflers.scan(CODE, "Prêté")
    page.goto("/prets")
    page.get_by_role("link", name=LAST_TOME).wait_for()
    lannoy.scan(CODE, "Retour à Hem")
    page.goto("/prets")
    assert page.get_by_role("link", name=LAST_TOME).count() == 0, "returned anywhere, seen at once"
    hem.scan(CODE, "Bien arrivé ?")
    hem.confirm("En rayon")

    _nothing_personal_is_kept_but_the_card(page, "Bruno")
    _sign_out_forgets_the_card(page)
    for watched in (phone, hem.watched, toufflers.watched, lannoy.watched):
        assert watched.errors == []
    assert phone.hosts == {demonstration.base.removeprefix("http://")}, "no other host is asked"


def _find_and_reserve(page: Any) -> None:
    field, results = page.locator("#q"), page.locator("#resultats")
    field.press_sequentially("harri poter", delay=15)
    results.get_by_role("link", name="Harry Potter").first.wait_for()
    field.press_sequentially(" enfan maudi", delay=15)
    results.get_by_role("link", name=LAST_TOME).tap()
    page.get_by_role("heading", name=LAST_TOME).wait_for()
    stop = page.locator("#retrait-toufflers")
    if not stop.is_visible():
        page.get_by_text("Toutes les bibliothèques").tap()
    stop.tap()
    page.get_by_role("button", name="Réserver pour Toufflers").tap()
    page.wait_for_url("**/reserver?**")
    page.get_by_role("button", name="Réserver pour Toufflers").tap()
    page.get_by_role("heading", name="C’est réservé.").wait_for()


def _told(service: PushService) -> dict[str, Any]:
    """Wait for the alert that it is ready."""

    def ready() -> list[dict[str, Any]]:
        tags = ((m.message, m.message["notification"]["tag"]) for m in service.messages)
        return [message for message, tag in tags if tag.startswith("ready-toufflers")]

    until(ready, 20, "the push")
    assert service.refusals == []
    (message,) = ready()
    return message


def _deliver(page: Any, origin: str, message: dict[str, Any]) -> None:
    """Hand the decrypted message to the page's own service worker, as the browser does."""
    found: list[str] = []
    wire = page.context.new_cdp_session(page)
    wire.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(r["registrationId"] for r in told["registrations"]),
    )
    wire.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    assert found, "the page has a service worker"
    wire.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": found[0], "data": json.dumps(message)},
    )
    page.wait_for_function(f"({NOTIFICATIONS})().then((all) => all.length > 0)")
    (shown,) = page.evaluate(NOTIFICATIONS)
    said = message["notification"]
    assert (shown["title"], shown["body"]) == (said["title"], said["body"])
    assert "Potter" not in shown["title"] + shown["body"], "no title on a lock screen"


def _keep_the_card_and_lose_the_network(phone: Watched, page: Any) -> None:
    page.goto("/carte")
    page.get_by_role("button", name="Garder ma carte ici").tap()
    page.get_by_text("Votre carte est gardée sur ce téléphone").wait_for()
    phone.go_offline(True)
    page.goto("/carte")
    page.get_by_text("Gardée sur ce téléphone, même sans réseau.").wait_for()
    assert CARD in page.locator(".card-face").inner_text().replace(" ", "").replace("\u00a0", "")
    assert page.locator(".card-face svg").is_visible(), "bars that the desk can read"
    page.goto("/reservations")
    page.get_by_role("heading", name="Pas de réseau.").wait_for()
    phone.go_offline(False)


def _nothing_personal_is_kept_but_the_card(page: Any, name: str) -> None:
    page.goto("/")
    kept = page.evaluate(EVERY_CACHED_PAGE)
    assert kept, "the shell is kept"
    others = [one for one in kept if one["cache"] != "navette-carte"]
    personal = [one["path"] for one in others if name in one["words"] or CARD in one["words"]]
    assert personal == []
    private = ("/reserv", "/prets", "/compte", "/carte", "/bureau", "/plus", "/notifications")
    assert [one["path"] for one in others if one["path"].startswith(private)] == []
    assert [one["path"] for one in kept if one["cache"] == "navette-carte"] == ["/carte"]


def _sign_out_forgets_the_card(page: Any) -> None:
    page.goto("/plus")
    page.get_by_role("button", name="Me déconnecter").tap()
    page.get_by_role("link", name="Entrer", exact=True).wait_for()
    assert page.evaluate("caches.has('navette-carte')") is False


def test_the_card_is_not_kept_unless_it_is_asked_for(
    phone: Watched, demonstration: Demonstration
) -> None:
    page = phone.page()
    sign_in(page, CARD, demonstration.password(CARD), "/carte")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto("/carte")
    assert page.evaluate("caches.has('navette-carte')") is False
    phone.go_offline(True)
    page.goto("/carte")
    page.get_by_role("heading", name="Pas de réseau.").wait_for()
    assert CARD not in page.content().replace(" ", "")
    phone.go_offline(False)
    page.goto("/carte", wait_until="networkidle")
    assert page.get_by_role("button", name="Garder ma carte ici").is_visible()
    assert page.evaluate("caches.has('navette-carte')") is False, "nor by having looked for it"


def test_the_app_can_be_installed(phone: Watched) -> None:
    page = phone.page()
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wire = page.context.new_cdp_session(page)
    found = wire.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {error["errorId"] for error in found} <= {"in-incognito"}, "as every context here is"


def test_a_kept_card_is_not_left_to_who_comes_next(
    phone: Watched, demonstration: Demonstration
) -> None:
    """The session ended by itself, nobody signed out, and somebody else comes in."""
    page, other = phone.page(), "20590000100044"
    sign_in(page, CARD, demonstration.password(CARD), "/carte")
    page.get_by_role("button", name="Garder ma carte ici").tap()
    page.get_by_text("Votre carte est gardée sur ce téléphone").wait_for()
    phone.context.clear_cookies()
    sign_in(page, other, demonstration.password(other), "/recherche")
    page.wait_for_function("caches.has('navette-carte').then((kept) => !kept)")
    phone.go_offline(True)
    page.goto("/carte")
    page.get_by_role("heading", name="Pas de réseau.").wait_for()


def test_the_metropolitan_account_links_the_card_and_opens_its_offers(
    phone: Watched, demonstration: Demonstration
) -> None:
    """One sign-in there, the card proven once, offers without a second password, one way out."""
    accounts = demonstration.accounts
    account = next(a for a in accounts["sso"] if a["login"] == "chloe")
    patron = next(p for p in accounts["patrons"] if p["name"] == "Chloé Martens")
    assert account["card"] is None, "not linked yet"
    page = phone.page()
    page.goto("/connexion?next=/numerique")
    page.get_by_role("link", name="Continuer").tap()
    page.locator("input[name=login]").fill(account["login"])
    page.locator("input[name=password]").fill(account["password"])
    page.locator("form button").first.tap()
    page.get_by_role("heading", name="Associez votre carte").wait_for()
    button = page.get_by_role("button", name="Associer", exact=True)
    form = page.locator("form", has=button)
    form.get_by_label("Numéro de carte").fill(patron["card"])
    form.get_by_label("Mot de passe de la carte").fill(patron["password"])
    button.tap()
    page.wait_for_url("**/numerique?associe=1")
    page.get_by_role("link", name="Ouvrir").first.tap()
    page.wait_for_url(lambda url: not url.startswith(demonstration.base))
    assert page.locator("input[type=password]").count() == 0, "no second password"
    address = page.url
    page.goto(f"{demonstration.base}/compte/identites")
    page.get_by_role("button", name="Séparer de ma carte").wait_for()
    page.goto(f"{demonstration.base}/plus")
    page.get_by_role("button", name="Me déconnecter").tap()
    page.get_by_role("link", name="Entrer", exact=True).wait_for()
    page.goto(address)
    page.locator("input[type=password]").wait_for()
    assert phone.errors == []
