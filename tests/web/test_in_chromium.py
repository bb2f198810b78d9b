"""Pages in a real browser: strict policy, narrow screens, the kept card, the desk's keyboard."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, Route, expect

from factories import a_child, a_patron, a_record
from in_chromium import IN_CHROMIUM
from navette.errors import UnknownBarcode
from navette.ils.views import DeskAnswer, ScanResult
from navette_auth.house import House

pytestmark = IN_CHROMIUM
NARROW = {"width": 320, "height": 640}
EVERY_PAGE = (
    "/", "/recherche?q=x", "/notice/1", "/bibliotheques", "/numerique", "/style", "/accessibilite",
    "/confidentialite", "/mentions-legales", "/hors-ligne", "/connexion", "/connexion/personnel",
    "/plus", "/reservations", "/prets", "/carte", "/notifications", "/reserver?notice=1",
    "/famille", "/inscription", "/compte/appareils", "/compte/continuer", "/compte/cles",
    "/compte/lectures", "/compte/lectures/arreter", "/compte/confirmer", "/compte/programmes",
)  # fmt: skip
DESK_PAGES = (
    "/bureau", "/bureau/prelevements", "/bureau/etagere", "/bureau/transferts", "/bureau/usagers",
    "/bureau/inscriptions", "/bureau/inscriptions/carte", "/bureau/doublons", "/bureau/retrait",
    "/bureau/poste", "/bureau/usagers/2/famille", "/bureau/cartes-inutilisees",
    "/bureau/compte/confirmer", "/bureau/compte/code", "/bureau/compte",
)  # fmt: skip


def too_wide(page: Page, paths: tuple[str, ...]) -> list[str]:
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    wide = []
    for path in paths:
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth") > NARROW["width"]:
            wide.append(path)
    return wide


def test_no_page_of_a_resident_scrolls_sideways_on_a_narrow_screen(
    patron: int, opened: Page, house: House
) -> None:
    a_record(house.unit, "Anticonstitutionnellement, ou la vie d’un mot interminable")
    assert too_wide(opened, EVERY_PAGE) == []


def test_no_page_of_the_desk_scrolls_sideways_on_a_narrow_screen(
    agent: int, opened: Page, house: House
) -> None:
    a_child(house.unit, a_patron(house.unit), first_name="Marie-Antoinette-Joséphine")
    assert too_wide(opened, DESK_PAGES) == []
    for door in opened.locator(".desk-doors a").all():
        box = door.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= NARROW["width"], "no door is hidden behind the edge"


def test_the_desk_works_by_keyboard_and_keeps_the_focus(
    agent: int, opened: Page, circulation: Any, a_scan: ScanResult
) -> None:
    reshelved = DeskAnswer("route", "", item=a_scan.item, scan=a_scan)
    opened.goto("/bureau")
    for code, words, answer in (
        ("I1", "En rayon", reshelved),
        ("RIEN", "Inconnu", UnknownBarcode("RIEN")),
    ):
        circulation.answers["desk_scan"] = answer
        opened.keyboard.type(code)
        opened.keyboard.press("Enter")
        opened.locator(".order .big", has_text=words).wait_for()
        assert opened.evaluate("document.activeElement.id") == "scan"


def test_what_is_scanned_while_the_page_arrives_is_kept(
    agent: int, opened: Page, circulation: Any, a_scan: ScanResult
) -> None:
    """The script that looks after the field may come after the first beep."""
    circulation.answers["desk_scan"] = DeskAnswer("route", "", item=a_scan.item, scan=a_scan)
    late: list[Route] = []
    opened.route("**/app-desk*.js", lambda route: late.append(route))  # noqa: PLW0108 - Playwright cannot wrap a builtin
    opened.goto("/bureau")
    opened.locator("#scan").fill("I1")
    opened.locator("#scan").blur()
    with opened.expect_response("**/app-desk*.js"):
        late[0].continue_()
    expect(opened.locator("#scan")).to_be_focused()
    expect(opened.locator("#scan")).to_have_value("I1")
    opened.keyboard.press("Enter")
    opened.locator(".order .big", has_text="En rayon").wait_for()


def held_back(page: Page) -> list[Route]:
    """Hold every scan back that the page sends, until its route is told to go on."""
    held: list[Route] = []
    page.route("**/bureau/scan", lambda route: held.append(route))  # noqa: PLW0108 - Playwright cannot wrap a builtin
    return held


def scan_all(page: Page, *codes: str) -> None:
    """Scan these without waiting for an answer."""
    for code in codes:
        page.keyboard.type(code)
        page.keyboard.press("Enter")


def test_what_is_scanned_while_an_answer_is_on_its_way_is_sent_after_it(
    agent: int, opened: Page, circulation: Any, a_scan: ScanResult
) -> None:
    """A slow line loses neither the books that follow nor the half of a number."""
    circulation.answers["desk_scan"] = DeskAnswer("route", "", item=a_scan.item, scan=a_scan)
    opened.goto("/bureau", wait_until="networkidle")
    held = held_back(opened)
    scan_all(opened, "I1", "I2", "I3")
    opened.keyboard.type("ABC")
    for sent in range(3):
        while len(held) <= sent:
            opened.wait_for_timeout(20)
        assert len(held) == sent + 1, "one after the other"
        held[sent].continue_()
    while len(circulation.asked) < len(held):
        opened.wait_for_timeout(20)
    opened.keyboard.type("D")
    expect(opened.locator("#scan")).to_have_value("ABCD")
    given = [scan for what, scan in circulation.asked if what == "desk_scan"]
    assert [scan.text for scan in given] == ["I1", "I2", "I3"]
    assert len({scan.scan_id for scan in given}) == len(given), "each has the name of its own form"


def test_no_digit_is_lost_while_answers_come_in(
    agent: int, opened: Page, circulation: Any, a_scan: ScanResult
) -> None:
    """The answer to one number comes while the next one is typed, key by key."""
    circulation.answers["desk_scan"] = DeskAnswer("route", "", item=a_scan.item, scan=a_scan)
    opened.goto("/bureau", wait_until="networkidle")
    codes = [f"259298{number:08d}" for number in range(12)]
    scan_all(opened, *codes)
    while len(circulation.asked) < len(codes):
        opened.wait_for_timeout(20)
    assert [scan.text for what, scan in circulation.asked if what == "desk_scan"] == codes


def test_what_is_scanned_behind_a_stop_waits_until_it_is_read(
    agent: int, opened: Page, circulation: Any, a_scan: ScanResult
) -> None:
    """The answer to the next book would take the place of the one that needs a hand."""
    circulation.answers["desk_scan"] = UnknownBarcode("RIEN")
    opened.goto("/bureau", wait_until="networkidle")
    held = held_back(opened)
    scan_all(opened, "RIEN", "I2", "I3")
    while not held:
        opened.wait_for_timeout(20)
    held[0].continue_()
    opened.get_by_text("Lisez d’abord la consigne. Scannés depuis : I2, I3").wait_for()
    opened.keyboard.type("I4")
    opened.keyboard.press("Enter")
    opened.get_by_text("I2, I3, I4").wait_for()
    assert opened.locator(".order .big", has_text="Inconnu").is_visible()
    assert len(held) == 1
    circulation.answers["desk_scan"] = DeskAnswer("route", "", item=a_scan.item, scan=a_scan)
    opened.keyboard.press("Enter")
    for sent in (1, 2, 3):
        while len(held) <= sent:
            opened.wait_for_timeout(20)
        held[sent].continue_()
    opened.locator(".order .big", has_text="En rayon").wait_for()
    expect(opened.locator("[data-later]")).to_be_hidden()
    given = [scan.text for what, scan in circulation.asked if what == "desk_scan"]
    assert given == ["RIEN", "I2", "I3", "I4"]


def test_a_card_kept_open_for_what_was_scanned_does_not_close_the_next_one(
    agent: int, opened: Page, house: House, circulation: Any
) -> None:
    card = "20590000099999"
    circulation.answers["desk_scan"] = DeskAnswer("opened", "", card, a_patron(house.unit))
    opened.clock.install()
    opened.goto("/bureau", wait_until="networkidle")

    def scan() -> None:
        with opened.expect_response("**/bureau/scan"):
            opened.keyboard.type(card)
            opened.keyboard.press("Enter")
        opened.locator(".open-card").wait_for()
        opened.wait_for_function("!document.querySelector('.htmx-request')")

    scan()
    opened.evaluate("document.querySelector('[data-later]').hidden = false")
    opened.clock.fast_forward(21_000)
    opened.evaluate("document.querySelector('[data-later]').hidden = true")
    opened.clock.fast_forward(10_000)
    scan()
    left: list[str] = []
    opened.on("framenavigated", lambda frame: left.append(frame.url))
    opened.clock.fast_forward(15_000)
    opened.wait_for_timeout(300)
    assert not left
    opened.clock.fast_forward(6_000)
    expect(opened.locator(".open-card")).to_have_count(0)


def test_results_follow_what_is_typed(
    opened: Page, house: House, search: Any, network: Any
) -> None:
    search.hits.append(a_record(house.unit))
    opened.goto("/recherche")
    opened.locator("#q").press_sequentially("krem")
    opened.locator(".result").wait_for()
    opened.wait_for_url("**/recherche?q=krem")
    assert opened.locator("#nombre").inner_text().replace("\u00a0", " ") == "1 résultat"


def test_the_button_names_the_stop_that_is_chosen(opened: Page, house: House, network: Any) -> None:
    opened.goto(f"/notice/{a_record(house.unit)}")
    opened.locator("#retrait-lys").check(force=True)
    assert opened.locator("[data-line-submit]").inner_text() == "Réserver pour Lys"
