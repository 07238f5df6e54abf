"""Listings judged: whether what a feed shows as today's is today's, and whether it is all of it.

A feed that answers may still tell nothing, or not everything. What was read is judged against what could not be read,
against what the feed showed before, and against what the other feeds of its source did. The rules, in this order:

1. a feed none of whose items can be read, or fewer than half of them, has `failed`: its form has changed, or it is
   damaged (`damaged`);
2. a feed that shows an earlier day's listing again under today's date is `stale` (`repeated_day`, `as_repeated`);
3. a feed with far fewer papers than it has on days of this kind is `stale`: cut off, or still filling (`as_short`);
4. a feed that is empty while others of its source have announced has nothing today, if it has been empty before;
   else it is `stale` (`settle_empty`).

Rule 3 is not applied to a day that is asked for when it is over (*late*): what a source says then is all it has. An
empty answer is believed then too, unless the feed always had many papers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median

from newsletter.domain.issues.calendar import AnnouncementCalendar, Expectation
from newsletter.domain.papers import (
    Announcement,
    AnnounceType,
    Collected,
    Listing,
    ListingStatus,
    PaperId,
    Timing,
    family_of,
    timing_of,
)

__all__ = [
    "HISTORY",
    "PAPERS",
    "REPEATS",
    "Feed",
    "Told",
    "Usual",
    "as_repeated",
    "as_short",
    "damaged",
    "repeated_day",
    "settle_empty",
    "unread",
    "usual",
]

Feed = tuple[str, str]
"""A source's kind and one of its feeds."""

Told = tuple[PaperId, AnnounceType]
"""A paper and as what it was announced."""

PAPERS = (AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.FEATURED)
"""The announcements that are counted where listings are compared: replacements come as they like."""

REPEATS = 0.9
"""From which share on a listing that holds what an earlier day held is that earlier day's."""

HISTORY = timedelta(weeks=6)
"""How far back a feed's days are looked at to know what is usual."""

_READABLE = 0.5
"""At least this share of a feed's items must be readable."""

_SHORT = 1 / 3
"""Below this share of the usual number a listing is short. Of 1,045 listings of arXiv's and Hugging Face's from ten
months, 16 are below it without a fault; 60 are below a half."""

_MANY = 12
"""Feeds with fewer papers than this on a usual day vary too much to be judged by their number."""

_LEAST = 3
"""From how many days on something is usual."""


def unread(listings: Sequence[Listing]) -> tuple[Listing, ...]:
    """Those of these listings that failed or are stale, and that no other source of their family has made good."""
    fresh = {(x.day, x.source, x.feed) for x in listings if x.status is ListingStatus.FRESH}
    return tuple(
        x
        for x in listings
        if x.status in {ListingStatus.FAILED, ListingStatus.STALE}
        and not any((x.day, kind, x.feed) in fresh for kind in family_of(x.source))
    )


def damaged(read: int, rejected: int, *, half: bool = True) -> str:
    """Why a feed of which so many items could be read, and so many not, was not read; empty if it was (rule 1).

    Without `half` a single item that can be read is enough: a person writes the file, and is told each line.
    """
    items = read + rejected
    if not rejected or (read >= _READABLE * items if half else read):
        return ""
    told = f"none of its {items} items" if not read else f"only {read} of its {items} items"
    return f"{told} could be read: its form has changed, or it is damaged"


def repeated_day(announcements: Sequence[Announcement], earlier: Mapping[date, Collection[Told]]) -> date | None:
    """The earlier day whose listing this is, None if it is a new one (rule 2).

    A feed read too early, or on a holiday, may show the last listing again under today's date. New and cross-listed
    papers tell, for replacements do recur; where there are neither, everything does.
    """
    wanted = (AnnounceType.NEW, AnnounceType.CROSS)
    told: set[Told] = {(a.paper_id, a.kind) for a in announcements if a.kind in wanted}
    told = told or {(a.paper_id, a.kind) for a in announcements}
    if not told:
        return None
    shares = {day: len(told.intersection(before)) / len(told) for day, before in earlier.items()}
    best = max(shares, key=lambda day: (shares[day], day), default=None)
    return best if best is not None and shares[best] >= REPEATS else None


def as_repeated(collected: Collected, day: date, expectation: Expectation) -> Collected:
    """A listing that repeats that of `day`: its announcements belong there.

    It is stale, unless nothing is expected of its own day.
    """
    listing = collected.listing
    why = "not announced yet, or a holiday that the calendar does not know" if expectation else expectation.reason
    status = ListingStatus.STALE if expectation else ListingStatus.NONE_EXPECTED
    return Collected(
        replace(listing, status=status, note=f"repeats the listing of {day}; {why}"),
        tuple(replace(a, day=day) if a.day == listing.day else a for a in collected.announcements),
    )


