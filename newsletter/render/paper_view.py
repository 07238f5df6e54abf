"""What templates see of a paper: chosen, cleaned and checked values in one language, for all surfaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from newsletter.domain.issues import IssuePaper
from newsletter.domain.notation import ENGLISH, is_english
from newsletter.domain.papers import RATINGS, WORDS, AnnounceType, FailureKind, Paper, PaperId, Summary, arxiv_number
from newsletter.domain.text import clean_document, clean_line, clean_text, ellipsis, safe_url, slug, unmarked

__all__ = ["KeywordView", "LinkView", "PaperView", "RatingView", "view_paper"]

_AUTHORS_SHOWN = 3
_TITLE_LIMIT = 500
_FIELD_LIMIT = 4_000
_ABSTRACT_LIMIT = 6_000
_LINK_ROLES = ("abs", "pdf", "html", "code", "project", "hf")


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


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link: its role (`pdf`, `code`, …; empty where an editor named it), its label there, its checked address.

    `written` is an editor's address as it was written, which may lack `https://`.
    """

    role: str
    label: str
    url: str
    written: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """One paper as every surface shows it. Texts are clean but not escaped; empty means that nothing is shown.

    `title` is in the digest's language where a translation exists, then `original_title` holds the paper's own.
    `summary_language` differs from the digest's where only the English summary exists. `failure` is set where an
    engine's answer could not be used; `abstract_only` says that there is no summary text at all. `words` is what an
    editor wrote, by summary field (empty where nothing), as inline Markdown: for surfaces that are Markdown. `no_code`
    is an editor's word that there is no code.
    """

    id: PaperId
    slug: str
    url: str
    title: str
    title_language: str
    original_title: str
    authors: tuple[str, ...]
    authors_first: tuple[str, ...]
    authors_more: int
    category: str
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
    abstract_only: bool
    failure: FailureKind | None
    engine: str
    model: str
    comment: str
    doi: str
    journal_ref: str
    version: int | None
    figures: tuple[LinkView, ...]
    deep_dive: str
    highlighted: bool
    words: Mapping[str, str]

    @property
    def own_title(self) -> str:
        """The title in the paper's own language."""
        return self.original_title or self.title

    @property
    def brief(self) -> str:
        """One line that says what the paper is about: the TL;DR, or the abstract's beginning."""
        return self.tldr or ellipsis(self.translated_abstract or self.abstract, 200)


def view_paper(entry: IssuePaper, language: str) -> PaperView:
    """One paper in one language: that language's summary, else the English one, else its abstract."""
    paper = entry.paper
    summary = _chosen(entry, language)
    words = entry.note.words if entry.note else {}
    edited: Mapping[str, str] = words.get(language) or (
        words.get(ENGLISH, {}) if language not in entry.summaries else {}
    )

    def field(name: str, limit: int = _FIELD_LIMIT) -> str:
        written = edited.get(name)
        return clean_text(unmarked(written) if written else getattr(summary, name) if summary else "", limit)

    original = clean_line(paper.title, _TITLE_LIMIT) or paper.id
    title = clean_line(field("title"), _TITLE_LIMIT)
    names = tuple(name for name in (clean_line(author.name, 200) for author in paper.authors) if name)
    texts = {name: field(name) for name in ("tldr", "tldr_en", "main_work", "motivation", "method", "result")}
    highlights = tuple(filter(None, (clean_line(text, _FIELD_LIMIT) for text in _lines(edited, "highlights", summary))))
    shown = _links(entry)
    note = entry.note
    said = note.code if note else ""
    # an editor's word that is no address says that there is none
    no_code = clean_line(said, 100) if said and not safe_url(said) else ""
    known = said or (summary.code if summary else "") or paper.links.get("code", "")
    code = safe_url(known)
    return PaperView(
        id=paper.id,
        slug=slug(paper.id),
        url=_address(paper),
        title=title or original,
        title_language=(summary.language if summary and title else ENGLISH),
        original_title=original if title and title != original else "",
        authors=names,
        authors_first=names[:_AUTHORS_SHOWN] if len(names) > _AUTHORS_SHOWN + 1 else names,
        authors_more=len(names) - _AUTHORS_SHOWN if len(names) > _AUTHORS_SHOWN + 1 else 0,
        category=clean_line(paper.categories[0], 40) if paper.categories else "",
        categories=tuple(clean_line(category, 40) for category in paper.categories),
        announced_as=entry.announced_as,
        summary_language=summary.language if summary else ENGLISH,
        highlights=highlights,
        keywords=_keywords(summary, language),
        ratings=_ratings(summary),
        affiliation=clean_line((note.affiliation if note else "") or (summary.affiliation if summary else ""), 300),
        code=code,
        no_code=no_code,
        code_remark=clean_line(note.code_remark, 300) if note else "",
        upvotes=paper.upvotes,
        stars=paper.stars,
        links=tuple(link for link in shown if link.url != code) + ((LinkView("code", "", code),) if code else ()),
        abstract=clean_line(paper.abstract, _ABSTRACT_LIMIT),
        translated_abstract=clean_line(field("abstract", _ABSTRACT_LIMIT), _ABSTRACT_LIMIT),
        abstract_only=not (highlights or any(texts[name] for name in texts if name != "tldr_en")),
        failure=_failure(entry, language),
        engine=clean_line(summary.provenance.engine, 80) if summary else "",
        model=clean_line(summary.provenance.model, 80) if summary else "",
        comment=clean_line(paper.comment, 1000),
        doi=clean_line(paper.doi, 200),
        journal_ref=clean_line(paper.journal_ref, 500),
        version=paper.version,
        deep_dive=clean_document(note.deep_dive) if note else "",
        figures=_figures(note.figures) if note else (),
        highlighted=bool(note and note.highlight),
        words={name: clean_text(edited.get(name, ""), _FIELD_LIMIT) for name in WORDS},
        **texts,
    )


