"""A designed mail: its pieces, and the few lines that are worded anew for every reader."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from newsletter.domain.delivery import MailPart
from newsletter.domain.issues import Match
from newsletter.domain.text import clean_line, ellipsis, plain
from newsletter.render.catalogues import Wording
from newsletter.render.issue_view import IssueView
from newsletter.render.labels import Labels

__all__ = ["DesignedDigest", "DesignedNotice"]

_SUBJECT_TITLE = 60
_PREHEADER = (40, 130)
_TERMS_SHOWN = 6


class DesignedDigest:
    """The `DesignedMail` of one issue in one language."""

    summary_rows = 5

    def __init__(self, *, view: IssueView, words: Wording, html: MailPart, text: MailPart) -> None:
        self.language = view.language
        self.html = html
        self.text = text
        self._titles = tuple(plain(paper.title) for paper in view.papers)
        self._briefs = tuple(plain(paper.brief) for paper in view.papers)
        self._newsletter = view.title
        self._words = words
        self._label = Labels(words)
        self._day = words.day(view.day)

    def subject(self, indexes: Sequence[int], papers: int) -> str:
        """`7 papers: Title of the first · 2 June 2026`."""
        return self._words.gettext("%(papers)s: %(title)s · %(date)s") % {
            "papers": self._label.papers(papers),
            "title": ellipsis(self._titles[indexes[0]], _SUBJECT_TITLE) if indexes else "",
            "date": self._day,
        }

    def preheader(self, indexes: Sequence[int], papers: int) -> str:
        """What the subject does not say: the next titles, else the first paper in a line, then counts and date."""
        least, most = _PREHEADER
        line = " · ".join(ellipsis(self._titles[index], 60) for index in indexes[1:3])
        more = [self._briefs[indexes[0]]] if indexes and len(indexes) == 1 else []
        for part in (*more, self._label.papers(papers), self._day, self._newsletter):
            if len(line) >= least:
                break
            line = f"{line} · {part}" if line else part
        return ellipsis(line, most).ljust(least, "·")

    def counts(self, papers: int, interested: bool) -> str:
        """How many papers, out of how many, and why."""
        values = {"num": papers, "total": len(self._titles)}
        if not interested:
            return self._label.papers(papers)
        return (
            self._words.ngettext(
                "%(num)d of %(total)d papers matches your interests",
                "%(num)d of %(total)d papers match your interests",
                papers,
            )
            % values
        )

    def more(self, hidden: int) -> str:
        """How many papers had to stay on the web."""
        return self._label.more(hidden)

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
        return ellipsis(", ".join(map(_shown, expressions[:40])), 400)


@lru_cache(20_000)
def _shown(expression: str) -> str:
    """An interest as the footer shows it: most of them are many people's."""
    return clean_line(expression, 100)


class DesignedNotice(DesignedDigest):
    """The `DesignedMail` of an issue that says that its day has no papers: the same to everybody."""

    def __init__(self, *, view: IssueView, words: Wording, html: MailPart, text: MailPart) -> None:
        super().__init__(view=view, words=words, html=html, text=text)
        assert view.silence is not None  # noqa: S101  # what this class is for
        self._silence = view.silence

    def subject(self, indexes: Sequence[int], papers: int) -> str:  # noqa: ARG002
        """`No papers today · 6 June 2026`."""
        return self._words.gettext("No papers today · %(date)s") % {"date": self._day}

    def preheader(self, indexes: Sequence[int], papers: int) -> str:  # noqa: ARG002
        """When there will be papers again."""
        least, most = _PREHEADER
        line = f"{self._label.resumes(self._silence)} · {self._newsletter}"
        return ellipsis(line, most).ljust(least, "·")

    def counts(self, papers: int, interested: bool) -> str:  # noqa: ARG002
        """Why there are none."""
        return self._label.silence(self._silence)
