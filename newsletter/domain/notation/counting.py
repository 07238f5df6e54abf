"""Counts in plain English: `1 paper`, `2 papers`, `12,000 deliveries`."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: int, noun: str, plural: str = "") -> str:
    """How many there are of something, as a person says it.

    Args:
        number: how many.
        noun: what, in the singular.
        plural: what several are called, where an `s` does not make it.
    """
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {plural or f'{noun}s'}"
