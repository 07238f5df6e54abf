"""Whether what a feed shows as today's is today's, and all of it, held against what it showed before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from newsletter.domain.issues.calendar import AnnouncementCalendar, Expectation
from newsletter.domain.issues.listings import (
    HISTORY,
    PAPERS,
    Told,
    Usual,
    as_repeated,
    as_short,
    damaged,
    family_of,
    repeated_day,
    settle_empty,
    unread,
    usual,
)
from newsletter.domain.papers import Announcement, AnnounceType, Collected, Listing, ListingStatus, Paper, PaperId

FRIDAY, MONDAY = date(2026, 6, 19), date(2026, 6, 22)
FRESH, STALE, FAILED, NONE = (
    ListingStatus.FRESH,
    ListingStatus.STALE,
    ListingStatus.FAILED,
    ListingStatus.NONE_EXPECTED,
)


def outcome(
    day: date,
    status: ListingStatus = ListingStatus.FRESH,
    *,
    source: str = "arxiv-rss",
    feed: str = "cs.CL",
    **fields: object,
) -> Listing:
    return Listing(source=source, feed=feed, day=day, status=status, **fields)  # type: ignore[arg-type]


def told(*numbers: int, kind: AnnounceType = AnnounceType.NEW) -> list[Announcement]:
    papers = [Paper(id=PaperId(f"arxiv:2606.{n:05}"), title="T") for n in numbers]
    return [Announcement(source="arxiv-rss", feed="cs.CL", day=MONDAY, kind=kind, paper=paper) for paper in papers]


def before(*numbers: int, kind: AnnounceType = AnnounceType.NEW) -> set[Told]:
    return {(PaperId(f"arxiv:2606.{n:05}"), kind) for n in numbers}


def test_the_same_papers_again_are_the_earlier_listing() -> None:
    earlier = {FRIDAY: before(*range(20)), date(2026, 6, 18): before(*range(20, 40))}
    assert repeated_day(told(*range(20)), earlier) == FRIDAY
    assert repeated_day(told(*range(19), 99), earlier) == FRIDAY


def test_new_papers_with_some_known_ones_are_a_new_listing() -> None:
    assert repeated_day(told(*range(10, 30)), {FRIDAY: before(*range(20))}) is None
    assert repeated_day(told(1, 2), {}) is None
    assert repeated_day([], {FRIDAY: before(1)}) is None


def test_replacements_recur_and_do_not_make_a_listing_a_repeated_one() -> None:
    replaced = told(*range(20), kind=AnnounceType.REPLACE)
    earlier = {FRIDAY: before(*range(20), kind=AnnounceType.REPLACE)}
    assert repeated_day([*replaced, *told(99)], earlier) is None
    assert repeated_day(replaced, earlier) == FRIDAY


def test_a_repeated_listing_is_stale_and_belongs_to_its_day() -> None:
    listing = Listing(source="arxiv-rss", feed="cs.CL", day=MONDAY, status=ListingStatus.FRESH)
    again = as_repeated(Collected(listing, tuple(told(1))), FRIDAY, Expectation(expected=True))
    assert again.listing.status is ListingStatus.STALE
    assert again.listing.note == (
        "repeats the listing of 2026-06-19; not announced yet, or a holiday that the calendar does not know"
    )
    assert [a.day for a in again.announcements] == [FRIDAY]


def test_on_a_weekend_it_is_as_expected() -> None:
    listing = Listing(source="arxiv-rss", feed="cs.CL", day=date(2026, 6, 20), status=ListingStatus.FRESH)
    again = as_repeated(Collected(listing), FRIDAY, Expectation(expected=False, reason="it is Saturday"))
    assert again.listing.status is ListingStatus.NONE_EXPECTED
    assert again.listing.note == "repeats the listing of 2026-06-19; it is Saturday"


# --- what cannot be read (rule 1) -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "rejected", "why"),
    [
        (0, 0, ""),
        (9, 0, ""),
        (1, 1, ""),
        (5, 4, ""),
        (4, 5, "only 4 of its 9 items could be read: its form has changed, or it is damaged"),
        (0, 3, "none of its 3 items could be read: its form has changed, or it is damaged"),
        (0, 1, "none of its 1 items could be read: its form has changed, or it is damaged"),
    ],
)
def test_a_feed_of_which_half_can_be_read_was_read(read: int, rejected: int, why: str) -> None:
    assert damaged(read, rejected) == why


def test_of_what_a_person_writes_one_readable_line_is_enough() -> None:
    assert damaged(1, 99, half=False) == ""
    assert damaged(0, 99, half=False).startswith("none of its 99 items")


# --- what nobody told (gaps) ------------------------------------------------------------------------------------------


def test_what_one_source_of_arxivs_told_the_others_need_not() -> None:
    assert family_of("arxiv-rss") == family_of("arxiv-api") == family_of("arxiv-oai")
    assert set(family_of("arxiv-rss")) == {"arxiv-rss", "arxiv-oai", "arxiv-api"}
    assert family_of("hf-daily") == ("hf-daily",)


def test_a_listing_that_failed_or_is_stale_is_unread_unless_another_source_told_the_same_feed_of_the_same_day() -> None:
    failed, stale = outcome(MONDAY, FAILED), outcome(MONDAY, STALE, feed="cs.AI")
    elsewhere = outcome(MONDAY, FRESH, source="arxiv-oai", feed="cs.AI")
    assert unread([failed, stale, outcome(FRIDAY), outcome(MONDAY, NONE, feed="cs.LG")]) == (failed, stale)
    assert unread([failed, stale, elsewhere]) == (failed,)
    assert unread([failed, stale, outcome(FRIDAY, FRESH, feed="cs.AI")]) == (failed, stale)


# --- what is repeated (rule 2) ----------------------------------------------------------------------------------------


def test_nine_papers_in_ten_are_enough_for_a_repeated_listing_and_fewer_are_not() -> None:
    earlier = {FRIDAY: before(*range(20))}
    assert repeated_day(told(*range(18), 98, 99), earlier) == FRIDAY
    assert repeated_day(told(*range(17), 97, 98, 99), earlier) is None


def test_of_two_days_that_it_repeats_it_is_the_one_it_repeats_best_and_then_the_later() -> None:
    thursday = date(2026, 6, 18)
    assert repeated_day(told(*range(10)), {thursday: before(*range(10)), FRIDAY: before(*range(9))}) == thursday
    assert repeated_day(told(*range(10)), {thursday: before(*range(10)), FRIDAY: before(*range(10))}) == FRIDAY


def test_the_same_paper_announced_otherwise_is_no_repetition() -> None:
    assert repeated_day(told(1, kind=AnnounceType.CROSS), {FRIDAY: before(1)}) is None
    assert repeated_day(told(1, kind=AnnounceType.CROSS), {FRIDAY: before(1, kind=AnnounceType.CROSS)}) == FRIDAY


def test_announcements_that_bear_another_day_than_the_listing_keep_it() -> None:
    own, other = told(1)[0], replace(told(2)[0], day=date(2026, 6, 17))
    again = as_repeated(Collected(outcome(MONDAY), (own, other)), FRIDAY, Expectation(expected=True))
    assert [a.day for a in again.announcements] == [FRIDAY, date(2026, 6, 17)]


# --- what is usual ----------------------------------------------------------------------------------------------------

CALENDAR = AnnouncementCalendar()
TUESDAY = date(2026, 6, 23)


def known(
    day: date,
    papers: Mapping[date, int],
    *more: Listing,
    source: str = "arxiv-rss",
    calendar: AnnouncementCalendar = CALENDAR,
) -> Usual:
    """What is usual on this day for a feed that had so many papers on these days."""
    feed = "" if source == "hf-daily" else "cs.CL"
    history = [outcome(x, source=source, feed=feed) for x in papers]
    today = outcome(day, source=source, feed=feed)
    return usual(today, [*history, *more], {(source, feed): papers}, calendar)


WEEK = {date(2026, 6, 15): 90, date(2026, 6, 16): 250, date(2026, 6, 17): 110, date(2026, 6, 18): 100, FRIDAY: 120}
"""Monday to Friday; Tuesday's papers came over the weekend."""


