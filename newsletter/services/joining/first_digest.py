"""The first digest of who has just confirmed: the last issue, through the ledger any other mail of it.

The ledger has one delivery of an issue to an address: whether a dispatch still runs, or begins meanwhile, nobody gets
an issue twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta

from newsletter.domain.delivery import Delivery, DeliveryStatus, DispatchStatus, Letter, Outcome, SkipReason, is_late
from newsletter.domain.issues import Edition, Issue, IssueKey
from newsletter.domain.ports import Clock, DeliveryStore, IssueStore, SelectorFactory, SubscriberStore
from newsletter.domain.subscribers import Subscriber, SubscriptionState, address_key
from newsletter.errors import IssuePaused
from newsletter.services.dispatch import Send
from newsletter.services.dispatch.plan import Timetable, audience_decisions

__all__ = ["FirstDigests"]

_LOOKED_THROUGH = 20
"""Issues, of both rhythms, among which the last one that went out is looked for."""
_WEEK = timedelta(days=7)
_SOON = timedelta(minutes=5)
"""When one is looked at again that another process holds, or that no relay took."""
_S = DeliveryStatus


class FirstDigests:
    """Implements `services.letters.sending.SendDigests` for letters of the kind `first`."""

    def __init__(
        self,
        *,
        issues: IssueStore,
        subscribers: SubscriberStore,
        deliveries: DeliveryStore,
        select: SelectorFactory,
        send: Callable[[], Send],
        clock: Clock,
        late_after: timedelta,
        timetable: Timetable,
    ) -> None:
        """`late_after` and `timetable` are those of planning; a weekly issue is not too old within a week."""
        self._issues = issues
        self._subscribers = subscribers
        self._deliveries = deliveries
        self._select = select
        self._send = send
        self._clock = clock
        self._late_after = late_after
        self._timetable = timetable

    def __call__(self, letters: Sequence[Letter]) -> Sequence[Outcome]:
        """Send these; safe to repeat."""
        outcomes: list[Outcome] = []
        waiting: list[tuple[Letter, Subscriber]] = []
        for letter in letters:
            subscriber = self._reader(letter)
            if subscriber is None:
                outcomes.append(_skipped(letter, "not subscribed any more"))
            else:
                waiting.append((letter, subscriber))
        for key, status in self._recent():
            if own := [(letter, reader) for letter, reader in waiting if reader.cadence is key.edition]:
                issue = None if status.paused else self._issues.get(key, status.revision)
                if issue is None or issue.silence is not None:
                    continue
                done = self._send_issue(issue, own)
                outcomes += done
                settled = {outcome.id for outcome in done}
                waiting = [(letter, reader) for letter, reader in waiting if letter.id not in settled]
        return [*outcomes, *(_skipped(letter, "no issue of these days") for letter, _ in waiting)]

    def _reader(self, letter: Letter) -> Subscriber | None:
        subscriber = self._subscribers.by_id(letter.subscriber_id)
        if subscriber is None or subscriber.state is not SubscriptionState.CONFIRMED:
            return None
        return subscriber if address_key(subscriber.email) == address_key(letter.email) else None

    def _recent(self) -> Iterator[tuple[IssueKey, DispatchStatus]]:
        """The issues that went out and are not too old, the newest first."""
        for listed in self._issues.archive(limit=_LOOKED_THROUGH):
            key = listed.key
            after = max(self._late_after, _WEEK) if key.edition is Edition.WEEKLY else self._late_after
            if is_late(key.day, self._clock(), after, self._timetable.zone):
                continue
            if (status := self._deliveries.status(key)) is not None:
                yield key, status

    def _send_issue(self, issue: Issue, readers: Sequence[tuple[Letter, Subscriber]]) -> list[Outcome]:
        """Send one issue to those whose it is; of whom it is no issue, nothing is said."""
        decide = audience_decisions(
            issue, self._select, self._subscribers, timetable=self._timetable, now=self._clock()
        )
        outcomes: list[Outcome] = []
        planned: list[tuple[Letter, Delivery]] = []
        decisions = decide([subscriber for _, subscriber in readers])
        for (letter, _), (recipient, status, reason, _) in zip(readers, decisions, strict=True):
            if status is not _S.QUEUED:
                if reason != SkipReason.OTHER_CADENCE:
                    outcomes.append(_skipped(letter, reason))
                continue
            delivery = self._deliveries.include(issue.key, recipient, at=self._clock())
            if delivery is None or delivery.status is _S.SENT:
                outcomes.append(_skipped(letter, "has had the last issue"))
            else:
                planned.append((letter, delivery))
        if planned:
            with suppress(IssuePaused):  # since it was looked at
                self._send().run(issue, only=[delivery.id for _, delivery in planned])
        return [*outcomes, *(self._outcome(x, self._deliveries.find(issue.key, x.email)) for x, _ in planned)]

    def _outcome(self, letter: Letter, delivery: Delivery | None) -> Outcome:
        """What the ledger says has become of it."""
        if delivery is None:
            return _skipped(letter, "nobody has this address any more")
        if delivery.status in {_S.QUEUED, _S.SENDING}:
            return Outcome(letter.id, _S.DEFERRED, "could not go yet", delivery.reply, self._clock() + _SOON)
        return Outcome(letter.id, delivery.status, delivery.reason, delivery.reply, delivery.due_at)


def _skipped(letter: Letter, reason: str) -> Outcome:
    return Outcome(letter.id, _S.SKIPPED, reason)
