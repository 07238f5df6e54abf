"""The ledger as one run sees it from an event loop: one thread, one transaction for all that came together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from newsletter.domain.delivery import Begin, Change, Delivery, DomainRest, Outcome
from newsletter.domain.ports import Clock, DeliveryStore

__all__ = ["RunLedger"]

T = TypeVar("T")

_GATHERING = 0.003
"""Seconds that the first change of a group waits at most for others: far less than a relay's answer takes."""


class RunLedger:
    """What one run asks and writes. It groups changes into transactions, in the order in which they came.

    While one transaction is being written the next one gathers, and a group waits a moment for those that are on their
    way: a transaction costs about as much for one message as for ten. The order is what keeps a crash small: a
    connection's last outcome is written no later than its next `sending`, so that never more than one delivery a
    connection is uncertain.
    """

    def __init__(
        self,
        store: DeliveryStore,
        run: int,
        *,
        clock: Clock,
        crash_hook: Callable[[str], None],
        crowd: Callable[[], int] = lambda: 1,
        only: Sequence[int] = (),
    ) -> None:
        """`crowd` says how many messages that wait for their `sending` are worth a transaction at once.

        `crash_hook` as in `Send`; where deliveries are named by `only`, no others are claimed.
        """
        self._store = store
        self._run = run
        self._clock = clock
        self._crash_hook = crash_hook
        self._crowd = crowd
        self._only = only
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._changes: list[Change] = []
        self._begins: list[tuple[int, asyncio.Future[bool]]] = []
        self._writing: list[tuple[int, asyncio.Future[bool]]] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._idle: asyncio.Future[None] | None = None
        self._error: BaseException | None = None

    async def call(self, function: Callable[[], T]) -> T:
        """Run something else of the store in the same thread, between two transactions."""
        return await self._loop.run_in_executor(self._thread, function)

    async def claim(self, *, limit: int, after: int, without: Sequence[str]) -> tuple[Delivery, ...]:
        """Take deliveries that may be sent now, with an id above `after`, of no such domain."""
        now = self._clock()
        only = self._only
        return await self.call(
            lambda: self._store.claim(self._run, at=now, limit=limit, after=after, without=without, only=only)
        )

    async def keep_run(self, *, until: datetime, sent: int) -> bool:
        """Extend the lease; False if another process has ended this run."""
        return bool(await self.call(lambda: self._store.keep_run(self._run, until=until, sent=sent)))

    async def crew(self) -> tuple[int, int]:
        """The place of this run among those that send at this moment, from 0; and how many these are."""
        now = self._clock()
        return await self.call(lambda: self._store.crew(self._run, at=now))

    def add(self, change: Outcome | DomainRest) -> None:
        """Write this soon."""
        self._changes.append(change)
        self._gather()

    async def begin(self, change: Begin) -> bool:
        """Write that this delivery is `sending`; returns when that is durable. False if the run does not hold it."""
        future: asyncio.Future[bool] = self._loop.create_future()
        self._changes.append(change)
        self._begins.append((change.id, future))
        self._gather()
        return await future

    async def flush(self) -> None:
        """Return when everything is written.

        Raises:
            StoreUnavailable: it could not be.
        """
        while self._error is None and (self._changes or self._writing is not None):
            self._write()
            self._idle = self._loop.create_future()
            await self._idle
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """End the thread."""
        if self._timer is not None:
            self._timer.cancel()
        self._thread.shutdown()

    def _gather(self) -> None:
        """Write now if it is worth it, else soon."""
        if self._error is not None:
            self._fail(self._error)
        elif self._writing is not None:
            return
        elif len(self._begins) >= self._crowd():
            self._write()
        elif self._timer is None:
            self._timer = self._loop.call_later(_GATHERING, self._write)

    def _write(self) -> None:
        """Hand what has gathered to the thread, unless that is busy."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._writing is not None:
            return
        changes, self._changes = self._changes, []
        self._writing, self._begins = self._begins, []
        self._loop.run_in_executor(self._thread, self._record, changes, self._clock()).add_done_callback(self._written)

    def _record(self, changes: list[Change], at: datetime) -> frozenset[int]:
        self._crash_hook("before commit")
        lost = self._store.record(self._run, changes, at=at)
        self._crash_hook("committed")
        return lost

    def _written(self, done: asyncio.Future[frozenset[int]]) -> None:
        written, self._writing = self._writing or [], None
        try:
            lost = done.result()
        # whatever it was, those who wait for it have to know
        except BaseException as error:  # noqa: BLE001
            self._begins = [*written, *self._begins]
            self._fail(error)
        else:
            for delivery, future in written:
                if not future.done():
                    future.set_result(delivery not in lost)
            if self._changes:
                self._gather()
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)

    def _fail(self, error: BaseException) -> None:
        self._error = error
        begins, self._begins = self._begins, []
        for _, future in begins:
            if not future.done():
                future.set_exception(error)
