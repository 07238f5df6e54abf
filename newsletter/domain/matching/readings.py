"""What is known of one interest in one issue: how it was read, and what it finds."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsletter.domain.interests import Interest, Remark, Term, Topic, cause_of, leaves, parse, remark
from newsletter.errors import InterestError

__all__ = ["BEST", "Finding", "InterestReading", "missing_topic", "read_line"]

BEST = 3
"""Papers of an interest that are named as its best."""


@dataclass(frozen=True, slots=True)
class InterestReading:
    """One interest, read: `problem` is set where it cannot be, or names a topic that there is none of.

    `row` is its number among those that were looked up in an issue, -1 for one that was not.
    """

    text: str
    interest: Interest | None
    problem: Remark | None = None
    row: int = -1


def read_line(text: str, topics: Container[str]) -> InterestReading:
    """One interest as any issue reads it; `topics` are the slugs of the catalogue."""
    try:
        interest = parse(text)
    except InterestError as error:
        return InterestReading(text, None, cause_of(error))
    return InterestReading(text, interest, missing_topic(interest, topics))


def missing_topic(interest: Interest, topics: Container[str]) -> Remark | None:
    """What is said about an interest that names a topic which is not in the catalogue."""
    if isinstance(interest.expression, Term):
        return None
    slugs = [leaf.slug for leaf in leaves(interest.expression) if isinstance(leaf, Topic)]
    missing = [slug for slug in slugs if slug not in topics]
    return remark("there is no topic “%(slug)s”", slug=missing[0]) if missing else None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one interest finds in one issue: the papers' places, ascending (int32), and the best `BEST` in order."""

    places: npt.NDArray[np.int32]
    best: tuple[int, ...]
