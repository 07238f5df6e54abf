"""Which candidates are a paper's keywords.

1. One word alone has three letters and more.
2. The highest score comes first; below `LOWEST` nothing is a keyword.
3. An acronym that the paper defines stands as its long form where that is short enough to read.
4. Of two that say the same or of which one holds the other, acronyms spelled out, the higher stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from newsletter.domain.text import fold
from newsletter.enrich.keywords._weights import WEIGHTS
from newsletter.enrich.keywords.candidates import Found, gather
from newsletter.enrich.keywords.cutting import Cutter, Word
from newsletter.enrich.keywords.features import (
    ROLES,
    Place,
    entry_names,
    place_names,
    place_of,
    roles,
    word_names,
    word_parts,
)
from newsletter.enrich.keywords.vocabulary import entry_of, load

__all__ = ["LOWEST", "Term", "find_keywords", "find_terms"]

LOWEST = -2.3
"""The lowest log-odds that a labeller would choose it."""
_FEWEST_LETTERS = 3
_LONGEST_SHOWN = 6
"""Words of a long form that is shown instead of its acronym."""
_KEPT_SCORES = 1 << 16


class Term(NamedTuple):
    """A term of a paper."""

    text: str
    """As the paper writes it."""
    key: str
    """Under which terms of several papers are the same."""
    score: float
    """Log-odds that somebody who labels the paper chooses it."""


def find_keywords(title: str, abstract: str, *, limit: int = 6) -> tuple[str, ...]:
    """Up to `limit` terms as the text writes them, the most telling first; fewer where it holds fewer."""
    return tuple([term.text for term in find_terms(title, abstract, limit=limit)])


def find_terms(title: str, abstract: str, *, limit: int = 6) -> tuple[Term, ...]:
    """Up to `limit` terms of an English text, the most telling first. Deterministic; linear in the text's length."""
    return tuple(_finder().find(title, abstract, limit))


class _Finder:
    """The vocabulary, and the sums that many papers share."""

    def __init__(self) -> None:
        self._vocabulary = load()
        self._cutter = Cutter(self._vocabulary.verbs)
        self._word_scores: dict[str, tuple[float, ...]] = {}

    def find(self, title: str, abstract: str, limit: int) -> list[Term]:
        found = gather(title, abstract, self._cutter, self._vocabulary)
        ranked = sorted(self._scored(found), key=lambda term: (-term.score, term.key))
        return _distinct(ranked, found, limit)

    def _scored(self, found: Found) -> Iterator[Term]:
        kinds = found.kinds()
        phrases, known = self._vocabulary.phrases, self._word_scores
        for key, one in found.candidates.items():
            if len(one.words) == 1 and len(one.words[0].surface) < _FEWEST_LETTERS:
                continue
            digits = phrases.get(key)
            score = _place_score(place_of(one, kinds.get(key, 0), known=digits is not None))
            score += _entry_score(digits, len(one.words))
            for column, word in roles(one.words):
                score += (known.get(word.surface) or self._word_score(word))[column]
            if score >= LOWEST:
                yield Term(one.text, key, score)

    def _word_score(self, word: Word) -> tuple[float, ...]:
        """What the word adds in each role."""
        weights = self._vocabulary.words
        scores = [_sum(word_names(role, word)) for role in ROLES]
        for role in range(len(ROLES)):
            for column, part in word_parts(role, word.key):
                scores[role] += weights[part][column] if part in weights else 0.0
        if len(self._word_scores) >= _KEPT_SCORES:
            self._word_scores.clear()
        self._word_scores[word.surface] = tuple(scores)
        return self._word_scores[word.surface]


@cache
def _finder() -> _Finder:
    return _Finder()


@cache
def _place_score(place: Place) -> float:
    return _sum(place_names(place))


@lru_cache(maxsize=_KEPT_SCORES)
def _entry_score(digits: str | None, length: int) -> float:
    return _sum(entry_names(entry_of(digits) if digits else None, length))


def _sum(names: Iterable[str]) -> float:
    return sum([WEIGHTS.get(name, 0.0) for name in names])


def _distinct(ranked: Iterable[Term], found: Found, limit: int) -> list[Term]:
    """The first `limit` of which none says what another does."""
    spelled = {d.short_key: d for d in found.definitions}
    chosen: list[Term] = []
    meanings: list[set[str]] = []
    for term in ranked:
        shown = term
        if (definition := spelled.get(term.key)) and definition.long_key in found.candidates:
            written = found.candidates[definition.long_key]
            if len(written.words) <= _LONGEST_SHOWN:
                shown = Term(written.text, definition.long_key, term.score)
        meaning = {
            fold(part).stem
            for word in shown.key.split()
            for part in (spelled[word].long_key.split() if word in spelled else (word,))
        }
        if any(meaning <= other or other <= meaning for other in meanings):
            continue
        chosen.append(shown)
        meanings.append(meaning)
        if len(chosen) == limit:
            break
    return chosen
