"""Other names of a term: acronyms and their long forms, an operator's synonyms, both languages of a keyword.

The rules, in the order in which they are applied:

1. names that the issue holds (`Issue.acronyms`: learned over time, and the operator's synonyms) and those that its own
   papers define are taken together; of an acronym's meanings the rare ones are left out (`AcronymBook.known`);
2. a part of a term that is a known long form may be replaced by its acronym, and the reverse; one part at a time;
3. a paper that defines an acronym itself decides what it means there: `SAM` does not stand for *segment anything
   model* in a paper about sharpness-aware minimization.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from newsletter.domain.matching.acronyms import AcronymBook
from newsletter.domain.text import fold, tokens

__all__ = ["Lexicon", "Replacement"]

Stems = tuple[str, ...]
_MAX_NAMES = 8
_LONGEST = 12


class Replacement(NamedTuple):
    """Another name for the words `first` to `end` of a term: its text, and the acronym it relies on, if any."""

    first: int
    end: int
    text: str
    acronym: str = ""


class Lexicon:
    """The other names that hold in one issue."""

    def __init__(
        self,
        papers: Iterable[Iterable[str]] = (),
        *,
        known: Mapping[str, tuple[str, ...]] | None = None,
        bilingual: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Learn from the texts of each paper, from what is known already, and from (term, translation) pairs."""
        book = AcronymBook()
        self._own: list[dict[str, set[Stems]]] = []
        for texts in papers:
            own: dict[str, set[Stems]] = {}
            for short, long in book.learn(texts):
                own.setdefault(short, set()).add(_stems(long))
            self._own.append(own)
        self._defined = frozenset(short for own in self._own for short in own)
        self._names: dict[Stems, dict[str, str]] = {}
        for source in (known or {}, book.known()):
            for short, longs in source.items():
                for long in longs:
                    self._add(short, long)
        for term, translation in bilingual:
            self._add(term, translation)

    def _add(self, one: str, other: str) -> None:
        for here, there in ((one, other), (other, one)):
            key = _stems(here)
            if not key or len(key) > _LONGEST:
                continue
            names = self._names.setdefault(key, {})
            if len(names) < _MAX_NAMES and _stems(there) != key:
                acronym = ""
                if " " not in one and one.isascii():
                    acronym = one.casefold()
                names.setdefault(there, acronym)

    def names(self, stems: Stems) -> Iterator[Replacement]:
        """Every other name of every part of a term, given by the stems of its words."""
        for first in range(len(stems)):
            for end in range(first + 1, min(len(stems), first + _LONGEST) + 1):
                for text, acronym in self._names.get(stems[first:end], {}).items():
                    yield Replacement(first, end, text, acronym)

    def is_ambiguous(self, acronym: str) -> bool:
        """Whether any paper defines this acronym itself."""
        return acronym in self._defined

    def allows(self, doc: int, acronym: str, long: Stems) -> bool:
        """Whether the acronym may stand for this long form in this paper."""
        own = self._own[doc].get(acronym) if doc < len(self._own) else None
        return own is None or long in own


def _stems(text: str) -> Stems:
    return tuple(fold(token.surface).stem for token in tokens(text))
