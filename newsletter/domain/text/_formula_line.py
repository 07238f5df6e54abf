"""A formula in one line of Unicode, as well as one line can say it.

Relations and operations have a space on both sides between operands and none before their only operand (`n ≥ 5`, `≥5`,
`−1`), much as TeX sets them; between digits `×` and `-` have none (`3×3`, `4-7%`), in scripts nothing has. A script has
Unicode's raised or lowered letters where all of it can, else `^` or `_` (`L_total`, `x^(a+b)`). A formula that cannot
be read is what is left of it without commands and braces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from newsletter.domain.text.formulas import OPENING, OPERATIONS, RELATIONS, read_formula

__all__ = ["formula_text"]

_SUMS: Final = frozenset("∑∏∐∫∬∮⋃⋂⨁⨂⋁⋀")
_CLOSING: Final = frozenset(")]}⟩⌉⌋")
_SUPERSCRIPT: Final = dict(zip("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ", strict=True))
_AS_IT_IS: Final = dict.fromkeys("*∗⋆†‡′″‴", "") | {"∗": "*", "⋆": "*"}
_SUBSCRIPT: Final = dict(zip("0123456789+-−=()aeoxhklmnpstijruv", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ", strict=True))
_STYLE = re.compile(
    r"\\(?:text[a-z]*|math[a-z]+|operatorname|emph|mbox|left|right|[bB]igg?[lrm]?|[dtc]?frac|sqrt|rm|bf|it)(?![A-Za-z])"
    r"|\\[,;:!\s]"
)
_MARKS: Final = {
    "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "∼": "\u0303", "¯": "\u0304", "‾": "\u0304",
    "―": "\u0304", "_": "", "˙": "\u0307", ".": "\u0307", "¨": "\u0308", "→": "\u20d7", "⃗": "\u20d7", "ˇ": "\u030c",
    "˘": "\u0306",
}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]+|.)\s?")
_ROOTS: Final = {"": "√", "2": "√", "3": "∛", "4": "∜"}


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a line, and what it is there: `operand`, `name` (of a function), `sign`, `open`, `close` and so on."""

    kind: str
    text: str


def formula_text(tex: str) -> str:
    """The formula (TeX without its delimiters) in one line of Unicode."""
    root = read_formula(tex)
    text = _without_tex(tex) if root is None else _line(root)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _without_tex(tex: str) -> str:
    """What is left of a formula that cannot be read."""
    return _COMMAND.sub(_bare, _STYLE.sub("", tex)).translate({ord(mark): None for mark in "{}$"})


def _bare(match: re.Match[str]) -> str:
    from latex2mathml.symbols_parser import convert_symbol  # noqa: PLC0415

    code = convert_symbol(f"\\{match[1]}")
    return chr(int(code, 16)) if code else match[1]


def _line(element: Element, *, tight: bool = False) -> str:
    return _joined(list(_parts(element)), tight=tight)


def _parts(element: Element) -> Iterator[_Part]:
    """The pieces of an element, groups taken apart: TeX's braces group, they do not separate."""
    match element.tag:
        case "mi" | "mn" | "mo" | "mtext" | "ms":
            yield _leaf(element)
        case "mspace":
            yield _Part("space", "" if element.get("width", "").startswith(("-", "neg")) else " ")
        case "msup" | "msub" | "msubsup":
            yield from _scripted(element)
        case "mover" | "munder" | "munderover":
            yield from _stacked(element)
        case "mfrac":
            above, below = (_line(child) for child in element)
            pair = f"{above} choose {below}" if element.get("linethickness") == "0" else f"{_one(above)}/{_one(below)}"
            yield _Part("operand", pair)
        case "msqrt":
            yield _Part(
                "operand", f"√{_one(_joined([part for child in element for part in _parts(child)], tight=False))}"
            )
        case "mroot":
            inside, degree = (_line(child) for child in element)
            yield _Part("operand", f"{_ROOTS.get(degree) or _raised(degree, _SUPERSCRIPT, '') + '√'}{_one(inside)}")
        case "mtable":
            rows = (", ".join(_line(cell) for cell in row) for row in element)
            yield _Part("operand", "; ".join(rows))
        case "mphantom":
            return
        case _:
            for child in element:
                yield from _parts(child)


