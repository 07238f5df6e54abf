"""How much one reader may ask for: the terms of all their interests together.

What a list of interests costs is counted in **terms**, from the text alone: every word or phrase of up to `TERM_WORDS`
words that is looked up is one, whatever holds it together, a longer one as many as it has such parts; a wildcard, which
stands for many words, counts `WILDCARD_TERMS`; free text counts its phrases. No line counts less than one for each
`TERM_LENGTH` characters, because reading costs too, also where nothing can be read. A list above `MOST_TERMS` is
refused wherever it comes in. One that was stored before is looked up as far as the limit goes, in its order.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from newsletter.domain.interests.interests import AuthorName, Expression, Organization, Prose, Term, leaves
from newsletter.domain.interests.parser import parse
from newsletter.errors import InterestError

__all__ = [
    "MOST_COUNTED",
    "MOST_TERMS",
    "TERM_LENGTH",
    "TERM_WORDS",
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
TERM_WORDS = 4
"""Words of one term; nearly all phrases of real lists have no more."""
MOST_COUNTED = 3 * MOST_TERMS
"""As far as it is counted what a list is too long by: reading it costs too."""
TERM_LENGTH = 50
"""Characters that count as one term at least."""
_SHORT = 200
"""Characters of lines whose count is remembered: a list is counted where it comes in, and where it is looked up."""


def terms_in(text: str) -> int:
    """How many terms an interest counts; one that cannot be read counts as one, or its length."""
    return _short_terms(text) if len(text) <= _SHORT else _terms(text)


def _terms(text: str) -> int:
    try:
        total = sum(map(_weight, leaves(parse(text).expression)))
    except InterestError:
        total = 1
    return max(total, -(-len(text) // TERM_LENGTH))


def _weight(leaf: Expression) -> int:
    """How many terms a part of an expression counts."""
    if isinstance(leaf, Prose):
        return len(leaf.phrases)
    if isinstance(leaf, Term):
        return WILDCARD_TERMS if leaf.wildcard else _parts(leaf.words)
    return _parts(leaf.name) if isinstance(leaf, (AuthorName, Organization)) else 1


_short_terms = lru_cache(8_192)(_terms)


def _parts(words: str) -> int:
    return -(-len(words.split()) // TERM_WORDS)


def terms_at_most(text: str) -> int:
    """A number that `terms_in` never exceeds, without reading the interest."""
    # a term has a letter and what parts it from the next
    return len(text) // 2 + 1 + WILDCARD_TERMS * text.count("*")


def left_out(interests: Sequence[str], counted: dict[str, int] | None = None) -> Sequence[str]:
    """The interests of a list for which there is no room, in its order: those behind the first that is too much.

    What was counted on the way is put into `counted`: counting is reading.
    """
    if sum(map(terms_at_most, interests)) <= MOST_TERMS:
        return ()
    counted = {} if counted is None else counted
    total = 0
    for number, text in enumerate(interests):
        if text not in counted:
            counted[text] = terms_in(text)
        total += counted[text]
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
        f"(each word or phrase of up to {TERM_WORDS} words is one, also within brackets; a wildcard counts "
        f"{WILDCARD_TERMS}; a line at least one for each {TERM_LENGTH} characters): leave some out"
    )
