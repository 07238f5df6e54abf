"""Whether two samples may come from one distribution: two tests that assume nothing about its form.

`mann_whitney` notices that one tends to be larger, `kolmogorov_smirnov` any difference. Both are the usual asymptotic
forms (Hollander, Wolfe, Chicken: Nonparametric Statistical Methods, 3rd edition, §4.1 and §5.4), good from about fifty
values each.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

__all__ = ["holm", "kolmogorov_smirnov", "mann_whitney"]


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> float:
    """The two-sided p-value of the rank-sum test, with ties and the correction for continuity."""
    counts = Counter([*one, *other])
    values = sorted(counts)
    # equal values share the mean of their ranks
    ends = dict(zip(values, accumulate(counts[value] for value in values), strict=True))
    ranks = sum(ends[value] - (counts[value] - 1) / 2 for value in one)
    n, m = len(one), len(other)
    total = n + m
    u = ranks - n * (n + 1) / 2
    ties = sum(count**3 - count for count in counts.values())
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    if not variance:
        return 1.0
    distance = max(0.0, abs(u - n * m / 2) - 0.5)
    return math.erfc(distance / math.sqrt(2 * variance))


def kolmogorov_smirnov(one: Sequence[float], other: Sequence[float]) -> float:
    """The p-value of the largest distance between the two empirical distributions, by its limit (Kolmogorov 1933)."""
    here, there = Counter(one), Counter(other)
    at = most = 0.0
    for value in sorted({*here, *there}):
        at += here[value] / len(one) - there[value] / len(other)
        most = max(most, abs(at))
    root = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    # Stephens' correction makes the limit good for small samples
    scaled = (root + 0.12 + 0.11 / root) * most
    if scaled < 0.2:  # the series converges too slowly there; the value is 1 to twelve digits
        return 1.0
    terms = ((-1) ** (k - 1) * math.exp(-2 * k * k * scaled * scaled) for k in range(1, 101))
    return float(min(1.0, max(0.0, 2 * sum(terms))))


def holm(values: Sequence[float]) -> list[float]:
    """The same p-values, made larger for being so many (Holm 1979): who looks often finds something by chance."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    adjusted = [1.0] * len(values)
    largest = 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, values[place] * (len(values) - rank)))
        adjusted[place] = largest
    return adjusted
