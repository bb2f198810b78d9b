"""What /metrics shows: requests of this process, and how far the outbox and the index are."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from navette.storage import changes
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.tables import Heartbeat, Outbox
from navette.storage.unit import Reader

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_o = table(Outbox).c
_beat = table(Heartbeat).c


class Waiting(NamedTuple):
    """What the outbox still has to do."""

    due: int
    since: datetime | None


_WAITING = Query(
    select(func.count(), func.min(_o.due_at)).where(
        _o.done_at.is_(None), _o.due_at <= bindparam("now")
    ),
    Waiting,
)
_LAST_BEAT: Query[datetime | None] = Query(
    select(func.max(_beat.at)).where(_beat.name.like("worker%")), lambda at: at
)


class Counters:
    """Requests by method and status, and how long they took."""

    def __init__(self) -> None:
        """Start at zero."""
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._buckets = [0] * (len(BUCKETS) + 1)
        self._seconds = 0.0

    def note(self, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        with self._lock:
            self._requests[method, status] += 1
            self._buckets[bisect_left(BUCKETS, seconds)] += 1
            self._seconds += seconds

    def lines(self) -> Iterator[str]:
        """Write the counters in OpenMetrics."""
        with self._lock:
            requests, buckets, seconds = (
                dict(self._requests),
                list(self._buckets),
                self._seconds,
            )
        yield "# TYPE navette_requests counter"
        yield "# HELP navette_requests Requests answered."
        for (method, status), count in sorted(requests.items()):
            yield f'navette_requests_total{{method="{method}",status="{status}"}} {count}'
        yield "# TYPE navette_request_seconds histogram"
        yield "# UNIT navette_request_seconds seconds"
        yield "# HELP navette_request_seconds Time to answer."
        total = 0
        for limit, count in zip((*BUCKETS, "+Inf"), buckets, strict=True):
            total += count
            yield f'navette_request_seconds_bucket{{le="{limit}"}} {total}'
        yield f"navette_request_seconds_count {total}"
        yield f"navette_request_seconds_sum {seconds:.6f}"


def gauges(reader: Reader, now: datetime, real_now: datetime) -> Iterator[str]:
    """Write how the work behind the pages goes."""
    waiting = reader.one(_WAITING, now=now)
    late = (now - waiting.since).total_seconds() if waiting.since else 0.0
    beat = last_beat(reader)
    yield from _gauge("navette_outbox_due", "Errands due and not done.", waiting.due)
    yield from _gauge("navette_outbox_late_seconds", "Age of the oldest due errand.", late)
    yield from _gauge("navette_change_position", "Newest change.", changes.last_position(reader))
    if beat is not None:
        age = (real_now - beat).total_seconds()
        yield from _gauge("navette_worker_silent_seconds", "Since the worker's last sign.", age)


def last_beat(reader: Reader) -> datetime | None:
    """Return when a worker last said that it lives, by the machine's clock."""
    return reader.one(_LAST_BEAT)


def _gauge(name: str, help_text: str, value: float) -> Iterator[str]:
    yield f"# TYPE {name} gauge"
    yield f"# HELP {name} {help_text}"
    yield f"{name} {round(value, 3)}"
