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
    assert expectation.reason == f"it is {reason}"


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


def test_the_next_announcement_is_found_across_weekend_and_holiday() -> None:
    assert CALENDAR.next(date(2026, 6, 4)) == date(2026, 6, 5)
    assert CALENDAR.next(date(2026, 6, 5)) == date(2026, 6, 8)
    assert CALENDAR.next(THANKSGIVING) == date(2026, 11, 30)


def test_a_holiday_on_a_sunday_silences_monday_by_its_own_name() -> None:
    """arXiv's staff rests on both evenings: each morning after is silent, whatever Friday was."""
    calendar = AnnouncementCalendar({date(2026, 6, 21): "A Sunday off", date(2026, 6, 24): "A Wednesday off"})
    assert calendar.expects(date(2026, 6, 22)).holiday == "A Sunday off"
    assert calendar.expects(date(2026, 6, 25)).holiday == "A Wednesday off"
    assert [day.day for day in range_of(calendar)] == [19, 23, 24, 26]


def range_of(calendar: AnnouncementCalendar) -> list[date]:
    """The days with an announcement from Friday, 19 June 2026, for a week."""
    return list(calendar.days(date(2026, 6, 19), date(2026, 6, 26)))


def test_a_day_with_an_announcement_needs_no_reason() -> None:
    assert CALENDAR.expects(date(2026, 6, 1)).reason == ""


def test_a_weekend_has_no_window_of_submissions() -> None:
    """What comes then is announced on Tuesday: the window of Monday ended on Friday at 14:00."""
    for day in (date(2026, 6, 6), date(2026, 6, 7)):
        assert CALENDAR.submissions(day) == (utc("2026-06-05T18:00"), utc("2026-06-05T18:00"))


def test_days_of_a_span_leave_out_what_has_no_announcement() -> None:
    days = list(CALENDAR.days(date(2026, 11, 25), date(2026, 11, 30)))
    assert days == [date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 30)]


@pytest.mark.parametrize(
    ("today", "warns"),
    [(date(2026, 6, 1), False), (date(2026, 11, 30), False), (date(2026, 12, 1), True), (date(2027, 1, 2), True)],
)
def test_a_person_is_told_before_and_when_the_holidays_run_out(today: date, *, warns: bool) -> None:
    assert bool(CALENDAR.warning(today)) == warns


def test_the_warning_says_which_year_is_missing_and_where_it_is_published() -> None:
    page = "https://info.arxiv.org/help/availability.html"
    assert CALENDAR.warning(date(2026, 12, 1)) == (
        f"arXiv's holidays of 2027 are not known yet. Update the file of holidays from {page} before the year ends"
    )
    assert CALENDAR.warning(date(2027, 1, 2)) == (
        "arXiv's holidays are known up to 2026 only: a holiday will look like a stale feed. "
        f"Update the file of holidays from {page}"
    )


def test_no_data_at_all_does_not_warn_for_ever() -> None:
    assert not AnnouncementCalendar().warning(date(2030, 1, 1))


def test_the_evening_begins_at_eight_in_new_york() -> None:
    """20:00 Eastern (https://info.arxiv.org/help/availability.html): 00:00 UTC in summer, 01:00 in winter."""
    assert announcement_day(utc("2026-06-01T23:59:59")) == date(2026, 6, 1)
    assert announcement_day(utc("2026-06-02T00:00:00")) == date(2026, 6, 2)
    assert announcement_day(utc("2026-12-02T00:59:59")) == date(2026, 12, 1)
    assert announcement_day(utc("2026-12-02T01:00:00")) == date(2026, 12, 2)


def test_what_is_submitted_at_two_is_announced_a_day_after_what_came_before_two() -> None:
    """Wednesday, 14:00 Eastern is the deadline of that evening's announcement, which is Thursday's."""
    assert CALENDAR.announces(utc("2026-06-10T17:59:59")) == date(2026, 6, 11)
    assert CALENDAR.announces(utc("2026-06-10T18:00:00")) == date(2026, 6, 12)


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
