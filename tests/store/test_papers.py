"""Announcements as they came, and the papers merged from them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from newsletter.domain.papers import AnnounceType, Author
from newsletter.errors import StoreUnavailable
from newsletter.store import Database, SqlStore
from tests.store.conftest import NOW
from tests.support.doubles import MONDAY, announced, paper, paper_id, summary

TUESDAY = MONDAY + timedelta(days=1)


def test_what_was_announced_is_found_again_as_it_came(store: SqlStore) -> None:
    awkward = paper(
        1,
        title="Über 数学 \x00 “quotes” \U0001d54f",
        authors=(Author("Ada", "Somewhere, Else"), Author("The Team")),
        categories=("cs.CL", "cs.AI"),
        links={"abs": "https://example.org/abs"},
        submitted=NOW,
        upvotes=0,
    )
    told = announced(awkward)
    assert store.papers.add([told]) == 1
    assert list(store.papers.announced(MONDAY, MONDAY)) == [(awkward, (told,))]
    assert store.papers.get([paper_id(1), paper_id(9)]) == {paper_id(1): awkward}


def test_adding_again_changes_nothing_and_counts_nothing(store: SqlStore) -> None:
    both = [announced(1), announced(2, kind=AnnounceType.CROSS)]
    assert store.papers.add(both) == 2
    before = list(store.papers.announced(MONDAY, MONDAY))
    assert store.papers.add(both) == 0
    assert store.papers.add([*both, *both, announced(3)]) == 1
    assert list(store.papers.announced(MONDAY, MONDAY))[:2] == before


def test_nothing_to_add_is_nothing(store: SqlStore) -> None:
    assert store.papers.add([]) == 0
    assert list(store.papers.announced(MONDAY, MONDAY)) == []


def test_an_announcement_that_comes_again_in_another_form_replaces_the_earlier_one(store: SqlStore) -> None:
    store.papers.add([announced(paper(1, title="Tilte"))])
    store.papers.add([announced(paper(1, title="Title"))])
    [(merged, told)] = store.papers.announced(MONDAY, MONDAY)
    assert merged.title == "Title"
    assert [a.paper.title for a in told] == ["Title"]


def test_every_announcement_of_a_paper_is_kept_and_the_paper_is_one(store: SqlStore) -> None:
    first = announced(1, feed="cs.CL")
    second = announced(1, feed="cs.AI", kind=AnnounceType.CROSS)
    third = announced(paper(1, upvotes=7, version=None), source="hf-daily", feed="", kind=AnnounceType.FEATURED)
    for one in (third, first, second):
        store.papers.add([one])
    [(merged, told)] = store.papers.announced(MONDAY, MONDAY)
    assert (merged.version, merged.upvotes) == (1, 7)
    assert told == (second, first, third)  # by day, source, feed and kind, in whatever order they came


def test_days_are_taken_with_both_ends_and_announcements_of_other_days_left_out(store: SqlStore) -> None:
    days = [MONDAY + timedelta(days=n) for n in range(4)]
    for n, day in enumerate(days):
        store.papers.add([announced(n, day), announced(100, day)])
    found = {merged.id: [a.day for a in told] for merged, told in store.papers.announced(days[1], days[2])}
    assert found == {paper_id(1): [days[1]], paper_id(2): [days[2]], paper_id(100): [days[1], days[2]]}


def test_the_paper_is_merged_from_all_days_even_if_one_day_is_asked_for(store: SqlStore) -> None:
    store.papers.add([announced(paper(1, version=1, title="First"))])
    store.papers.add([announced(paper(1, version=2, title="Second"), TUESDAY, kind=AnnounceType.REPLACE)])
    [(merged, told)] = store.papers.announced(MONDAY, MONDAY)
    assert (merged.title, merged.version) == ("Second", 2)
    assert [a.paper.version for a in told] == [1]


@contextmanager
def missing(database: Database, table: str) -> Iterator[None]:
    def rename(before: str, after: str) -> None:
        with database.write() as connection:
            connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))

    rename(table, "elsewhere")
    try:
        yield
    finally:
        rename("elsewhere", table)


def test_if_what_came_with_a_paper_cannot_be_kept_nothing_is(database: Database, store: SqlStore) -> None:
    with missing(database, "summary"), pytest.raises((StoreUnavailable, DBAPIError), match="summary"):
        store.papers.add([announced(1, summaries=(summary(1, engine="file"),))])
    assert store.papers.get([paper_id(1)]) == {}
    assert list(store.papers.announced(MONDAY, MONDAY)) == []


def test_summaries_that_come_with_a_paper_are_kept_under_their_key(store: SqlStore) -> None:
    mine = summary(1, "zh-Hans", "file", title="标题")
    told = announced(1, source="files", feed="papers.jsonl", summaries=(mine,))
    store.papers.add([told])
    store.papers.add([told])
    assert store.summaries.of([paper_id(1)]) == {paper_id(1): (mine,)}
    assert [a.summaries for _, (a,) in store.papers.announced(MONDAY, MONDAY)] == [(mine,)]


def test_a_file_that_is_read_again_brings_its_corrected_summary_and_takes_none_away(store: SqlStore) -> None:
    first, corrected = summary(1, "zh-Hans", "file"), summary(1, "zh-Hans", "file", tldr="better")
    store.papers.add([announced(1, source="files", summaries=(first,))])
    store.papers.add([announced(1, source="files", summaries=(corrected,))])
    assert store.summaries.of([paper_id(1)]) == {paper_id(1): (corrected,)}
    store.papers.add([announced(1, source="files")])
    assert store.summaries.of([paper_id(1)]) == {paper_id(1): (corrected,)}
    [(_, (told,))] = store.papers.announced(MONDAY, MONDAY)
    assert told.summaries == ()


def test_more_papers_than_one_statement_takes_are_added_and_read(store: SqlStore) -> None:
    many = [announced(n) for n in range(2500)]
    assert store.papers.add(many) == 2500
    assert len(store.papers.get([a.paper_id for a in many])) == 2500
    assert [merged.id for merged, _ in store.papers.announced(MONDAY, MONDAY)] == [a.paper_id for a in many]


def test_reading_may_stop_half_way_and_writing_goes_on(store: SqlStore) -> None:
    store.papers.add([announced(n) for n in range(10)])
    reading = store.papers.announced(MONDAY, MONDAY)
    next(reading)
    assert store.papers.add([announced(11)]) == 1
    assert len(list(reading)) >= 9


def test_what_a_feed_told_is_known_by_day_without_reading_any_text(store: SqlStore) -> None:
    first, second = announced(1, feed="cs.CL"), announced(2, feed="cs.AI", kind=AnnounceType.CROSS)
    store.papers.add([first, second, replace(first, day=TUESDAY)])
    told = store.papers.told(first.source, "cs.CL", MONDAY, TUESDAY)
    assert told == {MONDAY: {(paper_id(1), first.kind)}, TUESDAY: {(paper_id(1), first.kind)}}
    assert store.papers.told(first.source, "cs.AI", MONDAY, MONDAY) == {MONDAY: {(paper_id(2), AnnounceType.CROSS)}}
    assert store.papers.told("another", "cs.CL", MONDAY, TUESDAY) == {}
