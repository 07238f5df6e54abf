"""Days without papers: told only where it is certain that there are none, with the reason and the next day."""

from __future__ import annotations

from datetime import date

import pytest

from newsletter.domain.issues.calendar import AnnouncementCalendar
from newsletter.domain.issues.silence import Silence, explain_silence
from newsletter.domain.papers import Listing, ListingStatus
from tests.support.doubles import listing

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 11, day) for day in (27, 28, 29, 30))
CALENDAR = AnnouncementCalendar({date(2026, 11, 26): "Thanksgiving", date(2026, 12, 24): "Christmas"})
NONE = ListingStatus.NONE_EXPECTED


def quiet(day: date, source: str = "arxiv-rss", status: ListingStatus = NONE) -> Listing:
    return listing(day=day, status=status, source=source)


@pytest.mark.parametrize("day", [SATURDAY, SUNDAY])
def test_a_weekend_is_silent_until_monday(day: date) -> None:
    assert explain_silence(day, [quiet(day)], CALENDAR) == Silence(MONDAY)


def test_a_holiday_is_named_and_the_weekend_after_it_is_passed_over() -> None:
    assert explain_silence(FRIDAY, [quiet(FRIDAY)], CALENDAR) == Silence(MONDAY, "Thanksgiving")


def test_a_holiday_after_a_weekend_is_passed_over_too() -> None:
    calendar = AnnouncementCalendar({SUNDAY: "A day off"})
    assert explain_silence(SATURDAY, [quiet(SATURDAY)], calendar) == Silence(date(2026, 12, 1))


@pytest.mark.parametrize("status", [status for status in ListingStatus if status is not NONE])
def test_one_feed_that_may_have_papers_is_enough_to_say_nothing(status: ListingStatus) -> None:
    listings = [quiet(SATURDAY), quiet(SATURDAY, "hf-daily", status)]
    assert explain_silence(SATURDAY, listings, CALENDAR) is None


def test_a_working_day_has_no_reason_to_give() -> None:
    assert explain_silence(MONDAY, [quiet(MONDAY)], CALENDAR) is None


def test_a_day_that_was_not_collected_is_not_silent() -> None:
    assert explain_silence(SATURDAY, [], CALENDAR) is None


@pytest.mark.parametrize("source", ["arxiv-rss", "arxiv-api", "arxiv-oai"])
def test_every_source_of_arxivs_follows_its_calendar(source: str) -> None:
    assert explain_silence(SATURDAY, [quiet(SATURDAY, source)], CALENDAR) == Silence(MONDAY)


@pytest.mark.parametrize("source", ["feed", "files", "hf-daily"])
def test_a_source_that_does_not_follow_the_calendar_is_silent_only_beside_one_that_does(source: str) -> None:
    assert explain_silence(SATURDAY, [quiet(SATURDAY, source)], CALENDAR) is None
    assert explain_silence(SATURDAY, [quiet(SATURDAY, source), quiet(SATURDAY)], CALENDAR) == Silence(MONDAY)
