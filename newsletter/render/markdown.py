"""The Markdown profiles: an issue as one of the published digest formats, corrected or to the letter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from newsletter.domain.issues import Issue, IssuePaper, is_from
from newsletter.domain.notation import is_english
from newsletter.domain.papers import AnnounceType, arxiv_number
from newsletter.domain.text import clean_line
from newsletter.errors import UsageError
from newsletter.render.catalogues import Wording, wording
from newsletter.render.environment import Templates
from newsletter.render.issue_view import IssueView, view_issue
from newsletter.render.markdown_text import markdown_cell, markdown_label, markdown_line, markdown_url
from newsletter.render.paper_view import PaperView

__all__ = ["MarkdownRenderer"]

_CUT = 1000
"""The published generator kept this many characters of a feed's description."""
# What feeds before February 2024 append to a title: ` (arXiv:2310.00212v1 [cs.LG] UPDATED)`.
_SUFFIX = re.compile(r" \(arXiv:[^()]*\).*\Z", re.DOTALL)
_LIQUID = re.compile(r"\{\{|\{%")
_SHORTCODE = re.compile(r"\{\{(?=[<%])")
_PREFIX = re.compile(r"arXiv:\S+ Announce Type: ", re.ASCII)


@dataclass(frozen=True, slots=True)
class _ArxivDailyRow:
    """One paper of `arxiv-daily`: the format's own fields, ready to be placed."""

    clean_title: str
    link: str
    tldr_cell: str
    translated_title: str
    raw_title: str
    tldr: str
    tldr_en: str
    translated_abstract: str
    abstract: str


