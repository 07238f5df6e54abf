"""What is left of a statement beside its paper's title."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.text import without_announcing

TITLE = "TomatoNet: Counting Tomatoes in Rows"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("We propose TomatoNet, a model that counts fruit.", "A model that counts fruit."),
        ("TomatoNet (TN), a model that counts fruit.", "A model that counts fruit."),
        ("This paper shows that most tomatoes ripen late.", "Most tomatoes ripen late."),
        ("In this work, we study how tomatoes ripen.", "How tomatoes ripen."),
        ("We further introduce a set of pictures.", "A set of pictures."),
        ("我们提出了TomatoNet，一种数番茄的模型。", "一种数番茄的模型。"),
        ("本文介绍番茄的计数方法。", "番茄的计数方法。"),
    ],
)
def test_announcing_words_and_a_name_that_the_title_has_go(text: str, rest: str) -> None:
    assert without_announcing(text, TITLE) == rest


@pytest.mark.parametrize(
    "text",
    [
        "Tomatoes ripen late.",
        "We ask whether tomatoes ripen.",
        "We propose it.",
        "PepperNet, a model that counts fruit.",
        "Shown are tomatoes.",
        "",
    ],
)
def test_what_announces_nothing_stays_as_it_is(text: str) -> None:
    assert without_announcing(text, TITLE) == text


@given(st.text(max_size=200), st.text(max_size=50))
def test_the_rest_is_the_end_of_the_text(text: str, title: str) -> None:
    rest = without_announcing(text, title)
    assert text.casefold().endswith(rest[1:].casefold())
