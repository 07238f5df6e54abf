"""Days without papers: when an issue may say that nothing was announced, and what it says.

Silence is told only where it is certain. The rules:

1. the day was collected, and every feed ended `none expected`: one that is stale or failed may still have papers;
2. a feed that follows arXiv's calendar is among them, and the calendar has no announcement on this day: otherwise
   there is no reason to give and no next day to name (a blog is silent until it is not).

Whether there are papers all the same (they came late from an earlier day) is for the caller, who has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from newsletter.domain.issues.calendar import AnnouncementCalendar
from newsletter.domain.papers import Listing, ListingStatus, Timing, timing_of

__all__ = ["Silence", "explain_silence"]


@dataclass(frozen=True, slots=True)
class Silence:
    """Why a day has no papers: a holiday of arXiv by its name, None for a weekend; and the next day that has some."""

    next_day: date
    holiday: str | None = None


def explain_silence(day: date, listings: Sequence[Listing], calendar: AnnouncementCalendar) -> Silence | None:
    """What an issue of this day without papers says; None where these listings allow none."""
    if any(listing.status is not ListingStatus.NONE_EXPECTED for listing in listings):
        return None
    if not any(timing_of(listing.source) is Timing.CALENDAR for listing in listings):
        return None
    expectation = calendar.expects(day)
    return None if expectation else Silence(calendar.next(day), expectation.holiday)
