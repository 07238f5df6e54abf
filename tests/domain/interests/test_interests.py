"""Trees of interests: what makes them up, and how they are printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.interests.interests import (
    AllOf,
    AnyOf,
    AuthorName,
    Category,
    Expression,
    Interest,
    Near,
    Not,
    Organization,
    Prose,
    Scope,
    Term,
    Topic,
    Weighted,
    leaves,
)
from newsletter.domain.interests.parser import parse
from newsletter.domain.interests.wording import remark

A, B, C = Term("alpha"), Term("beta"), Term("gamma")


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        (Term("world models"), "world models"),
        (Term("world models", exact=True), '"world models"'),
        (Term("world", scope=Scope.TITLE), "title:world"),
        (Term("a b", exact=True, scope=Scope.ABSTRACT), 'abstract:"a b"'),
        (Near((A, Term("b c", exact=True))), 'alpha ~ "b c"'),
        (Category("cs.*"), "cat:cs.*"),
        (AuthorName("Ada Lovelace"), "author:Ada Lovelace"),
        (AuthorName("Lovelace", exact=True), 'author:"Lovelace"'),
        (Organization("Some Lab"), "org:Some Lab"),
        (Organization("Lab", exact=True), 'org:"Lab"'),
        (Topic("rag"), "topic:rag"),
        (Prose("I like tomatoes.", ("tomatoes",)), "I like tomatoes."),
        (Not(A), "-alpha"),
        (Not(AnyOf((A, B))), "-(alpha OR beta)"),
        (Not(Not(A)), "-(-alpha)"),
        (Not(Near((A, B))), "-(alpha ~ beta)"),
        (AllOf((A, B, C)), "alpha AND beta AND gamma"),
        (AllOf((A, AnyOf((B, C)))), "alpha AND (beta OR gamma)"),
        (AllOf((A, AllOf((B, C)))), "alpha AND (beta AND gamma)"),
        (AllOf((A, Not(B))), "alpha AND -beta"),
        (AnyOf((A, AllOf((B, C)))), "alpha OR beta AND gamma"),
        (AnyOf((A, AnyOf((B, C)))), "alpha OR (beta OR gamma)"),
        (Weighted(A, 2.0), "alpha^2"),
        (Weighted(A, 0.25), "alpha^0.25"),
        (Weighted(A, 0.0000001), "alpha^0.0000001"),
        (Weighted(A, 1.2345678), "alpha^1.2345678"),
        (Weighted(A, 10.0), "alpha^10"),
        (Weighted(AnyOf((A, B)), 2.0), "(alpha OR beta)^2"),
        (Weighted(Weighted(A, 2.0), 3.0), "(alpha^2)^3"),
        # `x^2` is a formula: one character is weighted behind a bracket
        (Weighted(Term("x"), 2.0), "(x)^2"),
        (Weighted(Term("quantum x"), 2.0), "(quantum x)^2"),
        (Weighted(AuthorName("X"), 2.0), "(author:X)^2"),
        (Weighted(Term("x", exact=True), 2.0), '"x"^2'),
        (Weighted(Term("xy"), 2.0), "xy^2"),
    ],
)
def test_an_expression_is_printed_as_it_may_be_typed(expression: Expression, printed: str) -> None:
    assert str(expression) == printed
    assert str(Interest(expression)) == printed


@pytest.mark.parametrize(
    ("interest", "printed"),
    [
        (Interest(A, excludes=True), "-alpha"),
        (Interest(A, must=True), "!alpha"),
        (Interest(AnyOf((A, B)), excludes=True), "-(alpha OR beta)"),
        (Interest(AllOf((A, B)), must=True), "!(alpha AND beta)"),
        (Interest(Near((A, B)), must=True), "!(alpha ~ beta)"),
        (Interest(Not(A), must=True), "!(-alpha)"),
        (Interest(Weighted(A, 2.0), excludes=True), "-(alpha^2)"),
    ],
)
def test_what_is_required_or_ruled_out_says_so_in_front(interest: Interest, printed: str) -> None:
    assert str(interest) == printed


@given(st.integers(1, 10**9 - 1), st.integers(0, 7))
def test_whatever_weight_can_be_typed_is_printed_as_it_was(digits: int, decimals: int) -> None:
    typed = f"{digits / 10**decimals:.{decimals}f}"
    if len(typed) <= 9 and 0 < float(typed) <= 10:
        expression = parse(f"alpha^{typed}").expression
        assert expression == Weighted(A, float(typed))
        assert parse(str(expression)).expression == expression


@pytest.mark.parametrize(
    ("words", "wildcard"),
    [
        ("transform*", "transform*"),
        ("*bench", "*bench"),
        ("vision transform*", "vision transform*".split()[1]),
        ("tra*", "tra*"),
        ("tr*", ""),  # two letters would stand for half the dictionary
        ("a1b*", "a1b*"),
        ("t-r*", ""),
        ("A* search", ""),
        ("trans*form", ""),
        ("*ransform*", ""),
        ("one/transform*", "transform*"),
        ("aaa* bbb*", "aaa*"),
        ("plain", ""),
    ],
)
def test_a_star_stands_for_letters_beside_three_others_at_one_end_of_a_word(words: str, wildcard: str) -> None:
    assert Term(words).wildcard == wildcard


@pytest.mark.parametrize(("phrases", "least"), [((), 0), (("a",), 1), (("a", "b"), 2), (("a", "b", "c"), 2)])
def test_free_text_wants_two_of_its_phrases_or_the_only_one(phrases: tuple[str, ...], least: int) -> None:
    assert Prose("text", phrases).least == least


def test_leaves_are_what_looks_at_papers_from_left_to_right() -> None:
    named = AuthorName("Ada")
    tree = AnyOf((AllOf((A, Not(B))), Weighted(Near((C, A)), 2.0), named, AllOf((B, Topic("rag")))))
    assert [*leaves(tree)] == [A, B, C, A, named, B, Topic("rag")]
    assert [*leaves(A)] == [A]


def test_two_interests_are_equal_that_ask_for_the_same() -> None:
    """What was noted on the way, and the phrases that a text was cut into, are no part of what was asked."""
    assert Interest(A, notes=(remark("said"),)) == Interest(A)
    assert Prose("text", ("a",)) == Prose("text", ("b",))
    assert Interest(A) != Interest(A, must=True)
    assert Interest(A) != Interest(A, excludes=True)
    assert Term("a") != Term("a", exact=True)
