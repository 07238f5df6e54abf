"""Finds many patterns in one index at once: phrases, and words that stand close together in an order.

All patterns of one shape (the sizes of their groups) are followed together as arrays. A pattern's candidates come from
the index of pairs, where its first group ends and its second begins (for a phrase: from its first two words); they are
then extended group by group, trying every number of words in between. The work is that of the candidates, not that of
patterns times text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from newsletter.domain.matching.text_index import PAIR_REACH, Flags, Ints, TextIndex
from newsletter.domain.text import Form, verb_form

__all__ = ["Group", "Occurrences", "Pattern", "Word", "expand", "frequency", "scan"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a term: the stem to find, all its inflected forms.

    `literal` finds its spellings and its plural alone, `narrow` its verb forms too but not the noun of its action;
    `cased` is set where its capitals matter.
    """

    stem: str
    base: str
    cased: Form | None = None
    literal: bool = False
    narrow: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether any word of its stem will do."""
        return self.cased is None and not (self.literal or self.narrow)

    def accepts(self, form: Form) -> bool:
        """Whether it finds this word of its stem."""
        return (
            (not self.literal or form.base == self.base)
            and (not self.narrow or verb_form(form.base) == verb_form(self.base))
            and (self.cased is None or self.cased.accepts(form))
        )


Group = tuple[Word, ...]
"""Words that stand side by side, in this order."""


class Pattern(NamedTuple):
    """Groups in order, with at most `slack` other words among them; a comma may stand there if `across_commas`."""

    groups: tuple[Group, ...]
    slack: int = 0
    across_commas: bool = True


class Occurrences(NamedTuple):
    """Where patterns were found, (occurrences,) int64 each: the pattern's number, the first position, the end.

    `visited` is how many places were looked at for it.
    """

    pattern: Ints
    first: Ints
    end: Ints
    visited: int


_NONE = np.zeros(0, dtype=np.int64)


def scan(index: TextIndex, patterns: Sequence[Pattern]) -> Occurrences:
    """Every occurrence of every pattern. A phrase stands in one group; of near patterns every combination is given."""
    shapes: dict[tuple[tuple[int, ...], int, bool], list[int]] = {}
    for number, pattern in enumerate(patterns):
        slack = pattern.slack if len(pattern.groups) > 1 else 0
        shape = tuple(map(len, pattern.groups)), min(slack, PAIR_REACH - 1), pattern.across_commas
        shapes.setdefault(shape, []).append(number)
    accepted = _Accepted(index)
    parts = [
        _scan_shape(index, patterns, members, accepted, sizes=shape[0], slack=shape[1], across_commas=shape[2])
        for shape, members in shapes.items()
    ]
    return Occurrences(
        np.concatenate([_NONE, *(part.pattern for part in parts)]),
        np.concatenate([_NONE, *(part.first for part in parts)]),
        np.concatenate([_NONE, *(part.end for part in parts)]),
        sum(part.visited for part in parts),
    )


def frequency(index: TextIndex, pattern: Pattern) -> int:
    """At most so many places are looked at for this pattern: those of the rarer of the words that it begins with."""
    groups = pattern.groups
    if len(groups) > 1:
        return min(index.count(groups[0][-1].stem), index.count(groups[1][0].stem)) * (pattern.slack + 1)
    return min([index.count(word.stem) for word in groups[0][:2]])


class _Accepted:
    """Which tokens of the text each word that is not plain accepts, worked out once."""

    def __init__(self, index: TextIndex) -> None:
        self._index = index
        self._known: dict[Word, Ints | None] = {}

    def types(self, word: Word) -> Ints | None:
        """The numbers of the accepted tokens, None where all of the word's stem are."""
        if word not in self._known:
            types = self._index.types_of(self._index.stem(word.stem))
            accepted = [number for number in types if word.accepts(self._index.forms[number])]
            self._known[word] = None if len(accepted) == len(types) else np.array(accepted, dtype=np.int64)
        return self._known[word]


