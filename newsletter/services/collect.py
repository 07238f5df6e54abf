"""Collect the announcements of a day: every source, every feed, each with an outcome that is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from newsletter.domain.issues import (
    HISTORY,
    PAPERS,
    AnnouncementCalendar,
    Feed,
    Usual,
    as_repeated,
    as_short,
    repeated_day,
    settle_empty,
    unread,
    usual,
)
from newsletter.domain.papers import Collected, Listing, ListingStatus, family_of
from newsletter.domain.ports import Clock, ListingStore, PaperStore, Progress, Source, Step

__all__ = ["Backfill", "Collect", "CollectReport", "Patience", "Reread"]

_LOOK_BACK = timedelta(days=7)
"""How far back a listing is compared with earlier ones: over the longest holidays."""


@dataclass(frozen=True, slots=True)
class CollectReport:
    """What a collection found: the outcome of every feed, and how many papers were not known before."""

    day: date
    listings: tuple[Listing, ...]
    new_papers: int

    @property
    def failed(self) -> tuple[Listing, ...]:
        """The feeds that could not be read, and that no other source has told."""
        return self._with(ListingStatus.FAILED)

    @property
    def is_fresh(self) -> bool:
        """Whether any feed has something of this day; otherwise nothing was to be done."""
        return any(listing.status is ListingStatus.FRESH for listing in self.listings)

    @property
    def stale(self) -> tuple[Listing, ...]:
        """The feeds that do not show this day yet, or not all of it, and that no other source has told."""
        return self._with(ListingStatus.STALE)

    def _with(self, status: ListingStatus) -> tuple[Listing, ...]:
        return tuple(listing for listing in unread(self.listings) if listing.status is status)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a run waits for feeds that are not there yet, and how often it asks them again."""

    wait: timedelta = timedelta(0)
    every: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Reread:
    """What reading feeds of a past day once more gave: how each ended now, and how many papers were not known."""

    listings: tuple[Listing, ...] = ()
    new_papers: int = 0


@dataclass(frozen=True, slots=True)
class _Task:
    """One reading of a day. `late`: the day is over; `tentative`: only what ends well is kept."""

    day: date
    usual: Callable[[Listing], Usual]
    late: bool = False
    tentative: bool = False
    outcomes: list[Listing] = field(default_factory=list)


