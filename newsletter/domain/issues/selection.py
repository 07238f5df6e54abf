"""Digests: which papers of an issue one audience gets, in which order, and why.

The rules, in the order in which they are applied:

1. a paper that an exclusion (`-survey`) matches is out, whatever else matches;
2. a paper that a must-have (`!cat:cs.RO`) does not match is out;
3. without any other interest every paper that is left is in; otherwise a paper is in if at least one of them matches;
4. papers are ordered by score, or by what the reader asks for (`PaperOrder`) and then by score; of equals by their
   place in the issue;
5. the first `max_papers` are the digest, papers of rare interests before all others; how many there were above is kept
   for "n more on your page".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsletter.domain.issues.orders import PaperOrder
from newsletter.domain.issues.picks import Pick
from newsletter.domain.issues.sections import NO_OUTLINE, Outline

__all__ = ["Explained", "Selection", "SelectionRequest"]

Explained = tuple[tuple[Pick, ...], Outline]
"""The picks of a digest with their reasons, and its sections."""


class Selection:
    """The papers of one digest, best first. `found` counts all that matched, before the cut to `max_papers`.

    A digest made among many (`later`) knows which papers it has; why they came, and the sections that follow from it,
    are worked out when they are first looked at, so that planning a million deliveries, or a feed, does not explain
    each of them.
    """

    __slots__ = ("_explained", "_places", "_resolve", "found")

    def __init__(self, picks: tuple[Pick, ...], found: int, outline: Outline = NO_OUTLINE) -> None:
        self._explained: Explained | None = (picks, outline)
        self._resolve: Callable[[], Explained] | None = None
        self._places: Sequence[int] = [pick.index for pick in picks]
        self.found = found

    @classmethod
    def later(cls, resolve: Callable[[], Explained], places: Sequence[int], found: int) -> Selection:
        """A selection of the papers at these places that `resolve` explains when asked; always the same."""
        made = cls.__new__(cls)
        made._explained, made._resolve, made._places, made.found = None, resolve, places, found
        return made

    @property
    def places(self) -> tuple[int, ...]:
        """The papers' places in the issue (from 0), best first. Nothing is explained for it."""
        return tuple(self._places)

    @property
    def picks(self) -> tuple[Pick, ...]:
        """The papers, best first."""
        return self._known()[0]

    @property
    def outline(self) -> Outline:
        """The sections in which they stand."""
        return self._known()[1]

    def _known(self) -> Explained:
        if self._explained is None:
            self._explained = self._resolve() if self._resolve is not None else ((), NO_OUTLINE)
            self._resolve = None
        return self._explained

    def __len__(self) -> int:
        return len(self._places)

    def __bool__(self) -> bool:
        return len(self._places) > 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Selection):
            return NotImplemented
        return self.found == other.found and self._known() == other._known()

    def __hash__(self) -> int:
        return hash((self.picks, self.found))

    def __repr__(self) -> str:
        return f"Selection(picks={self.picks!r}, found={self.found})"


@dataclass(frozen=True, slots=True)
class SelectionRequest:
    """What one subscriber wants from an issue. `more_than` is asked by planning alone: fewer papers are no digest."""

    interests: tuple[str, ...]
    max_papers: int | None = None
    order: PaperOrder = PaperOrder.BEST
    more_than: int = 0
