"""Foreign prose on a surface: mathematics shown as that surface can, and Markdown made into checked HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup, escape

from newsletter.domain.papers import resource_addresses
from newsletter.domain.text import formula_at, inside, plain, segments
from newsletter.render.mathml import mathml

__all__ = ["linked", "markdown_html", "markdown_parser", "math"]

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
        shown = mathml(inside(part)) if is_math else None
        parts.append(escape(plain(part) if is_math else part) if shown is None else shown)
    return Markup().join(parts)


def linked(text: str, surface: str) -> Markup:
    """The same, on pages and in feeds with links where it says that code, data or pages are.

    Any other address stays text, so that nobody advertises by an abstract. Mail programs make links of their own.
    """
    if surface == "mail" or ("/" not in text and ".io" not in text):
        return math(text, surface)
    parts = []
    end = 0
    for address in resource_addresses(text):
        parts.append(math(text[end : address.start], surface))
        shown = text[address.start : address.end]
        parts.append(Markup('<a href="{}" rel="nofollow noopener">{}</a>').format(address.url, shown))
        end = address.end
    return Markup().join([*parts, math(text[end:], surface)])


_EMPTY = re.compile(r"\n{2,}")
# A formula is one character that no text keeps while its text is made into HTML and cleaned (private use).
_HOLES = re.compile("\ue002(\\d{1,6})\ue003")
_OWN = re.compile("[\ue000-\ue003]")


def _formula(state: StateInline, silent: bool) -> bool:  # the parser's own signature
    """A rule of the parser: what stands between dollars is a formula, by the rule that every other text is read by."""
    formula = formula_at(state.src, state.pos)
    if not formula:
        return False
    if not silent:
        state.push("formula", "", 0).content = formula
    state.pos += len(formula)
    return True


def _hole(tokens: Sequence[Token], at: int, _options: object, env: dict[str, list[str]]) -> str:
    env.setdefault("formulas", []).append(tokens[at].content)
    return f"\ue002{len(env['formulas']) - 1}\ue003"


@lru_cache(maxsize=1)
def markdown_parser() -> MarkdownIt:
    """CommonMark with tables, strikethrough and formulas."""
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
    parser.inline.ruler.before("escape", "formula", _formula)
    parser.add_render_rule("formula", lambda _renderer, tokens, at, options, env: _hole(tokens, at, options, env))
    return parser


def markdown_html(text: str, surface: str = "web") -> Markup:
    """Markdown as HTML in which nothing runs: allowed tags and attributes, http(s) addresses, formulas as shown there.

    What is not allowed goes, its text stays.
    """
    env: dict[str, list[str]] = {}
    html = nh3.clean(
        markdown_parser().render(_OWN.sub("", text), env),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https"},
        link_rel=None,
    )
    formulas = env.get("formulas", [])
    filled = _HOLES.sub(lambda match: str(math(formulas[int(match[1])], surface)), html.strip())
    return Markup(_EMPTY.sub("\n", filled))  # noqa: S704 - cleaned above, formulas escaped
