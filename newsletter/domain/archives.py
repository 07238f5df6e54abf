"""What a back archive gives: the announcements, summaries and editor's notes of one published digest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from newsletter.domain.announcements import Announcement
from newsletter.domain.notes import IssueNote, PaperNote

__all__ = ["ARCHIVE_ENGINE", "ARCHIVE_SOURCE", "ArchiveReader", "BackIssue"]

ARCHIVE_SOURCE = "archive"
"""The announcements' `source`; their `feed` is the format they were read from."""
ARCHIVE_ENGINE = "file"
"""The summaries' engine: they came with the papers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackIssue:
    """One published digest as read back, papers in its own order.

    A paper's original fields are kept as they stood: `raw_title`, `raw_abstract`, `links["abs"]`; what was written
    about it is the announcement's summary, and what only a person can have written is its note. `problems` says for
    each part that could not be read, a plain sentence with its line, what was expected; everything else was read.
    """

    day: date
    announcements: tuple[Announcement, ...]
    paper_notes: tuple[PaperNote, ...] = ()
    issue_note: IssueNote = field(default_factory=IssueNote)
    problems: tuple[str, ...] = ()


class ArchiveReader(Protocol):
    """Reads one format."""

    def __call__(self, text: str, day: date | None) -> BackIssue:
        """Read a digest. `day` overrides the date that the text names; without either it cannot be read.

        Raises:
            SourceMalformed: the text is not of this format at all.
        """
        ...
