"""What a list of interests finds in one issue: which of them are too broad, which find nothing, which are unreadable.

An interest is **broad** if it finds more than `BROAD_SHARE` of the issue and at least `BROAD_LEAST` papers: a digest
of it is hardly a selection. It is **dead** if it finds no paper of this issue; one day says little, so a warning about
it says which day it was. Exclusions are neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.domain.selection import SelectionRequest
from newsletter.domain.selector import IssueSelector

__all__ = ["BROAD_LEAST", "BROAD_SHARE", "Review", "Reviewed", "review"]

BROAD_SHARE = 0.15
BROAD_LEAST = 20


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One interest: how many papers of the issue it finds, and in plain sentences what is to be said about it."""

    interest: str
    found: int
    excludes: bool = False
    is_broad: bool = False
    is_dead: bool = False
    notes: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """A whole list: how many papers its digest would have, and each interest."""

    papers: int
    items: tuple[Reviewed, ...]

    @property
    def broad(self) -> tuple[Reviewed, ...]:
        """Those that find too much."""
        return tuple(item for item in self.items if item.is_broad)

    @property
    def dead(self) -> tuple[Reviewed, ...]:
        """Those that find nothing."""
        return tuple(item for item in self.items if item.is_dead)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with those that cannot be read."""
        return tuple(item.problem for item in self.items if item.problem)


def review(selector: IssueSelector, interests: Sequence[str]) -> Review:
    """Look at each interest of a list by itself."""
    items = []
    for text in dict.fromkeys(interests):
        reading = selector.read(text)
        found = selector.matching(text)
        works = not reading.problem
        excludes = reading.interest is not None and reading.interest.excludes
        broad = works and not excludes and found >= BROAD_LEAST and found > BROAD_SHARE * selector.size
        items.append(
            Reviewed(
                text,
                found,
                excludes=excludes,
                is_broad=broad,
                is_dead=works and not excludes and not found,
                notes=reading.interest.notes if reading.interest is not None else (),
                problem=reading.problem,
            )
        )
    return Review(selector.select(SelectionRequest(tuple(interests))).found, tuple(items))
