"""What editors wrote."""

from __future__ import annotations

from newsletter.domain.issues import Edition, IssueKey
from newsletter.domain.papers import IssueNote, PaperNote
from newsletter.store import SqlStore
from tests.support.doubles import MONDAY, paper_id

KEY = IssueKey(MONDAY)
ISSUE = IssueNote(preface={"en": "Hello", "zh-Hans": "你好"}, references=("https://example.org",))
PAPER = PaperNote(
    paper_id=paper_id(1),
    position=2,
    highlight=True,
    words={"en": {"tldr": "mine"}},
    links=(("site", "https://example.org"),),
    deep_dive="# More\n",
)


def test_where_nobody_wrote_there_are_empty_notes(store: SqlStore) -> None:
    assert store.notes.get(KEY) == (IssueNote(), {})


def test_notes_are_found_again_as_they_were_written(store: SqlStore) -> None:
    store.notes.put(KEY, ISSUE, [PAPER, PaperNote(paper_id=paper_id(2), drop=True)])
    issue, papers = store.notes.get(KEY)
    assert issue == ISSUE
    assert papers == {paper_id(1): PAPER, paper_id(2): PaperNote(paper_id=paper_id(2), drop=True)}


def test_putting_replaces_all_notes_of_that_issue_and_of_no_other(store: SqlStore) -> None:
    weekly = IssueKey(MONDAY, Edition.WEEKLY)
    store.notes.put(weekly, ISSUE, [PAPER])
    store.notes.put(KEY, ISSUE, [PAPER])
    store.notes.put(KEY, IssueNote(), [PaperNote(paper_id=paper_id(2))])
    assert store.notes.get(KEY) == (IssueNote(), {paper_id(2): PaperNote(paper_id=paper_id(2))})
    assert store.notes.get(weekly) == (ISSUE, {paper_id(1): PAPER})
