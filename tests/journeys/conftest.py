"""A town of five libraries, with a push service on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette

from fakes import FrozenClock
from journeys.browser import (  # noqa: F401 - fixtures are found here
    browsing,
    chromium,
    demonstration,
    phone_service,
)
from journeys.town import Town
from navette.network.network import Network
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_server.app import create_app
from navette_server.keys import keys_of
from push_service import PushService
from serving import served


@pytest.fixture
def phones() -> Iterator[PushService]:
    """The push service of everybody's browser."""
    with PushService() as service:
        yield service


@pytest.fixture
def town(
    unit: Unit, clock: FrozenClock, network: Network, phones: PushService, tmp_path: Path
) -> Iterator[Town]:
    keys = keys_of(tmp_path)
    settings = Settings(
        data_dir=str(tmp_path),
        ready_window=0,
        push_hosts=(phones.host,),
        vapid_private_key=keys["NAVETTE_VAPID_PRIVATE_KEY"],
        vapid_subject=keys["NAVETTE_VAPID_SUBJECT"],
    )
    made: list[Settings] = []

    def application(base: str) -> Starlette:
        made.append(replace(settings, base_url=base))
        return create_app(made[0], clock=clock, unit=unit)

    with served(application) as base:
        built = Town(base, made[0], unit, clock, network, phones)
        yield built
        built.close()
