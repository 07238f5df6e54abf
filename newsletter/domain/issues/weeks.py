"""Weekly issues of several weekdays: a week ends on every day that some reader chose, so they overlap."""

from __future__ import annotations

from collections.abc import Sequence

from newsletter.domain.issues.issues import Edition, IssueKey, IssueStatus
from newsletter.domain.notation import Weekday

__all__ = ["same_series", "series_of"]


def series_of(issues: Sequence[IssueStatus], closes: Weekday) -> Sequence[IssueStatus]:
    """Of these issues the daily ones, and the weekly ones of the weeks that end on one day.

    All where there are none of that day: the newsletter's own may have been another when they came out.
    """
    own = [one for one in issues if one.key.edition is Edition.DAILY or Weekday.of(one.key.day) is closes]
    return own or issues


def same_series(one: IssueKey, other: IssueKey) -> bool:
    """Whether two issues of one edition come one after the other, and share no day."""
    return one.edition is Edition.DAILY or (one.day - other.day).days % 7 == 0
