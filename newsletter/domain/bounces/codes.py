"""The two numbers that a refusal carries: enhanced status code (RFC 3463, RFC 5248) and reply code (RFC 5321 §4.2)."""

from __future__ import annotations

import re

__all__ = ["answer_in", "codes_in", "most_telling"]

_REPLY = r"(?:4[2-7]\d|5[0-57]\d)"
# `550 5.1.1`, `550-5.1.1`, `550 #5.1.0`: what a server said stands before what others call it
_BOTH = re.compile(rf"(?<![\d.])({_REPLY})[ -]+(?:{_REPLY} )?\(?#?([45]\.\d{{1,3}}\.\d{{1,3}})(?!\.?\d)", re.ASCII)
_STATUS = re.compile(r"(?<![\d.\w])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)", re.ASCII)
_CODE = re.compile(
    rf"(?:^|[\s:;,(\[\"'>])({_REPLY}|25[0-2])(?=[\s:;,#)\-]|$)(?! (?:bytes|minutes|hours|seconds|days))", re.ASCII
)


def codes_in(text: str) -> tuple[str, int]:
    """Status and reply code that a text names first, `("5.1.1", 550)`; `""` and 0 for what it does not name.

    Where both stand together they belong together, wherever other numbers stand.
    """
    both = _BOTH.search(text)
    if both:
        return both[2], int(both[1])
    status, code = _STATUS.search(text), _CODE.search(text)
    return status[0] if status else "", int(code[1]) if code else 0


def answer_in(text: str) -> str:
    """The paragraph of a text from the first code on: what a server said, without what is said around it."""
    begins = [match.start() for match in (_BOTH.search(text), _STATUS.search(text), _CODE.search(text)) if match]
    return text[min(begins) :].lstrip().partition("\n\n")[0] if begins else ""


def most_telling(said: str, field: str) -> str:
    """Of the status that the receiving server said and that of the reporting system's field, the better.

    A reporting system often knows no more than `5.0.0`; what was said wins unless it says as little.
    """
    if not said or (_tells_little(said) and field and not _tells_little(field)):
        return field
    return said


def _tells_little(status: str) -> bool:
    """`5.0.0`, and `5.5.0`, which reporting systems write for what they do not understand."""
    return status[1:] in {".0.0", ".5.0"}
