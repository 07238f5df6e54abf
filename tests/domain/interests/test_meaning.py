"""An interest said back in plain English: by reading it a subscriber sees what will be sent."""

from __future__ import annotations

import pytest

from newsletter.domain.interests.interests import Interest, Prose
from newsletter.domain.interests.meaning import describe
from newsletter.domain.interests.parser import parse


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("diffusion", "Finds papers with “diffusion”."),
        ("world models", "Finds papers with “world models” (or its words close together)."),
        ('"world models"', "Finds papers with the phrase “world models”."),
        ('"diffusion"', "Finds papers with the phrase “diffusion”."),
        ("title:diffusion", "Finds papers with “diffusion” in the title."),
        ("abs:a1 b1", "Finds papers with “a1 b1” in the abstract (or its words close together)."),
        ('title:"a b"', "Finds papers with the phrase “a b” in the title."),
        ("graph ~ neural ~ net", "Finds papers with “graph” within five words of “neural” within five words of “net”."),
        ("cat:cs.CL", "Finds papers with category cs.CL."),
        ("cat:cs.*", "Finds papers with a category that begins with cs.."),
        ("cat:astro-ph*", "Finds papers with a category that begins with astro-ph."),
        ("author:Ada Lovelace", "Finds papers with an author “Ada Lovelace”."),
        ("org:Some Lab", "Finds papers with the organization “Some Lab”."),
        ("topic:rag", "Finds papers with the topic rag."),
        ("alpha^2", "Finds papers with “alpha”, counting 2 times."),
        ("alpha^0.5", "Finds papers with “alpha”, counting 0.5 times."),
        ("a1 AND b1", "Finds papers with “a1” and “b1”."),
        ("a1 OR b1", "Finds papers with “a1” or “b1”."),
        ("a1 AND (b1 OR c1)", "Finds papers with “a1” and (“b1” or “c1”)."),
        ("a1 OR b1 AND c1", "Finds papers with “a1” or (“b1” and “c1”)."),
        ("a1 AND -b1", "Finds papers with “a1” and no “b1”."),
        ("-survey", "Leaves out every paper with “survey”."),
        ("!cat:cs.RO", "Leaves out every paper without category cs.RO."),
    ],
)
def test_an_interest_is_said_in_one_sentence(text: str, meaning: str) -> None:
    assert describe(parse(text)) == meaning


@pytest.mark.parametrize(
    ("count", "meaning"),
    [
        (1, "Finds papers with at least 1 of these phrases: “p1”."),
        (8, "Finds papers with at least 2 of these phrases: “p1”, “p2”, “p3”, “p4”, “p5”, “p6”, “p7”, “p8”."),
        (
            9,
            "Finds papers with at least 2 of these phrases: “p1”, “p2”, “p3”, “p4”, “p5”, “p6”, “p7”, “p8” and 1 more.",
        ),
        (
            11,
            "Finds papers with at least 2 of these phrases: “p1”, “p2”, “p3”, “p4”, “p5”, “p6”, “p7”, “p8” and 3 more.",
        ),
    ],
)
def test_of_free_text_the_first_eight_phrases_are_told(count: int, meaning: str) -> None:
    phrases = tuple(f"p{number}" for number in range(1, count + 1))
    assert describe(Interest(Prose("a text", phrases))) == meaning
