"""Acronyms: what a text defines (Schwartz and Hearst), what is kept, and where a name may be used."""

from datetime import date

import pytest

from newsletter.domain.issues import Issue, IssueKey, IssuePaper, SelectionRequest
from newsletter.domain.matching.acronyms import AcronymBook, definitions
from newsletter.domain.matching.selector import IssueSelector
from newsletter.domain.papers import Keyword, Paper, PaperId, Provenance, Summary


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We use large language models (LLMs) daily.", [("LLM", "large language models")]),
        ("LLM (large language model) agents", [("LLM", "large language model")]),
        ("Retrieval-augmented generation (RAG, for short)", [("RAG", "Retrieval-augmented generation")]),
        ("the Segment Anything Model (SAM)", [("SAM", "Segment Anything Model")]),
        ("sharpness-aware minimization (SAM)", [("SAM", "sharpness-aware minimization")]),
        ("3D Gaussian Splatting (3DGS)", [("3DGS", "3D Gaussian Splatting")]),
        ("We win (see Table 2) and (2024) and (a)", []),
        ("nothing before it fits (XYZ)", []),
        ("It ends. Models (LM)", []),
        ("(((((", []),
    ],
)
def test_what_a_text_defines(text: str, expected: list[tuple[str, str]]) -> None:
    assert [tuple(found) for found in definitions(text)] == expected


def test_a_meaning_needs_two_papers_and_a_fifth_of_all() -> None:
    book = AcronymBook()
    for _ in range(12):
        book.learn(["Segment Anything Model (SAM)"])
    book.learn(["sharpness-aware minimization (SAM)"])
    book.learn(["sharpness-aware minimization (SAM)"])
    book.learn(["once only (OO)"])
    assert book.known() == {"sam": ("Segment Anything Model",)}


def test_a_text_full_of_brackets_costs_little() -> None:
    assert len(list(definitions("large language model (LLM) " * 5_000))) <= 200


def issue(*abstracts: str, **more: object) -> Issue:
    papers = tuple(
        IssuePaper(paper=Paper(id=PaperId(f"sample:{n}"), title=".", abstract=text)) for n, text in enumerate(abstracts)
    )
    return Issue(key=IssueKey(date(2026, 6, 2)), title="A day", languages=("en",), papers=papers, **more)  # type: ignore[arg-type]


def found(day: Issue, interest: str) -> dict[int, str]:
    picks = IssueSelector(day).select(SelectionRequest((interest,))).picks
    return {pick.index: pick.matches[0].label for pick in picks}


def test_a_long_form_finds_its_acronym_and_the_reverse_and_says_so() -> None:
    day = issue(
        "Large language models (LLMs) plan.",
        "A large language model (LLM) acts.",
        "LLMs act.",
        "A large language model.",
    )
    assert set(found(day, "large language model")) == {0, 1, 2, 3}
    assert set(found(day, "LLM")) == {0, 1, 2, 3}
    assert found(day, "LLM")[3] == "LLM, by Large language models"


def test_a_paper_that_defines_an_acronym_decides_what_it_means_there() -> None:
    known = {"sam": ("segment anything model",)}
    day = issue("We prompt SAM.", "Sharpness-aware minimization (SAM) is flat. SAM wins.", acronyms=known)
    assert set(found(day, "segment anything model")) == {0}
    assert set(found(day, "SAM")) == {0, 1}


def test_either_language_of_a_keyword_finds_the_other() -> None:
    day = issue("Retrieval-augmented generation reads.", "Nothing.")
    summary = Summary(
        paper_id=day.papers[1].id,
        language="zh-Hans",
        provenance=Provenance("llm"),
        keywords=(Keyword("retrieval-augmented generation", "检索增强生成"),),
    )
    papers = (day.papers[0], IssuePaper(paper=day.papers[1].paper, summaries={"zh-Hans": summary}))
    bilingual = Issue(key=day.key, title="A day", languages=("en",), papers=papers)
    assert set(found(bilingual, "检索增强生成")) == {0}
