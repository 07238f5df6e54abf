"""Domain values as JSON text in a column, both ways."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import TypeAdapter

from newsletter.domain.issues import BackIssue
from newsletter.domain.papers import Announcement, IssueNote, Paper, PaperNote, Summary
from newsletter.domain.subscribers import Preferences

__all__ = ["ANNOUNCEMENT", "BACK_ISSUE", "ISSUE_NOTE", "PAPER", "PAPER_NOTE", "PREFERENCES", "SUMMARY", "JsonCodec"]

T = TypeVar("T")


class JsonCodec(Generic[T]):
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


ANNOUNCEMENT = JsonCodec(Announcement)
BACK_ISSUE = JsonCodec(BackIssue)
PAPER = JsonCodec(Paper)
SUMMARY = JsonCodec(Summary)
PAPER_NOTE = JsonCodec(PaperNote)
PREFERENCES = JsonCodec(Preferences)
ISSUE_NOTE = JsonCodec(IssueNote)
