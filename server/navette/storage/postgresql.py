"""PostgreSQL: a pool of psycopg connections; rows are locked by the statements themselves."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg_pool import ConnectionPool, PoolTimeout

from navette.errors import Busy, Duplicate
from navette.storage.unit import Reader, Tx

T = TypeVar("T")
ATTEMPTS = 6


class PostgresUnit:
    """Units of work on one PostgreSQL database."""

    dialect = "postgresql"

    def __init__(self, url: str, *, size: int = 8) -> None:
        """Connect lazily to `url`; at most `size` writers and `size` readers at once."""
        self._writers = _pool(url, size, "-c timezone=UTC -c lock_timeout=10s")
        self._readers = _pool(url, size, "-c timezone=UTC -c default_transaction_read_only=on")

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Give a read-only connection; each statement sees what is committed."""
        with _from(self._readers) as connection:
            yield Reader(connection, self.dialect)

    def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in one transaction on a pool connection."""
        for attempt in range(ATTEMPTS):
            try:
                return self._once(work)
            # A deadlock's victim has done nothing: PostgreSQL rolled it back whole, and `work`
            # reads again whatever it decides on. So running it again is safe; running only its
            # last statement again would not be.
            except (errors.DeadlockDetected, errors.SerializationFailure) as error:
                if attempt == ATTEMPTS - 1:
                    raise Busy(str(error)) from error
                time.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311 - jitter, not secrecy
            except errors.LockNotAvailable as error:
                raise Busy(str(error)) from error
            except errors.UniqueViolation as error:
                raise Duplicate(error.diag.constraint_name or "") from error
        raise AssertionError

    def close(self) -> None:
        """Close both pools."""
        self._writers.close()
        self._readers.close()

    def _once(self, work: Callable[[Tx], T]) -> T:
        with _from(self._writers) as connection:
            tx = Tx(connection, self.dialect)
            with connection.transaction():
                result = work(tx)
        for act in tx.after:
            act()
        return result


def _pool(url: str, size: int, options: str) -> ConnectionPool[psycopg.Connection[Any]]:
    return ConnectionPool(
        url,
        min_size=0,
        max_size=size,
        timeout=10,
        open=True,
        kwargs={"autocommit": True, "options": options, "prepare_threshold": 2},
    )


@contextmanager
def _from(pool: ConnectionPool[psycopg.Connection[Any]]) -> Iterator[Any]:
    try:
        with pool.connection() as connection:
            yield connection
    except PoolTimeout as error:
        raise Busy(str(error)) from error
