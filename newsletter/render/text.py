"""Laying out plain text: wrapping by columns, where a Chinese character takes two and may be followed by a break."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["columns", "wrap"]

# Runs without a break inside: Latin words; one wide character with the closing punctuation that must not begin a line.
_CLOSING = "，。、；：？！）】」』》”’…%"
_WIDE = "\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef\U00020000-\U0003fffd"
_TOKEN = re.compile(rf"\s+|[{_WIDE}“‘][{_CLOSING}]*|[^\s{_WIDE}“‘]+[{_CLOSING}]*")


@lru_cache(maxsize=4096)
def _columns_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def wrap(text: str, width: int = 72, indent: str = "", first: str | None = None) -> str:
    r"""Break the text into lines of at most `width` columns, joined by `\n`.

    `indent` begins every line, `first` the first one instead. A word longer than a line stands on its own, unbroken,
    so that addresses stay whole.
    """
    begin = indent if first is None else first
    lines: list[str] = []
    line, used, pending = begin, columns(begin), ""
    empty = True
    for token in _TOKEN.findall(text):
        if token.isspace():
            pending = "" if empty else " "
            continue
        needed = columns(token)
        if not empty and used + len(pending) + needed > width:
            lines.append(line)
            line, used, pending = indent, columns(indent), ""
        line += pending + token
        used += len(pending) + needed
        pending, empty = "", False
    lines.append(line)
    return "\n".join(lines)
