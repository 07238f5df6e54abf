"""One paper, one record: what all sources told about a work, merged.

The record depends on the set of announcements alone: not on their order, not on repetitions. So it may be computed
again from everything that is stored whenever something new arrives. The rules, in this order:

1. text (title, abstract, authors, categories, comment) comes from the highest version that a source names; a source
   that names none ranks below all that do;
2. within a version the sources rank as their kinds do (`source_kinds`), the later announcement before the earlier;
3. what the best lacks is taken from the next best; links are joined role by role, categories appended;
4. upvotes, stars, organisation and keywords change daily: the newest announcement that has them wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from newsletter.domain.papers.announcements import Announcement
from newsletter.domain.papers.papers import Paper
from newsletter.domain.papers.source_kinds import rank_of

__all__ = ["merge"]

_T = TypeVar("_T")


def merge(announcements: Sequence[Announcement]) -> Paper:
    """The one record of a work out of everything announced about it.

    Raises:
        ValueError: there is no announcement, or they are about different papers.
    """
    if len({announcement.paper.id for announcement in announcements}) != 1:
        msg = f"expected announcements of one paper, got {sorted({a.paper.id for a in announcements})!r}"
        raise ValueError(msg)
    ranked = [a.paper for a in sorted(announcements, key=_rank)]
    if len(ranked) == 1:
        return ranked[0]
    newest = [a.paper for a in sorted(announcements, key=lambda a: (-a.day.toordinal(), *_rank(a)))]
    best = _first(ranked, lambda paper: paper if paper.title else None) or ranked[0]
    with_abstract = best if best.abstract else _first(ranked, lambda paper: paper if paper.abstract else None) or best
    links: dict[str, str] = {}
    for paper in reversed(ranked):
        links.update(paper.links)
    return Paper(
        id=best.id,
        title=best.title,
        raw_title=best.raw_title,
        abstract=with_abstract.abstract,
        raw_abstract=with_abstract.raw_abstract,
        version=max((paper.version for paper in ranked if paper.version is not None), default=None),
        authors=_first(ranked, lambda paper: paper.authors) or (),
        categories=tuple(dict.fromkeys(category for paper in ranked for category in paper.categories)),
        links=dict(sorted(links.items())),
        comment=_first(ranked, lambda paper: paper.comment) or "",
        doi=_first(ranked, lambda paper: paper.doi) or "",
        journal_ref=_first(ranked, lambda paper: paper.journal_ref) or "",
        license=_first(ranked, lambda paper: paper.license) or "",
        submitted=_first(ranked, lambda paper: paper.submitted),
        upvotes=_first(newest, lambda paper: paper.upvotes),
        stars=_first(newest, lambda paper: paper.stars),
        organization=_first(newest, lambda paper: paper.organization) or "",
        keywords=_first(newest, lambda paper: paper.keywords) or (),
    )


def _first(papers: Iterable[Paper], get: Callable[[Paper], _T | None]) -> _T | None:
    """The first value that says something; 0 upvotes say something, an empty text does not."""
    for paper in papers:
        value = get(paper)
        if value is not None and value not in ("", ()):
            return value
    return None


def _rank(announcement: Announcement) -> tuple[int, int, int, str, str, str, str]:
    """Best first. The last fields only make the order total, so that equal ranks cannot depend on arrival."""
    paper = announcement.paper
    return (
        -(paper.version or 0),
        rank_of(announcement.source),
        -announcement.day.toordinal(),
        announcement.source,
        announcement.feed,
        announcement.kind,
        # `links` is a mapping, whose order must not matter.
        f"{sorted(paper.links.items())}{paper!r}" if paper.links else repr(paper),
    )
