"""The grammar of interests: what words, operators, fields and brackets mean together.

interest   = list
list       = any { "," any }                       either; what is left out or a must holds for all of the list
any        = all { "OR" all }
all        = unary { ["AND"] unary }               words side by side in one run belong together instead
unary      = ( "-" | "NOT" ) unary | "!" unary | near [ "^" number ]
near       = part { "~" part }
part       = [ field ":" ] ( run | quoted | "(" list ")" )
run        = word { word }                          up to the next operator, comma, field, quote or bracket
field      = title | abstract | author | cat | org | topic
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from newsletter.domain.interests.habits import (
    CONNECTIVE,
    CONNECTIVES,
    bare_categories,
    is_acronym,
    shortened,
    taken_literally,
)
from newsletter.domain.interests.interests import (
    AllOf,
    AnyOf,
    AuthorName,
    Category,
    Expression,
    Interest,
    Near,
    Not,
    Organization,
    Scope,
    Term,
    Topic,
    Weighted,
)
from newsletter.domain.interests.lexemes import Lexeme, fail, lexemes
from newsletter.domain.papers import is_known, nearest
from newsletter.domain.text import fold, tokens

__all__ = ["MAX_DEPTH", "MAX_TERMS", "MAX_WORDS", "read_expression"]

MAX_TERMS = 128
"""Terms of one expression."""
MAX_WORDS = 12
"""Words of one term."""
MAX_DEPTH = 16
"""Brackets inside brackets."""
MAX_WORD = 100
"""Characters of one word."""
MAX_WEIGHT = 10.0

_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.(?:[a-z-]+|\*|[a-z-]+\*))?|[a-z][a-z-]*\*", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def read_expression(text: str, line: str, notes: tuple[str, ...]) -> Interest:
    """Read one line by the grammar. `text` is what the subscriber wrote, of the same length; `notes` are handed on.

    Raises:
        InterestError: it is no expression; the error has the position (from 0) in `text`.
    """
    return _Reader(text, line, notes).interest()


@dataclass(frozen=True, slots=True)
class _Must:
    """A part marked with `!`; never leaves the parser."""

    part: Expression
    at: int


class _Reader:
    """Recursive descent over the lexemes of one line."""

    def __init__(self, text: str, line: str, notes: tuple[str, ...]) -> None:
        self._text = text
        self._notes = [*notes]
        self._lexemes = lexemes(text, line)
        self._next = 0
        self._depth = 0
        self._terms = 0

    def interest(self) -> Interest:
        root = self._list()
        if (lexeme := self._peek()).kind != "end":
            self._fail("there is no opening bracket for this one" if lexeme.kind == ")" else "unexpected", lexeme)
        notes = tuple(dict.fromkeys(self._notes))
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

    def _list(self) -> Expression | _Must:
        parts: list[Expression | _Must] = []
        while True:
            while self._peek().kind == ",":
                self._take()
            if parts and self._peek().kind in {"end", ")"}:
                break
            parts.append(self._any())
            if self._peek().kind != ",":
                break
        if len(parts) == 1:
            return parts[0]
        root = _listed(parts)
        self._notes.append(f"a list: read as {shortened(str(root.part if isinstance(root, _Must) else root))}")
        return root

    def _any(self) -> Expression | _Must:
        parts = [self._all()]
        while self._peek().kind == "OR":
            operator = self._take()
            if self._peek().kind in {"end", ")", ",", "OR", "AND"}:
                self._fail("OR needs something on its right", operator)
            parts.append(self._all())
        if len(parts) == 1:
            return parts[0]
        for part in parts:
            if isinstance(part, _Must):
                fail("a must-have (!) cannot be one of several alternatives", self._text, part.at)
        return AnyOf(tuple(part for part in parts if not isinstance(part, _Must)))

    def _all(self) -> Expression | _Must:
        parts = [self._unary()]
        while (lexeme := self._peek()).kind not in {"end", ")", ",", "OR"}:
            if lexeme.kind == "AND":
                self._take()
                if self._peek().kind in {"end", ")", ",", "OR", "AND"}:
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
            if self._peek().kind in {"end", ")", ",", "AND", "OR"}:
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
            parts.append(self._part(near=True))
        terms = tuple(part for part in parts if isinstance(part, Term))
        if len(terms) < len(parts):
            fail("~ stands between words or phrases only", self._text, self._peek().at)
        return Near(terms)

    def _part(self, *, near: bool = False) -> Expression:
        lexeme = self._take()
        if lexeme.kind == "field":
            return self._field(lexeme)
        if lexeme.kind == "quoted":
            return self._term(lexeme, exact=True)
        if lexeme.kind == "word":
            words = lexeme._replace(value=self._run(lexeme))
            joined = None if near or self._peek().kind == "~" else self._joined(words)
            return self._term(words) if joined is None else joined
        if lexeme.kind == "(":
            return self._group(lexeme)
        wrong = {
            "end": "something is missing at the end",
            ")": "nothing stands between these brackets, or one was never opened",
            "^": "a weight (^) follows a word, a phrase or a bracket",
        }
        return self._fail(wrong.get(lexeme.kind, f"{lexeme.value} needs something on its left"), lexeme)

    def _group(self, opening: Lexeme) -> Expression:
        self._deeper(opening)
        part = self._list()
        if self._peek().kind != ")":
            self._fail("this bracket is never closed", opening)
        self._take()
        self._depth -= 1
        if isinstance(part, _Must):
            fail("a must-have (!) stands before the bracket, not in it", self._text, part.at)
        return part

    def _field(self, field: Lexeme) -> Expression:
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
            lexeme = lexeme._replace(value=self._run(lexeme, named=name in {"author", "org"}))
        if name in {"author", "org"}:
            self._count(lexeme)
            if not tokens(lexeme.value):
                self._fail("no letter or digit to look for", lexeme)
            return AuthorName(lexeme.value, exact) if name == "author" else Organization(lexeme.value, exact)
        return self._term(lexeme, exact=exact, scope=Scope("" if name == "all" else name))

    def _category(self, lexeme: Lexeme) -> Category:
        self._count(lexeme)
        pattern = lexeme.value.strip()
        if not _CATEGORY.fullmatch(pattern):
            self._fail("a category looks like cs.CL or cs.*", lexeme)
        if not is_known(pattern):
            near = " or ".join(nearest(pattern))
            self._notes.append(
                f"arXiv has no category “{pattern}”; "
                + (f"did you mean {near}?" if near else "they are listed at arxiv.org/category_taxonomy")
            )
        return Category(pattern)

    def _run(self, first: Lexeme, *, named: bool = False) -> str:
        words = [first.value]
        while self._peek().kind == "word" or (named and self._goes_on()):
            if (word := self._take()).kind == ",":
                words[-1] += ","
            else:
                words.append(word.value)
        return " ".join(words)

    def _goes_on(self) -> bool:
        """Whether a name goes on behind this comma (`Knuth, Donald`), and is not followed by the next of a list."""
        if self._peek().value != ",":
            return False
        after = self._lexemes[self._next + 1]
        return after.kind == "word" and after.value[:1].isupper() and fold(after.value).capitals < 2

    def _joined(self, lexeme: Lexeme) -> Expression | None:
        """What `and` or `or` mean in small letters: an operator beside an acronym (`rag and llm`), else a word."""
        words = lexeme.value.split()
        used = {CONNECTIVES[word] for word in words if word in CONNECTIVES}
        if not used:
            return None
        operator = used.pop()
        sides = CONNECTIVE.split(lexeme.value)
        plain = not used and operator != "NOT" and all(len(side.split()) == 1 and tokens(side) for side in sides)
        if plain and any(map(is_acronym, sides)):
            shown = f" {operator} ".join(sides)
            self._notes.append(f"read as {shortened(shown)}; for the phrase, put it in quotation marks")
            parts = tuple(self._term(lexeme._replace(value=side)) for side in sides)
            return AllOf(parts) if operator == "AND" else AnyOf(parts)
        small = next(word for word in words if word in CONNECTIVES)
        self._notes.append(f"“{small}” is read as a word of the phrase; as an operator it is written {operator}")
        return None

    def _term(self, lexeme: Lexeme, *, exact: bool = False, scope: Scope = Scope.EVERYWHERE) -> Expression:
        self._count(lexeme)
        if not exact and scope is Scope.EVERYWHERE and (names := bare_categories(lexeme.value)):
            self._notes.append(f"read as {shortened(' OR '.join(f'cat:{name}' for name in names))}")
            return Category(names[0]) if len(names) == 1 else AnyOf(tuple(map(Category, names)))
        cut = tokens(lexeme.value)
        count = len(cut)
        if not count:
            self._fail("no letter or digit to look for", lexeme)
        if any(token.end - token.start > MAX_WORD for token in cut):
            self._fail(f"a word of more than {MAX_WORD} characters", lexeme)
        if count > MAX_WORDS * (4 if not lexeme.value.isascii() else 1):
            self._fail(f"more than {MAX_WORDS} words belong together here; use AND, OR or several interests", lexeme)
        term = Term(lexeme.value, exact, scope)
        self._notes += taken_literally(term)
        return term

    def _count(self, lexeme: Lexeme) -> None:
        self._terms += 1
        if self._terms > MAX_TERMS:
            self._fail(f"more than {MAX_TERMS} terms; write several interests", lexeme)

    def _deeper(self, lexeme: Lexeme) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._fail(f"more than {MAX_DEPTH} brackets or NOTs inside each other", lexeme)

    def _peek(self) -> Lexeme:
        return self._lexemes[self._next]

    def _take(self) -> Lexeme:
        lexeme = self._lexemes[self._next]
        self._next = min(self._next + 1, len(self._lexemes) - 1)
        return lexeme

    def _fail(self, message: str, lexeme: Lexeme) -> NoReturn:
        fail(message, self._text, lexeme.at)


def _listed(parts: Sequence[Expression | _Must]) -> Expression | _Must:
    """A list as one expression: any of what is wanted, all that must be, nothing of what is left out."""
    wanted = tuple(part for part in parts if not isinstance(part, (_Must, Not)))
    musts = tuple(part.part for part in parts if isinstance(part, _Must))
    left_out = tuple(part for part in parts if isinstance(part, Not))
    if not wanted and not left_out:
        return _Must(AllOf(musts), 0)
    some = (AnyOf(wanted),) if len(wanted) > 1 else wanted
    every = (*some, *musts, *left_out)
    return every[0] if len(every) == 1 else AllOf(every)


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
