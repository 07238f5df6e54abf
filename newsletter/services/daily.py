"""The daily job: every step in order, each of which can be repeated, so that a day that broke is resumed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from newsletter.domain.issues import Edition, Issue, IssueKey
from newsletter.domain.notation import Weekday
from newsletter.errors import IssueMissing, NothingToDo
from newsletter.services.collect import Collect, CollectReport
from newsletter.services.compose import Compose
from newsletter.services.enrich import Enrich, EnrichReport
from newsletter.services.gaps import FillGaps, GapReport
from newsletter.services.scope import EnrichScope

__all__ = ["Daily", "PreparedDay"]

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PreparedDay:
    """What a day's preparation gave: how collecting and enriching went, and the issues that are ready to go out.

    `missing` says of each issue that should be there why it is not; the others go out without it. `gaps` are what
    feeds left out on the days before, as far as they were closed and as far as they were not.
    """

    day: date
    collected: CollectReport
    enriched: EnrichReport
    issues: tuple[Issue, ...] = field(default=())
    missing: tuple[str, ...] = field(default=())
    gaps: GapReport = field(default_factory=GapReport)

    @property
    def problems(self) -> tuple[str, ...]:
        """What a person should look at: feeds that were not read, and why the engine was given up."""
        unread = (*self.collected.failed, *self.collected.stale)
        feeds = [f"{' '.join(filter(None, (x.source, x.feed)))}: {x.status}, {x.note}" for x in unread]
        stopped = [f"engine: {self.enriched.stopped}"] if self.enriched.stopped else []
        return (*feeds, *stopped, *self.missing)


class Daily:
    """Collect, enrich and compose. Publishing and dispatching are the caller's, because a dry run does neither."""

    def __init__(
        self,
        collect: Collect,
        fill: FillGaps,
        scope: EnrichScope,
        enrich: Enrich,
        compose: Compose,
        *,
        weekly_on: Weekday,
        wanted: Callable[[], Collection[Weekday]] = tuple,
    ) -> None:
        """`weekly_on` is the day that closes the weekly issue; `wanted` are the days that readers chose beside it."""
        self._collect = collect
        self._fill = fill
        self._scope = scope
        self._enrich = enrich
        self._compose = compose
        self._weekly_on = weekly_on
        self._wanted = wanted

    def issues_due(self, day: date) -> tuple[IssueKey, ...]:
        """Which issues this day has: its own, and those of the weeks that end with it.

        Weeks that ended on the days since the last daily issue are among them, as long as they have no issue that is
        out: a timer that rests on weekends must not cost anybody the week that ends on a Sunday.
        """
        days_that_close = {self._weekly_on, *self._wanted()}
        since = max(self._compose.last_day(before=day) or day, day - _WEEK)
        passed = [day - timedelta(days=n) for n in reversed(range((day - since).days))]
        weeks = [IssueKey(d, Edition.WEEKLY) for d in passed or [day] if Weekday.of(d) in days_that_close]
        return (IssueKey(day), *(key for key in weeks if key.day == day or not self._compose.is_out(key)))

    def prepare(self, day: date) -> PreparedDay:
        """Everything up to the frozen issues of this day.

        Raises:
            NothingToDo: there is no issue; the message says why, feed by feed, and what is missing of earlier days.
            IssueMissing: there is none either, though a feed should have had papers.
        """
        collected = asyncio.run(self._collect.run(day))
        gaps = asyncio.run(self._fill.run(day))
        collected = replace(collected, listings=self._collect.ended(day))
        # what is written now would enter no issue: the day's is out, and late papers come with the next
        due = [] if self._compose.is_out(IssueKey(day)) else self._scope.papers(day)
        enriched = asyncio.run(self._enrich.run(due))
        composers: dict[Edition, Callable[[date], Issue]] = {
            Edition.DAILY: self._compose.run,
            Edition.WEEKLY: self._compose.run_weekly,
        }
        issues: list[Issue] = []
        missing: list[IssueMissing] = []
        nothing: list[NothingToDo] = []
        for key in self.issues_due(day):
            try:
                issues.append(composers[key.edition](key.day))
            except IssueMissing as error:
                missing.append(error)
            except NothingToDo as error:
                nothing.append(error)
        if not issues:
            kind = IssueMissing if missing else NothingToDo
            raise kind("\n".join((str([*missing, *nothing][0]), *gaps.told(day))))
        return PreparedDay(day, collected, enriched, tuple(issues), tuple(map(str, missing)), gaps)
