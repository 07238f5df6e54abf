r"""Web addresses in running text, as authors write them: without a scheme, in TeX, over two lines, before a full stop.

Only what is certainly one counts: `https://…`, and without a scheme the hosts that papers name so (`github.com/a/b`,
`name.github.io`). Repetitions are bounded, so time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.domain.text.markup import safe_url

__all__ = ["Address", "addresses", "without_tex_links"]

_HREF = re.compile(r"\\href\s{0,3}\{([^{}]{1,1000})\}\s{0,3}(?:\{(?:\\[A-Za-z]{1,20}\{)?([^{}]{0,500})\}?\}?)?")
_WRAPPED = re.compile(r"\\(?:url|nolinkurl|path|texttt|footnote|textit|textbf|emph)\s{0,3}\{")
_TILDE = re.compile(r"\\textasciitilde(?:\{\})?\s?|\\~(?:\{\})?|\$\\?\s?(?:sim|\\sim|∼)\$")
_ESCAPED = re.compile(r"\\([_%#&])")
_BROKEN = re.compile(
    r"(?<=http:)\s(?=//)|(?<=https:)\s(?=//)|(?<=://)\s{1,3}(?=[\w-]{1,60}\.)|(?<=\.io/)\s(?=[\w-]{1,60}/(?:\W|\Z))|(?<=github\.)\s(?=com/|io\b)|(?<=github\.com/)\s(?=[\w.-]{1,60}/)"
    r"|(?<=[\w.-]/)[ \t]{0,3}\n\s{0,3}(?=[\w.-]{1,100}(?:[/.\s]|\Z))"
)
_NAKED = (
    r"(?:www\.)?(?:github|gitlab)\.com/|(?:www\.)?(?:huggingface\.co|hf\.co|youtu\.be|anonymous\.4open\.science)/"
    r"|[A-Za-z0-9-]{1,60}\.git(?:hub|lab)\.io(?![\w-])"
)
_ADDRESS = re.compile(
    rf"(?:https?://|(?<![\w@./-])(?={_NAKED}))[^\s<>\"“”„«»`{{}}|^\\$\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]{{4,500}}",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'’*_"
_NEXT_SENTENCE = re.compile(
    r"\.(?:The|This|These|Our|We|Code|Codes|Data|Dataset|Datasets|Project|Models?|In|It|All|Demo|Videos?|Additional)\Z"
)


@dataclass(frozen=True, slots=True)
class Address:
    """An address in a text: where it stands, and where it leads, checked."""

    start: int
    end: int
    url: str


def addresses(text: str) -> Iterator[Address]:
    """The addresses of a readable text, in order."""
    if "/" not in text and ".io" not in text:
        return
    for match in _ADDRESS.finditer(text):
        written = _trimmed(match[0])
        url = safe_url(written if "://" in written[:8] else f"https://{written}")
        host = url.split("/")[2] if url else ""
        if "." in host.strip("."):
            yield Address(match.start(), match.start() + len(written), url)


def without_tex_links(text: str) -> str:
    r"""Raw text with its addresses laid bare: `\href` and `\url` resolved, `\_` as meant, broken ones joined."""
    if "\\" in text:
        text = _HREF.sub(_target, text)
        text = _ESCAPED.sub(r"\1", _TILDE.sub("~", _WRAPPED.sub(" ", text)))
    return _BROKEN.sub("", text)


def _target(match: re.Match[str]) -> str:
    first, second = match[1].strip(), (match[2] or "").strip()
    return f" {first} " if "/" in first or not second else f" {second} "


def _trimmed(written: str) -> str:
    before = ""
    while before != written:
        before = written
        written = written.rstrip(_TRAILING)
        for opening, closing in ("()", "[]"):
            if written.endswith(closing) and written.count(closing) > written.count(opening):
                written = written[:-1]
        written = _NEXT_SENTENCE.sub("", written)
    return written
