"""What a mail says of one paper: as much as fits a row, a short or a full card, and how many words that is.

A card has `CARD_WORDS` words at most. What a paper is about comes first, then what was found, then how, each cut at a
clause; a part for which there is no room, or that only says again what stands there, is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.domain.delivery import Form
from newsletter.domain.notation import is_english
from newsletter.domain.text import clause, fold_text, plain, reading_words, without_announcing
from newsletter.render.paper_links import LinkView
from newsletter.render.paper_view import PaperView

__all__ = ["AUTHORS", "CARD_WORDS", "MailPaper", "is_translated", "mail_paper"]

CARD_WORDS = 75
AUTHORS = {Form.TITLE: 0, Form.ROW: 1, Form.BRIEF: 2, Form.CARD: 2}
"""Authors who are named; the others are counted."""
_COLUMNS = {Form.TITLE: 0, Form.ROW: 88, Form.BRIEF: 140, Form.CARD: 190}
"""Room for what a paper is about."""
_WHY = 8
"""Words kept for why it came."""
_LABEL = 8
"""Words of the line that says why an abstract stands where a summary should."""
_RATING = 3
"""Words of a rating: its name, its stars, its score."""
_LEAST = 6
"""Words below which a part is not worth its label."""
_WORD = 6
"""Columns that a word takes."""


@dataclass(frozen=True, slots=True)
class MailPaper:
    """What a form of the mail says: what the paper is about, how it was done, what was found (empty: left out).

    `names` are the first authors, `more` counts the others; `links` are those beside the title's. `is_own`
    says whether it is in the reader's language, `is_labelled` whether a line above it says why it is no summary;
    `words` is how many all of it has.
    """

    about: str
    how: str
    found: str
    names: tuple[str, ...]
    more: int
    links: tuple[LinkView, ...]
    is_own: bool
    is_labelled: bool
    words: int


def is_translated(paper: PaperView, language: str) -> bool:
    """Whether what a mail says of a paper is in the reader's language."""
    return is_english(language) or paper.summary_language == language or bool(paper.translated_abstract)


def mail_paper(paper: PaperView, form: Form, language: str) -> MailPaper:
    """What this form says of a paper to readers of a language."""
    names = paper.authors[: AUTHORS[form]]
    more = len(paper.authors) - len(names) if names else 0
    links = tuple(link for link in paper.links if link.url != paper.url) if form >= Form.BRIEF else ()
    words = reading_words(plain(paper.title)) + sum(map(reading_words, names)) + (more > 0) + len(links) + 1
    if form >= Form.BRIEF:
        words += reading_words(paper.original_title) + reading_words(paper.affiliation) + _RATING * len(paper.ratings)
    about = _about(paper) if form > Form.TITLE else ""
    about = clause(without_announcing(about, paper.title) if form is Form.ROW else about, _COLUMNS[form])
    words += reading_words(about)
    is_labelled = form is Form.CARD and paper.abstract_only and bool(about)
    how = found = ""
    if form is Form.CARD:
        words += _LABEL if is_labelled else 0
        room = CARD_WORDS - _WHY - words
        found = _part(paper.result, room, (about,))
        room -= reading_words(found) + bool(found)
        how = _part(paper.method, room, (about, found))
        words += sum(reading_words(part) + 1 for part in (found, how) if part)
    return MailPaper(about, how, found, names, more, links, is_translated(paper, language), is_labelled, words)


def _about(paper: PaperView) -> str:
    """What the paper is about in a few sentences, by what is known of it."""
    texts = (paper.tldr, paper.main_work, *paper.highlights[:1], paper.result, paper.method)
    return next(filter(None, texts), "") or paper.translated_abstract or paper.abstract


def _part(text: str, room: int, said: Sequence[str]) -> str:
    """As much of a text as so many words are room for; nothing where that is too little or was said before."""
    if room < _LEAST + 1:
        return ""
    part = clause(text, (room - 1) * _WORD)
    if part.endswith("…") or reading_words(part) > room - 1 or any(_repeats(part, other) for other in said):
        return ""
    return part


def _repeats(part: str, other: str) -> bool:
    """Whether one of two texts only says again what the other says."""
    one, two = (fold_text(text).strip(" .。…") for text in (part, other))
    return not one or (bool(two) and (one in two or two in one))
