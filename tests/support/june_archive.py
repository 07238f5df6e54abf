"""The recorded days of June 2026 as the digests that somebody published before moving over."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from newsletter.archives.arxiv_daily import clean_title
from tests.support.shared import DATA

__all__ = ["june_days", "published_arxiv_daily"]

_CUT = 1000


def june_days() -> list[date]:
    """The days that were recorded, those on which arXiv repeats the day before among them."""
    return sorted(date.fromisoformat(path.name.split(".")[0]) for path in (DATA / "arxiv_daily").glob("*.jsonl.xz"))


def published_arxiv_daily(day: date, limit: int = 60) -> str:
    """A day as the published generator wrote it, by nothing of ours: papers of the day with what a model wrote.

    Some pages have the English one-liner, and a paper that was announced in several lists stands there as often.
    """
    answers = _answers()
    papers = [record for record in _records(DATA / "arxiv_daily" / f"{day}.jsonl.xz") if record["id"] in answers][
        :limit
    ]
    papers.sort(key=lambda record: record["abs"], reverse=True)
    rows, entries = [], []
    for number, record in enumerate(papers, start=1):
        said = answers[record["id"]]
        tldr, title, link = _line(said.get("tldr")), _line(record["title"]), record["abs"]
        if number % 7 == 0:
            title += f". (arXiv:{record['id']}v1 [{record['categories'][0]}] CROSS LISTED)"
        description = f"arXiv:{record['id']}v1 Announce Type: new  Abstract: {record['summary']}"
        description = description[:_CUT].replace("-\n", "").replace("\n", " ")
        english = _line(said.get("result")) if day.day % 5 == 0 else ""
        rows.append(f"| [^{number}] | [{clean_title(title)}]({link}) | {tldr} |")
        fields = (title, f"[{link}]({link})", tldr, english, _line(said.get("method")), description)
        paragraphs = "".join(f"\n\n    {field}" for field in fields)
        entries.append(f"[^{number}]: {_line(said.get('motivation'))[:40]}{paragraphs}\n    ")
    head = "# 摘要\n\n| Ref | Title | Summary |\n| --- | --- | --- |\n"
    return f"{head}{chr(10).join(rows)}\n\n# 详细\n\n{chr(10).join(entries)}\n\n"


def _line(text: object) -> str:
    return " ".join(str(text or "").split())


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


@lru_cache(maxsize=1)
def _answers() -> dict[str, dict[str, Any]]:
    """What a model wrote in Chinese about each paper, faults included: it was published like that."""
    found = _records(DATA / "llm_recorded" / "zh_2026-06.jsonl.xz")
    return {record["id"]: record["AI"] for record in found if isinstance(record["AI"], dict)}
