"""The fast matcher finds what a slow, obvious one finds, on random texts and expressions."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.interests import (
    AllOf,
    AnyOf,
    AuthorName,
    Category,
    Expression,
    Near,
    Not,
    Prose,
    Scope,
    Term,
    Weighted,
)
from newsletter.domain.issues import Issue, IssueKey, IssuePaper, SelectionRequest
from newsletter.domain.matching.evaluation import Evaluator
from newsletter.domain.matching.selector import IssueSelector
from newsletter.domain.papers import Author, Paper, PaperId
from tests.support.slow_interests import slow_find

WORDS = (
    "large language model models LLM LLMs llm SAM Sam sam segment anything segmenting RAG rag retrieval augmented "
    "generation generated image images text to pre training pretraining pre-training text-to-image image-to-image "
    "colour color of the GPT-4 GPT4 GPT 4 C++ 检 索 增强 检索 モデル β beta naïve naive vision-language-action "
    "vision-language action IT it optimisation optimize state-of-the-art"
).split()
GLUE = [" ", " ", " ", " ", ", ", ". ", "-", " (LLM) ", "large language model (LLM) ", "segment anything model (SAM). "]

texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GLUE)), max_size=24).map(
    lambda parts: "".join(word + glue for word, glue in parts)
)
papers = st.tuples(
    texts,
    texts,
    st.lists(st.sampled_from(["cs.CL", "cs.CV", "math.GN"]), max_size=2, unique=True),
    st.lists(st.sampled_from(["Ada Lovelace", "D. E. Knuth", "Søren Łukasz"]), max_size=2, unique=True),
)
terms = st.builds(
    Term,
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join),
    st.booleans(),
    st.sampled_from([Scope.EVERYWHERE, Scope.EVERYWHERE, Scope.TITLE, Scope.ABSTRACT]),
)
leaves = st.one_of(
    terms,
    terms,
    st.lists(terms, min_size=2, max_size=3).map(lambda parts: Near(tuple(parts))),
    st.sampled_from([Category("cs.CL"), Category("cs.*"), AuthorName("Knuth"), AuthorName("S. Lukasz")]),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True).map(lambda w: Prose(" ".join(w), tuple(w))),
)
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
        st.builds(Weighted, inner, st.just(2.0)),
    ),
    max_leaves=5,
)


def issue_of(rows: list[tuple[str, str, list[str], list[str]]]) -> Issue:
    entries = tuple(
        IssuePaper(
            paper=Paper(
                id=PaperId(f"sample:{number}"),
                title=title,
                abstract=abstract,
                categories=tuple(categories),
                authors=tuple(map(Author, authors)),
            )
        )
        for number, (title, abstract, categories, authors) in enumerate(rows)
    )
    known = {"llm": ("large language model",), "sam": ("segment anything model",), "检索": ("retrieval",)}
    return Issue(key=IssueKey(date(2026, 6, 2)), title="Random", languages=("en",), papers=entries, acronyms=known)


@settings(max_examples=60, deadline=None)
@given(st.lists(papers, max_size=6), st.lists(expressions, min_size=1, max_size=4))
def test_the_fast_matcher_finds_what_the_slow_one_finds(
    rows: list[tuple[str, str, list[str], list[str]]], wanted: list[Expression]
) -> None:
    issue = issue_of(rows)
    evaluator = Evaluator(issue)
    together = evaluator.rows(wanted)
    for expression, (docs, scores) in zip(wanted, together, strict=True):
        assert set(docs.tolist()) == slow_find(issue, evaluator, expression), str(expression)
        assert docs.tolist() == sorted(docs.tolist())
        assert (scores > 0).all()
        # a term looked up by itself is found and counted as among many
        alone = next(Evaluator(issue).rows([expression]))
        assert alone[0].tolist() == docs.tolist()
        assert alone[1].tolist() == scores.tolist()


lists = st.lists(
    st.one_of(
        expressions.map(str),
        expressions.map(lambda e: f"-({e})"),
        expressions.map(lambda e: f"!({e})"),
        st.sampled_from(["(", "", "topic:none", "LLM", "LLM"]),
    ),
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(papers, max_size=6),
    st.lists(st.tuples(lists, st.sampled_from([None, 0, 1, 2, 50])), min_size=1, max_size=5),
)
def test_many_subscribers_get_what_each_gets_alone(
    rows: list[tuple[str, str, list[str], list[str]]], wanted: list[tuple[list[str], int | None]]
) -> None:
    issue = issue_of(rows)
    requests = [SelectionRequest(tuple(interests), limit) for interests, limit in wanted]
    many = list(IssueSelector(issue).select_many(requests))
    assert many == [IssueSelector(issue).select(request) for request in requests]
    assert list(IssueSelector(issue).matches_many(requests)) == [bool(selection) for selection in many]
    for selection, request in zip(many, requests, strict=True):
        assert len(selection) == len(selection.picks)
        assert selection.found >= len(selection)
        assert request.max_papers is None or len(selection) <= request.max_papers
        ranks = [(-pick.score, pick.index) for pick in selection.picks]
        assert ranks == sorted(ranks)
