"""Engines that write summaries, and what they cost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from newsletter.domain.papers import Paper, Summary, SummaryKey

__all__ = ["Engine", "PaidEngine", "Spending"]

_CENT = 0.01
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


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


@dataclass(frozen=True, slots=True)
class Spending:
    """What an engine spent, and what an operator should know of its answers, a plain sentence each.

    `currency` is a code (`USD`) or a sign (`$`) as the operator wrote it, empty where nobody named one. `estimated` are
    those of the tokens that no server counted.
    """

    tokens: int = 0
    money: float = 0.0
    remarks: tuple[str, ...] = ()
    currency: str = ""
    estimated: int = 0

    @property
    def told(self) -> str:
        """`12,340 tokens, $0.02`, without what was not spent; finer where hundredths would hide it."""
        tokens = f"{self.tokens:,} tokens" + (f" ({self.estimated:,} of them estimated)" if self.estimated else "")
        if not self.money:
            return tokens if self.tokens else ""
        sign = _SIGNS.get(self.currency.upper(), self.currency if len(self.currency) == 1 else "")
        unit = "" if sign else f" {self.currency.upper() or 'in money'}"
        return f"{tokens}, {sign}{self.money:,.{2 if self.money >= _CENT else 4}f}{unit}"


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
