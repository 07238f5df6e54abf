"""Mail that waits for its reader's hour: not before it, not twice, and by whichever run comes next."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from newsletter.domain.delivery import DeliveryStatus as S
from newsletter.domain.delivery import UncertainPolicy
from newsletter.domain.subscribers import Rhythm, Subscriber, SubscriptionState
from newsletter.services.audit import Audit
from newsletter.store import Database
from tests.support.dispatching import Dispatching
from tests.support.samples import DAY
from tests.support.smtp_server import running_server

ADA = Subscriber(email="ada@example.org")
EVENING = Subscriber(email="evening@example.org", rhythm=Rhythm(hour=18))
NIGHT = Subscriber(email="night@example.org", rhythm=Rhythm(hour=22))
EARLY = Subscriber(email="early@example.org", rhythm=Rhythm(hour=5))


@pytest.fixture
def newsletter(database: Database) -> Dispatching:
    """It is six in the morning."""
    newsletter = Dispatching(database)
    newsletter.subscribe(ADA, EVENING, NIGHT, EARLY)
    newsletter.plan()
    return newsletter


def unfinished(newsletter: Dispatching) -> list[str]:
    now = newsletter.clock()
    return [key.slug for key in newsletter.store.deliveries.unfinished(at=now, since=now - timedelta(days=3))]


def test_nothing_goes_before_its_hour_and_everything_goes_once(newsletter: Dispatching) -> None:
    with running_server() as server:
        report = newsletter.send(server)
        assert sorted(server.recipients) == [ADA.email, EARLY.email]
        assert (report.totals, report.waiting, report.open) == ({S.SENT: 2, S.QUEUED: 2}, 2, 2)
        assert report.next_hour == datetime(2026, 6, 2, 18, tzinfo=UTC)
        assert report.is_complete  # a timer need not run it again for those
        assert unfinished(newsletter) == []
        newsletter.clock.forward(hours=11, minutes=59)
        assert newsletter.send(server).now == {}
        newsletter.clock.forward(minutes=1)
        assert unfinished(newsletter) == [newsletter.issue.key.slug]
        evening = newsletter.send(server)
        assert (evening.now, evening.waiting) == ({S.SENT: 1}, 1)
        assert unfinished(newsletter) == []
        newsletter.clock.forward(days=1)
        last = newsletter.send(server)
        assert (last.totals, last.waiting, last.next_hour) == ({S.SENT: 4}, 0, None)
        newsletter.clock.forward(hours=1)
        assert newsletter.send(server).now == {}
    assert server.recipients[2:] == [EVENING.email, NIGHT.email]
    assert Audit(newsletter.store.deliveries, newsletter.store.subscribers).run(newsletter.issue.key).faults == ()


def test_waiting_for_what_is_deferred_is_not_waiting_for_the_evening(newsletter: Dispatching) -> None:
    with running_server() as server:
        report = newsletter.send(server, run={"wait": True})
    assert (report.now, report.waiting) == ({S.SENT: 2}, 2)


def test_planning_again_leaves_the_hours_as_they_were(newsletter: Dispatching) -> None:
    newsletter.clock.forward(hours=13)
    newsletter.subscribe(Subscriber(email="new@example.org", rhythm=Rhythm(hour=20)))
    assert newsletter.plan() == 1
    due = {d.recipient.email: d.due_at for d in newsletter.store.deliveries.of_issue(newsletter.issue.key)}
    assert {email: at and at.hour for email, at in due.items()} == {
        ADA.email: None,
        EVENING.email: 18,
        NIGHT.email: 22,
        EARLY.email: None,
        "new@example.org": 20,
    }


def test_whoever_leaves_or_pauses_before_their_hour_gets_nothing(newsletter: Dispatching) -> None:
    subscribers = newsletter.store.subscribers
    evening, night = subscribers.get(EVENING.email), subscribers.get(NIGHT.email)
    assert evening is not None
    assert night is not None
    subscribers.set_state(EVENING.email, SubscriptionState.UNSUBSCRIBED)
    subscribers.pause(night.id, since=DAY, until=date(2026, 6, 9))
    newsletter.clock.forward(days=1)
    with running_server() as server:
        report = newsletter.send(server)
    assert sorted(server.recipients) == [ADA.email, EARLY.email]
    assert {reason for _, reason in report.reasons} == {"", "unsubscribed", "paused"}


def test_the_digest_is_that_of_the_morning_whatever_was_chosen_since(newsletter: Dispatching) -> None:
    """Planning froze the reader: a delivery that waits is no other than one that went at once."""
    newsletter.store.subscribers.edit(EVENING.email, lambda s: replace(s, interests=("zebrafish",), rhythm=Rhythm()))
    newsletter.clock.forward(hours=13)
    with running_server() as server:
        newsletter.send(server)
    assert EVENING.email in server.recipients


def test_a_process_that_dies_at_the_hour_costs_nobody_their_mail(newsletter: Dispatching) -> None:
    """It held the rows; the next run takes them over."""
    newsletter.clock.forward(hours=17)
    store, key = newsletter.store.deliveries, newsletter.issue.key
    now = newsletter.clock()
    gone = store.open_run(key, f"elsewhere:{os.getpid()}:1", at=now, until=now + timedelta(minutes=1))
    assert len(store.claim(gone, at=now, limit=10)) == 4
    assert unfinished(newsletter) == []  # somebody seems to be sending
    newsletter.clock.forward(minutes=2)
    assert unfinished(newsletter) == [key.slug]
    with running_server() as server:
        report = newsletter.send(server, uncertain=UncertainPolicy.HOLD)
    assert report.totals == {S.SENT: 4}
    assert len(server.recipients) == 4


def test_two_runs_at_the_same_hour_send_each_message_once(newsletter: Dispatching) -> None:
    newsletter.subscribe(*(replace(EVENING, email=f"evening{n}@example.org") for n in range(30)))
    newsletter.plan()
    newsletter.clock.forward(hours=17)
    with running_server() as server:
        runs = [threading.Thread(target=newsletter.send, args=(server,)) for _ in range(2)]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
    assert len(server.recipients) == len(set(server.recipients)) == 34


def test_a_paused_issue_and_an_old_one_are_left_alone(newsletter: Dispatching) -> None:
    newsletter.clock.forward(hours=13)
    newsletter.store.deliveries.pause(newsletter.issue.key, "too many refusals")
    assert unfinished(newsletter) == []
    newsletter.store.deliveries.pause(newsletter.issue.key, "")
    assert unfinished(newsletter) == [newsletter.issue.key.slug]
    newsletter.clock.forward(days=3)
    assert unfinished(newsletter) == []
