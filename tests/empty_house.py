"""A house with its doors and nothing behind them: for pages of signing in."""

from __future__ import annotations

from typing import Any

from navette_auth.flows import SignIn
from navette_auth.house import House


def empty_house(ways: SignIn) -> House:
    """Return a house of these ways in; whoever asks for its books finds None."""
    nothing: Any = None
    return House(
        settings=ways.settings, clock=ways.clock, unit=ways.unit, circulation=nothing,
        subscriptions=nothing, search=nothing, sign_in=ways,
    )  # fmt: skip
