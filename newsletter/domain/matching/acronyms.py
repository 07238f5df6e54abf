"""Acronyms learned from the papers themselves: "large language models (LLMs)" teaches both directions.

The algorithm is A. Schwartz and M. Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text", PSB 2003: the characters of the short form are sought from right to left in the words before the bracket, the
first of them at a word's beginning. Like theirs, it also reads "LLM (large language model)".

An `AcronymBook` keeps what was learned with counts over time. What an issue may use is frozen into it
(`Issue.acronyms`), so that selecting stays a function of the issue.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from newsletter.domain.text import fold, fold_text, tokens

__all__ = ["AcronymBook", "Definition", "definitions"]

_BRACKET = re.compile(r"\(([^()]{2,120})\)")
_SENTENCE = re.compile(r"[.!?;:]\s|[()\[\]\n]")
_SHORT = re.compile(r"[^\W_][\w&/+.-]{0,9}")
_WORD = re.compile(r"\S+")
MAX_BRACKETS = 200
"""Brackets looked at in one text; a paper defines a few, a hostile one might hold thousands."""


class Definition(NamedTuple):
    """A short form and its long form, as they stand in a text."""

    short: str
    long: str

    @property
    def short_key(self) -> str:
        """The short form, folded."""
        return fold_text(self.short)

    @property
    def long_key(self) -> str:
        """The long form, folded."""
        return fold_text(self.long)


def definitions(text: str) -> Iterator[Definition]:
    """Every acronym that this text defines, in order."""
    for count, match in enumerate(_BRACKET.finditer(text)):
        if count == MAX_BRACKETS:
            return
        inner = match[1].split(",")[0].split(";")[0].strip(" '\"“”‘’")
        before = text[max(0, match.start() - 240) : match.start()].rstrip()
        before = _SENTENCE.split(before)[-1]
        if _is_short(inner):
            if (long := _long_form(inner, before)) is not None:
                yield Definition(_singular(inner), long)
            continue
        last = before.rsplit(maxsplit=1)[-1:] or [""]
        candidate = last[0].strip("'\"“”‘’")
        if _is_short(candidate) and (long := _long_form(candidate, inner)) == inner:
            yield Definition(_singular(candidate), inner)


def _is_short(text: str) -> bool:
    """2 to 10 characters, one word, with a capital that is not just the first letter, or a digit among letters."""
    if not 2 <= len(text) <= 10 or not _SHORT.fullmatch(text) or text[-1] in ".-/":
        return False
    return sum(map(str.isupper, text)) >= 2 or (any(map(str.isdigit, text)) and any(map(str.isupper, text)))


def _singular(short: str) -> str:
    return short[:-1] if short.endswith("s") and short[:-1].isupper() else short


def _long_form(short: str, before: str) -> str | None:
    """The words at the end of `before` that the short form abbreviates, or None."""
    short = _singular(short)
    words = list(_WORD.finditer(before))
    limit = min(len(short) + 5, len(short) * 2)
    window = before[words[-limit].start() :] if len(words) > limit else before
    at = len(window) - 1
    for number in range(len(short) - 1, -1, -1):
        char = short[number].lower()
        if not char.isalnum():
            continue
        while at >= 0 and (window[at].lower() != char or (number == 0 and at > 0 and (window[at - 1].isalnum()))):
            at -= 1
        if at < 0:
            return None
        at -= 1
    long = window[at + 1 :].strip(" '\"“”‘’-")
    parts = long.split()
    if len(long) <= len(short) or not parts or (len(parts) == 1 and "-" not in long):
        return None
    if any(fold(token.surface).cased == short for token in tokens(long)):
        return None
    return long


@dataclass(slots=True)
class AcronymBook:
    """What was learned: for each folded short form, how many papers gave it which folded long form.

    `shown` holds, for each long form, how it was written first.
    """

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    shown: dict[str, str] = field(default_factory=dict)

    def learn(self, texts: Iterable[str]) -> frozenset[tuple[str, str]]:
        """Count the definitions of one paper, each once; returns them as (short key, long key)."""
        pairs: set[tuple[str, str]] = set()
        for text in texts:
            for definition in definitions(text):
                pair = definition.short_key, definition.long_key
                if all(pair) and pair not in pairs:
                    pairs.add(pair)
                    self.add(*pair, shown=definition.long)
        return frozenset(pairs)

    def add(self, short: str, long: str, *, shown: str, count: int = 1) -> None:
        """Count a definition that is folded already."""
        self.counts[short][long] += count
        self.shown.setdefault(long, shown)

    def known(self, *, least: int = 2, share: float = 0.2) -> Mapping[str, tuple[str, ...]]:
        """Short forms with the long forms that may be used for them, commonest first.

        A long form needs `least` papers and `share` of all that define the short form, so that neither a slip nor a
        rare second meaning widens everybody's interests.
        """
        usable: dict[str, tuple[str, ...]] = {}
        for short, longs in sorted(self.counts.items()):
            total = sum(longs.values())
            meanings = [
                self.shown[long]
                for long, count in sorted(longs.items(), key=lambda pair: (-pair[1], pair[0]))
                if count >= least and count >= share * total
            ]
            if meanings:
                usable[short] = tuple(meanings)
        return usable
