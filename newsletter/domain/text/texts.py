r"""Foreign text made readable once, at the edge, so that nothing behind has to know TeX or control characters.

Every function is total (no text makes it raise) and linear in the length of the text:

- `clean` drops what XML or PostgreSQL cannot hold and normalises the rest (Unicode NFC);
- `readable` also joins lines and turns TeX outside mathematics into Unicode where that is safe: accents, quotes,
  dashes, `\%`, `\textbf{…}`. Mathematics stays as TeX between its delimiters, for pages that can show it;
- `plain` also turns mathematics into plain text, for places that cannot show it and for matching words.
"""

from __future__ import annotations

import re
import unicodedata

from newsletter.domain.text._formula_line import formula_text
from newsletter.domain.text._tex import text_to_unicode
from newsletter.domain.text.dollars import inside, segments

__all__ = ["clean", "plain", "readable", "same_words"]

# What XML 1.0 §2.2 forbids, the C1 controls, the marks that reorder text (U+202A…, U+2066…: a spoofing tool),
# invisible separators, and noncharacters. Joiners (U+200C, U+200D) stay: Persian and Indic names need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
# After a hyphen at a line's end a word goes on: without the hyphen where what follows is the end of a word
# ("explora-\ntion"), with it where a compound was broken ("state-of-\nthe-art"). "pre-\nand post-" is two words.
_BROKEN = re.compile(
    r"(?<=[^\W\d_])-[ \t]*\r?\n\s*(?:(?=(?P<ending>t?ions?|sions?|ments?|ings?|ness|it(?:y|ies)|[ai]?bles?|tive(?:ly)?"
    r"|tures?|[tc]ial(?:ly)?|[ae]nce|ly|isms?|ists?|tic(?:al)?|cal(?:ly)?|ally|at(?:e[ds]?|ing)|iz(?:e[ds]?|ing)|e[rds]|ers"
    r"|al|ous)\b)|(?!(?:and|or|to|but|vs)\b)(?=\w))"
)
_MARKS = re.compile(r"[\\`~{]|''|--|\$")

# While the text around it is rewritten, a formula is one character that no text keeps (private use).
_HOLE, _HOLE_END = "\ue000", "\ue001"
_HOLES = re.compile(f"{_HOLE}(\\d{{1,6}}){_HOLE_END}")
_OWN = re.compile("[\ue000-\ue003]")


def clean(text: str) -> str:
    """The text without characters that a feed, a mail or a database cannot hold, in NFC. Line feeds stay."""
    if text.isascii() and text.isprintable():
        return text
    text = _UNWANTED.sub("", text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def readable(text: str) -> str:
    """One paragraph as a person reads it; mathematics stays as TeX between its delimiters."""
    text = _joined(clean(text))
    if not _MARKS.search(text):
        return text
    formulas: list[str] = []
    parts = []
    for is_math, part in segments(_OWN.sub("", text)):
        if is_math:
            parts.append(f"{_HOLE}{len(formulas)}{_HOLE_END}")
            formulas.append(part)
        else:
            parts.append(part)
    text = text_to_unicode("".join(parts))
    if formulas:
        # A hole that a removed command (`\cite{$x$}`) took along is gone; none can be invented.
        text = _HOLES.sub(lambda match: formulas[int(match[1])], text)
    return _joined(unicodedata.normalize("NFC", text))


def plain(text: str) -> str:
    """`readable` text without any TeX: formulas become plain text as well as one line of Unicode can say it."""
    text = readable(text)
    if "$" not in text and "\\" not in text:
        return text
    return _joined("".join(formula_text(inside(part)) if is_math else part for is_math, part in segments(text)))


def same_words(first: str, second: str) -> bool:
    """Whether two lines differ in nothing but quotation marks and other punctuation, case, spaces and TeX."""
    return first == second or _bare(first) == _bare(second)


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", plain(text)).casefold()
    return "".join(character for character in folded if unicodedata.category(character)[0] not in "PZC")


def _joined(text: str) -> str:
    if "\n" in text:
        text = _BROKEN.sub(lambda match: "" if match["ending"] else "-", text)
    return " ".join(text.split())
