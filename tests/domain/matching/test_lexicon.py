"""Other names of a term, learned from papers, from the issue and from bilingual keywords."""

from __future__ import annotations

import pytest

from newsletter.domain.matching.lexicon import Lexicon, Replacement
from newsletter.domain.text import fold

LLM = "large language model"


def stems(text: str) -> tuple[str, ...]:
    return tuple(fold(word).stem for word in text.split())


def names(lexicon: Lexicon, term: str) -> list[Replacement]:
    return [*lexicon.names(stems(term))]


def test_an_acronym_and_its_long_form_stand_for_each_other() -> None:
    lexicon = Lexicon(known={"llm": (LLM,)})
    assert names(lexicon, "LLM") == [Replacement(0, 1, LLM, "llm")]
    assert names(lexicon, "large language models") == [Replacement(0, 3, "llm", "llm")]


def test_a_part_of_a_term_is_replaced_one_part_at_a_time() -> None:
    lexicon = Lexicon(known={"llm": (LLM,), "rag": ("retrieval augmented generation",)})
    assert names(lexicon, "LLM based RAG") == [
        Replacement(0, 1, LLM, "llm"),
        Replacement(2, 3, "retrieval augmented generation", "rag"),
    ]
    assert names(lexicon, "small large language model") == [Replacement(1, 4, "llm", "llm")]
    assert names(lexicon, "language model") == []


def test_what_two_papers_define_is_learned_and_what_one_does_is_not() -> None:
    texts = [["Large language models (LLMs) grow."], ["A large language model (LLM) is used."], ["Tomato nets (TN)."]]
    lexicon = Lexicon(texts)
    assert [name.text for name in names(lexicon, "LLM")] == ["Large language models"]
    assert names(lexicon, "tomato nets") == []


def test_a_synonym_of_several_words_is_no_acronym() -> None:
    lexicon = Lexicon(known={"sim to real": ("domain transfer",)})
    assert names(lexicon, "sim to real") == [Replacement(0, 3, "domain transfer", "")]
    assert names(lexicon, "domain transfer") == [Replacement(0, 2, "sim to real", "")]


def test_a_keyword_and_its_translation_stand_for_each_other_and_rely_on_no_acronym() -> None:
    lexicon = Lexicon(bilingual=[("small camera", "小相机")])
    assert names(lexicon, "small cameras") == [Replacement(0, 2, "小相机", "")]
    chinese = Lexicon(bilingual=[("番茄", "tomato")])
    assert [*chinese.names(("番", "茄"))] == [Replacement(0, 2, "tomato", "")]


def test_a_name_that_differs_in_its_ending_alone_is_no_other_name() -> None:
    lexicon = Lexicon(known={"model": ("models",)})
    assert names(lexicon, "model") == []


@pytest.mark.parametrize(("words", "known"), [(12, True), (13, False)])
def test_a_long_form_has_twelve_words_at_most(words: int, known: bool) -> None:
    long = " ".join(f"word{number}" for number in range(words))
    lexicon = Lexicon(known={"wwww": (long,)})
    assert bool(names(lexicon, long)) == known
    assert bool(names(lexicon, f"some {long} more")) == known
    assert names(lexicon, "wwww") == [Replacement(0, 1, long, "wwww")], "the other direction is short enough"


def test_a_term_has_eight_other_names_at_most_the_first_ones() -> None:
    lexicon = Lexicon(known={"abc": tuple(f"alpha{n} beta" for n in range(10))})
    assert [name.text for name in names(lexicon, "abc")] == [f"alpha{n} beta" for n in range(8)]


def test_nothing_without_letters_is_a_name() -> None:
    lexicon = Lexicon(known={"...": (LLM,), "abc": ("---",)})
    assert names(lexicon, LLM) == [Replacement(0, 3, "...", "...")]
    assert [*lexicon.names(())] == []


def test_a_paper_that_defines_an_acronym_decides_what_it_means_there() -> None:
    sam = "Segment anything model (SAM)."
    lexicon = Lexicon([[sam], ["Sharpness aware minimization (SAM)."], ["No definition."]])
    segment, sharpness = stems("segment anything model"), stems("sharpness aware minimization")
    assert lexicon.is_ambiguous("sam")
    assert not lexicon.is_ambiguous("llm")
    assert [lexicon.allows(doc, "sam", segment) for doc in range(4)] == [True, False, True, True]
    assert [lexicon.allows(doc, "sam", sharpness) for doc in range(4)] == [False, True, True, True]
    assert lexicon.allows(0, "llm", segment)
