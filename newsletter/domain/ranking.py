"""How well a paper answers an interest: a score from where, how often and how literally a term was found."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Evidence", "rarity", "score_evidence"]

TITLE = 3.0
ABSTRACT = 1.0
NEAR = 0.3
"""What words that only stand close together count, against a phrase."""


@dataclass(slots=True)
class Evidence:
    """What was found of one term in one paper."""

    title: int = 0
    abstract: int = 0
    title_near: bool = False
    abstract_near: bool = False
    first: int = 0
    end: int = 0
    via: str = ""
    best: tuple[bool, bool, bool] = (False, False, False)

    def add(self, *, in_title: bool, near: bool, via: str, first: int, end: int) -> None:
        """Count one place; the best place (literal, then in the title, then first) is kept for showing."""
        if near:
            self.title_near |= in_title
            self.abstract_near |= not in_title
        elif in_title:
            self.title += 1
        else:
            self.abstract += 1
        rank = (not near, not via, in_title)
        if self.end == 0 or rank > self.best:
            self.best, self.first, self.end, self.via = rank, first, end, via


def score_evidence(found: Evidence) -> float:
    """The score of one term in one paper, before its rarity counts."""
    title = TITLE * min(found.title, 2) if found.title else TITLE * NEAR * found.title_near
    abstract = ABSTRACT * math.log2(1 + found.abstract) if found.abstract else ABSTRACT * NEAR * found.abstract_near
    return title + abstract


def rarity(papers: int, found: int) -> float:
    """How much a term says by being there: near 1 for one that most papers hold, more the rarer it is."""
    return 1.0 + math.log((papers + 1) / (found + 1))
