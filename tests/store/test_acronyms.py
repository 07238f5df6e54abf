"""Acronyms as papers defined them."""

from __future__ import annotations

from datetime import date

from newsletter.domain.papers import PaperId
from newsletter.domain.ports import AcronymCount, LearnedAcronym
from newsletter.store import SqlStore

FIRST, SECOND = date(2026, 6, 1), date(2026, 6, 2)


def row(paper: int, short: str = "llm", long: str = "large language model", day: date = FIRST) -> LearnedAcronym:
    return LearnedAcronym(PaperId(f"sample:{paper}"), short, long, long.title(), day)


def test_what_a_paper_defines_counts_once_however_often_it_is_learned(store: SqlStore) -> None:
    store.acronyms.learn([row(1), row(2)])
    store.acronyms.learn([row(1)])
    store.acronyms.learn([])
    assert store.acronyms.counts(FIRST) == (AcronymCount("llm", "large language model", "Large Language Model", 2),)


def test_only_what_was_known_on_a_day_is_counted(store: SqlStore) -> None:
    store.acronyms.learn([row(1), row(2, day=SECOND), row(3, "sam", "segment anything model", SECOND)])
    assert [(c.short, c.papers) for c in store.acronyms.counts(FIRST)] == [("llm", 1)]
    assert [(c.short, c.papers) for c in store.acronyms.counts(SECOND)] == [("llm", 2), ("sam", 1)]
