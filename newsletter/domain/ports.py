"""The interfaces that the services need. Each is declared here by its consumer and implemented in an outer layer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from newsletter.domain.announcements import Announcement, AnnounceType, Listing
from newsletter.domain.deliveries import (
    Change,
    Delivery,
    DeliveryStatus,
    DispatchStatus,
    DomainRest,
    OutgoingMessage,
    Recipient,
    SkipReason,
    UncertainPolicy,
)
from newsletter.domain.issues import Issue, IssueKey, IssueState, IssueStatus
from newsletter.domain.notes import IssueNote, PaperNote
from newsletter.domain.papers import Paper, PaperId
from newsletter.domain.selection import Selection, Selector
from newsletter.domain.subscriptions import Preferences, Subscriber, SubscriptionState
from newsletter.domain.summaries import Summary, SummaryKey

__all__ = [
    "AcronymCount",
    "AcronymStore",
    "Clock",
    "Collected",
    "Engine",
    "HostGate",
    "IssueStore",
    "LearnedAcronym",
    "ListingStore",
    "MailEdition",
    "MailFactory",
    "NoteStore",
    "PaidEngine",
    "PaperStore",
    "Progress",
    "SelectorFactory",
    "Signer",
    "SiteFile",
    "SiteRenderer",
    "Source",
    "Spending",
    "Step",
    "Store",
    "SubscriberStore",
    "SummaryStore",
]

Clock = Callable[[], datetime]
"""Now, in UTC and aware. Handed in; nothing else reads a clock."""


class Step(Protocol):
    """Tells how far a piece of work is."""

    def __call__(self, steps: int, note: str = "") -> None:
        """So many steps more were done; `note` is what there is to know at this moment, such as what it costs."""
        ...


class Progress(Protocol):
    """Tells a person how far long work is; a terminal shows a bar, a log shows lines, a program nothing."""

    def task(self, label: str, total: int | None = None) -> AbstractContextManager[Step]:
        """Begin a piece of work; call the result with how many steps were done."""
        ...


# --- collecting -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Collected:
    """What one feed of a source gave for one day."""

    listing: Listing
    announcements: tuple[Announcement, ...] = ()


class Source(Protocol):
    """A place that announces papers."""

    @property
    def kind(self) -> str:
        """The source's kind as settings name it: `arxiv-rss`."""
        ...

    @property
    def feeds(self) -> tuple[str, ...]:
        """The feeds it reads, in order; `("",)` for a source that has only one."""
        ...

    def collect(self, day: date, feeds: Sequence[str]) -> AsyncIterator[Collected]:
        """Read these feeds for this day, one result a feed. Expected failures are listings with status `failed`."""
        ...


class HostGate(Protocol):
    """Lets requests to one host through one at a time and far enough apart, whoever else uses the same gate."""

    def turn(self, host: str, spacing: float) -> AbstractAsyncContextManager[None]:
        """Wait until it is this caller's turn; the next one begins `spacing` seconds after this one ends."""
        ...

    async def hold(self, host: str, seconds: float) -> None:
        """Let nobody through for this long: the host asked for it."""
        ...


# --- enriching ------------------------------------------------------------------------------------------------------


class Engine(Protocol):
    """Writes summaries."""

    @property
    def name(self) -> str:
        """The engine's name in settings and provenance."""
        ...

    def key(self, paper: Paper, language: str) -> SummaryKey:
        """Under which key its summary of this paper in this language would be kept."""
        ...

    def speaks(self, language: str) -> bool:
        """Whether it can write in this language at all."""
        ...

    def summarise(self, papers: Sequence[Paper], language: str) -> AsyncIterator[Summary]:
        """One summary a paper, in any order; one with `failure` set where its answer could not be used.

        Raises:
            EngineUnavailable: the engine cannot be reached at all.
        """
        ...


_CENT = 0.01
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


@dataclass(frozen=True, slots=True)
class Spending:
    """What an engine spent, and what an operator should know of its answers, a plain sentence each.

    `currency` is a code (`USD`) or a sign (`$`) as the operator wrote it, empty where nobody named one.
    """

    tokens: int = 0
    money: float = 0.0
    remarks: tuple[str, ...] = ()
    currency: str = ""

    @property
    def told(self) -> str:
        """`12,340 tokens, $0.02`, without what was not spent; finer where hundredths would hide it."""
        if not self.money:
            return f"{self.tokens:,} tokens" if self.tokens else ""
        sign = _SIGNS.get(self.currency.upper(), self.currency if len(self.currency) == 1 else "")
        unit = "" if sign else f" {self.currency.upper() or 'in money'}"
        return f"{self.tokens:,} tokens, {sign}{self.money:,.{2 if self.money >= _CENT else 4}f}{unit}"


