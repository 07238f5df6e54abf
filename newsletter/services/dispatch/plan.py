"""Planning: who gets an issue, frozen in the ledger before the first message goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice

from newsletter.domain.delivery import (
    DeliveryStatus,
    DispatchStatus,
    Recipient,
    freeze,
    hour_of,
    is_late,
    plan_status,
)
from newsletter.domain.issues import Issue, IssueKey, Selection, SelectionRequest
from newsletter.domain.notation import Weekday
from newsletter.domain.ports import Clock, DecideAudience, DeliveryStore, IssueStore, SelectorFactory, SubscriberStore
from newsletter.domain.subscribers import Subscriber, SubscriptionState
from newsletter.errors import IssueLate, IssueMissing

__all__ = ["USUAL", "Plan", "PlanReport", "Planned", "Timetable", "audience", "audience_decisions"]

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Timetable:
    """What the newsletter says of days and hours: when its week ends, and in which time zone its hours are."""

    weekly_on: Weekday = Weekday.FRIDAY
    zone: tzinfo = UTC


USUAL = Timetable()
"""That of a newsletter that says nothing of it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One subscriber of the audience: as frozen, what they get or why nothing, their digest, and when it is due."""

    recipient: Recipient
    status: DeliveryStatus
    reason: str
    selection: Selection
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlanReport:
    """What planning did: how many rows are new, and how the whole audience of the issue stands."""

    issue: Issue
    added: int
    totals: Mapping[DeliveryStatus, int]


def audience(
    issue: Issue,
    select: SelectorFactory,
    subscribers: SubscriberStore,
    *,
    timetable: Timetable,
    now: datetime,
    after: int = 0,
) -> Iterator[Planned]:
    """Every subscriber of the audience with an id above `after`, and what they get of this issue; streamed."""
    selector = select(issue)
    source = (s for s in subscribers.stream(after=after) if s.state is not SubscriptionState.FEED)
    while batch := list(islice(source, _BATCH)):
        selections = list(selector.select_many(map(_request, batch)))
        matched = (bool(one) and one.found > s.rhythm.more_than for s, one in zip(batch, selections, strict=True))
        decided = _Decider(issue, subscribers, timetable, now).decide(batch, matched)
        for selection, (recipient, status, reason, due) in zip(selections, decided, strict=True):
            yield Planned(recipient, status, reason, selection, due)


def audience_decisions(
    issue: Issue, select: SelectorFactory, subscribers: SubscriberStore, *, timetable: Timetable, now: datetime
) -> DecideAudience:
    """What planning asks for each subscriber of an issue: the same as `audience` says, without the digests."""
    selector = select(issue)
    decider = _Decider(issue, subscribers, timetable, now)
    return lambda batch: decider.decide(batch, selector.matches_many(map(_request, batch)))


def _request(subscriber: Subscriber) -> SelectionRequest:
    rhythm = subscriber.rhythm
    return SelectionRequest(subscriber.interests, subscriber.max_papers, rhythm.order, rhythm.more_than)


@dataclass(frozen=True, slots=True)
class _Decider:
    """Decides on subscribers of one issue at one moment."""

    issue: Issue
    subscribers: SubscriberStore
    timetable: Timetable
    now: datetime

    def decide(
        self, batch: Sequence[Subscriber], matched: Iterable[bool]
    ) -> Iterator[tuple[Recipient, DeliveryStatus, str, datetime | None]]:
        issue, weekly_on, zone = self.issue, self.timetable.weekly_on, self.timetable.zone
        suppressed = self.subscribers.suppressed([subscriber.email for subscriber in batch])
        for subscriber, matches in zip(batch, matched, strict=True):
            status, reason = plan_status(
                subscriber,
                issue,
                suppressed=subscriber.email in suppressed,
                matched=matches,
                weekly_on=weekly_on,
            )
            due = None
            if reason is None and subscriber.rhythm.hour is not None:
                due = hour_of(subscriber, issue.key, zone=zone, now=self.now)
            yield freeze(subscriber, issue), status, reason or "", due


class Plan:
    """The use case."""

    def __init__(
        self,
        *,
        issues: IssueStore,
        subscribers: SubscriberStore,
        deliveries: DeliveryStore,
        select: SelectorFactory,
        clock: Clock,
        late_after: timedelta = timedelta(days=3),
        timetable: Timetable = USUAL,
    ) -> None:
        """`late_after` is how long after the end of its day an issue is still sent without being asked."""
        self._issues = issues
        self._subscribers = subscribers
        self._deliveries = deliveries
        self._select = select
        self._clock = clock
        self._late_after = late_after
        self._timetable = timetable

    def run(self, key: IssueKey, *, late: bool = False) -> PlanReport:
        """Freeze the audience of an issue. Repeated, it adds who has subscribed since and touches nobody else.

        A dispatch stays with the revision it was planned for.

        Raises:
            IssueMissing: there is no such issue.
            IssueLate: the issue is too old, and `late` was not asked for.
        """
        issue = planned_issue(self._issues, key, self._deliveries.status(key))
        self.check_age(key, late=late)
        now = self._clock()
        decide = audience_decisions(issue, self._select, self._subscribers, timetable=self._timetable, now=now)
        added = self._deliveries.plan(issue, decide, at=self._clock())
        return PlanReport(issue, added, self._deliveries.totals(key))

    def again(self, key: IssueKey) -> PlanReport:
        """The audience of an issue as it was frozen; nobody is added.

        Raises:
            IssueMissing: there is no such issue.
        """
        issue = planned_issue(self._issues, key, self._deliveries.status(key))
        return PlanReport(issue, 0, self._deliveries.totals(key))

    def check_age(self, key: IssueKey, *, late: bool) -> None:
        """Refuse an issue that is too old.

        Raises:
            IssueLate: it is, and `late` was not asked for.
        """
        if not late and is_late(key.day, self._clock(), self._late_after, self._timetable.zone):
            days = self._late_after / timedelta(days=1)
            msg = (
                f"Issue {key.slug} is more than {days:g} days old, and nobody expects it any more "
                "(dispatch.late_after). To send it all the same, add --late."
            )
            raise IssueLate(msg)


def planned_issue(issues: IssueStore, key: IssueKey, status: DispatchStatus | None) -> Issue:
    """The issue as it was planned; its newest revision where it was not planned yet.

    Raises:
        IssueMissing: there is no such issue.
    """
    issue = issues.get(key, status.revision if status else None)
    if issue is None:
        msg = f"There is no issue {key.slug}. Run `newsletter compose {key.options}` first."
        raise IssueMissing(msg)
    return issue
