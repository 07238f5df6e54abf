"""The orders that a reader may ask for: what stands first in a digest, or in a section of their own page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any

from newsletter.domain.issues.issues import Issue, IssuePaper

__all__ = ["PaperOrder", "precedence"]


class PaperOrder(StrEnum):
    """`best` fits the reader's interests best, `newest` was announced last, `upvotes` has most of them."""

    BEST = "best"
    NEWEST = "newest"
    UPVOTES = "upvotes"


def precedence(order: PaperOrder, issue: Issue) -> Callable[[IssuePaper], Any]:
    """What papers of an issue are sorted by, the greatest first; of equals the better for the reader.

    Which is best is what a reader's interests say, not the paper: all are equal then.
    """
    if order is PaperOrder.NEWEST:
        return lambda entry: _age(issue, entry)
    if order is PaperOrder.UPVOTES:
        return lambda entry: entry.paper.upvotes or 0
    return lambda _: 0


def _age(issue: Issue, entry: IssuePaper) -> tuple[date, str]:
    """Later where a paper is newer: when it was announced, then its number, which counts up."""
    return max((notice.day for notice in entry.notices), default=issue.day), entry.id
