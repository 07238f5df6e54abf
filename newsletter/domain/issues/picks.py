"""Which paper a digest has, and why it came."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.domain.papers import PaperId

__all__ = ["Match", "Pick"]


@dataclass(frozen=True, slots=True)
class Match:
    """Why a paper came: the interest as the subscriber wrote it, where, and by what words.

    `field` is `title`, `abstract`, `author`, `cat` or `org`, empty where the interest only rules papers out; `found`
    the words as they stand in the text. `via` names the expansion that led there (an acronym's long form, a synonym),
    empty for the plain term.
    """

    interest: str
    field: str
    found: str
    via: str = ""

    @property
    def label(self) -> str:
        """What the digest shows: `LLM` or `LLM, by large language model`."""
        says_more = bool(self.via) and self.via.casefold() not in self.interest.casefold()
        return f"{self.interest}, by {self.via}" if says_more else self.interest


@dataclass(frozen=True, slots=True)
class Pick:
    """One paper of a digest: its place in the issue (from 0), its score, and why it came (strongest first)."""

    index: int
    paper_id: PaperId
    score: float
    matches: tuple[Match, ...] = ()
