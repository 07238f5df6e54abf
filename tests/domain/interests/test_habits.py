"""What people write from habit: recognised where it is sure, said where it is not."""

from __future__ import annotations

import pytest

from newsletter.domain.interests.habits import (
    CONNECTIVE,
    CONNECTIVES,
    bare_categories,
    is_acronym,
    shortened,
    taken_literally,
)
from newsletter.domain.interests.interests import Term


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("cs.CL", ["cs.CL"]),
        ("CS.CL stat.ml", ["cs.CL", "stat.ML"]),
        ("hep-th", ["hep-th"]),
        ("cs.CL transformers", []),
        ("transformers cs.CL", []),
        ("math", []),  # a word as well
    ],
)
def test_categories_are_known_without_their_field_where_nothing_else_stands(text: str, names: list[str]) -> None:
    assert bare_categories(text) == names


@pytest.mark.parametrize("word", ["RAG", "llm", "LLM", "GPT", "vlm", "LoRA", "xml", "tv", "AI", "ViT"])
def test_an_acronym_has_two_capitals_or_no_vowel(word: str) -> None:
    assert is_acronym(word)


@pytest.mark.parametrize("word", ["rag", "Robot", "gym", "my", "x", "X", "GPT4", "C++", "ЛЛМ", "", "sky", "Rag"])
def test_a_word_with_a_vowel_and_one_capital_is_none(word: str) -> None:
    """`y` is a vowel here, and one letter or a digit makes no acronym either."""
    assert not is_acronym(word)


def test_small_words_stand_for_operators_between_white_space_only() -> None:
    assert CONNECTIVES == {"and": "AND", "&": "AND", "or": "OR", "not": "NOT"}
    assert CONNECTIVE.split("a and b or  c & d not e R&D android") == ["a", "b", "c", "d", "e R&D android"]


def said(words: str, *, exact: bool = False) -> list[str]:
    return [*map(str, taken_literally(Term(words, exact)))]


def test_a_star_in_the_wrong_place_is_an_ordinary_sign_and_is_said_to_be() -> None:
    (note,) = said("A* search")
    assert note == (
        "the * of “A*” is an ordinary sign; it stands for other letters once in a term, at the end or "
        "at the beginning of a word of 3 letters or more"
    )
    assert [text.split("”")[0] for text in said("tra* lea* lea* tr*/x*")] == [
        "the * of “lea*", "the * of “tr*", "the * of “x*",
    ]  # fmt: skip
    assert said("transform*") == []
    assert said("a * b") == [], "a star by itself stands for nothing"
    assert said("plain words") == []


@pytest.mark.parametrize(
    ("words", "either"),
    [
        ("rag/llm", "“rag/llm” is read as words that stand together; for one or the other write rag OR llm"),
        ("big ab/cd/ef", "“ab/cd/ef” is read as words that stand together; for one or the other write ab OR cd OR ef"),
    ],
)
def test_a_slash_between_words_may_mean_either(words: str, either: str) -> None:
    assert said(words) == [either]
    assert said(words, exact=True) == []


@pytest.mark.parametrize("words", ["and/or", "or/and", "a/b", "1/2", "/a", "TCP 4/5", "a/bc"])
def test_a_slash_that_cannot_part_two_words_is_not_commented_on(words: str) -> None:
    assert said(words) == []


def test_a_note_shows_eighty_characters_of_a_text() -> None:
    assert shortened("x" * 80) == "x" * 80
    assert shortened("x" * 81) == "x" * 79 + "…"
