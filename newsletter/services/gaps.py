"""Close gaps: what feeds left out on the last days is asked for again, of a source that can still tell it.

What comes enters the next issue. What cannot be had is named by every run until it is there, or given up after a week.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from newsletter.domain.issues import HISTORY, AnnouncementCalendar, Feed, Gap, find_gaps, unread, unsettled
from newsletter.domain.papers import Listing, ListingStatus, SourceKind
from newsletter.domain.ports import ListingStore
from newsletter.services.collect import Collect

__all__ = ["FillGaps", "GapReport", "Way"]

_AT_MOST = 60
"""How many listings one run asks for in one way: a week's gap in many categories may take several runs."""

_MISSES = 2
"""After so many failures in a row a host is left alone until the next run."""

_NOTE = 500


@dataclass(frozen=True, slots=True)
class GapReport:
    """What became of the gaps of the days before: what closed them, which are open, how many papers were not known."""

    closed: tuple[Listing, ...] = ()
    open: tuple[Gap, ...] = ()
    new_papers: int = 0

    def told(self, today: date) -> tuple[str, ...]:
        """The open gaps, a sentence each."""
        return tuple(gap.told(today) for gap in self.open)


@dataclass(frozen=True, slots=True)
class Way:
    """A way of asking again: the kind that is asked for each kind of source, and what reads it."""

    collect: Collect
    kinds: Mapping[str, str]


class FillGaps:
    """The use case."""

    def __init__(
        self,
        listings: ListingStore,
        feeds: Sequence[Feed],
        ways: Sequence[Way],
        calendar: AnnouncementCalendar,
        *,
        today: Callable[[], date],
    ) -> None:
        """Set it up.

        Args:
            listings: the outcomes.
            feeds: what is read now; gaps of others are nobody's.
            ways: in the order in which they are tried.
            calendar: when arXiv announces.
            today: the day whose daily feeds are on show.
        """
        self._listings = listings
        self._feeds = feeds
        self._ways = ways
        self._calendar = calendar
        self._today = today

    def find(self, day: date) -> tuple[Gap, ...]:
        """The gaps of the days before this one. Nothing is asked."""
        return find_gaps(self._remembered(day), self._feeds, day, self._calendar)

    async def run(self, day: date) -> GapReport:
        """Try to close the gaps before this day; lists that fill in the course of their day are read once more too.

        Of a day that is past, what its daily feeds cannot tell any more is asked for at once.
        """
        gaps = {(gap.day, (gap.source, gap.feed)) for gap in self.find(day)}
        wanted = gaps | set(unsettled(self._remembered(day), self._feeds, day)) | self._moved_on(day)
        closed: list[Listing] = []
        tried: dict[tuple[date, Feed], list[str]] = defaultdict(list)
        new = 0
        for way in self._ways:
            misses = 0
            due = sorted(w for w in wanted if w[1][0] in way.kinds)
            for asked in due[:_AT_MOST]:
                if misses == _MISSES:
                    break
                past, (source, feed) = asked
                reread = await way.collect.reread(past, {(way.kinds[source], feed)})
                new += reread.new_papers
                for listing in reread.listings:
                    misses = misses + 1 if listing.status is ListingStatus.FAILED else 0
                    if listing.status in {ListingStatus.FRESH, ListingStatus.NONE_EXPECTED}:
                        wanted.discard(asked)
                        closed += [listing] if asked in gaps else []
                    else:
                        tried[asked].append(f"{listing.source}: {listing.note or listing.status}")
        left = (replace(gap, note=_joined(gap, tried[gap.day, (gap.source, gap.feed)])) for gap in self.find(day))
        return GapReport(tuple(closed), tuple(left), new)

    def _remembered(self, day: date) -> tuple[Listing, ...]:
        return self._listings.between(day - HISTORY, day - timedelta(days=1))

    def _moved_on(self, day: date) -> set[tuple[date, Feed]]:
        if day >= self._today():
            return set()
        own = (x for x in unread(self._listings.on(day)) if x.status is ListingStatus.FAILED)
        moved_on = {(x.source, x.feed) for x in own if x.source == SourceKind.ARXIV_RSS}
        return {(day, feed) for feed in moved_on.intersection(self._feeds)}


def _joined(gap: Gap, tried: Sequence[str]) -> str:
    return "; ".join(filter(None, (gap.note, *tried)))[:_NOTE]
