"""Every page in every look: small, dark, high in contrast, enlarged, in other languages, mirrored.

Long: `make soak` runs it. What it looks for: axe's rules, nothing that scrolls sideways, no target
smaller than WCAG 2.2 allows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from journeys.browser import DESK, PHONE, Demonstration, Watched, sign_in, sign_in_at_desk
from journeys.main_pages import COORDINATION, PERSONAL, PUBLIC
from journeys.main_pages import DESK as DESK_PAGES
from journeys.test_access_in_chromium import ALICE, AXE, RULES, Checker

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(900)]
SMALL: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}
ENLARGED: dict[str, Any] = {"viewport": {"width": 320, "height": 256}}  # 1280 by 1024 at 400 %
TABLET: dict[str, Any] = {"viewport": {"width": 768, "height": 1024}}
LOOKS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "small and dark": (SMALL | {"color_scheme": "dark"}, {}),
    "enlarged": (ENLARGED, {}),
    "more contrast": (PHONE | {"contrast": "more"}, {}),
    "dark and more contrast, by choice": (PHONE, {"apparence": "dark.more"}),
    "forced colours": (PHONE | {"forced_colors": "active"}, {}),
    "a tablet in English": (TABLET, {"langue": "en"}),
    "small, in Dutch": (SMALL, {"langue": "nl"}),
    "easy French": (PHONE, {"langue": "fr-x-falc"}),
    "mirrored, small": (SMALL, {"langue": "x-miroir"}),
    "mirrored, wide and dark": (DESK | {"color_scheme": "dark"}, {"langue": "x-miroir"}),
}
PEOPLE = ("nobody", "reader", "agent", "coordinator")
TINY = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
  .filter((one) => {
    const { width, height } = one.getBoundingClientRect();
    const alone = !["inline", "contents"].includes(getComputedStyle(one).display);
    return alone && width && height && (width < 24 || height < 24);
  }).map((one) => one.outerHTML.slice(0, 80))"""


@pytest.fixture(autouse=True)
def _with_axe() -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed (npm ci --ignore-scripts)")


def enter(check: Checker, who: str, demonstration: Demonstration) -> tuple[str, ...]:
    """Come in as somebody, and return what they may open."""
    if who == "nobody":
        return PUBLIC
    if who == "reader":
        sign_in(check.page, ALICE, demonstration.password(ALICE))
        return PERSONAL
    if who == "agent":
        sign_in_at_desk(check.page, "agent.hem", demonstration.password("agent.hem"))
        return DESK_PAGES
    sign_in_at_desk(check.page, "coordination", demonstration.password("coordination"))
    return COORDINATION


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("look", LOOKS)
def test_every_page_can_be_used(
    browsing: Callable[..., Watched], demonstration: Demonstration, look: str, who: str
) -> None:
    kind, cookies = LOOKS[look]
    watched = browsing(**kind, reduced_motion="reduce")
    check = Checker(watched.page(), RULES)
    paths = enter(check, who, demonstration)
    watched.context.add_cookies(
        [{"name": n, "value": v, "url": demonstration.base} for n, v in cookies.items()]
    )
    for path in paths:
        check.open(path)
        if "forced_colors" in kind:  # axe reads the colours of the sheet, the browser shows its own
            found = [one for one in check.wrong.pop(path, []) if "color-contrast" not in one]
            check.wrong |= {path: found} if found else {}
        for tiny in check.page.evaluate(TINY):
            check.wrong.setdefault(path, []).append(f"too small to touch: {tiny}")
    assert check.wrong == {}
