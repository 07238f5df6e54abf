"""What an engine spent, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Spending"]

_CENT = 0.01
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


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
