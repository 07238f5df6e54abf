"""Patterns found in short texts, at the places where a finger would point."""

from __future__ import annotations

import pytest

from newsletter.domain.matching.scanning import Pattern, Word, frequency, scan
from newsletter.domain.matching.text_index import Segment, TextIndex
from newsletter.domain.text import fold


def index(*texts: str) -> TextIndex:
    return TextIndex(Segment(doc, "abstract", text) for doc, text in enumerate(texts))


def word(text: str, **flags: bool) -> Word:
    form = fold(text)
    return Word(form.stem, form.base, form if form.is_case_aware else None, **flags)


def phrase(text: str, **flags: bool) -> Pattern:
    return Pattern((tuple(word(part, **flags) for part in text.split()),))


def near(text: str, slack: int, *, across_commas: bool = True) -> Pattern:
    """Groups are parted by `|`."""
    groups = tuple(tuple(map(word, group.split())) for group in text.split("|"))
    return Pattern(groups, slack, across_commas)


def occurrences(built: TextIndex, *patterns: Pattern) -> list[tuple[int, str]]:
    """Each occurrence: the pattern's number, and the words."""
    hits = scan(built, patterns)
    return sorted(
        (number, built.excerpt(first, end))
        for number, first, end in zip(hits.pattern.tolist(), hits.first.tolist(), hits.end.tolist(), strict=True)
    )


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("a language model and language models", "language model", ["language model", "language models"]),
        ("model language", "language model", []),
        ("language. Model", "language model", []),
        ("language large model", "language model", []),
        ("large language model agents", "large language model agent", ["large language model agents"]),
        ("large language agents", "large language model agent", []),
        ("models model modelling", "model", ["model", "modelling", "models"]),
        ("tomato", "model", []),
        ("language-model", "language model", ["language-model"]),
        ("language, model", "language model", ["language, model"]),
        ("very very very good", "very very", ["very very", "very very"]),
    ],
)
def test_a_phrase_stands_side_by_side_in_its_order(text: str, pattern: str, expected: list[str]) -> None:
    assert [words for _, words in occurrences(index(text), phrase(pattern))] == expected


@pytest.mark.parametrize(
    ("text", "slack", "expected"),
    [
        ("graph neural", 0, ["graph neural"]),
        ("graph of neural", 0, []),
        ("graph of neural", 1, ["graph of neural"]),
        ("graph of the neural", 1, []),
        ("graph of the neural", 2, ["graph of the neural"]),
        ("graph a b c d neural", 4, ["graph a b c d neural"]),
        ("graph a b c d e neural", 9, []),  # pairs reach five words far
        ("graph. Neural", 4, []),
        ("graph-based neural", 1, []),  # what a hyphen joins to others is another word
        ("graph-neural", 0, ["graph-neural"]),
        ("graph neural graph neural", 1, ["graph neural", "graph neural"]),
    ],
)
def test_words_may_stand_between_groups_up_to_the_slack(text: str, slack: int, expected: list[str]) -> None:
    assert [words for _, words in occurrences(index(text), near("graph|neural", slack))] == expected


@pytest.mark.parametrize(
    ("text", "slack", "expected"),
    [
        ("one x two y three", 2, ["one x two y three"]),  # the slack is for all gaps together
        ("one x two y three", 1, []),
        ("one two x y three", 2, ["one two x y three"]),
        ("one x y two three", 2, ["one x y two three"]),
        ("one x y two z three", 2, []),
        ("one two three", 0, ["one two three"]),
    ],
)
def test_the_slack_is_shared_by_all_gaps(text: str, slack: int, expected: list[str]) -> None:
    assert [words for _, words in occurrences(index(text), near("one|two|three", slack))] == expected


def test_a_group_of_several_words_stays_together() -> None:
    pattern = near("big graph|neural net", 2)
    assert occurrences(index("big graph of neural nets"), pattern) == [(0, "big graph of neural nets")]
    assert occurrences(index("big x graph of neural nets"), pattern) == []
    assert occurrences(index("big graph of neural x nets"), pattern) == []
    assert occurrences(index("graph of neural nets"), pattern) == []


def test_a_comma_parts_where_it_is_said_to() -> None:
    text = index("graph, neural")
    assert occurrences(text, near("graph|neural", 1)) == [(0, "graph, neural")]
    assert occurrences(text, near("graph|neural", 1, across_commas=False)) == []
    assert occurrences(index("graph neural, x"), near("graph|neural", 1, across_commas=False)) == [(0, "graph neural")]
    assert occurrences(index("graph x, neural"), near("graph|neural", 1, across_commas=False)) == []
    assert occurrences(index("one two x, three"), near("one|two|three", 2, across_commas=False)) == []


def test_many_patterns_are_found_together_and_told_apart() -> None:
    built = index("graph neural nets", "language models")
    patterns = [phrase("language model"), phrase("tomato"), phrase("graph"), near("graph|net", 1), phrase("neural net")]
    assert occurrences(built, *patterns) == [
        (0, "language models"), (2, "graph"), (3, "graph neural nets"), (4, "neural nets"),
    ]  # fmt: skip
    assert occurrences(built) == []
    assert len(scan(built, []).pattern) == 0


@pytest.mark.parametrize(
    ("flags", "accepted"),
    [
        ({}, ["evaluate", "evaluated", "evaluates", "evaluation"]),
        ({"narrow": True}, ["evaluate", "evaluated", "evaluates"]),  # not the noun of the action
        ({"literal": True}, ["evaluate", "evaluates"]),  # nor a verb's forms
    ],
)
def test_a_word_may_be_found_in_all_its_forms_or_in_some(flags: dict[str, bool], accepted: list[str]) -> None:
    built = index("evaluate evaluates evaluated evaluation")
    assert [words for _, words in occurrences(built, phrase("evaluate", **flags))] == accepted
    assert word("evaluate", **flags).is_plain == (not flags)


def test_an_acronym_that_is_a_word_is_found_in_capitals() -> None:
    built = index("RAG or a rag, and Rag; SAM")
    assert [words for _, words in occurrences(built, phrase("RAG"))] == ["RAG"]
    assert [words for _, words in occurrences(built, phrase("rag"))] == ["RAG", "Rag", "rag"]
    assert not word("RAG").is_plain


def test_no_more_is_looked_at_than_the_rarer_of_the_first_two_words_stands() -> None:
    built = index("model " * 9 + "graph model graph x")
    assert frequency(built, phrase("model")) == 10
    assert frequency(built, phrase("graph model")) == 2
    assert frequency(built, phrase("tomato model")) == 0
    assert frequency(built, near("model|graph", 4)) == 2 * 5
    assert frequency(built, near("x model|graph", 1)) == 2 * 2
    assert frequency(built, phrase("graph model x")) == 2


def test_what_was_looked_at_is_told() -> None:
    built = index("graph model graph model graph net")
    assert scan(built, [phrase("graph model")]).visited == 2
    assert scan(built, [phrase("model")]).visited == 2
    assert scan(built, [phrase("tomato")]).visited == 0
    assert scan(built, [phrase("graph model graph")]).visited == 4, "two pairs, and the word behind each"
