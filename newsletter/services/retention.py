"""Letting go of what is kept of people when its time is over: a little at a time, so that nobody waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from newsletter.domain.ports import Clock, Remains, RetentionStore
from newsletter.domain.subscribers import Stale

__all__ = ["Retention"]

_CHUNK = 1000
"""Rows of one transaction: a few hundredths of a second."""
_LEAST_PAUSE = 0.01


class Retention:
    """The use case."""

    def __init__(
        self,
        store: RetentionStore,
        remains: Remains,
        periods: Mapping[Stale, timedelta],
        *,
        clock: Clock,
        today: Callable[[], date],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`periods` are how long each thing is kept; after a transaction it pauses for as long as that took."""
        self._store = store
        self._remains = remains
        self._periods = periods
        self._clock = clock
        self._today = today
        self._pause = pause

    def count(self) -> Mapping[Stale, int]:
        """What would be let go of."""
        now = self._clock()
        return {what: self._store.count(what, now - self._periods[what]) for what in Stale}

    def run(self, *, goes_on: Callable[[], bool] = lambda: True, rewrite: bool = False) -> Mapping[Stale, int]:
        """Let go of it; returns how much it was. Ended early by `goes_on`, the next run has the rest.

        Where files of the database may hold remains of what was erased, they are cleared; with `rewrite` they are
        written anew in any case.

        Raises:
            StoreError: the database cannot be written.
        """
        now = self._clock()
        counts = dict.fromkeys(Stale, 0)
        for what in Stale:
            before = now - self._periods[what]
            while goes_on():
                begun = time.monotonic()
                count = self._store.forget(what, before, limit=_CHUNK)
                counts[what] += count
                if count < _CHUNK:
                    break
                # whoever waits for the database has its turn
                self._pause(max(_LEAST_PAUSE, time.monotonic() - begun))
        if goes_on() and (rewrite or self._remains.are_suspected):
            self._remains.clear(rewrite=rewrite)
        return counts

    def run_daily(self, *, goes_on: Callable[[], bool] = lambda: True) -> Mapping[Stale, int] | None:
        """The same once a day, whichever of several processes comes first; None where it was done.

        Raises:
            StoreError: as `run`.
        """
        return self.run(goes_on=goes_on) if self._store.take_day(self._today()) else None
