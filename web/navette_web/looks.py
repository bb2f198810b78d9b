"""How the pages look to one browser: as its phone says, or as its reader chose; kept in a cookie."""

from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

COOKIE = "apparence"
THEMES = ("light", "dark")
MORE = "more"


@dataclass(frozen=True, slots=True)
class Look:
    """A theme and a contrast; '' follows the phone."""

    theme: str = ""
    contrast: str = ""

    @property
    def cookie(self) -> str:
        """Return it as the cookie holds it."""
        return f"{self.theme}.{self.contrast}"

    @property
    def attributes(self) -> Markup:
        """Return what stands on the root of a page."""
        said = [("theme", self.theme), ("contrast", self.contrast)]
        return Markup("").join(Markup(' data-{}="{}"').format(*one) for one in said if one[1])


AS_THE_PHONE = Look()
_seen: ContextVar[Look] = ContextVar("look", default=AS_THE_PHONE)


@lru_cache(maxsize=64)
def look_named(text: str) -> Look:
    """Return the look that a cookie or a form names; what is unknown follows the phone."""
    theme, _, contrast = text.partition(".")
    return Look(theme if theme in THEMES else "", contrast if contrast == MORE else "")


def look() -> Look:
    """Return the look of this request."""
    return _seen.get()


def see(chosen: Look) -> None:
    """Look so until the request ends."""
    _seen.set(chosen)
