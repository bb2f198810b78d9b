"""The whole application over a fresh database, asked in GraphQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api_asking import Asking
from fakes import FrozenClock
from navette.catalogue.search.indexing import IndexWriter
from navette.network.network import Network
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.staff import add_staff
from navette_auth.tokens import create_token
from navette_server.app import create_app


@pytest.fixture
def app_client(
    unit: Unit, clock: FrozenClock, network: Network, tmp_path: Path
) -> Iterator[TestClient]:
    settings = Settings(data_dir=str(tmp_path), ready_window=0)
    app = create_app(settings, clock=clock, unit=unit)
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
def nobody(app_client: TestClient) -> Asking:
    return Asking(app_client)


@pytest.fixture
def as_patron(app_client: TestClient, unit: Unit, clock: FrozenClock) -> Callable[[int], Asking]:
    def ask(patron: int) -> Asking:
        return Asking(app_client, create_token(unit, clock, patron_id=patron).text)

    return ask


@pytest.fixture
def as_desk(
    app_client: TestClient, unit: Unit, clock: FrozenClock, network: Network
) -> Callable[[str], Asking]:
    def ask(library: str) -> Asking:
        staff = unit.write(
            lambda tx: add_staff(
                tx, clock, login=f"agent.{library}", name="Nora", role="agent",
                library_id=network.library(library).id, password_hash="",
            )
        )  # fmt: skip
        return Asking(app_client, create_token(unit, clock, staff_id=staff).text)

    return ask


@pytest.fixture
def index(unit: Unit, clock: FrozenClock, tmp_path: Path) -> Iterator[IndexWriter]:
    """The search index of the application; `follow()` it after adding records."""
    writer = IndexWriter(tmp_path / "index", unit, clock, pace=0)
    yield writer
    writer.close()
