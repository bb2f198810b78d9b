"""Firefox and WebKit show every page: readers', desks', coordinators'; without push they say so.

Long: `make soak` runs it. Each page answers, has a heading, ran its script, and does not scroll
sideways at the width of a small phone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from journeys.browser import Demonstration
from journeys.main_pages import COORDINATION, DESK, PERSONAL, PUBLIC
from other_browsers import Window, a_window, missing
from waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(900)]
ALICE = "20590000012345"
NARROW = 320
GONE = {"/notice/999999": 404}
LOOK = """
const heading = [...document.querySelectorAll("h1")].find((one) => one.getClientRects().length);
const [way] = performance.getEntriesByType("navigation");
const asked = new XMLHttpRequest(); // WebKit does not tell how a page was answered
asked.open("GET", location.href, false);
if (way.responseStatus === undefined) asked.send();
return {
  path: location.pathname, status: way.responseStatus ?? asked.status, width: innerWidth,
  wide: document.documentElement.scrollWidth, heading: heading?.textContent.trim() ?? "",
};"""
SCRIPTED = "return document.documentElement.classList.contains('scripted')"
PARTS = """return [...document.querySelectorAll("[data-push-part]")]
  .filter((part) => part.getClientRects().length).map((part) => part.dataset.pushPart);"""


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def window(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Window]:
    why_not = missing(request.param)
    if why_not:
        pytest.skip(why_not)
    with a_window(request.param, tmp_path_factory.mktemp(request.param)) as opened:
        opened.size(NARROW, 640)
        yield opened


Shown = Callable[[str], dict[str, Any]]


@pytest.fixture
def shown(window: Window, demonstration: Demonstration) -> Shown:
    def show(path: str) -> dict[str, Any]:
        window.go(f"{demonstration.base}{path}")
        until(lambda: window.run(SCRIPTED), 20, f"the script of {path}")
        seen: dict[str, Any] = window.run(LOOK)
        return seen

    return show


def enter(window: Window, shown: Shown, door: str, **typed: str) -> None:
    """Sign in by a door; the form is sent as a finger would."""
    shown(door)
    for name, value in typed.items():
        window.run(f"document.querySelector('main [name={name}]').value = {value!r}")
    window.run("document.querySelector('main [name=password]').form.requestSubmit()")
    until(
        lambda: not window.run("return location.pathname").startswith("/connexion"), 20, "the door"
    )


def wrong_with(seen: dict[str, Any], path: str) -> list[str]:
    """What is not as it should be on a page."""
    found = []
    wanted = GONE.get(path, 200)
    if seen["status"] != wanted:
        found.append(f"answered {seen['status']}")
    if seen["wide"] > seen["width"]:
        found.append(f"{seen['wide']} px in {seen['width']}")
    if not seen["heading"]:
        found.append("no heading")
    return found


PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "nobody": ("", PUBLIC),
    "reader": (ALICE, PERSONAL),
    "agent": ("agent.hem", DESK),
    "coordinator": ("coordination", COORDINATION),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_shown(
    window: Window, demonstration: Demonstration, shown: Shown, who: str
) -> None:
    login, paths = PEOPLE[who]
    if who == "reader":
        password = demonstration.password(login)
        enter(window, shown, "/connexion", card=login, password=password)
    elif login:
        password = demonstration.password(login)
        enter(window, shown, "/connexion/personnel", login=login, password=password)
    found = {path: wrong for path in paths if (wrong := wrong_with(shown(path), path))}
    narrow = window.run("return innerWidth")
    window.forget()
    assert found == {}
    assert narrow <= NARROW + 1, "the window is as narrow as it was asked to be"


def test_without_push_the_page_says_what_to_do_instead(
    window: Window, demonstration: Demonstration, shown: Shown
) -> None:
    enter(window, shown, "/connexion", card=ALICE, password=demonstration.password(ALICE))
    shown("/notifications")
    assert window.run("return 'PushManager' in window") is False
    until(lambda: window.run(PARTS) == ["absent"], 10, "what is done instead")
    said = window.run("return document.querySelector('[data-push-part=absent]').textContent")
    window.forget()
    assert "Ce navigateur ne reçoit pas d’alertes." in said
    assert "Nous vous écrivons par e-mail." in said
