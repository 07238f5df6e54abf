"""Frozen issues: drafts, revisions, what is published, and which papers had their day."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite

from newsletter.domain.issues import Edition, Issue, IssueKey, IssuePaper, IssueState, IssueStatus
from newsletter.errors import IssueMissing, IssuePublished
from newsletter.formats import freeze_issue
from newsletter.formats.issue_codec import issue_hash
from newsletter.store import SqlStore
from newsletter.store import issues as issues_module
from tests.support.databases import new_database
from tests.support.doubles import MONDAY, announced, listing, paper, paper_id, summary

KEY = IssueKey(MONDAY)
FROZEN = datetime(2026, 6, 1, 6, tzinfo=UTC)
LATER = FROZEN + timedelta(hours=1)
DRAFT, APPROVED, PUBLISHED = IssueState.DRAFT, IssueState.APPROVED, IssueState.PUBLISHED


def issue(*numbers: int, key: IssueKey = KEY, revision: int = 1) -> Issue:
    papers = tuple(
        IssuePaper(paper=paper(n), notices=(announced(n, key.day).notice,), summaries={"en": summary(n)})
        for n in numbers
    )
    content = Issue(key=key, title="The day", languages=("en",), papers=papers, listings=(listing(),))
    return freeze_issue(content, at=FROZEN, revision=revision)


def test_an_issue_is_found_again_with_its_hash(store: SqlStore) -> None:
    store.issues.save(issue(1, 2))
    found = store.issues.get(KEY)
    assert found == issue(1, 2)
    assert found is not None
    assert found.hash == issue_hash(found)
    assert store.issues.status(KEY) == IssueStatus(KEY, 1, DRAFT, found.hash, 2, FROZEN)


def test_where_there_is_no_issue_there_is_none(store: SqlStore) -> None:
    assert store.issues.get(KEY) is None
    assert store.issues.status(KEY) is None
    assert store.issues.archive() == ()
    with pytest.raises(IssueMissing, match="no revision 1 of issue 2026-06-01"):
        store.issues.mark(KEY, 1, PUBLISHED, LATER)


def test_an_issue_that_was_never_frozen_is_not_kept(store: SqlStore) -> None:
    unfrozen = Issue(key=KEY, title="The day", languages=("en",), papers=())
    with pytest.raises(ValueError, match="never frozen"):
        store.issues.save(unfrozen)


@pytest.mark.parametrize("state", [DRAFT, APPROVED])
def test_a_draft_is_replaced_and_needs_approval_again(store: SqlStore, state: IssueState) -> None:
    store.issues.save(issue(1, 2))
    store.issues.mark(KEY, 1, state, LATER)
    store.issues.save(issue(3))
    assert store.issues.get(KEY) == issue(3)
    status = store.issues.status(KEY)
    assert status is not None
    assert (status.state, status.papers, status.published_at) == (DRAFT, 1, None)


def test_what_is_published_never_changes(store: SqlStore) -> None:
    store.issues.save(issue(1))
    store.issues.mark(KEY, 1, PUBLISHED, LATER)
    with pytest.raises(IssuePublished, match="compose a new revision"):
        store.issues.save(issue(2))
    for state in IssueState:
        with pytest.raises(IssuePublished, match="is published already"):
            store.issues.mark(KEY, 1, state, LATER + timedelta(days=1))
    assert store.issues.get(KEY) == issue(1)
    assert store.issues.status(KEY) == IssueStatus(KEY, 1, PUBLISHED, issue(1).hash, 1, FROZEN, LATER)


def test_a_correction_is_a_new_revision_beside_the_published_one(store: SqlStore) -> None:
    store.issues.save(issue(1))
    store.issues.mark(KEY, 1, PUBLISHED, LATER)
    store.issues.save(issue(2, revision=2))
    assert store.issues.get(KEY) == issue(2, revision=2)
    assert store.issues.get(KEY, 1) == issue(1)
    assert store.issues.get(KEY, 3) is None
    status = store.issues.status(KEY)
    assert status is not None
    assert (status.revision, status.state) == (2, DRAFT)


def test_the_archive_has_the_newest_revision_of_every_issue_newest_first(store: SqlStore) -> None:
    tuesday, weekly = IssueKey(MONDAY + timedelta(days=1)), IssueKey(MONDAY, Edition.WEEKLY)
    for one in (issue(1), issue(2, key=tuesday), issue(1, key=weekly), issue(3, revision=2)):
        store.issues.save(one)
    store.issues.mark(KEY, 1, PUBLISHED, LATER)
    store.issues.mark(weekly, 1, PUBLISHED, LATER)
    assert [(s.key, s.revision) for s in store.issues.archive()] == [(tuesday, 1), (KEY, 2), (weekly, 1)]
    assert [(s.key, s.revision) for s in store.issues.archive(state=PUBLISHED)] == [(KEY, 1), (weekly, 1)]
    assert [s.key for s in store.issues.archive(limit=1)] == [tuesday]


def test_what_is_published_in_one_rhythm_is_listed_from_day_to_day(store: SqlStore) -> None:
    days = [MONDAY + timedelta(days=n) for n in range(4)]
    for day in days:
        for edition in Edition:
            key = IssueKey(day, edition)
            store.issues.save(issue(1, key=key))
            store.issues.mark(key, 1, PUBLISHED, LATER)
    store.issues.save(issue(1, 2, key=IssueKey(days[1]), revision=2))
    store.issues.mark(IssueKey(days[1]), 2, PUBLISHED, LATER)
    store.issues.save(issue(1, 2, 3, key=IssueKey(days[1]), revision=3))  # a draft
    store.issues.save(issue(1, key=IssueKey(days[3] + timedelta(days=1))))

    def listed(**bounds: Any) -> list[tuple[date, int]]:
        found = store.issues.published(Edition.DAILY, **({"limit": 9} | bounds))
        assert all(one.state is PUBLISHED and one.key.edition is Edition.DAILY for one in found)
        return [(one.key.day, one.revision) for one in found]

    everything = [(days[3], 1), (days[2], 1), (days[1], 2), (days[0], 1)]
    assert listed() == everything
    assert listed(forward=True) == everything[::-1]
    assert listed(limit=2) == everything[:2]
    assert listed(until=days[2], since=days[1]) == everything[1:3]
    assert listed(since=days[1], forward=True, limit=1) == [(days[1], 2)]
    assert listed(until=MONDAY - timedelta(days=1)) == []


def test_a_paper_is_issued_if_it_stands_in_another_daily_issue(store: SqlStore) -> None:
    tuesday = IssueKey(MONDAY + timedelta(days=1))
    store.issues.save(issue(1, 2))
    store.issues.save(issue(3, key=IssueKey(MONDAY, Edition.WEEKLY)))
    asked = [paper_id(n) for n in (1, 3, 4)]
    assert store.issues.issued(asked, other_than=tuesday) == {paper_id(1)}
    assert store.issues.issued(asked, other_than=KEY) == frozenset()
    assert store.issues.issued([], other_than=tuesday) == frozenset()


def test_the_issues_that_show_a_paper_are_known(store: SqlStore) -> None:
    weekly = IssueKey(MONDAY, Edition.WEEKLY)
    store.issues.save(issue(1, 2))
    store.issues.save(issue(1, key=weekly))
    store.issues.leave_out(KEY, [paper_id(3)])
    asked = [paper_id(n) for n in (1, 2, 3, 4)]
    assert store.issues.holders(asked) == {paper_id(1): {KEY, weekly}, paper_id(2): {KEY}}
    assert store.issues.holders([]) == {}
    assert store.issues.holders([paper_id(n) for n in range(5000)]) == store.issues.holders(asked)


def test_a_draft_that_is_replaced_frees_the_papers_it_no_longer_has(store: SqlStore) -> None:
    tuesday = IssueKey(MONDAY + timedelta(days=1))
    store.issues.save(issue(1, 2))
    store.issues.save(issue(2, 3))
    assert store.issues.issued([paper_id(n) for n in (1, 2, 3)], other_than=tuesday) == {paper_id(2), paper_id(3)}


@pytest.mark.parametrize("state", [DRAFT, APPROVED])
def test_a_draft_that_is_withdrawn_leaves_nothing_behind(store: SqlStore, state: IssueState) -> None:
    tuesday = IssueKey(MONDAY + timedelta(days=1))
    store.issues.save(issue(1, 2))
    store.issues.leave_out(KEY, [paper_id(3)])
    store.issues.save(issue(4, key=tuesday))
    store.issues.mark(KEY, 1, state, LATER)
    assert store.issues.withdraw(KEY)
    assert store.issues.get(KEY) is None
    assert store.issues.issued([paper_id(1), paper_id(4)], other_than=IssueKey(date(2026, 6, 9))) == {paper_id(4)}
    assert store.issues.left_out(MONDAY, MONDAY) == frozenset()
    assert [s.key for s in store.issues.archive()] == [tuesday]
    assert not store.issues.withdraw(KEY)


def test_what_is_published_is_never_withdrawn(store: SqlStore) -> None:
    store.issues.save(issue(1, 2))
    store.issues.mark(KEY, 1, PUBLISHED, LATER)
    assert not store.issues.withdraw(KEY)
    store.issues.save(issue(2, 3, revision=2))
    assert store.issues.withdraw(KEY)
    assert store.issues.get(KEY) == issue(1, 2)
    asked = [paper_id(n) for n in (1, 2, 3)]
    assert store.issues.issued(asked, other_than=IssueKey(date(2026, 6, 9))) == {paper_id(1), paper_id(2)}


def test_thousands_of_papers_can_be_asked_for(store: SqlStore) -> None:
    store.issues.save(issue(*range(1200)))
    asked = [paper_id(n) for n in range(5000)]
    assert len(store.issues.issued(asked, other_than=IssueKey(date(2026, 6, 9)))) == 1200


def test_what_an_issue_left_out_is_kept_by_day_and_is_not_issued(store: SqlStore) -> None:
    tuesday = MONDAY + timedelta(days=1)
    store.issues.save(issue(1))
    store.issues.leave_out(KEY, [paper_id(2), paper_id(3)])
    store.issues.leave_out(IssueKey(tuesday), [paper_id(4)])
    store.issues.leave_out(IssueKey(MONDAY, Edition.WEEKLY), [paper_id(5)])
    assert store.issues.left_out(MONDAY, MONDAY) == {(MONDAY, paper_id(2)), (MONDAY, paper_id(3))}
    assert store.issues.left_out(MONDAY, tuesday) - store.issues.left_out(MONDAY, MONDAY) == {(tuesday, paper_id(4))}
    asked = [paper_id(n) for n in range(6)]
    assert store.issues.issued(asked, other_than=IssueKey(tuesday)) == {paper_id(1)}


def test_what_was_left_out_and_comes_in_is_not_left_out_any_more(store: SqlStore) -> None:
    store.issues.save(issue(1))
    store.issues.leave_out(KEY, [paper_id(2), paper_id(3)])
    store.issues.save(issue(1, 2))
    store.issues.leave_out(KEY, [paper_id(3)])
    store.issues.leave_out(KEY, [paper_id(1), paper_id(3)])
    assert store.issues.left_out(MONDAY, MONDAY) == {(MONDAY, paper_id(3))}
    assert store.issues.issued([paper_id(1), paper_id(2)], other_than=IssueKey(date(2026, 6, 9))) == {
        paper_id(1),
        paper_id(2),
    }


@pytest.mark.parametrize(
    "statement", [issues_module._PUBLISHED, issues_module._PUBLISHED_FORWARD, issues_module._newest(None)]
)
def test_no_list_of_issues_comes_past_their_content(tmp_path: Path, statement: Select[Any]) -> None:
    """An issue has a megabyte of it; to a column behind it SQLite comes through every page."""
    new_database(tmp_path / "newsletter.db").close()
    text = str(statement.compile(dialect=sqlite.dialect()))
    with closing(sqlite3.connect(tmp_path / "newsletter.db")) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", ["x"] * text.count("?"))]
    read = [step for step in plan if step.startswith(("SCAN", "SEARCH"))]
    assert read
    assert all("COVERING INDEX" in step for step in read), plan