@runtime_checkable
class PaidEngine(Protocol):
    """An engine whose work costs something."""

    @property
    def spending(self) -> Spending:
        """Everything so far, what was charged included."""
        ...

    def charge(self, tokens: int, money: float) -> None:
        """Count what earlier runs for the same day spent against the daily budget."""
        ...


# --- rendering ------------------------------------------------------------------------------------------------------


class MailEdition(Protocol):
    """The messages of one issue in one language, made from parts that were rendered and encoded once."""

    def build(self, recipient: Recipient, selection: Selection) -> OutgoingMessage:
        """The message of one recipient: a pure function of issue, recipient and selection."""
        ...


class MailFactory(Protocol):
    """Makes editions."""

    def edition(self, issue: Issue, language: str) -> MailEdition:
        """The edition of this issue in this language; the newsletter's own where the issue does not have it."""
        ...


class Signer(Protocol):
    """Signs messages."""

    def sign(self, message: OutgoingMessage) -> OutgoingMessage:
        """The message with a signature in its header: a function of the message and the key alone."""
        ...


class SelectorFactory(Protocol):
    """Makes selectors."""

    def __call__(self, issue: Issue) -> Selector:
        """The selector of this issue."""
        ...


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One file of the site: its path relative to the site's folder, with `/`, and its bytes."""

    path: str
    content: bytes


class SiteRenderer(Protocol):
    """Renders the published site. Pure: no clock, no network, no files written."""

    def render(self, issue: Issue, recent: Sequence[Issue], archive: Sequence[IssueStatus]) -> Iterator[SiteFile]:
        """Every file that publishing this issue writes.

        `recent` are the newest published issues, this one included, newest first, for feeds; `archive` lists all.
        """
        ...


# --- storing --------------------------------------------------------------------------------------------------------


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

    def leave_out(self, key: IssueKey, ids: Sequence[PaperId]) -> None:
        """Keep which papers this issue could have had and has not, in place of what was kept before."""
        ...

    def left_out(self, first: date, last: date) -> frozenset[tuple[date, PaperId]]:
        """The papers that the daily issues of these days (both included) could have had and have not."""
        ...


class SubscriberStore(Protocol):
    """Subscribers, and the addresses never to be mailed again."""

    def upsert(self, subscribers: Iterable[Subscriber]) -> tuple[int, int]:
        """Add or change by address; returns (added, changed). An unsubscribed address stays unsubscribed.

        One of origin `roster` that is the same as when it was last given is left as it is in the store.
        """
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

    def stream(self, *, batch: int = 1000, after: int = 0) -> Iterator[Subscriber]:
        """Every subscriber with an id above `after`, ordered by id, in batches: memory does not grow with them."""
        ...

    def count(self) -> int:
        """How many there are."""
        ...

    def remove(self, email: str) -> bool:
        """Forget a subscriber; False if there was none."""
        ...

    def suppress(self, email: str, reason: str) -> None:
        """Never mail this address again. Kept as a keyed hash; outlives the subscriber."""
        ...

    def suppressed(self, emails: Sequence[str]) -> frozenset[str]:
        """Which of these addresses are suppressed."""
        ...

    def barred(self, emails: Sequence[str]) -> Mapping[str, SkipReason]:
        """Which of these addresses must not be mailed at this moment, and why; one without a subscriber neither."""
        ...


