"""Which papers make an issue, in which order, with which summaries: the editor's desk as pure functions.

The rules, in the order in which they are applied:

1. a paper is a candidate if a notice of the issue's day admits it, or if a notice of an earlier day since the first
   issue does (it came late, or its day had no issue, and would otherwise be in none); a paper that an earlier issue
   could have had, and that the editor dropped or `max_papers` cut off, did not come late;
2. a candidate that stands in another daily issue is out, unless a replacement admits it: that is a new version;
3. what the editor dropped is out;
4. the rest is ordered as the operator asks, then moved to the places the editor gave;
5. the first `max_papers` are the issue;
6. featured papers alone are no issue while a feed still shows an earlier day: they come with what it will announce.

A day whose digest was imported is that digest: its papers are the candidates whatever other issues have, nothing is cut
off, and they stand in its order, but for what the editor drops or moves (rules 3 and 4).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from newsletter.domain.issues.admission import Admits
from newsletter.domain.issues.issues import IssuePaper
from newsletter.domain.notation import ENGLISH
from newsletter.domain.papers import Announcement, AnnounceType, Paper, PaperId, PaperNote, Summary

__all__ = ["ORDERS", "arrange", "candidates", "choose_summaries", "is_new_or_replaced", "with_notes"]

_REPLACEMENTS = {AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS}


def candidates(
    announced: Iterable[tuple[Paper, tuple[Announcement, ...]]],
    *,
    day: date,
    issued_days: Collection[date],
    left_out: Collection[tuple[date, PaperId]] = frozenset(),
    admits: Admits,
) -> list[IssuePaper]:
    """The papers that rule 1 lets in, each with every notice of it that was read, oldest first.

    `issued_days` are the earlier days whose papers may come late, `left_out` what issues of those days could have had.
    """
    chosen = []
    for paper, announcements in announced:
        notices = tuple(sorted({a.notice for a in announcements}))
        late = (n for n in notices if n.day in issued_days and (n.day, paper.id) not in left_out)
        if any(admits(n) for n in (*(n for n in notices if n.day == day), *late)):
            chosen.append(IssuePaper(paper=paper, notices=notices))
    return chosen


def is_new_or_replaced(entry: IssuePaper, *, day: date, issued: Collection[PaperId], admits: Admits) -> bool:
    """Whether rule 2 keeps this candidate: it is in no other issue, or it is a new version of one that is."""
    if entry.id not in issued:
        return True
    return any(n.kind in _REPLACEMENTS and n.day == day and admits(n) for n in entry.notices)


def _by_relevance(entry: IssuePaper) -> tuple[object, ...]:
    recommended = max(
        (s.ratings["recommendation"].value for s in entry.summaries.values() if "recommendation" in s.ratings),
        default=0.0,
    )
    return entry.announced_as.strength, -recommended, -(entry.paper.upvotes or 0)


def _by_upvotes(entry: IssuePaper) -> tuple[object, ...]:
    return (-(entry.paper.upvotes or 0),)


def _by_announcement(_: IssuePaper) -> tuple[object, ...]:
    return ()


ORDERS: Mapping[str, Callable[[IssuePaper], tuple[object, ...]]] = {
    "relevance": _by_relevance,
    "upvotes": _by_upvotes,
    "announced": _by_announcement,
}
"""The orders an issue may have. Equal places are settled by id, newest first, so that the order is always the same."""


def arrange(
    entries: Iterable[IssuePaper],
    *,
    order: str | None,
    notes: Mapping[PaperId, PaperNote],
    max_papers: int | None,
) -> tuple[IssuePaper, ...]:
    """Rules 3 to 5: the papers of the issue, in order; without one, in the order in which they come."""
    kept = [e for e in entries if not (e.id in notes and notes[e.id].drop)]
    if order is not None:
        kept.sort(key=lambda e: e.id, reverse=True)
        kept.sort(key=ORDERS[order])  # stable: the order by id stands where the keys are equal
    places = {n.paper_id: n.position for n in notes.values() if n.position is not None}
    moved = sorted((e for e in kept if e.id in places), key=lambda e: places[e.id])
    kept = [e for e in kept if e.id not in places]
    # in the order of their places: what is put in later cannot move what stands before it
    for entry in moved:
        kept.insert(places[entry.id] - 1, entry)
    return tuple(kept[:max_papers])


def with_notes(entries: Iterable[IssuePaper], notes: Mapping[PaperId, PaperNote]) -> tuple[IssuePaper, ...]:
    """Each paper with what the editor wrote about it, else with the note it came with.

    A paper that a digest has twice has two notes of its own there; an editor's goes to the first.
    """
    rest = dict(notes)
    return tuple(replace(e, note=rest.pop(e.id)) if e.id in rest else e for e in entries)


def choose_summaries(
    summaries: Sequence[Summary], *, version: int | None, languages: Sequence[str], engines: Sequence[str]
) -> dict[str, Summary]:
    """The summary to show in each language: of this version, of the first engine that has a usable one, its newest.

    `summaries` come oldest first. One that names no version counts for every version, after those that name this one.
    English is kept whatever the languages are: it is what a digest falls back to. A failure is chosen only where there
    is nothing better, so that the digest can say why the abstract stands there.
    """
    rank = {engine: place for place, engine in enumerate(engines)}
    chosen: dict[str, Summary] = {}
    for language in dict.fromkeys((*languages, ENGLISH)):
        fitting = [
            s
            for s in reversed(summaries)
            if s.language == language and s.version in {version, None} and s.provenance.engine in rank
        ]
        if fitting:
            best = min(fitting, key=lambda s: (s.failure is not None, rank[s.provenance.engine], s.version != version))
            chosen[language] = replace(best, why="")  # which is the operator's
    return chosen
