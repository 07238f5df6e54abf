"""When to ask: not while the server wants quiet, not for ever, and not a server that is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from newsletter.enrich.client import Interrupted, Throttled

__all__ = ["Chance", "Sleep", "Traffic"]

_T = TypeVar("_T")

Sleep = Callable[[float], Awaitable[None]]
Chance = Callable[[], float]
"""A number from 0 to 1; handed in, as time is."""

LONGEST_WAIT = 120.0
"""Seconds: who asks for a longer pause gets no more questions in this run."""
_FIRST_WAIT = 1.0
_FAILURES_TO_GIVE_UP = 5


class Traffic:
    """The pauses all questions share.

    One that was throttled holds back all others, for as long as the server says, or for twice as long each time where
    it says nothing. A question that is interrupted waits by itself. After some questions in a row that failed for good
    nothing more is asked.
    """

    def __init__(self, *, sleep: Sleep, chance: Chance, attempts: int = 5) -> None:
        self._sleep = sleep
        self._chance = chance
        self._attempts = attempts
        self._quiet_until = 0.0
        self._failed_in_a_row = 0

    @property
    def is_hopeless(self) -> bool:
        """Whether the server has failed so often that asking on is no use."""
        return self._failed_in_a_row >= _FAILURES_TO_GIVE_UP

    async def ask(self, question: Callable[[], Awaitable[_T]]) -> _T:
        """Ask until there is an answer.

        Raises:
            Interrupted: there was none after all attempts, or the server wants a longer pause than anybody waits.
        """
        for attempt in range(self._attempts):
            await self._quiet()
            try:
                answer = await question()
            except Throttled as refusal:
                if refusal.retry_after is not None and refusal.retry_after > LONGEST_WAIT:
                    self._failed_in_a_row = _FAILURES_TO_GIVE_UP
                    raise
                wait = self._backoff(attempt) if refusal.retry_after is None else refusal.retry_after
                self._quiet_until = max(self._quiet_until, _now() + wait)
                last: Interrupted = refusal
            except Interrupted as interruption:
                if self.is_hopeless:
                    raise
                last = interruption
                if attempt + 1 < self._attempts:
                    await self._sleep(self._backoff(attempt))
            else:
                self._failed_in_a_row = 0
                return answer
        self._failed_in_a_row += 1
        raise last

    async def _quiet(self) -> None:
        while (until := self._quiet_until) > _now():
            await self._sleep(until - _now())
            if self._quiet_until == until:  # nobody else was throttled meanwhile
                break

    def _backoff(self, attempt: int) -> float:
        return min(_FIRST_WAIT * 2.0**attempt, LONGEST_WAIT) * (0.5 + 0.5 * self._chance())


def _now() -> float:
    return asyncio.get_running_loop().time()
