"""Worker threads by kind of work, so that one kind never waits for another.

The store, files and rendering are synchronous; each kind of work has threads of its own. While every writer waits for a
lock that another process holds, pages are read, files are sent and `/health` answers. The rules:

1. a lane runs as many calls at once as it has workers; further calls wait for their turn, first come first;
2. where as many wait as may, or where a turn does not come in time, a call is refused (`Crowded`): the answer is a 503
   that says when to come again, and nothing has been changed;
3. what runs is never given up half way.

The database's pool has 15 connections: workers of the lanes that use it are fewer, so a call that has its turn has a
connection.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from fastapi.routing import APIRoute

__all__ = ["READING", "Crowded", "Flights", "Lane", "Lanes"]

T = TypeVar("T")
READING = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""
_TURN_SECONDS = 45.0
"""How long a call waits for its turn: as long as the one before it waits for the database."""


class Crowded(Exception):
    """More ask for a kind of work than can be served in time."""


class Lane:
    """One kind of work. Calls come from the event loop and run in threads."""

    def __init__(self, name: str, *, workers: int, waiting: int = 500) -> None:
        """`workers` is how many calls run at once, `waiting` how many more may wait for their turn."""
        self.name = name
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._free = asyncio.Semaphore(workers)
        self._most = waiting
        self._waiting = 0

    async def run(self, call: Callable[..., T], *arguments: object, **options: object) -> T:
        """What the call returns, or raises.

        Raises:
            Crowded: too many wait, or its turn did not come in time; nothing was called.
        """
        await self._turn()
        try:
            context = contextvars.copy_context()
            work = partial(context.run, call, *arguments, **options)
            return await asyncio.get_running_loop().run_in_executor(self._workers, work)
        finally:
            self._free.release()

    async def _turn(self) -> None:
        if self._free.locked() and self._waiting >= self._most:
            raise Crowded(self.name)
        self._waiting += 1
        try:
            async with asyncio.timeout(_TURN_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            raise Crowded(self.name) from None
        finally:
            self._waiting -= 1

    def runs(self, call: Callable[..., T]) -> Callable[..., Awaitable[T]]:
        """The same call as a coroutine function, to be put on an application; its parameters stay known."""

        @wraps(call)
        async def in_turn(*arguments: object, **options: object) -> T:
            return await self.run(call, *arguments, **options)

        return in_turn


class Lanes:
    """All lanes of an application.

    Attributes:
        reads: pages that read the database.
        writes: whatever changes it.
        public: what people ask for who show no link of theirs: a flood of it holds up nobody who leaves.
        hooks: what sending services tell; their signatures may ask the network.
        making: readers' documents, and whatever else needs a processor for long: one at a time.
        files: the published site.
        health: the health check.
    """

    def __init__(self) -> None:
        self.reads = Lane("reads", workers=5)
        self.writes = Lane("writes", workers=3)
        self.public = Lane("public", workers=2, waiting=200)
        self.hooks = Lane("hooks", workers=2)
        self.making = Lane("making", workers=1)
        self.files = Lane("files", workers=4)
        self.health = Lane("health", workers=1)

    def of(self, methods: frozenset[str]) -> Lane:
        """Where a route of these methods belongs that says nothing else."""
        return self.reads if methods <= READING else self.writes

    def route_class(self) -> type[APIRoute]:
        """Routes whose plain functions run in the lane of their methods; coroutine functions choose by themselves."""
        lanes = self

        class LanedRoute(APIRoute):
            def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401
                if not iscoroutinefunction(endpoint):
                    endpoint = lanes.of(frozenset(options.get("methods") or READING)).runs(endpoint)
                super().__init__(path, endpoint, **options)

        return LanedRoute


class Flights:
    """What several ask for at the same time is done once, and all get what came of it."""

    def __init__(self) -> None:
        self._open: dict[object, asyncio.Future[Any]] = {}

    async def share(self, key: object, make: Callable[[], Awaitable[T]]) -> T:
        """What `make` returns or raises, for whoever asks for `key` until it has."""
        flight = self._open.get(key)
        if flight is None:
            flight = self._open[key] = asyncio.ensure_future(make())
            flight.add_done_callback(lambda _: self._open.pop(key))
        # who is gone does not take the others' answer along
        result: T = await asyncio.shield(flight)
        return result
