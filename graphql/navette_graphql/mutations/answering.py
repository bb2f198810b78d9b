"""How a mutation answers: do it, or return the refusal as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from navette.errors import BadInput, Duplicate, DuplicateHold, Refusal, UnknownLibrary
from navette_graphql.refusals import refusal_of

T = TypeVar("T")


def answered(act: Callable[[], T]) -> Any:
    """Return what `act` returns, or the refusal it raised: HTTP 200, no `errors`."""
    try:
        return act()
    except Refusal as refusal:
        return refusal_of(refusal)
    except UnknownLibrary:
        return refusal_of(BadInput("library", "unknown"))
    except Duplicate:
        return refusal_of(DuplicateHold())
