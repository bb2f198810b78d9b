"""Pages for machines, known hosts, security headers: what stands around every page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from starlette.testclient import TestClient

from fakes import FrozenClock
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.clock import SystemClock
from navette.network.network import Network
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_server.app import create_app
from navette_server.timed import say

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=str(tmp_path / "data"), metrics_token="a-token")


@pytest.fixture
def client(
    settings: Settings, unit: Unit, clock: FrozenClock, network: Network
) -> Iterator[TestClient]:
    with TestClient(create_app(settings, clock=clock, unit=unit), base_url=BASE) as made:
        yield made


def test_health_touches_nothing_and_readiness_names_what_fails(
    client: TestClient, unit: Unit, clock: FrozenClock, settings: Settings
) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    first = client.get("/readyz")
    assert first.status_code == 503
    assert first.json() == {"status": "not ready", "failing": ["index", "worker"]}
    IndexWriter(settings.data / "index", unit, clock).rebuild()
    unit.write(lambda tx: say(tx, "worker:here", SystemClock().now()))
    assert client.get("/readyz").status_code == 200
    ago = SystemClock().now() - timedelta(seconds=31)
    unit.write(lambda tx: say(tx, "worker:here", ago))
    assert client.get("/readyz").json()["failing"] == ["worker"]


def test_a_database_of_another_schema_is_not_ready(client: TestClient, unit: Unit) -> None:
    unit.write(lambda tx: tx.driver.execute("UPDATE alembic_version SET version_num = 'old'"))
    assert "database" in client.get("/readyz").json()["failing"]
    unit.write(lambda tx: tx.driver.execute("DELETE FROM alembic_version"))
    assert "database" in client.get("/readyz").json()["failing"]


def test_metrics_are_for_this_machine_or_a_token(
    settings: Settings, unit: Unit, clock: FrozenClock, network: Network
) -> None:
    app = create_app(settings, clock=clock, unit=unit)
    with TestClient(app, base_url=BASE, client=("203.0.113.7", 1)) as stranger:
        assert stranger.get("/metrics").status_code == 403
        allowed = stranger.get("/metrics", headers={"Authorization": "Bearer a-token"})
    assert allowed.status_code == 200
    assert allowed.headers["content-type"].startswith("application/openmetrics-text")
    assert allowed.text.endswith("# EOF\n")
    assert 'navette_requests_total{method="GET",status="403"} 1' in allowed.text


def test_localhost_is_sent_to_the_address_of_the_house(client: TestClient) -> None:
    answer = client.get(
        "/recherche?q=%C3%A9t%C3%A9",
        headers={"Host": "localhost:8000"},
        follow_redirects=False,
    )
    assert answer.status_code == 308
    assert answer.headers["location"] == f"{BASE}/recherche?q=%C3%A9t%C3%A9"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::1", "a b"])
def test_another_host_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 421


def test_a_balancer_may_ask_by_any_name(client: TestClient) -> None:
    assert client.get("/healthz", headers={"Host": "10.0.0.7"}).status_code == 200


def test_every_answer_carries_the_locks(client: TestClient) -> None:
    for path in ("/", "/nulle-part", "/static/app.js", "/healthz", "/graphql"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "strict-transport-security" not in headers


def test_https_adds_its_own_locks(
    settings: Settings, unit: Unit, clock: FrozenClock, network: Network
) -> None:
    secure = replace(settings, base_url="https://navette.example")
    app = create_app(secure, clock=clock, unit=unit)
    with TestClient(app, base_url="https://navette.example") as client:
        headers = client.get("/").headers
    assert "max-age=31536000" in headers["strict-transport-security"]
    assert "upgrade-insecure-requests" in headers["content-security-policy"]


def test_a_body_that_is_too_large_is_refused(client: TestClient) -> None:
    answer = client.post("/graphql", content=b"x" * 1_100_000)
    assert answer.status_code == 413
    assert "content-security-policy" in answer.headers


def test_the_page_of_our_own_failure_carries_the_locks_too(
    settings: Settings, unit: Unit, clock: FrozenClock, network: Network
) -> None:
    class Broken:
        def __getattr__(self, name: str) -> object:
            raise RuntimeError(name)

    app = create_app(settings, clock=clock, unit=unit, search=cast("SearchIndex", Broken()))
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as client:
        answer = client.get("/recherche?q=hugo")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "RuntimeError" not in answer.text
