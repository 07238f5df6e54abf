"""What is kept of papers, summaries, notes, issues and subscribers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from newsletter.domain.delivery import SkipReason
from newsletter.domain.issues import BackIssue, Issue, IssueKey, IssueState, IssueStatus
from newsletter.domain.papers import (
    Announcement,
    AnnounceType,
    Expense,
    IssueNote,
    Listing,
    Paper,
    PaperId,
    PaperNote,
    Summary,
    SummaryKey,
)
from newsletter.domain.subscribers import Preferences, Subscriber, SubscriptionState, Suppression

__all__ = [
    "AcronymCount",
    "AcronymStore",
    "ArchiveStore",
    "IssueStore",
    "LearnedAcronym",
    "ListingStore",
    "NoteStore",
    "PaperStore",
    "SubscriberStore",
    "SummaryStore",
    "SuppressionStore",
]


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


class NoteStore(Protocol):
    """What editors wrote."""

    def get(self, key: IssueKey) -> tuple[IssueNote, Mapping[PaperId, PaperNote]]:
        """The notes of an issue; empty ones where nobody wrote any."""
        ...

    def put(self, key: IssueKey, issue: IssueNote, papers: Sequence[PaperNote]) -> None:
        """Replace the notes of an issue."""
        ...


class ArchiveStore(Protocol):
    """Digests that were published elsewhere, as they were imported."""

    def put(self, digest: BackIssue, at: datetime) -> int:
        """Keep a digest, in place of the one of the same day and format; returns how many papers that one had."""
        ...

    def on(self, day: date) -> tuple[BackIssue, ...]:
        """The digests of a day, in the order in which they were first imported."""
        ...


class IssueStore(Protocol):
    """Frozen issues."""

    def save(self, issue: Issue) -> None:
        """Keep a draft, in place of an earlier draft of the same key and revision.

        Raises:
            IssuePublished: that revision has been published.
        """
        ...

    def get(self, key: IssueKey, revision: int | None = None) -> Issue | None:
        """The issue (its newest revision by default), or None."""
        ...

    def status(self, key: IssueKey) -> IssueStatus | None:
        """The issue's status without its papers, or None."""
        ...

    def withdraw(self, key: IssueKey) -> bool:
        """Take back the issue's draft, approved or not; what is published stays. False where there is no draft."""
        ...

    def mark(self, key: IssueKey, revision: int, state: IssueState, at: datetime) -> None:
        """Move an issue to a state.

        Raises:
            IssueMissing: there is no such revision.
            IssuePublished: it is published, and stays so.
        """
        ...

    def archive(self, *, state: IssueState | None = None, limit: int | None = None) -> tuple[IssueStatus, ...]:
        """The newest revision of every issue, newest first."""
        ...

    def issued(self, ids: Sequence[PaperId], *, other_than: IssueKey) -> frozenset[PaperId]:
        """Which of these papers stand in another daily issue already."""
        ...

    def holders(self, ids: Sequence[PaperId]) -> Mapping[PaperId, frozenset[IssueKey]]:
        """The issues that show each of these papers, drafts and weekly ones among them; no entry where none does."""
        ...

    def leave_out(self, key: IssueKey, ids: Sequence[PaperId]) -> None:
        """Keep which papers this issue could have had and has not, in place of what was kept before."""
        ...

    def left_out(self, first: date, last: date) -> frozenset[tuple[date, PaperId]]:
        """The papers that the daily issues of these days (both included) could have had and have not."""
        ...


class SubscriberStore(Protocol):
    """Subscribers, and the addresses never to be mailed again."""

    def upsert(self, subscribers: Iterable[Subscriber], *, dry_run: bool = False) -> tuple[int, int]:
        """Add or change by address; returns (added, changed). An unsubscribed address stays unsubscribed.

        One out of a file (`Origin.ROSTER`, `Origin.IMPORT`) that is the same as when it was last given is left as it is
        in the store. With `dry_run` it is only counted.
        """
        ...

    def add(self, subscriber: Subscriber) -> bool:
        """Add somebody whose address is not known yet; False, and nothing is changed, if it is."""
        ...

    def edit(self, email: str, change: Callable[[Subscriber], Subscriber]) -> tuple[Subscriber, Subscriber] | None:
        """Change a subscriber, all of it or nothing; returns them before and after, None if nobody has the address."""
        ...

    def prune(self, ids: Sequence[int]) -> int:
        """Forget these at once, but for those who have unsubscribed since; returns how many went."""
        ...

    def get(self, email: str) -> Subscriber | None:
        """The subscriber of this address, or None."""
        ...

    def by_id(self, subscriber_id: int) -> Subscriber | None:
        """The subscriber of this number, or None."""
        ...

    def set_state(self, email: str, state: SubscriptionState) -> bool:
        """Confirm or unsubscribe an address; False if nobody has it."""
        ...

    def change(self, subscriber_id: int, preferences: Preferences) -> bool:
        """Keep what a subscriber chose; address and state are not touched. False if there is no such subscriber."""
        ...

    def renew_feed(self, subscriber_id: int) -> bool:
        """Begin another epoch of a subscriber's private feed; False if there is no such subscriber."""
        ...

    def stream(self, *, batch: int = 1000, after: int = 0) -> Iterator[Subscriber]:
        """Every subscriber with an id above `after`, ordered by id, in batches: memory does not grow with them."""
        ...

    def count(self) -> int:
        """How many there are."""
        ...

    def remove(self, email: str) -> bool:
        """Forget a subscriber; False if there was none."""
        ...

    def suppressed(self, emails: Sequence[str]) -> frozenset[str]:
        """Which of these addresses are suppressed."""
        ...

    def barred(self, emails: Sequence[str]) -> Mapping[str, SkipReason]:
        """Which of these addresses must not be mailed at this moment, and why; one without a subscriber neither."""
        ...


class SuppressionStore(Protocol):
    """The addresses never to be mailed again."""

    def keys(self) -> tuple[bytes, ...]:
        """The keys that the hashes were made with, this database's own first."""
        ...

    def add_keys(self, keys: Iterable[bytes]) -> None:
        """Try these keys too from now on.

        Raises:
            StoreError: these would be more than are tried on every address.
        """
        ...

    def take_in(self, suppressions: Iterable[Suppression]) -> int:
        """Keep these, by address or by hash; returns how many are new."""
        ...

    def found(self, emails: Sequence[str]) -> Mapping[str, Suppression]:
        """What is kept about those of these addresses that are suppressed."""
        ...

    def stream(self) -> Iterator[Suppression]:
        """Every suppression, ordered by hash, in batches."""
        ...

    def lift(self, email: str) -> bool:
        """Let an address be mailed again; False if it was not suppressed."""
        ...
