"""Where the next page begins, so that nothing is shown twice while the catalogue grows.

Ranks move when records come in. A cursor therefore names the last records shown; the next page
begins after the one of them that is still found, wherever it stands by then.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import orjson

from navette.errors import BadInput

Mode = Literal["exact", "near", "browse"]
MODES: Final = ("exact", "near", "browse")
ANCHORS: Final = 3
SLACK: Final = 60
DEEPEST: Final = 10_000
_MOST: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Cursor:
    """How the page before was found, how many records came before, and the last of them."""

    mode: Mode
    offset: int
    anchors: Sequence[int]

    def written(self) -> str:
        """Return the cursor as it stands in an address."""
        raw = orjson.dumps([MODES.index(self.mode), self.offset, *self.anchors])
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def start_in(self, ids: Sequence[int]) -> int:
        """Return where in `ids` (in order of rank) the next page begins."""
        for anchor in self.anchors:
            if anchor in ids:
                return ids.index(anchor) + 1
        return self.offset


def read_cursor(text: str | None) -> Cursor | None:
    """Read a cursor of ours; raises BadInput for anything else."""
    if not text:
        return None
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        mode, offset, *anchors = orjson.loads(raw)
        numbers = [int(a) for a in anchors]
        chosen: Mode = MODES[int(mode)]
    except (ValueError, TypeError, IndexError) as error:
        raise BadInput("after", "not a cursor") from error
    fits = isinstance(offset, int) and 0 <= offset <= 2 * DEEPEST and len(numbers) <= ANCHORS
    if not fits or any(not 0 <= n < _MOST for n in numbers) or (chosen == "browse" and not numbers):
        raise BadInput("after", "not a cursor")
    return Cursor(chosen, offset, numbers)
