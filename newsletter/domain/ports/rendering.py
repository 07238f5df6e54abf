"""Mail, its signature, and the site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from newsletter.domain.delivery import MailPart, OutgoingMessage, Recipient
from newsletter.domain.issues import Issue, IssueStatus, Match, Outline, Selection
from newsletter.domain.papers import PaperId

if TYPE_CHECKING:
    from newsletter.domain.matching import IssueSelector

__all__ = [
    "DesignedMail",
    "FeedWriter",
    "MailDesign",
    "MailFactory",
    "MailInLanguage",
    "SelectorFactory",
    "Signer",
    "SiteFile",
    "SiteRenderer",
]


class DesignedMail(Protocol):
    """One issue in one language, rendered; and the few phrases that depend on the selection."""

    @property
    def language(self) -> str:
        """The BCP 47 tag it was rendered in."""
        ...

    @property
    def text(self) -> MailPart:
        """The plain-text part."""
        ...

    @property
    def html(self) -> MailPart:
        """The HTML part, CSS inlined."""
        ...

    @property
    def issue_url(self) -> str:
        """The address of the issue's page; empty where there is none."""
        ...

    @property
    def words(self) -> Sequence[Sequence[int]]:
        """What each form of each paper takes to be read, in words: by form, then by place in the issue."""
        ...

    @property
    def frame_words(self) -> int:
        """What stands around the papers, likewise."""
        ...

    @property
    def untranslated(self) -> AbstractSet[int]:
        """The papers, by their places in the issue, of which nothing is said in this language."""
        ...

    def subject(self, indexes: Sequence[int], found: int) -> str:
        """The subject: it says what is in this message. `indexes` are the papers' places in the issue."""
        ...

    def preheader(self, indexes: Sequence[int], found: int, outline: Outline) -> str:
        """The line that mail programs show beside the subject, which it does not repeat: 40 to 130 characters."""
        ...

    def counts(self, found: int, words: int) -> str:
        """How many papers came, and how long so many words take to be read."""
        ...

    def outline(self, outline: Outline) -> str:
        """What came for which interest, and which found nothing; empty for who named none."""
        ...

    @property
    def mixed(self) -> str:
        """The name of the section of all interests that found a paper or two, where there are many interests."""
        ...

    def section(self, name: str, found: int, here: int, *, is_cut: bool) -> tuple[str, str]:
        """The name of a section, and how many papers it has, as its heading says it.

        `is_cut` says that some of them are not in the mail; those that stand under another heading are.
        """
        ...

    def more(self, hidden: int) -> str:
        """How many papers do not stand in the mail, in words."""
        ...

    def terms(self, matches: Sequence[Match]) -> tuple[str, ...]:
        """Why a paper came, as it is shown: each term once, strongest first, a few at most."""
        ...

    def interests(self, expressions: Sequence[str]) -> str:
        """The subscriber's own interests, as the footer repeats them."""
        ...


class MailDesign(Protocol):
    """Renders the mail of an issue; handed to the mail factory."""

    def design(self, issue: Issue, language: str) -> DesignedMail:
        """The issue's mail in one of its languages, the newsletter's own where it does not have that one."""
        ...


class MailInLanguage(Protocol):
    """The messages of one issue in one language, made from parts that were rendered and encoded once."""

    def build(self, recipient: Recipient, selection: Selection) -> OutgoingMessage:
        """The message of one recipient: a pure function of issue, recipient and selection."""
        ...


class MailFactory(Protocol):
    """Makes the mail of issues."""

    def in_language(self, issue: Issue, language: str) -> MailInLanguage:
        """The mail of this issue in this language; the newsletter's own where the issue does not have it."""
        ...


class Signer(Protocol):
    """Signs messages."""

    def sign(self, message: OutgoingMessage) -> OutgoingMessage:
        """The message with a signature in its header: a function of the message and the key alone."""
        ...


class SelectorFactory(Protocol):
    """Makes selectors."""

    def __call__(self, issue: Issue) -> IssueSelector:
        """The selector of this issue."""
        ...


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One file of the site: its path relative to the site's folder, with `/`, and its bytes.

    `paper` is set where it is a paper's page: the one kind of file that several issues have a version of.
    """

    path: str
    content: bytes
    paper: PaperId | None = None


class SiteRenderer(Protocol):
    """Renders the published site. Pure: no clock, no network, no files written."""

    def render(self, issue: Issue, recent: Sequence[Issue], archive: Sequence[IssueStatus]) -> Iterator[SiteFile]:
        """Every file that publishing this issue writes: its own and those of the whole site, as below."""
        ...

    def issue_files(self, issue: Issue, archive: Sequence[IssueStatus]) -> Iterator[SiteFile]:
        """The files of one issue. `archive` lists all that are published, newest first."""
        ...

    def site_files(self, issue: Issue, recent: Sequence[Issue], archive: Sequence[IssueStatus]) -> Iterator[SiteFile]:
        """The files that show more than one issue.

        `recent` are the newest published daily issues, newest first, for feeds and topics: `issue` among them unless it
        is a weekly or an old one.
        """
        ...


class FeedWriter(Protocol):
    """Renders a subscriber's feed."""

    def write(
        self,
        picked: Sequence[tuple[Issue, Sequence[int]]],
        *,
        subscriber_id: int,
        language: str,
        address: str,
        form: str,
        updated: datetime | None,
    ) -> bytes:
        """The document.

        Args:
            picked: issues, newest first, and which of their papers (from 0) are for the subscriber, best first; only
                issues that have some.
            subscriber_id: names the feed, which keeps its id when its address changes.
            language: the subscriber's; the newsletter's own where it does not have that one.
            address: where the feed is served, without the suffix of its format; may be empty.
            form: `atom`, `rss` or `json`.
            updated: when the newest issue was frozen, for a document without entries; None where there is no issue.
        """
        ...
