"""How well a paper answers an interest: a score from where, how often and how literally a term was found.

The score of an interest in a paper is a product:

1. the **evidence** of its term (`Evidence.score`): every place counts by how closely the text says what the subscriber
   wrote; a phrase that is part of a longer one (*video* language models) counts less than one that stands alone; many
   places count less and less; the title counts on top; the same words in a short abstract say more than in a long one;
2. its **rarity** in the issue, so that a subscriber's rare interests come before the common ones;
3. its **weight**, where the subscriber gave one (`^2`);
4. the paper's own **standing** (`standing`): new before cross-listed before replaced, upvotes, ratings.

The score of a paper for a subscriber is the sum over their interests. Scores are whole numbers, so that a sum does not
depend on the order of its parts. The weights were fitted to keywords that others gave to a month of papers
(`benchmarks/interests.py` measures them); they are few and round on purpose.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from newsletter.domain.announcements import AnnounceType
from newsletter.domain.issues import IssuePaper

__all__ = ["SCALE", "Evidence", "place_count", "rarity", "standing", "whole_score"]

CLOSENESS = (0.15, 0.25, 0.6, 1.0)
"""What a place counts by `TextIndex.closeness`: other inflection, other spelling or number, hyphens, verbatim."""
OTHER_NAME = 0.2
"""What a place counts where the text uses another name: an acronym, its long form, a synonym, a translation."""
NEAR = 0.1
"""What words count that only stand close together."""
TITLE = 0.5
"""What the best place in the title adds to those in the abstract."""
TITLE_ALONE = 1.1
"""What it counts at least: a title says more than one place in an abstract."""
MODIFIED = 0.4
"""Factor for a phrase with a word before it that belongs to it: *video* language models."""
MODIFYING = 0.8
"""Factor for a phrase that a word follows: language model *agents*."""
BREVITY = 200.0
"""Characters; an abstract much longer than this gains nothing from being short."""
SCALE = 100
"""Scores are kept as whole numbers of hundredths."""
_MOST = 1_000_000

_FRESHNESS = {
    AnnounceType.NEW: 0.10,
    AnnounceType.FEATURED: 0.10,
    AnnounceType.CROSS: 0.05,
    AnnounceType.REPLACE: 0.0,
    AnnounceType.REPLACE_CROSS: 0.0,
}


@dataclass(slots=True)
class Evidence:
    """What was found of one term in one paper; the best place (`first` to `end`, positions) is kept for showing."""

    title: float = 0.0
    abstract: float = 0.0
    first: int = 0
    end: int = 0
    via: str = ""
    best: tuple[float, bool, int] = (0.0, False, 0)

    def add(self, count: float, *, in_title: bool, span: tuple[int, int], via: str) -> None:
        """Add one place that counts so much."""
        if in_title:
            self.title = max(self.title, count)
        else:
            self.abstract += count
        rank = (count, in_title, -span[0])
        if rank > self.best:
            self.best, (self.first, self.end), self.via = rank, span, via

    def score(self, length: int) -> float:
        """The evidence as a number, around 1 for a phrase found once; `length` is the paper's, in characters."""
        brevity = 1.0 + BREVITY / (length + BREVITY)
        return max(TITLE_ALONE * self.title, TITLE * self.title + math.log2(1.0 + self.abstract)) * brevity


def place_count(closeness: int | None, *, via: bool, alone_before: bool, alone_after: bool) -> float:
    """What one place counts; `closeness` is None where the words only stand close together."""
    if closeness is None:
        return NEAR * (0.7 if via else 1.0)
    count = OTHER_NAME if via else CLOSENESS[closeness]
    return count * (1.0 if alone_before else MODIFIED) * (1.0 if alone_after else MODIFYING)


def rarity(papers: int, found: int) -> float:
    """How much a term says by being there: 1 for one that every paper holds, more the rarer it is."""
    return 1.0 + math.log((papers + 1) / (found + 1))


def standing(entry: IssuePaper) -> float:
    """The paper's own standing, from 1 to 1.3: how fresh it is, its upvotes, how readers were recommended it."""
    upvotes = max(0, entry.paper.upvotes or 0)
    ratings = [
        rating.value
        for summary in entry.summaries.values()
        for name, rating in summary.ratings.items()
        if name == "recommendation"
    ]
    return 1.0 + _FRESHNESS[entry.announced_as] + 0.1 * upvotes / (upvotes + 20) + 0.1 * max(ratings, default=0.0) / 5


def whole_score(score: float) -> int:
    """The score as a whole number of hundredths, at least 1."""
    return max(1, min(_MOST, round(score * SCALE)))
