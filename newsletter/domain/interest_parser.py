"""Reads interests: the small language in which subscribers say what they care about.

    interest   = "!" unary | any
    any        = all { "OR" all }
    all        = unary { ["AND"] unary }               words side by side in one run belong together instead
    unary      = ( "-" | "NOT" ) unary | "!" unary | near [ "^" number ]
    near       = part { "~" part }
    part       = [ field ":" ] ( run | quoted | "(" any ")" )
    run        = word { word }                          up to the next operator, field, quote or bracket
    field      = title | abstract | author | cat | org | topic

The rules, in the order in which they are applied:

1. control characters and lines that are too long are refused;
2. a line that is quoted as a whole and holds an expression is unquoted; `cs.CV` alone is `cat:cs.CV`;
3. the grammar above is tried; `AND`, `OR` and `NOT` are operators in capitals only, `-` and `!` at a word's start only;
4. what is no expression and reads like prose (several lines, or many words and no operator) is taken as free text:
   its phrases are looked for, and a note says so;
5. everything else is an error that says what is wrong, and where.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from typing import NamedTuple, NoReturn

from newsletter.domain.folding import STOP_WORDS, tokens
from newsletter.domain.interests import (
    AllOf,
    AnyOf,
    Author,
    Category,
    Expression,
    Interest,
    Near,
    Not,
    Organization,
    Prose,
    Scope,
    Term,
    Topic,
    Weighted,
)
from newsletter.domain.prose import pick_phrases
from newsletter.errors import InterestError

__all__ = ["FIELDS", "MAX_DEPTH", "MAX_LENGTH", "MAX_PROSE", "MAX_TERMS", "MAX_WORDS", "parse"]

MAX_LENGTH = 4_000
"""Characters of an expression."""
MAX_PROSE = 20_000
"""Characters of a free text."""
MAX_TERMS = 128
"""Terms of one expression."""
MAX_WORDS = 12
"""Words of one term."""
MAX_DEPTH = 16
"""Brackets inside brackets."""
MAX_WORD = 100
"""Characters of one word."""
MAX_PLAIN = 100
"""Characters up to which a few plain words are read without the grammar."""
MAX_WEIGHT = 10.0

FIELDS = {
    "title": "title", "ti": "title", "abstract": "abstract", "abs": "abstract", "all": "all",
    "author": "author", "au": "author", "cat": "cat", "category": "cat",
    "org": "org", "organization": "org", "affiliation": "org", "topic": "topic",
}  # fmt: skip
"""The fields and their other names; `ti`, `abs`, `au`, `all` are those of arXiv's own search."""

# One character for one, so that positions stay right.
_PUNCTUATION = str.maketrans("“”„‟«»「」『』＂（）：！～＾＊　", '"""""""""""():!~^* ')
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_BARE_CATEGORY = re.compile(
    r"(?:astro-ph|cond-mat|cs|econ|eess|math|nlin|physics|q-bio|q-fin|stat)\.[A-Za-z]{2}(?:-[a-z]+)?"
)
_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.(?:[a-z-]+|\*|[a-z-]+\*))?|[a-z][a-z-]*\*", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WEIGHT = re.compile(r"\^(\d+(?:\.\d+)?)(?=$|[\s()~])")
_FIELD = re.compile(r"([A-Za-z]+):\s*")
_EMBEDDED = re.compile(r"(?:^|[\s(])(?:AND|OR|NOT)\s|(?:^|[\s(])(?:ti|abs|au|all|cat|title|abstract|author):")
_LEADING = re.compile(r"(AND|OR):\s*")
# Most interests are a few plain words: they need no grammar.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9]*(?:[ -][A-Za-z0-9]+)*")
_OPERATORS = frozenset(("AND", "OR", "NOT"))


