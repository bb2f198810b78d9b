"""One Jinja environment a language for every page; the answer is a page, or the partial htmx asks for."""

import hashlib
import secrets
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse

from navette.languages import LANGUAGES, Language, gettext, ngettext, speaking_as, spoken
from navette_web import french
from navette_web.folding import Folding
from navette_web.looks import Look, look
from navette_web.sheets import SHEET, STATIC, content_of
from navette_web.words import HTML_LANGUAGES

ROOM = Path(__file__).parent
FRAGMENT_HEADER = "HX-Request"
PLACE_HEADER = "HX-Target"
SPARING_HEADER = "Save-Data"
PLACE = "main#contenu"  # what a verb in place is answered into
AHEAD = "ahead.rules"
SHORT = 2  # letters of a language in HTML


@cache
def static_address(name: str) -> str:
    """Address a static file by its content, so that a phone may keep it for a year."""
    return f"/static/{name}?v={static_version_of(name)}"


@cache
def static_version_of(name: str) -> str:
    """Return the short hash of a static file."""
    return hashlib.sha256(content_of(name)).hexdigest()[:10]


@cache
def static_version() -> str:
    """Hash all the static files and templates: the name of the shell that a phone keeps."""
    digest = hashlib.sha256()
    for path in sorted([*STATIC.rglob("*"), *(ROOM / "templates").rglob("*")]):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


# Macros that say the same for the same words, in any language.
_ICONS, _SIGNS = "parts/_icons.html", ("icon", "logo", "van")


class _Part(Template):
    """A template whose macros are made once: what it is given are the names of the environment."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:  # noqa: ARG002 - as its parent's
        """Return the macros without asking at each import whether other names are around."""
        if self._module is None:
            self._module = self.make_module()
        return self._module


class _Templates(Environment):
    """Templates that are found again by their name: a page asks ten times for some of its parts.

    They are compiled for one language: what they always say in it is text (folding.py).
    """

    def __init__(self, language: Language, **options: Any) -> None:
        """Begin with none."""
        super().__init__(**options)
        self._language = language
        self._found: dict[str, Template] = {}
        self.folded = {
            "_": self._said,
            "static": static_address,
            "part": self._drawn,
            **{sign: partial(self._drawn, _ICONS, sign) for sign in _SIGNS},
        }

    def _said(self, sentence: str) -> Markup:
        with speaking_as(self._language):
            return _said(sentence)

    def _drawn(self, part: str, macro: str, *values: str) -> Markup:
        """Draw what depends on nothing but the language."""
        with speaking_as(self._language):
            drawn: Markup = getattr(self.get_template(part).module, macro)(*values)
        return drawn

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the names that templates start from: none has more of its own."""
        return super().make_globals(d) if d else self.globals

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - as its parent's
    ) -> Template:
        """Return a template; what the house draws with has no names of a caller's own."""
        if globals or isinstance(name, Template):
            return super().get_template(name, parent, globals)
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = super().get_template(name, parent)
        return found


def make_environment(language: Language) -> Environment:
    """Build the environment: escaping on, unknown names are errors, sentences go through gettext."""
    environment = _Templates(
        language,
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n", Folding],
    )
    environment.template_class = _Part
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(
        static=static_address,
        language=spoken,
        languages=LANGUAGES,
        look=look,
        fresh_key=fresh_key,
        in_language=in_language,
        title_in=title_in,
        frame_part=frame_part,
    )
    environment.globals.update(dict.fromkeys(("_", "gettext"), _said))
    environment.filters.update(_filters())
    return environment


def fresh_key() -> str:
    """Return a key for one form: the same tap twice is one act."""
    return secrets.token_urlsafe(9)


def _said(sentence: str, **values: Any) -> Markup:
    """Say a sentence as the extension does, without its detours: pages have fifty of them."""
    if not values:
        return _said_plainly(sentence, spoken().code)
    return Markup(gettext(sentence)) % values  # noqa: S704 - sentences are ours; their values are escaped


