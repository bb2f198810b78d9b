"""The line: each library as a stop that has a shape and a colour, never a colour alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from navette.network.network import LibraryInfo

SHAPES = {
    "triangle": "M12 3 22 21H2Z",
    "square": "M4 4H20V20H4Z",
    "circle": "M12 2.5A9.5 9.5 0 1 1 12 21.5A9.5 9.5 0 1 1 12 2.5Z",
    "diamond": "M12 1.5 22.5 12 12 22.5 1.5 12Z",
    "hexagon": "M7 3H17L22.5 12 17 21H7L1.5 12Z",
    "pentagon": "M12 2 22.5 9.7 18.5 21.5H5.5L1.5 9.7Z",
    "cross": "M8.5 2.5H15.5V8.5H21.5V15.5H15.5V21.5H8.5V15.5H2.5V8.5H8.5Z",
    "house": "M12 2 21.5 10V21H2.5V10Z",
    "kite": "M12 2 21 9 12 22.5 3 9Z",
}
COLOURS = ("#b4471f", "#6b3fa0", "#1c6e8c", "#2f5fb3", "#8a6a00", "#0f6b4f", "#9c2f63", "#4d5a1a")
FOLD_ABOVE = 7


@dataclass(frozen=True, slots=True)
class Stop:
    """One library on the line."""

    code: str
    name: str
    shape: str
    colour: str

    @property
    def path(self) -> str:
        """The outline, drawn in a 24 by 24 box."""
        return SHAPES[self.shape]


@dataclass(frozen=True, slots=True)
class Choice:
    """A stop as somebody choosing where to collect sees it: the promise in words."""

    stop: Stop
    when: str = ""
    detail: str = ""
    sub: str = ""
    latest: str = ""
    yours: bool = False
    earliest: bool = False
    possible: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """The choices in the order of the line; a long line folds to yours, the earliest, "toutes"."""

    choices: Sequence[Choice]
    chosen: str = ""

    @property
    def shown(self) -> Sequence[Choice]:
        """Return the stops that stand in front."""
        return [c for c in self.choices if self._in_front(c)] if self._folds else self.choices

    @property
    def folded(self) -> Sequence[Choice]:
        """Return the stops behind "toutes les bibliothèques"."""
        return [c for c in self.choices if not self._in_front(c)] if self._folds else []

    @property
    def _folds(self) -> bool:
        return len(self.choices) > FOLD_ABOVE and any(map(self._in_front, self.choices))

    def _in_front(self, choice: Choice) -> bool:
        return choice.yours or choice.earliest or choice.stop.code == self.chosen


def make_stop(code: str, name: str, position: int = 0, shape: str = "", colour: str = "") -> Stop:
    """Give a stop the shape and colour of its library, else those of its position."""
    known = shape if shape in SHAPES else list(SHAPES)[position % len(SHAPES)]
    return Stop(code, name, known, colour or COLOURS[position % len(COLOURS)])


def stops_of(libraries: Iterable[LibraryInfo]) -> dict[str, Stop]:
    """Map each library code to its stop, in the order of the line."""
    return {
        lib.code: make_stop(lib.code, lib.short_name, n, lib.shape, lib.colour)
        for n, lib in enumerate(libraries)
    }
