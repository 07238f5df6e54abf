"""arXiv's announcement calendar: evenings in US Eastern time, weekends, holidays, and a warning when data runs out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.issues.calendar import AnnouncementCalendar, announcement_day, eastern_day

THANKSGIVING = date(2026, 11, 26)
CALENDAR = AnnouncementCalendar({THANKSGIVING: "Thanksgiving"}, through=2026)


@pytest.mark.parametrize("day", [date(2026, 6, 1) + timedelta(days=n) for n in range(5)])
def test_monday_to_friday_have_an_announcement(day: date) -> None:
    assert CALENDAR.expects(day)


@pytest.mark.parametrize(("day", "reason"), [(date(2026, 6, 6), "Saturday"), (date(2026, 6, 7), "Sunday")])
def test_weekends_have_none_and_say_so(day: date, reason: str) -> None:
    expectation = CALENDAR.expects(day)
    assert not expectation
    assert reason in expectation.reason


def test_the_morning_after_a_holiday_evening_has_none() -> None:
    assert CALENDAR.expects(THANKSGIVING)
    after = CALENDAR.expects(THANKSGIVING + timedelta(days=1))
    assert not after
    assert "26 November (Thanksgiving)" in after.reason


def test_a_holiday_on_a_friday_silences_the_monday_after_it() -> None:
    """Fridays have no announcement anyway; what would have been made ready then is missing on Sunday evening."""
    calendar = AnnouncementCalendar({date(2026, 6, 19): "Juneteenth"})
    assert calendar.expects(date(2026, 6, 19))
    monday = calendar.expects(date(2026, 6, 22))
    assert (bool(monday), monday.holiday) == (False, "Juneteenth")
    assert "evening of 21 June (Juneteenth)" in monday.reason
    assert calendar.expects(date(2026, 6, 23))
    assert calendar.submissions(date(2026, 6, 23)) == (utc("2026-06-18T18:00"), utc("2026-06-22T18:00"))


def test_the_previous_announcement_is_found_across_weekend_and_holiday() -> None:
    assert CALENDAR.previous(date(2026, 6, 8)) == date(2026, 6, 5)
    assert CALENDAR.previous(date(2026, 11, 30)) == THANKSGIVING


def test_days_of_a_span_leave_out_what_has_no_announcement() -> None:
    days = list(CALENDAR.days(date(2026, 11, 25), date(2026, 11, 30)))
    assert days == [date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 30)]


@pytest.mark.parametrize(
    ("today", "warns"),
    [(date(2026, 6, 1), False), (date(2026, 12, 1), True), (date(2027, 1, 2), True)],
)
def test_a_person_is_told_before_and_when_the_holidays_run_out(today: date, *, warns: bool) -> None:
    assert bool(CALENDAR.warning(today)) == warns


def test_no_data_at_all_does_not_warn_for_ever() -> None:
    assert not AnnouncementCalendar().warning(date(2030, 1, 1))


def test_an_evening_belongs_to_the_next_morning() -> None:
    assert announcement_day(datetime(2018, 5, 24, 1, 30, tzinfo=UTC)) == date(
        2018, 5, 24
    )  # 21:30 Eastern the day before
    assert announcement_day(datetime(2026, 6, 2, 4, 0, tzinfo=UTC)) == date(2026, 6, 2)
    assert eastern_day(datetime(2026, 6, 2, 3, 59, tzinfo=UTC)) == date(2026, 6, 1)


@given(st.integers(600_000_000, 2_000_000_000))
def test_an_announcement_is_never_dated_before_it_was_made(seconds: int) -> None:
    stamp = datetime.fromtimestamp(seconds, UTC)
    assert eastern_day(stamp) <= announcement_day(stamp) <= eastern_day(stamp) + timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "since", "until"),
    [
        # Monday's papers came Thursday to Friday, Tuesday's over the weekend, Wednesday's from Monday to Tuesday (EDT)
        ("2026-06-08", "2026-06-04T18:00", "2026-06-05T18:00"),
        ("2026-06-09", "2026-06-05T18:00", "2026-06-08T18:00"),
        ("2026-06-10", "2026-06-08T18:00", "2026-06-09T18:00"),
        # after Thanksgiving's evening, two windows are one (EST)
        ("2026-11-30", "2026-11-25T19:00", "2026-11-27T19:00"),
    ],
)
def test_the_window_of_submissions_is_told_for_a_day(day: str, since: str, until: str) -> None:
    assert CALENDAR.submissions(date.fromisoformat(day)) == (utc(since), utc(until))


@given(st.integers(1_700_000_000, 1_900_000_000))
def test_every_moment_belongs_to_exactly_one_announcement(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    day = CALENDAR.announces(moment)
    since, until = CALENDAR.submissions(day)
    assert since <= moment < until
    assert CALENDAR.expects(day)
