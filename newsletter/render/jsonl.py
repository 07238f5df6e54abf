"""An issue as JSON Lines: one paper a line, as the `files` source reads it, so that a newsletter can feed another.

What an editor wrote about a paper is its `note`; what was written about the issue is a line of its own before them.
`readable` says that texts, names and links are final: a reader takes them as they are. So nothing is lost or changed on
the way: the lines of an issue made from these lines are these lines.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from newsletter.domain.issues import Issue, IssuePaper
from newsletter.domain.notation import is_english
from newsletter.domain.papers import PaperNote, Summary

__all__ = ["write_jsonl"]

_TEXTS = (
    "title", "abstract", "tldr", "tldr_en", "main_work", "motivation", "method", "result", "affiliation", "code",
)  # fmt: skip
_SETTLED = ("paper_id", "position", "drop")
_PLAIN = ("doi", "journal_ref", "license", "comment", "upvotes", "stars", "organization")


def write_jsonl(issue: Issue) -> str:
    """The issue's papers in its order. What is not known is left out; a summary that failed is not one."""
    head = asdict(issue.note)
    lines = [{"issue": _known(head)}] if any(head.values()) else []
    return "".join(
        json.dumps(line, ensure_ascii=False) + "\n"
        for line in (*lines, *(_line(issue, entry) for entry in issue.papers))
    )


def _line(issue: Issue, entry: IssuePaper) -> dict[str, Any]:
    paper = entry.paper
    days = [notice.day for notice in entry.notices]
    line: dict[str, Any] = {
        "id": paper.id,
        "readable": True,
        "title": paper.title,
        "raw_title": paper.raw_title if paper.raw_title != paper.title else "",
        "abstract": paper.abstract,
        "raw_abstract": paper.raw_abstract if paper.raw_abstract != paper.abstract else "",
        "authors": [
            {"name": author.name, "affiliation": author.affiliation} if author.affiliation else author.name
            for author in paper.authors
        ],
        "categories": list(paper.categories),
        "announce_type": entry.announced_as.value,
        "announced": (min(days) if days else issue.day).isoformat(),
        "version": paper.version,
        "links": dict(paper.links),
        "submitted": paper.submitted.isoformat() if paper.submitted else None,
        "keywords": list(paper.keywords),
        **{name: getattr(paper, name) for name in _PLAIN},
        "summaries": {
            language: _summary(summary)
            for language, summary in sorted(entry.summaries.items())
            if summary.failure is None
        },
        "note": _note(entry.note) if entry.note else {},
    }
    return _known(line)


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], (), {})}


def _note(note: PaperNote) -> dict[str, Any]:
    """Without what the order and the choice of papers say already."""
    written = {name: value for name, value in asdict(note).items() if name not in _SETTLED and value is not False}
    return _known(written)


def _summary(summary: Summary) -> dict[str, Any]:
    # the translation of a keyword stands under the summary's language without its script: `zh`
    tongue = "translation" if is_english(summary.language) else summary.language.partition("-")[0]
    written: dict[str, Any] = {name: getattr(summary, name) for name in _TEXTS}
    written["highlights"] = list(summary.highlights)
    written["keywords"] = [
        {"en": keyword.term, tongue: keyword.translation} if keyword.translation else {"en": keyword.term}
        for keyword in summary.keywords
    ]
    written["ratings"] = {
        name: {"value": rating.value, "reason": rating.reason} for name, rating in summary.ratings.items()
    }
    return {name: value for name, value in written.items() if value}
