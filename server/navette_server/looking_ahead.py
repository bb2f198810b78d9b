"""Looking ahead: the sign-in's addresses are read before anybody needs them.

The policy of our pages names where forms may lead, and signing out leads to wherever the provider
says. A provider that is away is asked again, more and more rarely; nothing waits for it.
"""

from __future__ import annotations

import threading

from navette.errors import Unavailable
from navette_auth.providers import IdentityProvider, ProviderFault

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 300.0


def look_ahead(provider: IdentityProvider | None, ended: threading.Event) -> None:
    """Ask in a thread of its own until it is known, or the process ends."""
    if provider is not None:
        threading.Thread(
            target=_ask, args=(provider, ended), name="look ahead", daemon=True
        ).start()


def _ask(provider: IdentityProvider, ended: threading.Event) -> None:
    pause = FIRST_PAUSE
    while not ended.is_set():
        try:
            provider.look_ahead()
        except (Unavailable, ProviderFault):
            ended.wait(pause)
            pause = min(LONGEST_PAUSE, pause * 2)
        else:
            return
