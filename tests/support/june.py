"""Issues of June 2026 out of the recorded announcements and what models wrote about them, faults included."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from newsletter.domain.issues import Issue, IssueKey, IssuePaper
from newsletter.domain.papers import (
    AnnounceType,
    Author,
    FailureKind,
    Listing,
    ListingStatus,
    Notice,
    Paper,
    PaperId,
    Provenance,
    Summary,
)
from newsletter.domain.text import readable
from newsletter.formats import freeze_issue
from tests.support.shared import DATA

__all__ = ["WORKING_DAYS", "june_issue"]

WORKING_DAYS = (1, 2, 3, 4, 5, 8, 9, 10, 11, 12)
_FIELDS = ("tldr", "motivation", "method", "result")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


@lru_cache(maxsize=1)
def _recorded() -> dict[str, dict[str, dict[str, str]]]:
    """What models wrote, by language and arXiv number."""
    found: dict[str, dict[str, dict[str, str]]] = {"en": {}, "zh-Hans": {}}
    for language, name in (("en", "en_2026-06"), ("zh-Hans", "zh_2026-06")):
        for record in _lines(DATA / "llm_recorded" / f"{name}.jsonl.xz"):
            if isinstance(record.get("AI"), dict):
                found[language][str(record["id"])] = record["AI"]
    return found


def _summary(paper_id: PaperId, number: str, language: str) -> Summary | None:
    written = _recorded()[language].get(number)
    if written is None:
        return None
    provenance = Provenance("llm", "recorded-model")
    texts: dict[str, Any] = {name: str(written.get(name) or "") for name in _FIELDS}
    if not all(texts.values()) or any(text.strip().lower().startswith("error") for text in texts.values()):
        return Summary(paper_id=paper_id, language=language, provenance=provenance, failure=FailureKind.INCOMPLETE)
    return Summary(paper_id=paper_id, language=language, provenance=provenance, **texts)


def june_issue(day: int, limit: int | None = None) -> Issue:
    """The issue of a day of June 2026, in English and Chinese; papers with a summary come first."""
    when = date(2026, 6, day)
    papers: dict[str, IssuePaper] = {}
    for record in _lines(DATA / "arxiv_daily" / f"{when}.jsonl.xz"):
        number = str(record["id"])
        if number in papers:
            continue
        paper_id = PaperId(f"arxiv:{number}")
        summaries = {tag: found for tag in ("en", "zh-Hans") if (found := _summary(paper_id, number, tag))}
        papers[number] = IssuePaper(
            paper=Paper(
                id=paper_id,
                title=readable(record["title"]),
                abstract=readable(record["summary"]),
                version=1,
                authors=tuple(Author(name) for name in record["authors"]),
                categories=tuple(record["categories"]),
                comment=record.get("comment") or "",
                links={"abs": record["abs"], "pdf": record["pdf"]},
            ),
            notices=(Notice(when, "arxiv-rss", record["categories"][0], AnnounceType.NEW, 1),),
            summaries=summaries,
        )
    ordered = sorted(papers.values(), key=lambda entry: -len(entry.summaries))
    issue = Issue(
        key=IssueKey(when),
        title="The Daily Sample",
        languages=("en", "zh-Hans"),
        papers=tuple(ordered[:limit]),
        description="Papers announced today",
        listings=(Listing(source="arxiv-rss", feed="cs.CL", day=when, status=ListingStatus.FRESH),),
    )
    return freeze_issue(issue, at=datetime(2026, 6, day, 6, tzinfo=UTC))
