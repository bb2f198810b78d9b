"""Scopes of tokens: what a program may do in somebody's name; `write` stands for every change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

WRITE = "write"
CHANGES: Sequence[str] = ("holds", "loans", "notices", "desk")
SCOPES: Sequence[str] = ("read", WRITE, *CHANGES)
IMPLIED: Mapping[str, Collection[str]] = {WRITE: CHANGES}


def allowed(scopes: frozenset[str] | None, scope: str) -> bool:
    """Return whether these scopes hold this one; None is a session, which may do all."""
    if scopes is None or scope in scopes:
        return True
    return any(scope in IMPLIED.get(each, ()) for each in scopes)