def _leaf(element: Element) -> _Part:
    text = element.text or ""
    if element.tag == "mo":
        if text in OPENING:
            return _Part("open", text)
        if text in _CLOSING:
            return _Part("close", text)
        if text in RELATIONS or text in OPERATIONS or text == ":=":
            return _Part("sign", "|" if text == "∣" else text)
        if text in {",", ";", ":"}:
            return _Part("comma", text)
    if text in _SUMS:
        return _Part("name", text)
    named = element.tag in {"mi", "mo"} and len(text) > 1 and text[0].isalpha() and element.get("mathvariant") is None
    return _Part("name" if named else "operand", text)


def _scripted(element: Element) -> Iterator[_Part]:
    base, *scripts = element
    *before, last = list(_parts(base)) or [_Part("operand", "")]
    yield from before
    marks = (("^",) if element.tag == "msup" else ("_", "^"))[: len(scripts)]
    text = last.text
    for mark, script in zip(marks, scripts, strict=True):
        text += _raised(_line(script, tight=True).strip(), _SUPERSCRIPT if mark == "^" else _SUBSCRIPT, mark)
    yield _Part(last.kind, text)


def _stacked(element: Element) -> Iterator[_Part]:
    base, *scripts = element
    text, kind = _line(base), [part.kind for part in _parts(base)]
    marks = {"mover": "^", "munder": "_", "munderover": "_^"}[element.tag]
    for mark, script in zip(marks, scripts, strict=False):
        over = _line(script, tight=True).strip()
        if over in _MARKS or over in {"⏞", "⏟", "^", "_", "\u0332"}:
            text += _MARKS.get(over, "") if len(text) == 1 else ""
        else:
            text += _raised(over, _SUPERSCRIPT if mark == "^" else _SUBSCRIPT, mark)
    yield _Part(kind[0] if len(kind) == 1 else "operand", text)


def _raised(text: str, table: dict[str, str], mark: str) -> str:
    if text in {"∘", "°"} and mark == "^":
        return "°"
    if mark == "^" and text and all(character in _AS_IT_IS for character in text):
        return "".join(_AS_IT_IS[character] or character for character in text)
    if text and all(character in table for character in text) and (len(text) == 1 or not text.isalpha()):
        return "".join(table[character] for character in text)
    if not text:
        return ""
    return f"{mark}{_one(text)}"


def _one(text: str) -> str:
    """The text as one operand: of a fraction, of a root, as a script."""
    whole = len(text) <= 2 or text.isalnum() or re.fullmatch(r"[\d.,]+|\([^()]*\)", text)
    return text if whole else f"({text})"


def _joined(parts: Sequence[_Part], *, tight: bool) -> str:
    line = ""
    before = ""
    for at, part in enumerate(parts):
        after = next((one.kind for one in parts[at + 1 :] if one.kind != "space"), "")
        gap = ""
        text = part.text
        if part.kind == "sign":
            infix = before in {"operand", "name", "close"} and after in {"operand", "name", "open", "sign"}
            between = _digits(line, parts[at + 1 :])
            if between and text == "−":
                text = "-"  # a range: `4-7%`
            elif infix and not tight and not (between and text == "×"):
                text = f" {text} "
        elif part.kind == "comma":
            ratio = text == ":" and _digits(line, parts[at + 1 :])
            text = text if tight or ratio or not after else f"{text} "
        elif part.kind == "name":
            gap = " " if before in {"operand", "name", "close"} and not line.endswith("/") else ""
        elif before == "name" and part.kind == "operand" and text[:1] not in {"|", "‖", "/", "!", "'"}:
            gap = " "
        line += gap + text
        before = before if part.kind == "space" else part.kind
    return re.sub(r" {2,}", " ", line)


def _digits(line: str, after: Sequence[_Part]) -> bool:
    """Whether a sign stands between two digits."""
    following = next((part.text for part in after if part.kind != "space"), "")
    return line[-1:].isdigit() and following[:1].isdigit()
