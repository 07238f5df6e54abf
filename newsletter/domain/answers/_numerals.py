"""Numbers in words, English and Chinese, as values: `ninety-seven point three`, `two thirds`, `三十五万`.

Every function is total and linear; a run of words is at most nine long, one of characters at most sixteen.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["ALONE", "ENGLISH", "HAN", "PARTS", "chinese", "english", "fraction_of", "is_vague"]

_ONES: Final = {
    "zero": 0.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0, "eight": 8.0,
    "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0, "thirteen": 13.0, "fourteen": 14.0, "fifteen": 15.0,
    "sixteen": 16.0, "seventeen": 17.0, "eighteen": 18.0, "nineteen": 19.0, "twenty": 20.0, "thirty": 30.0,
    "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0,
}  # fmt: skip
_TIMES: Final = {
    "dozen": 12.0, "decade": 10.0, "decades": 10.0, "hundred": 1e2, "century": 1e2, "centuries": 1e2, "thousand": 1e3,
    "millennia": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
}  # fmt: skip
PARTS: Final = {
    "half": 2.0, "halves": 2.0, "third": 3.0, "quarter": 4.0, "fourth": 4.0, "fifth": 5.0, "sixth": 6.0, "seventh": 7.0,
    "eighth": 8.0, "ninth": 9.0, "tenth": 10.0, "hundredth": 100.0,
}  # fmt: skip
"""What the names of parts divide by."""
ALONE: Final = {name: 1 / below for name, below in PARTS.items()} | {
    "halve": 0.5, "halved": 0.5, "halving": 0.5, "double": 2.0, "doubled": 2.0, "doubles": 2.0, "doubling": 2.0,
    "twice": 2.0, "twofold": 2.0, "triple": 3.0, "tripled": 3.0, "triples": 3.0, "tripling": 3.0, "threefold": 3.0,
    "quadruple": 4.0, "quadrupled": 4.0, "tenfold": 10.0, "dozens": 12.0, "hundreds": 1e2, "thousands": 1e3,
    "millions": 1e6, "billions": 1e9, "trillions": 1e12, "perfect": 1.0, "perfectly": 1.0, "fully": 1.0, "all": 1.0,
    "every": 1.0, "entire": 1.0, "complete": 1.0, "completely": 1.0, "none": 0.0, "no": 0.0, "without": 0.0,
}  # fmt: skip
"""Words that say a value by themselves."""

_WORD = "|".join((*_ONES, *_TIMES))
ENGLISH: Final = re.compile(
    rf"(?<![\d.][\s-])\b(?P<words>(?:{_WORD})(?:[\s-]+(?:and[\s-]+)?(?:{_WORD})){{0,8}})"
    rf"(?:[\s-]+point(?P<after>(?:[\s-]+(?:{_WORD})){{1,4}}))?(?:[\s-]+(?P<part>{'|'.join(PARTS)})s?)?\b"
    r"(?:[\s-]?(?:(?P<share>per\s?cent)|(?P<factor>fold\b|times\b)|(?P<orders>orders?[\s-]of[\s-]magnitude)))?",
    re.IGNORECASE,
)
"""A number in English words, with what it counts."""

_HAN_ONES: Final = {c: float(n) for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0.0, "两": 2.0}
_HAN_TENS: Final = {"十": 1e1, "百": 1e2, "千": 1e3}
_HAN_DIGIT = "".join(_HAN_ONES)
HAN: Final = re.compile(
    rf"(?:(?P<below>[{_HAN_DIGIT}十百千万]{{1,8}})分之)?(?P<whole>[{_HAN_DIGIT}十百千万亿]{{1,16}})"
    rf"(?:点(?P<after>[{_HAN_DIGIT}]{{1,8}}))?(?:(?P<share>个?百分点)|(?P<factor>倍)|(?P<tenths>成)(?=[以左的,。;、]|\Z))?(?!进制)"
)
"""A number in Chinese characters, with what it counts."""


def english(words: str, after: str | None = None) -> float:
    """The value of English number words; `after` are the digits after the point."""
    total = current = 0.0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word in _ONES:
            current += _ONES[word]
        elif word == "hundred":
            current = (current or 1.0) * _TIMES[word]
        elif word in _TIMES:
            total, current = total + (current or 1.0) * _TIMES[word], 0.0
    digits = "".join(str(int(_ONES[word])) for word in re.findall(r"[a-z]+", (after or "").lower()) if word in _ONES)
    return total + current + (float(f"0.{digits}") if digits else 0.0)


def chinese(text: str, after: str | None = None) -> float | None:
    """The value of a Chinese numeral; None where the characters make none (`一一`) or two (`四五个`)."""
    if len(text) > 1 and text[0] in ("万", "亿"):  # 万一
        return None
    if len(text) > 1 and all(c in _HAN_ONES for c in text):
        return None if len(set(text)) == 1 or len(text) == 2 else float("".join(str(int(_HAN_ONES[c])) for c in text))
    total = section = digit = 0.0
    for c in text:
        if c in _HAN_ONES:
            digit = _HAN_ONES[c]
        elif c in _HAN_TENS:
            section, digit = section + (digit or 1.0) * _HAN_TENS[c], 0.0
        elif c == "万":
            total, section, digit = total + (section + digit or 1.0) * 1e4, 0.0, 0.0
        else:
            total, section, digit = (total + section + digit or 1.0) * 1e8, 0.0, 0.0
    digits = "".join(str(int(_HAN_ONES[c])) for c in after or "")
    return total + section + digit + (float(f"0.{digits}") if digits else 0.0)


def fraction_of(below: str, whole: str, after: str | None) -> float | None:
    """The value of `below分之whole`: `百分之九十七点三` is 0.973; None where it is none."""
    under = chinese(below)
    if not under:
        return None
    over = chinese(whole if under >= 100 else whole[:1], after if under >= 100 else None)
    return None if over is None else over / under


def is_vague(text: str) -> bool:
    """Whether a Chinese numeral names a size alone: `百万`, `千`."""
    return not any(c in _HAN_ONES for c in text)
