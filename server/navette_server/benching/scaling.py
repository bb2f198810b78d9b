"""Search at 100,000 and 1,000,000 records: building, size, memory, every kind of question, pages.

Pages are asked of the application itself, in this process, as the server would ask it.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from starlette.applications import Starlette

from navette.catalogue.reading import records_of
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.catalogue.search.opening import Opening
from navette.catalogue.search.results import SearchFilters
from navette.circulation.states import ItemStatus
from navette.clock import SystemClock
from navette.settings import Settings
from navette.storage.changes import note_record
from navette.storage.database import open_unit
from navette.storage.migrating import upgrade
from navette.storage.unit import Tx, Unit
from navette_server.app import create_app
from navette_server.benching import asking
from navette_server.benching.making import Made, a_catalogue
from navette_server.benching.measuring import Figure, percentile
from navette_server.benching.rival import against_fts5

SMALL, LARGE = 100_000, 1_000_000
PAGE_CPU_MS, PAGE_P95_MS, GRAPHQL_MS, SUGGEST_P95_MS = 1.5, 30.0, 2.0, 10.0
# Of the engine at one million: what a small server has to spare.
BUILD_PER_100K_S, BYTES_A_RECORD = 60.0, 1_000
PAGES: Final = 150
FRESH_S, SCANS, TICK_SECONDS = 1.0, 12, 0.1
LIBRARIES: Final = ("hem", "lannoy", "leers", "lys", "toufflers")
PAGE_QUERY: Final = """query($q: String!) { search(query: $q, first: 20) { totalCount
 facets(names: ["library", "type", "language", "audience", "availability"]) { name values { value label count } } pageInfo { hasNextPage endCursor }
 edges { node { id title authors type year availability { library { code } available total } } } } }"""


@dataclass(frozen=True)
class Stocked:
    """A catalogue of some size with its index, and what it cost to build."""

    size: int
    folder: Path
    unit: Unit
    made: Made
    seconds: float
    peak_mb: float

    @property
    def bytes(self) -> int:
        """Return how much the index takes on disk."""
        return sum(p.stat().st_size for p in (self.folder / "index").rglob("*") if p.is_file())


@contextmanager
def stocked(size: int) -> Iterator[Stocked]:
    """Make a catalogue of this size in a temporary folder, and index it."""
    with tempfile.TemporaryDirectory(prefix="navette-bench-") as name:
        folder = Path(name)
        upgrade(f"sqlite:///{folder / 'navette.db'}")
        unit = open_unit(f"sqlite:///{folder / 'navette.db'}")
        try:
            made = a_catalogue(unit, size)
            start = time.perf_counter()
            with closing(IndexWriter(folder / "index", unit, SystemClock())) as writer:
                writer.rebuild()
            seconds = time.perf_counter() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            yield Stocked(size, folder, unit, made, seconds, peak)
        finally:
            unit.close()


def scale_figures(size: int) -> list[Figure]:
    """Return every figure of search at this size."""
    said = f"{size:,}"
    with stocked(size) as stock:
        index = SearchIndex(stock.folder / "index", stock.unit)
        kinds = asking.figures(index, Opening(stock.folder / "index"), stock.made, said)
        found = [*_cost(stock, said), *kinds, *_pages(stock, said)]
        found.append(_freshness(index, stock, said))
        if size <= SMALL:
            database = stock.folder / "navette.db"
            found.append(against_fts5(index, database, stock.made, said))
        return found


def at_a_million(*, wanted: bool) -> list[Figure]:
    """Return the figures at a million records, or the line that says how to have them."""
    if not wanted:
        why = "it takes about ten minutes: navette bench --million, or make bench BENCH=--million"
        return [Figure.not_run(f"{LARGE:,} records", why)]
    return scale_figures(LARGE)


def _cost(stock: Stocked, said: str) -> list[Figure]:
    per = stock.seconds / stock.size * 100_000
    each = stock.bytes / stock.size
    return [
        Figure(
            f"{said} records, building the index: seconds per 100,000", per, BUILD_PER_100K_S, "lower",
            f"{stock.seconds:.0f} s in all; peak memory of the process {stock.peak_mb:.0f} MB",
        ),
        Figure(
            f"{said} records, size of the index: bytes a record", each, BYTES_A_RECORD, "lower",
            f"{stock.bytes / 1e6:.0f} MB",
        ),
    ]  # fmt: skip


def _freshness(index: SearchIndex, stock: Stocked, said: str) -> Figure:
    """Change the standing of one copy after the other, and wait until search says so.

    A follower runs beside, woken as the worker is: within its tick of a commit.
    """
    ended = threading.Event()

    def follow() -> None:
        with closing(IndexWriter(stock.folder / "index", stock.unit, SystemClock())) as writer:
            while not ended.wait(TICK_SECONDS):
                writer.follow()

    follower = threading.Thread(target=follow)
    follower.start()
    taken = [_until_seen(index, stock, 1 + n) for n in range(SCANS)]
    ended.set()
    follower.join()
    worst = max(taken[1:])  # the first one waits for the writer to open
    return Figure(
        f"{said} records, availability visible in search after a scan: s", worst, FRESH_S, "lower",
        f"p50 {percentile(taken, 0.5):.2f} s, worst of {SCANS - 1} {worst:.2f} s",
    )  # fmt: skip


def _until_seen(index: SearchIndex, stock: Stocked, record: int) -> float:
    with stock.unit.read() as reader:
        number = records_of(reader, [record])[record].isbn or ""
    free = [SearchFilters(availability=(code,)) for code in LIBRARIES]

    def standing() -> list[int]:
        return [index.search(number, one, 1, counted=False).total for one in free]

    before = standing()
    stock.unit.write(lambda tx: _turn_over(tx, record, free=not any(before)))
    start = time.perf_counter()
    while standing() == before:
        time.sleep(0.005)
        if time.perf_counter() - start > 30 * FRESH_S:
            break
    return time.perf_counter() - start


def _turn_over(tx: Tx, record: int, *, free: bool) -> None:
    status = ItemStatus.AVAILABLE if free else ItemStatus.ON_LOAN
    tx.driver.execute(f"UPDATE item SET status = '{status}' WHERE record_id = {record}")  # noqa: S608 - a number and a state of ours
    note_record(tx, record, SystemClock().now())


def _pages(stock: Stocked, said: str) -> list[Figure]:
    """Ask the application itself, as the server would, for pages of different questions."""
    settings = Settings(data_dir=str(stock.folder))
    app = create_app(settings, unit=stock.unit)
    questions = [_question(title) for title, _author in stock.made.samples[: PAGES + 1]]
    web = [("GET", "/recherche", urlencode({"q": q}), b"") for q in questions]
    asked = [
        ("POST", "/graphql", "", orjson.dumps({"query": PAGE_QUERY, "variables": {"q": q}}))
        for q in questions
    ]
    return [
        _page(f"{said} records, a whole search page", app, web, stock.size, PAGE_CPU_MS),
        _page(f"{said} records, a GraphQL search page", app, asked, stock.size, GRAPHQL_MS),
        _typing(f"{said} records, suggestions as one types: p95 in ms", app, stock.made),
    ]


def _typing(name: str, app: Starlette, made: Made) -> Figure:
    """Ask as the field does, after one to five letters of a word, none of them asked before."""
    words = [title.split()[-1].lower() for title, _ in made.samples[:PAGES]]
    typed = dict.fromkeys(word[: 1 + n % 5] for n, word in enumerate(words))
    calls = [("GET", "/suggestions", urlencode({"q": start}), b"") for start in typed]
    asyncio.run(_timed(app, calls[:3]))
    taken = asyncio.run(_timed(app, calls))
    p50, p95 = (percentile([one[1] for one in taken], share) for share in (0.5, 0.95))
    cpu = percentile([one[0] for one in taken], 0.95)
    return Figure(
        name, p95, SUGGEST_P95_MS, "lower",
        f"end to end: p50 {p50:.2f} ms, p95 {p95:.2f} ms, of processor p95 {cpu:.2f} ms",
    )  # fmt: skip


def _question(title: str) -> str:
    """Take two words of a title: what people type, neither the rarest nor the most frequent."""
    words = title.lower().split()
    return " ".join(words[-2:])


Call = tuple[str, str, str, bytes]


def _page(name: str, app: Starlette, calls: Sequence[Call], size: int, budget: float) -> Figure:
    """Measure with the cards drawn: every page is asked for twice, and the second one counts."""
    asyncio.run(_timed(app, calls))
    gc.collect()
    gc.freeze()  # what the bench itself holds is no part of a page
    taken = asyncio.run(_timed(app, calls))
    cpu = percentile([one[0] for one in taken], 0.5)
    p50, p95 = (percentile([one[1] for one in taken], share) for share in (0.5, 0.95))
    size_kb = percentile([one[2] for one in taken], 0.5) / 1000
    told = f"CPU p50 {cpu:.2f} ms; p50 {p50:.2f} ms, p95 {p95:.2f} ms; {size_kb:.0f} kB"
    if size > SMALL:
        return Figure(f"{name}: p95 in ms", p95, PAGE_P95_MS, "lower", told)
    return Figure(f"{name}: ms of processor", cpu, budget, "lower", told)


async def _timed(app: Starlette, calls: Sequence[Call]) -> list[tuple[float, float, float]]:
    return [await _call(app, *call) for call in calls]


async def _call(
    app: Starlette, method: str, path: str, query: str, body: bytes
) -> tuple[float, float, float]:
    """Answer one request inside this process; returns ms of processor, ms, bytes."""
    sent: list[Mapping[str, Any]] = []

    async def receive() -> Mapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1:8000"), (b"content-type", b"application/json"), (b"accept", b"*/*")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000), "root_path": "", "app": app,
    }  # fmt: skip
    start, cpu = time.perf_counter(), time.process_time()
    await app(scope, receive, send)  # type: ignore[arg-type]
    taken = (time.process_time() - cpu) * 1000, (time.perf_counter() - start) * 1000
    status = next(m["status"] for m in sent if m["type"] == "http.response.start")
    if status != 200:  # noqa: PLR2004 - the only status that is a page
        raise RuntimeError(f"{path}?{query} answered {status}")
    return *taken, float(sum(len(m.get("body", b"")) for m in sent))
