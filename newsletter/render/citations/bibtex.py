r"""BibTeX in UTF-8, as biber and BibTeX 8 read it.

Letters stay as they are, with all their marks; only what TeX would act on is escaped. Formulas stay TeX. Braces keep
capitals that a style would make small: acronyms and names such as `LoRA`, and in a title in sentence case every later
capitalised word. A brace is never escaped by a backslash, because BibTeX counts those too.
"""

from __future__ import annotations

import re
import unicodedata

from newsletter.domain.text import segments
from newsletter.render.citations.citation import Citation
from newsletter.render.citations.names import Name

__all__ = ["bibtex"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    **{mark: f"\\{mark}" for mark in "$&#%_"},
}
_ESCAPED = str.maketrans(_ESCAPES)
_PIECE = re.compile(r"[^\W_]+|[\\{}$&#%_^~<>]")
_WORD = re.compile(r"[^\W\d_]{4,}")
_OPENING = re.compile(r"(?:^|[:?!.]\s+)\W*$")
_BARE = re.compile(r"(?<!\\)[%#]")
_GREEK = {
    letter: f"\\{name.title() if letter.isupper() else name.lower()}"
    for letter in "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ"
    for name in [unicodedata.name(letter).rpartition(" ")[2].replace("LAMDA", "LAMBDA")]
}
_GREEK_LETTER = re.compile(f"([{''.join(_GREEK)}])([A-Za-z]?)")
_BRACES = re.compile(r"\\.|([{}])")


def bibtex(citation: Citation) -> str:
    """One entry, without a line's end at its end."""
    issued = citation.issued
    fields = [
        ("author", " and ".join(map(_name, citation.authors))),
        ("title", _title(citation.title)),
        ("year", str(issued[0]) if issued else ""),
        ("eprint", citation.number),
        ("archivePrefix", "arXiv" if citation.number else ""),
        ("primaryClass", _escape(citation.category) if citation.number else ""),
        ("version", str(citation.version or "")),
        # these two are verbatim: nothing in them is escaped, and neither can hold a brace
        ("doi", citation.doi),
        ("url", citation.url),
        ("note", _escape(citation.journal)),
        ("abstract", _prose(citation.abstract)),
    ]
    lines = [f"  {name} = {{{value}}}," for name, value in fields if value]
    if len(issued) > 1:
        lines.append(f"  month = {_MONTHS[issued[1] - 1]},")  # a name that every style defines
    return "\n".join((f"@misc{{{citation.key},", *lines, "}"))


def _escape(text: str) -> str:
    return text.translate(_ESCAPED)


def _name(name: Name) -> str:
    """Whole names in braces of their own, in which neither commas nor the word "and" mean anything."""
    if name.is_whole:
        return f"{{{_escape(name.family)}}}"
    family = _escape(name.family)
    # a word in lower case would be read as a particle
    family = f"{{{family}}}" if any(word[0].islower() for word in name.family.split()[:-1]) else family
    family = f"{_escape(name.particle)} {family}" if name.particle else family
    return ", ".join(filter(None, (family, _escape(name.suffix), _escape(name.given))))


def _title(text: str) -> str:
    later = _WORD.findall(text)[1:]
    in_sentence_case = sum(word[0].isupper() for word in later) * 2 < len(later)
    before = ""
    parts = []
    for is_math, part in segments(text):
        parts.append(_formula(part) if is_math else _capitals(part, before, in_sentence_case))
        before += part
    return "".join(parts)


def _capitals(text: str, before: str, in_sentence_case: bool) -> str:
    """Text of a title, escaped, with braces around the words that keep their capitals."""

    def piece(match: re.Match[str]) -> str:
        word = match[0]
        if word in _ESCAPES:
            return _ESCAPES[word]
        own = word[1:] != word[1:].lower() or (len(word) == 1 and word.isupper() and word != "A")
        if not own and in_sentence_case and word[0].isupper():
            own = not _OPENING.search(before + text[: match.start()])
        return f"{{{word}}}" if own else word

    return _PIECE.sub(piece, text)


def _prose(text: str) -> str:
    return "".join(_formula(part) if is_math else _escape(part) for is_math, part in segments(text))


def _formula(part: str) -> str:
    """A formula between single dollars, in braces: styles make letters small in formulas too."""
    inside = part[2:-2] if part.startswith(("$$", "\\")) else part[1:-1]
    if not _is_balanced(inside):
        return _escape(part)
    inside = _BARE.sub(lambda match: f"\\{match[0]}", inside)
    # sources write some letters as Unicode, which not every TeX takes in a formula
    inside = _GREEK_LETTER.sub(lambda match: _GREEK[match[1]] + (f" {match[2]}" if match[2] else ""), inside)
    return f"{{${inside}$}}"


def _is_balanced(text: str) -> bool:
    """Whether braces pair for BibTeX, which counts those after a backslash too, and for readers that do not."""
    depth = bare = 0
    for mark in _BRACES.finditer(text):
        step = 1 if mark[0][-1] == "{" else -1 if mark[0][-1] == "}" else 0
        depth += step
        bare += step if mark[1] else 0
        if depth < 0 or bare < 0:
            return False
    return depth == bare == 0
