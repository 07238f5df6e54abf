"""Which of the issues that hold a paper owns its page."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from newsletter.domain.issues import Edition, IssueKey, page_owner, page_precedence

OLD, NEW = IssueKey(date(2026, 6, 1)), IssueKey(date(2026, 6, 2))
OLD_WEEK, NEW_WEEK = IssueKey(date(2026, 6, 5), Edition.WEEKLY), IssueKey(date(2026, 6, 12), Edition.WEEKLY)


@pytest.mark.parametrize(
    ("holders", "owner"),
    [
        ((OLD,), OLD),
        ((OLD_WEEK,), OLD_WEEK),
        ((OLD, NEW), NEW),
        ((OLD_WEEK, NEW_WEEK), NEW_WEEK),
        ((OLD, NEW_WEEK), OLD),
        ((OLD, NEW, OLD_WEEK, NEW_WEEK), NEW),
    ],
)
def test_a_daily_issue_goes_before_a_weekly_one_and_the_newest_before_the_others(
    holders: tuple[IssueKey, ...], owner: IssueKey
) -> None:
    assert {page_owner(order) for order in permutations(holders)} == {owner}


def test_the_whole_order() -> None:
    keys = (OLD_WEEK, NEW, NEW_WEEK, OLD)
    assert sorted(keys, key=page_precedence, reverse=True) == [NEW, OLD, NEW_WEEK, OLD_WEEK]


def test_without_a_holder_there_is_no_owner() -> None:
    with pytest.raises(ValueError, match="empty"):
        page_owner(())
