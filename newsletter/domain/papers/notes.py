"""Editor's notes: what a person wrote about a paper or an issue. It wins over every engine and is never sent to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from newsletter.domain.papers.papers import PaperId

__all__ = ["WORDS", "IssueNote", "PaperNote"]

WORDS = ("title", "abstract", "tldr", "main_work", "motivation", "method", "result", "highlights")
"""The summary fields that an editor may write in their own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperNote:
    """What an editor decided and wrote about one paper of one issue.

    `position` counts from 1; None keeps the composed order. Where an issue has highlighted papers, profiles that
    know papers in brief (`paper-express`) show the others so. `words` hold the editor's own text by language and
    summary field (`{"zh-Hans": {"tldr": "…"}}`, the names in `WORDS`; one highlight a line): inline Markdown, which
    surfaces that are not Markdown show as plain text. `code` is an address, or a word such as `None` where there is
    none, `code_remark` what is to be said about it. `links` are (label, address) pairs, `figures` (caption,
    address) pairs shown before the text. `deep_dive` is Markdown.
    """

    paper_id: PaperId
    position: int | None = None
    drop: bool = False
    highlight: bool = False
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    affiliation: str = ""
    code: str = ""
    code_remark: str = ""
    links: tuple[tuple[str, str], ...] = ()
    figures: tuple[tuple[str, str], ...] = ()
    deep_dive: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueNote:
    """What an editor wrote about the issue as a whole, by language: a preface (Markdown) and references."""

    preface: Mapping[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()
