"""What a document looks like, so that whoever names the wrong format learns which one it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsletter.domain.issues import ARCHIVE_SOURCE
from newsletter.errors import SourceMalformed

__all__ = ["looks_like", "not_of"]

_HEAD = 200_000
"""Characters that are looked at."""
_REASONS = 3
"""How many reasons are told where nothing could be read."""

# In this order: the first that fits. Each is a mark that the format cannot do without.
_FORMATS = (
    (
        "hf-daily",
        re.compile(r"^\[[^\]\n]{1,200}\]\(https?://huggingface\.co/papers/[^\s)]{1,80}\)[ \t]*$", re.MULTILINE),
    ),
    ("arxiv-daily", re.compile(r"^\| \[\^\d+\] \| \[|^\[\^\d+\]: [^\n]*\n\n {4}\S", re.MULTILINE)),
    ("paper-express", re.compile(r"^###[ \t]+\d+、", re.MULTILINE)),
    ("jsonl", re.compile(r"\A\{[^\n]*\}[ \t]*$", re.MULTILINE)),
)
_OTHERS = (
    ("one JSON array", re.compile(r"\A\[\s*(?:\{|\])")),
    ("one JSON document of several lines", re.compile(r"\A\{")),
    ("a feed", re.compile(r"\A(?:<\?xml[^>]*>\s*)?<(?:rss|feed|rdf:RDF)\b")),
    ("an HTML page", re.compile(r"\A<(?:!doctype html|html|head|body|\?xml)", re.IGNORECASE)),
)
_FOREIGN = re.compile(r"^#{1,6}[ \t]", re.MULTILINE)


def looks_like(text: str) -> str:
    """What a document is, in words that end a sentence."""
    head = text[:_HEAD].removeprefix("\ufeff").replace("\r\n", "\n").strip()
    if not head:
        return "the file is empty"
    for name, mark in _FORMATS:
        if mark.search(head):
            return f"it looks like {name}: try `--format {name}`"
    for name, mark in _OTHERS:
        if mark.search(head):
            return f"it looks like {name}"
    return "it looks like Markdown of another kind" if _FOREIGN.search(head) else "it looks like none of the formats"


def not_of(profile: str, text: str, expected: str, problems: Sequence[str] = ()) -> SourceMalformed:
    """The error for a document that is not of the format it is said to be: with the first reasons, if there are any."""
    reasons = [f"\n  {problem}" for problem in problems[:_REASONS]]
    more = [f"\n  and {len(problems) - _REASONS:,} more"] if len(problems) > _REASONS else []
    msg = f"This is no {profile} document: expected {expected}; {looks_like(text)}.{''.join([*reasons, *more])}"
    return SourceMalformed(msg, source=ARCHIVE_SOURCE, feed=profile)