@lru_cache(maxsize=8_192)
def _said_plainly(sentence: str, _language: str) -> Markup:
    said = Markup(gettext(sentence))  # noqa: S704 - sentences are ours
    return said % {} if "%%" in said else said


def frame_part(part: str, macro: str, *values: str) -> Markup:
    """Draw a part of the frame once for each language and look: the same on every page."""
    return _drawn_part(part, macro, values, spoken().code, look())


@lru_cache(maxsize=1_024)
def _drawn_part(
    part: str, macro: str, values: tuple[str, ...], _language: str, _look: Look
) -> Markup:
    drawn: Markup = getattr(environment().get_template(part).module, macro)(*values)
    return drawn


def in_language(code: str) -> Markup:
    """Mark a title that is not in the language of the page, so that it is read out rightly.

    The code is that of HTML ("en") or that of a record ("eng").
    """
    code = HTML_LANGUAGES.get(code, code if len(code) == SHORT else "")
    if not code or code == spoken().html.partition("-")[0]:
        return Markup()
    return Markup(' lang="{}"').format(code)


def title_in(title: str, code: str) -> Markup:
    """Return a title that stands inside a sentence, marked when it is in another language."""
    said = in_language(code)
    return Markup("<span{}>{}</span>").format(said, title) if said else Markup("{}").format(title)


def _back_to(values: Mapping[str, object], page: str, skip: int = 0) -> Mapping[str, object]:
    """Add to the fields of a form where its verb leads back to: another page, further in a list."""
    back = {"vers": page, "suite": skip}
    return {**values, **{name: value for name, value in back.items() if value}}


def _filters() -> dict[str, Callable[..., Any]]:
    return {
        "day": french.day_in_words,
        "short_day": french.short_day,
        "full_date": french.full_date,
        "near_day": french.near_day,
        "hour": french.hour_in_words,
        "rank": french.rank_in_words,
        "counted": french.counted,
        "grouped": french.grouped,
        "card": french.card_in_groups,
        "back_to": _back_to,
    }


def environment() -> Environment:
    """Return the templates in the language of this moment, compiled at their first use."""
    return _environment_in(spoken().code)


@cache
def _environment_in(_language: str) -> Environment:
    return make_environment(spoken())


def wants_fragment(request: Request) -> bool:
    """Tell whether htmx asks for a block only; going back in history wants the whole page."""
    headers = request.headers
    return FRAGMENT_HEADER in headers and "HX-History-Restore-Request" not in headers


def may_go_ahead(request: Request) -> bool:
    """Tell whether fetching a page ahead costs this reader nothing they asked to spare."""
    return request.headers.get(SPARING_HEADER, "").strip().lower() != "on"


def in_place(request: Request) -> bool:
    """Tell whether htmx asks for the main part of a page, to put it in place of the one shown."""
    return wants_fragment(request) and request.headers.get(PLACE_HEADER) == PLACE


def render(template: str, values: Mapping[str, Any]) -> str:
    """Write a template: a page, or the partial of one of its blocks."""
    return environment().get_template(template).render(values)


def html(
    text: str, status: int = 200, *, personal: bool = True, ahead: bool = False
) -> HTMLResponse:
    """Answer HTML; a personal page is never stored, a public one is asked for again each time.

    `ahead`: the browser may fetch the public page under a finger before it is asked for.
    """
    answer = HTMLResponse(text, status)
    answer.raw_headers += _headers(personal=personal, ahead=ahead)
    return answer


@cache
def _headers(*, personal: bool, ahead: bool) -> Sequence[tuple[bytes, bytes]]:
    headers = {
        "Cache-Control": "no-store" if personal else "no-cache",
        "Vary": f"Cookie, {FRAGMENT_HEADER}, {PLACE_HEADER}, {SPARING_HEADER}",
        # the sheet is on its way before the page is read; a server in front may make it a 103
        "Link": f"<{static_address(SHEET)}>; rel=preload; as=style",
    }
    if ahead:
        headers["Speculation-Rules"] = f'"{static_address(AHEAD)}"'
    return Headers(headers).raw
