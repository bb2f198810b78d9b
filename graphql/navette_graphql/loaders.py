"""Loading for siblings: the first child that asks loads for all of its page, in one query.

No DataLoader: resolvers run synchronously in a thread (docs/decisions/0005).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
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


class Once(Generic[K, V]):
    """What is made of a frozen thing, once for as long as it is that very thing.

    For public things only: every request is given the same. Any number of threads ask.
    """

    def __init__(self, make: Callable[[K], V], most: int) -> None:
        """Keep at most that many; then begin again."""
        self._make = make
        self._most = most
        self._kept: dict[int, tuple[K, V]] = {}  # the thing too, so that its id is no other's

    def __call__(self, thing: K) -> V:
        """Return what is made of a thing."""
        kept = self._kept.get(id(thing))
        if kept is None or kept[0] is not thing:
            if len(self._kept) >= self._most:
                self._kept.clear()
            kept = self._kept[id(thing)] = (thing, self._make(thing))
        return kept[1]
