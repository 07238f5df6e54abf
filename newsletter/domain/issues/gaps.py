"""Gaps: days of which a feed could not be read, and that a later run closes.

The rules:

1. the days of the last week are looked at, not the run's own: it is still being read;
2. a feed of a past day that failed or is stale, and that no other source has told since, is a gap;
3. a feed that was read before, but not on a day on which it is expected to announce, is one too: the job did not run;
4. a list that fills in the course of its day is asked for again on the next run, and as long as it was read before its
   day was over. It is no gap: what it held was read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from newsletter.domain.issues.calendar import AnnouncementCalendar
from newsletter.domain.issues.listings import Feed, unread
from newsletter.domain.papers import Listing, ListingStatus, Timing, family_of, timing_of

__all__ = ["LOOK_BACK", "Gap", "find_gaps", "unsettled"]

LOOK_BACK = timedelta(days=7)
"""How long a gap is tried to be closed; then it is given up."""

_SATURDAY = 5


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """What is missing of a feed's day, and why: the listing's status and note; no status where it was not asked."""

    day: date
    source: str
    feed: str
    status: ListingStatus | None = None
    note: str = ""

    def told(self, today: date) -> str:
        """The gap in a sentence for a person on this day, with what becomes of it."""
        name = " ".join(filter(None, (self.source, self.feed)))
        why = ", ".join(filter(None, (self.status or "not collected", self.note)))
        last = self.day + LOOK_BACK
        next_ = f"asked again until {last}" if today < last else "given up now"
        return f"{name} of {self.day}: {why}; {next_}, or `newsletter collect --from {self.day} --to {self.day}`"


def find_gaps(
    listings: Sequence[Listing], feeds: Collection[Feed], day: date, calendar: AnnouncementCalendar
) -> tuple[Gap, ...]:
    """The gaps before this day, oldest first. `listings` reach back some weeks, `feeds` are those read now."""
    by_day: dict[date, list[Listing]] = defaultdict(list)
    since: dict[Feed, date] = {}
    for x in sorted(listings, key=lambda x: x.day):
        by_day[x.day].append(x)
        for kind in family_of(x.source):
            since.setdefault((kind, x.feed), x.day)
    gaps = []
    for n in range(LOOK_BACK.days, 0, -1):
        earlier = day - timedelta(days=n)
        told = by_day[earlier]
        open_ = {(x.source, x.feed): x for x in unread(told)}
        asked = {(kind, x.feed) for x in told for kind in family_of(x.source)}
        for source, feed in sorted(set(feeds)):
            if (source, feed) in open_:
                x = open_[source, feed]
                gaps.append(Gap(earlier, source, feed, x.status, x.note))
            elif (source, feed) not in asked and _is_missed(source, earlier, since.get((source, feed)), calendar):
                gaps.append(Gap(earlier, source, feed))
    return tuple(gaps)


def _is_missed(source: str, day: date, since: date | None, calendar: AnnouncementCalendar) -> bool:
    if since is None or day < since:
        return False
    timing = timing_of(source)
    if timing is Timing.CALENDAR:
        return bool(calendar.expects(day))
    return timing is Timing.WEEKDAYS and day.weekday() < _SATURDAY


def unsettled(listings: Sequence[Listing], feeds: Collection[Feed], day: date) -> tuple[tuple[date, Feed], ...]:
    """Which lists of which earlier days are to be asked for again because they fill in the course of their day."""
    own = [
        x
        for x in listings
        if timing_of(x.source) is Timing.WEEKDAYS
        and (x.source, x.feed) in feeds
        and x.status is ListingStatus.FRESH
        and day - LOOK_BACK <= x.day < day
    ]
    newest = max((x.day for x in own), default=None)
    return tuple((x.day, (x.source, x.feed)) for x in own if x.day == newest or not _was_over(x))


def _was_over(listing: Listing) -> bool:
    end = datetime.combine(listing.day + timedelta(days=1), time(), UTC)
    return listing.fetched_at is not None and listing.fetched_at >= end
