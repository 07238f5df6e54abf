"""What an editor writes."""

from __future__ import annotations

from dataclasses import fields

from newsletter.domain.papers.notes import WORDS, PaperNote
from newsletter.domain.papers.papers import PaperId
from newsletter.domain.papers.summaries import Summary


def test_an_editor_may_put_words_in_the_place_of_whatever_a_summary_says_of_a_paper() -> None:
    texts = [field.name for field in fields(Summary) if field.type in {"str", "tuple[str, ...]"}]
    not_of_the_paper = {"language", "tldr_en", "affiliation", "code", "why"}
    assert set(WORDS) == set(texts) - not_of_the_paper


def test_a_note_that_says_nothing_changes_nothing() -> None:
    note = PaperNote(paper_id=PaperId("arxiv:2606.00012"))
    assert not any(getattr(note, field.name) for field in fields(note) if field.name != "paper_id")
