"""Collect the announcements of a day: every source, every feed, each with an outcome that is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from newsletter.domain.announcements import Listing, ListingStatus
from newsletter.domain.calendar import AnnouncementCalendar
from newsletter.domain.listings import as_repeated, repeated_day
from newsletter.domain.ports import Clock, Collected, ListingStore, PaperStore, Progress, Source, Step

__all__ = ["Backfill", "Collect", "CollectReport", "Patience"]

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
        """The feeds that could not be read."""
        return self._with(ListingStatus.FAILED)

    @property
    def is_fresh(self) -> bool:
        """Whether any feed has something of this day; otherwise nothing was to be done."""
        return any(listing.status is ListingStatus.FRESH for listing in self.listings)

    @property
    def stale(self) -> tuple[Listing, ...]:
        """The feeds that do not show this day yet."""
        return self._with(ListingStatus.STALE)

    def _with(self, status: ListingStatus) -> tuple[Listing, ...]:
        return tuple(listing for listing in self.listings if listing.status is status)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a run waits for feeds that are not there yet, and how often it asks them again."""

    wait: timedelta = timedelta(0)
    every: timedelta = timedelta(minutes=15)


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
        self, day: date, *, again: bool = False, skip: Collection[tuple[str, str]] = frozenset()
    ) -> CollectReport:
        """Read every feed that has no fresh outcome for this day yet, and stale ones again until patience ends.

        Args:
            day: the day of the announcements.
            again: read the fresh ones too.
            skip: (source, feed) pairs that are not asked.
        """
        deadline = self._clock() + self._patience.wait
        done = set(skip) if again else self._fresh(day) | set(skip)
        new = await self._pass(day, done)
        self._settle_empty(day)
        while self._stale(day) and self._clock() + self._patience.every <= deadline:
            await self._sleep(self._patience.every.total_seconds())
            new += await self._pass(day, self._fresh(day) | set(skip), only=self._stale(day))
            self._settle_empty(day)
        return CollectReport(day, self._listings.on(day), new)

    async def _pass(
        self, day: date, done: Collection[tuple[str, str]], only: Collection[tuple[str, str]] | None = None
    ) -> int:
        due = []
        for source in self._sources:
            names = [(source.kind, feed) for feed in source.feeds]
            feeds = tuple(name[1] for name in names if name not in done and (only is None or name in only))
            if feeds:
                due.append((source, feeds))
        with self._progress.task("Collecting", sum(len(feeds) for _, feeds in due)) as step:
            try:
                async with asyncio.TaskGroup() as group:
                    tasks = [group.create_task(self._collect(source, day, feeds, step)) for source, feeds in due]
            except ExceptionGroup as failures:
                # a full disk stops every source at once: one of them is enough to say so
                raise failures.exceptions[0] from None
        return sum(task.result() for task in tasks)

    async def _collect(self, source: Source, day: date, feeds: Sequence[str], step: Step) -> int:
        new = 0
        async for result in source.collect(day, feeds):
            collected = self._checked(result)
            new += self._papers.add(collected.announcements)
            # after the papers: a crash in between reads the feed again rather than losing what it held
            self._listings.record(collected.listing)
            step(1)
        return new

    def _checked(self, collected: Collected) -> Collected:
        """A listing that only repeats an earlier one under today's date is stale, whatever the feed says."""
        listing = collected.listing
        if listing.status is not ListingStatus.FRESH:
            return collected
        ours = [a for a in collected.announcements if a.day == listing.day]
        earlier = self._papers.told(
            listing.source, listing.feed, listing.day - _LOOK_BACK, listing.day - timedelta(days=1)
        )
        repeated = repeated_day(ours, earlier)
        return collected if repeated is None else as_repeated(collected, repeated, self._calendar.expects(listing.day))

    def _settle_empty(self, day: date) -> None:
        """An empty feed is not late where another feed of the source has announced: it has nothing today."""
        listings = self._listings.on(day)
        announced = {x.source for x in listings if x.status is ListingStatus.FRESH and x.collected}
        for x in listings:
            if x.status is ListingStatus.STALE and x.announced == 0 and x.source in announced:
                self._listings.record(replace(x, status=ListingStatus.FRESH, note="nothing in this feed today"))

    def _fresh(self, day: date) -> set[tuple[str, str]]:
        return {(x.source, x.feed) for x in self._listings.on(day) if x.status is ListingStatus.FRESH}

    def _stale(self, day: date) -> set[tuple[str, str]]:
        ours = {(source.kind, feed) for source in self._sources for feed in source.feeds}
        return ours & {(x.source, x.feed) for x in self._listings.on(day) if x.status is ListingStatus.STALE}


class Backfill:
    """Collect many past days, from sources that can tell them. Can be stopped and goes on where it was."""

    def __init__(self, collect: Collect, listings: ListingStore, *, instead: Callable[[str, str], str]) -> None:
        """Set it up.

        Args:
            collect: over sources that can tell past days.
            listings: the outcomes.
            instead: for an outcome's (source, feed) the kind of the source that would tell the same again; what was
                fresh from one is not asked of the other.
        """
        self._collect = collect
        self._listings = listings
        self._instead = instead

    async def run(self, first: date, last: date, *, again: bool = False) -> tuple[CollectReport, ...]:
        """Collect the days from `first` to `last`, both included, oldest first."""
        reports = []
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            fresh = [x for x in self._listings.on(day) if x.status is ListingStatus.FRESH]
            covered = frozenset() if again else frozenset((self._instead(x.source, x.feed), x.feed) for x in fresh)
            reports.append(await self._collect.run(day, again=again, skip=covered))
        return tuple(reports)
