"""How much one reader may ask for, counted in terms, and what becomes of a list that asks for more."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.interests.term_budget import (
    MOST_TERMS,
    excess,
    left_out,
    terms_at_most,
    terms_in,
    too_many,
)
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
        ("one two three four", 1),
        ("one two three four five", 2),
        ('"one two three four five six seven eight nine"', 3),
        ("author:A. B. C. D. Knuth", 2),
        ("x " * 6 + " " * 2_000 + "AND z", 41),
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
    assert "at least 3,000 terms" in reason
    assert "1,000" in reason
    assert "leave some out" in reason
    assert "2,150 terms" in excess([HEAVY] * 50)


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


def padded(text: str, length: int) -> str:
    return text + " " * (length - len(text))


@pytest.mark.parametrize(("length", "least"), [(50, 1), (51, 2), (100, 2), (999, 20), (1_000, 20), (2_001, 41)])
def test_a_line_counts_at_least_one_term_for_each_fifty_characters(length: int, least: int) -> None:
    """Reading costs too, also where nothing can be read."""
    assert terms_in(padded("alpha", length)) == least
    assert terms_in(padded("(broken", length)) == least
    assert terms_in(padded(HEAVY, length)) == max(43, least)
    assert terms_at_most(padded("alpha", length)) == length // 2 + 1


def test_free_text_counts_its_phrases() -> None:
    text = "I would like to read about protein folding, about molecular dynamics and about robot arms, if I can"
    assert terms_in(text) == 3


@pytest.mark.parametrize(("text", "most"), [("", 1), ("a", 1), ("ab", 2), ("abc*", 23), ("**", 42)])
def test_at_most_every_second_character_begins_a_term_and_a_wildcard_counts_twenty(text: str, most: int) -> None:
    assert terms_at_most(text) == most


WORD = "a" * 900
"""One term, which could be 451 by its length."""


def test_a_thousand_terms_may_be_kept_and_one_more_may_not() -> None:
    full = [f"{WORD}{n}"[-49:] for n in range(1_000)]
    assert too_many(["alpha"]) == too_many([]) == 0
    assert (too_many(full), [*left_out(full)], excess(full)) == (0, [], "")
    over = [*full, "beta"]
    assert (too_many(over), [*left_out(over)]) == (1_001, ["beta"])
    assert excess(over) == (
        "these interests ask for 1,001 terms together, and one reader may ask for 1,000 "
        "(each word or phrase of up to 4 words is one, also within brackets; a wildcard counts 20; "
        "a line at least one for each 50 characters): leave some out"
    )


def test_nobody_counts_further_than_three_thousand() -> None:
    """Two lists of 2,999 and of 3,000: the second may be longer still."""
    heavy = [f"{HEAVY} OR w{n}" for n in range(68)]  # 44 terms each
    assert too_many([*heavy, *(f"b{n}" for n in range(7))]) == 2_999
    assert "ask for 2,999 terms" in excess([*heavy, *(f"b{n}" for n in range(7))])
    for more in (8, 9, 500):
        assert too_many([*heavy, *(f"b{n}" for n in range(more))]) == 3_000
        assert "ask for at least 3,000 terms" in excess([*heavy, *(f"b{n}" for n in range(more))])
