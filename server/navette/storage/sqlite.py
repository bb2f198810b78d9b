"""SQLite: WAL, one writer thread a process, one read-only connection a thread."""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import Context, copy_context
from pathlib import Path
from typing import Any, TypeVar

from navette.errors import Busy, Duplicate
from navette.storage.unit import Reader, Tx

T = TypeVar("T")
Job = tuple[Context, Callable[[Tx], Any], Future[Any]]
Jobs = queue.SimpleQueue[Job | None]
# A crowd: so many wait at once that they are written in one transaction, at most so many seconds
# of work, each behind a savepoint of its own. Below that everybody is answered at once.
CROWD = 4
TOGETHER_SECONDS = 0.02
BUSY_TIMEOUT_MS = 10_000
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA mmap_size = 268435456",
    "PRAGMA cache_size = -32000",
)


def connect(path: Path, *, durable: bool = False) -> sqlite3.Connection:
    """Open the file ready for writing; transactions are begun and ended by us alone.

    `synchronous = NORMAL` survives a kill of the process; FULL also a power cut.
    """
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    return connection


class SqliteUnit:
    """Units of work on one SQLite file."""

    dialect = "sqlite"

    def __init__(self, path: Path, *, durable: bool = False) -> None:
        """Open the file; the writer thread starts with the first write."""
        self.path = path
        self._durable = durable
        self._jobs: Jobs = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._door = threading.Lock()  # nothing is handed in behind the end
        self._local = threading.local()
        self._readers: dict[threading.Thread, sqlite3.Connection] = {}

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Give the calling thread's read-only connection."""
        reader: Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = Reader(self._open_reader(), self.dialect)
        try:
            yield reader
        except sqlite3.OperationalError as error:
            raise _translated(error) from error

    def write(self, work: Callable[[Tx], T]) -> T:
        """Hand `work` to the writer thread and wait for what it returns."""
        if threading.current_thread() is self._writer:
            message = "a unit of work cannot be opened inside another"
            raise RuntimeError(message)
        done: Future[T] = Future()
        with self._door:
            if self._writer is None:
                self._start()
            # the writer works in the caller's context: its sentences are in the caller's language
            self._jobs.put((copy_context(), work, done))
        return done.result()

    def close(self) -> None:
        """End the writer thread after the work it was given; close connections."""
        with self._door:
            writer, self._writer = self._writer, None
            self._jobs.put(None)
            self._jobs = queue.SimpleQueue()
        if writer is not None:
            writer.join()
        with self._door:
            readers, self._readers = self._readers, {}
        for connection in readers.values():
            connection.close()
        self._local = threading.local()

    def _open_reader(self) -> sqlite3.Connection:
        """Open the calling thread's connection, and close those whose threads have ended.

        Thread pools end what was idle for a while: its connection would stay open for ever.
        """
        connection = connect(self.path, durable=self._durable)
        connection.execute("PRAGMA query_only = ON")
        with self._door:
            ended = [thread for thread in self._readers if not thread.is_alive()]
            left = [self._readers.pop(thread) for thread in ended]
            self._readers[threading.current_thread()] = connection
        for one in left:
            one.close()
        return connection

    def _start(self) -> None:
        self._writer = threading.Thread(
            target=self._run, args=(self._jobs,), name="navette-writer", daemon=True
        )
        self._writer.start()

    def _run(self, jobs: Jobs) -> None:
        connection = connect(self.path, durable=self._durable)
        try:
            while (job := jobs.get()) is not None:
                if jobs.qsize() >= CROWD:
                    _together(connection, job, jobs)
                    del job
                    continue
                context, work, done = job
                try:
                    result = context.run(_transaction, connection, work)
                except BaseException as error:  # noqa: BLE001 - carried to the waiting thread
                    done.set_exception(error)
                else:
                    done.set_result(result)
                del context, work, done, job
        finally:
            connection.close()


def _transaction(connection: sqlite3.Connection, work: Callable[[Tx], T]) -> T:
    tx = Tx(connection, "sqlite")
    try:
        connection.execute("BEGIN IMMEDIATE")
        result = work(tx)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _roll_back(connection)
        raise _translated(error) from error
    except BaseException:
        _roll_back(connection)
        raise
    for act in tx.after:
        act()
    return result


def _together(connection: sqlite3.Connection, first: Job, jobs: Jobs) -> None:
    """Write what a crowd asks for in one transaction; one that fails takes nobody along.

    Nobody is answered before the whole is kept: an answer is a promise.
    """
    asked, kept = [first], list[tuple[Job, Tx, Any]]()
    until = time.monotonic() + TOGETHER_SECONDS
    try:
        connection.execute("BEGIN IMMEDIATE")
        _behind_a_savepoint(connection, first, kept)
        while time.monotonic() < until and (job := _waiting(jobs)) is not None:
            asked.append(job)
            _behind_a_savepoint(connection, job, kept)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _roll_back(connection)
        for _, _, done in asked:
            if not done.done():
                done.set_exception(_translated(error))
        return
    for job, tx, result in kept:
        _answer(job, tx, result)


def _waiting(jobs: Jobs) -> Job | None:
    """Return a job that waits already; None for none, or for the end, which is left to wait."""
    try:
        job = jobs.get_nowait()
    except queue.Empty:
        return None
    if job is None:
        jobs.put(None)
    return job


def _behind_a_savepoint(
    connection: sqlite3.Connection, job: Job, kept: list[tuple[Job, Tx, Any]]
) -> None:
    context, work, done = job
    tx = Tx(connection, "sqlite")
    connection.execute("SAVEPOINT one")
    try:
        result = context.run(work, tx)
    except sqlite3.Error as error:
        failed: BaseException = _translated(error)
    except BaseException as error:  # noqa: BLE001 - carried to the waiting thread
        failed = error
    else:
        connection.execute("RELEASE one")
        kept.append((job, tx, result))
        return
    connection.execute("ROLLBACK TO one")
    connection.execute("RELEASE one")
    done.set_exception(failed)


def _answer(job: Job, tx: Tx, result: Any) -> None:
    context, _, done = job
    try:
        for act in tx.after:
            context.run(act)
    except BaseException as error:  # noqa: BLE001 - carried to the waiting thread
        done.set_exception(error)
    else:
        done.set_result(result)


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _translated(error: sqlite3.Error) -> Exception:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_CONSTRAINT_UNIQUE") or name == "SQLITE_CONSTRAINT_PRIMARYKEY":
        return Duplicate(str(error).partition(": ")[2])
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Busy(str(error))
    return error
