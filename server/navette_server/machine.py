"""Pages for machines: /healthz, /readyz, /metrics."""

from __future__ import annotations

import secrets
import sqlite3
from datetime import timedelta

import psycopg
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from navette.clock import SystemClock
from navette.errors import StorageError
from navette_auth.house import House
from navette_server.metering import Counters, gauges, last_beat
from navette_server.revision import expected_revision

LOOPBACK = frozenset({"127.0.0.1", "::1", "testclient"})
HEARTBEAT = timedelta(seconds=30)
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
NO_STORE = {"Cache-Control": "no-store"}
BROKEN = (StorageError, sqlite3.Error, psycopg.Error, OSError)


def machine_routes(counters: Counters) -> list[Route]:
    """Return the routes; `counters` is what this process has counted."""

    def metrics(request: Request) -> Response:
        if not _may_measure(request):
            return PlainTextResponse("For this machine, or with a token.", 403)
        house: House = request.app.state.house
        lines = list(counters.lines())
        with house.unit.read() as reader:
            lines += gauges(reader, house.clock.now(), SystemClock().now())
        text = "\n".join([*lines, "# EOF", ""])
        return Response(text, headers={**NO_STORE, "Content-Type": OPENMETRICS})

    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ]


async def healthz(_request: Request) -> Response:
    """Say that the process answers; touches nothing else."""
    return JSONResponse({"status": "ok"}, headers=NO_STORE)


def readyz(request: Request) -> Response:
    """Say whether this node can serve people, and if not, what fails."""
    failing = failing_of(request.app.state.house)
    if failing:
        answer = {"status": "not ready", "failing": failing}
        return JSONResponse(answer, 503, headers=NO_STORE)
    return JSONResponse({"status": "ready"}, headers=NO_STORE)


def failing_of(house: House) -> list[str]:
    """Return what is not ready, among database, index, worker."""
    failing = []
    try:
        with house.unit.read() as reader:
            row = reader.driver.execute("SELECT version_num FROM alembic_version").fetchone()
            beat = last_beat(reader)
    except BROKEN:
        return ["database"]
    if row is None or row[0] != expected_revision():
        failing.append("database")
    if not house.search.ready:
        failing.append("index")
    # the machine's clock on both sides: a demonstration clock starts anew in each process
    if beat is None or SystemClock().now() - beat > HEARTBEAT:
        failing.append("worker")
    return failing


def _may_measure(request: Request) -> bool:
    token = request.app.state.house.settings.metrics_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(given.encode(), token.encode()):
        return True
    return request.client is not None and request.client.host in LOOPBACK
