"""How much one reader may ask for, counted in terms, and what becomes of a list that asks for more."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.interests.term_budget import MOST_TERMS, excess, left_out, terms_at_most, terms_in
from newsletter.domain.issues import Issue, IssueKey, IssuePaper, SelectionRequest
from newsletter.domain.matching import IssueSelector
from newsletter.domain.papers import Paper, PaperId
from tests.support.recorded_day import real_lists
from tests.support.shared import needs_shared

HEAVY = "(model OR data OR learning) AND (tra* OR mod*)"


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("retrieval-augmented generation", 1),
        ('"world model" AND cat:cs.RO', 2),
        ("a ~ b", 2),
        ("transform*", 20),
        ("*bench", 20),
        ("A* search", 1),
        (HEAVY, 43),
        ("topic:rag", 1),
        ("-title:survey", 1),
        ("(broken", 1),
        ("x " * 6 + " " * 2_000 + "AND z", 4),
    ],
)
def test_terms_are_counted_from_the_text_alone(text: str, terms: int) -> None:
    assert terms_in(text) == terms


@given(st.text(st.sampled_from('ab *~()":-!^OR AND\n检'), max_size=60) | st.text(max_size=30))
def test_the_quick_count_is_never_too_low(text: str) -> None:
    assert terms_in(text) <= terms_at_most(text)


def test_a_list_that_asks_for_too_much_is_told_how_much_it_is_and_how_much_it_may_be() -> None:
    assert excess([f"word{n}" for n in range(MOST_TERMS)]) == ""
    reason = excess([HEAVY.replace("model", f"model{n}") for n in range(100)])
    assert "4,300 terms" in reason
    assert "1,000" in reason
    assert "leave some out" in reason
    assert "at least 10,000 terms" in excess([HEAVY] * 1_000)


def test_what_is_left_out_of_a_stored_list_stands_behind_the_first_that_is_too_much() -> None:
    interests = [f"{HEAVY} OR word{n}" for n in range(30)]
    assert left_out(interests) == interests[22:]  # 44 terms each
    assert not left_out(interests[:22])


@needs_shared
def test_the_lists_of_real_people_are_far_from_the_limit() -> None:
    for interests in real_lists():
        assert sum(map(terms_in, interests)) <= MOST_TERMS / 4
        assert not excess(interests)


def test_a_stored_list_that_is_too_much_is_used_as_far_as_it_goes_and_says_so() -> None:
    papers = tuple(IssuePaper(paper=Paper(id=PaperId(f"sample:{n}"), title=f"Word{n}")) for n in range(9))
    selector = IssueSelector(Issue(key=IssueKey(date(2026, 6, 2)), title="", languages=("en",), papers=papers))
    interests = ("word1", *(f"{HEAVY} OR other{n}" for n in range(40)), "word2")
    request = SelectionRequest(interests)
    assert selector.select(request).places == (1,)
    assert [s.places for s in selector.select_many([request, SelectionRequest(("word2",))])] == [(1,), (2,)]
    assert list(selector.matches_many([SelectionRequest(interests[1:]), request])) == [False, True]
    (problem,) = selector.problems(interests)
    assert "1,762 terms" in problem
    assert "the last 19 of 42 find nothing" in problem
