"""Announcements and listings: who said what about which paper on which day, and how complete that day is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from newsletter.domain.papers.papers import Paper, PaperId
from newsletter.domain.papers.summaries import Summary

__all__ = ["AnnounceType", "Announcement", "Collected", "Listing", "ListingStatus", "Notice"]


class AnnounceType(StrEnum):
    """How a source announces a paper; the first four are arXiv's own words."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"
    FEATURED = "featured"

    @property
    def strength(self) -> int:
        """0 is the strongest: a paper that is `new` somewhere is new, whatever else names it."""
        return _STRENGTH[self]


_BY_STRENGTH = (
    AnnounceType.NEW,
    AnnounceType.CROSS,
    AnnounceType.FEATURED,
    AnnounceType.REPLACE,
    AnnounceType.REPLACE_CROSS,
)
_STRENGTH = {kind: place for place, kind in enumerate(_BY_STRENGTH)}


class ListingStatus(StrEnum):
    """How one (source, feed, day) ended."""

    FRESH = "fresh"
    STALE = "stale"
    NONE_EXPECTED = "none expected"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """The bare fact of an announcement, without the paper's text: what an issue keeps of each one."""

    day: date
    source: str
    feed: str
    kind: AnnounceType
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One source saying on one day that a paper is new, cross-listed, replaced or featured.

    `source` is the source's kind (`arxiv-rss`), `feed` the part of it that spoke (`cs.CL`; empty where a source has
    only one), `day` the day of the announcement in the source's own calendar, `paper` the work as this source tells
    it. `summaries` are what came along with the paper (a back archive, another program as the engine).
    """

    source: str
    feed: str
    day: date
    kind: AnnounceType
    paper: Paper
    summaries: tuple[Summary, ...] = ()

    @property
    def paper_id(self) -> PaperId:
        """The id of the announced paper."""
        return self.paper.id

    @property
    def notice(self) -> Notice:
        """This announcement without the paper's text."""
        return Notice(self.day, self.source, self.feed, self.kind, self.paper.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How one (source, feed, day) ended, and why.

    `announced` is what the source says it holds, None if it says nothing.
    `collected` counts the records read from it, `rejected` those that could not be read; `note` explains to a person.
    """

    source: str
    feed: str
    day: date
    status: ListingStatus
    note: str = ""
    announced: int | None = None
    collected: int = 0
    rejected: int = 0
    fetched_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Collected:
    """What one feed of a source gave for one day."""

    listing: Listing
    announcements: tuple[Announcement, ...] = ()
