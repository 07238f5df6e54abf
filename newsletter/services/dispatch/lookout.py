"""Looking, while a run goes on, at what others have written since: a pause, domains that rest, more who send."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from newsletter.domain.delivery import Share
from newsletter.domain.issues import IssueKey
from newsletter.domain.ports import Clock, DeliveryStore
from newsletter.errors import StoreError
from newsletter.services.dispatch.run_ledger import RunLedger
from newsletter.services.dispatch.settling import Settler
from newsletter.services.dispatch.state import RunState

__all__ = ["Lookout"]

_EVERY = 1.0


class Lookout:
    """Looks into the ledger once a second: other processes send too, and take in what comes back."""

    def __init__(
        self,
        issue: IssueKey,
        deliveries: DeliveryStore,
        ledger: RunLedger,
        *,
        settler: Settler,
        state: RunState,
        share: Share,
        clock: Clock,
    ) -> None:
        self._issue = issue
        self._deliveries = deliveries
        self._ledger = ledger
        self._settler = settler
        self._state = state
        self._share = share
        self._clock = clock

    async def keep(self) -> None:
        """Do so while the run goes on."""
        while True:
            # a ledger that cannot be read now is told of where it is written
            with suppress(StoreError):
                await self._look()
            await asyncio.sleep(_EVERY)

    async def _look(self) -> None:
        status = await self._ledger.call(lambda: self._deliveries.status(self._issue))
        if status is not None and status.paused:
            self._state.stop(status.paused)
        now = self._clock()
        for rest in await self._ledger.call(lambda: self._deliveries.rests(at=now)):
            self._settler.heed(rest)
        self._share.place, self._share.processes = await self._ledger.crew()