def parse(text: str) -> Interest:
    """Read one interest.

    Raises:
        InterestError: it cannot be read; the error has the position (from 0) in `text` and says what to do.
    """
    if control := _CONTROL.search(text.replace("\r\n", " \n")):
        _fail("a control character stands here; remove it", text, control.start())
    if (
        len(text) <= MAX_PLAIN
        and _PLAIN.fullmatch(text)
        and not _OPERATORS.intersection(words := text.split())
        and len(words) <= MAX_WORDS // 2
    ):
        return Interest(Term(" ".join(words)))
    line = text.translate(_PUNCTUATION)
    if not line.strip():
        _fail("an interest needs at least one word", text, 0)
    if len(line) > MAX_PROSE:
        _fail(f"longer than {MAX_PROSE:,} characters; write several shorter interests", text, MAX_PROSE)
    if "\n" in line.strip():
        return _prose(text)
    if len(line) > MAX_LENGTH:
        if _reads_like_prose(line):
            return _prose(text)
        _fail(f"longer than {MAX_LENGTH:,} characters; write several shorter interests", text, MAX_LENGTH)
    notes: list[str] = []
    prepared = _unwrap(line, notes)
    reader = _Reader(text, prepared, notes)
    try:
        return reader.interest()
    except InterestError:
        if _reads_like_prose(line):
            return _prose(text)
        raise


def _reads_like_prose(line: str) -> bool:
    """Sentences have many words, and every sixth or so of them is a stop word; lists of terms have hardly any."""
    words = [token.surface for token in tokens(line)]
    common = sum(word.islower() and word in STOP_WORDS for word in words)
    return len(words) > MAX_WORDS and common * 7 > len(words)


def _prose(text: str) -> Interest:
    phrases = pick_phrases(text)
    if not phrases:
        _fail("no phrase to look for was found in this text; write words, or one interest a line", text, 0)
    note = f"read as free text; looks for at least {min(2, len(phrases))} of its {len(phrases)} phrases"
    return Interest(Prose(text.strip(), phrases), notes=(note,))


def _unwrap(line: str, notes: list[str]) -> str:
    """Blank out what surrounds the expression proper. Keeps the length, so that positions stay right."""
    inner = line.strip()
    if len(inner) > 2 and inner[0] == inner[-1] == '"' and '"' not in inner[1:-1] and _EMBEDDED.search(inner[1:-1]):
        notes.append("the quotation marks around the whole expression were left out")
        line = line.replace('"', " ")
    if _BARE_CATEGORY.fullmatch(line.strip()):
        notes.append(f"read as the category cat:{line.strip()}")
    if leading := _LEADING.match(line):
        notes.append(f"“{leading[1]}:” at the beginning was left out")
        line = " " * leading.end() + line[leading.end() :]
    return line


def _fail(message: str, text: str, position: int) -> NoReturn:
    raise InterestError(f"{message} (at character {position + 1})", text=text, position=position)


class _Lexeme(NamedTuple):
    kind: str  # one of: word quoted field ( ) ~ ^ - ! AND OR NOT end
    value: str
    at: int


def _lexemes(text: str, line: str) -> list[_Lexeme]:
    found: list[_Lexeme] = []
    at, end = 0, len(line)
    while at < end:
        char = line[at]
        if char.isspace():
            at += 1
        elif char in "()~":
            found.append(_Lexeme(char, char, at))
            at += 1
        elif char == '"':
            close = line.find('"', at + 1)
            if close < 0:
                _fail("this quotation mark is never closed; add one at the end of the phrase", text, at)
            found.append(_Lexeme("quoted", " ".join(line[at + 1 : close].split()), at))
            at = close + 1
        elif weight := _WEIGHT.match(line, at):
            found.append(_Lexeme("^", weight[1], at))
            at = weight.end()
        elif char in "-!−" and at + 1 < end and not line[at + 1].isspace() and line[at + 1] not in "-)~^":
            found.append(_Lexeme("!" if char == "!" else "-", char, at))
            at += 1
        elif (field := _FIELD.match(line, at)) and _known_field(field[1], text, at):
            found.append(_Lexeme("field", FIELDS[field[1].lower()], at))
            at = field.end()
        else:
            stop = at + 1
            while (
                stop < end
                and not (line[stop].isspace() or line[stop] in '()~"')
                and not (line[stop] == "^" and stop - at > 1 and _WEIGHT.match(line, stop))
            ):
                stop += 1
            word = line[at:stop]
            found.append(_Lexeme(word if word in _OPERATORS else "word", word, at))
            at = stop
    found.append(_Lexeme("end", "", end))
    return found


def _known_field(name: str, text: str, at: int) -> bool:
    lower = name.lower()
    if lower in FIELDS:
        return True
    if near := difflib.get_close_matches(lower, [field for field in FIELDS if len(field) > 2], n=1, cutoff=0.75):
        _fail(f"there is no field “{name}:”; did you mean “{near[0]}:”?", text, at)
    return False


@dataclass(frozen=True, slots=True)
class _Must:
    """A part marked with `!`; never leaves the parser."""

    part: Expression
    at: int


