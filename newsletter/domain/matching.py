"""Which papers an expression finds, and by what words. Every distinct term is looked up once.

The rules for one term, in the order in which they are applied:

1. a quoted phrase is found where its words stand side by side, in this order, in any spelling and inflection;
2. a plain line of several words is found there too, and also where its parts (a hyphenated compound is one part) stand
   within a few words of each other; stop words need not be there;
3. a term that holds a known acronym is also looked for with the long form in its place, and the reverse
   (`domain.acronyms`), unless the paper itself defines that acronym as something else;
4. what was found is scored by `domain.ranking`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from newsletter.domain.folding import STOP_WORDS, Form, fold, is_unspaced, tokens
from newsletter.domain.interests import Scope, Term
from newsletter.domain.ranking import Evidence, score_evidence
from newsletter.domain.text_index import Group, TextIndex, Word

__all__ = ["Alternative", "Hit", "TermMatcher", "compile_term"]

NEAR_SLACK = 5
"""How many other words may stand among those of a plain term."""
MAX_ALTERNATIVES = 48


class Hit(NamedTuple):
    """The best place where a term was found in one paper, as positions of the index, and the score of all places."""

    score: float
    first: int
    end: int
    via: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to find a term: its groups of words; `via` is the long form, acronym or synonym that led here."""

    groups: tuple[Group, ...]
    via: str = ""

    @property
    def phrase(self) -> Group:
        """All words in order."""
        return tuple(word for group in self.groups for word in group)


Expander = Callable[[tuple[str, ...]], Iterable[tuple[int, int, tuple[str, ...], str]]]
"""Given the bases of a term: (first, end, replacement bases, label) for every part that has another name."""


def compile_term(words: str) -> tuple[Group, ...]:
    """The groups of a term as written: one a word, a hyphenated compound or a run of unspaced script being one."""
    groups: list[Group] = []
    for chunk in words.replace("/", " ").split():
        prefix = chunk.endswith("*") and sum(map(str.isalnum, chunk)) >= 3
        cut = [token.surface for token in tokens(chunk)]
        if not cut:
            continue
        made = [_word(fold(surface)) for surface in cut]
        if prefix:
            last = fold(cut[-1] + "\u200b")
            made[-1] = Word(last.stem, last.cased.casefold(), prefix=True)
        groups.append(tuple(made))
    return tuple(groups)


def _word(form: Form) -> Word:
    return Word(form.stem, form.base, form if form.is_case_aware else None, literal=len(form.base) < 4)


class TermMatcher:
    """Looks terms up in one index."""

    def __init__(self, index: TextIndex, expand: Expander | None = None) -> None:
        self._index = index
        self._expand = expand

    def find(self, term: Term) -> dict[int, Hit]:
        """The papers that hold this term (numbered as in the index), each with its best place."""
        evidence: dict[int, Evidence] = {}
        for alternative in self._alternatives(term):
            self._collect(alternative, term, evidence)
        return {doc: Hit(score_evidence(found), found.first, found.end, found.via) for doc, found in evidence.items()}

    def _alternatives(self, term: Term) -> list[Alternative]:
        groups = compile_term(term.words)
        made = [Alternative(groups)]
        made += [Alternative(joined) for joined in self._rejoined(groups)]
        return made[:MAX_ALTERNATIVES]

    def _rejoined(self, groups: tuple[Group, ...]) -> Iterable[tuple[Group, ...]]:
        """The same words written as one, or cut as the text cuts them: `pretraining`, `pre-training`."""
        index = self._index
        words = [word for group in groups for word in group]
        if any(is_unspaced(word.base) for word in words):
            return
        for size in (2, 3, 4):
            for first in range(len(words) - size + 1):
                part = words[first : first + size]
                joined = fold("".join(word.base for word in part))
                if index.knows(joined.stem):
                    merged = Word(joined.stem, joined.base)
                    yield self._regrouped(groups, first, first + size, (merged,))
        for at, word in enumerate(words):
            for parts in sorted(index.compounds.get(word.stem, ())):
                yield self._regrouped(groups, at, at + 1, tuple(Word(part, part) for part in parts))

    @staticmethod
    def _regrouped(groups: tuple[Group, ...], first: int, end: int, replacement: Group) -> tuple[Group, ...]:
        """The groups with the words from `first` to `end` (counted over all groups) replaced by one group."""
        made: list[Group] = []
        at = 0
        placed = False
        for group in groups:
            keep_left = group[: max(0, first - at)]
            keep_right = group[max(0, end - at) :]
            inside = at + len(group) > first and at < end
            if not inside:
                made.append(group)
            else:
                merged = keep_left
                if not placed:
                    merged += replacement
                    placed = True
                merged += keep_right
                if merged:
                    made.append(merged)
            at += len(group)
        return tuple(made)

    def _collect(self, alternative: Alternative, term: Term, evidence: dict[int, Evidence]) -> None:
        index = self._index
        phrase = alternative.phrase
        size = len(phrase)
        for at in index.phrase(phrase):
            self._note(evidence, term, alternative.via, at, at + size, near=False)
        if term.exact or len(alternative.groups) < 2:
            return
        groups = tuple(group for group in alternative.groups if len(group) > 1 or group[0].base not in STOP_WORDS)
        if len(groups) < 2 or len(set(groups)) < len(groups):
            return
        window = sum(map(len, groups)) + NEAR_SLACK
        for first, end in index.near(groups, window):
            self._note(evidence, term, alternative.via, first, end, near=True)

    def _note(self, evidence: dict[int, Evidence], term: Term, via: str, first: int, end: int, *, near: bool) -> None:
        segment = self._index.segment_at(first)
        doc, field, _ = self._index.segments[segment]
        if term.scope is not Scope.EVERYWHERE and field != term.scope:
            return
        found = evidence.get(doc)
        if found is None:
            found = evidence[doc] = Evidence()
        found.add(in_title=field == "title", near=near, via=via, first=first, end=end)
