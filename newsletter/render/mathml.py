"""Formulas as MathML Core, which browsers show by themselves: no script, no font, no third party.

The converter copies text unescaped and takes links from TeX, so its tree is walked here: known elements and attributes
only, every text escaped. A formula it cannot read, or one too deep, is shown as plain text.
"""

from __future__ import annotations

import html
from functools import lru_cache
from xml.etree.ElementTree import Element

from latex2mathml import exceptions
from latex2mathml.converter import convert_to_element
from markupsafe import Markup, escape

__all__ = ["mathml"]

_LONGEST = 400
_DEEPEST = 12
_ELEMENTS = frozenset(
    "math mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub"
    " msubsup msup mtable mtd mtext mtr munder munderover".split()
)
_ATTRIBUTES = {
    "accent",
    "accentunder",
    "displaystyle",
    "fence",
    "linethickness",
    "mathvariant",
    "separator",
    "stretchy",
}
_REFUSALS: tuple[type[Exception], ...] = (
    *(error for error in vars(exceptions).values() if isinstance(error, type) and issubclass(error, Exception)),
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RecursionError,
)


@lru_cache(maxsize=4096)
def mathml(formula: str) -> Markup | None:
    """The formula (TeX without its delimiters) as MathML, None where it cannot be shown so."""
    if len(formula) > _LONGEST or _depth(formula) > _DEEPEST:
        return None
    try:
        root = convert_to_element(formula)
    except _REFUSALS:
        return None
    parts: list[str] = []
    _write(root, parts)
    return Markup("".join(parts))  # noqa: S704 - every text of it is escaped in `_write`


def _depth(formula: str) -> int:
    deepest = depth = 0
    for character in formula:
        depth += (character in "{[(") - (character in "}])")
        deepest = max(deepest, depth)
    return max(deepest, formula.count("\\left"))


def _write(element: Element, parts: list[str]) -> None:
    known = element.tag in _ELEMENTS
    if known:
        attributes = "".join(
            f' {name}="{escape(value)}"' for name, value in sorted(element.attrib.items()) if name in _ATTRIBUTES
        )
        parts.append(f"<{element.tag}{attributes}>")
    parts.append(str(escape(html.unescape(element.text or ""))))
    for child in element:
        _write(child, parts)
    if known:
        parts.append(f"</{element.tag}>")
