"""Which test names which rule of circulation in its docstring; writes docs/circulation.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from navette.circulation.describing import described

TESTS = Path(__file__).resolve().parent
DOCUMENT = TESTS.parent / "docs" / "circulation.md"
_NAME = re.compile(r"\b(T8[bc]|T9b|[TIE]\d+)[a-g]?\b")
_RANGE = re.compile(r"\b[TIE]\d+[bc]? to [TIE]\d+[bc]?\b")  # names nothing in particular


def proofs() -> Mapping[str, list[str]]:
    """Every rule with the tests that name it: `tests/...py: name in words`."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for test, text in _said(path):
            for name in sorted(set(_NAME.findall(_RANGE.sub("", text)))):
                found.setdefault(name, []).append(test)
    return found


def document() -> str:
    """The document as it has to be."""
    return described(proofs())


def _said(path: Path) -> Iterator[tuple[str, str]]:
    """The docstrings of the tests of a file, and of the file itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    where = path.relative_to(TESTS.parent).as_posix()
    yield f"`{where}` as a whole", ast.get_docstring(tree) or ""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            words = node.name.removeprefix("test_").replace("_", " ")
            yield f"`{where}`: {words}", ast.get_docstring(node) or ""


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
