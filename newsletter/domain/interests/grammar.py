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

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from newsletter.domain.interests.habits import shortened
from newsletter.domain.interests.interests import (
    AllOf,
    AnyOf,
    Expression,
    Interest,
    Near,
    Not,
    Scope,
    Term,
    Weighted,
)
from newsletter.domain.interests.lexemes import Lexeme, Lexemes
from newsletter.domain.interests.operands import SCOPES, Operands
from newsletter.domain.interests.wording import Remark, remark

__all__ = ["MAX_DEPTH", "MAX_WEIGHT", "read_expression"]

MAX_DEPTH = 16
"""Brackets inside brackets."""
MAX_WEIGHT = 10.0
"""More than that would drown everything else that a subscriber is interested in."""
MAX_WEIGHT_DIGITS = 9
"""Characters of a weight; a longer one is not kept exactly when it is printed."""


def read_expression(text: str, line: str, notes: tuple[Remark, ...]) -> Interest:
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

    def __init__(self, text: str, line: str, notes: tuple[Remark, ...]) -> None:
        self._notes = [*notes]
        self._lexemes = Lexemes(text, line)
        self._operands = Operands(self._lexemes, self._notes)
        self._depth = 0

    def interest(self) -> Interest:
        root = self._list()
        if self._lexemes.kind != "end":
            # a list goes on up to a closing bracket
            self._lexemes.fail("there is no opening bracket for this one", self._lexemes.peek().at)
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
            while self._lexemes.kind == ",":
                self._lexemes.take()
            if parts and self._lexemes.kind in {"end", ")"}:
                break
            parts.append(self._any())
        if len(parts) == 1:
            return parts[0]
        root = _listed(parts)
        shown = shortened(str(root.part if isinstance(root, _Must) else root))
        self._notes.append(remark("a list: read as %(shown)s", shown=shown))
        return root

    def _any(self) -> Expression | _Must:
        parts = [self._all()]
        while self._lexemes.kind == "OR":
            operator = self._lexemes.take()
            if self._lexemes.kind in {"end", ")", ",", "OR", "AND"}:
                self._needs_right(operator)
            parts.append(self._all())
        if len(parts) == 1:
            return parts[0]
        for part in parts:
            if isinstance(part, _Must):
                self._lexemes.fail("a must-have (!) cannot be one of several alternatives", part.at)
        return AnyOf(tuple(part for part in parts if not isinstance(part, _Must)))

    def _all(self) -> Expression | _Must:
        parts = [self._unary()]
        while (lexeme := self._lexemes.peek()).kind not in {"end", ")", ",", "OR"}:
            if lexeme.kind == "AND":
                self._lexemes.take()
                if self._lexemes.kind in {"end", ")", ",", "OR", "AND"}:
                    self._needs_right(lexeme)
            parts.append(self._unary())
        if len(parts) == 1:
            return parts[0]
        return AllOf(tuple(part.part if isinstance(part, _Must) else part for part in parts))

    def _unary(self) -> Expression | _Must:
        lexeme = self._lexemes.peek()
        if lexeme.kind in {"-", "NOT", "!"}:
            self._deeper(lexeme)
            self._lexemes.take()
            if self._lexemes.kind in {"end", ")", ",", "AND", "OR"}:
                self._needs_right(lexeme)
            part = self._unary()
            self._depth -= 1
            if isinstance(part, _Must):
                return part if lexeme.kind == "!" else self._lexemes.fail("NOT and ! contradict each other", lexeme.at)
            return _Must(part, lexeme.at) if lexeme.kind == "!" else Not(part)
        return self._weighted()

    def _weighted(self) -> Expression:
        part = self._near()
        while self._lexemes.kind == "^":
            lexeme = self._lexemes.take()
            weight = float(lexeme.value)
            if len(lexeme.value) > MAX_WEIGHT_DIGITS or not 0 < weight <= MAX_WEIGHT:
                self._lexemes.fail("a weight is more than 0 and at most %(most)s", lexeme.at, most=f"{MAX_WEIGHT:g}")
            part = Weighted(part, weight)
        return part

    def _near(self) -> Expression:
        first = self._part()
        if self._lexemes.kind != "~":
            return first
        parts = [first]
        while self._lexemes.kind == "~":
            operator = self._lexemes.take()
            if self._lexemes.kind not in {"word", "quoted", "field"}:
                self._lexemes.fail("~ needs a word or a phrase on its right", operator.at)
            parts.append(self._part(near=True))
        terms = tuple(part for part in parts if isinstance(part, Term))
        if len(terms) < len(parts):
            self._lexemes.fail("~ stands between words or phrases only", self._lexemes.peek().at)
        return Near(terms)

    def _part(self, *, near: bool = False) -> Expression:
        lexeme = self._lexemes.take()
        if lexeme.kind == "field":
            if lexeme.value in SCOPES and self._lexemes.kind == "(":
                return _scoped(self._group(self._lexemes.take()), SCOPES[lexeme.value])
            return self._operands.field(lexeme)
        if lexeme.kind == "quoted":
            return self._operands.quoted(lexeme)
        if lexeme.kind == "word":
            return self._operands.words(lexeme, near=near)
        if lexeme.kind == "(":
            return self._group(lexeme)
        if lexeme.kind == "end":
            self._lexemes.fail("something is missing at the end", lexeme.at)
        if lexeme.kind == ")":
            self._lexemes.fail("nothing stands between these brackets, or one was never opened", lexeme.at)
        if lexeme.kind == "^":
            self._lexemes.fail("a weight (^) follows a word, a phrase or a bracket", lexeme.at)
        return self._lexemes.fail("%(sign)s needs something on its left", lexeme.at, sign=lexeme.value)

    def _group(self, opening: Lexeme) -> Expression:
        self._deeper(opening)
        part = self._list()
        if self._lexemes.kind != ")":
            self._lexemes.fail("this bracket is never closed", opening.at)
        self._lexemes.take()
        self._depth -= 1
        if isinstance(part, _Must):
            self._lexemes.fail("a must-have (!) stands before the bracket, not in it", part.at)
        return part

    def _needs_right(self, operator: Lexeme) -> NoReturn:
        self._lexemes.fail("%(sign)s needs something on its right", operator.at, sign=operator.value)

    def _deeper(self, lexeme: Lexeme) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._lexemes.fail("more than %(most)s brackets or NOTs inside each other", lexeme.at, most=MAX_DEPTH)


def _listed(parts: Sequence[Expression | _Must]) -> Expression | _Must:
    """A list as one expression: any of what is wanted, all that must be, nothing of what is left out."""
    wanted = tuple(part for part in parts if not isinstance(part, (_Must, Not)))
    musts = tuple(part for part in parts if isinstance(part, _Must))
    required = tuple(must.part for must in musts)
    left_out = tuple(part for part in parts if isinstance(part, Not))
    if not wanted and not left_out:
        return _Must(AllOf(required), musts[0].at)
    one_of = (AnyOf(wanted),) if len(wanted) > 1 else wanted
    all_of = (*one_of, *required, *left_out)
    return all_of[0] if len(all_of) == 1 else AllOf(all_of)


def _scoped(part: Expression, scope: Scope) -> Expression:
    """The expression with this scope on every term that has none of its own."""
    if isinstance(part, Term):
        return _scoped_term(part, scope)
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
