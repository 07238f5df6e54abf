"""Reads interests: the small language in which subscribers say what they care about.

The rules, in the order in which they are applied:

1. control characters and lines that are too long are refused;
2. a line that is quoted as a whole and holds an expression is unquoted; line ends part a list, as commas do;
3. the grammar is tried (`grammar`), unless there are commas and it all reads like prose;
4. what is no expression and reads like prose (several lines, or many words and no operator) is taken as free text:
   its phrases are looked for, and a note says so;
5. everything else is an error that says what is wrong, and where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NoReturn

from newsletter.domain.interests.grammar import read_expression
from newsletter.domain.interests.habits import shortened
from newsletter.domain.interests.interests import Interest, Prose, Term
from newsletter.domain.interests.lexemes import OPERATORS, fail
from newsletter.domain.interests.operands import MAX_WORDS
from newsletter.domain.interests.prose import pick_phrases
from newsletter.domain.interests.wording import LineRemark, Remark, remark
from newsletter.domain.papers import bare_category
from newsletter.domain.text import STOP_WORDS, tokens
from newsletter.errors import InterestError

__all__ = ["MAX_LENGTH", "MAX_PROSE", "one_line", "parse", "remarks"]

MAX_LENGTH = 4_000
"""Characters of an expression."""
MAX_PROSE = 20_000
"""Characters of a free text."""
LIST_WORDS = 8
"""Words of each line of several that are a list; sentences are longer."""
MAX_PLAIN = 100
"""Characters up to which a few plain words are read without the grammar."""

# One character for one, so that positions stay right.
_PUNCTUATION = str.maketrans("“”„‟«»「」『』＂（）：！～＾＊　，、；＋｜", '"""""""""""():!~^* ,,;+|')
_OPERATORS = OPERATORS | {"and", "or", "not"}
# `1、` has become `1,` by then, and needs no space behind it
_BULLET = re.compile(r"^[ \t]*(?:(?:[-*•·]|\d{1,3}[.)])[ \t]+|\d{1,3},[ \t]*(?=[^\d\s]))", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_EMBEDDED = re.compile(r"(?:^|[\s(])(?:AND|OR|NOT)\s|(?:^|[\s(])(?:ti|abs|au|all|cat|title|abstract|author):")
_MARKED = re.compile(r'["()~]')
_LEADING = re.compile(r"(AND|OR):\s*")
# Most interests are a few plain words: they need no grammar.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9]*(?:[ -][A-Za-z0-9]+)*")


def parse(text: str) -> Interest:
    """Read one interest.

    Raises:
        InterestError: it cannot be read; the error has the position (from 0) in `text` and says what to do.
    """
    if control := _CONTROL.search(text.replace("\r\n", " \n")):
        fail("a control character stands here; remove it", text, control.start())
    if (
        len(text) <= MAX_PLAIN
        and _PLAIN.fullmatch(text)
        and not _OPERATORS.intersection(words := text.split())
        and len(words) <= MAX_WORDS // 2
        and not bare_category(words[0])
    ):
        return Interest(Term(" ".join(words)))
    line = text.translate(_PUNCTUATION)
    if not line.strip():
        fail("an interest needs at least one word", text, 0)
    if len(line) > MAX_PROSE:
        _too_long(text, MAX_PROSE)
    if "\n" in line.strip():
        return _lines(text, line)
    if len(line) > MAX_LENGTH:
        if _reads_like_prose(line):
            return _prose(text)
        _too_long(text, MAX_LENGTH)
    if "," in line and not _MARKED.search(line) and _reads_like_prose(line):
        return _prose(text)
    notes: list[Remark] = []
    prepared = _unwrap(line, notes)
    try:
        return read_expression(text, prepared, tuple(notes))
    except InterestError:
        if _reads_like_prose(line):
            return _prose(text)
        raise


def one_line(text: str) -> str:
    """An interest as it is stored, in one line: line ends part a list; prose and a line that is indented go on."""
    lines = [line.rstrip() for line in re.split(r"\r\n|\r|\n", text) if line.strip()]
    hangs = bool(lines) and not lines[0][0].isspace()
    joined = _reads_like_prose(text)
    stored = "".join((" " if joined or (hangs and line[0].isspace()) else "; ") + line for line in lines)
    return " ".join(stored.removeprefix("; ").split())


def remarks(interests: Iterable[str]) -> list[LineRemark]:
    """What is to be said about interests that are not taken literally, or may be meant otherwise."""
    said: list[LineRemark] = []
    for text in interests:
        if _PLAIN.fullmatch(text) and not _OPERATORS.intersection(text.split()):
            continue
        try:
            notes = parse(text).notes
        except InterestError:
            continue
        said += [LineRemark(shortened(text), note) for note in notes]
    return said


def _lines(text: str, line: str) -> Interest:
    """Several lines: a list, one thing a line, or free text."""
    short = all(len(tokens(one)) <= LIST_WORDS for one in line.split("\n"))
    if short and len(line) <= MAX_LENGTH and not _reads_like_prose(line):
        listed = _BULLET.sub(lambda bullet: " " * len(bullet[0]), line.rstrip())
        try:
            return read_expression(text, listed.replace("\n", ";"), ())
        except InterestError:
            if not pick_phrases(text):
                raise
    return _prose(text)


def _reads_like_prose(line: str) -> bool:
    """Sentences have many words, and every sixth or so of them is a stop word; lists of terms have hardly any."""
    words = [token.surface for token in tokens(line)]
    common = sum(word.islower() and word in STOP_WORDS for word in words)
    return len(words) > MAX_WORDS and common * 7 > len(words)


def _prose(text: str) -> Interest:
    phrases = pick_phrases(text)
    if not phrases:
        fail("no phrase to look for was found in this text; write words, or one interest a line", text, 0)
    prose = Prose(text.strip(), phrases)
    note = remark(
        "read as free text; looks for at least %(least)s of its %(count)s phrases",
        least=prose.least,
        count=len(phrases),
    )
    return Interest(prose, notes=(note,))


def _too_long(text: str, most: int) -> NoReturn:
    fail("longer than %(most)s characters; write several shorter interests", text, most, most=f"{most:,}")


def _unwrap(line: str, notes: list[Remark]) -> str:
    """Blank out what surrounds the expression proper. Keeps the length, so that positions stay right."""
    inner = line.strip()
    if inner[0] == inner[-1] == '"' and '"' not in inner[1:-1] and _EMBEDDED.search(inner[1:-1]):
        notes.append(remark("the quotation marks around the whole expression were left out"))
        line = line.replace('"', " ")
    if leading := _LEADING.match(line):
        notes.append(remark("“%(word)s:” at the beginning was left out", word=leading[1]))
        line = " " * leading.end() + line[leading.end() :]
    return line
