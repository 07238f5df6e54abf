"""How well interests find and rank, on labels that nobody here wrote, and what real people's lists find on real days.

    python -m benchmarks.interests [--month 2026-06]

Each `ai_keywords` term of a month of Hugging Face days that labels at least three papers is an interest; the papers
that it labels are what it should find in title and abstract. **Recall** is the share of labelled papers that are found,
**volume** how many papers are found for each labelled one (labels are incomplete, so part of it is right), **MAP** the
mean average precision of the order. BM25 (`bm25s`) and word-boundary hits ranked by count, a title counting three, are
measured in the same run.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import bm25s

from benchmarks.recorded import DATA, papers_of
from newsletter.domain.issues import Issue, IssueKey, IssuePaper, SelectionRequest
from newsletter.domain.matching import IssueSelector, review
from newsletter.domain.papers import Paper, PaperId

DAYS = ("2026-06-02", "2026-06-09", "2026-06-16", "2026-06-25")
LEAST_LABELS = 3

Rank = Callable[[str], Sequence[int]]


def labelled(month: str) -> tuple[list[dict[str, Any]], dict[str, set[int]]]:
    """The month's papers, and for each label (in lower case) the papers that have it, by place."""
    papers: dict[str, dict[str, Any]] = {}
    for path in sorted((DATA / "hf_daily").glob(f"{month}-??.json.gz")):
        with gzip.open(path) as file:
            for entry in json.load(file):
                papers[entry["paper"]["id"]] = entry["paper"]
    labels: dict[str, set[int]] = defaultdict(set)
    for number, paper in enumerate(papers.values()):
        for keyword in paper.get("ai_keywords") or ():
            labels[keyword.lower()].add(number)
    kept = {label: found for label, found in sorted(labels.items()) if len(found) >= LEAST_LABELS}
    return list(papers.values()), kept


def average_precision(ranked: Sequence[int], wanted: set[int]) -> float:
    """The mean of the precision at each wanted paper; one that is not found counts nothing."""
    hits, total = 0, 0.0
    for place, number in enumerate(ranked, 1):
        if number in wanted:
            hits += 1
            total += hits / place
    return total / len(wanted)


def by_selector(papers: list[dict[str, Any]]) -> Rank:
    """This product."""
    issue = _issue(
        tuple(Paper(id=PaperId(f"arxiv:{p['id']}"), title=p["title"], abstract=p["summary"]) for p in papers)
    )
    selector = IssueSelector(issue)
    return lambda term: [pick.index for pick in selector.select(SelectionRequest((term,))).picks]


def by_words(papers: list[dict[str, Any]]) -> Rank:
    """The term at word boundaries, ranked by how often it stands there, in a title three times as much."""
    texts = [(p["title"].lower(), p["summary"].lower()) for p in papers]

    def rank(term: str) -> Sequence[int]:
        pattern = re.compile(rf"(?<!\w){re.escape(term)}(?!\w)")
        counts = {n: 3 * len(pattern.findall(t)) + len(pattern.findall(a)) for n, (t, a) in enumerate(texts)}
        return sorted((n for n, count in counts.items() if count), key=lambda n: (-counts[n], n))

    return rank


def by_bm25(papers: list[dict[str, Any]]) -> Rank:
    """BM25 over the same texts, every paper with a word of the term."""
    retriever = bm25s.BM25()
    texts = [f"{p['title']}\n{p['summary']}" for p in papers]
    retriever.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)

    def rank(term: str) -> Sequence[int]:
        query = bm25s.tokenize([term], stopwords="en", show_progress=False)
        found, scores = retriever.retrieve(query, k=len(papers), show_progress=False)
        return [int(n) for n, score in zip(found[0], scores[0], strict=True) if score > 0]

    return rank


def measure(rank: Rank, labels: dict[str, set[int]]) -> tuple[float, float, float]:
    """(recall, volume, mean average precision) of a way to find papers."""
    hits = volume = total = 0
    precision = 0.0
    for term, wanted in labels.items():
        found = rank(term)
        hits += len(wanted.intersection(found))
        volume += len(found)
        total += len(wanted)
        precision += average_precision(found, wanted)
    return hits / total, volume / total, precision / len(labels)


def report_relevance(month: str) -> None:
    papers, labels = labelled(month)
    pairs = sum(map(len, labels.values()))
    print(f"{month}: {len(papers)} papers, {len(labels)} labels of at least {LEAST_LABELS} papers, {pairs} pairs\n")
    print(f"{'':24}{'recall':>8}{'volume':>8}{'MAP':>8}")
    rows = {"newsletter": by_selector, "word boundary, by count": by_words, "BM25 (bm25s)": by_bm25}
    measured = {name: measure(make(papers), labels) for name, make in rows.items()}
    for name, (recall, volume, precision) in measured.items():
        print(f"{name:24}{recall:8.3f}{volume:8.2f}{precision:8.3f}")
    ours = measured["newsletter"][2]
    print(
        "MAP against the others: " + ", ".join(f"{ours / m[2]:.2f} × {n}" for n, m in measured.items() if m[2] != ours)
    )
    halves = [dict(list(labels.items())[start::2]) for start in (0, 1)]
    rank = by_selector(papers)
    for name, half in zip(("odd labels", "even labels"), halves, strict=True):
        recall, volume, precision = measure(rank, half)
        print(f"  {name:22}{recall:8.3f}{volume:8.2f}{precision:8.3f}")


def report_lists() -> None:
    """What the real lists find on real days: all must be readable; broad and dead terms are named."""
    lists = json.loads((DATA / "interests" / "keyword_lists.json").read_text())
    for day in DAYS:
        papers = papers_of(day)
        selector = IssueSelector(_issue(papers, day))
        start = time.perf_counter()
        print(f"\n{day}: {len(papers)} papers")
        print(f"{'list':>4} {'family':22}{'terms':>6}{'papers':>8}{'broad':>7}{'dead':>6}{'notes':>7}  problems, broad")
        unreadable = 0
        for number, entry in enumerate(lists, 1):
            interests = tuple(entry["keywords"]) or tuple(filter(None, [entry["interest_text"]]))
            found = review(selector, interests)
            unreadable += len(found.problems)
            notes = sum(1 for item in found.items if item.notes)
            broad, dead = found.broad, found.dead
            named = "; ".join([*map(str, found.problems), *(item.interest[:40] for item in broad)][:4])
            print(
                f"{number:4} {entry['family']:22}{len(interests):6}{found.papers:8}{len(broad):7}{len(dead):6}{notes:7}"
                f"  {named}"
            )
        print(f"{len(lists)} lists, {unreadable} unreadable interests, {time.perf_counter() - start:.2f} s")


def _issue(papers: tuple[Paper, ...], day: str = "2026-06-30") -> Issue:
    entries = tuple(IssuePaper(paper=paper) for paper in papers)
    return Issue(key=IssueKey(date.fromisoformat(day)), title="Measured", languages=("en",), papers=entries)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--month", default="2026-06")
    parser.add_argument("--no-lists", action="store_true", help="only recall, volume and order")
    options = parser.parse_args()
    report_relevance(options.month)
    if not options.no_lists:
        report_lists()


if __name__ == "__main__":
    main()
