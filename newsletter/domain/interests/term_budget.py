"""How much one reader may ask for: the terms of all their interests together.

What a list of interests costs is counted in **terms**, from the text alone: every word or phrase that is looked up is
one, whatever holds it together; a wildcard, which stands for many words, counts `WILDCARD_TERMS`; free text counts its
phrases; every thousand characters of a line count one more. A list above `MOST_TERMS` is refused wherever it comes in.
One that was stored before there was a limit is looked up as far as the limit goes, in its order.
"""

from __future__ import annotations

from collections.abc import Sequence

from newsletter.domain.interests.interests import Prose, Term, leaves
from newsletter.domain.interests.parser import parse
from newsletter.errors import InterestError

__all__ = [
    "MOST_COUNTED",
    "MOST_TERMS",
    "WILDCARD_TERMS",
    "excess",
    "left_out",
    "terms_at_most",
    "terms_in",
    "too_many",
]

MOST_TERMS = 1_000
"""Terms of one reader. The longest of 97 real lists has 206, and their mean is 20."""
WILDCARD_TERMS = 20
"""What a wildcard counts."""
MOST_COUNTED = 10 * MOST_TERMS
"""As far as it is counted what a list is too long by: reading it costs too."""
_LINE = 1_000
"""Characters that count as one term more, so that reading a list costs little too."""


def terms_in(text: str) -> int:
    """How many terms an interest counts; one that cannot be read counts as one."""
    long = len(text) // _LINE
    try:
        expression = parse(text).expression
    except InterestError:
        return 1 + long
    total = long
    for leaf in leaves(expression):
        if isinstance(leaf, Prose):
            total += len(leaf.phrases)
        else:
            total += WILDCARD_TERMS if isinstance(leaf, Term) and leaf.wildcard else 1
    return total


def terms_at_most(text: str) -> int:
    """A number that `terms_in` never exceeds, without reading the interest."""
    # a term has a letter and what parts it from the next
    return len(text) // 2 + 1 + len(text) // _LINE + WILDCARD_TERMS * text.count("*")


def left_out(interests: Sequence[str]) -> Sequence[str]:
    """The interests of a list for which there is no room, in its order: those behind the first that is too much."""
    if sum(map(terms_at_most, interests)) <= MOST_TERMS:
        return ()
    total = 0
    for number, text in enumerate(interests):
        total += terms_in(text)
        if total > MOST_TERMS:
            return interests[number:]
    return ()


def too_many(interests: Sequence[str]) -> int:
    """How many terms a list asks for, 0 where it may be kept. Nobody counts further than `MOST_COUNTED`."""
    if sum(map(terms_at_most, interests)) <= MOST_TERMS:
        return 0
    total = 0
    for text in interests:
        total += terms_in(text)
        if total >= MOST_COUNTED:
            return MOST_COUNTED
    return total if total > MOST_TERMS else 0


def excess(interests: Sequence[str]) -> str:
    """What is wrong with a list as a whole, and what to do; empty where it may be kept."""
    total = too_many(interests)
    if not total:
        return ""
    least = "at least " if total == MOST_COUNTED else ""
    return (
        f"these interests ask for {least}{total:,} terms together, and one reader may ask for {MOST_TERMS:,} "
        f"(each word or phrase is one, also within brackets; a wildcard counts {WILDCARD_TERMS}): leave some out"
    )
