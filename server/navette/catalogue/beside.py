"""The process that prepares records beside an import, and how the import speaks with it.

It is this module run as a program. Told the path and the profile, it greets; then it prepares, in
order, the blocks of the file that it is asked for, or all of a file that has no blocks (XML). Each
answer is a frame: a length and a pickle of plain tuples. The pipe holds little, so it is never far
ahead: memory stays flat. It ends with its parent, whose closed pipe it reads from or writes to.
"""

import fcntl
import gc
import os
import pickle
import select
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from struct import Struct
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from navette.catalogue.prepared import SHAPE, Prepared, packed, prepare, unpacked
from navette.catalogue.unimarc import iso2709, sources
from navette.catalogue.unimarc.iso2709 import Broken, RawRecord
from navette.catalogue.unimarc.parsed import made_of
from navette.catalogue.unimarc.profiles import Profile
from navette.catalogue.unimarc.reading import parse
from navette.errors import SourceError

_FRAME: Final = 250
_LENGTH: Final = Struct("<I")
_BLOCK: Final = Struct("<QI")
_GREETING: Final = "ready"
_PIPE: Final = 1 << 20
_TOO_EARLY: Final = "the process that reads it ended too early; the same command again completes it"
_CHANGED: Final = "the programme was exchanged while it ran; start the same command again"
_OTHER_FILE: Final = "another file has taken its place; the same command again reads that one"
_MODULE: Final = "navette.catalogue.beside"
_BROKEN: Final = len(Broken._fields)

Outcome = Prepared | Broken


def each_prepared(outcomes: Iterable[RawRecord | Broken], profile: Profile) -> Iterator[Outcome]:
    """Yield what records mean as their source means it."""
    for outcome in outcomes:
        yield outcome if isinstance(outcome, Broken) else prepare(parse(outcome, profile), profile)


class Beside:
    """The process, as the import sees it; raises SourceError when it ends too early."""

    def __init__(self, path: Path, profile: Profile, stream: BinaryIO) -> None:
        """Start it; it greets when it can be asked, and reads what `stream` reads or nothing."""
        self._path = path
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            # -P: what lies in the folder where the command is typed is no module of ours.
            [sys.executable, "-P", "-m", _MODULE],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise SourceError(str(path), _TOO_EARLY)
        self._questions, self._answers = self._process.stdin, self._process.stdout
        _widen(self._answers.fileno())
        self._tell(pickle.dumps((str(path), profile, SHAPE, _identity(stream))))
        self._greeted = False

    def __enter__(self) -> Self:
        """Give the process."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it, wherever it is."""
        self._questions.close()
        self._answers.close()
        self._process.kill()
        self._process.wait()

    def greets(self, *, wait: bool = False) -> bool:
        """Tell whether it is there already, without waiting for it if that is not asked."""
        if not self._greeted and (wait or self.answers()):
            self._greeted = self._frame() == _GREETING
        return self._greeted

    def answers(self) -> bool:
        """Tell whether an answer is there already, or on its way."""
        return bool(select.select([self._answers], [], [], 0)[0])

    def ask(self, position: int, block: bytes) -> None:
        """Ask for the records of a block; answers come in the order of the questions."""
        self._tell(_BLOCK.pack(position, len(block)))

    def answer(self) -> list[Outcome]:
        """Wait for the next answer and give its records; none at the end of an XML file."""
        return [
            made_of(Broken, values) if len(values) == _BROKEN else unpacked(values)
            for values in self._frame()
        ]

    def _tell(self, said: bytes) -> None:
        try:
            self._questions.write(said)
        except BrokenPipeError:
            raise SourceError(str(self._path), _TOO_EARLY) from None

    def _frame(self) -> Any:
        length = _LENGTH.unpack(self._exactly(_LENGTH.size))[0]
        found = pickle.loads(self._exactly(length))  # noqa: S301 - written by our own process
        if isinstance(found, SourceError):
            raise found
        return found

    def _exactly(self, length: int) -> bytearray:
        found = bytearray(length)
        rest = memoryview(found)
        while rest:
            read = os.readv(self._answers.fileno(), [rest])
            if not read:
                raise SourceError(str(self._path), _TOO_EARLY)
            rest = rest[read:]
        return found


def _widen(pipe: int) -> None:
    """Let some answers lie in the pipe while the import writes, where the system allows it."""
    command = getattr(fcntl, "F_SETPIPE_SZ", None)
    if command is not None:
        with suppress(OSError):
            fcntl.fcntl(pipe, command, _PIPE)


def _identity(stream: BinaryIO) -> tuple[int, int]:
    """Tell an open file from any other, whatever its name."""
    known = os.fstat(stream.fileno())
    return known.st_dev, known.st_ino


def main() -> None:
    """Read what standard input asks for, and hand it to standard output, frame by frame."""
    # The parent decides when to stop: a key that interrupts it would come here too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    path, profile, shape, identity = pickle.load(questions)  # noqa: S301 - written by our own process
    if shape != SHAPE:
        _send(answers, SourceError(path, _CHANGED))
        return
    try:
        stream = Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError:
        _send(answers, SourceError(path, _OTHER_FILE))
        return
    with stream:
        # What a library delivers may be renamed to the same name while the import begins.
        if _identity(stream) != identity:
            _send(answers, SourceError(path, _OTHER_FILE))
            return
        _send(answers, _GREETING)
        try:
            for found in _frames(stream, path, profile, questions):
                _send(answers, [tuple(o) if isinstance(o, Broken) else packed(o) for o in found])
        except SourceError as error:
            _send(answers, error)


def _frames(
    stream: BinaryIO, path: str, profile: Profile, questions: BinaryIO
) -> Iterator[Sequence[Outcome]]:
    if sources.is_xml(stream):
        everything = each_prepared(sources.read(stream, path), profile)
        while some := list(islice(everything, _FRAME)):
            yield some
        yield ()
    while question := questions.read(_BLOCK.size):
        position, length = _BLOCK.unpack(question)
        stream.seek(position)
        yield list(each_prepared(iso2709.outcomes(position, stream.read(length)), profile))


def _send(pipe: BinaryIO, found: object) -> None:
    frame = pickle.dumps(found, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(frame)))
    pipe.write(frame)
    pipe.flush()


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        # The parent has ended; nothing is left to flush to.
        os._exit(1)
