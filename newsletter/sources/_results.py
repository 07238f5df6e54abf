"""What reading one feed for one day comes to: the listing's status and the sentence that explains it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from newsletter.domain.issues import AnnouncementCalendar
from newsletter.domain.papers import ListingStatus

__all__ = ["listing_status", "problems_note"]


def listing_status(
    *, asked: date, shown: date | None, items: int, calendar: AnnouncementCalendar, today: date
) -> tuple[ListingStatus, str]:
    """How a feed that was read ended: (status, note).

    The rules, in this order: a feed of the day asked for that holds something is fresh; silence is expected on days
    without announcement; a feed that has moved on cannot tell an earlier day; everything else is not there yet.

    Args:
        asked: the day that was asked for.
        shown: the day that the feed itself names, None where it names none.
        items: how many items it holds.
        calendar: when announcements are made.
        today: the day whose feed is on show now.
    """
    if items and shown == asked:
        return ListingStatus.FRESH, ""
    expectation = calendar.expects(asked)
    if not expectation:
        held = f"; the feed still shows {shown}" if items and shown else ""
        return ListingStatus.NONE_EXPECTED, f"{expectation.reason}{held}"
    if shown is not None and shown > asked:
        return (
            ListingStatus.FAILED,
            f"the feed has moved on to {shown}; `newsletter collect --from {asked} --to {asked}` asks arXiv's search",
        )
    if items:
        shows = f"still shows {shown}" if shown else "does not say of which day it is"
        return ListingStatus.STALE, f"the feed {shows}; not announced yet, or a holiday that the calendar does not know"
    soon = "not filled yet, nothing in this feed today, or a holiday that the calendar does not know"
    return ListingStatus.STALE, f"the feed is empty on a working day: {soon}" if asked <= today else "not announced yet"


def problems_note(problems: Sequence[str]) -> str:
    """The first few problems and how many more there are, for a listing's note."""
    if not problems:
        return ""
    shown = "; ".join(problem[:200] for problem in problems[:3])
    more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
    return f"{len(problems)} could not be read: {shown}{more}"
