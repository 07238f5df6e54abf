"""Whose words the page of a paper has, where several issues hold the paper.

1. A daily issue goes before a weekly one, which is made of daily ones: the page leads back to the day.
2. Of several daily issues, or of several weekly ones, the newest.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from newsletter.domain.issues.issues import Edition, IssueKey

__all__ = ["page_owner", "page_precedence"]


def page_precedence(key: IssueKey) -> tuple[bool, date]:
    """What issues are compared by: the greatest owns the page."""
    return key.edition is Edition.DAILY, key.day


def page_owner(holders: Iterable[IssueKey]) -> IssueKey:
    """The issue that the page of a paper is made from, of those that hold it.

    Raises:
        ValueError: none holds it.
    """
    return max(holders, key=page_precedence)
