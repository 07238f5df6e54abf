"""What is kept of papers: announcements, listings, summaries, acronyms."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from newsletter.domain.papers import (
    Announcement,
    AnnounceType,
    Expense,
    Listing,
    Paper,
    PaperId,
    Summary,
    SummaryKey,
)

__all__ = ["AcronymCount", "AcronymStore", "LearnedAcronym", "ListingStore", "PaperStore", "SummaryStore"]


class PaperStore(Protocol):
    """Announcements as they came, and the papers merged from them."""

    def add(self, announcements: Sequence[Announcement]) -> int:
        """Keep these, merge them into their papers, keep their summaries; returns how many papers were not known."""
        ...

    def announced(self, first: date, last: date) -> Iterator[tuple[Paper, tuple[Announcement, ...]]]:
        """Every paper announced in these days (both included), with its announcements of those days."""
        ...

    def told(
        self, source: str, feed: str, first: date, last: date
    ) -> Mapping[date, Collection[tuple[PaperId, AnnounceType]]]:
        """What one feed announced in these days (both included): which papers, and as what. Cheap: no text is read."""
        ...

    def counts(
        self, first: date, last: date, kinds: Collection[AnnounceType]
    ) -> Mapping[tuple[str, str], Mapping[date, int]]:
        """How many papers each (source, feed) announced as one of these kinds on each of these days (both included)."""
        ...

    def get(self, ids: Sequence[PaperId]) -> Mapping[PaperId, Paper]:
        """The papers of these ids that are known."""
        ...


class ListingStore(Protocol):
    """How each (source, feed, day) ended."""

    def record(self, listing: Listing) -> None:
        """Keep this outcome; it replaces an earlier one of the same source, feed and day unless that was fresh."""
        ...

    def on(self, day: date) -> tuple[Listing, ...]:
        """The outcomes of a day, ordered by source and feed."""
        ...

    def between(self, first: date, last: date) -> tuple[Listing, ...]:
        """The outcomes of these days (both included), ordered by day, source and feed."""
        ...


class SummaryStore(Protocol):
    """Summaries, kept by their key for ever."""

    def get(self, keys: Sequence[SummaryKey]) -> Mapping[SummaryKey, Summary]:
        """The summaries of these keys that are known."""
        ...

    def of(self, paper_ids: Sequence[PaperId]) -> Mapping[PaperId, tuple[Summary, ...]]:
        """All summaries of these papers, of any engine, oldest first."""
        ...

    def put(self, summaries: Sequence[Summary]) -> None:
        """Keep these; a summary replaces one of the same key."""
        ...

    def failed(self, first: date, last: date) -> Mapping[date, Mapping[str, Mapping[str, int]]]:
        """Of the papers announced on each of these days those without a usable summary: how many, by kind and why."""
        ...

    def book(self, expenses: Sequence[Expense]) -> None:
        """Keep what was spent."""
        ...

    def spent(self, paper_ids: Sequence[PaperId], engine: str) -> tuple[int, float, int]:
        """What this engine has cost for these papers: tokens, money, and how many of the tokens are estimated."""
        ...

    def claim(self, keys: Sequence[SummaryKey], holder: str, *, seconds: float) -> bool:
        """Take all of these for so long, or none: False where another holds one. Who holds them may take them again."""
        ...

    def release(self, holder: str) -> None:
        """Give back all that this holder has taken."""
        ...


@dataclass(frozen=True, slots=True)
class LearnedAcronym:
    """One paper's definition: short and long form folded, the long form as it stands there, the paper's first day."""

    paper_id: PaperId
    short: str
    long: str
    shown: str
    day: date


@dataclass(frozen=True, slots=True)
class AcronymCount:
    """How many papers gave a short form this long form."""

    short: str
    long: str
    shown: str
    papers: int


class AcronymStore(Protocol):
    """What papers defined, kept for ever."""

    def learn(self, rows: Sequence[LearnedAcronym]) -> None:
        """Keep these; what is there already counts once."""
        ...

    def counts(self, until: date) -> tuple[AcronymCount, ...]:
        """How many papers up to this day defined each, the commonest first."""
        ...
