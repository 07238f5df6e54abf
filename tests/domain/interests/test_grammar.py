"""The grammar by itself: what operators, brackets and lists bind, what is refused, and that printing is its inverse."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.interests.grammar import read_expression
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
    Scope,
    Term,
    Topic,
    Weighted,
)
from newsletter.domain.interests.wording import remark
from newsletter.errors import InterestError

A, B, C, D = (Term(name) for name in ("a1", "b1", "c1", "d1"))


def read(text: str) -> Interest:
    return read_expression(text, text, ())


def title(term: Term) -> Term:
    return Term(term.words, term.exact, Scope.TITLE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a1", A),
        ("a1 AND b1 AND c1", AllOf((A, B, C))),
        ("a1 OR b1 OR c1", AnyOf((A, B, C))),
        ("a1 OR b1 AND c1 OR d1", AnyOf((A, AllOf((B, C)), D))),
        ("(a1 OR b1) AND (c1 OR d1)", AllOf((AnyOf((A, B)), AnyOf((C, D))))),
        ("((a1))", A),
        ("a1 (b1 OR c1)", AllOf((A, AnyOf((B, C))))),  # AND may be left out
        ('a1 "b1" (c1)', AllOf((A, Term("b1", exact=True), C))),
        ("a1 -b1 -c1", AllOf((A, Not(B), Not(C)))),
        ("a1 AND NOT b1", AllOf((A, Not(B)))),
        ("a1 OR -b1", AnyOf((A, Not(B)))),
        ("a1 AND -(b1 OR c1)", AllOf((A, Not(AnyOf((B, C)))))),
        ("(-a1) OR b1", AnyOf((Not(A), B))),
        ("a1 AND NOT NOT b1", AllOf((A, Not(Not(B))))),
        ("a1 AND !b1", AllOf((A, B))),  # beside AND a must asks for nothing more
        ("a1 ~ b1 ~ c1", Near((A, B, C))),
        ("a1 ~ rag and llm", Near((A, Term("rag and llm")))),  # within it no word is an operator
        ("a1 ~ b1 OR c1", AnyOf((Near((A, B)), C))),
        ("title:a1 ~ b1", Near((title(A), B))),
        ("-a1 ~ b1 AND c1", AllOf((Not(Near((A, B))), C))),
        ("a1 AND b1^2", AllOf((A, Weighted(B, 2.0)))),
        ("(a1 OR b1)^0.5", Weighted(AnyOf((A, B)), 0.5)),
        ("a1 ~ b1^2", Weighted(Near((A, B)), 2.0)),
        ("a1^2 ^3", Weighted(Weighted(A, 2.0), 3.0)),
        ("a1^10", Weighted(A, 10.0)),
        ("a1^0.1", Weighted(A, 0.1)),
        ("a1^0.1234567", Weighted(A, 0.1234567)),
        ("title:(a1 OR b1)", AnyOf((title(A), title(B)))),
        ("title:(a1 AND -b1^2)", AllOf((title(A), Not(Weighted(title(B), 2.0))))),
        ("title:(a1 ~ abs:b1)", Near((title(A), Term("b1", scope=Scope.ABSTRACT)))),
        ("title:(a1 OR abs:b1)", AnyOf((title(A), Term("b1", scope=Scope.ABSTRACT)))),
        ("title:(a1 OR author:Ada OR topic:x)", AnyOf((title(A), AuthorName("Ada"), Topic("x")))),
        ("all:(a1 OR abs:b1)", AnyOf((A, Term("b1", scope=Scope.ABSTRACT)))),
        ("abstract:(a1)", Term("a1", scope=Scope.ABSTRACT)),
    ],
)
def test_what_binds_more_tightly(text: str, expected: Expression) -> None:
    """`~`, then a weight, then NOT, then AND, then OR."""
    assert read(text) == Interest(expression=expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a1, b1", Interest(AnyOf((A, B)))),
        (",,a1,;b1,,", Interest(AnyOf((A, B)))),
        ("a1,", Interest(A)),
        ("a1, b1 AND c1", Interest(AnyOf((A, AllOf((B, C)))))),
        ("a1, -b1", Interest(AllOf((A, Not(B))))),
        ("a1, b1, -c1, -d1", Interest(AllOf((AnyOf((A, B)), Not(C), Not(D))))),
        ("a1, !b1", Interest(AllOf((A, B)))),
        ("-d1, !c1, a1, b1", Interest(AllOf((AnyOf((A, B)), C, Not(D))))),
        ("!a1, !b1", Interest(AllOf((A, B)), must=True)),
        ("-a1, -b1", Interest(AnyOf((A, B)), excludes=True)),
        ("(a1, b1) AND c1", Interest(AllOf((AnyOf((A, B)), C)))),
        ("-(a1, b1)", Interest(AnyOf((A, B)), excludes=True)),
    ],
)
def test_a_list_asks_for_any_and_what_is_out_or_a_must_holds_for_all_of_it(text: str, expected: Interest) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-a1", Interest(A, excludes=True)),
        ("NOT a1", Interest(A, excludes=True)),
        ("-(a1 AND b1)", Interest(AllOf((A, B)), excludes=True)),
        ("-a1 AND -b1", Interest(AnyOf((A, B)), excludes=True)),  # neither: out with what has any of them
        ("-a1 OR -b1", Interest(AnyOf((Not(A), Not(B))))),
        ("!a1", Interest(A, must=True)),
        ("!!a1", Interest(A, must=True)),
        ("!(-a1)", Interest(Not(A), must=True)),
        ("!(a1 OR b1)", Interest(AnyOf((A, B)), must=True)),
    ],
)
def test_a_whole_line_may_rule_out_or_be_a_must(text: str, expected: Interest) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("a1 AND", 3, "AND needs something on its right"),
        ("a1 AND )", 3, "AND needs something on its right"),
        ("a1 AND , b1", 3, "AND needs something on its right"),
        ("a1 AND OR b1", 3, "AND needs something on its right"),
        ("a1 AND AND b1", 3, "AND needs something on its right"),
        ("AND a1", 0, "AND needs something on its left"),
        ("a1 OR", 3, "OR needs something on its right"),
        ("(a1 OR)", 4, "OR needs something on its right"),
        ("a1 OR , b1", 3, "OR needs something on its right"),
        ("a1 OR OR b1", 3, "OR needs something on its right"),
        ("a1 OR AND b1", 3, "OR needs something on its right"),
        ("OR a1", 0, "OR needs something on its left"),
        ("a1 NOT", 3, "NOT needs something on its right"),
        ("(NOT) a1", 1, "NOT needs something on its right"),
        ("NOT , a1", 0, "NOT needs something on its right"),
        ("NOT AND a1", 0, "NOT needs something on its right"),
        ("NOT OR a1", 0, "NOT needs something on its right"),
        ("-!a1", 0, "NOT and ! contradict each other"),
        ("!a1 OR b1", 0, "a must-have (!) cannot be one of several alternatives"),
        ("a1 OR !b1", 6, "a must-have (!) cannot be one of several alternatives"),
        ("a1 AND (!b1)", 8, "a must-have (!) stands before the bracket, not in it"),
        ("a1 AND (!b1, !c1)", 8, "a must-have (!) stands before the bracket, not in it"),
        ('"a1" ^2 b1) c1', 10, "there is no opening bracket for this one"),
        ("~ a1", 0, "~ needs something on its left"),
        ("a1 ~", 3, "~ needs a word or a phrase on its right"),
        ("a1 ~ (b1)", 3, "~ needs a word or a phrase on its right"),
        ("a1 ~ ~ b1", 3, "~ needs a word or a phrase on its right"),
        ("a1 ~ author:Ada AND b1", 16, "~ stands between words or phrases only"),
        ("cat:cs.CL ~ b1", 14, "~ stands between words or phrases only"),
        ("(a1 OR b1", 0, "this bracket is never closed"),
        ("a1 AND (b1 OR (c1)", 7, "this bracket is never closed"),
        ("a1)", 2, "there is no opening bracket for this one"),
        ("a1, )", 4, "there is no opening bracket for this one"),
        ("()", 1, "nothing stands between these brackets, or one was never opened"),
        (")", 0, "nothing stands between these brackets, or one was never opened"),
        ("(", 1, "something is missing at the end"),
        ("", 0, "something is missing at the end"),
        (",", 1, "something is missing at the end"),
        ("^2", 0, "a weight (^) follows a word, a phrase or a bracket"),
        ("a1^0", 2, "a weight is more than 0 and at most 10"),
        ("a1^0.0", 2, "a weight is more than 0 and at most 10"),
        ("a1^10.1", 2, "a weight is more than 0 and at most 10"),
        ("a1^0.12345678", 2, "a weight is more than 0 and at most 10"),
        ("a1^99999999999", 2, "a weight is more than 0 and at most 10"),
    ],
)
def test_what_is_missing_or_too_much_is_said_and_where(text: str, position: int, says: str) -> None:
    with pytest.raises(InterestError, match=r".") as caught:
        read(text)
    assert str(caught.value) == f"{says} (at character {position + 1})"
    assert caught.value.position == position


@pytest.mark.parametrize(("opening", "closing"), [("(", ")"), ("NOT ", ""), ("!", ""), ("NOT (", ")")])
def test_sixteen_brackets_or_nots_may_stand_inside_each_other(opening: str, closing: str) -> None:
    levels = len(opening.replace(" ", "").replace("NOT", "-"))
    line = "a1 AND " * (opening == "NOT ") + opening * (16 // levels) + "a1" + closing * (16 // levels)
    assert str(read(line))
    deeper = line.replace("a1", f"({'a1'})") if opening != "!" else "!" + line
    with pytest.raises(InterestError, match="more than 16 brackets or NOTs inside each other"):
        read(deeper.replace("(a1) AND", "a1 AND"))


def test_brackets_side_by_side_are_not_deep() -> None:
    shallow = " OR ".join(["(-a1)"] * 100)
    assert read(shallow) == Interest(AnyOf((Not(A),) * 100))
    with pytest.raises(InterestError, match="more than 16 brackets"):
        read(f"{shallow} OR {'(' * 17}a1{')' * 17}")


def test_notes_are_handed_on_and_told_once() -> None:
    before = remark("before")
    assert read_expression("a1", "a1", (before,)).notes == (before,)
    assert tuple(map(str, read("a1, b1").notes)) == ("a list: read as a1 OR b1",)
    assert tuple(map(str, read("!a1, !b1").notes)) == ("a list: read as a1 AND b1",)
    assert tuple(map(str, read("rag and llm AND cs.CL AND cs.CL").notes)) == (
        "read as rag AND llm; for the phrase, put it in quotation marks",
        "read as cat:cs.CL",
    )
    long = str(read(", ".join(f"word{number}" for number in range(30))).notes[0])
    assert long.endswith("OR word8 O…")
    assert len(long) == len("a list: read as ") + 80


def test_an_error_shows_what_was_written() -> None:
    with pytest.raises(InterestError) as caught:
        read_expression("a1 ＆＆", "a1 AND", ())
    assert caught.value.text == "a1 ＆＆"


words = st.sampled_from(["alpha", "model", "text-to-image", "GPT-4", "C++", "transform*", "检索", "naïve", "x", "and"])
runs = st.lists(words, min_size=1, max_size=3).map(" ".join)
terms = st.builds(Term, runs, st.booleans(), st.sampled_from(list(Scope)))
expressions: st.SearchStrategy[Expression] = st.recursive(
    st.one_of(
        terms,
        st.lists(terms, min_size=2, max_size=3).map(lambda parts: Near(tuple(parts))),
        st.sampled_from([Category("cs.CL"), Topic("rag"), AuthorName("Knuth"), Organization("Some Lab", exact=True)]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
        st.builds(Weighted, inner, st.sampled_from([0.5, 2.0, 3.25])),
    ),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(expressions)
def test_what_is_printed_is_read_as_what_it_was(expression: Expression) -> None:
    wanted = AnyOf((A, expression))
    assert read(str(wanted)) == Interest(wanted)
