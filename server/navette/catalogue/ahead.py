"""The records of a file in order, prepared for the import; of a large file by two processes.

A large file is cut into blocks. The process beside (`beside.py`) is asked for some of them in
advance; whenever the import would have to wait for one, it prepares a later block itself. So
nobody waits for the other to start, and little is lost where no second core is free.
"""

import os
import sys
from collections import deque
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from navette.catalogue.beside import Beside, Outcome, each_prepared
from navette.catalogue.unimarc import iso2709, sources
from navette.catalogue.unimarc.profiles import Profile

# Starting a process costs as much as a thousand records: two or three thousand are worth it.
WORTH_IT: Final = 3 << 19
# Blocks that the other process is asked for in advance, and blocks kept here until their turn.
_ASKED: Final = 5
_KEPT: Final = 3


def outcomes(path: Path, profile: Profile) -> Generator[Outcome, None, None]:
    """Yield each record of a file as its source means it, in order, in flat memory.

    Raises NotMarc, or SourceError for XML that is refused, before anything is yielded; SourceError
    too when the process beside ends before the file does.
    """
    with path.open("rb") as stream:
        if path.stat().st_size < WORTH_IT or _cores() == 1 or not sys.executable:
            yield from prepared(stream, str(path), profile)
            return
        with Beside(path, profile, stream) as beside:
            if sources.is_xml(stream):
                yield from _all_of(beside)
            else:
                found = _shared(iso2709.blocks(stream, str(path)), beside, profile)
                yield from iso2709.checked(found, str(path))


def prepared(stream: BinaryIO, name: str, profile: Profile) -> Iterator[Outcome]:
    """Yield the same in this very process."""
    return each_prepared(sources.read(stream, name), profile)


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _all_of(beside: Beside) -> Iterator[Outcome]:
    """Yield what the other process reads of a file that cannot be cut."""
    beside.greets(wait=True)
    while found := beside.answer():
        yield from found


def _shared(
    blocks: Iterator[tuple[int, bytes]], beside: Beside, profile: Profile
) -> Iterator[Outcome]:
    """Yield the records of all blocks in order, whoever prepares them."""
    # In the order of the file; None for a block that was asked for.
    waiting: deque[list[Outcome] | None] = deque()
    asked = 0
    while True:
        while asked < _ASKED and beside.greets() and (block := next(blocks, None)):
            beside.ask(*block)
            waiting.append(None)
            asked += 1
        idle = not waiting or (waiting[0] is None and not beside.answers())
        if idle and len(waiting) - asked < _KEPT and (block := next(blocks, None)):
            waiting.append(list(each_prepared(iso2709.outcomes(*block), profile)))
            continue
        if not waiting:
            return
        found = waiting.popleft()
        if found is None:
            found = beside.answer()
            asked -= 1
        yield from found
