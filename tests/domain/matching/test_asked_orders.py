"""The order that a reader asks for, and the number of papers that they wait for."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from newsletter.domain.issues import Issue, IssueKey, IssuePaper, PaperOrder, SelectionRequest
from newsletter.domain.matching.selector import IssueSelector
from newsletter.domain.papers import AnnounceType, Notice, Paper, PaperId

DAY = date(2026, 6, 2)
WORDS = ("agents", "retrieval", "gardens", "fragments")


def _paper(number: int, chance: random.Random) -> IssuePaper:
    title = " ".join(chance.choices(WORDS, k=chance.randint(1, 4)))
    upvotes = chance.choice([None, 0, 3, 8, 21])
    notice = Notice(DAY - timedelta(days=chance.randint(0, 2)), "arxiv-rss", "cs.CL", AnnounceType.NEW, 1)
    return IssuePaper(paper=Paper(id=PaperId(f"sample:{number:02}"), title=title, upvotes=upvotes), notices=(notice,))


@pytest.fixture(scope="module")
def issue() -> Issue:
    chance = random.Random(4)
    papers = tuple(_paper(number, chance) for number in chance.sample(range(60), 60))
    return Issue(key=IssueKey(DAY), title="A day", languages=("en",), papers=papers)


def _upvotes(entry: IssuePaper) -> tuple[int]:
    return (entry.paper.upvotes or 0,)


def _age(entry: IssuePaper) -> tuple[date, str]:
    return entry.notices[0].day, entry.id


@pytest.mark.parametrize("interests", [(), ("agents",), ("agents", "gardens", "-fragments"), ("!retrieval", "agents")])
@pytest.mark.parametrize("limit", [None, 1, 7, 60])
def test_what_stands_first_is_what_was_asked_for_and_of_equals_the_better(
    issue: Issue, interests: tuple[str, ...], limit: int | None
) -> None:
    selector = IssueSelector(issue)
    best = selector.select(SelectionRequest(interests))
    for order, key in ((PaperOrder.UPVOTES, _upvotes), (PaperOrder.NEWEST, _age)):
        asked = selector.select(SelectionRequest(interests, limit, order))
        # a stable sort of the best first: of equals the better stays in front
        wanted = sorted(best.picks, key=lambda pick: key(issue.papers[pick.index]), reverse=True)[:limit]
        assert [(p.index, p.score, p.matches) for p in asked.picks] == [(p.index, p.score, p.matches) for p in wanted]
        assert asked.found == best.found
        for section in asked.outline.sections:
            keys = [key(issue.papers[pick.index]) for pick in section.picks]
            assert keys == sorted(keys, reverse=True)


def test_many_readers_with_many_orders_get_what_each_would_get_alone(issue: Issue) -> None:
    requests = [
        SelectionRequest(interests, limit, order)
        for interests in ((), ("agents",), ("retrieval", "-gardens"))
        for limit in (None, 3)
        for order in PaperOrder
    ]
    together = [(s.places, s.found) for s in IssueSelector(issue).select_many(requests)]
    assert together == [(s.places, s.found) for s in map(IssueSelector(issue).select, requests)]
    assert len(set(together)) > len(PaperOrder)


@pytest.mark.parametrize("interests", [(), ("agents",), ("agents", "gardens"), ("agents", "-gardens"), ("zebrafish",)])
def test_more_than_a_number_is_counted_before_any_limit(issue: Issue, interests: tuple[str, ...]) -> None:
    selector = IssueSelector(issue)
    found = selector.select(SelectionRequest(interests)).found
    numbers = [0, 1, max(0, found - 1), found, found + 1]
    requests = [SelectionRequest(interests, 1, more_than=number) for number in numbers]
    assert list(selector.matches_many(requests)) == [found > number for number in numbers]
