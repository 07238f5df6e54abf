"""Foreign text made safe to place: one line or several, without characters that XML forbids or that reorder text.

Escaping is the business of each surface's template; this module removes what no surface may carry at all.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

__all__ = ["clean_document", "clean_line", "clean_text", "ellipsis", "safe_url", "slug", "unmarked"]

# What no surface may carry: C0 and C1 controls and U+FFFE/U+FFFF (XML 1.0 §2.2), lone surrogates, noncharacters
# (Unicode 23.7), and the directional controls that let a title reorder the text after it (UAX #9; CVE-2021-42574).
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufff9-\uffff"
    "\u202a-\u202e\u2066-\u2069\u200e\u200f\U000e0000-\U000e007f"
    + "".join(f"{chr((plane << 16) | 0xFFFE)}{chr((plane << 16) | 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_SPACE = re.compile(r"\s+")
_INLINE_SPACE = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n\s*\n+")
_NEWLINE = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
_SLUG = re.compile(r"[^a-z0-9]+")

# Bounded, so that a line of a million asterisks costs little.
_MARKS = re.compile(
    r"\*\*(?=\S)(.{1,2000}?)(?<=\S)\*\*|\*(?=\S)([^*\n]{1,1000}?)(?<=\S)\*|`([^`\n]{1,1000})`"
    r"|!?\[([^\]\n]{1,500})\]\([^)\s]{1,2000}\)"
)

_URL_SAFE = "!$&'*+,-./:;=?@_~%#"
_URL_LIMIT = 2000


def clean_line(text: str, limit: int = 10_000) -> str:
    """The text as one line: forbidden characters gone, white space runs one space each, at most `limit` long."""
    # most lines have nothing of all this, and to see that costs a tenth
    if len(text) <= limit and text.isascii() and text.isprintable() and "  " not in text and text.strip(" ") == text:
        return text
    return _SPACE.sub(" ", _FORBIDDEN.sub("", text[: limit * 4])).strip()[:limit]


def clean_text(text: str, limit: int = 100_000) -> str:
    r"""The text with `\n` line ends and at most one blank line in a row, forbidden characters gone."""
    lines = _NEWLINE.sub("\n", text[: limit * 4])
    return _BLANK_LINES.sub("\n\n", _INLINE_SPACE.sub(" ", _FORBIDDEN.sub("", lines))).strip()[:limit]


def clean_document(text: str, limit: int = 200_000) -> str:
    """A document whose spaces and blank lines mean something (Markdown): only forbidden characters go."""
    return _FORBIDDEN.sub("", _NEWLINE.sub("\n", text[:limit])).strip("\n").rstrip()


def ellipsis(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word's end where there is one near, with `…` for what is missing."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit * 2 // 3 else cut).rstrip(" ,;:.-") + "…"


def unmarked(text: str) -> str:
    """Inline Markdown as plain text: without its marks for bold, emphasis and code, links as their text."""
    for _ in range(3):  # marks nest, but nobody nests them deeper
        text = _MARKS.sub(lambda match: next(filter(None, match.groups()), ""), text)
    return text


def safe_url(text: str) -> str:
    """The address if it is an absolute http(s) one, percent-encoded so that it cannot leave an attribute; else ''."""
    bare = clean_line(text, _URL_LIMIT + 1)
    if not bare.lower().startswith(("https://", "http://")) or len(bare) > _URL_LIMIT:
        return ""
    try:
        parts = urlsplit(bare)
        host = parts.hostname
    except ValueError:
        return ""
    if not host or " " in parts.netloc or any(mark in parts.netloc for mark in "\"'<>\\^`{|}"):
        return ""
    return quote(bare, safe=_URL_SAFE)


def slug(text: str) -> str:
    """A name for files and addresses made of `a-z`, `0-9` and `-`: `arxiv:2606.00012` becomes `arxiv-2606-00012`."""
    return _SLUG.sub("-", text.lower()).strip("-")[:120]
