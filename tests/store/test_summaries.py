"""Summaries, kept by what makes them the same summary."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from newsletter.domain.summaries import FailureKind, Keyword, Provenance, Rating, SummaryKey
from newsletter.store import SqlStore
from tests.support.doubles import paper_id, summary


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
