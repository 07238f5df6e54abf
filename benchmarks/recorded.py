"""The recorded abstracts and model answers beside the checkout (folder `shared`, or NEWSLETTER_SHARED)."""

from __future__ import annotations

import gzip
import json
import lzma
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from newsletter.domain.papers import Author, Paper, parse_arxiv_id
from newsletter.domain.text import fold_text, readable

__all__ = [
    "DATA",
    "TRAINED_UNTIL",
    "Labelled",
    "Reference",
    "abstracts",
    "answers",
    "english_references",
    "june",
    "labelled",
    "labelled_in_june",
    "papers_of",
]

DATA = Path(os.environ.get("NEWSLETTER_SHARED", Path(__file__).parents[2] / "shared")) / "data"
TRAINED_UNTIL = "2026-06-15"
"""The last day whose summaries the extractive engine learned from; later ones are held out."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One abstract and what a model wrote about it in English, by field."""

    number: str
    title: str
    abstract: str
    texts: dict[str, str]


@cache
def june() -> dict[str, dict[str, Any]]:
    """Every paper announced in June 2026 by arXiv number, as recorded."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((DATA / "arxiv_daily").glob("*.jsonl.xz")):
        for record in _lines(path):
            found.setdefault(record["id"], record)
    return found


def papers_of(day: str) -> tuple[Paper, ...]:
    """The papers announced on one day of June 2026, once each, in the recorded order."""
    return tuple(
        {record["id"]: as_paper(record) for record in _lines(DATA / "arxiv_daily" / f"{day}.jsonl.xz")}.values()
    )


def as_paper(record: dict[str, Any]) -> Paper:
    """A recorded paper as the product knows it: made readable, as sources do it."""
    paper_id, _ = parse_arxiv_id(record["id"])
    return Paper(
        id=paper_id,
        title=readable(record["title"]),
        raw_title=record["title"],
        abstract=readable(record["summary"]),
        raw_abstract=record["summary"],
        version=1,
        authors=tuple(Author(name) for name in record["authors"]),
        categories=tuple(record["categories"]),
        links={"abs": record["abs"], "pdf": record["pdf"]},
    )


def answers(language: str) -> Iterator[dict[str, Any]]:
    """What models wrote in June 2026 in `en` or `zh`, as recorded, a paper as often as it was asked about."""
    return _lines(DATA / "llm_recorded" / f"{language}_2026-06.jsonl.xz")


def english_references(*, since: str = "", until: str = "9999", limit: int | None = None) -> list[Reference]:
    """Abstracts with English summaries first recorded in these days (both included), each paper once, spread evenly."""
    first: dict[str, dict[str, Any]] = {}
    for record in answers("en"):
        first.setdefault(record["id"], record)
    chosen = [r for r in first.values() if since <= r["date"] <= until and r["id"] in june()]
    step = max(1, len(chosen) // limit) if limit else 1
    return [
        Reference(r["id"], r["title"], june()[r["id"]]["summary"], r["AI"])
        for r in chosen[::step][: limit or len(chosen)]
    ]


_BRACKETS = re.compile(r"[()]")


@dataclass(frozen=True)
class Labelled:
    """One abstract of Hugging Face Daily Papers, and the keywords that its service gave it."""

    title: str
    abstract: str
    keywords: tuple[str, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keywords folded; of "chain of thought (CoT)" both."""
        parts = [part for text in self.keywords for part in _BRACKETS.split(text)]
        return frozenset(key for part in parts if (key := fold_text(part)))


def abstracts() -> Iterator[tuple[str, str]]:
    """Title and abstract of every second paper announced from July 2025 to February 2026 in about 13 categories."""
    for record in _lines(DATA / "abstracts" / "2025-07_2026-02.jsonl.xz"):
        yield record["title"], record["abstract"]


def labelled() -> list[Labelled]:
    """The labelled papers from May 2025 to February 2026, for learning."""
    records = _lines(DATA / "hf_labels" / "2025-05_2026-02.jsonl.xz")
    return [Labelled(r["title"], r["abstract"], tuple(r["keywords"])) for r in records]


def labelled_in_june() -> list[Labelled]:
    """The labelled papers of June 2026, each once: held out, nothing learns from them."""
    papers: dict[str, Labelled] = {}
    for path in sorted((DATA / "hf_daily").glob("2026-06-*.json.gz")):
        for answer in json.loads(gzip.decompress(path.read_bytes())):
            paper = answer["paper"]
            one = Labelled(paper["title"], paper["summary"], tuple(paper.get("ai_keywords") or ()))
            if one.keys:
                papers.setdefault(paper["id"], one)
    return list(papers.values())


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
