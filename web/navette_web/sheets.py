"""The style sheet of the pages: written in layers, served as one file that blocks nothing else."""

from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
SHEET = "navette.css"
LAYERS = ("tokens", "page", "controls", "parts", "line", "sizes")  # a later one wins


@cache
def content_of(name: str) -> bytes:
    """Return what a static file holds; the sheet is its layers, one after the other."""
    if name == SHEET:
        return b"".join((STATIC / "css" / f"{layer}.css").read_bytes() for layer in LAYERS)
    return (STATIC / name).read_bytes()


def names() -> frozenset[str]:
    """Return every static file by the name in its address; a layer has none of its own."""
    files = (path for path in STATIC.rglob("*") if path.is_file() and path.parent.name != "css")
    return frozenset({SHEET, *(path.relative_to(STATIC).as_posix() for path in files)})
