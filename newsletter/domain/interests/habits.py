"""What people write from habit where the language has another sign: recognised, or taken literally and said so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.domain.interests.interests import MIN_WILDCARD, Term
from newsletter.domain.interests.wording import Remark, remark
from newsletter.domain.papers import bare_category
from newsletter.domain.text import fold, tokens

__all__ = ["CONNECTIVE", "CONNECTIVES", "bare_categories", "is_acronym", "shortened", "taken_literally"]

CONNECTIVES = {"and": "AND", "&": "AND", "or": "OR", "not": "NOT"}
"""Words that people write for operators."""
CONNECTIVE = re.compile(r"\s+(?:and|&|or|not)\s+")
_VOWEL = re.compile("[aeiouy]", re.IGNORECASE)
_SLASHED = re.compile(r"[^\W\d_]{2,}(?:/[^\W\d_]{2,})+")


def bare_categories(text: str) -> list[str]:
    """The categories that a text consists of, without `cat:` before them; none where any word is something else."""
    names = [bare_category(word) for word in text.split()]
    return names if all(names) else []


def is_acronym(word: str) -> bool:
    """Whether a word is one by its looks: letters with two capitals, or without a vowel (`llm`)."""
    if not (word.isalpha() and word.isascii() and len(word) > 1):
        return False
    return fold(word).capitals >= 2 or not _VOWEL.search(word)


def taken_literally(term: Term) -> Iterator[Remark]:
    """What may have been meant otherwise in a term, and that it is taken as it stands."""
    for chunk in dict.fromkeys(term.words.replace("/", " ").split() if "*" in term.words else ()):
        if "*" in chunk and chunk != term.wildcard and tokens(chunk):
            yield remark(
                "the * of “%(word)s” is an ordinary sign; it stands for other letters once in a term, at the end or "
                "at the beginning of a word of %(least)s letters or more",
                word=chunk,
                least=MIN_WILDCARD,
            )
    if not term.exact and (slashed := _SLASHED.search(term.words)) and slashed[0] not in {"and/or", "or/and"}:
        either = " OR ".join(slashed[0].split("/"))
        yield remark(
            "“%(words)s” is read as words that stand together; for one or the other write %(either)s",
            words=slashed[0],
            either=either,
        )


def shortened(text: str) -> str:
    """A text as notes show it."""
    return text if len(text) <= 80 else f"{text[:79]}…"