def test_a_working_day_is_held_against_working_days_and_tuesday_against_all_while_few_tuesdays_are_known() -> None:
    assert known(MONDAY, WEEK).counts == (90, 100, 110, 120)
    assert known(TUESDAY, WEEK).counts == (90, 100, 110, 120, 250)
    tuesdays = {date(2026, 6, 16): 250, date(2026, 6, 9): 230, date(2026, 6, 2): 240}
    assert known(TUESDAY, {**WEEK, **tuesdays}).counts == (230, 240, 250)
    assert known(TUESDAY, {**WEEK, date(2026, 6, 9): 230}).counts == (90, 100, 110, 120, 230, 250)


def test_a_day_after_a_holiday_in_the_week_is_held_against_days_after_holidays() -> None:
    """What was submitted on two days comes on one: on these Fridays, since Wednesday's evening was silent."""
    holidays = {date(2026, 6, day): "A Wednesday off" for day in (3, 10, 17, 24)}
    fridays = {date(2026, 6, 5): 200, date(2026, 6, 12): 210, FRIDAY: 220}
    papers = {**fridays, date(2026, 6, 15): 90, date(2026, 6, 17): 110, date(2026, 6, 10): 100}
    assert known(date(2026, 6, 26), papers, calendar=AnnouncementCalendar(holidays)).counts == (200, 210, 220)


