"""Free text: the phrases that a person would underline in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.interests.prose import MAX_PHRASES, pick_phrases


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("I work on robot learning and on sim-to-real transfer.", ["robot learning", "sim-to-real transfer"]),
        (
            "New papers about protein folding, molecular dynamics; RLHF",
            ["protein folding", "molecular dynamics", "RLHF"],
        ),
        ("robots", []),  # one word is too little to go by …
        ("RLHF, RAG and Robots", ["RLHF", "RAG"]),  # … unless it is written in capitals
        ("AI; XML; X; xRay", ["AI", "XML"]),
        ("sim-to-real; sim to real", ["sim-to-real"]),
        ("robot arm grasp plan", ["robot arm grasp plan"]),
        ("robot arm grasp plan learn", ["robot arm grasp plan learn"]),
        ("robot arm grasp plan learn faster", []),  # a run of six words is no phrase
        ("state-of-the-art robot", ["state-of-the-art robot"]),  # five, as words are counted
        ("state-of-the-art robot arms", []),
        ("robot arms; Robot Arm; robot arm", ["robot arms"]),  # once, as it was written first
        (
            "robot learning: sim transfer (legged walking) [soft bodies]",
            ["robot learning", "sim transfer", "legged walking", "soft bodies"],
        ),
        (
            'robot learning/sim transfer "legged walking" “soft bodies” • graph nets * tree nets',
            ["robot learning", "sim transfer", "legged walking", "soft bodies", "graph nets", "tree nets"],
        ),
        (
            "robot learning - sim transfer – legged walking — soft bodies",
            ["robot learning", "sim transfer", "legged walking", "soft bodies"],
        ),
        ("robot learning e.g. sim transfer i.e. legged walking", ["robot learning", "sim transfer", "legged walking"]),
        (
            "robot learning.\nsim transfer;legged walking\nsoft bodies",
            ["robot learning", "sim transfer", "legged walking", "soft bodies"],
        ),
        ("'robot learning', sim transfer! soft bodies?", ["robot learning", "sim transfer soft bodies"]),
        ("检索增强", ["检索增强"]),  # each character counts as a word
        ("", []),
        ("... --- !!!", []),
    ],
)
def test_the_phrases_of_a_text_are_its_runs_of_telling_words(text: str, phrases: list[str]) -> None:
    assert [*pick_phrases(text)] == phrases


@pytest.mark.parametrize(
    "unwanted",
    [
        "Not relevant: speech recognition",
        "Irrelevant: speech recognition",
        "No speech recognition",
        "not speech recognition",
        "Never speech recognition",
        "Exclude speech recognition",
        "excluding speech recognition",
        "Avoid speech recognition",
        "Ignore speech recognition",
        "3. Do not send speech recognition",
        "- does not concern speech recognition",
        "Don't send speech recognition",
        "don’t send speech recognition",
        "I do not care about speech recognition",
        "I don't want speech recognition",
        "I am not interested in speech recognition",
        "This does not really prioritise speech recognition",
        "speech recognition alone is not sufficient",
    ],
)
def test_what_is_not_wanted_is_left_out_and_the_rest_is_not(unwanted: str) -> None:
    assert pick_phrases(f"robot learning. {unwanted}. legged walking") == ("robot learning", "legged walking")


@pytest.mark.parametrize(
    "wanted",
    [
        "nothing beats speech recognition",
        "noted speech recognition",
        "speech recognition does not cost much",
        "notable speech recognition",
    ],
)
def test_a_word_that_merely_begins_like_a_no_leaves_nothing_out(wanted: str) -> None:
    assert any("speech recognition" in phrase for phrase in pick_phrases(wanted))


def test_what_is_relevant_again_behind_what_is_not_counts() -> None:
    text = "Relevant: robot learning Not relevant: speech recognition Relevant: legged walking"
    assert pick_phrases(text) == ("robot learning", "legged walking")


def test_a_text_has_sixty_four_phrases_at_most() -> None:
    words = [f"gene{number}" for number in range(200)]
    phrases = pick_phrases(", ".join(f"{word} tree" for word in words))
    assert len(phrases) == MAX_PHRASES == 64
    assert phrases[63] == f"{words[63]} tree"
    assert len(pick_phrases(", ".join(f"{word} tree" for word in words[:64]))) == 64


@given(st.text(max_size=80))
def test_every_phrase_stands_in_the_text(text: str) -> None:
    words = " ".join(text.split())
    for phrase in pick_phrases(text):
        for word in phrase.split():
            assert word in words
