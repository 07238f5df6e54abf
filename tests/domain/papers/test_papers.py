"""Ids of papers: every form that sources use, version kept apart."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.papers.papers import Author, Paper, PaperId, arxiv_number, parse_arxiv_id, parse_paper_id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2403.18684", ("arxiv:2403.18684", None)),
        ("2403.18684v12", ("arxiv:2403.18684", 12)),
        ("0704.0001v1", ("arxiv:0704.0001", 1)),
        ("oai:arXiv.org:2606.00012v1", ("arxiv:2606.00012", 1)),
        ("arXiv:hep-ex/0307015", ("arxiv:hep-ex/0307015", None)),
        ("math.GT/0309136v2", ("arxiv:math/0309136", 2)),
        ("https://arxiv.org/abs/2606.00012v3", ("arxiv:2606.00012", 3)),
        ("http://export.arxiv.org/pdf/2606.00012v3.pdf", ("arxiv:2606.00012", 3)),
        (" arxiv:2606.00012 ", ("arxiv:2606.00012", None)),
        ("https://www.arxiv.org/html/2606.00012v1", ("arxiv:2606.00012", 1)),
    ],
)
def test_arxiv_ids_are_read_in_every_form(text: str, expected: tuple[str, int | None]) -> None:
    assert parse_arxiv_id(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "2413.12345", "abc", "2403.18684v0", "hep-ex/12", "https://example.org/2403.18684", "arxiv:arxiv:2606.00012"],
)
def test_what_is_no_arxiv_id_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"for example 2403\.18684v2"):
        parse_arxiv_id(text)


@pytest.mark.parametrize("text", ["x:a\x00b", "x:a\ud800", "url:a\nb", "x:" + "a" * 500])
def test_an_id_that_no_database_could_keep_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an arXiv identifier"):
        parse_paper_id(text)


def test_an_id_has_five_hundred_characters_at_most() -> None:
    """Every table that names a paper has a column of this width."""
    longest = "url:" + "a" * 496
    assert parse_paper_id(longest) == (longest, None)
    with pytest.raises(ValueError, match="not an arXiv identifier"):
        parse_paper_id(longest + "a")


def test_what_no_source_has_told_of_a_paper_is_empty() -> None:
    paper = Paper(id=PaperId("sample:1"), title="T")
    assert {field.name for field in fields(paper) if getattr(paper, field.name)} == {"id", "title"}
    assert Author("Ada").affiliation == ""


def test_other_schemes_are_taken_as_they_are() -> None:
    assert parse_paper_id("sample:2606.0001") == ("sample:2606.0001", None)
    assert arxiv_number(parse_paper_id("doi:10.1000/182")[0]) is None
    assert arxiv_number(parse_paper_id("2403.18684v2")[0]) == "2403.18684"


@given(st.text())
def test_no_text_makes_parsing_fail_otherwise(text: str) -> None:
    try:
        paper_id, version = parse_paper_id(text)
    except ValueError:
        return
    assert ":" in paper_id
    assert version is None or version > 0
