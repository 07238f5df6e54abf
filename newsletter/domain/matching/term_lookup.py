"""Which papers terms find, and by what words. Many terms are looked up together; each distinct one once.

The rules for one term, in the order in which they are applied:

1. a quoted phrase is found where its words stand side by side, in this order, in any spelling and inflection;
2. a plain line of several words is found there too, and also where its parts (a hyphenated compound is one part) stand
   in one sentence with at most `NEAR_SLACK` other words among them, or the other way round with at most
   `NEAR_SLACK_REVERSED` and no comma; stop words need not be there;
3. compounds are found however they are written: `pretraining`, `pre-training`, `pre training`;
4. a term that holds a known acronym is also looked for with the long form in its place, and the reverse
   (`lexicon`), unless the paper itself defines that acronym as something else;
5. what was found is counted by `ranking`: every phrase by how closely it is written, words that stand close
   together once a field.

These rules need each other's places in the text, so they stand together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from newsletter.domain.interests import Near, Scope, Term
from newsletter.domain.matching.lexicon import Lexicon
from newsletter.domain.matching.ranking import (
    ALONE,
    CLOSENESS,
    MODIFIED,
    MODIFYING,
    NEAR,
    NEAR_OTHER_NAME,
    OTHER_NAME,
    evidence,
)
from newsletter.domain.matching.scanning import Occurrences, Pattern, expand, frequency, scan
from newsletter.domain.matching.term_patterns import Alternative, alternatives, near_groups
from newsletter.domain.matching.text_index import Flags, Ints, TextIndex, Written

__all__ = ["HIT", "NEAR_SLACK", "NEAR_SLACK_REVERSED", "NEAR_WORDS", "Hits", "TermMatcher"]

NEAR_SLACK = 4
"""How many other words may stand among those of a plain term, where they stand in its order."""
NEAR_SLACK_REVERSED = 1
"""The same where they stand the other way round, without a comma between them."""
NEAR_WORDS = 5
"""How many words may stand between the terms around a `~`."""

MAX_PLACES = 250_000
"""Places in the text that are looked at together, at most about 25 MB."""

HIT = np.dtype([("doc", np.int32), ("score", np.float32), ("first", np.int32), ("end", np.int32), ("via", np.int32)])
"""What was found of a term in one paper: its evidence (`ranking.evidence`, float32), the best place as positions from
`first` up to `end`, and the number of the other name it was found by, 0 for the term itself."""

Hits = npt.NDArray[np.void]
_Spans = tuple[Ints, Ints]
"""Places in the text: where each begins, ascending, and where it ends."""
_NOTHING: Hits = np.zeros(0, dtype=HIT)
_NO_PLACES: Ints = np.zeros(0, dtype=np.int64)
_PRIMARY, _OTHER, _NEAR = 0, 1, 2


class _Places(NamedTuple):
    """Where terms were found, (places,) int64 each: number of the term, first position, end, other name, kind."""

    term: Ints
    first: Ints
    end: Ints
    via: Ints
    kind: Ints

    def at(self, rows: Ints | Flags) -> _Places:
        return _Places(*(column[rows] for column in self))


@dataclass(slots=True)
class _Batch:
    """The patterns of many terms, and what each pattern stands for."""

    patterns: list[Pattern]
    term: list[int]
    kind: list[int]
    alternative: list[Alternative]

    def add(self, pattern: Pattern, term: int, kind: int, alternative: Alternative) -> None:
        self.patterns.append(pattern)
        self.term.append(term)
        self.kind.append(kind)
        self.alternative.append(alternative)


class TermMatcher:
    """Looks terms up in one index. `lengths` are the papers' lengths in characters."""

    def __init__(self, index: TextIndex, lexicon: Lexicon, lengths: Sequence[int]) -> None:
        self._index = index
        self._lexicon = lexicon
        self._lengths = np.array([*lengths], dtype=np.float64)
        self.visited = 0
        """How many places in the text have been looked at so far."""
        self._vias: dict[str, int] = {"": 0}
        self._via_names = [""]

    def via(self, number: int) -> str:
        """The other name of this number."""
        return self._via_names[number]

    def find(self, terms: Sequence[Term]) -> list[Hits]:
        """For each term the papers that hold it, ascending, as rows of `HIT`."""
        return [hits for part, batch in self._batches(terms) for hits in self._find(part, batch)]

    def _batches(self, terms: Sequence[Term]) -> Iterator[tuple[Sequence[Term], _Batch]]:
        """The terms and their patterns, so many at a time as may be looked at together: memory stays bounded."""
        batch = _Batch([], [], [], [])
        begin = places = 0
        for number, term in enumerate(terms):
            known = len(batch.patterns)
            self._add(batch, number - begin, term)
            places += sum(frequency(self._index, pattern) for pattern in batch.patterns[known:])
            if places >= MAX_PLACES:
                yield terms[begin : number + 1], batch
                batch = _Batch([], [], [], [])
                begin, places = number + 1, 0
        yield terms[begin:], batch

    def _add(self, batch: _Batch, number: int, term: Term) -> None:
        """The patterns of one term."""
        for position, alternative in enumerate(alternatives(term, self._index, self._lexicon)):
            kind = _PRIMARY if position == 0 and not term.wildcard else _OTHER
            batch.add(Pattern((alternative.phrase,)), number, kind, alternative)
            if term.exact or len(alternative.groups) < 2 or not (near := near_groups(alternative.groups)):
                continue
            batch.add(Pattern(near, NEAR_SLACK), number, _NEAR, alternative)
            reverse = Pattern(near[::-1], NEAR_SLACK_REVERSED, across_commas=False)
            batch.add(reverse, number, _NEAR, alternative)

    def _find(self, terms: Sequence[Term], batch: _Batch) -> list[Hits]:
        occurrences = self._scan(batch)
        via = [self._via(alternative.via) for alternative in batch.alternative]
        term_of, via_of, kind_of = (np.array(column, dtype=np.int64) for column in (batch.term, via, batch.kind))
        places = _Places(
            term_of[occurrences.pattern],
            occurrences.first,
            occurrences.end,
            via_of[occurrences.pattern],
            kind_of[occurrences.pattern],
        )
        places = places.at(self._admitted(terms, batch, occurrences))
        return self._hits(len(terms), places, self._counts(terms, places))

    def _scan(self, batch: _Batch) -> Occurrences:
        occurrences = scan(self._index, batch.patterns)
        self.visited += occurrences.visited
        return occurrences

    def find_near(self, nodes: Sequence[Near]) -> list[Hits]:
        """For each the papers where each of its terms stands within five words of the next, in any order.

        They stand in one sentence. What many of them share is looked for once.
        """
        return [hits for part, terms in self._near_batches(nodes) for hits in self._find_near(part, terms)]

    def _near_batches(self, nodes: Sequence[Near]) -> Iterator[tuple[Sequence[Near], list[Term]]]:
        """The nodes with their terms, so many at a time as may be looked at together."""
        terms: dict[Term, None] = {}
        begin = places = 0
        for number, node in enumerate(nodes):
            for term in node.parts:
                if term not in terms:
                    terms[term] = None
                    places += self._most_places(term)
            if places >= MAX_PLACES:
                yield nodes[begin : number + 1], [*terms]
                terms, begin, places = {}, number + 1, 0
        yield nodes[begin:], [*terms]

    def _most_places(self, term: Term) -> int:
        ways = alternatives(term, self._index, self._lexicon)
        return sum(frequency(self._index, Pattern((alternative.phrase,))) for alternative in ways)

    def _find_near(self, nodes: Sequence[Near], terms: Sequence[Term]) -> list[Hits]:
        places = dict(zip(terms, self._places(terms), strict=True))
        spans = [_spanned([places[term] for term in node.parts]) for node in nodes]
        number = np.repeat(np.arange(len(nodes)), [len(first) for first, _ in spans])
        first = np.concatenate([_NO_PLACES, *(first for first, _ in spans)])
        end = np.concatenate([_NO_PLACES, *(end for _, end in spans)])
        zeros = np.zeros(len(first), dtype=np.int64)
        counts = np.full(len(first), CLOSENESS[-1] * ALONE, dtype=np.int64)
        return self._hits(len(nodes), _Places(number, first, end, zeros, zeros), counts)

    # --- counting ---------------------------------------------------------------------------------------------------

    def _counts(self, terms: Sequence[Term], places: _Places) -> Ints:
        """What each place counts, a ten-thousandth each (see `ranking.evidence`): (places,) int64."""
        index = self._index
        weight = np.where(places.via > 0, OTHER_NAME, CLOSENESS[1])
        primary = np.flatnonzero(places.kind == _PRIMARY)
        weight[primary] = np.array(CLOSENESS)[self._closeness(terms, places.term[primary], places.first[primary])]
        alone = np.where(index.ends_phrase[places.first - 1], ALONE, MODIFIED)
        alone = alone * np.where(index.begins_phrase[places.end], ALONE, MODIFYING) // ALONE
        near = places.kind == _NEAR
        weight[near] = np.where(places.via[near] > 0, NEAR_OTHER_NAME, NEAR)
        alone[near] = ALONE
        counted: Ints = weight * alone
        return counted

    def _closeness(self, terms: Sequence[Term], term_of: Ints, first: Ints) -> Ints:
        """How closely each phrase is written as the subscriber wrote it.

        3: alike but for capitals; 2: but for hyphens, accents and compatibility forms; 1: another spelling, or
        singular for plural; 0: another inflection.
        """
        index = self._index
        closeness = np.zeros(len(first), dtype=np.int64)
        distinct, which = np.unique(term_of, return_inverse=True)
        written = [Written.of(terms[number].words) for number in distinct.tolist()]
        sizes = np.array([len(term.surfaces) for term in written], dtype=np.int64)
        for size in np.unique(sizes).tolist():
            members = np.flatnonzero(sizes[which] == size)
            of_size = np.flatnonzero(sizes == size)
            row = np.searchsorted(of_size, which[members])
            of_one_size = [written[number] for number in of_size.tolist()]
            lower = np.array([[index.lower(text) for text in w.surfaces] for w in of_one_size], dtype=np.int64)[row]
            base = np.array([[index.base(text) for text in w.bases] for w in of_one_size], dtype=np.int64)[row]
            link = np.array([w.links for w in of_one_size], dtype=np.bool_).reshape(len(of_one_size), size - 1)[row]
            at = first[members][:, np.newaxis] + np.arange(size)
            same_base = (index.base_at(at) == base).all(axis=1)
            same_lower = (index.lower_at(at) == lower).all(axis=1)
            same_link = (index.link_at[at[:, :-1]] == link).all(axis=1)
            closeness[members] = np.where(same_lower, np.where(same_link, 3, 2), np.where(same_base, 1, 0))
        return closeness

    def _admitted(self, terms: Sequence[Term], batch: _Batch, occurrences: Occurrences) -> Flags:
        """Which places are where the term looks, and do not use an acronym that their paper defines otherwise."""
        index = self._index
        segment = index.segment_of[occurrences.first]
        scope_of = np.array([_SCOPES[terms[number].scope] for number in batch.term], dtype=np.int64)
        scope = scope_of[occurrences.pattern]
        keep: Flags = (scope == 0) | ((scope == 1) == index.in_title[segment])
        for number in np.unique(occurrences.pattern).tolist():
            alternative = batch.alternative[number]
            if alternative.acronym and self._lexicon.is_ambiguous(alternative.acronym):
                for place in np.flatnonzero(occurrences.pattern == number).tolist():
                    doc = int(index.doc_of[segment[place]])
                    keep[place] &= self._lexicon.allows(doc, alternative.acronym, alternative.long)
        return keep

    def _hits(self, terms: int, places: _Places, count: Ints) -> list[Hits]:
        """The places summed up by term and paper."""
        index = self._index
        keep = self._one_near_a_field(places, count)
        places, count = places.at(keep), count[keep]
        segment = index.segment_of[places.first]
        title, doc = index.in_title[segment], index.doc_of[segment]
        # The best place of each paper comes first: most counted, then in the title, then first.
        order = np.lexsort((places.end, places.first, ~title, -count, doc, places.term))
        places, count, title, doc = places.at(order), count[order], title[order], doc[order]
        begins = np.flatnonzero(_changes(places.term) | _changes(doc))
        hits = np.zeros(len(begins), dtype=HIT)
        if len(begins):
            best_title = np.maximum.reduceat(np.where(title, count, 0), begins)
            abstract = np.add.reduceat(np.where(title, 0, count), begins)
            hits["doc"] = doc[begins]
            hits["score"] = evidence(best_title, abstract, self._lengths[doc[begins]])
            hits["first"], hits["end"] = places.first[begins], places.end[begins]
            hits["via"] = places.via[begins]
        bounds = np.searchsorted(places.term[begins], np.arange(terms + 1)).tolist()
        # most terms find nothing, and share that
        return [hits[low:high].copy() if low < high else _NOTHING for low, high in pairwise(bounds)]

    def _one_near_a_field(self, places: _Places, count: Ints) -> Flags:
        """Of the near places of a term in one field the best is kept: most counted, then tightest, then first."""
        keep = np.ones(len(count), dtype=np.bool_)
        rows = np.flatnonzero(places.kind == _NEAR)
        near = places.at(rows)
        segment = self._index.segment_of[near.first]
        order = np.lexsort((near.first, near.end - near.first, -count[rows], segment, near.term))
        repeated = ~(_changes(near.term[order]) | _changes(segment[order]))
        keep[rows[order[repeated]]] = False
        return keep

    def _via(self, text: str) -> int:
        number = self._vias.setdefault(text, len(self._via_names))
        if number == len(self._via_names):
            self._via_names.append(text)
        return number

    def _places(self, terms: Sequence[Term]) -> list[_Spans]:
        """Every place of each term as a phrase, under all its names, in the order of the text."""
        batch = _Batch([], [], [], [])
        for number, term in enumerate(terms):
            for alternative in alternatives(term, self._index, self._lexicon):
                batch.add(Pattern((alternative.phrase,)), number, _OTHER, alternative)
        occurrences = self._scan(batch)
        keep = self._admitted(terms, batch, occurrences)
        term_of = np.array(batch.term, dtype=np.int64)[occurrences.pattern][keep]
        first, end = occurrences.first[keep], occurrences.end[keep]
        order = np.lexsort((end, first, term_of))
        term_of, first, end = term_of[order], first[order], end[order]
        once = _changes(term_of) | _changes(first) | _changes(end)
        term_of, first, end = term_of[once], first[once], end[once]
        bounds = np.searchsorted(term_of, np.arange(len(terms) + 1)).tolist()
        return [(first[low:high], end[low:high]) for low, high in pairwise(bounds)]


