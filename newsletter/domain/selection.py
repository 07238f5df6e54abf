"""Digests: which papers of an issue one audience gets, in which order, and why.

The rules, in the order in which they are applied:

1. a paper that an exclusion (`-survey`) matches is out, whatever else matches;
2. without any positive interest every other paper is in; otherwise a paper is in if at least one interest matches;
3. papers are ordered by score, then by their place in the issue;
4. the best `max_papers` are the digest; how many there were above is kept for "n more on the web".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from newsletter.domain.papers import PaperId

__all__ = ["Match", "Pick", "Selection", "SelectionRequest", "Selector"]


@dataclass(frozen=True, slots=True)
class Match:
    """Why a paper came: the interest as the subscriber wrote it, where, and by what words.

    `field` is `title`, `abstract`, `author` or `cat`; `found` the words as they stand in the text. `via` names the
    expansion that led there (an acronym's long form, a synonym), empty for the plain term.
    """

    interest: str
    field: str
    found: str
    via: str = ""

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


@dataclass(frozen=True, slots=True)
class Selection:
    """The papers of one digest, best first. `found` counts all that matched, before the cut to `max_papers`."""

    picks: tuple[Pick, ...]
    found: int

    def __bool__(self) -> bool:
        return bool(self.picks)


@dataclass(frozen=True, slots=True)
class SelectionRequest:
    """What one subscriber wants from an issue."""

    interests: tuple[str, ...]
    max_papers: int | None = None


class Selector(Protocol):
    """Selects from one issue, for anybody. Built once an issue; a term is looked up once however many ask for it."""

    def select(self, request: SelectionRequest) -> Selection:
        """The digest of one subscriber. An interest that cannot be read matches nothing; it never raises."""
        ...

    def select_many(self, requests: Iterable[SelectionRequest]) -> Iterator[Selection]:
        """The digests of many, in the order asked, in bounded memory."""
        ...

    def problems(self, interests: Sequence[str]) -> tuple[str, ...]:
        """What is wrong with these interests, a plain sentence each; empty where all can be read."""
        ...
