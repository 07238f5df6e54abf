"""What templates see of an issue: its papers, counts, completeness and the editor's preface, in one language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from newsletter.domain.issues import Edition, Issue, IssueKey, Silence, unread
from newsletter.domain.papers import FailureKind, Listing, ListingStatus, SourceKind
from newsletter.domain.text import clean_document, clean_line, clean_text
from newsletter.render.paper_view import PaperView, view_paper

__all__ = ["Completeness", "IssueView", "view_issue"]


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete a day was: how many listings were read, and those that were not, with their notes.

    `announced` and `collected` count what the sources said they had and what was read, a paper once a list it is on.
    """

    fresh: int
    missing: tuple[Listing, ...]
    announced: int = 0
    collected: int = 0

    @property
    def complete(self) -> bool:
        """Whether every expected listing was read."""
        return not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueView:
    """One issue as every surface shows it, in one language. `silence` is set where it says that there are no papers."""

    key: IssueKey
    slug: str
    day: date
    title: str
    description: str
    language: str
    languages: tuple[str, ...]
    papers: tuple[PaperView, ...]
    preface: str
    references: tuple[str, ...]
    completeness: Completeness
    counts: Mapping[str, int]
    silence: Silence | None

    @property
    def weekly(self) -> bool:
        """Whether it is a weekly issue."""
        return self.key.edition is Edition.WEEKLY

    @property
    def highlights(self) -> tuple[PaperView, ...]:
        """The papers an editor marked; none where nobody did."""
        return tuple(paper for paper in self.papers if paper.highlighted)

    @property
    def over_budget(self) -> int:
        """How many papers have no summary in this language because the engine's budget was spent before their turn."""
        return sum(paper.failure is FailureKind.BUDGET for paper in self.papers)


def view_issue(issue: Issue, language: str) -> IssueView:
    """The issue in one language."""
    papers = _with_own_slugs([view_paper(entry, language) for entry in issue.papers])
    counts: dict[str, int] = {}
    for paper in papers:
        counts[paper.announced_as.value] = counts.get(paper.announced_as.value, 0) + 1
    return IssueView(
        key=issue.key,
        slug=issue.key.slug,
        day=issue.day,
        title=clean_line(issue.title, 200),
        description=clean_line(issue.description, 1000),
        language=language,
        languages=issue.languages,
        papers=papers,
        preface=clean_document(issue.note.preface.get(language, ""), 50_000),
        references=tuple(clean_text(text, 2000) for text in issue.note.references),
        completeness=_completeness(issue.listings),
        counts=counts,
        silence=_silence(issue.silence),
    )


def _with_own_slugs(papers: Sequence[PaperView]) -> tuple[PaperView, ...]:
    """Each paper with a name of its own in addresses: a page that was imported may have one twice."""
    seen: Counter[str] = Counter()
    shown = []
    for paper in papers:
        seen[paper.slug] += 1
        count = seen[paper.slug]
        shown.append(paper if count == 1 else replace(paper, slug=f"{paper.slug}-{count}"))
    return tuple(shown)


def _silence(silence: Silence | None) -> Silence | None:
    """With the holiday's name fit for a line: it comes from a file of the operator's."""
    if silence is None or silence.holiday is None:
        return silence
    return replace(silence, holiday=clean_line(silence.holiday, 100))


def _completeness(listings: Sequence[Listing]) -> Completeness:
    missing = unread(listings)
    fresh = [one for one in listings if one.status is ListingStatus.FRESH]
    # where a list was checked against arXiv's own record, the record's figures are the ones that prove something
    checked = {one.feed for one in fresh if one.source == SourceKind.ARXIV_OAI}
    counted = [one for one in fresh if one.source == SourceKind.ARXIV_OAI or one.feed not in checked or not one.feed]
    return Completeness(
        len(fresh),
        missing,
        sum(one.collected if one.announced is None else one.announced for one in counted),
        sum(one.collected for one in counted),
    )
