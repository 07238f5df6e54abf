"""How well a paper answers an interest: a score from where, how often and how literally a term was found.

The score of an interest in a paper is a product:

1. the **evidence** of its term: every place counts by how closely the text says what the subscriber wrote; a phrase
   that is part of a longer one (*video* language models) counts less than one that stands alone; many places count less
   and less; the title counts on top; the same words in a short abstract say more than in a long one;
2. its **rarity** in the issue, so that a subscriber's rare interests come before the common ones;
3. its **weight**, where the subscriber gave one (`^2`);
4. the paper's own **standing**: new before cross-listed before replaced, upvotes, ratings.

The score of a paper for a subscriber is the sum over their interests. Scores are whole numbers, so that a sum does not
depend on the order of its parts. The weights were fitted to keywords that others gave to a month of papers
(`benchmarks/interests.py` measures them); they are few and round on purpose.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from newsletter.domain.issues import IssuePaper
from newsletter.domain.papers import AnnounceType

__all__ = [
    "ALONE",
    "CLOSENESS",
    "MODIFIED",
    "MODIFYING",
    "NEAR",
    "NEAR_OTHER_NAME",
    "OTHER_NAME",
    "SCALE",
    "evidence",
    "rarity",
    "standing",
    "whole_scores",
]

# What a place counts, in hundredths.
CLOSENESS = (15, 25, 60, 100)
"""By how closely it is written: another inflection; another spelling or number; hyphens and accents; verbatim."""
OTHER_NAME = 20
"""Where the text uses another name: an acronym, its long form, a synonym, a translation."""
NEAR = 10
"""Where the words only stand close together."""
NEAR_OTHER_NAME = 7
"""The same for another name."""

# Factors of a phrase, in hundredths.
ALONE = 100
"""A phrase that stands alone."""
MODIFIED = 40
"""A word before it belongs to it: *video* language models."""
MODIFYING = 80
"""A word follows that it belongs to: language model *agents*."""

TITLE = 0.5
"""What the best place in the title adds to those in the abstract."""
TITLE_ALONE = 1.1
"""What it counts at least: a title says more than one place in an abstract."""
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


def evidence(
    title: npt.NDArray[np.int64], abstract: npt.NDArray[np.int64], length: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The evidence of a term in papers, around 1 for a phrase found once, verbatim and alone.

    `title` is what its best place in the title counts, `abstract` the sum of those elsewhere: a place counts its
    `CLOSENESS` times how far the phrase stands alone, both in hundredths. `language model` found verbatim in *video
    language models* counts 100 x 40 = 4,000; verbatim and alone it counts 100 x 100 = 10,000, which is one whole place.

    Args:
        title: (papers,) int64, ten-thousandths of a place.
        abstract: (papers,) int64, likewise.
        length: (papers,) float64, each paper's characters.

    Returns:
        (papers,) float64.
    """
    best = title / (CLOSENESS[-1] * ALONE)
    places = np.log2(1.0 + abstract / (CLOSENESS[-1] * ALONE))
    brevity = 1.0 + BREVITY / (length + BREVITY)
    score: npt.NDArray[np.float64] = np.maximum(TITLE_ALONE * best, TITLE * best + places) * brevity
    return score


def rarity(papers: int, found: int) -> float:
    """How much a term says by being there: 1 for one that every paper holds, more the rarer it is."""
    return 1.0 + math.log((papers + 1) / (found + 1))


def standing(entry: IssuePaper) -> float:
    """The paper's own standing, from 1 to 1.3: how fresh it is, its upvotes, how warmly it was recommended."""
    upvotes = max(0, entry.paper.upvotes or 0)
    ratings = [
        rating.value
        for summary in entry.summaries.values()
        for name, rating in summary.ratings.items()
        if name == "recommendation"
    ]
    return 1.0 + _FRESHNESS[entry.announced_as] + 0.1 * upvotes / (upvotes + 20) + 0.1 * max(ratings, default=0.0) / 5


def whole_scores(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Scores as whole numbers of hundredths, at least 1: (n,) float64 in, (n,) int64 out; 1.234 is 123."""
    whole: npt.NDArray[np.int64] = np.clip(np.rint(scores * SCALE), 1, _MOST).astype(np.int64)
    return whole
