"""Foreign prose on a surface: mathematics shown as that surface can, and Markdown made into checked HTML."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from newsletter.domain.texts import plain, segments
from newsletter.render.mathml import mathml

__all__ = ["markdown_html", "math"]

_TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre",
    "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "td": {"align"}, "th": {"align"}}


def math(text: str, surface: str) -> Markup:
    """The text escaped for HTML, its formulas as this surface can show them: MathML on the web, else plain text."""
    if "$" not in text and "\\" not in text:
        return escape(text)
    if surface != "web":
        return escape(plain(text))
    parts = []
    for is_math, part in segments(text):
        inside = part[2:-2] if part.startswith(("$$", "\\")) else part[1:-1]
        shown = mathml(inside) if is_math else None
        parts.append(escape(plain(part) if is_math else part) if shown is None else shown)
    return Markup().join(parts)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])


_EMPTY = re.compile(r"\n{2,}")


def markdown_html(text: str, level: int = 3) -> Markup:  # noqa: ARG001
    """Markdown as HTML in which nothing runs: allowed tags and attributes, http(s) addresses.

    What is not allowed goes, its text stays.
    """
    html = nh3.clean(
        _parser().render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https"},
        link_rel=None,
    )
    return Markup(_EMPTY.sub("\n", html.strip()))  # noqa: S704 - cleaned above