def _chosen(entry: IssuePaper, language: str) -> Summary | None:
    """The usable summary of this language, else the English one."""
    for tag in (language, ENGLISH):
        found = entry.summaries.get(tag)
        if found is not None and found.failure is None:
            return found
    return None


def _failure(entry: IssuePaper, language: str) -> FailureKind | None:
    found = entry.summaries.get(language)
    return found.failure if found is not None else None


def _lines(edited: Mapping[str, str], name: str, summary: Summary | None) -> Iterable[str]:
    if text := edited.get(name):
        return unmarked(text).splitlines()
    return summary.highlights if summary else ()


def _keywords(summary: Summary | None, language: str) -> tuple[KeywordView, ...]:
    if summary is None:
        return ()
    shown = []
    for keyword in summary.keywords[:12]:
        term, translation = clean_line(keyword.term, 120), clean_line(keyword.translation, 120)
        if translation and not is_english(language) and translation != term:
            shown.append(KeywordView(translation, term))
        elif term or translation:
            shown.append(KeywordView(term or translation))
    return tuple(shown)


def _ratings(summary: Summary | None) -> tuple[RatingView, ...]:
    if summary is None:
        return ()
    names = [*RATINGS, *sorted(set(summary.ratings) - set(RATINGS))]
    return tuple(
        RatingView(clean_line(name, 40), rating.value, _stars(rating.value), clean_text(rating.reason, 1000))
        for name in names
        if (rating := summary.ratings.get(name)) is not None
    )


def _stars(value: float) -> str:
    full, half = int(value), value % 1 >= 0.5
    return "★" * full + "½" * half + "☆" * (5 - full - half)


def _address(paper: Paper) -> str:
    for role in ("abs", "html", "project", "pdf"):
        if url := safe_url(paper.links.get(role, "")):
            return url
    number = arxiv_number(paper.id)
    if number:
        return safe_url(f"https://arxiv.org/abs/{number}")
    if paper.doi:
        return safe_url(f"https://doi.org/{paper.doi}")
    return ""


def _links(entry: IssuePaper) -> Sequence[LinkView]:
    """The paper's links in a fixed order of roles, then the editor's; each address once."""
    given = [(role, "", entry.paper.links[role]) for role in _LINK_ROLES if role in entry.paper.links]
    given += [(role, "", url) for role, url in sorted(entry.paper.links.items()) if role not in _LINK_ROLES]
    if entry.note:
        given += [("", label, url) for label, url in entry.note.links]
    seen: dict[str, LinkView] = {}
    for role, label, url in given:
        checked = safe_url(url if role or "://" in url else f"https://{url}")
        if checked and checked not in seen and role != "code":
            name = clean_line(label, 80) or clean_line(role, 40)
            seen[checked] = LinkView(clean_line(role, 40), name, checked, "" if role else clean_line(url, 2000))
    return tuple(seen.values())


def _figures(figures: Iterable[tuple[str, str]]) -> tuple[LinkView, ...]:
    """An editor's figures: caption and address. A path within the site is kept, another scheme is not."""
    shown = []
    for caption, address in figures:
        local = clean_line(address, 500) if address.startswith("/") and not address.startswith("//") else ""
        if checked := safe_url(address) or quote(local):
            shown.append(LinkView("", clean_line(caption, 500), checked))
    return tuple(shown)
