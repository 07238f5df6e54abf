"""Readers of what other programs wrote: a digest, and one paper of a list."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from newsletter.domain.issues import BackIssue
from newsletter.domain.papers import Announcement

__all__ = ["ArchiveReader", "LineReader"]


class ArchiveReader(Protocol):
    """Reads one format."""

    def __call__(self, text: str, day: date | None) -> BackIssue:
        """Read a digest. `day` overrides the date that the text names; without either it cannot be read.

        Raises:
            SourceMalformed: the text is not of this format at all.
        """
        ...


class LineReader(Protocol):
    """Reads one paper, as the `files` source does."""

    def __call__(self, text: bytes, *, day: date) -> Announcement:
        """The paper of this line; `day` where it does not say when it was announced.

        Raises:
            ValueError: it cannot be read.
        """
        ...
