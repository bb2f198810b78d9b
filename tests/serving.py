"""An application on a free loopback port, in threads of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from waiting import until


@contextmanager
def served(application: Callable[[str], Starlette]) -> Iterator[str]:
    """Give the address; `application` is told it before it is made."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(
        application(base), ws="none", log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until(lambda: server.started or not thread.is_alive(), 20, "the start")
    try:
        yield base
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
