"""Taking deliveries out of the ledger into a run, a little before they are needed."""

from __future__ import annotations

import asyncio

from newsletter.domain.delivery import Delivery
from newsletter.domain.ports import SubscriberStore
from newsletter.services.dispatch.messages import MessageMaker
from newsletter.services.dispatch.pacing import Claimed, PacedLine
from newsletter.services.dispatch.run_ledger import RunLedger
from newsletter.services.dispatch.settling import Settler
from newsletter.services.dispatch.state import RunState

__all__ = ["Claimer"]

_CLAIM = 200
"""Deliveries that are claimed at once; twice as many wait at most."""


class Claimer:
    """Keeps the line filled. Who must not be mailed any more is skipped, and digests are selected many at a time.

    Attributes:
        exhausted: whether nothing was left to claim when the ledger was looked through from the beginning.
    """

    def __init__(
        self,
        ledger: RunLedger,
        line: PacedLine,
        *,
        subscribers: SubscriberStore,
        maker: MessageMaker,
        settler: Settler,
        state: RunState,
    ) -> None:
        self._ledger = ledger
        self._line = line
        self._subscribers = subscribers
        self._maker = maker
        self._settler = settler
        self._state = state
        self._claiming: asyncio.Task[None] | None = None
        self._cursor = 0
        self.exhausted = False

    def keep_filled(self) -> None:
        """Claim more where little is left that is ready."""
        if self._line.ready < _CLAIM // 2:
            self.refill()

    def refill(self) -> None:
        """Claim more, unless that is under way, or enough is here."""
        under_way = self._claiming is not None and not self._claiming.done()
        if not under_way and not self.exhausted and not self._state.stopped and len(self._line) < _CLAIM * 2:
            self._claiming = asyncio.create_task(self._claim())
            self._claiming.add_done_callback(self._state.task_ended)

    def again(self) -> None:
        """Look once more for deliveries: some may be due by now."""
        self.exhausted, self._cursor = False, 0

    async def finish(self) -> None:
        """Wait for the claim that is under way, so that what it takes is given back with the rest."""
        if self._claiming is not None:
            await asyncio.wait([self._claiming])

    async def _claim(self) -> None:
        """Take the next deliveries into this run; after the last one look once more from the beginning."""
        without = sorted({*self._settler.resting(), *self._line.crowded(_CLAIM)})
        claimed = await self._ledger.claim(limit=_CLAIM, after=self._cursor, without=without)
        if not claimed:
            self.exhausted, self._cursor = self._cursor == 0, 0
            return
        self._cursor = claimed[-1].id
        wanted = await self._wanted(claimed)
        for delivery, selection in zip(wanted, self._maker.select_many([d.recipient for d in wanted]), strict=True):
            self._line.add(Claimed(delivery, selection))
        # who was sent to rest while these were being claimed
        for domain in self._settler.resting() & {delivery.recipient.domain for delivery in wanted}:
            self._settler.let_go(domain)

    async def _wanted(self, claimed: tuple[Delivery, ...]) -> list[Delivery]:
        """Those who are to be mailed by this run."""
        emails, day = [delivery.recipient.email for delivery in claimed], self._maker.issue.day
        barred = await self._ledger.call(lambda: self._subscribers.barred(emails, day=day))
        wanted: list[Delivery] = []
        for delivery in claimed:
            if (reason := barred.get(delivery.recipient.email)) is not None:
                self._settler.skip(delivery, reason)
            elif self._maker.has_message_for(delivery.recipient):
                wanted.append(delivery)
        return wanted
