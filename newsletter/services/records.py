"""Records: what is in the store, looked up for a person who asks for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from newsletter.domain.bounces import ProviderRate, provider_rates
from newsletter.domain.delivery import DeliveryStatus
from newsletter.domain.issues import Edition, Issue, IssueKey, IssueState, IssueStatus
from newsletter.domain.papers import Listing, Paper, parse_paper_id
from newsletter.domain.ports import Clock, Store
from newsletter.errors import IssueMissing, UsageError

__all__ = ["Records", "WaitingMail"]

_ISSUES_A_DAY = len(Edition)
_PATIENCE = timedelta(hours=2)
"""After so long mail that is due is told to be late: something should run every hour."""


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """Mail of one issue that waits for its reader's hour: how many, and until when the first of them.

    `is_late` is whether there is some that should have gone by now, and nobody is sending it.
    """

    issue: IssueKey
    count: int
    until: datetime | None
    is_late: bool


class Records:
    """Looks up issues, papers, and how the last days went."""

    def __init__(
        self, store: Store, *, today: Callable[[], date], clock: Clock, provider_of: Callable[[str], str] = str
    ) -> None:
        """`today` is the day where the newsletter is at home; `provider_of` says who receives for a domain."""
        self._store = store
        self._provider_of = provider_of
        self._today = today
        self._clock = clock

    def issue(self, key: IssueKey) -> Issue:
        """A composed issue.

        Raises:
            IssueMissing: there is none.
        """
        issue = self._store.issues.get(key)
        if issue is None:
            msg = f"There is no issue {key.slug} yet. Run `newsletter compose {key.options}` first."
            raise IssueMissing(msg)
        return issue

    def papers(self, ids: Sequence[str]) -> list[Paper]:
        """The papers of these ids, in any form an id has.

        Raises:
            UsageError: an id cannot be read, or nothing was ever collected about its paper.
        """
        try:
            wanted = [parse_paper_id(text)[0] for text in ids]
        except ValueError as error:
            raise UsageError(f"--paper: {error}.") from error
        known = self._store.papers.get(wanted)
        if missing := [paper_id for paper_id in wanted if paper_id not in known]:
            msg = f"--paper: nothing was collected about {', '.join(missing)}."
            raise UsageError(msg)
        return [known[paper_id] for paper_id in wanted]

    def recent(self, days: int) -> tuple[list[Listing], list[tuple[IssueStatus, Mapping[DeliveryStatus, int]]]]:
        """The listings and issues of the last days, newest first, each issue with its deliveries' totals."""
        issues = self._store.issues.archive(limit=days * len(Edition))
        first, last = self._last_days(days)
        listings = sorted(self._store.listings.between(first, last), key=lambda one: one.day, reverse=True)
        shown = [s for s in issues if s.key.day >= first]
        return listings, [(s, self._store.deliveries.totals(s.key)) for s in shown]

    def waiting(self, days: int) -> tuple[WaitingMail, ...]:
        """The issues of the last days of which mail waits for its reader's hour, or should have gone by now."""
        now, first = self._clock(), self._last_days(days)[0]
        found: list[WaitingMail] = []
        overdue = self._store.deliveries.unfinished(at=now - _PATIENCE, since=now - timedelta(days=days))
        for status in self._store.issues.archive(limit=days * _ISSUES_A_DAY):
            if status.key.day < first:
                break
            count, until = self._store.deliveries.waiting(status.key, at=now)
            if count or status.key in overdue:
                found.append(WaitingMail(status.key, count, until, is_late=status.key in overdue))
        return tuple(found)

    def dropped(self, days: int) -> Mapping[date, int]:
        """Which of the last days have no issue because the editor dropped all their papers, newest first: how many."""
        first, last = self._last_days(days)
        counts = Counter(day for day, _ in self._store.issues.left_out(first, last))
        return {
            day: counts[day] for day in sorted(counts, reverse=True) if not self._store.issues.status(IssueKey(day))
        }

    def returned(self, days: int) -> tuple[ProviderRate, ...]:
        """What became of the mail of the last days' issues, by provider, the largest first."""
        return provider_rates(self._store.events.counts(self._last_days(days)[0]), self._provider_of)

    def refused(self, days: int) -> Mapping[tuple[str, str], int]:
        """Requests of the last days that came to a webhook and were refused, by service and reason."""
        return self._store.webhooks.refused(self._last_days(days)[0])

    def without_summary(self, days: int) -> Mapping[date, Mapping[str, Mapping[str, int]]]:
        """Of the papers of the last days those whose summary failed, newest day first: how many, by kind and why."""
        failed = self._store.summaries.failed(*self._last_days(days))
        return {day: failed[day] for day in sorted(failed, reverse=True)}

    def _last_days(self, days: int) -> tuple[date, date]:
        today = self._today()
        return today - timedelta(days=days - 1), today

    def check_published(self, key: IssueKey) -> None:
        """Nothing is sent that is not published: its links would lead nowhere.

        Raises:
            IssueMissing: there is no such issue, or it is not published.
        """
        status = self._store.issues.status(key)
        if status is None or status.state is not IssueState.PUBLISHED:
            self.issue(key)
            msg = f"Issue {key.slug} is not published yet. Run `newsletter publish {key.options}` first."
            raise IssueMissing(msg)
