"""Saying how a run stands while it goes on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping

from newsletter.domain.delivery import DeliveryStatus
from newsletter.mail.smtp import Pool
from newsletter.services.dispatch.pacing import PacedLine
from newsletter.services.dispatch.report import Snapshot
from newsletter.services.dispatch.settling import Settler

__all__ = ["Watch"]

_S = DeliveryStatus
_EVERY = 1.0
_RATE_OVER = 10
"""Snapshots over which the rate is taken."""


class Watch:
    """Hands a snapshot to who watches, once a second."""

    def __init__(self, watch: Callable[[Snapshot], None], *, pool: Pool, line: PacedLine, settler: Settler) -> None:
        self._watch = watch
        self._pool = pool
        self._line = line
        self._settler = settler

    async def keep(self, count: Callable[[], Mapping[DeliveryStatus, int]]) -> None:
        """Do so while the run goes on; `count` counts the deliveries of the issue by state."""
        loop = asyncio.get_running_loop()
        totals = count()
        to_do = totals.get(_S.QUEUED, 0) + totals.get(_S.DEFERRED, 0)
        history = deque([(loop.time(), 0)], maxlen=_RATE_OVER)
        while True:
            await asyncio.sleep(_EVERY)
            history.append((loop.time(), self._settler.done))
            (since, before), (now, done) = history[0], history[-1]
            self._watch(self._snapshot(max(0, to_do - done), (done - before) / (now - since)))

    def _snapshot(self, waiting: int, rate: float) -> Snapshot:
        counts = self._settler.counts
        return Snapshot(
            sent=counts[_S.SENT],
            failed=counts[_S.FAILED],
            deferred=counts[_S.DEFERRED],
            uncertain=counts[_S.UNCERTAIN],
            waiting=waiting,
            rate=rate,
            remaining=waiting / rate if rate else None,
            connections=self._pool.open,
            limit=self._line.limit,
            rests=self._settler.rests,
        )
