"""When a delivery is tried again, when an issue pauses by itself, and when one is too old to be sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.delivery.retries import FailureWatch, RetrySchedule, is_late

FIRST = datetime(2026, 6, 2, 6, tzinfo=UTC)


def test_a_server_that_is_never_ready_is_tried_thirteen_times_in_four_days() -> None:
    """At least half an hour apart and for four to five days (RFC 5321 §4.5.4.1), reckoned by hand."""
    tried, moments = FIRST, []
    attempts = 1
    while (due := RetrySchedule().due_after(attempts, tried)) is not None:
        moments.append(f"{due:%d %H:%M}")
        tried, attempts = due, attempts + 1
    assert moments == [
        *["02 06:30", "02 07:30", "02 09:30", "02 13:30", "02 21:30"],
        *["03 09:30", "03 21:30", "04 09:30", "04 21:30", "05 09:30", "05 21:30", "06 09:30"],
    ]
    assert timedelta(days=4) <= tried - FIRST <= timedelta(days=5)


def test_what_was_never_tried_is_due_by_no_schedule() -> None:
    assert RetrySchedule().due_after(0, FIRST) is None


def test_a_domain_rests_half_an_hour_after_421_and_a_day_after_a_refusal_by_policy() -> None:
    """The table of docs/sending.md: a relay is asked again soon, a person has a day to look at the policy."""
    assert (RetrySchedule().rest, RetrySchedule().policy_rest) == (timedelta(minutes=30), timedelta(days=1))


def watch(*answers: bool, window: int = 100, least: int = 20, share: float = 0.5) -> str:
    """What is complained of after these answers; True is a refusal."""
    result = FailureWatch(window=window, least=least, share=share)
    for refused in answers:
        result.saw(refused=refused)
    return result.complaint


def test_an_issue_pauses_when_more_than_half_of_enough_messages_are_refused() -> None:
    assert watch(*[True] * 19) == ""
    assert watch(*[True] * 20) == "20 of the last 20 messages were refused"
    assert watch(*[True, False] * 10) == ""
    assert watch(*[True, False] * 10, True) == "11 of the last 21 messages were refused"


def test_a_short_list_of_which_fifty_are_refused_is_enough_to_pause() -> None:
    """A roster of 49 bad addresses is sent to its end; the fiftieth refusal stops an issue before the relay does."""
    short = FailureWatch(window=200, share=0.5)
    for _ in range(49):
        short.saw(refused=True)
    assert short.complaint == ""
    short.saw(refused=True)
    assert short.complaint == "50 of the last 50 messages were refused"


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 7), st.integers(1, 7))
def test_only_the_last_answers_count(answers: list[bool], window: int, least: int) -> None:
    last = answers[-window:]
    expected = len(last) >= least and last.count(True) > last.count(False)
    assert bool(watch(*answers, window=window, least=least)) == expected


@pytest.mark.parametrize(("hours", "late"), [(0, False), (72, False), (95, False), (96, True), (500, True)])
def test_an_issue_is_late_some_time_after_its_day_has_ended(hours: int, late: bool) -> None:
    begin = datetime(2026, 6, 2, tzinfo=UTC)
    assert is_late(date(2026, 6, 2), begin + timedelta(hours=hours), timedelta(days=3), UTC) is late


def test_a_day_ends_where_the_newsletter_is_at_home() -> None:
    """2 June ends at 16:00 UTC in Shanghai."""
    shanghai = timezone(timedelta(hours=8))
    end = datetime(2026, 6, 2, 16, tzinfo=UTC)
    assert is_late(date(2026, 6, 2), end + timedelta(hours=1), timedelta(hours=1), shanghai)
    assert not is_late(date(2026, 6, 2), end + timedelta(minutes=59), timedelta(hours=1), shanghai)
