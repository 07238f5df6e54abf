"""What templates see of a paper: chosen, cleaned and checked values in one language, for all surfaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.domain.issues import IssuePaper
from newsletter.domain.notation import ENGLISH
from newsletter.domain.papers import AnnounceType, FailureKind, PaperId
from newsletter.domain.text import clause, clean_document, clean_line, same_words, slug
from newsletter.render.paper_links import (
    LinkView,
    view_address,
    view_code,
    view_figures,
    view_links,
    view_resources,
    view_thumbnail,
)
from newsletter.render.paper_words import KeywordView, PaperWords, RatingView

__all__ = ["PaperView", "view_paper"]

_AUTHORS_SHOWN = 3
_TITLE_LIMIT = 500
_ABSTRACT_LIMIT = 6_000
_SUMMARY = ("tldr", "main_work", "motivation", "method", "result")
"""The fields of a summary's text, any of which makes the abstract needless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """One paper as every surface shows it. Texts are clean but not escaped; empty means that nothing is shown.

    It is flat on purpose: operators write `paper.tldr` into templates of their own (docs/templates.md), which a group
    would break. What the fields are made from is grouped: `PaperWords`, and the functions of `paper_links`.

    `title` is in the digest's language where a translation exists, then `original_title` holds the paper's own.
    `summary_language` differs from the digest's where only the English summary exists. `failure` is set where an
    engine's answer could not be used. `words` is what an editor wrote, by summary field (empty where nothing), as
    inline Markdown: for surfaces that are Markdown. `no_code` is an editor's word that there is no code. `thumbnail` is
    shown only where the operator wants pictures of others.
    """

    id: PaperId
    slug: str
    url: str
    title: str
    title_language: str
    original_title: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    announced_as: AnnounceType
    summary_language: str
    tldr: str
    tldr_en: str
    main_work: str
    motivation: str
    method: str
    result: str
    highlights: tuple[str, ...]
    keywords: tuple[KeywordView, ...]
    ratings: tuple[RatingView, ...]
    affiliation: str
    code: str
    no_code: str
    code_remark: str
    upvotes: int | None
    stars: int | None
    links: tuple[LinkView, ...]
    abstract: str
    translated_abstract: str
    failure: FailureKind | None
    engine: str
    model: str
    comment: str
    doi: str
    journal_ref: str
    version: int | None
    thumbnail: str
    figures: tuple[LinkView, ...]
    deep_dive: str
    highlighted: bool
    words: Mapping[str, str]

    @property
    def authors_first(self) -> tuple[str, ...]:
        """The authors that are named where space is short: a few, or all where hardly more are left out."""
        return self.authors[:_AUTHORS_SHOWN] if self.authors_more else self.authors

    @property
    def authors_more(self) -> int:
        """How many authors are left out there."""
        return len(self.authors) - _AUTHORS_SHOWN if len(self.authors) > _AUTHORS_SHOWN + 1 else 0

    @property
    def category(self) -> str:
        """The first of its categories."""
        return self.categories[0] if self.categories else ""

    @property
    def abstract_only(self) -> bool:
        """Whether there is no summary text at all."""
        return not (self.highlights or any(getattr(self, name) for name in _SUMMARY))

    @property
    def own_title(self) -> str:
        """The title in the paper's own language."""
        return self.original_title or self.title

    @property
    def brief(self) -> str:
        """One line that says what the paper is about: the TL;DR, or the abstract's beginning."""
        return self.tldr or clause(self.translated_abstract or self.abstract, 200)


def view_paper(entry: IssuePaper, language: str) -> PaperView:
    """One paper in one language: that language's summary, else the English one, else its abstract.

    Longer than a screen because the view is flat: a line a field, and nothing decided here.
    """
    paper, note = entry.paper, entry.note
    words = PaperWords(entry, language)
    summary = words.summary
    original = clean_line(paper.title, _TITLE_LIMIT) or paper.id
    title = clean_line(words.field("title"), _TITLE_LIMIT)
    title = "" if same_words(title, original) else title
    resources = view_resources(paper)
    code = view_code(entry, summary, resources)
    affiliation = (note.affiliation if note else "") or (summary.affiliation if summary else "") or paper.organization
    return PaperView(
        id=paper.id,
        slug=slug(paper.id),
        url=view_address(paper),
        title=title or original,
        title_language=summary.language if summary and title else ENGLISH,
        original_title=original if title else "",
        authors=tuple(filter(None, (clean_line(author.name, 200) for author in paper.authors))),
        categories=tuple(clean_line(category, 40) for category in paper.categories),
        announced_as=entry.announced_as,
        summary_language=summary.language if summary else ENGLISH,
        tldr_en=words.field("tldr_en"),
        highlights=words.highlights(),
        keywords=words.keywords(),
        ratings=words.ratings(),
        affiliation=clean_line(affiliation, 300),
        code=code.url,
        no_code=code.absent,
        code_remark=clean_line(note.code_remark, 300) if note else "",
        upvotes=paper.upvotes,
        stars=paper.stars,
        links=view_links(entry, code.url, resources),
        abstract=clean_line(paper.abstract, _ABSTRACT_LIMIT),
        translated_abstract=clean_line(words.field("abstract", _ABSTRACT_LIMIT), _ABSTRACT_LIMIT),
        failure=words.failure,
        engine=clean_line(summary.provenance.engine, 80) if summary else "",
        model=clean_line(summary.provenance.model, 80) if summary else "",
        comment=clean_line(paper.comment, 1000),
        doi=clean_line(paper.doi, 200),
        journal_ref=clean_line(paper.journal_ref, 500),
        version=paper.version,
        thumbnail=view_thumbnail(paper),
        figures=view_figures(note.figures) if note else (),
        deep_dive=clean_document(note.deep_dive) if note else "",
        highlighted=bool(note and note.highlight),
        words=words.marked(),
        **{name: words.field(name) for name in _SUMMARY},
    )
