"""Freezing an audience: one transaction, in the order of subscribers, and nobody as they no longer are."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import pytest
from sqlalchemy import Engine, event

from newsletter.domain.delivery import Begin, DeliveryStatus, Recipient, freeze
from newsletter.domain.delivery import DeliveryStatus as S
from newsletter.domain.issues import Edition
from newsletter.domain.ports import DecideAudience
from newsletter.domain.subscribers import Preferences, Subscriber, SubscriptionState
from newsletter.store import Database, SqlStore
from newsletter.store.ledger import _audience
from tests.store.conftest import NOW
from tests.support.ledgers import all_get, readers
from tests.support.samples import make_issue

ISSUE = make_issue(1)
KEY = ISSUE.key
QUEUED = all_get(ISSUE)


def _emails(store: SqlStore) -> list[str]:
    return [d.recipient.email for d in store.deliveries.of_issue(KEY)]


def _by_interest(people: Sequence[Subscriber]) -> Iterator[tuple[Recipient, DeliveryStatus, str, datetime | None]]:
    for person in people:
        skipped = "nothing" in person.interests or person.state is not SubscriptionState.CONFIRMED
        yield freeze(person, ISSUE), S.SKIPPED if skipped else S.QUEUED, "no match" if skipped else "", None


def _meanwhile(happens: Callable[[], object], decide: DecideAudience = _by_interest) -> DecideAudience:
    """Something that happens once, after the first decisions were made."""
    left = [happens]

    def decided(people: Sequence[Subscriber]) -> list[tuple[Recipient, DeliveryStatus, str, datetime | None]]:
        rows = list(decide(people))
        if left:
            left.pop()()
        return rows

    return decided


def test_what_is_frozen_comes_back(store: SqlStore) -> None:
    ada = Subscriber(
        email="Ada.Łovelace@Bücher.example",
        name="Ada “Countess” Łovelace; DROP TABLE",
        interests=('"retrieval"', "-survey\\n", "作者:王"),
        language="zh-Hans",
        cadence=Edition.WEEKLY,
        max_papers=0,
    )
    store.subscribers.upsert([ada])
    assert store.deliveries.plan(ISSUE, QUEUED, at=NOW) == 1
    found = store.deliveries.find(KEY, "ADA.ŁOVELACE@xn--bcher-kva.example")
    kept = store.subscribers.get(ada.email)
    assert found is not None
    assert kept is not None
    assert found.recipient == freeze(kept, ISSUE)
    assert (found.status, found.reason, found.attempts, found.reply) == (S.QUEUED, "", 0, "")
    assert (found.message_id, found.due_at, found.updated_at) == ("", None, NOW)


def test_rows_are_in_the_order_of_subscribers_however_many_are_decided_at_once(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_audience, "_BATCH", 7)
    people = readers([5, 3, 9, 1, *range(20, 60)])
    store.subscribers.upsert(people)
    assert store.deliveries.plan(ISSUE, QUEUED, at=NOW) == 44
    assert _emails(store) == [person.email for person in people]


def test_an_issue_without_subscribers_is_planned_all_the_same(store: SqlStore) -> None:
    assert store.deliveries.plan(ISSUE, QUEUED, at=NOW) == 0
    assert store.deliveries.status(KEY) is not None


def test_planning_again_touches_nobody_and_adds_who_is_new(store: SqlStore) -> None:
    store.subscribers.upsert(readers(range(1, 11)))
    store.deliveries.plan(ISSUE, QUEUED, at=NOW)
    run = store.deliveries.open_run(KEY, "host:1:2", at=NOW, until=NOW)
    first = store.deliveries.claim(run, at=NOW, limit=1)[0]
    store.deliveries.record(run, [Begin(first.id, "<1@x>")], at=NOW)
    store.subscribers.upsert(readers([11, 12]))
    store.subscribers.set_state("reader2@example.org", SubscriptionState.UNSUBSCRIBED)
    assert store.deliveries.plan(ISSUE, all_get(ISSUE, S.SKIPPED, "no match"), at=NOW) == 2
    statuses = [d.status for d in store.deliveries.of_issue(KEY)]
    assert statuses == [S.SENDING, *[S.QUEUED] * 9, S.SKIPPED, S.SKIPPED]


def test_who_left_and_came_back_in_another_spelling_gets_no_second_row(store: SqlStore) -> None:
    store.subscribers.upsert(readers([1, 2]))
    store.deliveries.plan(ISSUE, QUEUED, at=NOW)
    store.subscribers.remove("reader1@example.org")
    store.subscribers.upsert([Subscriber(email="Reader1@Example.org")])
    assert store.deliveries.plan(ISSUE, QUEUED, at=NOW) == 0


def test_a_plan_that_fails_half_way_leaves_nothing(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_audience, "_BATCH", 10)
    store.subscribers.upsert(readers(range(25)))

    def fail(people: Sequence[Subscriber]) -> Iterator[tuple[Recipient, DeliveryStatus, str, datetime | None]]:
        for person in people:
            if person.email == "reader24@example.org":
                raise RuntimeError
            yield freeze(person, ISSUE), S.QUEUED, "", None

    with pytest.raises(RuntimeError):
        store.deliveries.plan(ISSUE, fail, at=NOW)
    assert store.deliveries.status(KEY) is None
    assert store.deliveries.plan(ISSUE, QUEUED, at=NOW) == 25


def test_who_changes_while_others_are_decided_on_is_frozen_as_they_then_are(store: SqlStore) -> None:
    """Each is decided on as they are frozen: interests and verdict belong together."""
    store.subscribers.upsert(readers(range(6)))
    ids = {s.email: s.id for s in store.subscribers.stream()}

    def happens() -> None:
        store.subscribers.change(ids["reader1@example.org"], Preferences(name="One", interests=("nothing",)))
        store.subscribers.set_state("reader2@example.org", SubscriptionState.UNSUBSCRIBED)
        store.subscribers.upsert([Subscriber(email="reader3@example.org", interests=("c",), max_papers=3)])
        store.subscribers.remove("reader4@example.org")

    assert store.deliveries.plan(ISSUE, _meanwhile(happens), at=NOW) == 5
    people = {s.id: s for s in store.subscribers.stream()}
    rows = list(store.deliveries.of_issue(KEY))
    assert [d.recipient for d in rows] == [freeze(people[d.recipient.subscriber_id], ISSUE) for d in rows]
    assert {d.recipient.email: d.status for d in rows} == {
        "reader0@example.org": S.QUEUED,
        "reader1@example.org": S.SKIPPED,
        "reader2@example.org": S.SKIPPED,
        "reader3@example.org": S.QUEUED,
        "reader5@example.org": S.QUEUED,
    }


def test_two_who_plan_at_once_make_one_audience(store: SqlStore) -> None:
    store.subscribers.upsert(readers(range(6)))
    other = _meanwhile(lambda: store.deliveries.plan(ISSUE, QUEUED, at=NOW))
    assert store.deliveries.plan(ISSUE, other, at=NOW) == 0
    assert _emails(store) == [person.email for person in readers(range(6))]


def _plan_and_die(url: str, where: str) -> None:
    database = Database(url)
    store = SqlStore(database, clock=lambda: NOW)

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if where == "before the commit":
        event.listen(Engine, "commit", lambda c: die() if c.get_execution_options().get("begin") else None)
    store.deliveries.plan(ISSUE, _meanwhile(die) if where == "while deciding" else QUEUED, at=NOW)
    die()


@pytest.mark.parametrize(("where", "left"), [("while deciding", 0), ("before the commit", 0), ("after the commit", 30)])
def test_a_kill_leaves_nothing_or_all(store: SqlStore, database: Database, where: str, left: int) -> None:
    store.subscribers.upsert(readers(range(30)))
    url = database.engine.url.render_as_string(hide_password=False)
    process = multiprocessing.get_context("spawn").Process(target=_plan_and_die, args=(url, where))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert len(_emails(store)) == left
    assert (store.deliveries.status(KEY) is None) == (left == 0)
    assert store.deliveries.plan(ISSUE, QUEUED, at=NOW) == 30 - left
    assert _emails(store) == [person.email for person in readers(range(30))]


def test_an_issue_is_read_in_the_order_of_its_rows(store: SqlStore, database: Database) -> None:
    """In that of addresses, each row would be a page of its own, and a page of rows would need all of them sorted."""
    if not database.is_sqlite:
        pytest.skip("the plan is worded differently; the index is the same")
    asked: list[tuple[str, object]] = []
    store.subscribers.upsert(readers(range(3)))
    store.deliveries.plan(ISSUE, QUEUED, at=NOW)
    event.listen(database.engine, "before_cursor_execute", lambda *a: asked.append((a[2], a[3])))
    list(store.deliveries.of_issue(KEY))
    store.deliveries.totals(KEY)
    store.deliveries.reasons(KEY)
    store.deliveries.settle_uncertain(KEY, S.SENT, at=NOW)
    statements = [(sql, values) for sql, values in asked if "delivery" in sql]
    assert len(statements) == 5
    with database.read() as connection:
        for sql, values in statements:
            plan = [str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]  # type: ignore[arg-type]
            assert any("ix_delivery_subscriber" in line for line in plan), (sql, plan)
            assert not any("ORDER BY" in line for line in plan), (sql, plan)
