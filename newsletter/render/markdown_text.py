r"""Text placed in Markdown so that it stays text: CommonMark escapes outside mathematics, TeX's own words inside.

`$…$` is kept for pages that show mathematics, but `<`, `[`, `` ` `` and their like in it are written as TeX commands,
because a Markdown reader without mathematics would take them for its own.
"""

from __future__ import annotations

import re

from newsletter.domain.text import clean_line, plain, segments

__all__ = [
    "markdown_cell",
    "markdown_field",
    "markdown_label",
    "markdown_line",
    "markdown_text",
    "markdown_url",
]

_SPECIAL = re.compile(r"[\\`*\[\]<>~$|]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w{1,31};)")
# What begins a block: a heading, a list, a quote, a rule, a fence, a definition (CommonMark 0.31 §4, §5).
_BLOCK = re.compile(r"^(?P<mark>#{1,6}(?=\s|$)|[-+](?=\s|$|-)|=+$|:(?=\s)|(?P<number>\d{1,9})(?P<end>[.)])(?=\s|$))")
_IN_MATH = re.compile(r"[<>\[\]`*|]")
_MATH_WORDS = {"<": r"\lt ", ">": r"\gt ", "[": r"\lbrack ", "]": r"\rbrack ", "`": "'", "*": r"\ast ", "|": r"\vert "}


def markdown_line(text: str, *, limit: int = 20_000) -> str:
    """One line of text for a paragraph, a heading or a list item."""
    return _BLOCK.sub(_escape_block, _inline(clean_line(text, limit)))


def markdown_text(text: str, *, limit: int = 20_000) -> str:
    """Several paragraphs, each as `markdown_line` has it."""
    return "\n\n".join(filter(None, (markdown_line(part, limit=limit) for part in text[:limit].split("\n\n"))))


def markdown_field(text: str, *, limit: int = 20_000) -> str:
    """Text that follows a label on its line, so that no block can begin with it."""
    return _inline(clean_line(text, limit))


def markdown_url(url: str) -> str:
    """A checked address for a link's parentheses."""
    return url.replace("(", "%28").replace(")", "%29").replace("|", "%7C")


def markdown_label(text: str, *, limit: int = 1_000) -> str:
    """One line for the text of a link or a cell: mathematics as plain text, addresses no links of their own."""
    escaped = _SPECIAL.sub(r"\\\g<0>", clean_line(plain(clean_line(text, limit)), limit))
    return _BLOCK.sub(_escape_block, escaped)


def markdown_cell(text: str, *, limit: int = 4_000) -> str:
    """One line for a table's cell: `|` is escaped, so nothing begins another cell."""
    return markdown_label(text, limit=limit)


def _inline(line: str) -> str:
    return "".join(_formula(part) if is_math else _SPECIAL.sub(r"\\\g<0>", part) for is_math, part in segments(line))


def _escape_block(match: re.Match[str]) -> str:
    if match["number"]:
        return f"{match['number']}\\{match['end']}"
    return f"\\{match['mark']}"


def _formula(part: str) -> str:
    """A formula between dollars, which Markdown readers know, without a character that Markdown itself reads."""
    display = part.startswith(("$$", "\\["))
    inside = part[2:-2] if part.startswith(("$$", "\\")) else part[1:-1]
    mark = "$$" if display else "$"
    # a space before the closing dollar would make it a dollar
    return f"{mark}{_IN_MATH.sub(lambda match: _MATH_WORDS[match[0]], inside).rstrip()}{mark}"
