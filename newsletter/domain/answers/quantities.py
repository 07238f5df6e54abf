r"""Numbers in prose: which a text states, and whether another text bears them out.

A summary says the same number in another form than its paper: `97.3 %` for `0.973`, `120万` for `1.2 million`, `2x` for
`twice`, `over 1.5 million` for `1,551,862`. Both sides are therefore read as values, and a value is borne out where one
of the other text is equal to it after rounding (or cutting) to the digits it is told with. What an honest writer works
out is allowed as well: the rest to 100 %, the sum, difference and ratio of two numbers.

What is read as generously as possible of a paper is read strictly of a summary: digits within a name (`GPT-4`,
`ResNet50`, `H100`), small counts (`three steps`), list marks (`2)`) and ordinals are no claim.

Time is linear in the length of the text, and at most `_MOST` numbers of a text are read.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from newsletter.domain.answers import _numerals as words
from newsletter.domain.text import plain

__all__ = ["Quantity", "Stated", "quantities", "stated_in", "unsupported"]

_MOST = 300
_LONGEST = 20_000
"""Characters of a text that are read: three times the longest abstract."""
_NEAR = 3
"""How many numbers further the second of two may stand that are taken together."""
_SMALL = 12
"""Counts up to this one are made by whoever reads a list; no paper need state them."""
_ROUNDING, _CUTTING = 0.05, 0.1
"""`1,000` is at most this share above or below what was rounded or cut to it, although three of its digits are 0."""

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_RAISED_RUN = re.compile(r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:\.[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
_THIN = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))|(?<=\d)\{,\}(?=\d)")
_SCALES = {
    "k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9, "t": 1e12, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9,
    "trillion": 1e12, "mn": 1e6, "bn": 1e9, "百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7,
    "亿": 1e8, "十亿": 1e9, "百亿": 1e10, "千亿": 1e11, "万亿": 1e12,
}  # fmt: skip
_SCALE = "|".join(
    rf"{name}s?(?![a-z])" if name.isascii() else name
    for name in sorted(_SCALES, key=len, reverse=True)
    if len(name) > 1 or not name.isascii()
)
_NUMBER = re.compile(
    r"(?P<number>(?<!\d,)\d{1,3}(?:[,' ]\d{3})+(?!\d)(?:\.\d+)?|\d{1,40}(?:\.\d{1,40})?|(?<![^\W_])(?<!\.)\.\d{1,40})"
    r"(?:\s?[×x*]\s?10\^(?P<power>[-+]?\d{1,2})|e(?P<exponent>[-+]?\d{1,2})(?![A-Za-z\d])"
    r"|\^(?P<raised>[-+]?\d{1,2}(?:\.\d{1,3})?))?"
    rf"\+?(?:[\s-]?(?P<scale>{_SCALE})(?!分)|\s?(?<!\+)(?P<letter>[kKMBGT])(?![A-Za-z]))?"
    r"(?:\s?(?P<share>[%％]|per\s?cent|个?百分点|pp\b|points?\b)"
    r"|[\s-]?(?P<factor>[x×](?![\w^])|fold\b|times\b|倍)|(?P<ordinal>st\b|nd\b|rd\b|th\b|世纪))?"
)
# `GPT-4`, `v1.5`, `arXiv:2604.20475`, `L2`; also the second number of a name that is made of several (`ISO-26262-2`)
_NAME = re.compile(r"(?:[A-Za-z_][A-Za-z_.:/@^-]*|[A-Za-z_-]\d{1,6}[.:/-])\Z")
# in `70-80亿` both are 亿
_RANGE = re.compile(rf"\s?[-~至到]\s?\d[\d.]{{0,12}}\s?(?P<scale>{_SCALE})(?!分)")
_FRACTION = re.compile(r"(?<![\d./])(\d{1,4})\s?[/⁄]\s?(\d{1,4})(?![\d./])")
_ORDERS = re.compile(r"(?:(\d)|\ban?|个|一个)[\s-]*(?:orders?[\s-]of[\s-]magnitude|数量级)", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number as a text states it.

    `step` is the value of the last digit that counts (0.1 of 97.3, 100 of 1,200). `is_share`: told in per cent or
    points; `is_factor`: as a multiple. A `is_loose` one (part of a name, a small count, a fraction) proves others and
    need not be proven. `pieces` are the numbers of a list that looks like one number (`100,200`); `bare` is the number
    before what multiplies it (`1.2 million`).
    """

    value: float
    step: float
    is_share: bool = False
    is_factor: bool = False
    is_loose: bool = False
    pieces: tuple[float, ...] = ()
    bare: float = 1.0


