"""What became of the last issues for one subscriber."""

from __future__ import annotations

from datetime import UTC, date, datetime

from newsletter.domain.delivery import DeliveryStatus
from newsletter.domain.issues import Edition, IssueKey
from newsletter.store import Database
from tests.support.ledgers import all_get, readers
from tests.support.samples import make_issue, make_paper
from tests.support.web import make_store

NOW = datetime(2026, 6, 9, 6, 30, tzinfo=UTC)


def test_the_newest_issues_come_first_and_only_those_that_were_planned_for_the_reader(database: Database) -> None:
    store = make_store(database)
    store.subscribers.upsert(readers([1]))
    first = store.subscribers.get("reader1@example.org")
    assert first is not None
    keys = [IssueKey(date(2026, 6, day)) for day in (1, 3, 2)] + [IssueKey(date(2026, 6, 3), Edition.WEEKLY)]
    for number, key in enumerate(keys):
        issue = make_issue([make_paper(number + 1)], key=key)
        status = DeliveryStatus.SKIPPED if number == 0 else DeliveryStatus.QUEUED
        store.deliveries.plan(issue, all_get(issue, status, "no match" if number == 0 else ""), at=NOW)
    store.subscribers.upsert(readers([2]))
    late = store.subscribers.get("reader2@example.org")
    assert late is not None
    history = store.deliveries.latest_of(first.id, issues=10)
    assert [one.issue for one in history] == [keys[3], keys[1], keys[2], keys[0]]
    assert (history[-1].status, history[-1].reason) == (DeliveryStatus.SKIPPED, "no match")
    assert [one.issue for one in store.deliveries.latest_of(first.id, issues=2)] == [keys[3], keys[1]]
    assert store.deliveries.latest_of(late.id, issues=10) == ()
