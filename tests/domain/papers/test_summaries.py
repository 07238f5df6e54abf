"""Summaries: what may stand in one, under which identity it is kept, and which failures pass."""

from __future__ import annotations

from dataclasses import fields

import pytest

from newsletter.domain.papers.papers import PaperId
from newsletter.domain.papers.summaries import (
    FILE_ENGINE,
    RATINGS,
    Expense,
    FailureKind,
    Keyword,
    Provenance,
    Rating,
    Summary,
    SummaryKey,
)

ID = PaperId("arxiv:2606.00012")


def test_the_words_that_databases_and_issues_out_there_hold_are_still_understood() -> None:
    assert set(FailureKind) == set(
        "unavailable budget refused unparsable incomplete mismatched echo error-text garbled wrong-language "
        "untranslated unsupported obeyed too-long".split()
    )
    assert FILE_ENGINE == "file"
    assert RATINGS == ("practicality", "novelty", "recommendation")


def test_only_what_was_not_asked_or_not_answered_is_asked_again() -> None:
    """Every other failure would come again, and be paid again."""
    assert {kind for kind in FailureKind if kind.is_passing} == {"unavailable", "budget"}


@pytest.mark.parametrize("value", [0, 0.5, 1, 2.5, 4.5, 5])
def test_a_rating_is_nought_to_five_in_halves(value: float) -> None:
    assert Rating(value).value == value


@pytest.mark.parametrize("value", [-0.5, 5.5, 0.25, 3.3, 4.9, float("nan")])
def test_any_other_rating_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="0 to 5 in halves"):
        Rating(value)


@pytest.mark.parametrize(
    ("term", "translation", "language", "swapped"),
    [
        ("检索", "retrieval", "zh-Hans", True),
        ("retrieval", "检索", "zh-Hans", False),
        ("retrieval", "retrieval", "zh-Hans", False),
        ("检索", "", "zh-Hans", False),
        ("检索", "извлечение", "zh-Hans", False),
        ("RAG 检索", "retrieval", "zh-Hans", False),
        ("检索", "RAG 检索", "zh-Hans", False),
        ("42", "retrieval", "zh-Hans", False),
        ("поиск", "retrieval", "zh-Hans", False),
        ("поиск", "retrieval", "ru", True),
    ],
)
def test_a_keyword_whose_translation_stands_in_its_place_is_found_out(
    term: str, translation: str, language: str, swapped: bool
) -> None:
    assert Keyword(term, translation).is_swapped(language) is swapped


def test_a_summary_is_the_same_one_if_it_would_be_asked_for_in_the_same_way() -> None:
    summary = Summary(paper_id=ID, version=2, language="en", provenance=Provenance("llm", "m", "p1", 12, 0.5), tldr="x")
    assert summary.key == SummaryKey(ID, 2, "en", "llm", "m", "p1")
    given = Summary(paper_id=ID, language="en", provenance=Provenance("file"))
    assert given.key == SummaryKey(ID, None, "en", "file") == SummaryKey(ID, None, "en", "file", "", "")


def test_what_nobody_said_is_empty_and_cost_nothing() -> None:
    summary = Summary(paper_id=ID, language="en", provenance=Provenance("file"))
    said = {field.name for field in fields(summary) if getattr(summary, field.name)}
    assert said == {"paper_id", "language", "provenance"}
    assert (summary.provenance.tokens, summary.provenance.cost, Rating(3).reason, Keyword("x").translation) == (
        0,
        0,
        "",
        "",
    )
    expense = Expense(paper_id=ID, language="en", engine="llm")
    assert (expense.model, expense.tokens_in, expense.tokens_out, expense.cost, expense.is_estimate) == (
        "",
        0,
        0,
        0,
        False,
    )