@dataclass(frozen=True, slots=True)
class Stated:
    """The values that a text states, sorted; and what an honest writer works out of two that stand near each other.

    `shares` are differences, complements and changes in per cent; `factors` are ratios; `counts` sums.
    """

    values: tuple[float, ...]
    shares: tuple[float, ...]
    factors: tuple[float, ...]
    counts: tuple[float, ...]


def stated_in(text: str) -> Stated:
    """What a text states, read generously."""
    given = list(quantities(text))
    values = {q.value for q in given} | {piece for q in given for piece in q.pieces} | {1.0}
    values |= {q.value / 100 for q in given if q.is_share} | {q.bare for q in given}
    values |= {q.value * 1000 for q in given if q.step == 0.001}  # 9.136 may be 9,136
    values |= {words.ALONE[word] for word in map(str.lower, _LETTERS.findall(text)) if word in words.ALONE}
    in_order = [q for q in given if q.value > 0 and not (q.is_loose and q.value.is_integer() and q.value < 3)]
    shares = {100 - v for v in values if v < 100}
    shares |= {100 / q.value for q in given if q.value > 1 and (q.is_factor or "factor" in text)}
    shares |= {100 - share for share in shares}
    factors, counts = set[float](), {2 * q.value for q in in_order}
    for at, one in enumerate(in_order):
        for other in in_order[at + 1 : at + 1 + _NEAR]:
            low, high = min(one.value, other.value), max(one.value, other.value)
            counts |= {high + low, high - low}
            factors.add(high / low)
            if one.is_share == other.is_share and (one.step < 1) == (other.step < 1):  # of one kind
                change = (high - low) / low * 100
                shares |= {high - low, (high - low) * 100, change, change * low / high, low / high * 100}
    return Stated(*(tuple(sorted(numbers)) for numbers in (values, shares, factors, counts)))


def unsupported(text: str, stated: Stated) -> tuple[Quantity, ...]:
    """The claims of a text that what is stated does not bear out."""
    return tuple(q for q in quantities(text) if not (q.is_loose or _is_borne_out(q, stated)))


def _is_borne_out(claim: Quantity, stated: Stated) -> bool:
    if claim.pieces and all(_near(piece, 0.0, stated.values) for piece in claim.pieces):
        return True
    if _near(claim.value, claim.step, stated.values):
        return True
    if claim.is_share:
        return _near(claim.value / 100, claim.step / 100, stated.values) or _near(
            claim.value, claim.step, stated.shares
        )
    if claim.is_factor:
        return _near(claim.value, claim.step, stated.factors) or _near(claim.value * 100, claim.step, stated.shares)
    if claim.value < 1 and _near(claim.value * 100, claim.step * 100, stated.values):  # 0.973 for 97.3 %
        return True
    return _near(claim.value, claim.step, stated.counts)


def _near(value: float, step: float, known: Sequence[float]) -> bool:
    """Whether one of the sorted values is this one, rounded to `step` or cut to it."""
    below, above = step * 0.5, step
    if step > 1:
        below, above = min(below, abs(value) * _ROUNDING), min(above, abs(value) * _CUTTING)
    low, high = value - below, value + above
    slack = 1e-9 + abs(value) * 1e-9
    at = bisect_left(known, low - slack)
    return at < len(known) and known[at] <= high + slack


