"""Engines that write summaries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol, runtime_checkable

from newsletter.domain.papers import Paper, Spending, Summary, SummaryKey

__all__ = ["Engine", "PaidEngine"]


class Engine(Protocol):
    """Writes summaries."""

    @property
    def name(self) -> str:
        """The engine's name in settings and provenance."""
        ...

    def key(self, paper: Paper, language: str) -> SummaryKey:
        """Under which key its summary of this paper in this language would be kept."""
        ...

    def speaks(self, language: str) -> bool:
        """Whether it can write in this language at all."""
        ...

    def summarise(self, papers: Sequence[Paper], language: str) -> AsyncIterator[Summary]:
        """One summary a paper, in any order; one with `failure` set where its answer could not be used.

        Raises:
            EngineUnavailable: the engine cannot be reached at all.
        """
        ...


@runtime_checkable
class PaidEngine(Protocol):
    """An engine whose work costs something."""

    @property
    def spending(self) -> Spending:
        """Everything so far, what was charged included."""
        ...

    def begin_at(self, spent: Spending) -> None:
        """Count what was spent for the same day up to now, by whichever run, against the daily budget."""
        ...
