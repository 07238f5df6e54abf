"""Interests: the expressions in which subscribers say what they care about, as trees, and how they are printed.

    Interest          one line of a subscriber: an expression, its weight, and whether it excludes or is a must
    └── Expression
        ├── Term      words that stand close together, or (`exact`) a phrase
        ├── Near      terms within five words of each other
        ├── Category, AuthorName, Organization
        ├── Topic     an entry of the topic catalogue
        ├── Prose     free text, of which phrases were picked
        └── AllOf, AnyOf, Not

`str()` prints an expression in the language that `parser` reads; reading it back gives an equal tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from newsletter.domain.interests.wording import Remark

__all__ = [
    "MIN_WILDCARD",
    "AllOf",
    "AnyOf",
    "AuthorName",
    "Category",
    "Expression",
    "Interest",
    "Near",
    "Not",
    "Organization",
    "Prose",
    "Scope",
    "Term",
    "Topic",
    "Weighted",
    "leaves",
]


MIN_WILDCARD = 3
"""Letters and digits beside a `*`."""

_ONE_CHARACTER = re.compile(r"(?:^|[\s:!-])[^\s)\"]$")


class Scope(StrEnum):
    """Where a term is looked for; `EVERYWHERE` is title and abstract."""

    EVERYWHERE = ""
    TITLE = "title"
    ABSTRACT = "abstract"


@dataclass(frozen=True, slots=True)
class Term:
    """Words to find, as written. `exact` words stand side by side in this order (`"…"`); others close together."""

    words: str
    exact: bool = False
    scope: Scope = Scope.EVERYWHERE

    def __str__(self) -> str:
        prefix = f"{self.scope}:" if self.scope else ""
        return f'{prefix}"{self.words}"' if self.exact else prefix + self.words

    @property
    def wildcard(self) -> str:
        """The word that stands for all that begin (`transform*`) or end (`*bench`) so; empty where there is none.

        It has `MIN_WILDCARD` letters or digits; with fewer a `*` is an ordinary sign (`A*`). A term has one at most.
        """
        if "*" not in self.words:
            return ""
        return next((chunk for chunk in self.words.replace("/", " ").split() if _is_wildcard(chunk)), "")


@dataclass(frozen=True, slots=True)
class Near:
    """Two or more terms, each within five words of the next, in any order."""

    parts: tuple[Term, ...]

    def __str__(self) -> str:
        return " ~ ".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Category:
    """A category of the paper: `cs.CL`, or with a trailing `*` a family of them (`cs.*`)."""

    pattern: str

    def __str__(self) -> str:
        return f"cat:{self.pattern}"


@dataclass(frozen=True, slots=True)
class AuthorName:
    """Part of one author's name; an initial finds the full name and the reverse."""

    name: str
    exact: bool = False

    def __str__(self) -> str:
        return f'author:"{self.name}"' if self.exact else f"author:{self.name}"


@dataclass(frozen=True, slots=True)
class Organization:
    """Part of the name of an organization or of an author's affiliation."""

    name: str
    exact: bool = False

    def __str__(self) -> str:
        return f'org:"{self.name}"' if self.exact else f"org:{self.name}"


@dataclass(frozen=True, slots=True)
class Topic:
    """An entry of the topic catalogue, by its slug."""

    slug: str

    def __str__(self) -> str:
        return f"topic:{self.slug}"


@dataclass(frozen=True, slots=True)
class Prose:
    """Free text. It finds papers that hold at least `least` of the phrases picked from it."""

    text: str
    phrases: tuple[str, ...] = field(compare=False)

    def __str__(self) -> str:
        return self.text

    @property
    def least(self) -> int:
        """How many different phrases a paper must hold: two, or one where there is only one."""
        return min(2, len(self.phrases))


@dataclass(frozen=True, slots=True)
class Weighted:
    """An expression that counts more (or less) than others: `diffusion^2`."""

    part: Expression
    weight: float

    def __str__(self) -> str:
        shown = _bracketed(self.part)
        # `x^2` is a formula: a weight on a single character is read as one behind a parenthesis only
        weight = f"{self.weight:.9f}".rstrip("0").rstrip(".")
        return f"({shown})^{weight}" if _ONE_CHARACTER.search(shown) else f"{shown}^{weight}"


@dataclass(frozen=True, slots=True)
class Not:
    """Whatever the part does not match."""

    part: Expression

    def __str__(self) -> str:
        return f"-{_bracketed(self.part)}"


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of the parts, anywhere in the paper."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " AND ".join(f"({part})" if isinstance(part, (AllOf, AnyOf)) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the parts."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " OR ".join(f"({part})" if isinstance(part, AnyOf) else str(part) for part in self.parts)


Expression = Term | Near | Category | AuthorName | Organization | Topic | Prose | Weighted | Not | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Interest:
    """One line of a subscriber, read.

    `excludes`: a paper that the expression matches is out (`-survey`). `must`: a paper that it does not match is out
    (`!cat:cs.RO`). `notes` say where the line was not taken literally.
    """

    expression: Expression
    excludes: bool = False
    must: bool = False
    notes: tuple[Remark, ...] = field(default=(), compare=False)

    @property
    def is_wanted(self) -> bool:
        """Whether it brings papers."""
        return not (self.excludes or self.must)

    def __str__(self) -> str:
        if self.excludes:
            return f"-{_bracketed(self.expression)}"
        return f"!{_bracketed(self.expression)}" if self.must else str(self.expression)


def leaves(expression: Expression, *, of_near: bool = True) -> Iterator[Expression]:
    """Every part of an expression that looks at papers itself, from left to right, those under `Not` included.

    Of a `Near` its terms, or without `of_near` itself: its terms find nothing alone.
    """
    pending = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, (AllOf, AnyOf)):
            pending.extend(reversed(node.parts))
        elif isinstance(node, (Not, Weighted)):
            pending.append(node.part)
        elif isinstance(node, Near) and of_near:
            pending.extend(reversed(node.parts))
        else:
            yield node


def _is_wildcard(chunk: str) -> bool:
    at_an_end = chunk.endswith("*") or chunk.startswith("*")
    return at_an_end and chunk.count("*") == 1 and sum(map(str.isalnum, chunk)) >= MIN_WILDCARD


def _bracketed(part: Expression) -> str:
    return f"({part})" if isinstance(part, (AllOf, AnyOf, Near, Not, Weighted)) else str(part)