class Collect:
    """The use case. Feeds that were fresh are not asked again, so a run that broke goes on where it was."""

    def __init__(
        self,
        papers: PaperStore,
        listings: ListingStore,
        sources: Sequence[Source],
        progress: Progress,
        *,
        calendar: AnnouncementCalendar | None = None,
        patience: Patience | None = None,
        clock: Clock = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._papers = papers
        self._listings = listings
        self._sources = sources
        self._progress = progress
        self._calendar = calendar or AnnouncementCalendar()
        self._patience = patience or Patience()
        self._clock = clock
        self._sleep = sleep

    async def run(
        self, day: date, *, again: bool = False, skip: Collection[Feed] = frozenset(), late: bool = False
    ) -> CollectReport:
        """Read every feed that has no fresh outcome for this day yet, and stale ones again until patience ends.

        Args:
            day: the day of the announcements.
            again: read the fresh ones too.
            skip: feeds that are not asked.
            late: the day is over, so that what a source says of it now is all it has.
        """
        task = _Task(day, self._usual(day), late=late)
        deadline = self._clock() + self._patience.wait
        done = set(skip) if again else self._fresh(day) | set(skip)
        new = await self._pass(task, self._feeds - done)
        self._settle(task)
        while self._stale(day) and self._clock() + self._patience.every <= deadline:
            await self._sleep(self._patience.every.total_seconds())
            new += await self._pass(task, self._stale(day) - set(skip))
            self._settle(task)
        return CollectReport(day, self._listings.on(day), new)

    async def reread(self, day: date, feeds: Collection[Feed]) -> Reread:
        """Read these feeds of a day that is over once more.

        Only what ends well is kept: that a feed failed again says nothing new about its day.
        """
        task = _Task(day, self._usual(day), late=True, tentative=True)
        new = await self._pass(task, self._feeds & set(feeds))
        return Reread(tuple(task.outcomes), new)

    def ended(self, day: date) -> tuple[Listing, ...]:
        """How the feeds of this day ended, as far as is known now."""
        return self._listings.on(day)

    @property
    def _feeds(self) -> set[Feed]:
        return {(source.kind, feed) for source in self._sources for feed in source.feeds}

    async def _pass(self, task: _Task, due: Collection[Feed]) -> int:
        named = ((source, tuple(f for f in source.feeds if (source.kind, f) in due)) for source in self._sources)
        asked = [(source, feeds) for source, feeds in named if feeds]
        with self._progress.task("Collecting", sum(len(feeds) for _, feeds in asked)) as step:
            try:
                async with asyncio.TaskGroup() as group:
                    tasks = [group.create_task(self._collect(source, task, feeds, step)) for source, feeds in asked]
            except ExceptionGroup as failures:
                # a full disk stops every source at once: one of them is enough to say so
                raise failures.exceptions[0] from None
        return sum(done.result() for done in tasks)

    async def _collect(self, source: Source, task: _Task, feeds: Sequence[str], step: Step) -> int:
        new = 0
        async for result in source.collect(task.day, feeds):
            collected = self._checked(result, task)
            listing = collected.listing
            new += self._papers.add(collected.announcements)
            # after the papers: a crash in between reads the feed again rather than losing what it held
            if not task.tentative or listing.status in {ListingStatus.FRESH, ListingStatus.NONE_EXPECTED}:
                self._listings.record(listing)
            task.outcomes.append(listing)
            step(1)
        return new

    def _checked(self, collected: Collected, task: _Task) -> Collected:
        """The listing judged by what the feed told before, whatever it says of itself."""
        listing = collected.listing
        if listing.status is ListingStatus.FRESH:
            ours = [a for a in collected.announcements if a.day == listing.day]
            earlier = self._papers.told(
                listing.source, listing.feed, listing.day - _LOOK_BACK, listing.day - timedelta(days=1)
            )
            repeated = repeated_day(ours, earlier)
            if repeated is not None:
                return as_repeated(collected, repeated, self._calendar.expects(listing.day))
            return as_short(collected, task.usual(listing), late=task.late)
        if task.late:
            return replace(collected, listing=self._settled(listing, task))
        return collected

    def _settle(self, task: _Task) -> None:
        """Judge the empty feeds, now that it is known what the others announced."""
        for listing in self._listings.on(task.day):
            settled = self._settled(listing, task)
            if settled != listing and (listing.source, listing.feed) in self._feeds:
                self._listings.record(settled)

    def _settled(self, listing: Listing, task: _Task) -> Listing:
        return settle_empty(listing, task.usual(listing), self._listings.on(task.day), late=task.late)

    def _usual(self, day: date) -> Callable[[Listing], Usual]:
        """What is usual for a listing's feed on this day, by the weeks before it."""
        span = day - HISTORY, day - timedelta(days=1)
        history = self._listings.between(*span)
        counts = self._papers.counts(*span, PAPERS)
        return lambda listing: usual(listing, history, counts, self._calendar)

    def _fresh(self, day: date) -> set[Feed]:
        return {(x.source, x.feed) for x in self._listings.on(day) if x.status is ListingStatus.FRESH}

    def _stale(self, day: date) -> set[Feed]:
        return self._feeds & {(x.source, x.feed) for x in self._listings.on(day) if x.status is ListingStatus.STALE}


class Backfill:
    """Collect many past days, from sources that can tell them. Can be stopped and goes on where it was."""

    def __init__(self, collect: Collect, listings: ListingStore, *, today: Callable[[], date]) -> None:
        """`collect` is over sources that can tell past days; `today` is the first day that is not over."""
        self._collect = collect
        self._listings = listings
        self._today = today

    async def run(self, first: date, last: date, *, again: bool = False) -> tuple[CollectReport, ...]:
        """Collect the days from `first` to `last`, both included, oldest first.

        What was fresh from one source of a family is not asked of another.
        """
        reports = []
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            fresh = [x for x in self._listings.on(day) if x.status is ListingStatus.FRESH]
            covered = frozenset() if again else frozenset((kind, x.feed) for x in fresh for kind in family_of(x.source))
            reports.append(await self._collect.run(day, again=again, skip=covered, late=day < self._today()))
        return tuple(reports)
