"""Worker threads by kind of work: turns, refusals, and work that is shared."""

from __future__ import annotations

import asyncio
import threading

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from newsletter.web.serving import lanes
from newsletter.web.serving.lanes import Crowded, Flights, Lane, Lanes


class Gate:
    """Work that lasts until it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()

    def work(self, result: int = 0) -> int:
        self.begun.release()
        assert self.go.wait(30)
        return result


@pytest.fixture
def gate() -> Gate:
    return Gate()


async def begun(gate: Gate) -> None:
    """Wait until one more call runs."""
    assert await asyncio.to_thread(gate.begun.acquire, timeout=30)


async def test_a_lane_returns_what_its_call_returns_and_raises_what_it_raises() -> None:
    lane = Lane("test", workers=1)
    assert await lane.run(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await lane.run(divmod, 7, 0)
    assert await lane.run(int, "11", base=2) == 3


async def test_a_lane_whose_workers_all_wait_holds_up_no_other(gate: Gate) -> None:
    full, free = Lane("full", workers=2), Lane("free", workers=1)
    waiting = [asyncio.create_task(full.run(gate.work, number)) for number in range(10)]
    await begun(gate)
    await begun(gate)
    assert await free.run(int, "5") == 5
    gate.go.set()
    assert await asyncio.gather(*waiting) == list(range(10))


async def test_no_more_calls_run_at_once_than_there_are_workers(gate: Gate) -> None:
    lane = Lane("test", workers=2)
    waiting = [asyncio.create_task(lane.run(gate.work)) for _ in range(3)]
    await begun(gate)
    await begun(gate)
    assert not gate.begun.acquire(blocking=False)
    gate.go.set()
    await asyncio.gather(*waiting)


async def test_who_comes_when_as_many_wait_as_may_is_refused_at_once(gate: Gate) -> None:
    lane = Lane("test", workers=1, waiting=1)
    first = asyncio.create_task(lane.run(gate.work, 1))
    await begun(gate)
    second = asyncio.create_task(lane.run(gate.work, 2))
    await asyncio.sleep(0)
    with pytest.raises(Crowded):
        await lane.run(gate.work, 3)
    gate.go.set()
    assert await asyncio.gather(first, second) == [1, 2]


async def test_a_call_whose_turn_does_not_come_in_time_is_refused_and_never_made(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "_TURN_SECONDS", 0.01)
    lane, called = Lane("test", workers=1), threading.Event()
    first = asyncio.create_task(lane.run(gate.work, 1))
    await begun(gate)
    with pytest.raises(Crowded):
        await lane.run(called.set)
    gate.go.set()
    assert await first == 1
    assert await lane.run(int, "5") == 5
    assert not called.is_set()


def test_a_plain_function_of_a_route_runs_in_the_lane_of_its_methods_and_keeps_its_parameters() -> None:
    app = FastAPI()
    app.router.route_class = Lanes().route_class()

    class Routes:
        def show(self, number: int) -> str:
            return f"{threading.current_thread().name} {number + 1}"

    app.api_route("/{number}", methods=["GET", "HEAD"])(Routes().show)
    app.post("/{number}")(Routes().show)
    client = TestClient(app)
    assert client.get("/7").json().startswith("reads")
    assert client.get("/7").json().endswith(" 8")
    assert client.post("/7").json().startswith("writes")
    assert client.get("/x").status_code == 422


async def test_what_many_ask_for_at_once_is_done_once() -> None:
    flights, go, calls = Flights(), asyncio.Event(), 0

    async def make() -> int:
        nonlocal calls
        calls += 1
        await go.wait()
        return calls

    asked = [asyncio.create_task(flights.share("key", make)) for _ in range(60)]
    other = asyncio.create_task(flights.share("other", make))
    await asyncio.sleep(0)
    asked[0].cancel()  # who goes takes nothing from the others
    await asyncio.sleep(0)
    go.set()
    assert set(await asyncio.gather(*asked[1:])) == {await other}
    assert calls == 2
    assert await flights.share("key", make) == 3


async def test_what_fails_fails_for_all_who_asked_and_is_tried_anew_by_the_next() -> None:
    flights, go = Flights(), asyncio.Event()

    async def fail() -> int:
        await go.wait()
        raise KeyError

    async def succeed() -> int:
        return 1

    asked = [asyncio.create_task(flights.share("key", fail)) for _ in range(3)]
    await asyncio.sleep(0)
    go.set()
    assert [type(one) for one in await asyncio.gather(*asked, return_exceptions=True)] == [KeyError] * 3
    assert await flights.share("key", succeed) == 1
