"""Which words a paper is shown with, in one language.

1. An editor's word goes before every engine's, field by field.
2. Where there is no usable summary in this language, the English one stands in, and the editor's English words.
3. What neither has is empty: the abstract stands in for all of them, and the reason is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from newsletter.domain.issues import IssuePaper
from newsletter.domain.notation import ENGLISH, is_english
from newsletter.domain.papers import RATINGS, WORDS, FailureKind, Summary
from newsletter.domain.text import clean_line, clean_text, unmarked

__all__ = ["KeywordView", "PaperWords", "RatingView"]

_FIELD_LIMIT = 4_000
"""Characters of one field of a summary."""


@dataclass(frozen=True, slots=True)
class KeywordView:
    """A keyword, with the English term where it is shown in another language."""

    text: str
    english: str = ""


@dataclass(frozen=True, slots=True)
class RatingView:
    """A rating: its name, value 0 to 5, stars as text (`★★★½☆`), and the reason."""

    name: str
    value: float
    stars: str
    reason: str


class PaperWords:
    """What is said of one paper of an issue in one language. `summary` is the one that is shown, None where none is."""

    def __init__(self, entry: IssuePaper, language: str) -> None:
        self.summary = _usable(entry, language)
        self._language = language
        self._asked = entry.summaries.get(language)
        words = entry.note.words if entry.note else {}
        stand_in = words.get(ENGLISH, {}) if self._asked is None else {}
        self._edited: Mapping[str, str] = words.get(language) or stand_in

    def field(self, name: str, limit: int = _FIELD_LIMIT) -> str:
        """One field of the summary as plain text, by its name in `Summary`."""
        edited = self._edited.get(name)
        return clean_text(unmarked(edited) if edited else getattr(self.summary, name) if self.summary else "", limit)

    def highlights(self) -> tuple[str, ...]:
        """What is remarkable, a line each."""
        edited = self._edited.get("highlights")
        engine: Iterable[str] = self.summary.highlights if self.summary else ()
        lines = unmarked(edited).splitlines() if edited else engine
        return tuple(filter(None, (clean_line(text, _FIELD_LIMIT) for text in lines)))

    def marked(self) -> dict[str, str]:
        """What an editor wrote, as inline Markdown, by field; empty where nothing."""
        return {name: clean_text(self._edited.get(name, ""), _FIELD_LIMIT) for name in WORDS}

    def keywords(self) -> tuple[KeywordView, ...]:
        """The keywords, in this language where they were translated."""
        shown = []
        for keyword in self.summary.keywords[:12] if self.summary else ():
            term, translation = clean_line(keyword.term, 120), clean_line(keyword.translation, 120)
            if translation and not is_english(self._language) and translation != term:
                shown.append(KeywordView(translation, term))
            elif term or translation:
                shown.append(KeywordView(term or translation))
        return tuple(shown)

    def ratings(self) -> tuple[RatingView, ...]:
        """The ratings, those that everybody gives first."""
        ratings = self.summary.ratings if self.summary else {}
        return tuple(
            RatingView(clean_line(name, 40), rating.value, _stars(rating.value), clean_text(rating.reason, 1000))
            for name in (*RATINGS, *sorted(set(ratings) - set(RATINGS)))
            if (rating := ratings.get(name)) is not None
        )

    @property
    def failure(self) -> FailureKind | None:
        """Why the summary in this language cannot be used; None where it can, or where there is none."""
        return self._asked.failure if self._asked is not None else None


def _usable(entry: IssuePaper, language: str) -> Summary | None:
    """The usable summary of this language, else the English one."""
    for tag in (language, ENGLISH):
        summary = entry.summaries.get(tag)
        if summary is not None and summary.failure is None:
            return summary
    return None


def _stars(value: float) -> str:
    full, half = int(value), value % 1 >= 0.5
    return "★" * full + "½" * half + "☆" * (5 - full - half)