def quantities(text: str) -> Iterator[Quantity]:
    """The numbers of a text in digits, then those in English and in Chinese words."""
    text = _flat(text[:_LONGEST])
    for match in islice(_NUMBER.finditer(text), _MOST):
        yield _in_digits(match, text)
    for match in islice(_FRACTION.finditer(text), _MOST):
        if below := float(match[2]):
            yield Quantity(float(match[1]) / below, 0.001, is_loose=True)
    for match in islice(words.ENGLISH.finditer(text), _MOST):
        yield from _in_english(match)
    for match in islice(words.HAN.finditer(text), _MOST):
        yield from _in_chinese(match, text[: match.start()][-1:])
    for match in islice(_ORDERS.finditer(text), _MOST):
        yield Quantity(10.0 ** int(match[1] or 1), 1.0, is_loose=True)


def _flat(text: str) -> str:
    text = plain(text) if "\\" in text or "$" in text else text
    text = _RAISED_RUN.sub(lambda match: "^" + match[0].translate(_RAISED), text)
    text = _THIN.sub(",", text).replace("，", ", ")
    return unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-")


def _in_digits(match: re.Match[str], text: str) -> Quantity:
    bare = re.sub(r"[,' ]", "", match["number"])
    value = float(bare)
    digits = len(bare.partition(".")[2])
    step = 10.0**-digits if digits else _step(value)
    range_end = None if match["scale"] else _RANGE.match(text, match.end())
    scale = match["scale"] or match["letter"] or (range_end["scale"] if range_end else None)
    factor = _SCALES[scale.lower().removesuffix("s")] if scale else 1.0
    if power := match["power"] or match["exponent"]:
        factor *= 10.0 ** int(power)
    if match["raised"] and value:
        value, step = min(value, 1e6) ** min(float(match["raised"]), 40.0), 0.0
    told_as = match["share"] or match["factor"]
    follows = text[match.end() : match.end() + 1]
    in_name = _NAME.search(text, max(0, match.start() - 24), match.start()) is not None
    glued = not (told_as or scale) and follows.isascii() and follows.isalpha()
    counted = not (digits or told_as or match["raised"]) and factor == 1.0 and value <= _SMALL
    return Quantity(
        value * factor,
        step * factor,
        is_share=match["share"] is not None,
        is_factor=match["factor"] is not None,
        is_loose=in_name or glued or counted or match["ordinal"] is not None,
        pieces=tuple(map(float, re.split("[, ]", match["number"]))) if re.search("[, ]", match["number"]) else (),
        bare=value,
    )


def _in_english(match: re.Match[str]) -> Iterator[Quantity]:
    value = words.english(match["words"], match["after"])
    if match["part"]:
        yield Quantity(value / words.PARTS[match["part"].lower()], 0.001, is_loose=True)
    elif match["orders"]:
        yield Quantity(10.0 ** min(value, 30.0), 1.0, is_loose=True)
    else:
        told_as = match["share"] or match["factor"]
        step = 10.0 ** -len(match["after"].split()) if match["after"] else _step(value)
        # "a million users" is a size, "a two-fold process" has two parts
        vague = (value >= 100 and match["words"].isalpha()) or (match["factor"] == "fold" and value <= 3)
        loose = vague or not (told_as or value > _SMALL)
        yield Quantity(value, step, match["share"] is not None, match["factor"] is not None, loose)


def _in_chinese(match: re.Match[str], before: str) -> Iterator[Quantity]:
    after = match["after"]
    if match["below"]:
        if (part := words.fraction_of(match["below"], match["whole"], after)) is not None:
            yield Quantity(part * 100, 10.0 ** -len(after) if after else 1.0, is_share=True)
        return
    value = words.chinese(match["whole"], after)
    if value is None:
        return
    if match["tenths"]:
        yield Quantity(value * 10, 10.0, is_share=True)
        return
    told_as = match["share"] or match["factor"]
    # "数百", "第十三", "3百万": sizes, ordinals, and what the digits before have said
    loose = words.is_vague(match["whole"]) or before in tuple("数几上近成第统单") or before.isdigit()
    yield Quantity(
        value,
        10.0 ** -len(after) if after else _step(value),
        match["share"] is not None,
        match["factor"] is not None,
        loose or value <= 1 or not (told_as or value > _SMALL),
    )


def _step(value: float) -> float:
    """The value of the last digit that counts: 100 of 1,200."""
    digits = f"{value:.0f}"
    return 10.0 ** (len(digits) - len(digits.rstrip("0"))) if value >= 1 else 1.0
