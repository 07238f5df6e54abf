"""Collect the announcements of a day: every source, every feed, each with an outcome that is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from newsletter.domain.announcements import Listing, ListingStatus
from newsletter.domain.ports import ListingStore, PaperStore, Progress, Source

__all__ = ["Collect", "CollectReport"]


@dataclass(frozen=True, slots=True)
class CollectReport:
    """What a collection found: the outcome of every feed, and how many papers were not known before."""

    day: date
    listings: tuple[Listing, ...]
    new_papers: int

    @property
    def failed(self) -> tuple[Listing, ...]:
        """The feeds that could not be read."""
        return tuple(listing for listing in self.listings if listing.status is ListingStatus.FAILED)


class Collect:
    """The use case. Feeds that were fresh are not asked again, so a run that broke goes on where it was."""

    def __init__(
        self, papers: PaperStore, listings: ListingStore, sources: Sequence[Source], progress: Progress
    ) -> None:
        self._papers = papers
        self._listings = listings
        self._sources = sources
        self._progress = progress

    async def run(self, day: date, *, again: bool = False) -> CollectReport:
        """Read every feed that has no fresh outcome for this day yet; `again` reads them all."""
        fresh = {(x.source, x.feed) for x in self._listings.on(day) if x.status is ListingStatus.FRESH and not again}
        due = [(source, tuple(f for f in source.feeds if (source.kind, f) not in fresh)) for source in self._sources]
        with self._progress.task("Collecting", sum(len(feeds) for _, feeds in due)) as step:
            tasks = []
            async with asyncio.TaskGroup() as group:
                for source, feeds in due:
                    if feeds:
                        tasks.append(group.create_task(self._collect(source, day, feeds, step)))
        return CollectReport(day, self._listings.on(day), sum(task.result() for task in tasks))

    async def _collect(self, source: Source, day: date, feeds: Sequence[str], step: Callable[[int], None]) -> int:
        new = 0
        async for collected in source.collect(day, feeds):
            new += self._papers.add(collected.announcements)
            # after the papers: a crash in between reads the feed again rather than losing what it held
            self._listings.record(collected.listing)
            step(1)
        return new
