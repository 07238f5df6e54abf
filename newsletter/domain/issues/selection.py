"""Digests: which papers of an issue one audience gets, in which order, and why.

The rules, in the order in which they are applied:

1. a paper that an exclusion (`-survey`) matches is out, whatever else matches;
2. a paper that a must-have (`!cat:cs.RO`) does not match is out;
3. without any other interest every paper that is left is in; otherwise a paper is in if at least one of them matches;
4. papers are ordered by score, then by their place in the issue;
5. the best `max_papers` are the digest; how many there were above is kept for "n more on the web".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsletter.domain.papers import PaperId

__all__ = ["Match", "Pick", "Selection", "SelectionRequest"]


@dataclass(frozen=True, slots=True)
class Match:
    """Why a paper came: the interest as the subscriber wrote it, where, and by what words.

    `field` is `title`, `abstract`, `author`, `cat` or `org`, empty where the interest only rules papers out; `found`
    the words as they stand in the text. `via` names the expansion that led there (an acronym's long form, a synonym),
    empty for the plain term. `marks` are all the words of title and abstract that this interest found at its best
    places, for marking them.
    """

    interest: str
    field: str
    found: str
    via: str = ""
    marks: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What the digest shows: `LLM` or `LLM, by large language model`."""
        return f"{self.interest}, by {self.via}" if self.via else self.interest


@dataclass(frozen=True, slots=True)
class Pick:
    """One paper of a digest: its place in the issue (from 0), its score, and why it came (strongest first)."""

    index: int
    paper_id: PaperId
    score: float
    matches: tuple[Match, ...] = ()


class Selection:
    """The papers of one digest, best first. `found` counts all that matched, before the cut to `max_papers`.

    A digest made among many (`later`) knows which papers it has; why is worked out when `picks` is first looked at, so
    that planning a million deliveries, or a feed, does not explain each of them.
    """

    __slots__ = ("_picks", "_places", "_resolve", "found")

    def __init__(self, picks: tuple[Pick, ...], found: int) -> None:
        self._picks: tuple[Pick, ...] | None = picks
        self._resolve: Callable[[], tuple[Pick, ...]] | None = None
        self._places: Sequence[int] = [pick.index for pick in picks]
        self.found = found

    @classmethod
    def later(cls, resolve: Callable[[], tuple[Pick, ...]], places: Sequence[int], found: int) -> Selection:
        """A selection of the papers at these places that `resolve` explains when asked; always the same."""
        made = cls.__new__(cls)
        made._picks, made._resolve, made._places, made.found = None, resolve, places, found
        return made

    @property
    def places(self) -> tuple[int, ...]:
        """The papers' places in the issue (from 0), best first. Nothing is explained for it."""
        return tuple(self._places)

    @property
    def picks(self) -> tuple[Pick, ...]:
        """The papers, best first."""
        if self._picks is None:
            self._picks = self._resolve() if self._resolve is not None else ()
            self._resolve = None
        return self._picks

    def __len__(self) -> int:
        return len(self._places)

    def __bool__(self) -> bool:
        return len(self._places) > 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Selection):
            return NotImplemented
        return self.found == other.found and self.picks == other.picks

    def __hash__(self) -> int:
        return hash((self.picks, self.found))

    def __repr__(self) -> str:
        return f"Selection(picks={self.picks!r}, found={self.found})"


@dataclass(frozen=True, slots=True)
class SelectionRequest:
    """What one subscriber wants from an issue."""

    interests: tuple[str, ...]
    max_papers: int | None = None
