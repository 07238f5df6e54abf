"""The language of interests: what each expression means, where an error is, and that printing is reading's inverse."""

import time

import pytest
from hypothesis import given, settings
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
)
from newsletter.domain.interests.parser import one_line, parse
from newsletter.errors import InterestError

A, B, C = Term("a1"), Term("b1"), Term("c1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("diffusion models", Interest(Term("diffusion models"))),
        ("  diffusion\tmodels ", Interest(Term("diffusion models"))),
        ("“world models”", Interest(Term("world models", exact=True))),
        ("「检索 增强」", Interest(Term("检索 增强", exact=True))),
        ("a1 AND b1", Interest(AllOf((A, B)))),
        ("a1 OR b1 AND c1", Interest(AnyOf((A, AllOf((B, C)))))),
        ("(a1 OR b1) AND c1", Interest(AllOf((AnyOf((A, B)), C)))),
        ("a1 and b1 or c1", Interest(Term("a1 and b1 or c1"))),
        ("a1 -b1", Interest(AllOf((A, Not(B))))),
        ("a1 NOT b1", Interest(AllOf((A, Not(B))))),
        ("-a1 b2", Interest(Term("a1 b2"), excludes=True)),
        ("-a1 -b1", Interest(AnyOf((A, B)), excludes=True)),
        ("!cat:cs.RO", Interest(Category("cs.RO"), must=True)),
        ("a1 !b1", Interest(AllOf((A, B)))),
        ("title:world models", Interest(Term("world models", scope=Scope.TITLE))),
        ("abs:world", Interest(Term("world", scope=Scope.ABSTRACT))),
        ("title:(a1 OR abs:b1)", Interest(AnyOf((Term("a1", scope=Scope.TITLE), Term("b1", scope=Scope.ABSTRACT))))),
        ("author:Donald Knuth", Interest(AuthorName("Donald Knuth"))),
        ('author:"Knuth" a1', Interest(AllOf((AuthorName("Knuth", exact=True), A)))),
        ("org:Example Lab", Interest(Organization("Example Lab"))),
        ("cat:cs.*", Interest(Category("cs.*"))),
        ("cat:cs.CL a1", Interest(AllOf((Category("cs.CL"), A)))),
        ("cs.CV", Interest(Category("cs.CV"))),
        ("topic:RAG", Interest(Topic("rag"))),
        ("a1 ~ b1", Interest(Near((A, B)))),
        ('"x y" ~ b1 ~ c1', Interest(Near((Term("x y", exact=True), B, C)))),
        ("world models^2", Interest(Weighted(Term("world models"), 2.0))),
        ("(a1 OR b1)^0.5", Interest(Weighted(AnyOf((A, B)), 0.5))),
        ("transform*", Interest(Term("transform*"))),
        ("x^2", Interest(Term("x^2"))),
        ("(x)^2", Interest(Weighted(Term("x"), 2.0))),
        ("(quantum x)^2", Interest(Weighted(Term("quantum x"), 2.0))),
        ("state-of-the-art", Interest(Term("state-of-the-art"))),
        ("C++", Interest(Term("C++"))),
        ("AND:latent image generation", Interest(Term("latent image generation"))),
        ('"(abs:a1 AND (b1 OR c1))"', Interest(AllOf((Term("a1", scope=Scope.ABSTRACT), AnyOf((B, C)))))),
    ],
)
def test_what_an_expression_means(text: str, expected: Interest) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("", 0, "at least one word"),
        ("a1 AND", 3, "on its right"),
        ("OR a1", 0, "on its left"),
        ("a1 OR OR b1", 3, "on its right"),
        ("(a1 OR b1", 0, "never closed"),
        ("a1)", 2, "no opening bracket"),
        ("()", 1, "nothing stands between"),
        ('a1 "b1', 3, "quotation mark is never closed"),
        ("titel:x", 0, "did you mean “title:”"),
        ("cat:123", 4, "cs.CL"),
        ("topic:_", 6, "letters, digits and hyphens"),
        ("title:", 0, "needs a word"),
        ("a1 ~", 3, "on its right"),
        ("a1^99 b1", 2, "at most 10"),
        ("^2", 0, "follows a word"),
        ("!a1 OR b1", 0, "alternatives"),
        ("-!a1", 0, "contradict"),
        ("a\x00b", 1, "control character"),
        ("***", 0, "no letter or digit"),
    ],
)
def test_an_error_says_what_is_wrong_and_where(text: str, position: int, says: str) -> None:
    with pytest.raises(InterestError, match=r".") as caught:
        parse(text)
    assert says in str(caught.value)
    assert caught.value.position == position
    assert f"at character {position + 1}" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("rag, llm", "rag OR llm"),
        ("rag,llm;", "rag OR llm"),
        ("rag; llm", "rag OR llm"),
        ("rag、llm，vlm；mllm", "rag OR llm OR vlm OR mllm"),
        ("rag / llm", "rag OR llm"),
        ("rag\nllm\n", "rag OR llm"),
        ("- rag\n- world models", "rag OR world models"),
        ("1. rag\r\n2. llm", "rag OR llm"),
        ("rag and llm", "rag AND llm"),
        ("RAG or robots", "RAG OR robots"),
        ("rag + llm", "rag AND llm"),
        ("rag && llm", "rag AND llm"),
        ("rag | llm", "rag OR llm"),
        ("cs.CL, stat.ml", "cat:cs.CL OR cat:stat.ML"),
        ("CS.CL cs.LG", "cat:cs.CL OR cat:cs.LG"),
        ("rag, llm, -title:survey", "(rag OR llm) AND -title:survey"),
        ("-survey, -review", "-(survey OR review)"),
        ("!cat:cs.CL, rag", "rag AND cat:cs.CL"),
        ("(rag, llm) AND cat:cs.CL", "(rag OR llm) AND cat:cs.CL"),
        ('"a, b", c', '"a, b" OR c'),
        ("author:Knuth, Donald", "author:Knuth, Donald"),
        ("author:Knuth, D.; rag", "author:Knuth, D. OR rag"),
        ("author:knuth, rag", "author:knuth OR rag"),
        ("org:University of California, Berkeley", "org:University of California, Berkeley"),
        ("hep-th", "cat:hep-th"),
        ("CS.CL", "cat:cs.CL"),
    ],
)
def test_people_write_lists_and_operators_in_many_ways(text: str, means: str) -> None:
    assert str(parse(text)) == means


