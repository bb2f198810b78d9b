"""The words of the interface: never jargon, never blame, wherever a resident reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from navette import wording
from navette_web.render import ROOM

TEMPLATES = ROOM / "templates"
READ_BY_RESIDENTS = [
    path
    for folder in (".", "pages", "parts", "texts")
    for path in sorted((TEMPLATES / folder).glob("*.html"))
    if path.name not in {"style.html", "_desk.html", "sign_in_staff.html"}
]
SAID_TO_RESIDENTS = [
    Path(wording.__file__),
    *(path for path in sorted(ROOM.glob("*.py")) if path.name not in {"style.py", "inbox.py"}),
    *sorted(Path(wording.__file__).with_name("notifications").glob("*.py")),
]
FORBIDDEN = (
    "exemplaire", "notices?", "usager", "sso", "fédéré", "transit", "token", "échec",
    r"erreur \d+", "invalide", "pénalité", "vous devez", "vous avez oublié", "impossible",
)  # fmt: skip
NEVER = re.compile(rf"\b(?:{'|'.join(FORBIDDEN)})s?\b", re.IGNORECASE)
FRENCH = re.compile(r"[A-ZÀ-Ü«]?[\w’'-]+[ \u00a0][\w«’'-]+")


def words_of(path: Path) -> str:
    text = re.sub(
        r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", " ", path.read_text(), flags=re.DOTALL
    )
    return re.sub(r"\s+", " ", text)


def sentences_of(path: Path) -> Iterator[str]:
    """Yield what a module says: its texts of several words, but for docstrings and addresses."""
    tree = ast.parse(path.read_text())
    silent = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) not in silent and FRENCH.match(node.value):
            yield node.value


@pytest.mark.parametrize("path", READ_BY_RESIDENTS, ids=lambda path: path.name)
def test_no_page_speaks_jargon(path: Path) -> None:
    assert NEVER.findall(words_of(path)) == []


@pytest.mark.parametrize("path", SAID_TO_RESIDENTS, ids=lambda path: path.name)
def test_no_sentence_of_the_code_speaks_jargon(path: Path) -> None:
    assert [said for said in sentences_of(path) if NEVER.search(said)] == []


def test_the_check_hears_what_it_must() -> None:
    said = list(sentences_of(Path(wording.__file__)))
    assert any("Rendez-le" in sentence for sentence in said)
    assert NEVER.search("Erreur 404 : cet usager est invalide")
