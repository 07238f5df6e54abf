"""The measure itself is measured against the plain definition."""

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.rouge import lcs_length, rouge_l, tokens


def plain_lcs(one, other):
    row = [0] * (len(other) + 1)
    for a in one:
        previous = row[:]
        for j, b in enumerate(other):
            row[j + 1] = previous[j] + 1 if a == b else max(previous[j + 1], row[j])
    return row[-1]


words = st.lists(st.sampled_from("abcd"), max_size=25)


@given(words, words)
@settings(max_examples=60, deadline=None)
def test_the_fast_subsequence_equals_the_textbook_one(one, other):
    assert lcs_length(one, other) == plain_lcs(one, other)


def test_the_worked_example_of_the_paper():
    # Lin 2004, section 3.1: "police kill the gunman" shares three words in order with the reference.
    assert rouge_l(tokens("police kill the gunman"), tokens("police killed the gunman")) == 0.75