@pytest.mark.parametrize(
    "text",
    [
        "question and answer", "search and rescue", "near and far", "true or false", "Natural Language and Brain",
        "Vision-and-Language Navigation", "Q & A", "R&D", "TCP/IP", "CI/CD", "1,000 genomes", "2,3-butanediol", "C++",
        "A* search", "tr*", "to be or not to be", "math", "large language models and RAG", "+ rag",
    ],
)  # fmt: skip
def test_what_is_a_phrase_stays_one(text: str) -> None:
    assert parse(text).expression == Term(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rag, llm", "a list: read as rag OR llm"),
        ("rag and llm", "read as rag AND llm; for the phrase, put it in quotation marks"),
        ("search and rescue", "“and” is read as a word of the phrase; as an operator it is written AND"),
        ("graphs not trees", "as an operator it is written NOT"),
        ("rag/llm", "for one or the other write rag OR llm"),
        ("tr*", "the * of “tr*” is an ordinary sign"),
        ("transform* diffus*", "the * of “diffus*” is an ordinary sign"),
        ("CS.CL", "read as cat:cs.CL"),
        ("cat:cs.CLL", "arXiv has no category “cs.CLL”; did you mean cs.CL"),
        ("cat:foo", "arXiv has no category “foo”"),
    ],
)
def test_what_may_be_meant_otherwise_is_said(text: str, says: str) -> None:
    assert says in "; ".join(parse(text).notes)


@pytest.mark.parametrize(
    "text", ["language models", "cat:cs.*", "cat:math", "*bench", "transform*", '"a and b"', "a AND b"]
)
def test_what_is_plain_is_not_commented_on(text: str) -> None:
    assert parse(text).notes == ()


