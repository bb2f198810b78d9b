"""The schema that this code expects, read from the names in its migrations: nothing is imported."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_REVISION = re.compile(r"^revision\b.*?=\s*[\"'](.+?)[\"']", re.MULTILINE)
_BEFORE = re.compile(r"^down_revision\b.*?=\s*[\"'](.+?)[\"']", re.MULTILINE)


@cache
def expected_revision() -> str:
    """Return the one revision that no other follows."""
    texts = [
        found.read_text(encoding="utf-8")
        for found in (files("navette.storage") / "migrations" / "versions").iterdir()
        if found.name.endswith(".py")
    ]
    made = {match[1] for match in map(_REVISION.search, texts) if match}
    followed = {match[1] for match in map(_BEFORE.search, texts) if match}
    return next(iter(made - followed), "")
