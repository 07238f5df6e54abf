"""One run: a process that holds a lease, keeps it, and sends until nothing is left that may go."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from newsletter.domain.delivery import DeliveryStatus, FailureWatch, Limit, Pacer, RetrySchedule, Share, UncertainPolicy
from newsletter.domain.issues import IssueKey
from newsletter.domain.ports import Clock, DeliveryStore, SubscriberStore
from newsletter.errors import StoreError
from newsletter.mail.smtp import Opener, Pool, PoolSettings
from newsletter.services.dispatch.feed import DeliveryFeed
from newsletter.services.dispatch.ledger import LedgerWriter
from newsletter.services.dispatch.manifest import Manifest
from newsletter.services.dispatch.messages import MessageMaker
from newsletter.services.dispatch.owner import owner
from newsletter.services.dispatch.report import INTERRUPTED, Snapshot

__all__ = ["Run", "SendSettings"]

_S = DeliveryStatus
_TOLD_EVERY = 1.0
_COUNTED_EVERY = 1.0
_RATE_OVER = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSettings:
    """How to send.

    `limits` hold for everything, `per_domain` for each recipient domain. `lease` is how long a silent process is
    believed to be alive where nobody can look (another machine). An issue pauses when more than `share` of its last
    `window` messages were refused.
    """

    pool: PoolSettings = field(default_factory=PoolSettings)
    limits: tuple[Limit, ...] = ()
    per_domain: tuple[Limit, ...] = ()
    schedule: RetrySchedule = field(default_factory=RetrySchedule)
    uncertain: UncertainPolicy = UncertainPolicy.HOLD
    lease: timedelta = timedelta(seconds=60)
    window: int = 200
    share: float = 0.5


@dataclass(kw_only=True)
class Run:
    """One run of one issue.

    Attributes:
        counts: what it did, by the state deliveries were brought into.
        stopped: why it ended before everything was tried; empty if it did not.
    """

    issue: IssueKey
    maker: MessageMaker
    deliveries: DeliveryStore
    subscribers: SubscriberStore
    opener: Opener
    settings: SendSettings
    clock: Clock
    point: Callable[[str], None]
    manifest: Manifest | None = None
    watch: Callable[[Snapshot], None] | None = None
    counts: Counter[DeliveryStatus] = field(default_factory=Counter)
    stopped: str = ""

    async def main(self, *, wait: bool, on_stop: Callable[[Callable[[], None]], None]) -> None:
        """Send. `on_stop` is given what ends the run cleanly when it is called."""
        lease = self.settings.lease
        opened, mark = self.clock(), asyncio.get_running_loop().time()
        run = self.deliveries.open_run(self.issue, owner(), at=opened, until=opened + lease)
        place, processes = self.deliveries.crew(run, at=opened)
        share = Share(processes, place, opened.timestamp() - mark)
        ledger = LedgerWriter(
            self.deliveries, run, clock=self.clock, point=self.point, crowd=lambda: max(1, pool.open * 3 // 4)
        )
        feed = self._feed(run, ledger, share)
        feed.lease_ends(mark + lease.total_seconds() * 0.9)
        on_stop(lambda: feed.stop(INTERRUPTED))
        pool: Pool = Pool(self.opener, feed, self.settings.pool, point=self.point)
        helpers = [asyncio.create_task(self._keep(run, ledger, feed))]
        if self.settings.limits or self.settings.per_domain:
            helpers.append(asyncio.create_task(self._count(run, ledger, share)))
        if self.watch is not None:
            helpers.append(asyncio.create_task(self._tell(pool, feed, self.watch)))
        for helper in helpers:
            helper.add_done_callback(feed.ended)
        try:
            await pool.run()
            while wait and not feed.stopped and await self._wait_for_due(ledger, feed):
                await pool.run()
            await feed.finish()
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            try:
                await ledger.flush()
            finally:
                self.counts = feed.counts
                sent, uncertain = feed.counts[_S.SENT], self.settings.uncertain
                self.deliveries.close_run(run, at=self.clock(), sent=sent, uncertain=uncertain)
                ledger.close()
        if feed.pause:
            self.deliveries.pause(self.issue, feed.pause)
        self.stopped = str(pool.failure) if pool.failure else feed.stopped

    def _feed(self, run: int, ledger: LedgerWriter, share: Share) -> DeliveryFeed:
        settings, now = self.settings, self.clock()
        used = self.deliveries.sent_since(now - timedelta(days=1)) if settings.limits else 0
        return DeliveryFeed(
            run=run,
            maker=self.maker,
            deliveries=self.deliveries,
            subscribers=self.subscribers,
            ledger=ledger,
            pacer=Pacer(
                settings.limits,
                settings.per_domain,
                now=asyncio.get_running_loop().time(),
                used_today=used,
                share=share,
            ),
            schedule=settings.schedule,
            watch=FailureWatch(window=settings.window, share=settings.share),
            uncertain=settings.uncertain,
            clock=self.clock,
            backoff=settings.pool.backoff,
            manifest=self.manifest,
            rests=self.deliveries.rests(at=now),
        )

    async def _keep(self, run: int, ledger: LedgerWriter, feed: DeliveryFeed) -> None:
        """Extend the lease while the run goes on; where that fails, try again until the lease has ended."""
        seconds = self.settings.lease.total_seconds()
        loop = asyncio.get_running_loop()
        pause = seconds / 4
        while True:
            await asyncio.sleep(pause)
            mark, until = loop.time(), self.clock() + self.settings.lease
            try:
                alive = await ledger.call(
                    lambda until=until: self.deliveries.keep_run(run, until=until, sent=feed.counts[_S.SENT])  # type: ignore[misc]
                )
            except StoreError as error:
                feed.lease_fails(str(error))
                pause = seconds / 20
                continue
            pause = seconds / 4
            if alive:
                feed.lease_ends(mark + seconds * 0.9)
            else:
                feed.taken_over()

    async def _count(self, run: int, ledger: LedgerWriter, share: Share) -> None:
        """Look every second how many share the limits."""
        while True:
            await asyncio.sleep(_COUNTED_EVERY)
            # a ledger that cannot be read now is told of where it is written
            with suppress(StoreError):
                share.place, share.processes = await ledger.call(partial(self.deliveries.crew, run, at=self.clock()))

    async def _wait_for_due(self, ledger: LedgerWriter, feed: DeliveryFeed) -> bool:
        """Sleep until a deferred delivery is due; False if there is none or the run should end."""
        # the last outcomes may still gather: without them nothing would seem to be deferred
        await ledger.flush()
        due = await ledger.call(lambda: self.deliveries.next_due(self.issue))
        if due is None:
            return False
        await feed.sleep(max(0.05, (due - self.clock()).total_seconds()))
        feed.again()
        return not feed.stopped

    async def _tell(self, pool: Pool, feed: DeliveryFeed, watch: Callable[[Snapshot], None]) -> None:
        """Say once a second how it stands."""
        loop = asyncio.get_running_loop()
        totals = self.deliveries.totals(self.issue)
        to_do = totals.get(_S.QUEUED, 0) + totals.get(_S.DEFERRED, 0)
        history = deque([(loop.time(), 0)], maxlen=_RATE_OVER)
        while True:
            await asyncio.sleep(_TOLD_EVERY)
            history.append((loop.time(), feed.done))
            (since, before), (now, done) = history[0], history[-1]
            rate = (done - before) / (now - since)
            waiting = max(0, to_do - feed.done)
            watch(
                Snapshot(
                    sent=feed.counts[_S.SENT],
                    failed=feed.counts[_S.FAILED],
                    deferred=feed.counts[_S.DEFERRED],
                    uncertain=feed.counts[_S.UNCERTAIN],
                    waiting=waiting,
                    rate=rate,
                    remaining=waiting / rate if rate else None,
                    connections=pool.open,
                    limit=feed.limit,
                    rests=feed.rests,
                )
            )
