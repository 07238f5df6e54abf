"""What is kept of issues: what was frozen, what editors wrote, what was imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from newsletter.domain.issues import BackIssue, Edition, Issue, IssueKey, IssueState, IssueStatus
from newsletter.domain.papers import (
    IssueNote,
    PaperId,
    PaperNote,
)

__all__ = ["ArchiveStore", "IssueStore", "NoteStore"]


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

    def published(
        self,
        edition: Edition,
        *,
        since: date | None = None,
        until: date | None = None,
        limit: int,
        forward: bool = False,
    ) -> tuple[IssueStatus, ...]:
        """The published issues of one rhythm between two days (both included), each in its newest published revision.

        Newest first, or with `forward` oldest first; at most `limit`.
        """
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
