"""What templates see of a paper: its titles, where it comes from, who summarised it."""

from __future__ import annotations

import dataclasses

import pytest

from newsletter.domain.issues import IssuePaper
from newsletter.domain.papers import PaperNote, Provenance
from newsletter.render.catalogues import wording
from newsletter.render.labels import Labels
from newsletter.render.paper_view import view_paper
from tests.support.samples import make_paper


def titled(title: str, translated: str) -> IssuePaper:
    """A paper whose summary in Chinese gives it this title."""
    entry = make_paper(title=title)
    summary = dataclasses.replace(entry.summaries["zh-Hans"], title=translated)
    return dataclasses.replace(entry, summaries={"zh-Hans": summary})


@pytest.mark.parametrize(
    ("title", "translated"),
    [
        ("“Why not?”: a study", '"Why not?": a study'),
        ("LLMs aren’t calibrated", "LLMs aren't calibrated."),
        (r"Valid $\ne$ Necessary", "Valid ≠ Necessary"),
        ("Same", "Same"),
    ],
)
def test_a_title_that_differs_in_quotation_marks_alone_stands_once(title: str, translated: str) -> None:
    shown = view_paper(titled(title, translated), "zh-Hans")
    assert (shown.title, shown.original_title, shown.title_language) == (title, "", "en")


@pytest.mark.parametrize(("title", "translated"), [("Graphs", "图"), ("C++ tools", "C tools"), ("GPT-4", "GPT-5")])
def test_a_title_in_other_words_stands_beside_the_papers_own(title: str, translated: str) -> None:
    shown = view_paper(titled(title, translated), "zh-Hans")
    assert (shown.title, shown.original_title, shown.title_language) == (translated, title, "zh-Hans")


def test_the_organisation_stands_where_no_affiliation_is_known() -> None:
    entry = make_paper(organization="Gevaert Lab")
    assert view_paper(entry, "en").affiliation == "Gevaert Lab"
    note = PaperNote(paper_id=entry.id, affiliation="Stanford")
    assert view_paper(dataclasses.replace(entry, note=note), "en").affiliation == "Stanford"


@pytest.mark.parametrize(
    ("provenance", "said"),
    [
        (Provenance("llm", "some-model", "p1"), "some-model"),
        (Provenance("extractive"), "the abstract’s own sentences"),
        (Provenance("file"), ""),
        (Provenance("file", "some-model"), "some-model"),
    ],
)
def test_who_summarised_is_said_in_words_or_not_at_all(provenance: Provenance, said: str) -> None:
    entry = make_paper()
    entry = dataclasses.replace(
        entry, summaries={"en": dataclasses.replace(entry.summaries["en"], provenance=provenance)}
    )
    assert Labels(wording("en")).summariser(view_paper(entry, "en")) == said
