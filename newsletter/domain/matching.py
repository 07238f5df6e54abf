"""Which papers a term finds, and by what words. Every distinct term is looked up once.

The rules for one term, in the order in which they are applied:

1. a quoted phrase is found where its words stand side by side, in this order, in any spelling and inflection;
2. a plain line of several words is found there too, and also where its parts (a hyphenated compound is one part) stand
   in one sentence with at most `NEAR_SLACK` other words among them, or the other way round with at most
   `NEAR_SLACK_REVERSED` and no comma; stop words need not be there;
3. compounds are found however they are written: `pretraining`, `pre-training`, `pre training`;
4. a term that holds a known acronym is also looked for with the long form in its place, and the reverse
   (`domain.lexicon`), unless the paper itself defines that acronym as something else;
5. what was found is scored by `domain.ranking`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from newsletter.domain.folding import STOP_WORDS, Form, fold, is_unspaced, tokens
from newsletter.domain.interests import Near, Scope, Term
from newsletter.domain.lexicon import Lexicon
from newsletter.domain.ranking import Evidence, place_count
from newsletter.domain.text_index import Group, TextIndex, Word, Written

__all__ = ["MAX_ALTERNATIVES", "NEAR_WORDS", "Alternative", "Hit", "TermMatcher", "compile_term"]

NEAR_SLACK = 4
"""How many other words may stand among those of a plain term, where they stand in its order."""
NEAR_SLACK_REVERSED = 1
"""The same where they stand the other way round, without a comma between them."""
NEAR_WORDS = 5
"""How many words may stand between the terms around a `~`."""
MAX_ALTERNATIVES = 48
"""Ways to write one term that are looked for."""


class Hit(NamedTuple):
    """What was found of a term in one paper: its evidence, and the best place as positions of the index."""

    score: float
    first: int
    end: int
    via: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to find a term: its groups of words.

    `via` is the other name that led here, empty for the term itself. Where it relies on an acronym, `acronym` and
    `long` say which, and for what.
    """

    groups: tuple[Group, ...]
    via: str = ""
    acronym: str = ""
    long: tuple[str, ...] = ()

    @property
    def phrase(self) -> Group:
        """All words in order."""
        return tuple(word for group in self.groups for word in group)


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
            last = fold(cut[-1])
            made[-1] = Word(last.stem, last.cased.casefold(), prefix=True)
        groups.append(tuple(made))
    if len(groups) == 1 and len(groups[0]) == 1:
        return ((replace(groups[0][0], narrow=True),),)
    return tuple(groups)


def _word(form: Form) -> Word:
    return Word(form.stem, form.base, form if form.is_case_aware else None, literal=len(form.base) < 4)


