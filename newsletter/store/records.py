"""Domain values as JSON text in a column, both ways."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import TypeAdapter

from newsletter.domain.issues import BackIssue
from newsletter.domain.papers import Announcement, IssueNote, Paper, PaperNote, Summary

__all__ = ["ANNOUNCEMENT", "BACK_ISSUE", "ISSUE_NOTE", "PAPER", "PAPER_NOTE", "SUMMARY", "Record"]

T = TypeVar("T")


class Record(Generic[T]):
    """Writes and reads one kind of value.

    Fields that hold their default are left out: a new field with a default needs no migration.
    """

    def __init__(self, kind: type[T]) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)

    def dump(self, value: T) -> str:
        """As JSON text."""
        return self._adapter.dump_json(value, exclude_defaults=True).decode()

    def load(self, text: str) -> T:
        """From JSON text."""
        return self._adapter.validate_json(text)


ANNOUNCEMENT = Record(Announcement)
BACK_ISSUE = Record(BackIssue)
PAPER = Record(Paper)
SUMMARY = Record(Summary)
PAPER_NOTE = Record(PaperNote)
ISSUE_NOTE = Record(IssueNote)
