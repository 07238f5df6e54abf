"""A summary is told from that of another paper by the terms that it shares: counted here on the fingers."""

from __future__ import annotations

import pytest

from newsletter.domain.answers.resemblance import is_about
from newsletter.domain.papers import Keyword, Paper, PaperId, Provenance, Summary


def paper(text: str, number: int = 1) -> Paper:
    return Paper(id=PaperId(f"sample:{number}"), title="", abstract=text)


def said(text: str, language: str = "en", *, english: str = "", keywords: str = "", field: str = "tldr") -> Summary:
    return Summary(
        paper_id=PaperId("sample:1"),
        language=language,
        provenance=Provenance("llm"),
        tldr_en=english,
        keywords=tuple(Keyword(term) for term in keywords.split()),
        **({field: text} if field != "tldr_en" else {}),
    )


OWN = "violins varnish"
"""Two terms; the texts below have four or ten beside them."""


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("violins bravo charlie delta foxtrot", True),  # exactly a fifth
        ("violins bravo charlie delta foxtrot juliett", False),  # one in six
        ("violins varnish bravo charlie delta foxtrot juliett kilogram limabean november", True),  # two in ten
        ("violins varnish bravo charlie delta foxtrot juliett kilogram limabean november oscars", False),
        ("bravo charlie delta foxtrot", True),  # four terms are too few to tell
        ("bravo charlie delta foxtrot juliett", False),
        ("", True),
    ],
)
def test_a_fifth_of_an_english_summarys_terms_stand_in_its_paper(text: str, about: bool) -> None:
    assert is_about(said(text), paper(OWN)) == about


@pytest.mark.parametrize(
    ("text", "abstract", "about"),
    [
        ("Violinists 11 bravo charlie delta foxtrot", "violins", False),  # one of six
        ("Violinists bravo charlie delta foxtrot", "violins", True),  # alike in the first six letters
        ("violent bravo charlie delta foxtrot", "violins", False),
        ("counting bravo charlie delta foxtrot", "country", False),
        ("3.14 bravo charlie delta foxtrot", "3.14", True),  # numbers are terms
        ("3.15 bravo charlie delta foxtrot", "3.14", False),
        ("oak bravo charlie delta foxtrot juliett", "oak", False),  # words of three letters are none
        ("oaks bravo charlie delta foxtrot", "oaks", True),
    ],
)
def test_terms_are_words_of_four_letters_by_their_first_six_and_numbers(text: str, abstract: str, about: bool) -> None:
    assert is_about(said(text), paper(abstract)) == about


def test_words_that_every_abstract_has_count_for_nothing() -> None:
    common = "this paper proposes a novel framework based on large language models and shows that results improve"
    assert is_about(said(common), paper("violins")), "nothing is left to compare"
    assert not is_about(said(f"{common} bravo charlie delta foxtrot juliett"), paper(common))


@pytest.mark.parametrize("field", ["tldr", "main_work", "motivation", "method", "result"])
def test_every_field_and_the_keywords_are_compared(field: str) -> None:
    strange = "bravo charlie delta foxtrot juliett"
    assert not is_about(said(strange, field=field), paper(OWN))
    assert is_about(said(strange, field=field, keywords="violins varnish"), paper(OWN))
    assert not is_about(said("", keywords=strange), paper(OWN))


def test_of_a_summary_in_another_script_the_english_line_is_compared() -> None:
    strange = "bravo charlie delta foxtrot juliett"
    chinese = "用激光测量清漆。"
    assert is_about(said(chinese, "zh-Hans"), paper(OWN))
    assert not is_about(said(chinese, "zh-Hans", english=strange), paper(OWN))
    assert is_about(said(f"{chinese} {strange}", "zh-Hans"), paper(OWN)), "names alone prove nothing"
    assert is_about(said(chinese, "zh-Hans", english=f"violins {strange[:-8]}"), paper(OWN))
    assert not is_about(said(strange, "en-GB"), paper(OWN))


@pytest.mark.parametrize(
    ("own", "other", "about"),
    [
        ("", "bravo charlie", True),  # two shared terms may be chance …
        ("", "bravo charlie delta", False),  # … three with another paper and none with its own are not
        ("violins varnish", "bravo charlie delta", True),  # 3 to 2 is not more than half as much again
        ("violins varnish", "bravo charlie delta foxtrot", False),  # 4 to 2 is
        ("violins varnish juliett kilogram", "bravo charlie delta foxtrot oscars limabean", True),  # 6 to 4
        ("violins varnish juliett kilogram", "bravo charlie delta foxtrot oscars limabean november", False),
    ],
)
def test_another_paper_of_the_same_request_must_not_fit_half_as_well_again(own: str, other: str, about: bool) -> None:
    """In Chinese, where only names and numbers are left to compare."""
    text = "清漆 violins varnish bravo charlie delta foxtrot juliett kilogram limabean november oscars"
    papers = [paper(own), paper(other, 2), paper("", 3)]
    assert is_about(said(text, "zh-Hans"), papers[0], papers) == about


def test_its_own_paper_among_the_others_is_not_another() -> None:
    same = paper("bravo charlie delta")
    assert is_about(said("清漆 bravo charlie delta", "zh-Hans"), same, [same])
