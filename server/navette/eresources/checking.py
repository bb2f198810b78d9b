"""What an offer of the network file may say; anything else is refused when the file is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from navette.errors import SourceError

AUDIENCES = frozenset({"all", "adult", "young", "child", "professional"})
OPENINGS = frozenset({"here", "tab"})
# what may leave us with a person who opens an offer; nothing does unless the offer lists it
SENDABLE = frozenset({"login_hint", "library", "age_band"})


def check_offers(described: Sequence[Mapping[str, Any]], path: str) -> None:
    """Raise SourceError for an offer that says what we do not understand."""
    for entry in described:
        code = entry.get("code", "?")
        if entry.get("audience", "all") not in AUDIENCES:
            raise SourceError(path, f"eresource {code}: audience is one of {_list(AUDIENCES)}")
        if entry.get("opening", "here") not in OPENINGS:
            raise SourceError(path, f"eresource {code}: opening is one of {_list(OPENINGS)}")
        unknown = set(entry.get("sends", ())) - SENDABLE
        if unknown:
            raise SourceError(path, f"eresource {code}: sends is among {_list(SENDABLE)}")
        if not isinstance(entry.get("min_age", 0), int):
            raise SourceError(path, f"eresource {code}: min_age is a number of years")


def _list(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
