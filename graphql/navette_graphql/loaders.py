"""Loading for siblings: the first child that asks loads for all of its page, in one query.

No DataLoader: resolvers run synchronously in a thread (docs/decisions/0005).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

V = TypeVar("V")


class Siblings(Generic[V]):
    """What belongs to each of some ids, loaded together at the first question."""

    def __init__(self, load: Callable[[Sequence[int]], Mapping[int, V]]) -> None:
        """`load` is called once for all the ids that were announced since the last question."""
        self._load = load
        self._announced: dict[int, None] = {}
        self._known: dict[int, V] = {}

    def announce(self, ids: Sequence[int]) -> None:
        """Say which ids stand on this page; nothing is loaded yet."""
        self._announced.update(dict.fromkeys(ids))

    def put(self, known: Mapping[int, V]) -> None:
        """Keep what was read already."""
        self._known.update(known)

    def get(self, row: int) -> V | None:
        """Return what belongs to an id, or None."""
        if row not in self._known:
            self._announced[row] = None
            wanted = [i for i in self._announced if i not in self._known]
            self._known.update(self._load(wanted))
            self._announced.clear()
        return self._known.get(row)
