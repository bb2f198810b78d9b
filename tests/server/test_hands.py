"""Threads that make pages: given and answered without ado, at most so many, none for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from navette_server.hands import Hands
from waiting import until

said: ContextVar[str] = ContextVar("said", default="nothing")


def name_of_thread(_request: Request | None = None) -> Response:
    return PlainTextResponse(threading.current_thread().name)


async def on_the_loop(_request: Request) -> Response:
    return name_of_thread()


def raising(error: BaseException) -> Any:
    raise error


def run(hands: Hands, work: Callable[..., Any], *given: Any) -> Any:
    """Lend a hand in a loop of its own."""
    return asyncio.run(hands.lend(work, *given))


def test_what_is_looked_at_is_made_by_a_hand_and_the_rest_as_before() -> None:
    routes = [
        Route("/page", name_of_thread),
        Route("/page", name_of_thread, methods=["POST"]),
        Route("/async", on_the_loop),
    ]
    with TestClient(Starlette(routes=[*Hands(2).take(routes)])) as client:
        assert client.get("/page").text == "navette-hand"
        assert client.head("/page").status_code == 200
        assert client.post("/page").text == "AnyIO worker thread"
        assert client.get("/async").text not in {"navette-hand", "AnyIO worker thread"}


def test_the_work_sees_the_context_of_who_asks() -> None:
    said.set("hello")
    assert run(Hands(1), said.get) == "hello"


def test_a_refusal_comes_back_as_it_was_raised() -> None:
    hands = Hands(1)
    with pytest.raises(KeyError, match="x"):
        run(hands, raising, KeyError("x"))
    with pytest.raises(RuntimeError, match="StopIteration"):
        run(hands, raising, StopIteration())
    assert run(hands, len, "abc") == 3


def test_one_after_the_other_is_done_by_the_same_hand() -> None:
    hands = Hands(8)

    async def several() -> set[int]:
        return {await hands.lend(threading.get_ident) for _ in range(20)}

    assert len(asyncio.run(several())) == 1
    assert len(asyncio.run(several())) == 1, "in another loop too"


def test_no_more_work_at_once_than_there_are_hands_and_everybody_is_answered() -> None:
    hands, lock = Hands(3), threading.Lock()
    now, most = 0, 0
    three = threading.Barrier(3)

    def work(number: int) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        three.wait(10)
        with lock:
            now -= 1
        return number

    async def crowd() -> list[int]:
        return await asyncio.gather(*(hands.lend(work, n) for n in range(30)))

    assert asyncio.run(crowd()) == list(range(30))
    assert most == 3


def test_a_hand_without_work_ends_and_another_one_begins() -> None:
    hands = Hands(1, idle_seconds=0.01)
    for _ in range(2):
        thread = run(hands, threading.current_thread)
        until(lambda thread=thread: not thread.is_alive())  # type: ignore[misc]


def test_work_that_comes_as_a_hand_ends_is_done() -> None:
    hands = Hands(2, idle_seconds=0.0005)

    async def often() -> int:
        total = 0
        for n in range(400):
            total += sum(await asyncio.gather(*(hands.lend(abs, 1) for _ in range(3))))
            await asyncio.sleep(0.0005 if n % 2 else 0)
        return total

    assert asyncio.run(asyncio.wait_for(often(), 30)) == 1200


def test_who_is_cancelled_is_told_when_the_work_is_done() -> None:
    hands, begun, go_on = Hands(1), threading.Event(), threading.Event()
    done: list[str] = []

    def work() -> None:
        begun.set()
        go_on.wait(10)
        done.append("work")

    async def cancelled() -> None:
        task = asyncio.create_task(hands.lend(work))
        await asyncio.to_thread(begun.wait, 10)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert done == ["work"]

    asyncio.run(cancelled())


def test_a_loop_that_ended_meanwhile_takes_no_hand_along() -> None:
    hands, begun, go_on = Hands(1), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(10)

    loop = asyncio.new_event_loop()
    waiting = loop.create_task(hands.lend(work))
    loop.run_until_complete(asyncio.sleep(0))
    begun.wait(10)
    waiting._log_destroy_pending = False  # type: ignore[attr-defined]
    loop.close()
    go_on.set()
    assert run(hands, len, "abc") == 3
