"""Which way a line of foreign text runs, for `dir` attributes.

The Unicode algorithm and `dir="auto"` go by the first strong character (UAX #9, P2 and P3). Titles mislead it: the one
that says "العربية: A Benchmark for Dialect Identification" is English, and turned around whole its colon and full stop
stand at the wrong ends. UAX #9 (4.3, HL1) leaves the choice to who knows more. The rules here:

1. mathematics does not count: it runs from left to right wherever it stands;
2. words are counted, not letters, so that the length of words in a language does not decide; a word counts for the
   direction of its strong characters, each stretch of it by itself where they change; an ideograph counts as a word;
3. the direction of more words is the line's; where they are as many, that of the first strong character.
"""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup

from newsletter.domain.text import segments

__all__ = ["direction_attribute", "isolated", "isolated_text", "text_direction"]

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_STRONG = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def text_direction(text: str) -> str:
    """`ltr` or `rtl`; empty for a text without a strong character, which runs as what is around it."""
    words = {"ltr": 0, "rtl": 0}
    first = ""
    for is_math, part in segments(text):
        for word in () if is_math else part.split():
            before = ""
            for character in word:
                way = _STRONG.get(unicodedata.bidirectional(character), "")
                if way:
                    words[way] += way != before or unicodedata.east_asian_width(character) in "WF"
                    before, first = way, first or way
    if words["ltr"] == words["rtl"]:
        return first
    return max(words, key=words.__getitem__)


def direction_attribute(text: str, around: str = "ltr") -> Markup:
    """` dir="…"` for a text that does not run wholly as the page `around` it does, else nothing.

    A text of both directions gets the attribute in any case: it also keeps the text's end apart from what follows.
    """
    if around == "ltr" and not _RIGHT_TO_LEFT.search(text):
        return Markup()
    way = text_direction(text)
    mixed = around == "ltr" or any(unicodedata.bidirectional(character) == "L" for character in text)
    return Markup(' dir="{}"').format(way) if way and mixed else Markup()


def isolated(name: str) -> Markup:
    """A name among others, kept from turning what stands beside it: in a `<bdi>` of its own."""
    return Markup("<bdi>{}</bdi>").format(name)


def isolated_text(name: str) -> str:
    """The same for plain text: between U+2068 and U+2069 (UAX #9, 2.4.2) where it has letters that turn a line."""
    return f"\u2068{name}\u2069" if _RIGHT_TO_LEFT.search(name) else name
