"""The ledger: leases with a fence, and transitions that nobody can get around."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from newsletter.domain.delivery import Begin, DomainRest, Outcome, UncertainPolicy
from newsletter.domain.delivery import DeliveryStatus as S
from newsletter.store import Database, SqlStore
from newsletter.store.ledger.deliveries import SqlDeliveryStore
from tests.support.ledgers import all_get, readers
from tests.support.samples import FROZEN, make_issue

ISSUE = make_issue(1)
KEY = ISSUE.key
NOW = FROZEN
LEASE = NOW + timedelta(seconds=60)
HOLD, RESEND = UncertainPolicy.HOLD, UncertainPolicy.RESEND


@pytest.fixture
def ledger(store: SqlStore) -> SqlDeliveryStore:
    store.subscribers.upsert(readers(range(1, 11)))
    store.deliveries.plan(ISSUE, all_get(ISSUE), at=NOW)
    return store.deliveries


def _run(ledger: SqlDeliveryStore, owner: str = "host:1:2") -> int:
    return ledger.open_run(KEY, owner, at=NOW, until=LEASE)


def _retire(
    ledger: SqlDeliveryStore,
    *,
    at: timedelta = timedelta(),
    dead: Callable[[str], bool] = lambda _: False,
    uncertain: UncertainPolicy = HOLD,
) -> int:
    return ledger.retire_runs(KEY, at=NOW + at, is_dead=dead, uncertain=uncertain)


def _statuses(ledger: SqlDeliveryStore) -> list[S]:
    return [d.status for d in ledger.of_issue(KEY)]


def test_two_runs_never_claim_the_same_row(ledger: SqlDeliveryStore) -> None:
    one, two = _run(ledger), _run(ledger)
    first, second = ledger.claim(one, at=NOW, limit=6), ledger.claim(two, at=NOW, limit=6)
    assert len(first) == 6
    assert len(second) == 4
    assert not {d.id for d in first} & {d.id for d in second}


def test_a_run_writes_only_what_it_holds(ledger: SqlDeliveryStore) -> None:
    one, two = _run(ledger), _run(ledger)
    mine, theirs = ledger.claim(one, at=NOW, limit=2), ledger.claim(two, at=NOW, limit=2)
    changes = [Begin(mine[0].id, "<1@x>"), Begin(theirs[0].id, "<2@x>"), Outcome(theirs[1].id, S.FAILED, "no")]
    assert ledger.record(one, changes, at=NOW) == {theirs[0].id, theirs[1].id}
    assert _statuses(ledger).count(S.SENDING) == 1


def test_a_step_that_the_states_do_not_know_is_not_written(ledger: SqlDeliveryStore) -> None:
    """`sent` needs `sending` before it."""
    run = _run(ledger)
    (delivery,) = ledger.claim(run, at=NOW, limit=1)
    assert ledger.record(run, [Outcome(delivery.id, S.SENT)], at=NOW) == {delivery.id}
    ledger.record(run, [Begin(delivery.id, "<1@x>")], at=NOW)
    assert ledger.record(run, [Outcome(delivery.id, S.SENT)], at=NOW) == frozenset()
    assert ledger.record(run, [Begin(delivery.id, "<1@x>")], at=NOW) == {delivery.id}
    assert ledger.record(run, [Outcome(delivery.id, S.QUEUED)], at=NOW) == {delivery.id}


def test_two_steps_of_one_delivery_in_one_group_are_taken_in_their_order(ledger: SqlDeliveryStore) -> None:
    run = _run(ledger)
    one, two = ledger.claim(run, at=NOW, limit=2)
    steps = [Begin(one.id, "<1@x>"), Begin(two.id, "<2@x>"), Outcome(one.id, S.SENT, reply="250 ok")]
    assert ledger.record(run, steps, at=NOW) == frozenset()
    found = {d.id: d for d in ledger.of_issue(KEY)}
    assert (found[one.id].status, found[one.id].reply, found[one.id].attempts) == (S.SENT, "250 ok", 1)
    assert (found[two.id].status, found[two.id].message_id) == (S.SENDING, "<2@x>")


def test_a_group_of_many_kinds_of_steps_is_written_as_each_alone(ledger: SqlDeliveryStore) -> None:
    run = _run(ledger)
    held = ledger.claim(run, at=NOW, limit=6)
    ids = [d.id for d in held]
    ledger.record(run, [Begin(i, f"<{i}@x>") for i in ids[:4]], at=NOW)
    due = NOW + timedelta(hours=1)
    steps = [
        Outcome(ids[0], S.SENT, reply="250 é “ok” \\ [1]"),
        Outcome(ids[1], S.DEFERRED, "greylisted", "450 no", due),
        Outcome(ids[2], S.FAILED, "no such user", "550 no"),
        Outcome(ids[3], S.UNCERTAIN, "cut"),
        Outcome(ids[4], S.DEFERRED, "busy", "450 no", due, tried=True),
        Begin(ids[5], "<6@x>"),
    ]
    assert ledger.record(run, steps, at=NOW) == frozenset()
    found = {d.id: d for d in ledger.of_issue(KEY)}
    told = [(found[i].status, found[i].reason, found[i].reply, found[i].due_at, found[i].attempts) for i in ids]
    assert told == [
        (S.SENT, "", "250 é “ok” \\ [1]", None, 1),
        (S.DEFERRED, "greylisted", "450 no", due, 1),
        (S.FAILED, "no such user", "550 no", None, 1),
        (S.UNCERTAIN, "cut", "", None, 1),
        (S.DEFERRED, "busy", "450 no", due, 1),
        (S.SENDING, "", "", None, 1),
    ]
    assert [found[i].message_id for i in ids] == [f"<{i}@x>" for i in ids[:4]] + ["", "<6@x>"]


@pytest.mark.parametrize(("policy", "left"), [(HOLD, S.UNCERTAIN), (RESEND, S.QUEUED)])
def test_the_rows_of_a_dead_process_are_taken_over(ledger: SqlDeliveryStore, policy: UncertainPolicy, left: S) -> None:
    run = _run(ledger, "here:1:1")
    held = ledger.claim(run, at=NOW, limit=4)
    ledger.record(run, [Begin(held[0].id, "<1@x>")], at=NOW)
    assert _retire(ledger, uncertain=policy) == 0
    assert _retire(ledger, dead=lambda owner: owner == "here:1:1", uncertain=policy) == 1
    assert _statuses(ledger)[0] is left
    assert len(ledger.claim(_run(ledger), at=NOW, limit=20)) == (9 if policy is HOLD else 10)


def test_a_process_that_wakes_up_after_its_lease_can_send_nothing(ledger: SqlDeliveryStore) -> None:
    sleeper = _run(ledger)
    held = ledger.claim(sleeper, at=NOW, limit=3)
    assert _retire(ledger, at=timedelta(seconds=61)) == 0
    other = _run(ledger)
    ledger.claim(other, at=NOW, limit=10)
    assert ledger.record(sleeper, [Begin(d.id, "<x>") for d in held], at=NOW) == {d.id for d in held}
    assert ledger.keep_run(sleeper, until=LEASE, sent=0) == 0
    assert ledger.claim(sleeper, at=NOW, limit=10) == ()


def test_an_answer_that_comes_after_all_is_written(ledger: SqlDeliveryStore) -> None:
    """Retired in the middle of a message; the 250 arrives, and nobody else has touched the row."""
    sleeper = _run(ledger)
    (delivery,) = ledger.claim(sleeper, at=NOW, limit=1)
    ledger.record(sleeper, [Begin(delivery.id, "<x>")], at=NOW)
    assert _retire(ledger, at=timedelta(seconds=61)) == 1
    assert ledger.record(sleeper, [Outcome(delivery.id, S.SENT, "", "250 ok")], at=NOW) == frozenset()
    assert _statuses(ledger)[0] is S.SENT


def test_a_lease_that_is_kept_is_not_retired(ledger: SqlDeliveryStore) -> None:
    run = _run(ledger)
    assert ledger.keep_run(run, until=NOW + timedelta(hours=1), sent=0) == 1
    _retire(ledger, at=timedelta(seconds=61))
    assert len(ledger.claim(run, at=NOW, limit=1)) == 1


def test_closing_a_run_gives_back_what_it_held(ledger: SqlDeliveryStore) -> None:
    run = _run(ledger)
    held = ledger.claim(run, at=NOW, limit=5)
    ledger.record(run, [Begin(held[0].id, "<x>")], at=NOW)
    ledger.close_run(run, at=NOW, sent=0, uncertain=HOLD)
    assert ledger.open_runs(KEY) == 0
    assert _statuses(ledger) == [S.UNCERTAIN, *[S.QUEUED] * 9]
    assert len(ledger.claim(_run(ledger), at=NOW, limit=20)) == 9


def test_a_deferred_row_waits_until_it_is_due(ledger: SqlDeliveryStore) -> None:
    run = _run(ledger)
    (delivery,) = ledger.claim(run, at=NOW, limit=1)
    due = NOW + timedelta(minutes=30)
    ledger.record(run, [Outcome(delivery.id, S.DEFERRED, "greylisted", "450 no", due, tried=True)], at=NOW)
    assert ledger.next_due(KEY) == due
    assert delivery.id not in {d.id for d in ledger.claim(run, at=NOW, limit=20)}
    (again,) = ledger.claim(run, at=due, limit=20)
    assert (again.id, again.attempts, again.reply) == (delivery.id, 1, "450 no")


def test_resting_domains_are_passed_over_and_the_longer_rest_stays(ledger: SqlDeliveryStore, store: SqlStore) -> None:
    store.subscribers.upsert(readers([50], "busy.example"))
    ledger.plan(ISSUE, all_get(ISSUE), at=NOW)
    run = _run(ledger)
    long = DomainRest("busy.example", NOW + timedelta(hours=2), "421 later")
    ledger.record(run, [long, DomainRest("busy.example", NOW + timedelta(hours=1), "421")], at=NOW)
    assert ledger.rests(at=NOW) == (long,)
    assert ledger.rests(at=NOW + timedelta(hours=3)) == ()
    claimed = ledger.claim(run, at=NOW, limit=50, without=[rest.domain for rest in ledger.rests(at=NOW)])
    assert len(claimed) == 10
    assert len(ledger.claim(run, at=NOW, limit=50)) == 1


def test_a_quota_survives_a_restart(ledger: SqlDeliveryStore) -> None:
    run = _run(ledger)
    ledger.close_run(run, at=NOW, sent=321, uncertain=HOLD)
    assert ledger.sent_since(NOW - timedelta(days=1)) == 321
    assert ledger.sent_since(NOW + timedelta(seconds=1)) == 0


@pytest.mark.parametrize("status", [S.QUEUED, S.SENT, S.FAILED])
def test_uncertain_rows_are_settled_by_the_operator(ledger: SqlDeliveryStore, status: S) -> None:
    run = _run(ledger)
    held = ledger.claim(run, at=NOW, limit=2)
    ledger.record(run, [Begin(d.id, "<x>") for d in held], at=NOW)
    ledger.close_run(run, at=NOW, sent=0, uncertain=HOLD)
    assert ledger.settle_uncertain(KEY, status, at=NOW, email="READER1@example.org") == 1
    assert ledger.settle_uncertain(KEY, status, at=NOW) == 1
    assert _statuses(ledger)[:2] == [status, status]


def test_claiming_reads_no_row_that_is_done(database: Database) -> None:
    """The index holds what is open: the thousandth claim costs what the first one did."""
    if not database.is_sqlite:
        pytest.skip("the plan is worded differently; the index is the same")
    ledger = SqlDeliveryStore(database)
    seen: list[str] = []
    with database.read() as connection:
        rows = connection.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT id FROM delivery WHERE delivery.status IN ('queued', 'deferred', 'sending') "
                "AND dispatch_id = 1 AND id > 5 AND run_id = 0 ORDER BY id LIMIT 10"
            )
        )
        seen = [str(row[-1]) for row in rows]
    assert ledger.status(KEY) is None
    assert any("ix_delivery_open" in line for line in seen), seen


def test_a_run_knows_its_place_among_those_that_send_whatever_issue(ledger: SqlDeliveryStore) -> None:
    gone, first, second = (_run(ledger, owner) for owner in ("gone", "first", "second"))
    ledger.close_run(gone, at=NOW, sent=0, uncertain=HOLD)
    assert [ledger.crew(run, at=NOW) for run in (first, second)] == [(0, 2), (1, 2)]
    # of a run whose lease is over nobody expects a message; this one asks, so it is alive
    assert ledger.crew(second, at=LEASE + timedelta(seconds=1)) == (0, 1)
