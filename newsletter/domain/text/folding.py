"""What counts as the same word: text cut into tokens, and each token folded to the keys under which it is compared.

The rules, in the order in which they are applied:

1. text is cut at everything that is neither letter nor digit; `C++`, `C#` and numbers with a point stay whole;
   scripts without word boundaries (Chinese, Japanese, Thai, …) and Korean are cut into characters;
2. compatibility forms are resolved (NFKC: ligatures, full-width letters, superscripts), invisible characters and
   accents dropped, case folded, a possessive `'s` dropped; one Greek letter becomes its name;
3. spelling, plural and verb endings are brought together (`inflection`);
4. a short word in capitals that could be an ordinary word (`IT`, `SAM`, `RAG`) stays case-aware: see `Form.cased`.

Positions always refer to the text as given, so that a match can be marked in it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from newsletter.domain.text.inflection import base_form, stem_form

__all__ = [
    "SCAN",
    "SCAN_ASCII",
    "STOP_WORDS",
    "Form",
    "Token",
    "fold",
    "fold_text",
    "is_unspaced",
    "surfaces",
    "tokens",
]

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f"
)
_GREEK = "\u0370-\u03ff\u1f00-\u1fff"
_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
_MARKS = "\u0300-\u036f"
# The first word character is spelled out so that the scan never backtracks: each alternative is one class repeated.
_LETTER = rf"(?:(?![{_UNSPACED}{_GREEK}])[^\W_]|[{_MARKS}{_INVISIBLE}])"
SCAN = (
    rf"[{_UNSPACED}]"
    r"|[A-Za-z](?:\+\+|#)(?![^\W_])"
    r"|\d{1,3}(?:,\d{3})+(?![^\W_])"
    rf"|\d+(?:\.\d+)+{_LETTER}*"
    rf"|[{_GREEK}][{_GREEK}{_MARKS}]*"
    rf"|(?![{_UNSPACED}{_GREEK}])[^\W_]{_LETTER}*(?:['’][A-Za-z]{{1,2}}(?![^\W_]))?"
)
SCAN_ASCII = (
    r"[A-Za-z](?:\+\+|#)(?![A-Za-z0-9])"
    r"|[0-9]{1,3}(?:,[0-9]{3})+(?![A-Za-z0-9])"
    r"|[0-9]+(?:\.[0-9]+)+[A-Za-z0-9]*"
    r"|[A-Za-z0-9]+(?:'[A-Za-z]{1,2}(?![A-Za-z0-9]))?"
)
_TOKEN, _TOKEN_ASCII = re.compile(SCAN), re.compile(SCAN_ASCII)
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_DROPPED = re.compile(rf"[{_MARKS}{_INVISIBLE}]")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_NO_DECOMPOSITION = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n", "ſ": "s"}
    | {"Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "Æ": "AE", "Œ": "OE"}
)
_GREEK_NAMES = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau "
        "upsilon phi chi psi omega".split(),
        strict=True,
    )
) | {"ς": "sigma"}

STOP_WORDS = frozenset(
    "a an and are as at be but by can do for from has have how in into is it its may no not of on or our "
    "so such than that the their them then there these they this to up via was we were what when which "
    "while who will with within without you your s t".split()
)
"""Words too common to be looked for on their own; between other words of a term they may be left out."""


class Form(NamedTuple):
    """One word, folded.

    `stem` is the key of its inflected forms, `base` of its spellings and its plural, `cased` the word without accents
    and plural but with its own capitals. `capitals` counts the capital letters of `cased`.
    """

    stem: str
    base: str
    cased: str
    capitals: int

    @property
    def is_case_aware(self) -> bool:
        """Whether, in an interest, this word should find capitals only: short, written in capitals, pronounceable.

        `RAG`, `SAM`, `AI`, `IT`, `LoRA`, `ViT` are; `LLM` and `GPT` are no ordinary words in any case, so they are
        not, and neither is what holds a digit (`SAM2`, `F1`) or has five letters and more (`MAMBA`).
        """
        return (
            self.capitals >= 2
            and len(self.cased) <= 4
            and self.cased.isalpha()
            and any(letter in "aeiouy" for letter in self.base)
        )

    def accepts(self, other: Form) -> bool:
        """Whether this case-aware word of an interest is that word of a text: the same capitals, or all capitals.

        A word typed in capitals alone is found however a text mixes them (`LORA` finds `LoRA`).
        """
        return other.capitals >= 2 and (other.cased == self.cased or other.cased.isupper() or self.cased.isupper())


class Token(NamedTuple):
    """One token of a text: where it stands, and the surface that `fold` takes."""

    start: int
    end: int
    surface: str


def tokens(text: str) -> list[Token]:
    """Cut text into tokens. Linear in its length."""
    pattern = _TOKEN_ASCII if text.isascii() else _TOKEN
    return [Token(match.start(), match.end(), match.group()) for match in pattern.finditer(text)]


def surfaces(text: str) -> list[str]:
    """The tokens of a text without their places."""
    tokens: list[str] = (_TOKEN_ASCII if text.isascii() else _TOKEN).findall(text)
    return tokens


def is_unspaced(surface: str) -> bool:
    """Whether this token is a character of a script that puts no spaces between words."""
    return not surface.isascii() and _IS_UNSPACED.match(surface) is not None


@lru_cache(maxsize=1 << 16)
def fold(surface: str) -> Form:
    """Fold one token. The cache is bounded and holds nothing but what was folded last."""
    if surface.isascii():
        cased = surface
    else:
        compatible = unicodedata.normalize("NFKC", surface)
        cased = _DROPPED.sub("", unicodedata.normalize("NFD", compatible)).translate(_NO_DECOMPOSITION)
        cased = unicodedata.normalize("NFC", cased)
    if "'" in cased or "’" in cased:
        cased = _POSSESSIVE.sub("", cased).replace("'", "").replace("’", "")
    if "," in cased:
        cased = cased.replace(",", "")
    if len(cased) > 2 and cased[-1] == "s" and cased[-2].isupper() and sum(map(str.isupper, cased)) > 1:
        cased = cased[:-1]
    if len(cased) > 64:
        cased = cased[:64]
    lower = cased.casefold()
    if lower == cased:
        lower = cased  # one string for both: every distinct word of every issue in memory has a form
    if not lower.isascii():
        lower = _GREEK_NAMES.get(lower, lower)
    base = base_form(lower)
    capitals = 0 if cased == lower else sum(map(str.isupper, cased))
    return Form(stem_form(base), base, cased, capitals)


def fold_text(text: str) -> str:
    """The bases of all tokens, joined by one space: the key under which whole terms are compared."""
    return " ".join(fold(surface).base for surface in surfaces(text))
