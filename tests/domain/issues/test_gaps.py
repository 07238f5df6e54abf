"""Gaps: what feeds left out on the last days, and which lists are read once more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from newsletter.domain.issues.calendar import AnnouncementCalendar
from newsletter.domain.issues.gaps import Gap, find_gaps, unsettled
from newsletter.domain.papers import Listing, ListingStatus
from tests.support.doubles import listing

FRIDAY = date(2026, 6, 12)
CL = ("arxiv-rss", "cs.CL")
CALENDAR = AnnouncementCalendar({date(2026, 6, 10): "A holiday"})
STALE, FAILED, FRESH = ListingStatus.STALE, ListingStatus.FAILED, ListingStatus.FRESH


def days(last: int, status: ListingStatus = FRESH, **fields: object) -> list[Listing]:
    """The outcomes of every working day from 1 June to this one, without the morning after the holiday."""
    every = (date(2026, 6, n) for n in range(1, last + 1))
    return [listing("cs.CL", day, status, **fields) for day in every if CALENDAR.expects(day)]


def gaps(*listings: Listing, day: date = FRIDAY, feed: tuple[str, str] = CL) -> list[tuple[int, str | None]]:
    return [(gap.day.day, gap.status) for gap in find_gaps(listings, {feed}, day, CALENDAR)]


def test_what_was_read_leaves_no_gap() -> None:
    assert gaps(*days(10)) == []


@pytest.mark.parametrize("status", [STALE, FAILED])
def test_a_feed_that_could_not_be_read_is_a_gap_for_a_week(status: ListingStatus) -> None:
    bad = listing("cs.CL", date(2026, 6, 3), status, note="it was out of order")
    read = [x for x in days(19) if x.day != bad.day]
    for n in (4, 9, 10):
        assert gaps(*read, bad, day=date(2026, 6, n)) == [(3, status)]
    assert gaps(*read, bad, day=date(2026, 6, 11)) == []


@pytest.mark.parametrize("kind", ["arxiv-oai", "arxiv-api"])
def test_another_source_of_arxivs_closes_it_and_no_other_does(kind: str) -> None:
    bad = listing("cs.CL", date(2026, 6, 9), FAILED)
    read = [x for x in days(10) if x.day != bad.day]
    told = listing("cs.CL", date(2026, 6, 9), FRESH, source=kind)
    assert gaps(*read, bad, told) == []
    assert gaps(*read, bad, listing("cs.AI", date(2026, 6, 9), FRESH, source=kind)) == [(9, FAILED)]
    assert gaps(*read, bad, listing("cs.CL", date(2026, 6, 9), FRESH, source="hf-daily")) == [(9, FAILED)]


def test_a_day_on_which_the_job_did_not_run_is_a_gap_where_something_is_expected() -> None:
    """Not on the weekend, not on the morning after a holiday, and not before the feed was read for the first time."""
    assert gaps(*days(5)) == [(8, None), (9, None), (10, None)]
    assert gaps(listing("cs.CL", date(2026, 6, 9))) == [(10, None)]
    assert gaps() == []
    assert gaps(listing("", date(2026, 6, 9), source="hf-daily"), feed=("hf-daily", "")) == [(10, None), (11, None)]
    assert gaps(listing("", date(2026, 6, 4), source="hf-daily"), feed=("hf-daily", "")) == [
        *[(5, None), (8, None), (9, None), (10, None), (11, None)]
    ], "nothing on Saturday the 6th and Sunday the 7th"
    assert gaps(listing("blog", date(2026, 6, 9), source="feed"), feed=("feed", "blog")) == []


def test_a_feed_that_is_read_no_more_leaves_no_gap() -> None:
    assert find_gaps([listing("cs.CL", date(2026, 6, 9), FAILED)], set(), FRIDAY, CALENDAR) == ()


def test_a_gap_says_what_becomes_of_it() -> None:
    gap = Gap(date(2026, 6, 5), *CL, STALE, "the feed is empty")
    command = "`newsletter collect --from 2026-06-05 --to 2026-06-05`"
    told = gap.told(date(2026, 6, 8))
    assert (
        told == f"arxiv-rss cs.CL of 2026-06-05: stale, the feed is empty; asked again until 2026-06-12, or {command}"
    )
    assert gap.told(FRIDAY).endswith(f"given up now, or {command}")
    assert "not collected; asked again" in Gap(date(2026, 6, 5), *CL).told(date(2026, 6, 8))


def test_a_list_that_fills_in_the_course_of_its_day_is_read_again_on_the_next_run_and_until_it_was_over() -> None:
    def read(day: int, hour: int, after: int = 0) -> Listing:
        at = datetime(2026, 6, day, hour, tzinfo=UTC) + timedelta(days=after)
        return listing("", date(2026, 6, day), source="hf-daily", fetched_at=at)

    hf = ("hf-daily", "")
    known = [read(8, 9), read(9, 9, after=1), read(10, 9), read(11, 9, after=1)]
    at_midnight = [read(9, 0, after=1), read(11, 9)]
    assert [day.day for day, _ in unsettled(at_midnight, {hf}, FRIDAY)] == [11], "at midnight the day is over"
    around = [read(4, 9), read(5, 9), read(11, 9), read(12, 9)]
    assert [day.day for day, _ in unsettled(around, {hf}, FRIDAY)] == [5, 11], "for a week, and today's is read anyway"
    assert [day.day for day, _ in unsettled(known, {hf}, FRIDAY)] == [8, 10, 11]
    assert unsettled(known, set(), FRIDAY) == ()
    assert unsettled(days(11), {CL}, FRIDAY) == ()
