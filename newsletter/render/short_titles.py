"""The short name of a title, for a subject line: whole words that can stand alone, without an ellipsis.

1. what stands before a colon or a dash, if it is short: `UNIBROWSE: Towards …`;
2. else the whole title, if it fits;
3. else its longest beginning that fits and ends before a word that adds something ("for", "with", "via" …);
4. else the words that fit.
"""

from __future__ import annotations

import re

from newsletter.domain.text import plain
from newsletter.render.text import columns

__all__ = ["MOST_COLUMNS", "short_name"]

MOST_COLUMNS = 40
_NAME = 30
"""Columns of what stands before a colon."""
_COLON = re.compile(r"\s*[:：]\s*|\s+[-–—]+\s+|——")
_ENDS = re.compile(
    r"[?!？！]|[,;，；、](?=\s|\w)|\s(?=(?:for|with|via|by|using|through|from|in|on|of|under|across|without|towards?|to|and|as|at"
    r"|beyond|over|into|against|between|is|are|can|when|that|based)\b)|(?<=[\u4e00-\u9fff])(?=中的|的|用于|通过|基于|与|和|在)",
    re.IGNORECASE,
)
_GAP = re.compile(r"\s|(?<=[\u2e80-\u9fff])(?=[\u2e80-\u9fff])")
_WEAK = re.compile(
    r"(?:[\s,;:，、]+(?:a|an|the|and|or|of|for|with|in|on|to|by|from|via|as|is|are|at|its|using|based|towards?|through))+\Z",
    re.IGNORECASE,
)


def short_name(title: str) -> str:
    """The short name of a title, at most `MOST_COLUMNS` columns unless its first word is longer."""
    text = " ".join(plain(title).split())
    name = _COLON.split(text, maxsplit=1)[0]
    if name and (columns(name) <= _NAME or columns(text) > MOST_COLUMNS >= columns(name)):
        return name
    if columns(text) <= MOST_COLUMNS:
        return text
    text = name or text
    ends = [end.end() if end[0] in "?!？！" else end.start() for end in _ENDS.finditer(text)]
    for cut in reversed(ends):
        begin = _WEAK.sub("", text[:cut])
        if columns(begin) <= MOST_COLUMNS and columns(begin) >= MOST_COLUMNS // 3:
            return begin
    gaps = [gap.start() for gap in _GAP.finditer(text) if columns(text[: gap.start()]) <= MOST_COLUMNS]
    first = _GAP.search(text)
    cut = gaps[-1] if gaps else first.start() if first else len(text)
    return _WEAK.sub("", text[:cut])