class _Reader:
    """Recursive descent over the lexemes of one line."""

    def __init__(self, text: str, line: str, notes: list[str]) -> None:
        self._text = text
        self._notes = notes
        self._lexemes = _lexemes(text, line)
        self._next = 0
        self._depth = 0
        self._terms = 0

    def interest(self) -> Interest:
        root = self._any()
        if (lexeme := self._peek()).kind != "end":
            self._fail("there is no opening bracket for this one" if lexeme.kind == ")" else "unexpected", lexeme)
        notes = tuple(self._notes)
        if isinstance(root, _Must):
            return Interest(root.part, must=True, notes=notes)
        if isinstance(root, Not):
            return Interest(root.part, excludes=True, notes=notes)
        if isinstance(root, AllOf) and all(isinstance(part, Not) for part in root.parts):
            return Interest(
                AnyOf(tuple(part.part for part in root.parts if isinstance(part, Not))), excludes=True, notes=notes
            )
        return Interest(root, notes=notes)

    # Each level hands `_Must` up only where it stands alone.

    def _any(self) -> Expression | _Must:
        parts = [self._all()]
        while self._peek().kind == "OR":
            operator = self._take()
            if self._peek().kind in {"end", ")", "OR", "AND"}:
                self._fail("OR needs something on its right", operator)
            parts.append(self._all())
        if len(parts) == 1:
            return parts[0]
        for part in parts:
            if isinstance(part, _Must):
                _fail("a must-have (!) cannot be one of several alternatives", self._text, part.at)
        return AnyOf(tuple(part for part in parts if not isinstance(part, _Must)))

    def _all(self) -> Expression | _Must:
        parts = [self._unary()]
        while (lexeme := self._peek()).kind not in {"end", ")", "OR"}:
            if lexeme.kind == "AND":
                self._take()
                if self._peek().kind in {"end", ")", "OR", "AND"}:
                    self._fail("AND needs something on its right", lexeme)
            parts.append(self._unary())
        if len(parts) == 1:
            return parts[0]
        return AllOf(tuple(part.part if isinstance(part, _Must) else part for part in parts))

    def _unary(self) -> Expression | _Must:
        lexeme = self._peek()
        if lexeme.kind in {"-", "NOT", "!"}:
            self._deeper(lexeme)
            self._take()
            if self._peek().kind in {"end", ")", "AND", "OR"}:
                self._fail(f"{lexeme.value} needs something on its right", lexeme)
            part = self._unary()
            self._depth -= 1
            if isinstance(part, _Must):
                return part if lexeme.kind == "!" else self._fail("NOT and ! contradict each other", lexeme)
            return _Must(part, lexeme.at) if lexeme.kind == "!" else Not(part)
        return self._weighted()

    def _weighted(self) -> Expression:
        part = self._near()
        while self._peek().kind == "^":
            lexeme = self._take()
            weight = float(lexeme.value) if len(lexeme.value) < 10 else 0.0
            if not 0 < weight <= MAX_WEIGHT:
                self._fail(f"a weight is more than 0 and at most {MAX_WEIGHT:g}", lexeme)
            part = Weighted(part, weight)
        return part

    def _near(self) -> Expression:
        first = self._part()
        if self._peek().kind != "~":
            return first
        parts = [first]
        while self._peek().kind == "~":
            operator = self._take()
            if self._peek().kind not in {"word", "quoted", "field"}:
                self._fail("~ needs a word or a phrase on its right", operator)
            parts.append(self._part())
        terms = tuple(part for part in parts if isinstance(part, Term))
        if len(terms) < len(parts):
            _fail("~ stands between words or phrases only", self._text, self._peek().at)
        return Near(terms)

    def _part(self) -> Expression:
        lexeme = self._take()
        if lexeme.kind == "field":
            return self._field(lexeme)
        if lexeme.kind == "quoted":
            return self._term(lexeme, exact=True)
        if lexeme.kind == "word":
            return self._term(_with_value(lexeme, self._run(lexeme)))
        if lexeme.kind == "(":
            return self._group(lexeme)
        wrong = {
            "end": "something is missing at the end",
            ")": "nothing stands between these brackets, or one was never opened",
            "^": "a weight (^) follows a word, a phrase or a bracket",
        }
        return self._fail(wrong.get(lexeme.kind, f"{lexeme.value} needs something on its left"), lexeme)

    def _group(self, opening: _Lexeme) -> Expression:
        self._deeper(opening)
        part = self._any()
        if self._peek().kind != ")":
            self._fail("this bracket is never closed", opening)
        self._take()
        self._depth -= 1
        if isinstance(part, _Must):
            _fail("a must-have (!) stands before the bracket, not in it", self._text, part.at)
        return part

    def _field(self, field: _Lexeme) -> Expression:
        lexeme = self._take()
        name = field.value
        if lexeme.kind == "(" and name in {"title", "abstract", "all"}:
            return _scoped(self._group(lexeme), Scope("" if name == "all" else name))
        if lexeme.kind not in {"word", "quoted"}:
            self._fail(f"“{name}:” needs a word or a quoted phrase after it", field)
        exact = lexeme.kind == "quoted"
        if name == "cat":
            return self._category(lexeme)
        if name == "topic":
            self._count(lexeme)
            if not _SLUG.fullmatch(lexeme.value.lower()):
                self._fail("a topic's name has letters, digits and hyphens only", lexeme)
            return Topic(lexeme.value.lower())
        if not exact:
            lexeme = _with_value(lexeme, self._run(lexeme))
        if name in {"author", "org"}:
            self._count(lexeme)
            if not tokens(lexeme.value):
                self._fail("no letter or digit to look for", lexeme)
            return Author(lexeme.value, exact) if name == "author" else Organization(lexeme.value, exact)
        return self._term(lexeme, exact=exact, scope=Scope("" if name == "all" else name))

    def _category(self, lexeme: _Lexeme) -> Category:
        self._count(lexeme)
        pattern = lexeme.value.strip()
        if not _CATEGORY.fullmatch(pattern):
            self._fail("a category looks like cs.CL or cs.*", lexeme)
        return Category(pattern)

    def _run(self, first: _Lexeme) -> str:
        words = [first.value]
        while self._peek().kind == "word":
            words.append(self._take().value)
        return " ".join(words)

    def _term(self, lexeme: _Lexeme, *, exact: bool = False, scope: Scope = Scope.EVERYWHERE) -> Expression:
        self._count(lexeme)
        if not exact and _BARE_CATEGORY.fullmatch(lexeme.value):
            return Category(lexeme.value)
        cut = tokens(lexeme.value)
        count = len(cut)
        if not count:
            self._fail("no letter or digit to look for", lexeme)
        if any(token.end - token.start > MAX_WORD for token in cut):
            self._fail(f"a word of more than {MAX_WORD} characters", lexeme)
        if count > MAX_WORDS * (4 if not lexeme.value.isascii() else 1):
            self._fail(f"more than {MAX_WORDS} words belong together here; use AND, OR or several interests", lexeme)
        return Term(lexeme.value, exact, scope)

    def _count(self, lexeme: _Lexeme) -> None:
        self._terms += 1
        if self._terms > MAX_TERMS:
            self._fail(f"more than {MAX_TERMS} terms; write several interests", lexeme)

    def _deeper(self, lexeme: _Lexeme) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._fail(f"more than {MAX_DEPTH} brackets or NOTs inside each other", lexeme)

    def _peek(self) -> _Lexeme:
        return self._lexemes[self._next]

    def _take(self) -> _Lexeme:
        lexeme = self._lexemes[self._next]
        self._next = min(self._next + 1, len(self._lexemes) - 1)
        return lexeme

    def _fail(self, message: str, lexeme: _Lexeme) -> NoReturn:
        _fail(message, self._text, lexeme.at)


def _with_value(lexeme: _Lexeme, value: str) -> _Lexeme:
    return lexeme._replace(value=value)


def _scoped(part: Expression, scope: Scope) -> Expression:
    """The expression with this scope on every term that has none of its own."""
    if isinstance(part, Term):
        return replace(part, scope=scope) if part.scope is Scope.EVERYWHERE else part
    if isinstance(part, Near):
        return Near(tuple(_scoped_term(term, scope) for term in part.parts))
    if isinstance(part, (AllOf, AnyOf)):
        return type(part)(tuple(_scoped(inner, scope) for inner in part.parts))
    if isinstance(part, Not):
        return Not(_scoped(part.part, scope))
    if isinstance(part, Weighted):
        return Weighted(_scoped(part.part, scope), part.weight)
    return part


def _scoped_term(term: Term, scope: Scope) -> Term:
    return replace(term, scope=scope) if term.scope is Scope.EVERYWHERE else term
