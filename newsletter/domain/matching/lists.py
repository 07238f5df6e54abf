"""What a list of interests finds in one issue: which of them are too broad, which find nothing, which are unreadable.

An interest is **broad** if it finds more than `BROAD_SHARE` of the issue and at least `BROAD_LEAST` papers: a digest
of it is hardly a selection. It is **dead** if it finds no paper of this issue; one day says little, so a warning about
it says which day it was. Exclusions are neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.domain.interests import Interest, Remark, Term, leaves
from newsletter.domain.issues import SelectionRequest
from newsletter.domain.matching.selector import IssueSelector
from newsletter.domain.text import STOP_WORDS, tokens

__all__ = ["BROAD_LEAST", "BROAD_SHARE", "Review", "Reviewed", "review"]

BROAD_SHARE = 0.15
BROAD_LEAST = 20
_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One interest: how many papers of the issue it finds, and in plain sentences what is to be said about it."""

    interest: str
    found: int
    excludes: bool = False
    is_broad: bool = False
    is_dead: bool = False
    notes: tuple[Remark, ...] = ()
    problem: Remark | None = None
    advice: str = ""


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
    def problems(self) -> tuple[Remark, ...]:
        """What is wrong with those that cannot be read."""
        return tuple(item.problem for item in self.items if item.problem)


def _advice(selector: IssueSelector, interest: Interest) -> str:
    """What to do about an interest that finds nothing: which of its words are missing, or stand apart."""
    terms = [leaf for leaf in leaves(interest.expression) if isinstance(leaf, Term)]
    cut = [token.surface for term in terms for token in tokens(term.words) if token.surface.isascii()]
    words = [word for word in dict.fromkeys(cut) if word.lower() not in STOP_WORDS][:_MOST_WORDS]
    if missing := [f"“{word}”" for word in words if not selector.matching(f'"{word}"')]:
        return f"No paper of this day has {' or '.join(missing)}: check the spelling, or try another --date."
    both = " AND ".join(words)
    if len(terms) == 1 and len(words) > 1 and (together := selector.matching(both)):
        return f"Its words never stand close together here; anywhere in a paper: {both} finds {together}."
    return "Try another --date."


def review(selector: IssueSelector, interests: Sequence[str]) -> Review:
    """Look at each interest of a list by itself."""
    items = []
    for text in dict.fromkeys(interests):
        reading = selector.read(text)
        found = selector.matching(text)
        works = reading.problem is None
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
                advice=_advice(selector, reading.interest) if works and not found and reading.interest else "",
            )
        )
    return Review(selector.select(SelectionRequest(tuple(interests))).found, tuple(items))
