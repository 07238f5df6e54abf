"""The names that a day's interests rest on: acronyms learned from its papers, and the operator's synonyms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from newsletter.domain.issues import IssuePaper
from newsletter.domain.matching import AcronymBook, definitions
from newsletter.domain.ports import AcronymStore, LearnedAcronym
from newsletter.domain.text import fold_text, plain

__all__ = ["LearnNames"]


class LearnNames:
    """Learns the acronyms of the papers of an issue and says which names the issue may use.

    Only names of which one side can stand in the issue's text are given: the others could match nothing.
    """

    def __init__(self, acronyms: AcronymStore, synonyms: Mapping[str, tuple[str, ...]]) -> None:
        """`synonyms` are the operator's, by folded term."""
        self._acronyms = acronyms
        self._synonyms = synonyms

    def __call__(self, papers: Sequence[IssuePaper]) -> Mapping[str, tuple[str, ...]]:
        """Keep what these papers define, each paper once, and return what is known up to their day."""
        self._acronyms.learn([row for entry in papers for row in _learned(entry)])
        until = max((notice.day for entry in papers for notice in entry.notices), default=date.max)
        book = AcronymBook()
        for count in self._acronyms.counts(until):
            book.add(count.short, count.long, shown=count.shown, count=count.papers)
        here = _words(papers)
        names = {
            short: kept
            for short, longs in book.known().items()
            if (kept := tuple(long for long in longs if _all_in(short, here) or _all_in(fold_text(long), here)))
        }
        for term, others in self._synonyms.items():
            names[term] = tuple(dict.fromkeys((*others, *names.get(term, ()))))
        return dict(sorted(names.items()))


def _learned(entry: IssuePaper) -> Iterable[LearnedAcronym]:
    day = min((notice.day for notice in entry.notices), default=date.min)
    seen = set()
    for text in (entry.paper.title, entry.paper.abstract):
        for definition in definitions(plain(text)):
            pair = definition.short_key, definition.long_key
            if all(pair) and pair not in seen:
                seen.add(pair)
                yield LearnedAcronym(entry.id, *pair, definition.long, day)


def _words(papers: Sequence[IssuePaper]) -> frozenset[str]:
    texts = (plain(text) for entry in papers for text in (entry.paper.title, entry.paper.abstract))
    return frozenset(word for text in texts for word in fold_text(text).split())


def _all_in(key: str, words: frozenset[str]) -> bool:
    return words.issuperset(key.split())
