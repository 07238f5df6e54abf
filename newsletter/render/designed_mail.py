"""A designed mail: its pieces, and the few lines that are worded anew for every reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from newsletter.domain.delivery import Form, MailPart
from newsletter.domain.issues import Match, Outline
from newsletter.domain.text import clean_line, ellipsis, reading_minutes, reading_words
from newsletter.render.catalogues import Wording
from newsletter.render.issue_view import IssueView
from newsletter.render.labels import Labels
from newsletter.render.mail_paper import is_translated
from newsletter.render.short_titles import short_name
from newsletter.render.text import columns

__all__ = ["DesignedDigest"]

_NAMED = 2
_SUBJECT_NAMES = 60
"""Columns of the names in a subject: of two, both are named where they fit."""
_PREHEADER = (40, 130)
_PREHEADER_SECTIONS = 16
"""More of them never fit there."""
_TERMS_SHOWN = 3
_COUNTED = 6
"""Interests that the top of a mail names with their counts; of more, the others are counted."""
_BARREN = 3
"""Interests that found nothing, likewise."""
_INTEREST = 40
"""Characters of an interest's name in a mail."""
_INTERESTS = 100
"""Characters of the footer's list of interests."""


class DesignedDigest:
    """The `DesignedMail` of one issue in one language.

    `subject` and `preheader` make the subject and the line after it of plain values; `words` says what each form of
    each paper takes to be read, `frame_words` what stands around them.
    """

    def __init__(
        self,
        *,
        view: IssueView,
        wording: Wording,
        html: MailPart,
        text: MailPart,
        words: Mapping[Form, Sequence[int]],
        subject: Callable[..., str],
        preheader: Callable[..., str],
        issue_url: str,
        has_pages: bool,
    ) -> None:
        self.language = view.language
        self.issue_url = issue_url
        self.html = html
        self.text = text
        self.words = [words[form] for form in Form]
        frame = [part for part in text.frame if type(part) is str]
        self.frame_words = sum(map(reading_words, frame)) if view.silence is None else 0
        self.untranslated = frozenset(
            index for index, paper in enumerate(view.papers) if not is_translated(paper, view.language)
        )
        self.mixed = wording.gettext("Found once or twice")
        self._names = tuple(short_name(paper.title) for paper in view.papers)
        self._view = view
        self._label = Labels(wording)
        self._subject, self._preheader = subject, preheader
        self._has_pages = has_pages

    def subject(self, indexes: Sequence[int], found: int) -> str:
        """What is inside: the names of the first papers, and how many others came."""
        names = self._first(indexes)
        return _one_line(self._subject(names=names, more=found - len(names), papers=found))

    def preheader(self, indexes: Sequence[int], found: int, outline: Outline) -> str:
        """What the subject does not say: what came for which interest, else the names of the next papers."""
        least, most = _PREHEADER
        names = self._first(indexes)
        others = [self._names[index] for index in indexes[len(names) : len(names) + 4]]
        sections = [_Counted(shown(s.name), s.found) for s in outline.sections[:_PREHEADER_SECTIONS] if s.interests]
        values = {"names": names, "more": found - len(names), "papers": found, "sections": sections}
        line = _one_line(self._preheader(**values, others=[] if sections else others))
        if len(line) < least:
            line = " · ".join(filter(None, (line, *others, self._view.title)))
        if len(line) > most:
            line = ellipsis(line, most)
        return line.ljust(least, "·")

    def counts(self, found: int, words: int) -> str:
        """How many papers came, out of how many, and how long what stands in the mail takes to be read."""
        if self._view.silence is not None:
            return self._label.silence(self._view.silence)
        total = len(self._view.papers)
        said = self._label.for_you(found, total) if found < total else self._label.papers(found)
        return f"{said} · {self._label.minutes(reading_minutes(words))}"

    def outline(self, outline: Outline) -> str:
        """What came for which interest, the rarest first, and which found nothing; empty without interests."""
        sections = [section for section in outline.sections if section.interests]
        parts = [f"{shown(section.name)} {section.found}" for section in sections[:_COUNTED]]
        if len(sections) > _COUNTED:
            parts.append(self._label.other_interests(len(sections) - _COUNTED))
        if outline.barren:
            names = [shown(name) for name in outline.barren[:_BARREN]]
            parts.append(self._label.nothing(names, len(outline.barren) - len(names)))
        return " · ".join(parts)

    def section(self, name: str, found: int, here: int, *, is_cut: bool) -> tuple[str, str]:
        """A section's name, and how many papers it has; of one that is cut, how many it shows."""
        return shown(name), self._label.section(found, here, is_cut=is_cut)

    def more(self, hidden: int) -> str:
        """How many papers do not stand in the mail."""
        return self._label.more(hidden, has_page=self._has_pages)

    def terms(self, matches: Sequence[Match]) -> tuple[str, ...]:
        """The interests that matched, each once, a few at most."""
        seen: dict[str, None] = {}
        for match in matches:
            seen.setdefault(clean_line(match.label, 80), None)
            if len(seen) == _TERMS_SHOWN:
                break
        return tuple(seen)

    def interests(self, expressions: Sequence[str]) -> str:
        """The interests in one line, cut where it gets long."""
        return ellipsis(", ".join(map(shown, expressions[:20])), _INTERESTS)

    def _first(self, indexes: Sequence[int]) -> list[str]:
        """The names in the subject: those of the first papers that fit, of one at least."""
        names = [self._names[index] for index in indexes[:_NAMED]]
        fits = len(names) < _NAMED or sum(map(columns, names)) <= _SUBJECT_NAMES
        return names if fits else names[:1]


class _Counted:
    """An interest's name and what it found, for a template."""

    __slots__ = ("found", "name")

    def __init__(self, name: str, found: int) -> None:
        self.name, self.found = name, found


def _one_line(rendered: str) -> str:
    return clean_line(rendered, 1000).strip(" ·")


@lru_cache(20_000)
def shown(expression: str) -> str:
    """An interest as a mail shows it: most of them are many people's."""
    return ellipsis(clean_line(expression, 1000), _INTEREST)
