"""What a list of interests would have found in the last issues: as a digest would, and at a bounded cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from newsletter.domain.issues import Issue, IssueState, SelectionRequest
from newsletter.domain.matching import IssueSelector
from newsletter.errors import StoreError
from newsletter.services import interest_previews
from newsletter.services.held_issues import HeldIssues
from newsletter.services.interest_previews import InterestPreviews, PreviewedLine, PreviewedList, PreviewWish
from newsletter.store import Database, SqlStore
from tests.support.samples import make_issue, make_paper
from tests.support.web import CATALOGUE, make_held, make_store

FIRST = date(2026, 6, 1)
SUBJECTS = ("retrieval", "zebrafish", "diffusion model", "protein folding", "graph neural network")


@pytest.fixture
def store(database: Database) -> SqlStore:
    return make_store(database)


def publish(store: SqlStore, day: int, papers: int = 10) -> Issue:
    """An issue of papers about the subjects in turn, every fifth of each a survey."""
    entries = []
    for number in range(papers):
        subject = SUBJECTS[number % len(SUBJECTS)]
        kind = "A survey of" if number % 25 < 5 else "On"
        paper = make_paper(day * 1000 + number, title=f"{kind} {subject}, part {number}", abstract="We study it.")
        entries.append(replace(paper, summaries={}))
    issue = make_issue(entries, day=FIRST + timedelta(days=day), languages=("en",))
    assert issue.frozen_at is not None
    store.issues.save(issue)
    store.issues.mark(issue.key, issue.revision, IssueState.PUBLISHED, issue.frozen_at)
    return issue


def previews(store: SqlStore, held: HeldIssues | None = None) -> InterestPreviews:
    return InterestPreviews(store.issues, held or make_held(store), topics=tuple(CATALOGUE.expressions))


def steps(service: InterestPreviews, wish: PreviewWish) -> int:
    """Prepares, and says in how many steps."""
    number = 0
    while service.prepare(wish):
        number += 1
    return number


def preview(
    store: SqlStore, *interests: str, service: InterestPreviews | None = None, limit: int | None = None
) -> PreviewedList:
    service = service or previews(store)
    wish = service.look(interests, max_papers=limit)
    steps(service, wish)
    return service.result(wish)


def line(store: SqlStore, *interests: str) -> PreviewedLine:
    """The last line of a list."""
    return preview(store, *interests).lines[-1]


def days(shown: PreviewedList) -> list[int]:
    return [(status.key.day - FIRST).days for status in shown.issues]


def test_a_line_tells_what_it_brought_in_the_last_seven_issues_and_shows_three_of_it(store: SqlStore) -> None:
    for day in range(9):
        publish(store, day)
    shown = preview(store, "zebrafish")
    assert days(shown) == [8, 7, 6, 5, 4, 3, 2]
    assert shown.whole
    [only] = shown.lines
    assert only.line.found == 14
    assert shown.together.found == (2,) * 7
    assert shown.together.a_day == 2.0
    # the best of each of the newest issues
    assert [(one.issue.day - FIRST).days for one in only.examples] == [8, 7, 6]
    assert "zebrafish, part" in only.examples[0].title
    assert only.examples[0].slug == f"sample-2606-0{only.examples[0].id[-4:]}"


@pytest.mark.parametrize(
    "interests",
    [
        (),
        ("zebrafish",),
        ("zebrafish", "retrieval"),
        ("zebrafish OR retrieval", "-survey"),
        ("!survey",),
        ("zebrafish", "!survey"),
        ("-survey",),
        ("!survey", "!zebrafish"),
        ("(broken",),
        ("(broken", "-survey"),
        ("(broken", "zebrafish"),
        ("topic:fish", "-survey"),
        ("topic:none",),
        ("quasar",),
    ],
)
def test_together_lines_find_what_a_digest_would_have_found(store: SqlStore, interests: tuple[str, ...]) -> None:
    issues = [publish(store, day, papers=10 + 7 * day) for day in range(3)][::-1]
    shown = preview(store, *interests, limit=3)
    digests = [
        IssueSelector(issue, topics=CATALOGUE.expressions).select(SelectionRequest(interests, 3)) for issue in issues
    ]
    assert shown.together.found == tuple(digest.found for digest in digests)
    assert shown.together.mailed == tuple(map(len, digests))
    assert shown.together.mailed_a_day == sum(map(len, digests)) / 3


def test_an_exclusion_and_a_must_have_tell_what_they_took_from_the_list(store: SqlStore) -> None:
    publish(store, 1, papers=25)
    out = line(store, "zebrafish", "retrieval", "-survey")
    assert (out.line.excludes, out.line.found) == (True, 2)  # of five surveys, those that the list finds
    assert {example.title for example in out.examples} == {
        "A survey of retrieval, part 0",
        "A survey of zebrafish, part 1",
    }
    must = line(store, "zebrafish", "!survey")
    assert (must.line.must, must.line.found) == (True, 4)
    assert line(store, "zebrafish", "-quasar").line.is_dead


def test_lines_that_are_too_broad_dead_or_unreadable_are_told_apart(store: SqlStore) -> None:
    for day in range(4):
        publish(store, day)
    shown = preview(store, "zebrafish", "study", "quasar", "(broken", "topic:none", "rag, llm")
    lines = {one.line.text: one.line for one in shown.lines}
    assert [text for text, one in lines.items() if one.is_broad] == ["study"]
    assert [text for text, one in lines.items() if one.is_dead] == ["quasar", "topic:none", "rag, llm"]
    assert {text: str(one.problem) for text, one in lines.items() if one.problem} == {
        "(broken": "this bracket is never closed (at character 1)",
        "topic:none": "there is no topic “none”",
    }
    assert [str(note) for note in lines["rag, llm"].notes] == ["a list: read as rag OR llm"]


def test_a_line_that_stands_twice_counts_once_and_an_empty_one_not_at_all(store: SqlStore) -> None:
    publish(store, 1)
    assert [one.line.text for one in preview(store, "zebrafish", " ", "zebrafish", "a  b").lines] == [
        "zebrafish",
        "a b",
    ]


def test_topics_that_found_the_same_papers_are_suggested_unless_they_are_named(store: SqlStore) -> None:
    publish(store, 1, papers=25)
    [overlap] = preview(store, "zebrafish").topics
    assert (overlap.slug, overlap.found, overlap.shared) == ("fish", 5, 5)
    assert not preview(store, "zebrafish", "topic:fish").topics
    assert not preview(store, "-survey").topics
    assert not preview(store).topics


def test_without_any_issue_lines_are_read_all_the_same(store: SqlStore) -> None:
    shown = preview(store, "zebrafish", "(broken")
    assert (shown.issues, shown.together.a_day) == ((), 0.0)
    assert [one.line.problem is not None for one in shown.lines] == [False, True]
    assert not shown.lines[0].line.is_dead


def test_silent_issues_do_not_count_and_large_ones_only_as_far_as_they_are_held(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day, papers in enumerate((10, 0, 10, 10)):
        publish(store, day, papers=papers)
    assert days(preview(store, "zebrafish")) == [3, 2, 0]
    monkeypatch.setattr(interest_previews, "MOST_PAPERS", 25)
    assert days(preview(store, "zebrafish")) == [3, 2]
    monkeypatch.setattr(interest_previews, "MOST_PAPERS", 5)
    assert days(preview(store, "zebrafish")) == [3]  # one at least


def test_a_list_that_asks_for_much_is_looked_up_in_fewer_issues_and_says_so(store: SqlStore) -> None:
    for day in range(7):
        publish(store, day)
    long = [f"zebrafish AND word{number}" for number in range(400)]
    shown = preview(store, *long)
    assert (days(shown), shown.whole) == ([6, 5], False)
    beyond = preview(store, *long, *(f"other{number} AND word" for number in range(200)))
    assert [one.line.has_room for one in beyond.lines].count(False) == 100
    assert days(beyond) == [6, 5]


def test_long_lists_are_looked_up_in_steps_and_again_for_nothing(store: SqlStore) -> None:
    publish(store, 1)
    publish(store, 2)
    service = previews(store)
    wish = service.look([f"zebrafish AND word{number}" for number in range(100)])
    assert steps(service, wish) > 4  # reading two issues, and more than one step in each
    assert steps(service, wish) == 0
    # who adds a line pays for that line alone
    assert steps(service, service.look(["zebrafish AND word7", "retrieval"])) == 2


def test_what_was_pushed_out_meanwhile_is_looked_up_again(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(store, 1)
    monkeypatch.setattr(interest_previews, "_KEPT_FINDINGS", 1)
    service = previews(store)
    wish = service.look(["zebrafish", "retrieval"])
    service.prepare(wish)
    assert service.result(wish).together.found == (4,)


def test_the_tag_stands_for_lines_limit_and_issues(store: SqlStore) -> None:
    publish(store, 1)
    service = previews(store)

    def tag(interests: Sequence[str], limit: int | None = None) -> str:
        return service.look(interests, max_papers=limit).tag

    tags = {tag(["a"]), tag(["b"]), tag(["a", "b"]), tag(["b", "a"]), tag(["a"], 3)}
    assert len(tags) == 5
    assert tag(["a"]) in tags
    publish(store, 2)
    assert tag(["a"]) not in tags


def test_an_issue_that_is_gone_is_told(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(store, 1)
    service = previews(store)
    wish = service.look(["zebrafish"])
    monkeypatch.setattr(store.issues, "get", lambda *_: None)
    with pytest.raises(StoreError):
        service.prepare(wish)
