"""An index over the test's database, and its writer without any waiting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import FrozenClock
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.network.network import Network
from navette.storage.unit import Unit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "search"


@pytest.fixture
def writer(folder: Path, unit: Unit, clock: FrozenClock, network: Network) -> Iterator[IndexWriter]:
    made = IndexWriter(folder, unit, clock, pace=0)
    yield made
    made.close()


@pytest.fixture
def index(folder: Path, unit: Unit, network: Network) -> SearchIndex:
    return SearchIndex(folder, unit)