def _scan_shape(
    index: TextIndex,
    patterns: Sequence[Pattern],
    members: list[int],
    accepted: _Accepted,
    *,
    sizes: tuple[int, ...],
    slack: int,
    across_commas: bool,
) -> Occurrences:
    words = [[word for group in patterns[number].groups for word in group] for number in members]
    stems = np.array([[index.stem(word.stem) for word in row] for row in words], dtype=np.int64)
    known = np.flatnonzero((stems >= 0).all(axis=1))
    member = np.array(members, dtype=np.int64)
    if sum(sizes) == 1:
        which, at = _singles(index, stems[:, 0], known)
        columns, visited = [at], len(at)
    else:
        which, columns, visited = _chains(index, stems, known, sizes, slack, across_commas=across_commas)
    keep = _filtered(index, words, which, columns, accepted)
    if keep is not None:
        which, columns = which[keep], [column[keep] for column in columns]
    return Occurrences(member[which], columns[0], columns[-1] + 1, visited)


def _singles(index: TextIndex, stems: Ints, known: Ints) -> tuple[Ints, Ints]:
    order, bounds = index.postings
    starts, ends = bounds[stems[known]], bounds[stems[known] + 1]
    which, place = expand(starts, ends)
    return known[which], order[place]


def _chains(
    index: TextIndex, stems: Ints, known: Ints, sizes: tuple[int, ...], slack: int, *, across_commas: bool
) -> tuple[Ints, list[Ints], int]:
    """Candidates as (row of `stems`, positions of each word), extended word by word; how many were looked at."""
    left = sizes[0] - 1 if len(sizes) > 1 else 0
    which, place = expand(*index.pair_places(stems[known, left], stems[known, left + 1], slack + 1))
    visited = len(place)
    here, distance = index.pairs[1][place], index.distance(place)
    which = known[which]
    there = here + distance
    fits = _may_part(index, here, distance - 1, across_commas=across_commas)
    for back in range(1, left + 1):
        fits &= _stem_is(index, here - back, stems[which, left - back])
    fitting = np.flatnonzero(fits)
    which, here, there = which[fitting], here[fitting], there[fitting]
    used = there - here - 1
    columns = [here - back for back in range(left, 0, -1)] + [here, there]
    inside = {sum(sizes[:number]) for number in range(1, len(sizes))}
    for word in range(left + 2, sum(sizes)):
        last = columns[-1]
        parts: list[tuple[Ints, Ints]] = []
        for between in range(slack + 1) if word in inside else (0,):
            visited += len(last)
            at = last + 1 + between
            fits = _stem_is(index, at, stems[which, word]) & (used + between <= slack)
            if between:
                fits &= _may_part(index, last, np.full(len(last), between), across_commas=across_commas)
            hits = np.flatnonzero(fits)
            parts.append((hits, at[hits]))
        rows = np.concatenate([hits for hits, _ in parts])
        new = np.concatenate([at for _, at in parts])
        used = used[rows] + (new - last[rows] - 1)
        which = which[rows]
        columns = [column[rows] for column in columns] + [new]
    return which, columns, visited


def _stem_is(index: TextIndex, at: Ints, stem: Ints) -> Flags:
    inside = (at >= 0) & (at < len(index.stem_at))
    same: Flags = inside & (index.stem_at[np.where(inside, at, 0)] == stem)
    return same


def _may_part(index: TextIndex, last: Ints, between: Ints, *, across_commas: bool) -> Flags:
    """Whether the word after `last` may follow with so many words between: not where a hyphen joins it to those."""
    fine: Flags = (between == 0) | ~index.link_at[last]
    if not across_commas:
        until = np.minimum(last + between + 1, len(index.stem_at))
        fine &= index.commas_before[until] == index.commas_before[last]
    return fine


def expand(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """For each of many slices its number, and each place in it."""
    sizes = ends - starts
    which = np.repeat(np.arange(len(sizes)), sizes)
    offset = np.arange(len(which)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return which, np.repeat(starts, sizes) + offset


def _filtered(
    index: TextIndex, words: list[list[Word]], which: Ints, columns: list[Ints], accepted: _Accepted
) -> Flags | None:
    """Which candidates have only words that their pattern accepts; None where all do."""
    strict = [
        (row, number, types)
        for row, parts in enumerate(words)
        for number, word in enumerate(parts)
        if not word.is_plain and (types := accepted.types(word)) is not None
    ]
    if not strict or not len(which):
        return None
    order = np.argsort(which, kind="stable")
    bounds = np.searchsorted(which[order], np.arange(len(words) + 1))
    keep = np.ones(len(which), dtype=np.bool_)
    for row, number, types in strict:
        lines = order[bounds[row] : bounds[row + 1]]
        if len(lines):
            keep[lines] &= np.isin(index.type_at[columns[number][lines]], types)
    return keep
