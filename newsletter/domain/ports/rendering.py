"""Mail, its signature, and the site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from newsletter.domain.delivery import OutgoingMessage, Recipient
from newsletter.domain.issues import Issue, IssueStatus, Selection, Selector
from newsletter.domain.papers import PaperId

__all__ = ["MailFactory", "MailInLanguage", "SelectorFactory", "Signer", "SiteFile", "SiteRenderer"]


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

    def __call__(self, issue: Issue) -> Selector:
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
