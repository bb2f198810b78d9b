"""The house: everything a page or a resolver may call, put together once by navette_server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from navette.catalogue.search.index import SearchIndex
from navette.clock import Clock
from navette.ils.port import Circulation
from navette.notifications.subscriptions import Subscriptions
from navette.patrons.privacy import Privacy
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.flows import SignIn


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
