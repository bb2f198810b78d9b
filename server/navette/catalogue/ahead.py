"""Reads and prepares a large file in a process of its own, while the import plans and writes.

The process is this module run as a program: it is handed the path and the profile, and hands back
the records in frames, each a length and a pickle. A pipe holds little, so it is never further
ahead than one frame: memory stays flat. It ends with its parent, whose closed pipe it writes to.
"""

import gc
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from itertools import islice
from pathlib import Path
from struct import Struct
from typing import IO, BinaryIO, Final

from navette.catalogue.prepared import SHAPE, Prepared, packed, prepare, unpacked
from navette.catalogue.unimarc import sources
from navette.catalogue.unimarc.iso2709 import Broken
from navette.catalogue.unimarc.parsed import made_of
from navette.catalogue.unimarc.profiles import Profile
from navette.catalogue.unimarc.reading import parse
from navette.errors import SourceError

# Starting a process costs as much as a thousand records: two or three thousand are worth it.
WORTH_IT: Final = 3 << 19
_FRAME: Final = 250
_LENGTH: Final = Struct("<I")
_END: Final = _LENGTH.pack(0)
_TOO_EARLY: Final = "the process that reads it ended too early; the same command again completes it"
_CHANGED: Final = "the programme was exchanged while it ran; start the same command again"

Outcome = Prepared | Broken


def outcomes(path: Path, profile: Profile) -> Generator[Outcome, None, None]:
    """Yield each record of a file as its source means it, in order, in flat memory.

    Raises NotMarc, or SourceError for XML that is refused, before anything is yielded; SourceError
    too when the process that reads ends before the file does.
    """
    if path.stat().st_size < WORTH_IT or _cores() == 1 or not sys.executable:
        with path.open("rb") as stream:
            yield from prepared(stream, str(path), profile)
        return
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        # -P: what lies in the folder where the command is typed is no module of ours.
        [sys.executable, "-P", "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        if process.stdin is None or process.stdout is None:
            return
        try:
            pickle.dump((str(path), profile, SHAPE), process.stdin)
            process.stdin.close()
            yield from _received(process.stdout, path)
        finally:
            process.stdout.close()
            process.kill()


def prepared(stream: BinaryIO, name: str, profile: Profile) -> Iterator[Outcome]:
    """Yield the same in this very process."""
    for outcome in sources.read(stream, name):
        yield outcome if isinstance(outcome, Broken) else prepare(parse(outcome, profile), profile)


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _received(pipe: IO[bytes], path: Path) -> Iterator[Outcome]:
    while (head := pipe.read(_LENGTH.size)) != _END:
        length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else -1
        frame = pipe.read(length) if length > 0 else b""
        if len(frame) != length:
            raise SourceError(str(path), _TOO_EARLY)
        found = pickle.loads(frame)  # noqa: S301 - written by our own process
        if isinstance(found, SourceError):
            raise found
        for values in found:
            yield made_of(Broken, values) if len(values) == _BROKEN else unpacked(values)


_BROKEN: Final = len(Broken._fields)


def main() -> None:
    """Read what standard input asks for, and hand it to standard output, frame by frame."""
    # The parent decides when to stop: a key that interrupts it would come here too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    path, profile, expected = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own process
    pipe = sys.stdout.buffer
    if expected != SHAPE:
        _send(pipe, SourceError(path, _CHANGED))
        pipe.flush()
        return
    try:
        with Path(path).open("rb") as stream:
            found = prepared(stream, path, profile)
            while some := list(islice(found, _FRAME)):
                _send(pipe, [tuple(o) if isinstance(o, Broken) else packed(o) for o in some])
    except SourceError as error:
        _send(pipe, error)
    pipe.write(_END)
    pipe.flush()


def _send(pipe: IO[bytes], found: object) -> None:
    frame = pickle.dumps(found, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(frame)))
    pipe.write(frame)


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        # The parent has ended; nothing is left to flush to.
        os._exit(1)