def test_nothing_is_usual_before_three_days_are_known() -> None:
    assert known(MONDAY, {date(2026, 6, 17): 110, date(2026, 6, 18): 100}).counts == ()
    assert known(MONDAY, {date(2026, 6, 17): 110, date(2026, 6, 18): 100, FRIDAY: 120}).counts == (100, 110, 120)


def test_of_two_sources_that_told_of_a_day_the_one_that_told_more_told_all() -> None:
    days = (date(2026, 6, 17), date(2026, 6, 18), FRIDAY)
    counts = {("arxiv-rss", "cs.CL"): dict.fromkeys(days, 50), ("arxiv-oai", "cs.CL"): {FRIDAY: 80, days[0]: 20}}
    history = [*(outcome(x, source="arxiv-oai") for x in days), *(outcome(x) for x in days)]
    for order in (history, history[::-1]):
        assert usual(outcome(MONDAY), order, counts, CALENDAR).counts == (50, 50, 80)
    others = [outcome(x, feed="cs.AI") for x in days] + [outcome(x, source="hf-daily") for x in days]
    assert usual(outcome(MONDAY), others, counts, CALENDAR).counts == ()
    assert usual(outcome(MONDAY), [*others, *history], counts, CALENDAR).counts == (50, 50, 80)


def test_on_days_without_an_announcement_of_arxivs_nothing_is_usual_for_hugging_face() -> None:
    papers = {date(2026, 6, 17): 40, date(2026, 6, 18): 45, FRIDAY: 50, date(2026, 6, 16): 60}
    assert known(MONDAY, papers, source="hf-daily").counts == (40, 45, 50, 60)
    assert known(date(2026, 6, 20), papers, source="hf-daily").counts == ()
    assert known(date(2026, 6, 20), papers, source="feed").counts == (40, 45, 50, 60)


def test_a_feed_was_empty_on_a_day_of_which_nobody_told_more_since() -> None:
    empty = outcome(FRIDAY, STALE, announced=0)
    assert known(MONDAY, {date(2026, 6, 18): 5}, empty).was_empty
    assert not known(MONDAY, {FRIDAY: 5}, empty).was_empty, "another source has told since"
    assert known(MONDAY, {FRIDAY: 0}).was_empty
    assert usual(outcome(MONDAY), [outcome(FRIDAY)], {}, CALENDAR).was_empty, "no paper of it is stored"
    assert not known(MONDAY, {FRIDAY: 5}).was_empty
    for other in (outcome(FRIDAY, STALE, announced=3), outcome(FRIDAY, STALE), outcome(FRIDAY, FAILED, announced=0)):
        assert not known(MONDAY, {date(2026, 6, 18): 5}, other).was_empty


# --- what is short (rule 3) -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "is_many", "shortest"),
    [
        ((), False, 0),
        ((11, 11, 11), False, 0),
        ((12, 12, 12), True, 4),
        ((1, 90, 100), True, 30),
        ((10, 11, 300), False, 0),
    ],
)
def test_a_third_of_what_is_usual_is_enough_and_a_feed_with_few_papers_is_not_judged(
    counts: tuple[int, ...], is_many: bool, shortest: int
) -> None:
    """Of 12 papers 4 are enough, of 90 it is 30: below that a listing is cut off, or still filling."""
    on_a_day = Usual(counts)
    assert on_a_day.is_many is is_many
    assert not on_a_day.is_short(shortest)
    assert on_a_day.is_short(shortest - 1) is is_many


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((90, 100, 120), "90 to 120 are usual"),
        ((90, 90, 90), "90 are usual"),
        ((1, 90, 91, 92, 93, 94, 95), "1 to 95 are usual"),
        ((1, 90, 91, 92, 93, 94, 95, 500), "90 to 95 are usual"),
    ],
)
def test_what_is_usual_is_told_without_an_eighth_of_the_days_at_either_end(
    counts: tuple[int, ...], expected: str
) -> None:
    assert Usual(counts).told == expected


