"""Phrases of a paper that could be terms, and how they stand there.

Every sequence of words within a run is one, if somewhere in the paper nothing of a longer phrase follows it. Two runs
that a preposition or a possessive joins count as one where the vocabulary knows the whole ("chain of thought",
"Alzheimer's disease"), or where the paper defines an acronym for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from newsletter.domain.matching import Definition, definitions
from newsletter.enrich.keywords.cutting import LONGEST_TEXT, Cutter, Run, Word
from newsletter.enrich.keywords.vocabulary import Vocabulary

__all__ = ["LONGEST_PHRASE", "Candidate", "Found", "Joined", "gather", "joined_spans", "spans"]

LONGEST_PHRASE = 5
"""Words of a phrase within a run."""
_LONGEST_DEFINED = 7
_LONGEST_SIDE = 3
_JOINTS = frozenset({"of", "from", "with", "for", "to", "in", "as", "on", "'s"})
_NOWHERE = 99


class Joined(NamedTuple):
    """One phrase that a joint holds together, where it stands."""

    key: str
    words: tuple[Word, ...]
    free_left: bool
    free_right: bool
    run: Run
    """The first of its two runs."""


@dataclass(slots=True)
class Candidate:
    """One phrase of a paper, wherever it stands there."""

    words: tuple[Word, ...]
    count: int = 0
    """How often it stands in the abstract."""
    free_left: int = 0
    free_right: int = 0
    in_title: bool = False
    first: int = _NOWHERE
    """The sentence of the abstract in which it stands first."""
    joined: bool = False
    clarity: int = -1
    """How much the capitals of `words` can be trusted: 2 within a sentence, 1 where it opens one, 0 in a title."""

    def note(self, free_left: bool, free_right: bool, sentence: int, is_title: bool) -> None:
        """It stands here, too."""
        if is_title:
            self.in_title = True
            return
        self.count += 1
        self.free_left += free_left
        self.free_right += free_right
        self.first = min(self.first, sentence)

    @property
    def text(self) -> str:
        """The phrase as the paper writes it."""
        *front, last = self.words
        return " ".join([f"{word.surface}'s" if word.owns else word.surface for word in front] + [last.surface])


class Found(NamedTuple):
    """What a paper holds: candidates by key, and the acronyms it defines."""

    candidates: dict[str, Candidate]
    definitions: tuple[Definition, ...]

    def kinds(self) -> dict[str, int]:
        """By key: 1 for the long form of an acronym that the paper defines, 2 for the acronym."""
        return {d.short_key: 2 for d in self.definitions} | {d.long_key: 1 for d in self.definitions}


def gather(title: str, abstract: str, cutter: Cutter, vocabulary: Vocabulary) -> Found:
    """Every phrase of this paper that could be a term, by key. Linear in the length of the text."""
    parts = [(True, list(cutter.runs(title))), (False, list(cutter.runs(abstract)))]
    candidates = _within_runs([(is_title, run, list(spans(run))) for is_title, runs in parts for run in runs])
    for is_title, runs in parts:
        for one in joined_spans(runs):
            if one.free_right and one.key in vocabulary.phrases:
                candidate = candidates.setdefault(one.key, Candidate(one.words, joined=True, clarity=2))
                candidate.note(one.free_left, True, one.run.sentence, is_title)
    text = f"{title}. {abstract}"[:LONGEST_TEXT]
    defined = tuple(definitions(text)) if "(" in text else ()
    for definition in defined:
        words = tuple([cutter.word(surface) for surface in definition.long.split()])
        if definition.long_key not in candidates and 1 < len(words) <= _LONGEST_DEFINED and _is_plain(words):
            candidates[definition.long_key] = Candidate(words, 1, 1, 1, first=1, joined=True, clarity=2)
    return Found(candidates, defined)


def _within_runs(cut: Sequence[tuple[bool, Run, list[tuple[str, int, int]]]]) -> dict[str, Candidate]:
    whole = {key for _, run, phrases in cut for key, _, end in phrases if end == len(run.words)}
    candidates: dict[str, Candidate] = {}
    for is_title, run, phrases in cut:
        size = len(run.words)
        for key, begin, end in phrases:
            if key not in whole:
                continue
            if (one := candidates.get(key)) is None:
                one = candidates[key] = Candidate(run.words[begin:end])
            clarity = 0 if is_title else 1 if run.opens and not begin else 2
            if clarity > one.clarity:
                one.words, one.clarity = run.words[begin:end], clarity
            one.note(not begin, end == size, run.sentence, is_title)
    return candidates


def spans(run: Run) -> Iterator[tuple[str, int, int]]:
    """Every phrase of up to `LONGEST_PHRASE` words within this run: its key, its first word and that after its last."""
    keys = [word.key for word in run.words]
    # what ends with a possessive goes on behind it
    usable = len(keys) - 1 if run.after == "'s" else len(keys)
    for begin in range(usable):
        key = keys[begin]
        yield key, begin, begin + 1
        for end in range(begin + 1, min(usable, begin + LONGEST_PHRASE)):
            key = f"{key} {keys[end]}"
            yield key, begin, end + 1


def joined_spans(runs: Sequence[Run]) -> Iterator[Joined]:
    """Every phrase across two runs that one preposition or a possessive joins."""
    for one, other in pairwise(runs):
        if one.after not in _JOINTS or one.after != other.before or one.sentence != other.sentence:
            continue
        joint = () if one.after == "'s" else (Word(one.after, one.after),)
        for left in range(1, min(_LONGEST_SIDE, len(one.words)) + 1):
            for right in range(1, min(_LONGEST_SIDE, len(other.words)) + 1):
                words = (*one.words[-left:], *joint, *other.words[:right])
                key = " ".join([word.key for word in words])
                ends = right == len(other.words) and other.after != "'s"
                yield Joined(key, words, left == len(one.words), ends, one)


def _is_plain(words: Sequence[Word]) -> bool:
    return all(word.surface and word.surface.replace("-", "").replace("/", "").isalnum() for word in words)
