"""What every source does the same way: feed after feed, each to a result of its own, whatever became of the others.

A source says which feeds it has and how one of them is read for one day (`_read`). The loop over the feeds, the
listing with its note and its counts, and what a feed that could not be read comes to stand here once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from newsletter.domain.issues import AnnouncementCalendar, damaged
from newsletter.domain.notation import site_of
from newsletter.domain.papers import Announcement, Collected, Listing, ListingStatus
from newsletter.domain.ports import Clock
from newsletter.errors import SourceError, SourceUnavailable
from newsletter.sources._results import problems_note
from newsletter.sources.http import PoliteClient

__all__ = ["ArxivSource", "FeedByFeed", "FeedReading", "OnlineSource"]

_NOTE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReading:
    """What one feed told for one day. `notes` explain the status; empty ones are left out.

    `announced` is how many papers the feed says it has, for sources that say more than can be read; by default those
    that were read and those that could not be.
    """

    status: ListingStatus
    announcements: Sequence[Announcement]
    problems: Sequence[str]
    notes: Sequence[str] = ()
    announced: int | None = None


@dataclass(frozen=True, kw_only=True)
class FeedByFeed(ABC):
    """Implements `domain.ports.Source` but for what differs from kind to kind."""

    kind: ClassVar[str]
    half_must_be_readable: ClassVar[bool] = False
    now: Clock = lambda: datetime.now(UTC)

    @property
    @abstractmethod
    def feeds(self) -> tuple[str, ...]:
        """The feeds it reads, in order."""

    @abstractmethod
    async def _read(self, day: date, feed: str) -> FeedReading:
        """Read one feed for one day.

        Raises:
            SourceError: it could not be read.
        """

    async def collect(self, day: date, feeds: Sequence[str]) -> AsyncIterator[Collected]:
        """Read these feeds; one that cannot be read is a result too and keeps no other from being read."""
        for name in feeds:
            try:
                reading = await self._read(day, name)
            except SourceError as error:
                yield Collected(self._listing(day, name, ListingStatus.FAILED, self._shown(str(error))))
            else:
                yield self._collected(day, name, reading)

    def _shown(self, text: str) -> str:
        """What a listing says of a foreign text: all of it, where the source's address is no secret."""
        return text

    def _collected(self, day: date, name: str, reading: FeedReading) -> Collected:
        read, rejected = len(reading.announcements), len(reading.problems)
        damage = damaged(read, rejected, half=self.half_must_be_readable)
        listing = self._listing(
            day,
            name,
            ListingStatus.FAILED if damage else reading.status,
            "; ".join(
                filter(
                    None,
                    (damage, *reading.notes, problems_note([self._shown(problem) for problem in reading.problems])),
                )
            ),
            announced=read + rejected if reading.announced is None else reading.announced,
            collected=read,
            rejected=rejected,
        )
        return Collected(listing, tuple(reading.announcements))

    def _listing(
        self,
        day: date,
        name: str,
        status: ListingStatus,
        note: str,
        *,
        announced: int | None = None,
        collected: int = 0,
        rejected: int = 0,
    ) -> Listing:
        return Listing(
            source=self.kind,
            feed=name,
            day=day,
            status=status,
            note=note[:_NOTE],
            announced=announced,
            collected=collected,
            rejected=rejected,
            fetched_at=self.now(),
        )


@dataclass(frozen=True, kw_only=True)
class OnlineSource(FeedByFeed):
    """A source that is asked through the polite client: if half of an answer cannot be read, its form has changed."""

    half_must_be_readable = True
    client: PoliteClient = field(kw_only=False)

    async def _get(
        self,
        url: str,
        feed: str,
        *,
        accept: str,
        answers: Collection[int] = (200,),
        keep: timedelta | None = None,
        check: Callable[[bytes], object] | None = None,
    ) -> bytes:
        """The body of the answer; `keep` and `check` as in `PoliteClient.get`.

        Raises:
            SourceError: there is no answer, or none with one of these statuses.
        """
        answer = await self.client.get(url, accept=accept, keep=keep, check=check)
        if answer.status not in answers:
            msg = f"{site_of(url)} answered {answer.status}"
            raise SourceUnavailable(msg, source=self.kind, feed=feed)
        return answer.body


@dataclass(frozen=True, kw_only=True)
class ArxivSource(OnlineSource):
    """A source of arXiv's, which announces by its calendar; it is found at another address where a mirror is read."""

    base_url: str
    calendar: AnnouncementCalendar = field(default_factory=AnnouncementCalendar)
