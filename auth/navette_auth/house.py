"""The house: everything a page or a resolver may call, put together once by navette_server."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

from navette.catalogue.search.index import SearchIndex
from navette.clock import Clock
from navette.ils.port import Circulation
from navette.network.loading import network_of
from navette.network.network import Network
from navette.notifications.subscriptions import Subscriptions
from navette.patrons.privacy import Privacy
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.flows import SignIn

NETWORK_SECONDS: Final = 5


@dataclass(frozen=True)
class House:
    """Handed to pages as `request.app.state.house` and to resolvers as their context's house."""

    settings: Settings
    clock: Clock
    unit: Unit
    circulation: Circulation
    subscriptions: Subscriptions
    search: SearchIndex
    sign_in: SignIn
    privacy: Privacy = field(default_factory=Privacy)
    extras: dict[str, Any] = field(default_factory=dict)

    def network(self) -> Network:
        """Return the network, read again at most every five seconds."""
        kept: tuple[float, Network] | None = self.extras.get("network_read")
        if kept is None or time.monotonic() - kept[0] > NETWORK_SECONDS:
            with self.unit.read() as reader:
                kept = (time.monotonic(), network_of(reader))
            self.extras["network_read"] = kept
        return kept[1]
