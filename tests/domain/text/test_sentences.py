"""Sentence splitting survives what abstracts really hold."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.text.sentences import shorten, split_sentences, visible_length


@pytest.mark.parametrize(
    "whole",
    [
        "We use cues, e.g. Position and length, to rank spans.",
        "We follow Vaswani et al. (2017) and Smith et al. 2020 in this.",
        "As Fig. 3 and Eq. 7 show, it holds.",
        "It gains 3.5 points over version 2.1 on average.",
        "The method of J. R. Smith and A. Turing is older.",
        "Let $f(x) = 1. We$ be a formula.",
        "A bound of \\(O(n. N)\\) holds for all inputs.",
        "The U.S. Senate and the U.K. Parliament (cf. Section 4.2) differ.",
        "Variables are i.i.d. random draws.",
        "We compare A vs. B, w.r.t. Time and cost.",
        "It works (see the appendix. It is long) in practice.",
        "No. 5 is alive, approx. 10 of them.",
        "It started on Feb. 28 and ended.",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(whole):
    assert split_sentences(whole) == (whole,)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One is here. Two is there.", ["One is here.", "Two is there."]),
        ("Is it so? Yes! 3 tests agree.", ["Is it so?", "Yes!", "3 tests agree."]),
        ("We follow Smith et al. We then extend them.", ["We follow Smith et al.", "We then extend them."]),
        ("Draws are i.i.d. However, this fails.", ["Draws are i.i.d.", "However, this fails."]),
        ("It inverts the matrix A. We show how.", ["It inverts the matrix A.", "We show how."]),
        ("The loss is $x^2$. It falls.", ["The loss is $x^2$.", "It falls."]),
        ("It needs no model.We prove that.", ["It needs no model.", "We prove that."]),
        ('They call it "small." The rest is large.', ['They call it "small."', "The rest is large."]),
        ("It costs $5. We pay $6. They laugh.", ["It costs $5. We pay $6.", "They laugh."]),
        ("我们提出一种方法。结果很好！真的吗？", ["我们提出一种方法。", "结果很好！", "真的吗？"]),
        ("A list (one. Two\nthat never closes. " + "It goes on. " * 40, None),
        ("Speed is up 12\\%. Cost is down.", ["Speed is up 12\\%.", "Cost is down."]),
        ("vLLM is fast. iPhone users agree. it does not.", ["vLLM is fast.", "iPhone users agree. it does not."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, parts):
    found = split_sentences(text)
    if parts is None:
        assert len(found) > 5, "an unclosed parenthesis must not swallow the abstract"
    else:
        assert list(found) == parts


@pytest.mark.parametrize("text", ["", " \n\t ", "Withdrawn", "Two words"])
def test_a_text_without_sentences_is_at_most_one(text):
    assert split_sentences(text) == ((text.strip(),) if text.strip() else ())


@given(st.text(alphabet="ab A.!?。$\\()[]\"' \n1", max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_word_is_lost_or_invented(text):
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())


def test_a_hostile_text_takes_no_longer_than_its_length_deserves():
    began = time.perf_counter()
    for text in ("(" * 100_000 + ". A", "$ " * 50_000, "A. " * 30_000, ". " * 50_000 + "(" * 1000):
        split_sentences(text)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ("text", "length"),
    [("plain", 5), ("$x^2$", 2), ("12\\%", 3), ("\\textbf{bold}", 5), ("$\\alpha_{i}$", 2)],
)
def test_visible_length_counts_what_a_reader_sees(text, length):
    assert visible_length(text) == length


def test_a_short_text_is_not_cut():
    assert shorten("It is short.", 40) == "It is short."


def test_a_long_text_is_cut_at_a_word_and_says_so():
    assert shorten("one two three four", 9) == "one two…"


def test_mathematics_is_never_cut_in_two():
    text = "We show that $a + b + c + d$ converges quickly"
    for limit in range(1, 40):
        assert shorten(text, limit).count("$") % 2 == 0
