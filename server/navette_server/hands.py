"""Hands: the threads in which pages that are only looked at are made.

Handing a page over to a thread and back cost as much as drawing it: anyio's threads make a
checkpoint, take a place from a limiter, open a scope and wait on a queue with a lock of its own.
A hand is given its work by a queue of the interpreter and answers by one callback. What is posted
goes through anyio still, whose threads may ask the loop for the body of a form.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from functools import partial
from inspect import iscoroutinefunction
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

T = TypeVar("T")
LOOKING = frozenset({"GET", "HEAD"})
IDLE_SECONDS = 10.0


class _Answer(asyncio.Future[Any]):
    """What a hand is still working on cannot be called off: a thread cannot be stopped.

    Whoever waits for it is told that they were cancelled when it is done.
    """

    def cancel(self, msg: Any = None) -> bool:  # noqa: ARG002 - as its parent's
        """Refuse."""
        return False


_Job = tuple[Context, Callable[..., Any], tuple[Any, ...], asyncio.AbstractEventLoop, _Answer]
_Jobs = SimpleQueue[_Job]


class Hands:
    """At most so many threads, started when they are needed; those without work end."""

    def __init__(self, most: int, idle_seconds: float = IDLE_SECONDS) -> None:
        """Begin with none."""
        self._most = most
        self._idle_seconds = idle_seconds
        self._door = threading.Lock()
        self._many = 0
        self._idle: list[_Jobs] = []  # the last one to finish is the first to be asked: it is warm
        self._waiting: deque[_Job] = deque()

    def take(self, routes: Sequence[BaseRoute]) -> Sequence[BaseRoute]:
        """Let these routes be answered by hands where they are only looked at."""
        for route in routes:
            if isinstance(route, Route) and LOOKING.issuperset(route.methods or ("POST",)):
                page = route.endpoint
                if not iscoroutinefunction(page):
                    route.app = partial(self._answer, page)
        return routes

    async def _answer(
        self, page: Callable[[Request], Response], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer one request; what a page raises is told by the application, as everywhere."""
        response = await self.lend(page, Request(scope, receive, send))
        await response(scope, receive, send)

    async def lend(self, work: Callable[..., T], *given: Any) -> T:
        """Return what `work` returns, or raise what it raises, in a thread of the same context."""
        loop = asyncio.get_running_loop()
        answer = _Answer(loop=loop)
        self._give((copy_context(), work, given, loop, answer))
        done: T = await answer
        return done

    def _give(self, job: _Job) -> None:
        with self._door:
            if self._idle:
                self._idle.pop().put(job)
                return
            if self._many >= self._most:
                self._waiting.append(job)
                return
            self._many += 1
        threading.Thread(target=self._work, args=(job,), name="navette-hand", daemon=True).start()

    def _work(self, first: _Job) -> None:
        jobs: _Jobs = SimpleQueue()
        job: _Job | None = first
        del first
        while job is not None:
            context, work, given, loop, answer = job
            result, failed = None, None
            try:
                result = context.run(work, *given)
            except BaseException as error:  # noqa: BLE001 - carried to whoever waits
                failed = error
            job = self._next(jobs)
            _tell(loop, answer, result, failed)
            del context, work, given, loop, answer, result, failed  # nothing is held while idle
            job = job or self._wait(jobs)

    def _next(self, jobs: _Jobs) -> _Job | None:
        """Return what waits already; else say that this hand is free."""
        with self._door:
            if self._waiting:
                return self._waiting.popleft()
            self._idle.append(jobs)
        return None

    def _wait(self, jobs: _Jobs) -> _Job | None:
        """Wait for work; None when there was none for long, and this hand ends."""
        try:
            return jobs.get(timeout=self._idle_seconds)
        except Empty:
            with self._door:
                if jobs in self._idle:
                    self._idle.remove(jobs)
                    self._many -= 1
                    return None
            return jobs.get()  # given in that moment


def _tell(
    loop: asyncio.AbstractEventLoop, answer: _Answer, result: Any, failed: BaseException | None
) -> None:
    if isinstance(failed, StopIteration):  # nothing that is awaited may raise it
        told = RuntimeError("a page raised StopIteration")
        told.__cause__ = failed
        failed = told
    try:
        if failed is None:
            loop.call_soon_threadsafe(answer.set_result, result)
        else:
            loop.call_soon_threadsafe(answer.set_exception, failed)
    except RuntimeError:  # the loop has ended meanwhile, and with it whoever waited
        return
