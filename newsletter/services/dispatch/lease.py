"""The lease of a run: for how long the other processes take it to be alive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from newsletter.domain.ports import Clock
from newsletter.errors import StoreError
from newsletter.services.dispatch.run_ledger import RunLedger
from newsletter.services.dispatch.state import RunState

__all__ = ["Lease"]

_TAKEN_OVER = "this process was silent for longer than its lease, so that another one may have taken over"
_UNRENEWED = "the ledger could not be told any more that this process is alive, so that another one may take over"
_TRUSTED = 0.9
"""Of a lease, how much this process relies on: the rest is for clocks that differ and for what takes its time."""


class Lease:
    """What a run may rely on, and what renews it. Whoever slept beyond its lease has been taken for dead."""

    def __init__(
        self,
        ledger: RunLedger,
        state: RunState,
        *,
        length: timedelta,
        clock: Clock,
        begun: float,
        sent: Callable[[], int],
    ) -> None:
        """`begun` is the moment of the loop's clock before the run was opened with this lease.

        How many were `sent` so far is noted whenever it is renewed.
        """
        self._ledger = ledger
        self._state = state
        self._length = length
        self._clock = clock
        self._sent = sent
        self._loop = asyncio.get_running_loop()
        self._end = begun + length.total_seconds() * _TRUSTED
        self._unrenewed = ""

    def holds(self) -> bool:
        """Whether messages may be handed over; if not, the run is stopped."""
        if self._loop.time() < self._end:
            return True
        self._state.stop(f"{_UNRENEWED}: {self._unrenewed}" if self._unrenewed else _TAKEN_OVER)
        return False

    def is_lost(self) -> None:
        """Another process has ended this run."""
        self._end, self._unrenewed = 0.0, ""
        self._state.stop(_TAKEN_OVER)

    async def keep(self) -> None:
        """Renew it while the run goes on; where that fails, try again until it has ended."""
        seconds = self._length.total_seconds()
        delay = seconds / 4
        while True:
            await asyncio.sleep(delay)
            try:
                await self.renew()
            except StoreError as error:
                self._unrenewed = str(error)
                delay = seconds / 20
            else:
                delay = seconds / 4

    async def renew(self) -> bool:
        """Renew it now; False, and the run is stopped, if another process has ended it.

        Raises:
            StoreError: the ledger cannot be told.
        """
        mark, until = self._loop.time(), self._clock() + self._length
        is_open = await self._ledger.keep_run(until=until, sent=self._sent())
        if is_open:
            self._end, self._unrenewed = mark + self._length.total_seconds() * _TRUSTED, ""
        else:
            self.is_lost()
        return is_open
