"""The daily budget: how much an engine may still spend on one day's papers, in tokens or in money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Budget", "Prices", "Usage", "estimated_tokens"]


@dataclass(frozen=True, slots=True)
class Usage:
    """What one request cost in tokens. `is_estimate`: the server did not say, so it was worked out from the texts."""

    tokens_in: int = 0
    tokens_out: int = 0
    is_estimate: bool = False


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has: one for four characters of ASCII, one for any other character."""
    others = 0 if text.isascii() else sum(not character.isascii() for character in text)
    return -(-(len(text) - others) // 4) + others


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, in the currency of the budget; 0 for a server of one's own."""

    million_in: float = 0.0
    million_out: float = 0.0

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """What these tokens cost."""
        return (tokens_in * self.million_in + tokens_out * self.million_out) / 1_000_000


@dataclass(slots=True)
class Budget:
    """What may be spent, and what is.

    Questions under way are counted at what they may cost, so that concurrent ones together do not overshoot: a question
    is begun only where it fits.
    """

    most_tokens: int | None = None
    most_money: float | None = None
    prices: Prices = field(default_factory=Prices)
    currency: str = ""
    tokens: int = 0
    money: float = 0.0
    estimated: int = 0
    _reserved: dict[int, tuple[int, float]] = field(default_factory=dict)
    _tickets: int = 0

    def reserve(self, tokens_in: int, tokens_out: int) -> int | None:
        """Set aside what one question may cost; its ticket, or None where it no longer fits."""
        tokens, money = tokens_in + tokens_out, self.prices.cost(tokens_in, tokens_out)
        held_tokens = sum(t for t, _ in self._reserved.values())
        held_money = sum(m for _, m in self._reserved.values())
        if self.most_tokens is not None and self.tokens + held_tokens + tokens > self.most_tokens:
            return None
        if self.most_money is not None and self.money + held_money + money > self.most_money:
            return None
        self._tickets += 1
        self._reserved[self._tickets] = (tokens, money)
        return self._tickets

    def settle(self, ticket: int, usages: Sequence[Usage]) -> float:
        """Put what it did cost in the place of what it might have; returns the money."""
        del self._reserved[ticket]
        money = 0.0
        for usage in usages:
            spent = usage.tokens_in + usage.tokens_out
            money += self.prices.cost(usage.tokens_in, usage.tokens_out)
            self.tokens += spent
            self.estimated += spent if usage.is_estimate else 0
        self.money += money
        return money

    def begin_at(self, tokens: int, money: float, estimated: int = 0) -> None:
        """Begin with what has been spent up to now, by whichever run."""
        self.tokens, self.money, self.estimated = tokens, money, estimated
