"""A page is in one language, that of most of its papers: what an engine left untranslated stands in it all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from newsletter.domain.issues import BackIssue
from newsletter.domain.papers import Announcement, PaperNote, Summary

__all__ = ["in_one_language"]


def in_one_language(back: BackIssue) -> BackIssue:
    """The digest with every summary and every word of its editor in the language that most summaries are in."""
    if len(back.languages) < 2:
        return back
    language = back.languages[0]
    return replace(
        back,
        announcements=tuple(_announcement(one, language) for one in back.announcements),
        paper_notes=tuple(_note(one, back.languages, language) for one in back.paper_notes),
    )


def _announcement(announcement: Announcement, language: str) -> Announcement:
    def retagged(summary: Summary) -> Summary:
        return replace(summary, language=language)

    return replace(announcement, summaries=tuple(map(retagged, announcement.summaries)))


def _note(note: PaperNote, languages: Sequence[str], language: str) -> PaperNote:
    words = {language if tag in languages else tag: texts for tag, texts in note.words.items()}
    return replace(note, words=words)
