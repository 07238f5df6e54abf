"""Formulas as MathML Core, which browsers show by themselves: no script, no font, no third party.

The tree is the reading that a line of text is made of, too. Its texts are foreign and its links come from TeX, so it is
walked here: known elements and attributes only, every text escaped. A formula that cannot be read, or is too long for a
line on a phone, is shown as plain text.
"""

from __future__ import annotations

from functools import lru_cache
from xml.etree.ElementTree import Element

from markupsafe import Markup, escape

from newsletter.domain.text import read_formula

__all__ = ["mathml"]

_LONGEST = 400
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
    "separator",
    "stretchy",
}


@lru_cache(maxsize=4096)
def mathml(formula: str) -> Markup | None:
    """The formula (TeX without its delimiters) as MathML, None where it cannot be shown so."""
    root = read_formula(formula) if len(formula) <= _LONGEST else None
    if root is None:
        return None
    parts: list[str] = []
    _write(root, parts)
    return Markup("".join(parts))  # noqa: S704 - every text of it is escaped in `_write`


def _write(element: Element, parts: list[str]) -> None:
    known = element.tag in _ELEMENTS
    if known:
        attributes = "".join(
            f' {name}="{escape(value)}"' for name, value in sorted(element.attrib.items()) if name in _ATTRIBUTES
        )
        parts.append(f"<{element.tag}{attributes}>")
    parts.append(str(escape(element.text or "")))
    for child in element:
        _write(child, parts)
    if known:
        parts.append(f"</{element.tag}>")
