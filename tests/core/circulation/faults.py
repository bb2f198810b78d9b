"""A unit of work that can break in the middle: nothing of it may be kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from navette.storage.unit import Driver, Reader, Tx, Unit

T = TypeVar("T")


class Broken(Exception):
    """The machine failed on purpose."""


class Breaking:
    """A driver connection that fails after some statements."""

    def __init__(self, driver: Driver, after: int) -> None:
        self.driver, self.left = driver, after

    def execute(self, text: str, params: Any = ()) -> Any:
        self.left -= 1
        if self.left < 0:
            raise Broken
        return self.driver.execute(text, params)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.driver, name)


class FaultyUnit:
    """Passes everything on; once armed, one unit of work fails at a statement or at its end."""

    def __init__(self, unit: Unit) -> None:
        self.unit, self.dialect = unit, unit.dialect
        self._after: int | None = None

    def arm(self, after: int) -> None:
        """Let the next write fail after so many statements, or just before it is committed."""
        self._after = after

    def disarm(self) -> None:
        self._after = None

    def read(self) -> AbstractContextManager[Reader]:
        return self.unit.read()

    def write(self, work: Callable[[Tx], T]) -> T:
        after, self._after = self._after, None
        if after is None:
            return self.unit.write(work)

        def broken(tx: Tx) -> T:
            tx.driver = Breaking(tx.driver, after)
            work(tx)
            raise Broken

        return self.unit.write(broken)

    def close(self) -> None:
        self.unit.close()
