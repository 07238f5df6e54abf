"""The ways to write a term that are looked for, spelt out."""

from __future__ import annotations

import pytest

from newsletter.domain.interests import Scope, Term
from newsletter.domain.matching.lexicon import Lexicon
from newsletter.domain.matching.scanning import Group
from newsletter.domain.matching.term_patterns import (
    MAX_ALTERNATIVES,
    MAX_COMPLETIONS,
    alternatives,
    compile_term,
    near_groups,
)
from newsletter.domain.matching.text_index import Segment, TextIndex

LLM = "large language model"


def index(text: str = "") -> TextIndex:
    return TextIndex([Segment(0, "abstract", text)])


def shown(groups: tuple[Group, ...]) -> str:
    """Groups parted by a space, the words of one by a hyphen."""
    return " ".join("-".join(word.base for word in group) for group in groups)


def ways(words: str, text: str = "", **names: tuple[str, ...]) -> list[str]:
    """Every way to write a term, with the other name that led to it."""
    every = alternatives(Term(words), index(text), Lexicon(known=names))
    return [f"{shown(way.groups)}{f' ({way.via})' if way.via else ''}" for way in every]


@pytest.mark.parametrize(
    ("words", "groups"),
    [
        ("world models", "world model"),
        ("state-of-the-art models", "state-of-the-art model"),
        ("rag/llm", "rag llm"),
        ("检索 增强", "检-索 增-强"),
        ("a & b", "a b"),
        ("...", ""),
    ],
)
def test_a_word_is_a_group_and_so_is_a_compound(words: str, groups: str) -> None:
    assert shown(compile_term(words)) == groups


def test_a_single_word_is_not_found_by_the_noun_of_its_action() -> None:
    ((alone,),) = compile_term("evaluate")
    assert alone.narrow
    assert not any(word.narrow for group in compile_term("evaluate models") for word in group)
    assert not any(word.narrow for group in compile_term("pre-train") for word in group)


@pytest.mark.parametrize(("word", "literal"), [("nlp", True), ("bert", False), ("cat", True), ("cats", True)])
def test_a_word_of_three_letters_is_found_as_it_is(word: str, literal: bool) -> None:
    ((compiled,),) = compile_term(word)
    assert compiled.literal == literal


@pytest.mark.parametrize(
    ("words", "groups"),
    [
        ("models of the world", "model world"),
        ("learn to learn", ""),  # the same twice is no two things
        ("of models", ""),
        ("models", ""),
        ("state-of-the-art models", "state-of-the-art model"),
        ("graph neural networks", "graph neural network"),
    ],
)
def test_only_words_that_tell_something_stand_near_each_other(words: str, groups: str) -> None:
    assert shown(near_groups(compile_term(words))) == groups


def test_a_term_as_written_comes_first() -> None:
    assert ways("language models") == ["language model"]


def test_words_are_joined_where_the_text_writes_them_as_one() -> None:
    assert ways("pre training", "pretraining helps") == ["pre training", "pretraining"]
    assert ways("pre training", "training helps") == ["pre training"]
    assert ways("alpha beta gamma delta", "alphabetagammadelta")[1:] == ["alphabetagammadelta"]
    assert ways("ab cd ef gh ij", "abcdefghij") == ["ab cd ef gh ij"], "five words are never one"
    assert ways("big pre training run", "pretraining") == ["big pre training run", "big pretraining run"]


def test_a_word_is_cut_where_the_text_cuts_it() -> None:
    assert ways("pretraining", "pre-training helps") == ["pretraining", "pre-train"]
    assert ways("big pretraining run", "pre-training helps") == ["big pretraining run", "big pre-train run"]


def test_a_version_may_stand_apart_from_its_name() -> None:
    assert ways("SAM2") == ["sam2", "sam-2"]
    assert ways("gpt4 turbo") == ["gpt4 turbo", "gpt-4 turbo"]
    assert ways("x2") == ["x2"], "a letter and a number apart are two things"
    assert ways("2024") == ["2024"]


def test_a_script_without_spaces_is_not_joined() -> None:
    assert ways("检索", "检索") == ["检-索"]


def test_an_acronym_and_its_long_form_are_looked_for_both() -> None:
    assert ways("LLM agents", llm=(LLM,)) == ["llm agent", "large-language-model agent (large language model)"]
    assert ways("large language model agents", llm=(LLM,)) == ["large language model agent", "llm agent (llm)"]


def test_another_name_says_which_acronym_it_relies_on_and_for_what() -> None:
    lexicon = Lexicon(known={"sam": ("segment anything model",)})
    own, other = alternatives(Term("SAM"), index(), lexicon)
    assert (own.acronym, own.long, own.via) == ("", (), "")
    assert (other.via, other.acronym) == ("segment anything model", "sam")
    assert other.long == tuple(word.stem for word in other.phrase)
    _, short = alternatives(Term("segment anything model"), index(), lexicon)
    assert (short.via, short.acronym, short.long) == ("sam", "sam", other.long)
    ((word,),) = short.groups
    assert word.cased is not None, "in capitals alone it stands for its long form"
    assert word.literal


def test_a_translation_is_found_in_any_case() -> None:
    lexicon = Lexicon(bilingual=[("small camera", "相机")])
    _, other = alternatives(Term("small camera"), index(), lexicon)
    assert (shown(other.groups), other.acronym) == ("相-机", "")


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("transform*", "transformer transforms tree", ["transform", "transformer"]),
        ("*bench", "workbench bench benchmark", ["bench", "workbench"]),
        ("vision transform*", "transformer", ["vision transformer"]),
        ("*bench results", "workbench", ["workbench result"]),
        ("pre-train*", "training trainer", ["pre-trainer", "pre-training"]),
        ("transform*", "tree", []),
    ],
)
def test_a_wildcard_stands_for_the_words_of_the_text(words: str, text: str, expected: list[str]) -> None:
    assert ways(words, text) == expected


def test_a_wildcard_stands_for_three_hundred_words_at_most_and_a_term_has_forty_eight_ways() -> None:
    assert (MAX_COMPLETIONS, MAX_ALTERNATIVES) == (300, 48)
    many = " ".join(f"abc{number}x" for number in range(400))
    assert len(ways("abc*", many)) == 300
    terms = {f"w{n}w": tuple(f"alpha{n}{k} beta" for k in range(8)) for n in range(8)}
    assert len(ways(" ".join(terms), **terms)) == 48


def test_where_a_term_is_looked_for_does_not_change_its_ways() -> None:
    lexicon = Lexicon(known={"llm": (LLM,)})
    anywhere = alternatives(Term("LLM"), index(), lexicon)
    assert alternatives(Term("LLM", scope=Scope.TITLE), index(), lexicon) == anywhere
