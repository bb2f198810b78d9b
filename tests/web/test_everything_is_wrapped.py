"""No sentence escapes the catalogues: what a template or a page says goes through gettext."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment

import navette
import navette_web

TEMPLATES = Path(str(navette_web.__file__)).parent / "templates"
IN_FRENCH_ONLY = {"pages/style.html"}  # made-up examples of every part, for those who build
NAMES = {"Navette", "OK", "htmx", "Code", "CD", "DVD", "M", "UTF-8"}
WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
SPOKEN_ATTRIBUTE = re.compile(
    r"""\b(?:aria-label|placeholder|alt|title|data-label|data-line-submit)="([^"]*)"""
)
FRENCH = re.compile(r"[À-ÿ’«]|\b(?:vous|votre|vos|une|des|les|dans|pour)\b")
MODULES = [
    *(Path(str(navette_web.__file__)).parent).rglob("*.py"),
    *(Path(str(navette.__file__)).parent / "notifications").rglob("*.py"),
    *(Path(str(navette.__file__)).parent / "circulation").rglob("*.py"),
]
SAID_BY = {"_", "N_", "gettext", "ngettext"}
# Modules whose French is data or examples, not a sentence of the interface.
DATA = {
    "gsm.py",
    "style.py",
    "french.py",
    "inbox.py",
    "searching.py",
    "browsing.py",
    "describing.py",
    "desk_wording.py",
}


def templates() -> list[Path]:
    return sorted(
        path
        for path in TEMPLATES.rglob("*.html")
        if path.relative_to(TEMPLATES).as_posix() not in IN_FRENCH_ONLY
    )


def said_plainly(source: str) -> Iterator[str]:
    """Yield the words of a template that stand outside of every expression."""
    source = re.sub(r"\{% block \w*(?:class|id) %\}.*?\{% endblock %\}", "", source)
    plain = "".join(
        value if kind == "data" else " \x00 "
        for _line, kind, value in Environment(extensions=["jinja2.ext.i18n"]).lex(source)
        if kind == "data" or kind.endswith("_begin")
    )
    for said in SPOKEN_ATTRIBUTE.findall(plain):
        yield from WORD.findall(said)
    text = re.sub(r"<(style|script)\b.*?</\1>", " ", plain, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>|&\w+;", " ", text)
    # a tag that an expression interrupts
    text = re.sub(r"<[^>]*$|[\w-]+=\"[^\"]*\"?", " ", text)
    yield from (word for word in WORD.findall(text) if word not in NAMES)


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_a_template_says_nothing_outside_of_gettext(path: Path) -> None:
    loose = [word for word in said_plainly(path.read_text(encoding="utf-8")) if word not in NAMES]
    assert loose == [], "wrap these in a call of _()"


def test_the_check_sees_a_loose_word() -> None:
    assert list(said_plainly('<p class="x">{{ _("oui") }} Bonjour</p>')) == ["Bonjour"]
    assert list(said_plainly('<a aria-label="Fermer" href="/x">{{ y }}</a>')) == ["Fermer"]


def loose_french(path: Path) -> Iterator[str]:
    """Yield the French of a module that no gettext call carries."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    carried: set[int] = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in SAID_BY
        ):
            carried |= {id(part) for part in ast.walk(node)}
        body = getattr(node, "body", None)
        if isinstance(body, list):
            carried |= {
                id(one.value)
                for one in body
                if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
            }
    for node in ast.walk(tree):
        if (
            (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in carried
            )
            and " " in node.value
            and FRENCH.search(node.value)
        ):
            yield node.value


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_says_nothing_outside_of_gettext(path: Path) -> None:
    if path.name not in DATA:
        assert list(loose_french(path)) == [], "wrap these in _() or N_()"
