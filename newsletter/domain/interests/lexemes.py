"""The pieces an interest is written in: words, quoted phrases, fields, operators, brackets, weights.

`AND`, `OR` and `NOT` are operators in capitals only; `-` and `!` at a word's start only; `^` with a number behind it
only. `,` and `;` part a list, and so does a `/` that stands alone; `+`, `&&`, `|` and `||` are operators where they
stand alone. Everything else is a word: `C++`, `gpt-4`, `TCP/IP`, `1,000`, `x^2`.
"""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import NamedTuple, NoReturn

from newsletter.errors import InterestError

__all__ = ["FIELDS", "OPERATORS", "Lexeme", "Lexemes", "fail", "lexemes"]

OPERATORS = frozenset(("AND", "OR", "NOT"))

FIELDS = {
    "title": "title", "ti": "title", "abstract": "abstract", "abs": "abstract", "all": "all",
    "author": "author", "au": "author", "cat": "cat", "category": "cat",
    "org": "org", "organization": "org", "affiliation": "org", "topic": "topic",
}  # fmt: skip
"""The fields and their other names; `ti`, `abs`, `au`, `all` are those of arXiv's own search."""

_LONG_FIELDS = [field for field in FIELDS if len(field) > 2]
_SIGNS = {"/": ",", "|": "OR", "||": "OR", "+": "AND", "&&": "AND"}
"""What signs mean that stand alone between others."""
_WEIGHT = re.compile(r"\^(\d+(?:\.\d+)?)(?=$|[\s()~;]|,(?!\d))")
_FIELD = re.compile(r"([A-Za-z]+):\s*")
# a minus or an exclamation mark, and right behind it what it marks
_MARK = re.compile(r"[-!−](?=[^\s)~^-])")


def fail(message: str, text: str, position: int, **values: str | int) -> NoReturn:
    """Say what is wrong with `text` at this position (from 0), and what to do.

    The message is written out where it is said, with named places for `values`: catalogues are made by looking for it.

    Raises:
        InterestError: always.
    """
    raise InterestError(message, values=values, text=text, position=position)


class Lexeme(NamedTuple):
    """One piece: its kind, its text without what marks it, and where it begins in the line (from 0)."""

    kind: str  # one of: word quoted field ( ) ~ , ^ - ! AND OR NOT end
    value: str
    at: int


class Lexemes:
    """The pieces of a line one after the other, an `end` behind them.

    `text` is what the subscriber wrote, of the same length as the line: errors are shown in it.
    """

    def __init__(self, text: str, line: str) -> None:
        """Cut the line.

        Raises:
            InterestError: a quotation mark is never closed, or a field is misspelt.
        """
        self._text = text
        self._pieces = lexemes(text, line)
        self._at = 0

    @property
    def kind(self) -> str:
        """The kind of the next piece."""
        return self._pieces[self._at].kind

    def peek(self, ahead: int = 0) -> Lexeme:
        """The next piece, or one behind it that is not behind the end."""
        return self._pieces[self._at + ahead]

    def take(self) -> Lexeme:
        """The next piece; `end` again and again."""
        lexeme = self._pieces[self._at]
        if lexeme.kind != "end":
            self._at += 1
        return lexeme

    def fail(self, message: str, at: int, **values: str | int) -> NoReturn:
        """Say what is wrong at this place of the text (from 0), and what to do; as `fail` does.

        Raises:
            InterestError: always.
        """
        fail(message, self._text, at, **values)


def lexemes(text: str, line: str) -> list[Lexeme]:
    """The pieces of a line, an `end` behind them. `text` is what the subscriber wrote, of the same length.

    Raises:
        InterestError: a quotation mark is never closed, or a field is misspelt.
    """
    pieces: list[Lexeme] = []
    at = 0
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        lexeme, at = _piece(text, line, at, is_first=not pieces)
        pieces.append(lexeme)
    return [*pieces, Lexeme("end", "", len(line))]


def _piece(text: str, line: str, at: int, *, is_first: bool) -> tuple[Lexeme, int]:
    """The piece that begins here, and where it ends."""
    char = line[at]
    if char in "()~":
        return Lexeme(char, char, at), at + 1
    if _parts(line, at):
        return Lexeme(",", char, at), at + 1
    if char == '"':
        close = line.find('"', at + 1)
        if close == -1:
            fail("this quotation mark is never closed; add one at the end of the phrase", text, at)
        return Lexeme("quoted", " ".join(line[at + 1 : close].split()), at), close + 1
    if weight := _WEIGHT.match(line, at):
        return Lexeme("^", weight[1], at), weight.end()
    if _MARK.match(line, at):
        return Lexeme("!" if char == "!" else "-", char, at), at + 1
    if (field := _FIELD.match(line, at)) and _known_field(field[1], text, at):
        return Lexeme("field", FIELDS[field[1].lower()], at), field.end()
    end = _word_end(line, at)
    word = line[at:end]
    if word in _SIGNS and not is_first and line[end:].strip():
        return Lexeme(_SIGNS[word], word, at), end
    return Lexeme(word if word in OPERATORS else "word", word, at), end


def _word_end(line: str, at: int) -> int:
    """Where the word that begins here ends: at a space, a bracket, `~`, a quotation mark, a comma or a weight."""
    end = at + 1
    while (
        end < len(line)
        and not (line[end].isspace() or line[end] in '()~"' or _parts(line, end))
        and not (line[end] == "^" and end - at > 1 and _WEIGHT.match(line, end))
    ):
        end += 1
    return end


def _parts(line: str, at: int) -> bool:
    """Whether a list is parted here: the comma of `1,000` does not."""
    if line[at] == ",":
        return not (line[at - 1 : at].isdigit() and line[at + 1 : at + 2].isdigit())
    return line[at] == ";"


def _known_field(name: str, text: str, at: int) -> bool:
    lower = name.lower()
    if lower in FIELDS:
        return True
    if near := _nearest_field(lower):
        fail("there is no field “%(name)s:”; did you mean “%(near)s:”?", text, at, name=name, near=near)
    return False


@lru_cache(4_096)
def _nearest_field(name: str) -> str:
    """The field that is written much like this; empty where none is."""
    return next(iter(difflib.get_close_matches(name, _LONG_FIELDS, n=1, cutoff=0.75)), "")
