"""Summaries, kept by what makes them the same summary."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from newsletter.domain.papers import Expense, FailureKind, Keyword, Provenance, Rating, SummaryKey
from newsletter.store import SqlStore
from tests.support.doubles import MONDAY, announced, paper_id, summary


def test_a_summary_is_found_again_as_it_was_put(store: SqlStore) -> None:
    rich = replace(
        summary(1, "zh-Hans", "llm"),
        provenance=Provenance("llm", "some-model", "p1", tokens=12, cost=0.25),
        highlights=("一", "二"),
        keywords=(Keyword("retrieval", "检索"),),
        ratings={"novelty": Rating(3.5, "because")},
    )
    store.summaries.put([rich])
    assert store.summaries.get([rich.key]) == {rich.key: rich}


OTHER = {"paper_id": paper_id(2), "version": 2, "language": "de", "engine": "llm", "model": "m", "prompt": "p"}


@pytest.mark.parametrize("field", [f.name for f in fields(SummaryKey)])
def test_every_part_of_the_key_tells_summaries_apart(store: SqlStore, field: str) -> None:
    one = summary(1)
    if field in {"engine", "model", "prompt"}:
        other = replace(one, provenance=replace(one.provenance, **{field: OTHER[field]}))  # type: ignore[arg-type]
    else:
        other = replace(one, **{field: OTHER[field]})  # type: ignore[arg-type]
    store.summaries.put([one, other])
    assert store.summaries.get([one.key]) == {one.key: one}
    assert store.summaries.get([other.key]) == {other.key: other}


def test_a_summary_of_no_version_has_a_key_too(store: SqlStore) -> None:
    """NULL is never equal to itself: such a summary would be kept anew every day."""
    one = summary(1, version=None)
    store.summaries.put([one])
    store.summaries.put([replace(one, tldr="again")])
    assert [s.tldr for s in store.summaries.of([paper_id(1)])[paper_id(1)]] == ["again"]


def test_a_summary_replaces_one_of_the_same_key(store: SqlStore) -> None:
    failed = summary(1, failure=FailureKind.UNAVAILABLE, tldr="")
    store.summaries.put([failed])
    store.summaries.put([summary(1), summary(2), summary(1, tldr="last")])
    assert [s.tldr for s in store.summaries.of([paper_id(1)])[paper_id(1)]] == ["last"]


def test_all_summaries_of_a_paper_come_oldest_first(store: SqlStore) -> None:
    for prompt in ("p2", "p1", "p3"):
        store.summaries.put([summary(1, prompt=prompt), summary(2, prompt=prompt)])
    kept = store.summaries.of([paper_id(1), paper_id(3), paper_id(1)])
    assert [s.provenance.prompt for s in kept[paper_id(1)]] == ["p2", "p1", "p3"]
    assert set(kept) == {paper_id(1)}


def test_nothing_asked_and_nothing_put_is_no_error(store: SqlStore) -> None:
    store.summaries.put([])
    assert store.summaries.get([]) == {}
    assert store.summaries.of([]) == {}
    assert store.summaries.get([summary(1).key]) == {}


def test_thousands_are_asked_for_at_once(store: SqlStore) -> None:
    many = [summary(n) for n in range(2500)]
    store.summaries.put(many)
    assert len(store.summaries.get([s.key for s in many])) == 2500


KEYS = [summary(number).key for number in (1, 2, 3)]


def test_what_one_run_claims_another_does_not_get(store: SqlStore) -> None:
    claim = store.summaries.claim
    assert claim(KEYS[:2], "one", seconds=60)
    assert claim(KEYS[:2], "one", seconds=60), "who holds them may take them again"
    assert not claim(KEYS[1:], "other", seconds=60), "all or none"
    assert claim(KEYS[2:], "third", seconds=60), "who got none holds none"
    store.summaries.release("one")
    assert claim(KEYS[:2], "other", seconds=60)


def test_a_claim_ends_by_itself(store: SqlStore) -> None:
    assert store.summaries.claim(KEYS, "killed", seconds=0.0)
    assert store.summaries.claim(KEYS, "other", seconds=60)
    assert not store.summaries.claim(KEYS, "killed", seconds=60), "who was away too long has lost them"


def test_many_papers_are_claimed_at_once(store: SqlStore) -> None:
    keys = [summary(number).key for number in range(1, 1500)]
    assert store.summaries.claim(keys, "one", seconds=60)
    assert not store.summaries.claim(keys[-1:], "other", seconds=60)


def test_expenses_add_up_by_paper_and_engine(store: SqlStore) -> None:
    def spent(number: int, engine: str = "llm", **fields: object) -> Expense:
        given = {"tokens_in": 100, "tokens_out": 20, "cost": 0.25} | fields
        return Expense(paper_id=paper_id(number), language="en", engine=engine, **given)  # type: ignore[arg-type]

    store.summaries.book([spent(1), spent(1, is_estimate=True), spent(2)])
    store.summaries.book([spent(1, engine="other"), spent(3)])
    assert store.summaries.spent([paper_id(1), paper_id(2)], "llm") == (360, 0.75, 120)
    assert store.summaries.spent([paper_id(9)], "llm") == (0, 0.0, 0)


def test_failures_are_counted_by_day_with_their_reasons(store: SqlStore) -> None:
    store.papers.add([announced(number) for number in (1, 2, 3, 4)])
    down = {"failure": FailureKind.UNAVAILABLE, "why": "connection refused", "tldr": ""}
    store.summaries.put([summary(1, **down), summary(2, **down), summary(3, failure=FailureKind.ECHO, tldr="")])
    store.summaries.put([summary(4, **down, prompt="old"), summary(4, prompt="new")])
    counted = {"unavailable": {"connection refused": 2}, "echo": {"": 1}}
    assert store.summaries.failed(MONDAY, MONDAY) == {MONDAY: counted}
    assert store.summaries.failed(MONDAY + timedelta(1), MONDAY + timedelta(1)) == {}
