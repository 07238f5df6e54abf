"""Author lists: affiliations with commas inside, teams, suffixes, numbered affiliations, hundreds of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.papers.authors import read_author, split_authors
from newsletter.domain.papers.papers import Author


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada Lovelace, Alan Turing", [("Ada Lovelace", ""), ("Alan Turing", "")]),
        (
            "Anamta Khan, Ratna Kandala,  Deepti, Joyojeet Pal",
            ["Anamta Khan", "Ratna Kandala", "Deepti", "Joyojeet Pal"],
        ),
        (
            "A. Bee (Dept. of X, Univ. of Y, Z), C. Dee (MIT (CSAIL), USA)",
            [("A. Bee", "Dept. of X, Univ. of Y, Z"), ("C. Dee", "MIT (CSAIL), USA")],
        ),
        ("DataFlow Team", ["DataFlow Team"]),
        ("Systems and Robotics Group, Xu Li", ["Systems and Robotics Group", "Xu Li"]),
        ("The ATLAS Collaboration: G. Aad, B. Abbott", ["The ATLAS Collaboration", "G. Aad", "B. Abbott"]),
        ("Martin Luther King, Jr., Sammy Davis Jr.", ["Martin Luther King, Jr.", "Sammy Davis Jr."]),
        ("Andr\\'e Weil, Paul Erd\\H{o}s", ["André Weil", "Paul Erdős"]),
        ("Christopher Dilks (STAR Collaboration)", [("Christopher Dilks", "STAR Collaboration")]),
        (
            "A. Bee (1), C. Dee (1 and 2) ((1) MIT, Cambridge, (2) ETH)",
            [("A. Bee", "MIT, Cambridge"), ("C. Dee", "MIT, Cambridge; ETH")],
        ),
        ("A. Bee (1), C. Dee (3) ((1) , MIT; (2) ETH,)", [("A. Bee", "MIT"), ("C. Dee", "")]),
        ("A. Bee (1) ((1) MIT), C. Dee", [("A. Bee", "MIT"), "C. Dee"]),
        ("A. Bee, C. Dee), E. Eff", ["A. Bee", "C. Dee", "E. Eff"]),
        ("A. Bee (1), C. Dee (2) ((1) Xerox, (2) ETH)", [("A. Bee", "Xerox"), ("C. Dee", "ETH")]),
        ("A. Bee, ((1) MIT)", ["A. Bee"]),
        ("A. Bee, (MIT)", [("A. Bee", "MIT")]),
        ("A. Bee (MIT) (ETH), C. Dee", [("A. Bee", "MIT, ETH"), "C. Dee"]),
        ("A. Bee (X, Y (Z), W), C. Dee", [("A. Bee", "X, Y (Z), W"), "C. Dee"]),
        ("A. Bee, Jr. (MIT), C. Dee", [("A. Bee, Jr.", "MIT"), "C. Dee"]),
        ("C. Dee, A. Bee (MIT), Jr.", ["C. Dee", ("A. Bee, Jr.", "MIT")]),
        ("A. Bee (unclosed, C. Dee", ["A. Bee unclosed", "C. Dee"]),
        ("", []),
        (" , ,() ,", []),
    ],
)
def test_names_and_affiliations_are_told_apart(text: str, expected: list[str | tuple[str, str]]) -> None:
    assert split_authors(text) == tuple(Author(e) if isinstance(e, str) else Author(*e) for e in expected)


def test_what_submitters_type_is_split_at_and_too() -> None:
    names = [author.name for author in split_authors("A. Bee, C. Dee, and E. Eff & G. Gee", conjunction=True)]
    assert names == ["A. Bee", "C. Dee", "E. Eff", "G. Gee"]


def test_a_large_collaboration_keeps_every_name() -> None:
    names = [f"A{i} Name{i}" for i in range(574)]
    text = ", ".join(f"{name} (Univ. {i}, Town)" for i, name in enumerate(names))
    assert [author.name for author in split_authors(text)] == names


NAMES = st.text(st.sampled_from("abc (),&.:\\'{}123\n"), max_size=200)


@given(st.one_of(NAMES, st.text(max_size=200)), st.booleans())
def test_no_text_makes_it_raise_and_every_author_has_a_name(text: str, conjunction: bool) -> None:
    assert all(author.name.strip() for author in split_authors(text, conjunction=conjunction))


@given(st.lists(st.text("abcdefgé", min_size=1, max_size=8), max_size=20))
def test_plain_names_come_back_in_order(names: list[str]) -> None:
    assert [author.name for author in split_authors(", ".join(names))] == names


def test_a_name_is_cut_where_no_name_is_as_long() -> None:
    """A feed whose commas are lost is one author; a page that shows it must still be a page."""
    for text in ("x" * 299, "x" * 300, "x" * 301):
        assert split_authors(text) == (Author(text[:300]),)
    team = "The " + "y" * 150 + " Collaboration"
    assert split_authors(f"{team}: {'x' * 301}") == (Author(team), Author("x" * 300))


def test_twice_as_many_authors_as_the_largest_collaboration_has_are_read_and_no_more() -> None:
    assert len(split_authors("A, " * 9_999)) == 9_999
    assert len(split_authors("A, " * 10_000)) == 10_000
    assert len(split_authors("A, " * 10_001)) == 10_000


def test_one_author_is_read_with_the_note_after_the_name() -> None:
    assert read_author("Ada Lovelace (Analytical Society, London)") == Author(
        "Ada Lovelace", "Analytical Society, London"
    )
    assert read_author("((1) MIT)") is None
    assert read_author("") is None
    assert read_author("x" * 301) == Author("x" * 300)
