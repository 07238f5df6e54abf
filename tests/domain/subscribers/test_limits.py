"""Sliding windows: how often is too often, and from when on it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.subscribers.limits import Quota, free_at, longest

NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ONE_A_DAY, THREE_A_WEEK = Quota(1, DAY), Quota(3, 7 * DAY)


def ago(*days: float) -> list[datetime]:
    return [NOW - timedelta(days=d) for d in days]


@pytest.mark.parametrize(
    ("tries", "free"),
    [
        ([], 0.0),
        ([0.5], 0.5),
        ([1.0], 0.0),  # exactly a day ago is out of the window
        ([0.999], 0.001),
        ([1.5, 2.5], 0.0),
        ([1.5, 2.5, 3.5], 3.5),  # the third of the week leaves its window in three and a half days
        ([0.1, 2.5, 6.9], 0.9),
        ([1.5, 2.5, 7.0], 0.0),
    ],
)
def test_a_mailbox_gets_one_letter_a_day_and_three_a_week(tries: list[float], free: float) -> None:
    wait = free_at(ago(*tries), [ONE_A_DAY, THREE_A_WEEK], NOW) - NOW
    assert wait / DAY == pytest.approx(free)


def test_where_nothing_is_allowed_it_never_is() -> None:
    assert free_at([], [Quota(0, DAY)], NOW).year == 9999


def test_one_looks_back_as_far_as_the_longest_window_reaches() -> None:
    assert longest([ONE_A_DAY, THREE_A_WEEK]) == 7 * DAY
    assert longest([]) == timedelta(0)


@given(st.lists(st.floats(0, 20), max_size=12), st.integers(1, 5), st.floats(0.1, 9))
def test_whenever_a_try_is_free_no_window_holds_too_many(days: list[float], count: int, span: float) -> None:
    quota = Quota(count, timedelta(days=span))
    tries = ago(*days)
    free = free_at(tries, [quota], NOW)
    assert free >= NOW
    assert sum(free - quota.span < one for one in tries) < count
