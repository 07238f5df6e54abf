"""A feed that shows an earlier day's listing again is found out, whatever date it bears."""

from datetime import date

from newsletter.domain.issues.calendar import Expectation
from newsletter.domain.issues.listings import Told, as_repeated, repeated_day
from newsletter.domain.papers import Announcement, AnnounceType, Collected, Listing, ListingStatus, Paper, PaperId

FRIDAY, MONDAY = date(2026, 6, 19), date(2026, 6, 22)


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
    assert "repeats the listing of 2026-06-19" in again.listing.note
    assert [a.day for a in again.announcements] == [FRIDAY]


def test_on_a_weekend_it_is_as_expected() -> None:
    listing = Listing(source="arxiv-rss", feed="cs.CL", day=date(2026, 6, 20), status=ListingStatus.FRESH)
    again = as_repeated(Collected(listing), FRIDAY, Expectation(expected=False, reason="it is Saturday"))
    assert again.listing.status is ListingStatus.NONE_EXPECTED
    assert "it is Saturday" in again.listing.note
