"""An issue as JSON Lines: one paper a line, as the `files` source reads it, so that a newsletter can feed another."""

from __future__ import annotations

import json
from typing import Any

from newsletter.domain.issues import Issue, IssuePaper
from newsletter.domain.summaries import Summary

__all__ = ["write_jsonl"]

_TEXTS = (
    "title", "abstract", "tldr", "tldr_en", "main_work", "motivation", "method", "result", "affiliation", "code",
)  # fmt: skip
_PLAIN = ("doi", "journal_ref", "license", "comment", "upvotes", "stars", "organization")


def write_jsonl(issue: Issue) -> str:
    """The issue's papers in its order. What is not known is left out; a summary that failed is not one."""
    return "".join(json.dumps(_line(issue, entry), ensure_ascii=False) + "\n" for entry in issue.papers)


def _line(issue: Issue, entry: IssuePaper) -> dict[str, Any]:
    paper = entry.paper
    days = [notice.day for notice in entry.notices]
    line: dict[str, Any] = {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
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
            language: _summary(summary) for language, summary in entry.summaries.items() if summary.failure is None
        },
    }
    return {name: value for name, value in line.items() if value not in (None, "", [], {})}


def _summary(summary: Summary) -> dict[str, Any]:
    # the translation of a keyword stands under the summary's language without its script: `zh`
    tongue = summary.language.partition("-")[0]
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
