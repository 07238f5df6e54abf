"""A sentence that is shown alone does not lean on one that is not shown."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.text.openers import leans, without_opener

COUNTS = "we count the tomatoes of long rows."


@pytest.mark.parametrize(
    "opener",
    [
        "However, ", "Moreover, ", "As a result, ", "In this paper, ", "In this work ", "Here, ", "Here ", "Second, ",
        "Secondly, ", "To this end, ", "Specifically, ", "But ", "Methods: ", "(2) ", "However, in this paper, ",
        "Thus ", "To address this issue, ", "To overcome these limitations, ", "Motivated by this observation, ",
        "Building on these findings, ", "To bridge the gap, ", "In response to these challenges, ",
    ],
)  # fmt: skip
def test_an_opener_that_says_nothing_goes_and_a_capital_begins(opener):
    assert without_opener(f"{opener}{COUNTS}") == "We count the tomatoes of long rows."


@pytest.mark.parametrize(
    "opener",
    ["To count the ripe ones in this setting, ", "Using these greenhouses, ", "Motivated by such leaves and stems, "],
)
def test_where_an_opener_said_something_an_ellipsis_stands_for_it(opener):
    assert without_opener(f"{opener}{COUNTS}") == f"… {COUNTS}"


@pytest.mark.parametrize(
    ("text", "trimmed"),
    [
        ("We also show that leaves hide them.", "We show that leaves hide them."),
        ("We therefore count the stems.", "We count the stems."),
        ("These results show that leaves hide the stems.", "Leaves hide the stems."),
        ("To tackle these issues in large gardens, we count stems.", "In large gardens, we count stems."),
        ("Design/Methodology/Approach: We count the stems.", "We count the stems."),
        ("Existing counters, however, miss the ripe ones.", "Existing counters miss the ripe ones."),
        ("However, vLLM is not for tomatoes.", "vLLM is not for tomatoes."),
        ("然而，现有方法会漏掉成熟的番茄。", "现有方法会漏掉成熟的番茄。"),
        ("为解决这一问题，我们统计番茄。", "我们统计番茄。"),
        ("First, we count. Second, we water.", "First, we count. Second, we water."),
        ("First, we count the tomatoes.", "We count the tomatoes."),
    ],
)
def test_what_leans_is_trimmed_and_the_rest_is_verbatim(text, trimmed):
    assert without_opener(text) == trimmed


@pytest.mark.parametrize(
    "text",
    [
        "We count the tomatoes of long rows.",
        "In practice tomatoes ripen early.",
        "To count tomatoes, we lay rails.",
        "Although leaves hide them, we count tomatoes.",
        "This paper counts tomatoes.",
        "For vegetables such as tomatoes, we lay rails.",
        "Yet another counter is not needed.",
        "However, no.",
        "",
    ],
)
def test_what_stands_by_itself_stays_as_it_is(text):
    assert without_opener(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "These results show that leaves hide them.", "They ripen early.", "It trains one encoder.", "This is costly.",
        "Such rows are long.", "Another reason is the rain.", "The latter ripens early.", "Both of them ripen.",
        "Among these, tomatoes ripen.", "Given the rain, this is a hard problem.", "该方法统计番茄。",
    ],
)  # fmt: skip
def test_a_subject_that_points_back_leans(text):
    assert leans(text)


@pytest.mark.parametrize(
    "text",
    [
        "This paper counts tomatoes.", "This position paper is one.", "It is unclear whether leaves hide them.",
        "Vegetables such as tomatoes ripen.", "We count tomatoes.", "本文统计番茄。", "This study asks why.",
    ],
)  # fmt: skip
def test_what_names_its_subject_does_not_lean(text):
    assert not leans(text)


@given(st.text(alphabet="abTHowever, Tois.;:()$\\ 然而，", max_size=120))
def test_no_word_is_invented(text):
    assert without_opener(text).removeprefix("… ")[1:] in text or without_opener(text) == text or ", " in text


def test_a_hostile_text_takes_no_longer_than_its_length_deserves():
    began = time.perf_counter()
    for text in ("To " * 50_000, "However, " * 30_000, "In a, " * 30_000 + "we", "to this " * 30_000):
        without_opener(text)
        leans(text)
    assert time.perf_counter() - began < 5
