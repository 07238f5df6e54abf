"""The pieces an interest is written in: words, quoted phrases, fields, operators, brackets, weights.

`AND`, `OR` and `NOT` are operators in capitals only; `-` and `!` at a word's start only; `^` with a number behind it
only. `,` and `;` part a list, and so does a `/` that stands alone; `+`, `&&`, `|` and `||` are operators where they
stand alone. Everything else is a word: `C++`, `gpt-4`, `TCP/IP`, `1,000`, `x^2`.
"""

from __future__ import annotations

import difflib
import re
from typing import NamedTuple, NoReturn

from newsletter.errors import InterestError

__all__ = ["FIELDS", "OPERATORS", "Lexeme", "fail", "lexemes"]

OPERATORS = frozenset(("AND", "OR", "NOT"))

FIELDS = {
    "title": "title", "ti": "title", "abstract": "abstract", "abs": "abstract", "all": "all",
    "author": "author", "au": "author", "cat": "cat", "category": "cat",
    "org": "org", "organization": "org", "affiliation": "org", "topic": "topic",
}  # fmt: skip
"""The fields and their other names; `ti`, `abs`, `au`, `all` are those of arXiv's own search."""

_SIGNS = {"/": ",", "|": "OR", "||": "OR", "+": "AND", "&&": "AND"}
"""What signs mean that stand alone between others."""
_WEIGHT = re.compile(r"\^(\d+(?:\.\d+)?)(?=$|[\s()~])")
_FIELD = re.compile(r"([A-Za-z]+):\s*")


def fail(message: str, text: str, position: int) -> NoReturn:
    """Say what is wrong with `text` at this position (from 0), and what to do.

    Raises:
        InterestError: always.
    """
    raise InterestError(f"{message} (at character {position + 1})", text=text, position=position)


class Lexeme(NamedTuple):
    """One piece: its kind, its text without what marks it, and where it begins in the line (from 0)."""

    kind: str  # one of: word quoted field ( ) ~ , ^ - ! AND OR NOT end
    value: str
    at: int


def lexemes(text: str, line: str) -> list[Lexeme]:
    """The pieces of a line, an `end` behind them. `text` is what the subscriber wrote, of the same length.

    Raises:
        InterestError: a quotation mark is never closed, or a field is misspelt.
    """
    found: list[Lexeme] = []
    at, end = 0, len(line)
    while at < end:
        char = line[at]
        if char.isspace():
            at += 1
        elif char in "()~":
            found.append(Lexeme(char, char, at))
            at += 1
        elif _parts(line, at):
            found.append(Lexeme(",", char, at))
            at += 1
        elif char == '"':
            close = line.find('"', at + 1)
            if close < 0:
                fail("this quotation mark is never closed; add one at the end of the phrase", text, at)
            found.append(Lexeme("quoted", " ".join(line[at + 1 : close].split()), at))
            at = close + 1
        elif weight := _WEIGHT.match(line, at):
            found.append(Lexeme("^", weight[1], at))
            at = weight.end()
        elif char in "-!−" and at + 1 < end and not line[at + 1].isspace() and line[at + 1] not in "-)~^":
            found.append(Lexeme("!" if char == "!" else "-", char, at))
            at += 1
        elif (field := _FIELD.match(line, at)) and _known_field(field[1], text, at):
            found.append(Lexeme("field", FIELDS[field[1].lower()], at))
            at = field.end()
        else:
            stop = at + 1
            while (
                stop < end
                and not (line[stop].isspace() or line[stop] in '()~"' or _parts(line, stop))
                and not (line[stop] == "^" and stop - at > 1 and _WEIGHT.match(line, stop))
            ):
                stop += 1
            word = line[at:stop]
            kind = word if word in OPERATORS else "word"
            if word in _SIGNS and found and line[stop:].strip():
                kind = _SIGNS[word]
            found.append(Lexeme(kind, word, at))
            at = stop
    found.append(Lexeme("end", "", end))
    return found


def _parts(line: str, at: int) -> bool:
    """Whether a list is parted here: the comma of `1,000` does not."""
    if line[at] == ",":
        return not (line[at - 1 : at].isdigit() and line[at + 1 : at + 2].isdigit())
    return line[at] == ";"


def _known_field(name: str, text: str, at: int) -> bool:
    lower = name.lower()
    if lower in FIELDS:
        return True
    if near := difflib.get_close_matches(lower, [field for field in FIELDS if len(field) > 2], n=1, cutoff=0.75):
        fail(f"there is no field “{name}:”; did you mean “{near[0]}:”?", text, at)
    return False
