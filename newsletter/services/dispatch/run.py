"""One run: a process that holds a lease, keeps it, and sends until nothing is left that may go."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsletter.domain.delivery import DeliveryStatus, Pacer, Share
from newsletter.domain.issues import IssueKey
from newsletter.domain.ports import Clock, DeliveryStore, SubscriberStore
from newsletter.mail.smtp import Connector, Pool
from newsletter.services.dispatch.claiming import Claimer
from newsletter.services.dispatch.lease import Lease
from newsletter.services.dispatch.lookout import Lookout
from newsletter.services.dispatch.messages import MessageMaker
from newsletter.services.dispatch.owner import owner
from newsletter.services.dispatch.pacing import PacedLine
from newsletter.services.dispatch.queue import QueueManager
from newsletter.services.dispatch.report import INTERRUPTED, Snapshot
from newsletter.services.dispatch.run_ledger import RunLedger
from newsletter.services.dispatch.settings import SendSettings
from newsletter.services.dispatch.settling import Settler
from newsletter.services.dispatch.state import RunState
from newsletter.services.dispatch.watching import Watch

__all__ = ["Run"]


@dataclass(kw_only=True)
class Run:
    """One run of one issue.

    Attributes:
        only: the deliveries that it sends; all of the issue's where none are named.
        counts: what it did, by the state deliveries were brought into.
        stopped: why it ended before everything was tried; empty if it did not.
    """

    issue: IssueKey
    maker: MessageMaker
    deliveries: DeliveryStore
    subscribers: SubscriberStore
    connector: Connector
    settings: SendSettings
    clock: Clock
    crash_hook: Callable[[str], None]
    watch: Callable[[Snapshot], None] | None = None
    only: Sequence[int] = ()
    counts: Counter[DeliveryStatus] = field(default_factory=Counter)
    stopped: str = ""

    async def main(self, *, wait: bool, on_stop: Callable[[Callable[[], None]], None]) -> None:
        """Send. `on_stop` is given what ends the run cleanly when it is called."""
        opened, mark = self.clock(), asyncio.get_running_loop().time()
        run = self.deliveries.open_run(self.issue, owner(), at=opened, until=opened + self.settings.lease)
        place, processes = self.deliveries.crew(run, at=opened)
        sending = _Sending(self, run, Share(processes, place, opened.timestamp() - mark), opened=opened, mark=mark)
        on_stop(lambda: sending.state.stop(INTERRUPTED))
        try:
            await sending.send(wait=wait)
        finally:
            try:
                await sending.ledger.flush()
            finally:
                self.counts = sending.settler.counts
                sent, uncertain = self.counts[DeliveryStatus.SENT], self.settings.uncertain
                self.deliveries.close_run(run, at=self.clock(), sent=sent, uncertain=uncertain)
                sending.ledger.close()
        if sending.state.paused:
            self.deliveries.pause(self.issue, sending.state.paused)
        failure = sending.pool.failure
        self.stopped = str(failure) if failure else sending.state.stopped


class _Sending:
    """The parts of a run that is open, put together."""

    def __init__(self, run: Run, run_id: int, share: Share, *, opened: datetime, mark: float) -> None:
        """`opened` and `mark` are one moment, of the clock and of the event loop's."""
        self._run = run
        self._share = share
        settings = run.settings
        self.state = RunState()
        self.ledger = RunLedger(
            run.deliveries,
            run_id,
            clock=run.clock,
            crash_hook=run.crash_hook,
            crowd=lambda: max(1, self.pool.open * 3 // 4),
            only=run.only,
        )
        self._lease = Lease(
            self.ledger,
            self.state,
            length=settings.lease,
            clock=run.clock,
            begun=mark,
            sent=lambda: self.settler.counts[DeliveryStatus.SENT],
        )
        self._line = PacedLine(self._pacer(opened))
        self.settler = Settler(
            self.ledger,
            self._line,
            self.state,
            settings=settings,
            clock=run.clock,
            rests=run.deliveries.rests(at=opened),
        )
        self._claimer = Claimer(
            self.ledger,
            self._line,
            subscribers=run.subscribers,
            maker=run.maker,
            settler=self.settler,
            state=self.state,
        )
        queue = QueueManager(
            self._line,
            self._claimer,
            self.settler,
            maker=run.maker,
            ledger=self.ledger,
            lease=self._lease,
            state=self.state,
        )
        self.pool = Pool(run.connector, queue, settings.pool, crash_hook=run.crash_hook)

    def _pacer(self, opened: datetime) -> Pacer:
        settings = self._run.settings
        used = self._run.deliveries.sent_since(opened - timedelta(days=1)) if settings.limits else 0
        now = asyncio.get_running_loop().time()
        return Pacer(settings.limits, settings.per_domain, now=now, used_today=used, share=self._share)

    async def send(self, *, wait: bool) -> None:
        """Until nothing is left that may go; with `wait`, until nothing is deferred any more."""
        helpers = self._helpers()
        try:
            await self.pool.run()
            while wait and not self.state.stopped and await self._wait_for_due():
                await self.pool.run()
            await self._claimer.finish()
            if self.state.error is not None:
                raise self.state.error
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)

    def _helpers(self) -> list[asyncio.Task[None]]:
        """What goes on beside the connections; a fault of one of them ends the run."""
        run = self._run
        lookout = Lookout(
            run.issue,
            run.deliveries,
            self.ledger,
            settler=self.settler,
            state=self.state,
            share=self._share,
            clock=run.clock,
        )
        work = [self._lease.keep(), lookout.keep()]
        if run.watch is not None:
            watch = Watch(run.watch, pool=self.pool, line=self._line, settler=self.settler)
            work.append(watch.keep(lambda: run.deliveries.totals(run.issue)))
        helpers = [asyncio.create_task(one) for one in work]
        for helper in helpers:
            helper.add_done_callback(self.state.task_ended)
        return helpers

    async def _wait_for_due(self) -> bool:
        """Sleep until a deferred delivery is due; False if there is none or the run should end."""
        run = self._run
        # the last outcomes may still gather: without them nothing would seem to be deferred
        await self.ledger.flush()
        due = await self.ledger.call(lambda: run.deliveries.next_due(run.issue))
        if due is None:
            return False
        await self.state.sleep(max(0.05, (due - run.clock()).total_seconds()))
        self._claimer.again()
        return not self.state.stopped