def _changes(column: Ints) -> Flags:
    """Where an ordered column has another value than in the row before; the first row counts."""
    changed = np.ones(len(column), dtype=np.bool_)
    changed[1:] = column[1:] != column[:-1]
    return changed


_SCOPES = {Scope.EVERYWHERE: 0, Scope.TITLE: 1, Scope.ABSTRACT: 2}


def _spanned(places: Sequence[_Spans]) -> _Spans:
    """Where places of several terms, each close to the one before, stand together: from the first word to the last.

    Of all that end with one place the tightest is kept, then the first, so their number stays that of the places.
    """
    last, last_end = places[0]
    first, end = places[0]
    for begin, stop in places[1:]:
        if not len(begin) or not len(last):
            return _NO_PLACES, _NO_PLACES
        longest = int((stop - begin).max())
        low = np.searchsorted(begin, last - NEAR_WORDS - longest, "left")
        high = np.searchsorted(begin, last_end + NEAR_WORDS, "right")
        which, at = expand(low, np.maximum(low, high))
        before = (stop[at] <= last[which]) & (last[which] - stop[at] <= NEAR_WORDS)
        close = np.flatnonzero(before | (begin[at] >= last_end[which]))
        which, at = which[close], at[close]
        first, end = np.minimum(first[which], begin[at]), np.maximum(end[which], stop[at])
        order = np.lexsort((first, end - first, at))
        tightest = order[_changes(at[order])]
        first, end, at = first[tightest], end[tightest], at[tightest]
        last, last_end = begin[at], stop[at]
    return first, end