class TermMatcher:
    """Looks terms up in one index. `lengths` are the papers' lengths in characters."""

    def __init__(self, index: TextIndex, lexicon: Lexicon, lengths: Sequence[int]) -> None:
        self._index = index
        self._lexicon = lexicon
        self._lengths = lengths

    def find(self, term: Term) -> dict[int, Hit]:
        """The papers that hold this term (numbered as in the index), each with its best place."""
        evidence: dict[int, Evidence] = {}
        written = Written.of(term.words)
        for number, alternative in enumerate(self._alternatives(term)):
            self._collect(alternative, term, written if number == 0 else None, evidence)
        return self._hits(evidence)

    def find_near(self, node: Near) -> dict[int, Hit]:
        """The papers where each of these terms stands within five words of the next, in any order, in one sentence."""
        spans = [(first, end, first, end) for first, end in self._places(node.parts[0])]
        for part in node.parts[1:]:
            spans = _chained(spans, self._places(part))
        evidence: dict[int, Evidence] = {}
        for first, end, _, _ in spans:
            segment = self._index.segment_at(first)
            doc, field, _ = self._index.segments[segment]
            evidence.setdefault(doc, Evidence()).add(1.0, in_title=field == "title", span=(first, end), via="")
        return self._hits(evidence)

    def _hits(self, evidence: dict[int, Evidence]) -> dict[int, Hit]:
        lengths = self._lengths
        return {
            doc: Hit(found.score(lengths[doc]), found.first, found.end, found.via) for doc, found in evidence.items()
        }

    # --- other ways to write it -------------------------------------------------------------------------------------

    def _alternatives(self, term: Term) -> list[Alternative]:
        groups = compile_term(term.words)
        made = {Alternative(groups): None}
        for rejoined in self._rejoined(groups):
            made.setdefault(Alternative(rejoined))
        stems = tuple(word.stem for group in groups for word in group)
        for first, end, text, acronym in self._lexicon.names(stems):
            replacement = compile_term(text)
            if acronym:
                replacement = tuple(tuple(_as_acronym(word, acronym) for word in group) for group in replacement)
            part = tuple(word for group in replacement for word in group)
            is_short = len(part) == 1 and part[0].base == acronym
            long = stems[first:end] if is_short else tuple(word.stem for word in part)
            other = self._replaced(groups, first, end, part)
            made.setdefault(Alternative(other, text, acronym, long))
            for rejoined in self._rejoined(other) if len(made) < MAX_ALTERNATIVES else ():
                made.setdefault(Alternative(rejoined, text, acronym, long))
        return list(made)[:MAX_ALTERNATIVES]

    def _rejoined(self, groups: tuple[Group, ...]) -> Iterator[tuple[Group, ...]]:
        """The same words written as one, or cut as the text cuts them: `pretraining`, `pre-training`."""
        index = self._index
        words = [word for group in groups for word in group]
        if any(word.prefix or is_unspaced(word.base) for word in words):
            return
        for size in (2, 3, 4):
            for first in range(len(words) - size + 1):
                joined = fold("".join(word.base for word in words[first : first + size]))
                if index.knows(joined.stem):
                    yield self._replaced(groups, first, first + size, (Word(joined.stem, joined.base),))
        for at, word in enumerate(words):
            for parts in sorted(index.compounds.get(word.stem, ())):
                yield self._replaced(groups, at, at + 1, tuple(Word(part, part) for part in parts))

    @staticmethod
    def _replaced(groups: tuple[Group, ...], first: int, end: int, replacement: Group) -> tuple[Group, ...]:
        """The groups with the words from `first` to `end` (counted over all groups) replaced."""
        made: list[Group] = []
        at = 0
        for group in groups:
            stop = at + len(group)
            if stop <= first or at >= end:
                made.append(group)
            else:
                left, right = group[: max(0, first - at)], group[max(0, end - at) :]
                merged = left + (replacement if at <= first else ()) + right
                if merged:
                    made.append(merged)
            at = stop
        return tuple(made)

    # --- where it stands --------------------------------------------------------------------------------------------

    def _collect(
        self, alternative: Alternative, term: Term, written: Written | None, evidence: dict[int, Evidence]
    ) -> None:
        index = self._index
        phrase = alternative.phrase
        size = len(phrase)
        for at in index.phrase(phrase):
            closeness = index.closeness(at, written) if written else 1
            self._note(evidence, term, alternative, (at, at + size), closeness)
        if term.exact or len(alternative.groups) < 2:
            return
        groups = tuple(group for group in alternative.groups if len(group) > 1 or group[0].base not in STOP_WORDS)
        if len(groups) < 2 or len(set(groups)) < len(groups):
            return
        width = sum(map(len, groups))
        for span in index.near(groups, width + NEAR_SLACK):
            self._note(evidence, term, alternative, span, None)
        for span in index.near(groups[::-1], width + NEAR_SLACK_REVERSED, across_commas=False):
            self._note(evidence, term, alternative, span, None)

    def _note(
        self,
        evidence: dict[int, Evidence],
        term: Term,
        alternative: Alternative,
        span: tuple[int, int],
        closeness: int | None,
    ) -> None:
        index = self._index
        doc, field, _ = index.segments[index.segment_at(span[0])]
        if not self._admits(term, alternative, doc, field):
            return
        found = evidence.get(doc)
        if found is None:
            found = evidence[doc] = Evidence()
        count = place_count(
            closeness,
            via=bool(alternative.via),
            alone_before=index.ends_phrase(span[0] - 1),
            alone_after=index.begins_phrase(span[1]),
        )
        found.add(count, in_title=field == "title", span=span, via=alternative.via)

    def _admits(self, term: Term, alternative: Alternative, doc: int, field: str) -> bool:
        if term.scope is not Scope.EVERYWHERE and field != term.scope:
            return False
        return not alternative.acronym or self._lexicon.allows(doc, alternative.acronym, alternative.long)

    def _places(self, term: Term) -> list[tuple[int, int]]:
        """Every place of a term as a phrase, under all its names."""
        found: set[tuple[int, int]] = set()
        for alternative in self._alternatives(term):
            size = len(alternative.phrase)
            for at in self._index.phrase(alternative.phrase):
                doc, field, _ = self._index.segments[self._index.segment_at(at)]
                if self._admits(term, alternative, doc, field):
                    found.add((at, at + size))
        return sorted(found)


def _chained(spans: list[tuple[int, int, int, int]], places: list[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Each span (first, end, and the place it ended with) with each place that stands close to that last place.

    Of all spans that end with one place the tightest is kept, so their number stays that of the places.
    """
    best: dict[tuple[int, int], tuple[int, int, int, int]] = {}
    longest = max((end - first for first, end in places), default=0)
    starts = [first for first, _ in places]
    for first, end, last, last_end in spans:
        low = bisect_left(starts, last - NEAR_WORDS - longest)
        for number in range(low, len(places)):
            begin, stop = places[number]
            if begin - last_end > NEAR_WORDS:
                break
            if (stop <= last and last - stop <= NEAR_WORDS) or begin >= last_end:
                made = min(first, begin), max(end, stop), begin, stop
                known = best.get((begin, stop))
                if known is None or (made[1] - made[0], made[0]) < (known[1] - known[0], known[0]):
                    best[begin, stop] = made
    return sorted(best.values())


def _as_acronym(word: Word, acronym: str) -> Word:
    """The acronym inside another name of a term: found in capitals only, where they would be an ordinary word else."""
    if word.base != acronym:
        return word
    form = fold(acronym.upper())
    return Word(word.stem, word.base, form if form.is_case_aware else None, literal=True)
