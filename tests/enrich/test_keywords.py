"""Keywords without a model: whole noun phrases as the paper writes them, none twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.enrich.keywords import find_keywords, find_terms
from newsletter.enrich.keywords.candidates import gather
from newsletter.enrich.keywords.cutting import LONGEST_TEXT, Cutter
from newsletter.enrich.keywords.vocabulary import entry_of, load

TITLE = "Tomato Routing: Watering Plans by Graph Neural Networks"
ABSTRACT = (
    "Gardeners break graph neural networks into pieces when beds change. We train a graph neural network with"
    " contrastive learning on soil maps, and a large language model (LLM) explains its plans. The judge reached an AUC"
    " of 0.9 with retrieval-augmented generation (RAG). RAG is cheap, and LLMs help with Alzheimer's disease, too."
    " Chain of thought is best with Llama 3."
)


def keywords(abstract, title="", limit=30):
    return find_keywords(title, abstract, limit=limit)


def test_the_terms_of_a_paper_come_first_and_are_six_at_most():
    terms = find_keywords(TITLE, ABSTRACT)
    assert len(terms) == 6
    assert {"contrastive learning", "large language model", "retrieval-augmented generation"} <= set(terms)


def test_no_keyword_is_a_piece_of_a_sentence():
    for term in keywords(ABSTRACT, TITLE):
        assert not {"break", "reached", "into", "we", "its", "is"} & set(term.lower().split())
        assert not term.endswith((" neural", " an", " large"))


def test_keywords_are_written_as_within_a_sentence_and_not_as_in_the_title():
    terms = keywords(ABSTRACT, TITLE)
    assert any(term.startswith("graph neural network") for term in terms)
    assert "Graph Neural Networks" not in terms


def test_one_that_holds_another_takes_its_place():
    words = [set(term.lower().split()) for term in keywords(ABSTRACT, TITLE)]
    assert not any(one <= other for one in words for other in words if one is not other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("graph neural networks", "graph neural network"), ("vision-language models", "vision language model")],
)
def test_plural_and_hyphen_make_no_second_keyword(one, other):
    terms = keywords(f"We study {one} here. Then a {other} is trained, for {one} are good.")
    assert len([term for term in terms if term in {one, other}]) == 1


def test_two_forms_of_one_word_make_no_second_keyword():
    terms = keywords("A causal world model is learned. We call causal world modeling hard. It helps causal discovery.")
    assert "causal discovery" in terms
    assert len([term for term in terms if term.startswith("causal world")]) == 1


def test_an_acronym_that_the_paper_defines_stands_as_its_long_form():
    terms = keywords(ABSTRACT, TITLE)
    assert "retrieval-augmented generation" in terms
    assert not {"RAG", "LLM", "LLMs"} & set(terms)


def test_a_long_form_that_nobody_knows_is_one_although_a_preposition_stands_in_it():
    terms = find_keywords(
        "Watering by Agents",
        "Irrigation scheduling from tomato feedback (ISTF) waters plants. ISTF is cheap. We extend ISTF to beans.",
    )
    assert "Irrigation scheduling from tomato feedback" in terms
    assert "ISTF" not in terms


def test_what_the_vocabulary_knows_may_hold_a_preposition_a_possessive_or_a_number():
    terms = keywords(ABSTRACT, TITLE)
    assert "Chain of thought" in terms
    assert "Llama 3" in terms
    assert "Alzheimer" not in terms
    found = gather("", ABSTRACT, Cutter(load().verbs), load())
    assert found.candidates["alzheimer disease"].text == "Alzheimer's disease"


def test_mathematics_addresses_and_tex_are_no_keywords():
    terms = keywords(
        "We bound $\\mathcal{O}(n \\log n)$ queries by \\textbf{epsilon} nets in metric spaces, see"
        " https://example.org/metric-spaces and mail@example.org, with \\(x^2\\) balls."
    )
    assert "metric spaces" in terms
    assert not any(mark in term for term in terms for mark in "$\\{}/@^")
    assert not any("mathcal" in term or "example" in term for term in terms)


@pytest.mark.parametrize(
    "abstract",
    [
        "",
        "   ",
        "Withdrawn.",
        "the of and",
        "12 345 6.7 %",
        "我们提出了一种新的图神经网络方法，用于语言模型的训练。",
    ],
)
def test_a_text_without_english_words_has_few_keywords_or_none(abstract):
    assert all(term.isascii() and len(term) > 2 for term in keywords(abstract))
    assert len(keywords(abstract)) <= 1


def test_chinese_around_english_terms_is_left_out():
    terms = keywords("我们提出 graph neural networks 的新方法，用于 contrastive learning 的训练。")
    assert all(term.isascii() for term in terms)
    assert "contrastive learning" in terms


def test_a_term_has_a_key_that_terms_of_other_papers_share():
    (one,) = [term for term in find_terms(TITLE, ABSTRACT) if term.text == "contrastive learning"]
    assert one.key == "contrastive learning"
    assert [term.score for term in find_terms(TITLE, ABSTRACT)] == sorted(
        (term.score for term in find_terms(TITLE, ABSTRACT)), reverse=True
    )


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_has_keywords_of_its_own_words(text):
    for term in find_keywords("", text):
        assert len(term) > 2
        assert all(word.removesuffix("'s") in text for word in term.split())


@pytest.mark.parametrize(
    "text",
    [
        "deep " * LONGEST_TEXT,
        "a of " * LONGEST_TEXT,
        "(AB " * LONGEST_TEXT,
        "x" * 100 * LONGEST_TEXT,
        "$" * LONGEST_TEXT,
        "https://" * LONGEST_TEXT,
        "A's " * LONGEST_TEXT,
        "Long Form (LF) " * LONGEST_TEXT,
        "'" * LONGEST_TEXT,
        "- " * LONGEST_TEXT,
        "a@" * LONGEST_TEXT,
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_text_is_read_no_further_than_the_longest_abstract(text):
    assert find_keywords(text, text) == find_keywords(text[:LONGEST_TEXT], text[:LONGEST_TEXT])


def test_every_line_of_the_vocabulary_can_be_read():
    vocabulary = load()
    assert len(vocabulary.phrases) > 20_000
    assert {len(weights) for weights in vocabulary.words.values()} == {5}
    assert all(len(digits) == 4 for digits in vocabulary.phrases.values())
    assert entry_of(vocabulary.phrases["graph neural"]).free_right == "0"
    assert entry_of(vocabulary.phrases["graph neural network"]).free_right > "5"


def test_the_vocabulary_holds_phrases_and_no_text():
    assert max(len(key.split()) for key in load().phrases) <= 12