def test_a_short_listing_is_stale_and_one_that_is_asked_for_late_is_all_there_is() -> None:
    collected, on_a_day = Collected(outcome(MONDAY, note="a note"), tuple(told(1, 2, 3))), Usual((12, 12, 14))
    short = as_short(collected, on_a_day, late=False).listing
    assert short.status is STALE
    assert short.note == "3 papers where 12 to 14 are usual: cut off, or still filling; a note"
    late = as_short(collected, on_a_day, late=True).listing
    assert (late.status, late.note) == (FRESH, "3 papers where 12 to 14 are usual; a note")
    one = Collected(outcome(MONDAY), tuple(told(1)))
    assert as_short(one, on_a_day, late=True).listing.note == "1 paper where 12 to 14 are usual"


def test_only_papers_that_are_new_crosslisted_or_featured_on_the_day_itself_are_counted() -> None:
    on_a_day = Usual((12, 12, 12))
    new, cross, featured = told(1)[0], told(2, kind=AnnounceType.CROSS)[0], told(3, kind=AnnounceType.FEATURED)[0]
    enough = Collected(outcome(MONDAY), (new, cross, featured, told(4)[0]))
    assert as_short(enough, on_a_day, late=False) == enough
    for other in (told(4, kind=AnnounceType.REPLACE)[0], replace(told(4)[0], day=FRIDAY), new):
        short = Collected(outcome(MONDAY), (new, cross, featured, other))
        assert as_short(short, on_a_day, late=False).listing.status is STALE
    for status in (STALE, FAILED, NONE):
        other_end = Collected(outcome(MONDAY, status))
        assert as_short(other_end, on_a_day, late=False) == other_end


# --- what is empty (rule 4) -------------------------------------------------------------------------------------------

EMPTY = Listing(source="arxiv-rss", feed="econ.EM", day=MONDAY, status=ListingStatus.STALE, announced=0, note="empty")
SPOKE = Listing(source="arxiv-oai", feed="cs.CL", day=MONDAY, status=ListingStatus.FRESH, collected=1)
FEW_AND_EMPTY_BEFORE = Usual((1, 2, 3), was_empty=True)


def test_an_empty_feed_that_was_empty_before_has_nothing_today_once_others_have_announced() -> None:
    settled = settle_empty(EMPTY, FEW_AND_EMPTY_BEFORE, [EMPTY, SPOKE], late=False)
    assert (settled.status, settled.note) == (FRESH, "nothing in this feed today")
    never = settle_empty(EMPTY, Usual((1, 2, 3)), [SPOKE], late=True)
    assert (never.status, never.note) == (FRESH, "nothing in this feed today"), "what is asked late is all there is"


def test_an_empty_feed_that_never_was_or_that_has_many_is_doubted() -> None:
    doubt = "the feed is empty though others have announced; "
    assert settle_empty(EMPTY, Usual((1, 2, 3)), [SPOKE], late=False) == replace(EMPTY, note=f"{doubt}1 to 3 are usual")
    many = Usual((12, 14, 16), was_empty=True)
    assert settle_empty(EMPTY, many, [SPOKE], late=True) == replace(EMPTY, note=f"{doubt}12 to 16 are usual")
    assert settle_empty(EMPTY, Usual(), [SPOKE], late=False).note == f"{doubt}too little is known of its earlier days"


def test_while_no_other_of_its_source_has_announced_an_empty_feed_stays_as_it_is() -> None:
    for others in (
        [],
        [EMPTY],
        [replace(SPOKE, collected=0)],
        [replace(SPOKE, status=ListingStatus.STALE)],
        [replace(SPOKE, source="hf-daily")],
    ):
        assert settle_empty(EMPTY, FEW_AND_EMPTY_BEFORE, others, late=False) == EMPTY


def test_a_feed_that_is_stale_for_another_reason_is_not_settled() -> None:
    for listing in (
        replace(EMPTY, announced=3),
        replace(EMPTY, announced=None),
        replace(EMPTY, status=ListingStatus.FAILED),
    ):
        assert settle_empty(listing, FEW_AND_EMPTY_BEFORE, [SPOKE], late=False) == listing


def test_six_weeks_of_a_feed_are_looked_at_and_replacements_are_never_counted() -> None:
    """Six weeks hold six Tuesdays, of which three must be known; a month would not after a holiday or two."""
    assert timedelta(days=42) == HISTORY
    assert set(PAPERS) == set(AnnounceType) - {AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS}
