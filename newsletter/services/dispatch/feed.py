"""What the connections ask: the next message, whether it may go, and what becomes of it after the answer."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Mapping, Sequence

from newsletter.domain.delivery import (
    Attempt,
    AttemptResult,
    Begin,
    Delivery,
    DeliveryStatus,
    DomainRest,
    FailureWatch,
    Outcome,
    Pacer,
    RetrySchedule,
    UncertainPolicy,
    consequences,
)
from newsletter.domain.issues import Selection
from newsletter.domain.ports import Clock, DeliveryStore, SubscriberStore
from newsletter.errors import AddressInvalid, NewsletterError
from newsletter.services.dispatch.ledger import LedgerWriter
from newsletter.services.dispatch.manifest import Manifest
from newsletter.services.dispatch.messages import MessageMaker

__all__ = ["DeliveryFeed"]

_CLAIM = 200
_TAKEN_OVER = "this process was silent for longer than its lease, so that another one may have taken over"
_UNRENEWED = "the ledger could not be told any more that this process is alive, so that another one may take over"
_BUSY_PATIENCE = 8


class DeliveryFeed:
    """Implements `mail.pool.Feed` over the ledger.

    Attributes:
        counts: what this run did, by the state deliveries were brought into.
        stopped: why nothing more is given; empty while there is no such reason.
        limit: the limit that holds mail back at this moment; empty where none does.
    """

    def __init__(
        self,
        *,
        run: int,
        maker: MessageMaker,
        deliveries: DeliveryStore,
        subscribers: SubscriberStore,
        ledger: LedgerWriter,
        pacer: Pacer,
        schedule: RetrySchedule,
        watch: FailureWatch,
        uncertain: UncertainPolicy,
        clock: Clock,
        backoff: float = 1.0,
        manifest: Manifest | None = None,
        rests: Sequence[DomainRest] = (),
    ) -> None:
        self._run = run
        self._maker = maker
        self._deliveries = deliveries
        self._subscribers = subscribers
        self._ledger = ledger
        self._pacer = pacer
        self._schedule = schedule
        self._watch = watch
        self._uncertain = uncertain
        self._clock = clock
        self._backoff = backoff
        self._manifest = manifest
        self._loop = asyncio.get_running_loop()
        self._ready: deque[Delivery] = deque()
        self._parked: dict[str, deque[Delivery]] = {}
        self._selections: dict[int, Selection] = {}
        self._rests = {rest.domain: rest for rest in rests}
        self._claiming: asyncio.Task[None] | None = None
        self._cursor = 0
        self._exhausted = False
        self._changed = asyncio.Event()
        self._busy = 0
        self._relay_until = 0.0
        self._lease_end = float("inf")
        self._unrenewed = ""
        self.counts: Counter[DeliveryStatus] = Counter()
        self.stopped = ""
        self.pause = ""
        self.limit = ""
        self.error: BaseException | None = None

    # --- Feed -------------------------------------------------------------------------------------------------------

    async def next(self) -> Attempt | None:
        """The next message, as soon as it may go out; None when there is none left or sending should end."""
        while not self.stopped:
            if (attempt := self.ready()) is not None:
                return attempt
            self._refill()
            if self._exhausted and not self._ready and not self._parked:
                return None
            self._changed.clear()
            wait = self._pause() if self._ready or self._parked else None
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                pass
        return None

    def ready(self) -> Attempt | None:
        """A message that may go out at this very moment, or None."""
        if self.stopped:
            return None
        if len(self._ready) < _CLAIM // 2:
            self._refill()
        while (delivery := self._pick()) is not None:
            try:
                message = self._maker.make(delivery.recipient, self._selections.pop(delivery.id, None))
                if self._manifest is not None:
                    self._manifest.check(delivery.recipient.email, message)
            except AddressInvalid as error:
                self._write(Outcome(delivery.id, DeliveryStatus.FAILED, str(error)))
            except NewsletterError as error:
                # a template, or a message that is not the manifest's: wrong for everybody, not for this one
                self.error = error
                self.stop(str(error))
                return None
            else:
                return Attempt(delivery, message)
        return None

    async def begin(self, attempt: Attempt) -> bool:
        """Make it durable that this message is being handed over; False if it must not be (any more)."""
        delivery = attempt.delivery
        if not self._is_trusted():
            return False
        if not await self._ledger.begin(Begin(delivery.id, attempt.message.message_id)):
            self.stop(_TAKEN_OVER)
            return False
        if not self._is_trusted():
            # nothing has left this process: unless somebody has taken the row over, it is queued as before
            self._ledger.add(Outcome(delivery.id, DeliveryStatus.QUEUED))
            return False
        return True

    def _is_trusted(self) -> bool:
        """Whether others still know us to be alive: whoever slept beyond its lease has been taken for dead."""
        if self._loop.time() < self._lease_end:
            return True
        self.stop(f"{_UNRENEWED}: {self._unrenewed}" if self._unrenewed else _TAKEN_OVER)
        return False

    def settle(self, attempt: Attempt, result: AttemptResult) -> None:
        """Take the result of an attempt."""
        decided = consequences(
            attempt.delivery, result, now=self._clock(), schedule=self._schedule, uncertain=self._uncertain
        )
        if decided.rest is not None:
            self._rest(decided.rest)
        if decided.outcome is not None:
            self._write(decided.outcome)
        if decided.relay_busy:
            self._relay_busy(attempt, decided.relay_busy)
        elif decided.relay_refuses:
            self._pause_issue(decided.relay_refuses)
        elif decided.refused is not None:
            self._busy = 0
            self._watch.saw(refused=decided.refused)
            if complaint := self._watch.complaint:
                self._pause_issue(complaint)

    def give_back(self, attempt: Attempt) -> None:
        """Take a message back that was not tried."""
        self._ready.appendleft(attempt.delivery)
        self._changed.set()

    def stop(self, reason: str = "") -> None:
        """Give no more; messages that were begun are finished."""
        self.stopped = self.stopped or reason or "the relay cannot be used"
        self._changed.set()

    # --- the run ----------------------------------------------------------------------------------------------------

    @property
    def done(self) -> int:
        """How many deliveries this run has settled."""
        return sum(self.counts.values())

    def lease_ends(self, at: float) -> None:
        """From this moment of the loop's clock on, nothing may be handed over."""
        self._lease_end = at
        self._unrenewed = ""

    def lease_fails(self, reason: str) -> None:
        """The lease could not be renewed, which may still be done before it ends."""
        self._unrenewed = reason

    def taken_over(self) -> None:
        """Another process has ended this run."""
        self._lease_end, self._unrenewed = 0.0, ""
        self.stop(_TAKEN_OVER)

    async def sleep(self, seconds: float) -> None:
        """Wait, but not longer than until the run is stopped."""
        until = self._loop.time() + seconds
        while not self.stopped and (left := until - self._loop.time()) > 0:
            self._changed.clear()
            try:
                async with asyncio.timeout(left):
                    await self._changed.wait()
            except TimeoutError:
                return

    @property
    def rests(self) -> tuple[DomainRest, ...]:
        """The domains that rest."""
        return tuple(self._rests.values())

    @property
    def waiting(self) -> int:
        """How many deliveries this run holds and has not tried."""
        return len(self._ready) + sum(map(len, self._parked.values()))

    def again(self) -> None:
        """Look once more for deliveries: some may be due by now."""
        self._exhausted, self._cursor = False, 0

    async def finish(self) -> None:
        """Wait for the claim that is under way, so that what it takes is given back with the rest."""
        if self._claiming is not None:
            await asyncio.wait([self._claiming])
        if self.error is not None:
            raise self.error

    # --- choosing ---------------------------------------------------------------------------------------------------

    def _pick(self) -> Delivery | None:
        """The first delivery that no limit and no rest holds back."""
        now = self._loop.time()
        if self._relay_until > now:
            self.limit = "the relay is busy"
            return None
        if self._pacer.is_free and not self._parked:
            self.limit = ""
            return self._ready.popleft() if self._ready else None
        wait, self.limit = self._pacer.wait(now)
        if wait > 0:
            return None
        for domain in [d for d in self._parked if self._pacer.wait_for(d, now)[0] <= 0]:
            parked = self._parked[domain]
            delivery = parked.popleft()
            if not parked:
                del self._parked[domain]
            self._pacer.take(domain, now)
            return delivery
        return self._take(now)

    def _take(self, now: float) -> Delivery | None:
        while self._ready:
            delivery = self._ready.popleft()
            domain = delivery.recipient.domain
            wait, limit = self._pacer.wait_for(domain, now)
            if wait > 0 or domain in self._parked:
                self._parked.setdefault(domain, deque()).append(delivery)
                self.limit = limit
                continue
            self._pacer.take(domain, now)
            return delivery
        return None

    def _pause(self) -> float:
        """How long to wait until something that is here may go."""
        now = self._loop.time()
        waits = [self._relay_until - now, self._pacer.wait(now)[0]]
        if self._parked and not self._ready:
            waits.append(min(self._pacer.wait_for(d, now)[0] for d in self._parked))
        return max(0.001, *waits)

    def _refill(self) -> None:
        parked = sum(map(len, self._parked.values()))
        busy = self._claiming is not None and not self._claiming.done()
        if not busy and not self._exhausted and not self.stopped and len(self._ready) + parked < _CLAIM * 2:
            self._claiming = asyncio.create_task(self._claim())
            self._claiming.add_done_callback(self.ended)

    async def _claim(self) -> None:
        """Take the next deliveries into this run; after the last one look once more from the beginning."""
        now = self._clock()
        resting = {domain for domain, rest in self._rests.items() if rest.until > now}
        without = sorted(resting | {domain for domain, parked in self._parked.items() if len(parked) >= _CLAIM})

        def claim() -> tuple[tuple[Delivery, ...], Mapping[str, object]]:
            taken = self._deliveries.claim(self._run, at=now, limit=_CLAIM, after=self._cursor, without=without)
            return taken, self._subscribers.barred([d.recipient.email for d in taken]) if taken else {}

        taken, barred = await self._ledger.call(claim)
        if not taken:
            self._exhausted, self._cursor = self._cursor == 0, 0
        else:
            self._cursor = taken[-1].id
            kept: list[Delivery] = []
            for delivery in taken:
                if (reason := barred.get(delivery.recipient.email)) is not None:
                    self._write(Outcome(delivery.id, DeliveryStatus.SKIPPED, str(reason)))
                elif self._manifest is not None and delivery.recipient.email not in self._manifest:
                    continue
                else:
                    kept.append(delivery)
            for delivery, selection in zip(kept, self._maker.select_many([d.recipient for d in kept]), strict=True):
                self._selections[delivery.id] = selection
                self._ready.append(delivery)

    def ended(self, task: asyncio.Task[None]) -> None:
        """A task that helps has ended; if by an error, so does the run."""
        if not task.cancelled() and (error := task.exception()) is not None:
            # raised by `Send` when the connections have ended
            self.error = error
            self.stop(str(error))
        self._changed.set()

    # --- deciding ---------------------------------------------------------------------------------------------------

    def _write(self, outcome: Outcome) -> None:
        self.counts[outcome.status] += 1
        self._ledger.add(outcome)
        if self._exhausted:
            self._changed.set()

    def _pause_issue(self, reason: str) -> None:
        self.pause = self.pause or reason
        self.stop(reason)

    def _relay_busy(self, attempt: Attempt, reason: str) -> None:
        self._busy += 1
        if self._busy >= _BUSY_PATIENCE:
            self.stop(reason)
        else:
            self._relay_until = self._loop.time() + min(60.0, self._backoff * 2 ** (self._busy - 1))
        self.give_back(attempt)

    def _rest(self, rest: DomainRest) -> None:
        """No more to this domain; what this run holds of it is anybody's again."""
        self._rests[rest.domain] = rest
        self._ledger.add(rest)
        held = [d for d in self._ready if d.recipient.domain == rest.domain]
        self._ready = deque(d for d in self._ready if d.recipient.domain != rest.domain)
        for d in (*held, *self._parked.pop(rest.domain, ())):
            self._selections.pop(d.id, None)
            self._ledger.add(Outcome(d.id, d.status, d.reason, d.reply, d.due_at))
