"""What somebody missed during a pause, and which of it is the best."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.delivery.catching_up import MissedPaper, best_missed, is_missed, missed_days
from newsletter.domain.issues import Edition
from newsletter.domain.notation import Weekday
from newsletter.domain.papers import PaperId
from newsletter.domain.subscribers import Rhythm, Subscriber

MONDAY = date(2026, 8, 3)
UNTIL = date(2026, 8, 19)
"""A Wednesday."""
ADA = Subscriber(email="a@example.org", paused_since=MONDAY, paused_until=UNTIL)
WEEKLY = replace(ADA, cadence=Edition.WEEKLY)


def days(subscriber: Subscriber) -> tuple[date, date] | None:
    return missed_days(subscriber, weekly_on=Weekday.FRIDAY)


def test_a_daily_reader_missed_the_days_of_the_pause() -> None:
    assert days(ADA) == (MONDAY, UNTIL)
    assert days(replace(ADA, paused_since=None)) is None
    assert days(replace(ADA, paused_until=None)) is None
    assert days(replace(ADA, paused_until=MONDAY - timedelta(days=1))) is None


def test_a_weekly_reader_missed_what_the_next_weekly_issue_does_not_have() -> None:
    """The one of Friday 21 has the days from Saturday 15 on."""
    assert days(WEEKLY) == (MONDAY, date(2026, 8, 14))
    on_wednesday = replace(WEEKLY, rhythm=Rhythm(weekly_on=Weekday.WEDNESDAY))
    assert days(on_wednesday) == (MONDAY, date(2026, 8, 12))
    assert days(replace(WEEKLY, paused_until=date(2026, 8, 6))) is None  # Friday's has all of it


@pytest.mark.parametrize(
    ("day", "was_skipped", "missed"),
    [
        (MONDAY, True, True),
        (MONDAY, None, True),  # planned before anybody knew them, or not at all
        (MONDAY, False, False),  # sent before they paused
        (UNTIL, True, True),  # planned while they were still paused
        (UNTIL, None, False),  # comes as any other
        (UNTIL, False, False),
    ],
)
def test_what_was_sent_was_not_missed(day: date, was_skipped: bool | None, missed: bool) -> None:
    assert is_missed(ADA, day, was_skipped=was_skipped) is missed


def test_who_reads_on_weekdays_misses_no_weekend() -> None:
    reader = replace(ADA, rhythm=Rhythm(weekdays_only=True))
    assert [is_missed(reader, MONDAY + timedelta(days=n), was_skipped=None) for n in range(7)] == [True] * 5 + [
        False
    ] * 2


def paper(day: int, place: int, score: float, precedence: object = 0, number: int | None = None) -> MissedPaper:
    paper_id = PaperId(f"sample:{day}-{place}" if number is None else f"sample:{number}")
    when = MONDAY + timedelta(days=day)
    return MissedPaper(day=when, place=place, paper_id=paper_id, score=score, precedence=precedence)


def test_the_best_come_first_and_of_equals_the_first_of_each_day() -> None:
    papers = [paper(0, 0, 1), paper(0, 1, 1), paper(1, 0, 1), paper(1, 1, 9), paper(2, 5, 1)]
    assert [(one.day.day, one.place) for one in best_missed(papers, 4)] == [(4, 1), (4, 0), (3, 0), (3, 1)]


def test_the_order_that_was_asked_for_comes_before_the_score() -> None:
    papers = [paper(0, 0, 9, precedence=3), paper(1, 0, 1, precedence=20), paper(1, 1, 2, precedence=3)]
    assert [one.score for one in best_missed(papers, 3)] == [1, 9, 2]


@given(
    st.lists(
        st.builds(
            paper, st.integers(0, 3), st.integers(0, 4), st.sampled_from([0.0, 1.0, 2.5]), number=st.integers(0, 9)
        )
    ),
    st.integers(1, 6),
)
def test_each_paper_stands_once_where_it_is_best(papers: list[MissedPaper], count: int) -> None:
    best = best_missed(papers, count)
    assert len(best) == min(count, len({one.paper_id for one in papers}))
    assert len({one.paper_id for one in best}) == len(best)
    for one in best:
        assert one.score == max(other.score for other in papers if other.paper_id == one.paper_id)
    assert [one.score for one in best] == sorted((one.score for one in best), reverse=True)
