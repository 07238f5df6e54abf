r"""A formula read once: TeX into a tree, which a page shows as MathML and a line of text says in Unicode.

latex2mathml parses. What it leaves as TeX means it but browsers and readers do not is settled in the tree, for both:

1. an unescaped `%` is a per cent sign (in TeX it would begin a comment, and the rest of an author's formula be gone);
2. words that stand apart in the source stay apart, `log` without its backslash is the function, `k-means` is one word;
3. `10,000` is one number; letters of one typeface in a row (`\mathtt{QMKL}`) are one word, not a product of four;
4. a sign of relation or operation is an operator, whatever class it was given, so that it gets its spaces;
5. letters of a typeface are Unicode's letters where every font has them (ℝ), else plain ones: MathML Core knows no
   other `mathvariant` than `normal`;
6. a macro of the author's own is its name.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from xml.etree.ElementTree import Element

__all__ = ["OPENING", "OPERATIONS", "RELATIONS", "read_formula"]

RELATIONS: Final = frozenset("=<>≤≥≠≈~∼≃≅≡∝≪≫≲≳⩽⩾≍∈∉∋⊂⊃⊆⊇⊊⊄→←↔↦⟶⟵⇒⇐⇔⟹⟺⊢⊨∣∥≺≻⪯⪰≼≽≐≜≔⊑⊒∴⟂")
OPERATIONS: Final = frozenset("+-−±∓×·⋅÷∗*∘∪∩∖⧵∧∨⊕⊗⊖⊙⊎⋆⋯")
OPENING: Final = frozenset("([{⟨⌈⌊")

_LONGEST = 2_000
_DEEPEST = 12

_PER_CENT = re.compile(r"(?<!\\)%")
_APART = re.compile(r"(?<![\\A-Za-z])([A-Za-z]{2,40})[ ]+(?=[A-Za-z]{2})")
_FUNCTION = re.compile(r"(?<![\\A-Za-z])(arg|cos|det|dim|exp|inf|lim|ln|log|max|min|sin|sup|tan|tanh)(?![A-Za-z])")
_HYPHEN = re.compile(r"(?<=[A-Za-z])-(?=[a-z]{3,40}(?![A-Za-z(]))")
_TEXT_STYLE = re.compile(r"\\text(?:sc|md|up|sl)(?![A-Za-z])")
_CAPITALISED = re.compile(r"\\(?=(?:Tilde|Bar|Hat|Vec|Dot)(?![A-Za-z]))[A-Z]")
_BRACKET = re.compile(r"\\.|[][(){}]", re.DOTALL)
_TEXT_COMMAND = re.compile(r"\\([A-Za-z]+|.)\s?")
_OWN_NAMES: Final = {"R": "ℝ", "RR": "ℝ", "N": "ℕ", "Z": "ℤ", "eps": "ε", "percent": "%", "cdotp": "·", "colon": ":"}
"""What authors write who forget that arXiv has none of their macros, where it can mean one thing alone."""


@lru_cache(maxsize=4096)
def read_formula(tex: str) -> Element | None:
    """The formula (TeX without its delimiters) as a MathML tree, its texts unescaped; None where it cannot be read.

    The tree is shared: whoever asks must not change it. Elements and attributes are the library's: who writes them into
    a page takes those it knows, and escapes every text.
    """
    if len(tex) > _LONGEST or not 0 <= _depth(tex) <= _DEEPEST:
        return None
    # loading takes 50 ms, which texts without a formula never pay
    from latex2mathml import exceptions  # noqa: PLC0415
    from latex2mathml.converter import convert_to_element  # noqa: PLC0415

    refusals: tuple[type[Exception], ...] = (
        *(error for error in vars(exceptions).values() if isinstance(error, type) and issubclass(error, Exception)),
        *(LookupError, ValueError, TypeError, AttributeError, RecursionError),
    )
    try:
        root: Element = convert_to_element(_prepared(tex))
        _settle(root)
    except refusals:
        return None
    return root


def _prepared(tex: str) -> str:
    text = _TEXT_STYLE.sub(r"\\text", _PER_CENT.sub(r"\\%", tex))
    text = _HYPHEN.sub(r"\\text{-}", _APART.sub(r"\1\\ ", text))
    return _CAPITALISED.sub(lambda match: match[0].lower(), _FUNCTION.sub(r"\\\1", text))


def _depth(tex: str) -> int:
    """How deep brackets of any kind nest; -1 where a brace has no partner."""
    deepest = depth = braces = 0
    for mark in _BRACKET.findall(tex):
        way = (mark in "{[(") - (mark in "}])")
        depth += way
        deepest = max(deepest, depth)
        braces += way * (mark in "{}")
        if braces < 0:
            return -1
    return -1 if braces else max(deepest, tex.count("\\left"))


def _settle(element: Element) -> None:
    for child in element:
        _settle(child)
    if element.tag == "mo" and len(element):  # \mathop{…}
        element.tag = "mrow"
    text = html.unescape(element.text or "")
    if element.tag == "mtext":
        text = _TEXT_COMMAND.sub(lambda match: match[1], text).replace("\xa0", " ")
    elif element.tag in {"mi", "mo", "mn"}:
        text = _OWN_NAMES.get(text[1:], text[1:]) if text.startswith("\\") else text
        text = "".join(_letter(character, element.get("mathvariant", "")) for character in text)
        if element.tag == "mi" and len(text) == 1 and (text in RELATIONS or text in OPERATIONS or text == ":"):
            element.tag = "mo"
    element.text = text
    element[:] = _merged(list(element))


_BOARD: Final = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))


def _letter(character: str, variant: str) -> str:
    """A letter of a mathematical typeface as one that every font has, and that a search for the plain one finds."""
    if variant == "double-struck":
        return _BOARD.get(character, character)
    if character in _BOARD.values() or character == "ℓ":
        return character
    if "\U0001d400" <= character <= "\U0001d7ff" or "\u2100" <= character <= "\u213f":
        name = unicodedata.name(character, "")
        plain = unicodedata.normalize("NFKC", character)
        return plain if name.startswith(("MATHEMATICAL", "SCRIPT", "BLACK-LETTER", "DOUBLE-STRUCK")) else character
    return character


def _merged(children: Sequence[Element]) -> list[Element]:
    """Siblings with those joined that are one number or one word."""
    result: list[Element] = []
    for child in children:
        before = result[-1] if result else None
        if child.tag == "mi" and before is not None and before.tag == "mi" and _same_word(before, child):
            before.text = (before.text or "") + (child.text or "")
            continue
        if child.tag == "mn" and len(result) > 1 and _goes_on(result, child):
            result.pop()
            result[-1].text = f"{result[-1].text},{child.text}"
            continue
        result.append(child)
    return result


def _same_word(first: Element, second: Element) -> bool:
    variant = first.get("mathvariant")
    return variant is not None and variant != "double-struck" and variant == second.get("mathvariant")


def _goes_on(before: Sequence[Element], thousands: Element) -> bool:
    """Whether a number, a comma and three digits are one number: not in a list between brackets."""
    number, comma = before[-2:]
    mark = comma.text or "".join(part.text or "" for part in comma)
    return (
        number.tag == "mn"
        and mark == ","
        and re.fullmatch(r"\d{1,3}(?:,\d{3})*", number.text or "") is not None
        and re.fullmatch(r"\d{3}(?:\.\d+)?", thousands.text or "") is not None
        and not any(one.text in OPENING for one in before[:-2] if one.tag == "mo")
    )
