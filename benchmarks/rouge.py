"""ROUGE-L (Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries", section 3), sentence level, F1.

Tokens are runs of ASCII letters and digits, lower case, not stemmed. The longest common subsequence is computed with
one big integer a row (Hyyrö 2004, "Bit-parallel LCS-length computation revisited"), so that half a million pairs take
seconds and no further library is needed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["lcs_length", "rouge_l", "tokens"]

_TOKEN = re.compile(r"[a-z0-9]+")


def tokens(text: str) -> tuple[str, ...]:
    """The tokens that are compared."""
    return tuple(_TOKEN.findall(text.lower()))


def lcs_length(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    places: dict[str, int] = {}
    for index, token in enumerate(one):
        places[token] = places.get(token, 0) | (1 << index)
    everything = row = (1 << len(one)) - 1
    for token in other:
        hit = row & places.get(token, 0)
        row = ((row + hit) | (row - hit)) & everything
    return len(one) - row.bit_count()


def rouge_l(candidate: Sequence[str], reference: Sequence[str]) -> float:
    """F1 of precision and recall of the longest common subsequence; 0 where either side is empty."""
    if not candidate or not reference:
        return 0.0
    return 2 * lcs_length(candidate, reference) / (len(candidate) + len(reference))
