"""Who wrote the papers of an issue, where, and under which categories: what `author:`, `org:` and `cat:` look up.

Each distinct name is folded once, and a name's parts lead to it, so that asking for an author looks at the few names
that share a part with it, not at every author of every paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from newsletter.domain.interests import AuthorName, Category, Organization
from newsletter.domain.issues import IssuePaper
from newsletter.domain.papers import Paper
from newsletter.domain.text import fold, fold_text, tokens

__all__ = ["Field", "FieldIndex", "in_category", "is_named"]

Field = AuthorName | Category | Organization


class FieldIndex:
    """The authors, organizations and categories of these papers."""

    def __init__(self, papers: Sequence[IssuePaper]) -> None:
        self._papers = papers
        self._categories: dict[str, list[int]] = {}
        self._authors: dict[str, list[int]] = {}
        self._organizations: dict[str, list[int]] = {}
        for doc, entry in enumerate(papers):
            paper = entry.paper
            for name in dict.fromkeys(paper.categories):
                self._categories.setdefault(name, []).append(doc)
            for name in dict.fromkeys(author.name for author in paper.authors):
                self._authors.setdefault(name, []).append(doc)
            for name in _organizations(paper):
                self._organizations.setdefault(f" {fold_text(name)} ", []).append(doc)
        # many names share a part: they share its string, too
        known: dict[str, str] = {}
        self._parts = {name: tuple(known.setdefault(part, part) for part in _parts(name)) for name in self._authors}
        self._with_part: dict[str, list[str]] = {}
        for name, parts in self._parts.items():
            for part in dict.fromkeys(parts):
                self._with_part.setdefault(part, []).append(name)

    def docs(self, node: Field) -> list[int]:
        """The papers that have it, ascending."""
        papers: set[int] = set()
        if isinstance(node, Category):
            for name, docs in self._categories.items():
                if in_category(node.pattern, name):
                    papers.update(docs)
        elif isinstance(node, AuthorName):
            wanted = _parts(node.name)
            # one part at least is the same in full, so only names that hold one of them need a look
            for name in dict.fromkeys(name for part in wanted for name in self._with_part.get(part, ())):
                if _is_named(wanted, self._parts[name]):
                    papers.update(self._authors[name])
        else:
            text = f" {fold_text(node.name)} "
            for name, docs in self._organizations.items():
                if text in name:
                    papers.update(docs)
        return sorted(papers)

    def value(self, node: Field, doc: int) -> str | None:
        """The category, author or organization of this paper that was meant, None where it has none such."""
        paper = self._papers[doc].paper
        if isinstance(node, Category):
            return next((name for name in paper.categories if in_category(node.pattern, name)), None)
        if isinstance(node, AuthorName):
            wanted = _parts(node.name)
            return next((a.name for a in paper.authors if _is_named(wanted, self._parts[a.name])), None)
        text = f" {fold_text(node.name)} "
        return next((name for name in _organizations(paper) if text in f" {fold_text(name)} "), None)


def in_category(pattern: str, category: str) -> bool:
    """Whether a category is the one meant: itself, all of an archive (`cs`), or a family (`cs.*`, `astro-ph*`)."""
    wanted, name = pattern.casefold(), category.casefold()
    if wanted.endswith("*"):
        stem = wanted[:-1]
        return name.startswith(stem) or name == stem.rstrip(".")
    return name == wanted or name.startswith(wanted + ".")


def is_named(wanted: str, name: str) -> bool:
    """Whether every word of `wanted` is one of the name's; an initial stands for any name that begins with it."""
    return _is_named(_parts(wanted), _parts(name))


def _is_named(wanted: Sequence[str], name: Sequence[str]) -> bool:
    there = [*name]
    # names that are alike come first, or the B. of “Ada B. Byron” would be taken for the Byron that was asked for
    rest = [part for part in wanted if not _taken(there, part.__eq__)]
    if len(rest) == len(wanted):
        return False
    return all(_taken(there, partial(_may_be, part)) for part in rest)


def _may_be(part: str, other: str) -> bool:
    return (len(part) == 1 and other.startswith(part)) or (len(other) == 1 and part.startswith(other))


def _taken(names: list[str], fits: Callable[[str], object]) -> bool:
    """Take the first name that fits away; whether there was one."""
    place = next((number for number, name in enumerate(names) if fits(name)), None)
    if place is not None:
        del names[place]
    return place is not None


def _parts(name: str) -> tuple[str, ...]:
    return tuple(fold(token.surface).cased.casefold() for token in tokens(name))


def _organizations(paper: Paper) -> Iterable[str]:
    names = dict.fromkeys((paper.organization, *(author.affiliation for author in paper.authors)))
    return (name for name in names if name)
