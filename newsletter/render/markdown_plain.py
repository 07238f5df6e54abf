"""Markdown as plain text for mails: what a reader without HTML is to see of what an editor wrote.

Marks go, structure stays: paragraphs, lists with their numbers, quotes, code as it is, a table a line a row, an address
behind the words that link to it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from newsletter.domain.text import plain, safe_url
from newsletter.render.prose import markdown_parser
from newsletter.render.text import wrap

__all__ = ["markdown_plain"]

_TAG = re.compile(r"<[^<>]{0,2000}>")


def markdown_plain(text: str, width: int = 72) -> str:
    """The text in lines of at most so many columns, blocks apart by an empty line, the items of a list together."""
    return "\n".join(_blocks(SyntaxTreeNode(markdown_parser().parse(text)), width))


def _blocks(node: SyntaxTreeNode, width: int) -> list[str]:
    """The lines of what stands in a block; the parser bounds how deep blocks nest."""
    lines: list[str] = []
    for child in node.children:
        laid = _LAYOUTS.get(child.type, _nothing)(child, width)
        if lines and laid:
            lines.append("")
        lines += laid
    return lines


def _nothing(_node: SyntaxTreeNode, _width: int) -> list[str]:
    return []


def _paragraph(node: SyntaxTreeNode, width: int) -> list[str]:
    said = _said(_inline(node))
    return [line for part in said.split("\n") for line in wrap(part, width).split("\n")] if said else []


def _list(node: SyntaxTreeNode, width: int) -> list[str]:
    lines: list[str] = []
    first = int(node.attrs.get("start", 1))
    for number, item in enumerate(node.children, start=first):
        mark = f"{number}. " if node.type == "ordered_list" else "- "
        laid = _blocks(item, width - len(mark)) or [""]
        lines += [f"{mark if at == 0 else ' ' * len(mark)}{line}".rstrip() for at, line in enumerate(laid)]
    return lines


def _quote(node: SyntaxTreeNode, width: int) -> list[str]:
    return [f"> {line}".rstrip() for line in _blocks(node, width - 2)]


def _table(node: SyntaxTreeNode, width: int) -> list[str]:
    rows = [row for part in node.children for row in part.children]
    said = (" | ".join(_said(_inline(cell)) for cell in row.children) for row in rows)
    return [line for text in said for line in wrap(text, width, "  ", "").split("\n")]


def _code(node: SyntaxTreeNode, _width: int) -> list[str]:
    return [f"    {line}".rstrip() for line in node.content.rstrip("\n").split("\n")]


def _rule(_node: SyntaxTreeNode, _width: int) -> list[str]:
    return ["----"]


def _html(node: SyntaxTreeNode, width: int) -> list[str]:
    said = " ".join(html.unescape(_TAG.sub(" ", node.content)).split())
    return wrap(said, width).split("\n") if said else []


_LAYOUTS: dict[str, Callable[[SyntaxTreeNode, int], list[str]]] = {
    "paragraph": _paragraph,
    "heading": _paragraph,
    "bullet_list": _list,
    "ordered_list": _list,
    "blockquote": _quote,
    "table": _table,
    "fence": _code,
    "code_block": _code,
    "hr": _rule,
    "html_block": _html,
}


def _inline(node: SyntaxTreeNode) -> Sequence[Token]:
    """The words of a paragraph, a heading or a cell."""
    token = node.children[0].token if node.children else None
    return (token.children or ()) if token else ()


def _said(tokens: Sequence[Token]) -> str:
    """The words of a paragraph; the address of a link behind it, unless it is its words."""
    parts: list[str] = []
    opened: list[tuple[str, int]] = []
    for token in tokens:
        if token.type in {"text", "code_inline"}:
            parts.append(token.content)
        elif token.type == "formula":
            parts.append(plain(token.content))
        elif token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak":
            parts.append("\n")
        elif token.type == "image":
            parts.append(_with_address(token.content, str(token.attrs.get("src", ""))))
        elif token.type == "link_open":
            opened.append((str(token.attrs.get("href", "")), len(parts)))
        elif token.type == "link_close" and opened:
            address, start = opened.pop()
            parts[start:] = [_with_address("".join(parts[start:]), address)]
    return "".join(parts).strip()


def _with_address(words: str, address: str) -> str:
    checked = safe_url(address)
    if not checked or checked.removesuffix("/") == words.removesuffix("/"):
        return words
    return f"{words} ({checked})" if words else checked