@dataclass(frozen=True, slots=True)
class Usual:
    """How many papers a feed had on its last days of one kind, in ascending order; none where too little is known.

    `was_empty` is whether it had none on any of its last days, of whatever kind.
    """

    counts: tuple[int, ...] = ()
    was_empty: bool = False

    @property
    def is_many(self) -> bool:
        """Whether it has so many that a number far below is a fault."""
        return bool(self.counts) and median(self.counts) >= _MANY

    @property
    def told(self) -> str:
        """The usual number in words: `120 to 190 are usual`, without an eighth of the days at either end."""
        cut = len(self.counts) // 8
        low, high = self.counts[cut], self.counts[-1 - cut]
        return f"{low} to {high} are usual" if low < high else f"{low} are usual"

    def is_short(self, papers: int) -> bool:
        """Whether this is far fewer than usual."""
        return self.is_many and papers < _SHORT * median(self.counts)


def usual(
    listing: Listing,
    history: Iterable[Listing],
    counts: Mapping[tuple[str, str], Mapping[date, int]],
    calendar: AnnouncementCalendar,
) -> Usual:
    """What is usual for a listing's feed on such a day, by the weeks before it.

    arXiv's day is one of its kind if it closes a window of submissions as long as this day's: on Tuesdays and after
    holidays there are two to three times as many. Where fewer than three such days are known, all of them count. On
    days without an announcement of arXiv's Hugging Face has few papers, and nothing is usual.

    Args:
        listing: of the day in question.
        history: the outcomes of the weeks before it, of any feed.
        counts: how many papers each (source, feed) announced on those days.
        calendar: when arXiv announces.
    """
    papers: dict[date, int] = {}
    empty: set[date] = set()
    for x in history:
        if x.feed != listing.feed or x.source not in family_of(listing.source):
            continue
        if x.status is ListingStatus.FRESH:
            # two sources of a family tell the same: the one that told more is the one that told all
            papers[x.day] = max(papers.get(x.day, 0), counts.get((x.source, x.feed), {}).get(x.day, 0))
        elif x.status is ListingStatus.STALE and x.announced == 0:
            empty.add(x.day)
    # a day on which it was empty, and of which nobody told more since, was one on which it had nothing
    was_empty = 0 in papers.values() or not empty <= papers.keys()
    if timing_of(listing.source) is Timing.WEEKDAYS and not calendar.expects(listing.day):
        return Usual(was_empty=was_empty)
    if timing_of(listing.source) is Timing.CALENDAR:
        is_long = _is_long(listing.day, calendar)
        alike = {day: n for day, n in papers.items() if _is_long(day, calendar) == is_long}
        papers = alike if len(alike) >= _LEAST else papers
    return Usual(tuple(sorted(papers.values())) if len(papers) >= _LEAST else (), was_empty)


def _is_long(day: date, calendar: AnnouncementCalendar) -> bool:
    since, until = calendar.submissions(day)
    return until - since > timedelta(days=1)  # the clocks change on Sundays, in windows that are long anyway


def as_short(collected: Collected, known: Usual, *, late: bool) -> Collected:
    """A fresh listing with far fewer papers than usual is not all of its day (rule 3)."""
    listing = collected.listing
    own = {a.paper_id for a in collected.announcements if a.day == listing.day and a.kind in PAPERS}
    if listing.status is not ListingStatus.FRESH or not known.is_short(len(own)):
        return collected
    found = f"{len(own)} {'paper' if len(own) == 1 else 'papers'} where {known.told}"
    status = ListingStatus.FRESH if late else ListingStatus.STALE
    why = found if late else f"{found}: cut off, or still filling"
    return replace(collected, listing=replace(listing, status=status, note=_joined(why, listing.note)))


def settle_empty(listing: Listing, known: Usual, others: Iterable[Listing], *, late: bool) -> Listing:
    """What an empty feed means where others of its source have announced on this day (rule 4)."""
    is_empty = listing.status is ListingStatus.STALE and listing.announced == 0
    siblings = (x for x in others if x.source in family_of(listing.source))
    spoke = any(x.status is ListingStatus.FRESH and x.collected for x in siblings)
    if not is_empty or not spoke:
        return listing
    if not known.is_many and (known.was_empty or late):
        return replace(listing, status=ListingStatus.FRESH, note="nothing in this feed today")
    told = known.told if known.counts else "too little is known of its earlier days"
    return replace(listing, note=f"the feed is empty though others have announced; {told}")


def _joined(*notes: str) -> str:
    return "; ".join(filter(None, notes))
