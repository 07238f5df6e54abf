"""What a day may cost, as an operator writes it: tokens or money, and never one number for another."""

from __future__ import annotations

import re

__all__ = ["parse_budget", "parse_currency"]

# Groups of three digits may be parted; what follows a point are decimals.
_NUMBER = re.compile(r"\d{1,3}(?:(?P<mark>[_, ])\d{3})(?:(?P=mark)\d{3})*(?:\.\d+)?|\d+(?:\.\d+)?", re.ASCII)
_BUDGET = re.compile(
    r"\s*(?P<number>[\d_., ]*\d)\s*(?P<factor>[kKmM]?)\s*(?P<unit>tokens?|[A-Za-z]{3}|[$€£¥])?\s*\Z", re.ASCII
)
_FACTORS = {"": 1, "k": 1_000, "m": 1_000_000}


def parse_budget(text: str) -> tuple[int | None, float | None]:
    """Read `200000 tokens`, `200k`, `1.5M tokens` or `2.50 USD` as (most tokens, most money); both None for no limit.

    Raises:
        ValueError: the text is neither, or can be read in two ways; the message says what to write.
    """
    if not text.strip():
        return None, None
    match = _BUDGET.match(text)
    unit = (match["unit"] or "tokens") if match else ""
    is_money = not unit.startswith("token")
    if match is None or (match["factor"] and is_money):
        msg = "expected `200000 tokens`, `200k` or `2.50 USD`"
        raise ValueError(msg)
    number = match["number"]
    if is_money and ("," in number or re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", number)):
        msg = f"a comma, or a point before three digits, can be read in two ways; write `2.50 {unit}` or `1000 {unit}`"
        raise ValueError(msg)
    if not _NUMBER.fullmatch(number):
        msg = "expected digits with one decimal point, in groups of three or in none: `1_000_000` or `2.50 USD`"
        raise ValueError(msg)
    value = float(re.sub(r"[_, ]", "", number)) * _FACTORS[match["factor"].lower()]
    if is_money:
        return None, value
    if not value.is_integer() or re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", number):
        msg = "tokens are whole, and a point before three digits can be read in two ways; write `1500 tokens`"
        raise ValueError(msg)
    return int(value), None


def parse_currency(text: str) -> str:
    """The currency that a budget names: `USD` of `2.50 USD`; empty where it names none."""
    match = _BUDGET.match(text)
    unit = (match["unit"] or "") if match else ""
    return "" if unit.startswith("token") else unit
