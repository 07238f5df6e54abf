"""The daily budget: how much an engine may still spend on one day's papers, in tokens or in money."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from newsletter.errors import ConfigError

__all__ = ["Budget", "Prices", "parse_budget", "parse_currency"]

_BUDGET = re.compile(
    r"\s*(?P<number>\d[\d_, ]*(?:\.\d+)?)\s*(?P<factor>[kKmM]?)\s*(?P<unit>tokens?|[A-Za-z]{3}|[$€£¥])?\s*\Z", re.ASCII
)
_FACTORS = {"": 1, "k": 1_000, "m": 1_000_000}


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, in the currency of the budget; 0 for a server of one's own."""

    million_in: float = 0.0
    million_out: float = 0.0

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """What these tokens cost."""
        return (tokens_in * self.million_in + tokens_out * self.million_out) / 1_000_000


def parse_budget(text: str) -> tuple[int | None, float | None]:
    """Read `200000 tokens`, `200k`, `1.5M tokens` or `2.50 USD` as (most tokens, most money); both None for no limit.

    Raises:
        ConfigError: the text is neither.
    """
    if not text.strip():
        return None, None
    match = _BUDGET.match(text)
    if match is None or (match["factor"] and match["unit"] and not match["unit"].startswith("token")):
        msg = f"enrich.daily_budget: expected `200000 tokens`, `200k` or `2.50 USD`, got {text!r}"
        raise ConfigError(msg, key="enrich.daily_budget")
    number = float(re.sub(r"[_, ]", "", match["number"])) * _FACTORS[match["factor"].lower()]
    unit = match["unit"] or "tokens"
    return (int(number), None) if unit.startswith("token") else (None, number)


def parse_currency(text: str) -> str:
    """The currency that a budget names: `USD` of `2.50 USD`; empty where it names none."""
    match = _BUDGET.match(text)
    unit = (match["unit"] or "") if match else ""
    return "" if unit.startswith("token") else unit


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

    def settle(self, ticket: int, tokens_in: int, tokens_out: int) -> float:
        """Put what it did cost in the place of what it might have; returns the money."""
        del self._reserved[ticket]
        money = self.prices.cost(tokens_in, tokens_out)
        self.charge(tokens_in + tokens_out, money)
        return money

    def charge(self, tokens: int, money: float) -> None:
        """Count what was spent elsewhere: by an earlier run for the same day."""
        self.tokens += tokens
        self.money += money
