"""The ways to find one term: as written, its compounds joined or cut, its acronyms and other names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from newsletter.domain.interests import Term
from newsletter.domain.matching.lexicon import Lexicon
from newsletter.domain.matching.scanning import Group, Word
from newsletter.domain.matching.text_index import TextIndex
from newsletter.domain.text import STOP_WORDS, base_form, fold, is_unspaced, stem_form, surfaces

__all__ = ["MAX_ALTERNATIVES", "Alternative", "alternatives", "compile_term", "near_groups"]

MAX_ALTERNATIVES = 48
"""Ways to write one term that are looked for."""
_VERSIONED = re.compile(r"([a-z]{2,})(\d+)")
# `SAM2` may be written `SAM 2`; a single letter and a number apart from it are two things.
MAX_COMPLETIONS = 300
"""Words that one `*` stands for."""


class Alternative(NamedTuple):
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
    groups = tuple(group for chunk in words.replace("/", " ").split() if (group := _compile_chunk(chunk)))
    if len(groups) == 1 and len(groups[0]) == 1:
        return ((replace(groups[0][0], narrow=True),),)
    return groups


def _compile_chunk(chunk: str) -> Group:
    return tuple([_word(surface) for surface in surfaces(chunk)])


@lru_cache(maxsize=1 << 15)
def _word(surface: str) -> Word:
    form = fold(surface)
    return Word(form.stem, form.base, form if form.is_case_aware else None, literal=len(form.base) < 4)


def near_groups(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """The groups that must stand close together: without stop words; none where there are fewer than two."""
    telling = tuple(group for group in groups if len(group) > 1 or group[0].base not in STOP_WORDS)
    return telling if len(telling) > 1 and len(set(telling)) == len(telling) else ()


def alternatives(term: Term, index: TextIndex, lexicon: Lexicon) -> list[Alternative]:
    """Every way to find this term in this issue, the term as written first."""
    groups = compile_term(term.words)
    if term.wildcard:
        return [Alternative(completed) for completed in _completed(term, groups, index)]
    ways: dict[Alternative, None] = {Alternative(groups): None}
    for rejoined in _rejoined(groups, index):
        ways.setdefault(Alternative(rejoined))
    stems = tuple(word.stem for group in groups for word in group)
    for first, end, text, acronym in lexicon.names(stems):
        part = tuple(word for group in compile_term(text) for word in group)
        if acronym:
            part = tuple(_as_acronym(word, acronym) for word in part)
        is_short = len(part) == 1 and part[0].base == acronym
        long = stems[first:end] if is_short else tuple(word.stem for word in part)
        other = _replaced(groups, first, end, part)
        ways.setdefault(Alternative(other, text, acronym, long))
        for rejoined in _rejoined(other, index) if len(ways) < MAX_ALTERNATIVES else ():
            ways.setdefault(Alternative(rejoined, text, acronym, long))
    return list(ways)[:MAX_ALTERNATIVES]


def _completed(term: Term, groups: tuple[Group, ...], index: TextIndex) -> Iterator[tuple[Group, ...]]:
    """The term once for each word of the text that its `*` may stand for."""
    chunk = term.wildcard
    at = [part for part in term.words.replace("/", " ").split() if _compile_chunk(part)].index(chunk)
    group, leads = groups[at], chunk.startswith("*")
    edge = fold(surfaces(chunk)[0 if leads else -1]).cased.casefold()
    for base in (index.bases_ending if leads else index.bases_with)(edge, MAX_COMPLETIONS):
        word = Word(fold(base).stem, base, literal=True)
        yield (*groups[:at], (word, *group[1:]) if leads else (*group[:-1], word), *groups[at + 1 :])


def _rejoined(groups: tuple[Group, ...], index: TextIndex) -> Iterator[tuple[Group, ...]]:
    """The same words written as one, or cut as the text cuts them: `pretraining`, `pre-training`."""
    words = [word for group in groups for word in group]
    if any(is_unspaced(word.base) for word in words):
        return
    for size in range(2, min(4, len(words)) + 1):
        for first in range(len(words) - size + 1):
            base = base_form("".join([word.base for word in words[first : first + size]]))
            stem = stem_form(base)
            if index.stem(stem) >= 0:
                yield _replaced(groups, first, first + size, (Word(stem, base),))
    for at, word in enumerate(words):
        if word.base[-1:].isdigit() and (versioned := _VERSIONED.fullmatch(word.base)):
            yield _replaced(groups, at, at + 1, tuple(Word(part, part, literal=True) for part in versioned.groups()))
        for parts in index.compounds.get(word.stem, ()):
            yield _replaced(groups, at, at + 1, tuple(Word(part, part) for part in parts))


def _replaced(groups: tuple[Group, ...], first: int, end: int, replacement: Group) -> tuple[Group, ...]:
    """The groups with the words from `first` to `end` (counted over all groups) replaced."""
    replaced: list[Group] = []
    at = 0
    for group in groups:
        stop = at + len(group)
        if stop <= first or at >= end:
            replaced.append(group)
        else:
            left, right = group[: max(0, first - at)], group[max(0, end - at) :]
            merged = left + (replacement if at <= first else ()) + right
            if merged:
                replaced.append(merged)
        at = stop
    return tuple(replaced)


def _as_acronym(word: Word, acronym: str) -> Word:
    """The acronym inside another name of a term: found in capitals only, where they would be an ordinary word else."""
    if word.base != acronym:
        return word
    form = fold(acronym.upper())
    return Word(word.stem, word.base, form if form.is_case_aware else None, literal=True)
