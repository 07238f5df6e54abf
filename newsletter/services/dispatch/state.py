"""Whether a run goes on: what everything that takes part in it looks at, and may end."""

from __future__ import annotations

import asyncio

__all__ = ["RunState"]


class RunState:
    """Whether a run goes on, and what wakes those who wait for something to change.

    Attributes:
        stopped: why no more messages are given out; empty while they are.
        paused: why the whole issue is to be paused; empty where it is not.
        error: what the run is to end with; None where that is no error.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self.stopped = ""
        self.paused = ""
        self.error: BaseException | None = None

    def stop(self, reason: str = "") -> None:
        """Give no more; messages that were begun are finished. The first reason counts."""
        self.stopped = self.stopped or reason or "the relay cannot be used"
        self.wake()

    def pause(self, reason: str) -> None:
        """Stop, and pause the issue: a person should look first."""
        self.paused = self.paused or reason
        self.stop(reason)

    def fail(self, error: BaseException) -> None:
        """Stop, and let the run end with this error when the connections have ended."""
        self.error = error
        self.stop(str(error))

    def task_ended(self, task: asyncio.Task[None]) -> None:
        """A task that helps has ended; if by an error, so does the run."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self.fail(error)
        self.wake()

    def wake(self) -> None:
        """Let those who wait look again."""
        self._changed.set()

    async def change(self, within: float | None = None) -> None:
        """Wait until something changes, so many seconds at most."""
        self._changed.clear()
        try:
            async with asyncio.timeout(within):
                await self._changed.wait()
        except TimeoutError:
            pass

    async def sleep(self, seconds: float) -> None:
        """Wait, but not longer than until the run is stopped."""
        until = self._loop.time() + seconds
        while not self.stopped and (left := until - self._loop.time()) > 0:
            await self.change(left)
