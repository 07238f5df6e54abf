"""What stands between the operators of an interest: words, quoted phrases, and what fields name."""

from __future__ import annotations

import re

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
    Organization,
    Scope,
    Term,
    Topic,
)
from newsletter.domain.interests.lexemes import Lexeme, Lexemes
from newsletter.domain.interests.wording import Remark, remark
from newsletter.domain.papers import is_known, nearest
from newsletter.domain.text import fold, tokens

__all__ = ["MAX_TERMS", "MAX_WORD", "MAX_WORDS", "SCOPES", "Operands"]

MAX_TERMS = 128
"""Terms of one expression."""
MAX_WORDS = 12
"""Words of one term; where scripts without spaces are in it, four characters for each."""
MAX_WORD = 100
"""Characters of one word."""

SCOPES = {"title": Scope.TITLE, "abstract": Scope.ABSTRACT, "all": Scope.EVERYWHERE}
"""Where a field looks for terms. The other fields name something else than terms."""

_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.(?:[a-z-]+|\*|[a-z-]+\*))?|[a-z][a-z-]*\*", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Operands:
    """Reads them off the pieces of one line, and notes where one is not taken literally."""

    def __init__(self, lexemes: Lexemes, notes: list[Remark]) -> None:
        self._lexemes = lexemes
        self._notes = notes
        self._terms = 0

    def quoted(self, lexeme: Lexeme) -> Expression:
        """A phrase in quotation marks."""
        return self._term(lexeme, exact=True)

    def words(self, first: Lexeme, *, near: bool) -> Expression:
        """A run of words; where it stands beside `~` (`near`) nothing in it is an operator."""
        run = first._replace(value=self._run(first))
        joined = None if near or self._lexemes.kind == "~" else self._joined(run)
        return self._term(run) if joined is None else joined

    def field(self, field: Lexeme) -> Expression:
        """What stands behind a field's name: a word, a run of them or a quoted phrase."""
        lexeme = self._lexemes.take()
        name = field.value
        if lexeme.kind not in {"word", "quoted"}:
            self._lexemes.fail("“%(name)s:” needs a word or a quoted phrase after it", field.at, name=name)
        exact = lexeme.kind == "quoted"
        if name == "cat":
            return self._category(lexeme)
        if name == "topic":
            self._count(lexeme)
            if not _SLUG.fullmatch(lexeme.value.lower()):
                self._lexemes.fail("a topic's name has letters, digits and hyphens only", lexeme.at)
            return Topic(lexeme.value.lower())
        if not exact:
            lexeme = lexeme._replace(value=self._run(lexeme, named=name in {"author", "org"}))
        if name in {"author", "org"}:
            self._count(lexeme)
            self._check_length(lexeme)
            return AuthorName(lexeme.value, exact) if name == "author" else Organization(lexeme.value, exact)
        return self._term(lexeme, exact=exact, scope=SCOPES[name])

    def _category(self, lexeme: Lexeme) -> Category:
        self._count(lexeme)
        pattern = lexeme.value.strip()
        if not _CATEGORY.fullmatch(pattern):
            self._lexemes.fail("a category looks like cs.CL or cs.*", lexeme.at)
        if not is_known(pattern):
            self._notes.append(_unknown_category(pattern))
        return Category(pattern)

    def _run(self, first: Lexeme, *, named: bool = False) -> str:
        words = [first.value]
        while self._lexemes.kind == "word" or (named and self._goes_on()):
            if (word := self._lexemes.take()).kind == ",":
                words[-1] += ","
            else:
                words.append(word.value)
        return " ".join(words)

    def _goes_on(self) -> bool:
        """Whether a name goes on behind this comma (`Knuth, Donald`), and is not followed by the next of a list."""
        if self._lexemes.peek().value != ",":
            return False
        after = self._lexemes.peek(1)
        return after.kind == "word" and after.value[:1].isupper() and fold(after.value).capitals < 2

    def _joined(self, lexeme: Lexeme) -> Expression | None:
        """What `and` or `or` mean in small letters: an operator beside an acronym (`rag and llm`), else a word."""
        connectives = [word for word in lexeme.value.split() if word in CONNECTIVES]
        if not connectives:
            return None
        operator = CONNECTIVES[connectives[0]]
        sides = CONNECTIVE.split(lexeme.value)
        of_one_kind = operator != "NOT" and all(CONNECTIVES[word] == operator for word in connectives)
        single = all(len(side.split()) == 1 and tokens(side) for side in sides)
        if of_one_kind and single and any(map(is_acronym, sides)):
            shown = f" {operator} ".join(sides)
            self._notes.append(
                remark("read as %(shown)s; for the phrase, put it in quotation marks", shown=shortened(shown))
            )
            parts = tuple(self._term(lexeme._replace(value=side)) for side in sides)
            return AllOf(parts) if operator == "AND" else AnyOf(parts)
        self._notes.append(
            remark(
                "“%(word)s” is read as a word of the phrase; as an operator it is written %(operator)s",
                word=connectives[0],
                operator=operator,
            )
        )
        return None

    def _term(self, lexeme: Lexeme, *, exact: bool = False, scope: Scope = Scope.EVERYWHERE) -> Expression:
        self._count(lexeme)
        if not exact and scope is Scope.EVERYWHERE and (names := bare_categories(lexeme.value)):
            shown = shortened(" OR ".join(f"cat:{name}" for name in names))
            self._notes.append(remark("read as %(shown)s", shown=shown))
            return Category(names[0]) if len(names) == 1 else AnyOf(tuple(map(Category, names)))
        self._check_length(lexeme)
        term = Term(lexeme.value, exact, scope)
        self._notes += taken_literally(term)
        return term

    def _check_length(self, lexeme: Lexeme) -> None:
        cut = tokens(lexeme.value)
        count = len(cut)
        if not count:
            self._lexemes.fail("no letter or digit to look for", lexeme.at)
        if any(token.end - token.start > MAX_WORD for token in cut):
            self._lexemes.fail("a word of more than %(most)s characters", lexeme.at, most=MAX_WORD)
        if count > MAX_WORDS * (4 if not lexeme.value.isascii() else 1):
            self._lexemes.fail(
                "more than %(most)s words belong together here; use AND, OR or several interests",
                lexeme.at,
                most=MAX_WORDS,
            )

    def _count(self, lexeme: Lexeme) -> None:
        self._terms += 1
        if self._terms > MAX_TERMS:
            self._lexemes.fail("more than %(most)s terms; write several interests", lexeme.at, most=MAX_TERMS)


def _unknown_category(pattern: str) -> Remark:
    match nearest(pattern):
        case [near]:
            return remark("arXiv has no category “%(name)s”; did you mean %(near)s?", name=pattern, near=near)
        case []:
            return remark(
                "arXiv has no category “%(name)s”; they are listed at arxiv.org/category_taxonomy", name=pattern
            )
        case several:
            return remark(
                "arXiv has no category “%(name)s”; did you mean one of %(near)s?", name=pattern, near=", ".join(several)
            )
