"""A child of the launcher ends when the launcher ends, however that happened.

The launcher holds the other end of the child's standard input and writes nothing: an end of file
means that it is gone, killed perhaps, and that nobody would ever stop this process.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress

GRACE_SECONDS = 1.5
STANDARD_INPUT = 0


def hold(*, with_children: bool = False) -> None:
    """Watch the standard input; at its end leave at once, or first tell own children to."""
    threading.Thread(target=_watch, args=(with_children,), name="lifeline", daemon=True).start()


def _watch(with_children: bool) -> None:  # noqa: FBT001 - the argument of a thread
    with suppress(OSError):
        while os.read(STANDARD_INPUT, 1):
            continue
    if with_children:
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(GRACE_SECONDS)
    # nothing accepted can be lost by this: every change was committed before it was answered
    os._exit(0)
