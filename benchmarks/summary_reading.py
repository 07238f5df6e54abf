"""Fifty summaries graded by reading: which papers, what they were given, and whether the summary is still that one.

The papers are drawn at random, with a fixed seed, from the days that nothing was learned from. A grade says how well
the one-liner, motivation, method and result tell the paper, read beside its abstract:

    3  its problem, approach and finding, correctly and without oddities
    2  useful, one small flaw
    1  misleading or clumsy
    0  useless

`summary_grades.json` holds each paper's number, the grade, a clause of why, and a hash of the summary that was read.
"""

from __future__ import annotations

import hashlib
import json
import random
import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks.recorded import TRAINED_UNTIL, papers_of
from newsletter.domain.papers import Paper
from newsletter.enrich._roles import Roles, find_roles

__all__ = ["drawn", "mark", "report"]

GRADES = Path(__file__).with_name("summary_grades.json")
SEED, PAPERS = 13, 50


def drawn(seen: frozenset[str]) -> list[Paper]:
    """The papers that are read, of those that are not `seen` by what learns."""
    days = [f"2026-06-{day:02}" for day in range(1, 31)]
    papers = {p.id: p for day in days if day > TRAINED_UNTIL for p in papers_of(day)}
    unseen = sorted(key for key in papers if key.removeprefix("arxiv:") not in seen)
    return [papers[key] for key in random.Random(SEED).sample(unseen, PAPERS)]


def mark(roles: Roles) -> str:
    """A hash of a summary, by which a grade knows what it was given for."""
    texts = (roles.tldr, roles.motivation, roles.method, roles.result)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


def report(papers: Sequence[Paper]) -> None:
    """Print the mean grade, the grades, and which were given for a summary that has changed since."""
    grades = {row["id"]: row for row in json.loads(GRADES.read_text(encoding="utf-8"))}
    changed = [
        p.id for p in papers if p.id in grades and mark(find_roles(p.title, p.abstract)) != grades[p.id]["summary"]
    ]
    given = [grades[p.id]["grade"] for p in papers if p.id in grades]
    counts = ", ".join(f"{given.count(grade)} of grade {grade}" for grade in (3, 2, 1, 0))
    print(f"{len(given)} of {len(papers)} papers read: mean {statistics.fmean(given):.2f} ({counts})")
    print(f"graded for a summary that has changed since: {', '.join(changed) or 'none'}")
