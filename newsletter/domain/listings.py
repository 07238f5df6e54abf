"""Listings judged: whether what a feed shows as today's is what it showed before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from newsletter.domain.announcements import Announcement, AnnounceType, ListingStatus
from newsletter.domain.calendar import Expectation
from newsletter.domain.papers import PaperId
from newsletter.domain.ports import Collected

__all__ = ["REPEATS", "Told", "as_repeated", "repeated_day"]

Told = tuple[PaperId, AnnounceType]
"""A paper and as what it was announced."""

REPEATS = 0.9
"""From which share on a listing that holds what an earlier day held is that earlier day's."""


def repeated_day(announcements: Sequence[Announcement], earlier: Mapping[date, Collection[Told]]) -> date | None:
    """The earlier day whose listing this is, None if it is a new one.

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