def test_an_interest_of_several_lines_is_stored_in_one() -> None:
    assert one_line(" rag \r\n world\tmodels\n") == "rag; world models"
    wrapped = "I care about robots that learn\nfrom what people show them in the house"
    assert one_line("graph\n  neural") == "graph neural"
    assert one_line("\n  rag\n  llm\n") == "rag; llm"
    assert one_line(wrapped) == wrapped.replace("\n", " ")


def test_free_text_is_read_as_phrases_and_says_so() -> None:
    interest = parse(
        "1. New work on robot learning and sim-to-real transfer.\n2. Diffusion policies.\n"
        "- Not relevant: speech recognition"
    )
    assert isinstance(interest.expression, Prose)
    assert interest.expression.phrases == ("robot learning", "sim-to-real transfer", "Diffusion policies")
    assert "free text" in interest.notes[0]


def test_a_long_sentence_is_free_text_too() -> None:
    text = "I would like to read about anything that has to do with protein folding or with molecular dynamics, please"
    assert isinstance(parse(text).expression, Prose)


@pytest.mark.parametrize(
    "text",
    [
        " OR ".join(f"term{n}" for n in range(10_000)),
        "(" * 10_000,
        "(" * 2_000 + "a1" + ")" * 2_000,
        "NOT " * 900 + "a1",
        "-" * 4_000,
        '"' * 4_001,
        "a" * 100_000,
        "*" * 4_000,
        "a^" * 2_000,
        "~ " * 2_000,
        "title:" * 600,
        "(a* OR " * 500,
        "\x07" * 4_000,
        "\u202e" * 4_000,
        "e\u0301" * 2_000,
        "检" * 4_000,
        " ".join(["word"] * 700),
    ],
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
def test_a_hostile_interest_costs_little_and_is_refused_clearly(text: str) -> None:
    start = time.process_time()
    with pytest.raises(InterestError, match=r"at character \d+"):
        parse(text)
    assert time.process_time() - start < 0.5


@given(st.text(max_size=200))
def test_no_text_makes_reading_fail_otherwise(text: str) -> None:
    try:
        interest = parse(text)
    except InterestError as error:
        position = error.position
    else:
        position = 0
        assert str(interest)
    assert 0 <= position <= len(text)


words = st.sampled_from(
    ["alpha", "model", "text-to-image", "GPT-4", "C++", "transform*", "检索", "naïve", "x", "and", "R&D"]
)
runs = st.lists(words, min_size=1, max_size=3).map(" ".join)
terms = st.builds(Term, runs, st.booleans(), st.sampled_from(list(Scope)))
expressions: st.SearchStrategy[Expression] = st.recursive(
    st.one_of(
        terms,
        st.lists(terms, min_size=2, max_size=3).map(lambda parts: Near(tuple(parts))),
        st.sampled_from([Category("cs.CL"), Category("astro-ph*"), Topic("rag")]),
        st.builds(AuthorName, st.sampled_from(["Knuth", "Ada Lovelace", "Y. LeCun"]), st.booleans()),
        st.builds(Organization, st.sampled_from(["Example", "Some Lab"]), st.booleans()),
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
        st.builds(Weighted, inner, st.sampled_from([0.5, 2.0, 3.25])),
    ),
    max_leaves=8,
)


def is_read_as(expression: Expression) -> Interest:
    """The interest as reading makes it: what only rules out is an exclusion."""
    if isinstance(expression, Not):
        return Interest(expression.part, excludes=True)
    if isinstance(expression, AllOf) and all(isinstance(part, Not) for part in expression.parts):
        return Interest(AnyOf(tuple(part.part for part in expression.parts if isinstance(part, Not))), excludes=True)
    return Interest(expression)


@settings(max_examples=300, deadline=None)
@given(expressions)
def test_printing_and_reading_is_the_identity(expression: Expression) -> None:
    interest = is_read_as(expression)
    assert parse(str(interest)) == interest


@given(expressions)
def test_a_must_have_is_printed_and_read_too(expression: Expression) -> None:
    interest = Interest(expression, must=True)
    if not isinstance(expression, Not):
        assert parse(str(interest)) == interest
