"""Writing the ledger from an event loop: one thread, one transaction for all that came together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import TypeVar

from newsletter.domain.deliveries import Begin, Change, DomainRest, Outcome
from newsletter.domain.ports import Clock, DeliveryStore

__all__ = ["LedgerWriter"]

T = TypeVar("T")


class LedgerWriter:
    """Groups changes into transactions, in the order in which they came.

    While one transaction is being written the next one gathers: with ten connections about ten messages share one,
    which makes durability cheap. The order is what keeps a crash small: a connection's last outcome is written no
    later than its next `sending`, so that never more than one delivery a connection is uncertain.
    """

    def __init__(self, store: DeliveryStore, run: int, *, clock: Clock, point: Callable[[str], None]) -> None:
        self._store = store
        self._run = run
        self._clock = clock
        self._point = point
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._changes: list[Change] = []
        self._begins: list[tuple[int, asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def call(self, function: Callable[[], T]) -> T:
        """Run something else of the store in the same thread, between two transactions."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    def add(self, change: Outcome | DomainRest) -> None:
        """Write this soon."""
        self._changes.append(change)
        self._start()

    async def begin(self, change: Begin) -> bool:
        """Write that this delivery is `sending`; returns when that is durable. False if the run does not hold it."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._changes.append(change)
        self._begins.append((change.id, future))
        self._start()
        return await future

    async def flush(self) -> None:
        """Return when everything is written.

        Raises:
            StoreUnavailable: it could not be.
        """
        while self._writing is not None and not self._writing.done():
            await asyncio.wait([self._writing])
        if self._writing is not None:
            self._writing.result()

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    def _record(self, changes: list[Change], at: datetime) -> frozenset[int]:
        self._point("before commit")
        lost = self._store.record(self._run, changes, at=at)
        self._point("committed")
        return lost

    def _start(self) -> None:
        if self._writing is None or (self._writing.done() and self._writing.exception() is None):
            self._writing = asyncio.create_task(self._write())
        elif self._writing.done():
            self._fail(self._writing.exception())

    async def _write(self) -> None:
        # whatever the other connections have to say in this turn of the loop comes along
        await asyncio.sleep(0)
        while self._changes:
            changes, self._changes = self._changes, []
            begins, self._begins = self._begins, []
            at = self._clock()

            try:
                lost = await self.call(partial(self._record, changes, at))
            except BaseException as error:
                self._begins = [*begins, *self._begins]
                self._fail(error)
                raise
            for delivery, future in begins:
                if not future.done():
                    future.set_result(delivery not in lost)

    def _fail(self, error: BaseException | None) -> None:
        begins, self._begins = self._begins, []
        for _, future in begins:
            if not future.done():
                future.set_exception(error or RuntimeError("the ledger is closed"))
