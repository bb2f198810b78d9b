"""Fixtures every test may ask for: databases, clock, the network, shared data."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from factories import a_network
from fakes import FrozenClock
from navette.network.loading import network_of
from navette.network.network import Network
from navette.storage.database import open_unit
from navette.storage.unit import Unit
from postgres import PostgresServer

DATABASES = ("sqlite", "postgresql")
# Where facts are kept, moved and raced for: `--database usual` runs these on PostgreSQL as well.
ON_POSTGRESQL_TOO = (
    "core/storage", "core/circulation", "core/notifications", "core/patrons", "core/network",
    "core/catalogue", "api", "journeys",
)  # fmt: skip
LONG_FILES = {
    "test_cli.py",
    "test_cli_of_a_house.py",
    "test_demo_catalogue.py",
    "test_demo_library.py",
    "test_finding.py",
    "test_http_journey.py",
    "test_real_files.py",
    "test_routing_twice.py",
    "test_same_time.py",
    "test_sign_in_pages.py",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=(*DATABASES, "both", "usual"),
        default="sqlite",
        help="where tests keep facts; usual: all on SQLite, storage, rules and journeys on both",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        kinds = DATABASES if chosen in {"both", "usual"} else (chosen,)
        metafunc.parametrize("database_kind", kinds, scope="session")


class TwoLines(LoadFileScheduling):
    """Two lines side by side: the journeys share one demonstration, the rest start their own."""

    def _split_scope(self, nodeid: str) -> str:
        return "journeys" if "/journeys/" in nodeid else "processes"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> TwoLines | None:
    """Part by line what starts whole processes (`--dist loadfile`); the rest as xdist does."""
    return TwoLines(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to `make test` the files whose tests take three seconds and more together."""
    chosen = config.getoption("--database")
    if chosen in {"both", "usual"}:
        repeated = [i for i in items if _is_a_repetition(i, usual=chosen == "usual")]
        config.hook.pytest_deselected(items=repeated)
        dropped = set(repeated)
        items[:] = [item for item in items if item not in dropped]
    for item in items:
        if item.path.name in LONG_FILES:
            item.add_marker(pytest.mark.slow)


def _is_a_repetition(item: pytest.Item, *, usual: bool) -> bool:
    """Tell whether a test runs on PostgreSQL what SQLite has shown and the engine cannot change."""
    called = getattr(item, "callspec", None)
    if called is None or called.params.get("database_kind") != "postgresql":
        return False
    folder = item.path.parent.relative_to(Path(__file__).parent).as_posix()
    elsewhere = not folder.startswith(ON_POSTGRESQL_TOO)
    return (usual and elsewhere) or item.get_closest_marker("one_database") is not None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    server = PostgresServer(os.environ.get("NAVETTE_TEST_DATABASE_URL", ""))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from navette.storage.migrating import upgrade  # noqa: PLC0415 - Alembic is slow to import

    path = tmp_path_factory.mktemp("template") / "navette.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def database_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """The address of a fresh, migrated, empty database."""
    if database_kind == "sqlite":
        path = tmp_path / "navette.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    yield server.fresh()


@pytest.fixture
def unit(database_url: str) -> Iterator[Unit]:
    """A unit of work on a fresh database; the same test runs on both kinds with --database both."""
    opened = open_unit(database_url)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def network(unit: Unit) -> Network:
    """The five libraries of tests/network_of_tests.toml, loaded."""
    a_network(unit)
    with unit.read() as reader:
        return network_of(reader)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real catalogue files that live beside the project; tests that need them skip without."""
    found = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not found.is_dir():
        pytest.skip("the real catalogue files are not beside this checkout")
    return found


@pytest.fixture(scope="session", autouse=True)
def _own_temporary_folder() -> Iterator[None]:
    """Keep what servers write away from the checkout, and remove it."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="navette-tests-") as folder:
        tempfile.tempdir = folder
        yield
        tempfile.tempdir = before
