"""The little Markdown that all profiles share: lines, fences, headings, inline marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from newsletter.domain.notation import ENGLISH, iso_day
from newsletter.domain.papers import PaperId, parse_arxiv_id, parse_paper_id
from newsletter.errors import SourceMalformed

__all__ = [
    "LARGEST",
    "DocumentLine",
    "checked_lines",
    "day_of",
    "formulas",
    "has_han",
    "heading",
    "language_of",
    "paper_of_link",
    "plain",
    "unescaped",
]

LARGEST = 20_000_000
"""Characters of one document: hundreds of times the largest that was ever published."""

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*\Z")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# Bounded, so that a line of a million asterisks costs little.
_MARKS = re.compile(r"\*\*(?=\S)(.{1,2000}?)(?<=\S)\*\*|\*(?=\S)([^*]{1,1000}?)(?<=\S)\*|`([^`]{1,1000})`")
# What our own Markdown escapes; TeX's accents (`\"o`) are none of it.
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>~$|&#+=:.)-])")
_PROTECTED = re.compile("[\ue100-\ue17f]")
# In Markdown `\[` is a bracket: formulas stand between dollars, by the rule of `domain.text.texts`.
_FORMULA = re.compile(
    r"(?<!\\)(?:\\\\)*(?P<formula>\$\$[^$]{1,2000}\$\$|\$(?=[^\s$])(?:\\.|[^$\\]){1,1000}?(?<!\s)\$(?!\d))", re.DOTALL
)
_MATH_WORDS = re.compile(r"\\(lt|gt|lbrack|rbrack|ast|vert)(?: |(?=\$))")
_MATH_SIGNS = {"lt": "<", "gt": ">", "lbrack": "[", "rbrack": "]", "ast": "*", "vert": "|"}
_HF_PAPER = re.compile(r"https?://(?:www\.)?huggingface\.co/papers/([^/?#\s]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line: its number from 1, its text without the line end, and whether it stands inside a code fence."""

    number: int
    text: str
    code: bool = False


def checked_lines(text: str, profile: str) -> list[DocumentLine]:
    """The lines of a document, code marked as code.

    Raises:
        SourceMalformed: the document is too large.
    """
    if len(text) > LARGEST:
        msg = f"a {profile} document of {len(text):,} characters; expected at most {LARGEST:,}. Import it in parts."
        raise SourceMalformed(msg, source="archive", feed=profile)
    lines = []
    fence = ""
    for number, line in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), start=1):
        mark = _FENCE.match(line)
        if fence:
            lines.append(DocumentLine(number, line, code=True))
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        else:
            fence = mark[1] if mark else ""
            lines.append(DocumentLine(number, line, code=bool(mark)))
    return lines


def heading(line: DocumentLine) -> tuple[int, str] | None:
    """The level (1 to 6) and text of a heading, None for any other line."""
    match = None if line.code else _HEADING.match(line.text)
    return (len(match[1]), match[2]) if match else None


def has_han(text: str) -> bool:
    """Whether the text holds a Chinese character."""
    return _HAN.search(text) is not None


def language_of(*texts: str) -> str:
    """`zh-Hans` if most of these texts hold Chinese characters, else `en`: the languages the profiles come in."""
    written = [text for text in texts if text.strip()]
    return "zh-Hans" if sum(map(has_han, written)) * 2 > len(written) else ENGLISH


def plain(text: str) -> str:
    """The text without inline marks (`**bold**`, `*emphasis*`, `` `code` ``) and escapes, for what is not Markdown."""
    return _rewritten(text, _unmarked).strip()


def unescaped(text: str) -> str:
    r"""The text without Markdown's escapes (`\*`), and with the signs in formulas that Markdown cannot hold."""
    return _rewritten(text, lambda part: part)


def formulas(text: str) -> Iterator[tuple[bool, str]]:
    """The text in order as (is a formula, part) pairs that joined are the text."""
    end = 0
    for match in _FORMULA.finditer(text):
        yield False, text[end : match.start("formula")]
        yield True, match["formula"]
        end = match.end()
    yield False, text[end:]


def _rewritten(text: str, change: Callable[[str], str]) -> str:
    """Formulas with their own signs, and the text around them changed where it is not escaped."""
    parts = []
    for is_math, part in formulas(text):
        if is_math:
            parts.append(_MATH_WORDS.sub(lambda match: _MATH_SIGNS[match[1]], part))
        else:
            held = _ESCAPED.sub(lambda match: chr(0xE100 + ord(match[1])), _PROTECTED.sub("", part))
            parts.append(_PROTECTED.sub(lambda match: chr(ord(match[0]) - 0xE100), change(held)))
    return "".join(parts)


def _unmarked(text: str) -> str:
    for _ in range(3):  # marks nest, but nobody nests them deeper
        text = _MARKS.sub(lambda match: match[1] or match[2] or match[3], text)
    return text


def day_of(lines: Sequence[DocumentLine], day: date | None, profile: str) -> date:
    """The date the document names in its first lines, unless one is given.

    Raises:
        SourceMalformed: neither is there.
    """
    if day is not None:
        return day
    for named in _dates(lines[:40]):
        return named
    msg = f"a {profile} document that names no date in its head; say it with --date"
    raise SourceMalformed(msg, source="archive", feed=profile)


def _dates(lines: Sequence[DocumentLine]) -> Iterator[date]:
    for line in lines:
        for match in _DATE.finditer(line.text):
            if day := iso_day(match[0]):
                yield day


def paper_of_link(link: str) -> tuple[PaperId, int | None]:
    """The paper's id and version behind an address: an arXiv paper's wherever the address shows one.

    Raises:
        ValueError: the text is no address.
    """
    hub = _HF_PAPER.match(link)
    try:
        return parse_arxiv_id(hub[1] if hub else link)
    except ValueError:
        if not link.startswith(("http://", "https://")):
            raise
        return parse_paper_id(f"url:{link}")
