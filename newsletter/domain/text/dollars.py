r"""Which parts of a running text are mathematics, and which dollars are money.

A formula stands between `$…$`, `$$…$$`, `\(…\)` or `\[…\]`. A single dollar may be a price, and one that has lost its
partner would turn the prose after it into a formula. So what stands between two dollars is mathematics where

1. it is no prose: fewer than two words that are no function's name, outside of commands and braces;
2. the dollars stand as a formula's do (pandoc's rule): no space inside them, no digit after the closing one. What
   begins with a digit and holds a word is a price all the same (`$5 million$`);
3. or they do not (`$\sim$174,000`, `$ O(T) $`), but what is inside is more than an amount (`$5-$10`, `$5 and $10`) and
   has a sign of mathematics.

Repetitions are bounded, so a dollar that is never closed costs little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["formula_at", "inside", "segments"]

_MATH = re.compile(
    r"(?<!\\)(?:"
    r"\$\$(?P<display>[^$]{1,2000})\$\$"
    r"|\$(?P<inline>(?:\\.|[^$\\]){1,1000})\$"
    r"|\\\((?P<paren>(?:(?!\\[()]).){1,1000})\\\)"
    r"|\\\[(?P<bracket>(?:(?!\\[\[\]]).){1,2000})\\\]"
    r")",
    re.DOTALL,
)
_COMMAND = re.compile(r"(?:\\[A-Za-z]+\*?|[_^])\s?(?:\{[^{}]{0,500}\})?|\\.", re.DOTALL)
_PROSE = re.compile(
    r"(?<![A-Za-z])(?!(?:arg|cos|det|dim|exp|inf|lim|ln|log|max|min|mod|poly|polylog|sin|sup|tan|tanh)\b)"
    r"(?<![a-z]-)(?:[a-z]{3,}|of|in|to|at|by|is|on|as|an|or|we|if|it|be)(?![A-Za-z(_])"
)
_SIGN = re.compile(r"[\\^_=<>±∓×÷∼≈≃≅≠≤≥⩽⩾≪≫≲≳→←↔∘∞∈∑∏√∝°′+|\u0370-\u03ff]|^\s*(?:[A-Za-z](?:\(.*\))?|/)\s*$")
_AMOUNT = re.compile(r"\s*\d[\d.,]*\s?[A-Za-z+]{0,8}[\s.,;:()/+~∼<>=≤≥→–—-]*")
_EMPHASIS = re.compile(r"[A-Za-z][^.,;:!?]{0,60}[A-Za-z]")


def segments(text: str) -> Iterator[tuple[bool, str]]:
    """The text in order as (is mathematics, part) pairs that joined are the text; delimiters belong to the part."""
    end = at = 0
    while match := _MATH.search(text, at) if "$" in text or "\\" in text else None:
        if not _is_formula(match, text):
            at = match.start() + 1
            continue
        if match.start() > end:
            yield False, text[end : match.start()]
        yield True, match[0]
        end = at = match.end()
    if end < len(text):
        yield False, text[end:]


def formula_at(text: str, position: int) -> str:
    """The formula between dollars that begins at this place of a text, with its delimiters; empty where none does."""
    if not text.startswith("$", position):
        return ""
    match = _MATH.match(text, position)
    return match[0] if match and _is_formula(match, text) else ""


def inside(formula: str) -> str:
    """A formula without its delimiters."""
    return formula[2:-2] if formula.startswith(("$$", "\\")) else formula[1:-1]


def _is_formula(match: re.Match[str], text: str) -> bool:
    content = match["inline"]
    if content is None:
        return True
    words = len(_PROSE.findall(_COMMAND.sub(" ", content)))
    close = not content[0].isspace() and not content[-1].isspace() and not text[match.end() : match.end() + 1].isdigit()
    if words > 1 and not (close and _EMPHASIS.fullmatch(content)):
        return False
    if close:
        return not (words and content[0].isdigit())
    return not words and not _AMOUNT.fullmatch(content) and _SIGN.search(content) is not None