class MarkdownRenderer:
    """Writes issues as Markdown documents, by profile."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._profiles: Mapping[str, Callable[[Issue, IssueView, bool], str]] = {
            "arxiv-daily": self._arxiv_daily,
            "hf-daily": self._hf_daily,
            "paper-express": self._paper_express,
        }

    @property
    def profiles(self) -> tuple[str, ...]:
        """The names of the profiles."""
        return tuple(self._profiles)

    def write(self, issue: Issue, profile: str, language: str, *, compat: bool = False, front_matter: str = "") -> str:
        """The document of one profile. `compat` writes what the published generator wrote, byte for byte.

        `front_matter` (`jekyll` or `hugo`) is put before a profile that has none of its own.

        Raises:
            UsageError: there is no such profile.
        """
        write = self._profiles.get(profile)
        if write is None:
            msg = f"there is no Markdown profile {profile!r}; expected one of {', '.join(self._profiles)}"
            raise UsageError(msg)
        view = view_issue(issue, language)
        document = write(issue, view, compat)
        if not front_matter:
            return document
        document = _without_directives(document, front_matter)
        if document.startswith("---\n"):
            return document
        head = self._templates.render(
            "markdown/front-matter.md", language, view=view, generator=front_matter, profile=profile
        )
        return f"{head}\n{document}"

    def _arxiv_daily(self, issue: Issue, view: IssueView, compat: bool) -> str:
        pairs = list(zip(issue.papers, view.papers, strict=True))
        if not (compat and all(map(_is_imported, issue.papers))):
            pairs.sort(key=lambda pair: _link(*pair), reverse=True)
        make = _published_row if compat else _corrected_row
        return self._templates.render(
            "markdown/arxiv-daily.md", view.language, rows=[make(entry, paper, view.language) for entry, paper in pairs]
        )

    def _hf_daily(self, _issue: Issue, view: IssueView, compat: bool) -> str:  # noqa: ARG002
        words = wording(view.language)
        return self._templates.render(
            "markdown/hf-daily.md",
            view.language,
            view=view,
            preface=_explanation(view) or _covers(view, words),
            featured=_all_featured(view),
        )

    def _paper_express(self, _issue: Issue, view: IssueView, compat: bool) -> str:  # noqa: ARG002
        title = wording(view.language).gettext("%(date)s, papers of the day") % {"date": view.day}
        return self._templates.render("markdown/paper-express.md", view.language, view=view, title=title).lstrip("\n")


def _without_directives(document: str, generator: str) -> str:
    """The document with the signs by which a static site generator knows its own language written as text.

    Jekyll reads Liquid before Markdown, everywhere: `{{ "{%" }}` is its word for `{%`. Hugo knows shortcodes.
    """
    if generator == "hugo":
        return _SHORTCODE.sub("&#123;{", document)
    return _LIQUID.sub(lambda match: f'{{{{ "{match[0]}" }}}}', document)


def _all_featured(view: IssueView) -> bool:
    """Whether Hugging Face recommended all of these papers: only then may the digest say so."""
    return all(any(link.role == "hf" for link in paper.links) for paper in view.papers)


def _explanation(view: IssueView) -> list[str]:
    """The editor's preface as items of the explanation's list."""
    lines = (line.strip() for line in view.preface.split("\n"))
    return [line.removeprefix("- ").strip() for line in lines if line]


def _covers(view: IssueView, words: Wording) -> list[str]:
    """What the digest covers and how it was made, where no editor has said so."""
    models = sorted({paper.model or paper.engine for paper in view.papers if paper.engine and not paper.abstract_only})
    covers = words.gettext(
        "For each paper: its main work, its highlights, keywords and, where somebody rated it, ratings."
    )
    if not models:
        return [covers]
    origin = words.gettext("Written from the abstracts by %(models)s and put together by a program.")
    return [covers, origin % {"models": markdown_line(", ".join(models))}]


def _link(entry: IssuePaper, paper: PaperView) -> str:
    return entry.paper.links.get("abs") or paper.url


def _is_imported(entry: IssuePaper) -> bool:
    """Whether it stood in a page of this format: what was written there is written as it stood."""
    return is_from(entry, "arxiv-daily")


def _published_row(entry: IssuePaper, paper: PaperView, language: str) -> _ArxivDailyRow:
    """As the published generator wrote it: nothing escaped, descriptions cut in mid-word.

    The generator lost the English TL;DR of its own; the pages that have one got it by hand.
    """
    source = entry.paper
    summary = entry.summaries.get(language)
    raw_title = source.raw_title or source.title
    tldr = summary.tldr if summary else ""
    return _ArxivDailyRow(
        clean_title=_SUFFIX.sub("", raw_title),
        link=_link(entry, paper),
        tldr_cell=tldr,
        translated_title=summary.title if summary else "",
        raw_title=raw_title,
        tldr=tldr,
        tldr_en=summary.tldr_en if summary and _is_imported(entry) else "",
        translated_abstract=summary.abstract if summary else "",
        abstract=_description(entry),
    )


def _description(entry: IssuePaper) -> str:
    """The description as arXiv's feed words it, put together where another source told of the paper, and cut."""
    source = entry.paper
    if source.raw_abstract and _is_imported(entry):
        return source.raw_abstract
    raw = source.raw_abstract or source.abstract
    number = arxiv_number(source.id)
    kind = entry.announced_as
    if not (number is None or _PREFIX.match(raw) or source.raw_abstract or kind is AnnounceType.FEATURED):
        raw = f"arXiv:{number}v{source.version or 1} Announce Type: {kind}  Abstract: {raw}"
    return raw[:_CUT].replace("-\n", "").replace("\n", " ")


def _corrected_row(entry: IssuePaper, paper: PaperView, language: str) -> _ArxivDailyRow:
    """The same fields whole, escaped and filled: nothing of one paper can leave its place."""
    own = paper.original_title or paper.title
    number = arxiv_number(entry.paper.id)
    facts = [f"arXiv:{number}{f'v{paper.version}' if paper.version else ''}"] if number else []
    kind = entry.announced_as
    announced = f"Announce Type: {kind} " if kind is not AnnounceType.FEATURED else ""
    prefix = f"{facts[0]} {announced}Abstract: " if facts else ""
    abstract = clean_line(paper.abstract)
    return _ArxivDailyRow(
        clean_title=markdown_label(own),
        link=markdown_url(paper.url),
        tldr_cell=markdown_cell(paper.tldr),
        translated_title=markdown_line(paper.title),
        raw_title=markdown_line(own),
        tldr=markdown_line(paper.tldr),
        tldr_en=markdown_line("" if is_english(language) else paper.tldr_en),
        translated_abstract=markdown_line(paper.translated_abstract),
        abstract=f"{prefix}{markdown_line(abstract)}" if abstract else "",
    )