class DeliveryStore(Protocol):
    """The ledger: one row a (issue, address).

    Who sends is a *run*, which holds rows by a lease. A run whose lease has ended can be retired by anybody; from then
    on it can change nothing, so that a process that wakes up late cannot send what another has taken over.
    """

    def plan(self, issue: Issue, rows: Iterable[tuple[Recipient, DeliveryStatus, str]], *, at: datetime) -> int:
        """Freeze the audience in one transaction; returns how many rows are new. Existing rows are not touched."""
        ...

    def status(self, key: IssueKey) -> DispatchStatus | None:
        """What is known of the dispatch of an issue; None before it was planned."""
        ...

    def planned_through(self, key: IssueKey) -> int:
        """The greatest id of a subscriber that was planned; 0 before."""
        ...

    def pause(self, key: IssueKey, reason: str) -> None:
        """Pause an issue, or let it go on with an empty reason."""
        ...

    def open_run(self, key: IssueKey, owner: str, *, at: datetime, until: datetime) -> int:
        """Begin a run with a lease; returns its id, which is the fence."""
        ...

    def keep_run(self, run: int, *, until: datetime, sent: int) -> int:
        """Extend the lease, note how many it sent so far; returns how many runs are open, 0 if this one was retired."""
        ...

    def close_run(self, run: int, *, at: datetime, sent: int, uncertain: UncertainPolicy) -> None:
        """End a run: what it holds is given back, what it has begun and not settled is uncertain."""
        ...

    def retire_runs(
        self, key: IssueKey, *, at: datetime, is_dead: Callable[[str], bool], uncertain: UncertainPolicy
    ) -> int:
        """End the runs whose lease is over or whose owner is dead; returns how many deliveries were left uncertain.

        What they held goes back into the queue; what was `sending` becomes `uncertain`, or `queued` under `resend`.
        """
        ...

    def claim(
        self, run: int, *, at: datetime, limit: int, after: int = 0, without: Sequence[str] = ()
    ) -> tuple[Delivery, ...]:
        """Take deliveries that may be sent now: due, held by no run, with an id above `after`, of no such domain."""
        ...

    def record(self, run: int, changes: Sequence[Change], *, at: datetime) -> frozenset[int]:
        """Write these steps in one transaction, durably; returns the ids that this run does not hold (any more)."""
        ...

    def rests(self, *, at: datetime) -> tuple[DomainRest, ...]:
        """The domains that rest at this moment."""
        ...

    def wake(self, domain: str) -> bool:
        """End the rest of a domain; False if it did not rest."""
        ...

    def sent_since(self, at: datetime) -> int:
        """How many messages the runs that ended since a moment had accepted: at least what a daily quota has used."""
        ...

    def next_due(self, key: IssueKey) -> datetime | None:
        """When the next deferred delivery of an issue is due."""
        ...

    def settle_uncertain(self, key: IssueKey, status: DeliveryStatus, *, at: datetime, email: str = "") -> int:
        """Decide on uncertain deliveries (all of an issue, or one): `queued`, `sent` or `failed`; returns how many."""
        ...

    def totals(self, key: IssueKey) -> Mapping[DeliveryStatus, int]:
        """How many deliveries of an issue are in each state."""
        ...

    def reasons(self, key: IssueKey) -> Mapping[tuple[DeliveryStatus, str], int]:
        """How many deliveries of an issue are in each state for each reason."""
        ...

    def open_runs(self, key: IssueKey) -> int:
        """How many processes are sending an issue, or were when they ended without a word."""
        ...

    def missing(self, key: IssueKey, *, limit: int) -> tuple[str, ...]:
        """Addresses (some) of subscribers whom planning has passed over without a row: there should be none."""
        ...

    def find(self, key: IssueKey, email: str) -> Delivery | None:
        """The delivery of an issue to an address, or None."""
        ...

    def of_issue(self, key: IssueKey, *, batch: int = 1000) -> Iterator[Delivery]:
        """Every delivery of an issue, streamed."""
        ...


class Store(Protocol):
    """All repositories over one database, and the newsletter's own secret."""

    @property
    def papers(self) -> PaperStore:
        """Announcements and papers."""
        ...

    @property
    def listings(self) -> ListingStore:
        """How each feed ended."""
        ...

    @property
    def summaries(self) -> SummaryStore:
        """What engines wrote."""
        ...

    @property
    def notes(self) -> NoteStore:
        """What editors wrote."""
        ...

    @property
    def issues(self) -> IssueStore:
        """Frozen issues."""
        ...

    @property
    def subscribers(self) -> SubscriberStore:
        """Who gets the newsletter."""
        ...

    @property
    def deliveries(self) -> DeliveryStore:
        """The ledger."""
        ...

    def secret(self) -> bytes:
        """32 random bytes made when the database was created; signs unsubscribe links and envelope senders."""
        ...
