r"""TeX to Unicode, as far as titles and abstracts use it: accents, text commands, symbols, simple mathematics.

No TeX is run and nothing is expanded: every function is a fixed number of passes of regular expressions whose
repetitions are bounded, so time is linear and nothing can recurse. What is not known is left as it stands (`text`) or
loses its backslash (`math_to_text`). The table of symbols is pylatexenc's, loaded when the first one is met.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

__all__ = ["text_to_unicode"]

_MARKS = re.compile(r"[\\`~{]|''|--")

# --- accents: \'e \'{e} {\'e} \v{s} \c c \"{\i} ----------------------------------------------------------------------

_COMBINING: Final = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
_LETTER = r"(?:\{\s*(?P<{0}1>\\[ij](?![A-Za-z])|[A-Za-z])\s*\}|(?P<{0}2>\\[ij](?![A-Za-z])|[A-Za-z]))"
_ACCENT = re.compile(
    r"\\(?:(?P<sign>[`'^\"~=.])[ ]?" + _LETTER.replace("{0}", "a")
    + r"|(?P<name>[cvuHkrdb])(?:(?=\{)|[ ])" + _LETTER.replace("{0}", "b") + r")"
)  # fmt: skip
_BRACED_LETTER = re.compile(r"(\\[A-Za-z]+\*?[ ]?)?\{([^\W\d_])\}")


def _accent(match: re.Match[str]) -> str:
    letter = match["a1"] or match["a2"] or match["b1"] or match["b2"]
    composed = unicodedata.normalize("NFC", letter[-1] + _COMBINING[match["sign"] or match["name"]])
    # A pair that Unicode has no letter for was no accent (`\"s`): better the original than a floating mark.
    return composed if len(composed) == 1 else match[0]


# --- commands of text ------------------------------------------------------------------------------------------------

_ARGUMENT = r"\{([^{}]{0,2000})\}"
_LINK = re.compile(r"\\(?:href|textcolor|colorbox)[ ]?\{[^{}]{0,2000}\}[ ]?" + _ARGUMENT)
_SWITCH = re.compile(
    r"\{[ ]?\\(?:em|bf|it|sc|tt|sf|sl|rm|bfseries|itshape|scshape|ttfamily|color\{[^{}]{0,100}\})(?![A-Za-z])[ ]?"
    r"([^{}]{0,2000})\}"
)
_COMMAND = re.compile(r"(?<![\w:\\])\\([A-Za-z]+)\*?[ ]?(?:\[[^\[\]{}]{0,100}\])?" + _ARGUMENT + r"|"
                      r"(?<=\w)\\([A-Za-z]{3,})\*?(?:\[[^\[\]{}]{0,100}\])?" + _ARGUMENT)  # fmt: skip
_REMOVED = re.compile(
    r"(?:[cC]ite[a-z]*|(?:eq|auto|[cC])?ref|label|[vh]space|hypersetup|thanks|index|footnotemark|includegraphics|input)"
)
_QUOTED: Final = frozenset({"enquote", "textquote"})
_RAISED: Final = {"textsuperscript": "^", "textsubscript": "_"}

_BARE = re.compile(r"(?<![\w:\\/])\\([A-Za-z]{2,}|[SPOoLlij](?![A-Za-z]))(?:\{\}|[ ](?=[\w\\]))?"
                   r"|(?<=\w)\\([A-Za-z]{2,}|[OoLlij](?![A-Za-z]))(?:\{\}|[ ](?=[\w\\]))?")  # fmt: skip
_OWN_WORDS: Final = {
    "LaTeX": "LaTeX", "TeX": "TeX", "LaTeXe": "LaTeX2e", "BibTeX": "BibTeX", "textless": "<", "textgreater": ">",
    "textbackslash": "\\", "textbar": "|", "textunderscore": "_", "degree": "°", "textpm": "±", "eg": "e.g.",
    "ie": "i.e.", "etal": "et al.", "etc": "etc.", "xspace": "", "noindent": "", "newline": " ", "par": " ",
    "smallskip": " ", "medskip": " ", "bigskip": " ", "linebreak": " ", "centering": "", "footnotesize": "",
    "small": "", "large": "", "quad": " ", "qquad": " ", "i": "ı", "j": "ȷ", "copyright": "©", "P": "¶", "S": "§",
    "percent": "%", "micro": "µ",
}  # fmt: skip
# Words that letters follow without a gap in TeX (`\LaTeX document` prints "LaTeXdocument", but nobody means it) keep
# their space; letters such as \ss, \o, \ae lose it, because they stand inside names.
_LETTERS = re.compile(r"ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i|j|dh|DH|th|TH|ng|NG")

_ESCAPED = re.compile(r"\\([%&$#_{}])")
_SPACING = re.compile(r"\\(?:[,;:! /-]|\\(?:\[[^\[\]]{0,20}\])?)")
_SINGLE_QUOTED = re.compile(r"(?<![\w`\\])`([^`'\n]{1,200})'(?![\w'])")
_DASH = re.compile(r"(?<![-<!])(?<!\s(?=--\w))(---?)(?![->])")
_TIE = re.compile(r"(?<=[\w.,)\]])~(?=[\w$\\(\ue000])")


def _command(match: re.Match[str]) -> str:
    name, argument = (match[1], match[2]) if match[1] else (match[3], match[4])
    if _REMOVED.fullmatch(name):
        return ""
    if name in _QUOTED:
        return f"“{argument}”"
    if name == "footnote":
        return f" ({argument})"
    if name in _RAISED:
        return _raise(argument, _RAISED[name])
    return argument


def _bare(match: re.Match[str]) -> str:
    name = match[1] or match[2]
    word = _OWN_WORDS.get(name)
    if word is None:
        word = _symbols().get(name)
    if word is None:
        # An author's own macro, most often the name of their system: `\method` says more without the backslash.
        word = name if len(name) > 2 else f"\\{name}"
    return word if _LETTERS.fullmatch(name) or not match[0].endswith(" ") else f"{word} "


def text_to_unicode(text: str) -> str:
    r"""TeX outside mathematics as Unicode. Unknown one- and two-letter commands (`C:\n`) are left alone."""
    if not _MARKS.search(text):
        return text
    if "\\" in text:
        text = _ACCENT.sub(_accent, text)
        text = _BRACED_LETTER.sub(lambda match: match[0] if match[1] else match[2], text)
        for _ in range(4):  # innermost first: commands nest a few levels at most
            before = text
            text = _LINK.sub(r"\1", text)
            text = _SWITCH.sub(r"\1", text)
            text = _COMMAND.sub(_command, text)
            if text == before:
                break
        text = _BARE.sub(_bare, text)
        text = _SPACING.sub(lambda match: "" if match[0] in {r"\!", r"\/", r"\-"} else " ", text)
        text = _ESCAPED.sub(r"\1", text)
    if "`" in text:
        text = text.replace("``", "“")
        text = _SINGLE_QUOTED.sub(r"‘\1’", text)
    if "''" in text:
        text = text.replace("''", "”")
    if "--" in text:
        text = _DASH.sub(lambda match: "—" if match[1] == "---" else "–", text)
    if "~" in text:
        text = _TIE.sub(" ", text)
    return text


_SUPERSCRIPT: Final = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True))
_SUBSCRIPT: Final = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))


def _raise(text: str, sign: str) -> str:
    table = _SUPERSCRIPT if sign == "^" else _SUBSCRIPT
    raised = all(character in table for character in text)
    return "".join(table[character] for character in text) if raised else f"{sign}{text}"


@lru_cache(maxsize=1)
def _symbols() -> dict[str, str]:
    """Macro name to character; loading takes 35 ms, so texts without a symbol never pay for it."""
    from pylatexenc.latex2text import get_default_latex_context_db  # noqa: PLC0415

    table = {
        spec.macroname: spec.simplify_repl
        for spec in get_default_latex_context_db().iter_macro_specs()
        if isinstance(spec.simplify_repl, str) and 0 < len(spec.simplify_repl) <= 2 and "%" not in spec.simplify_repl
    }
    # The table's own `mathbb`-like entries are functions and are left out: their argument is shown as it is.
    return table | {"lbrace": "{", "rbrace": "}", "degree": "°", "textdegree": "°", "dots": "…", "cdots": "⋯"}
