"""Somebody is erased while an issue is sent: they get nothing more, and everybody else gets theirs."""

from __future__ import annotations

import pytest

from newsletter.domain.delivery import DeliveryStatus as S
from newsletter.store import Database
from tests.support.dispatching import Dispatching, subscribers
from tests.support.smtp_server import Behaviour, running_server


@pytest.fixture
def newsletter(database: Database) -> Dispatching:
    result = Dispatching(database)
    result.subscribe(*subscribers(30))
    result.plan()
    return result


def test_a_run_leaves_out_who_is_erased_under_its_hands_and_goes_on(newsletter: Dispatching) -> None:
    erased: list[str] = []

    def at(moment: str) -> None:
        # a message has travelled but for its end, which waits for the ledger
        if moment == "written" and not erased:
            erased.append("reader0020@example.org")
            newsletter.store.personal.erase(newsletter.store.personal.person(email="reader0020@example.org"))
            newsletter.store.personal.erase(newsletter.store.personal.person(email="reader0001@example.org"))

    with running_server(Behaviour()) as server:
        report = newsletter.send(server, crash_hook=at)
        got = {*server.recipients}
    assert report.stopped == ""
    assert got == {f"reader{n:04d}@example.org" for n in range(1, 31)} - {
        "reader0001@example.org",
        "reader0020@example.org",
    }
    assert report.totals == {S.SENT: 28, S.SKIPPED: 2}
    assert newsletter.store.deliveries.reasons(newsletter.issue.key)[S.SKIPPED, "erased"] == 2


def test_whose_message_was_handed_over_is_counted_as_sent(newsletter: Dispatching) -> None:
    person = newsletter.store.personal.person(email="reader0001@example.org")

    def at(moment: str) -> None:
        if moment == "begun" and newsletter.store.subscribers.by_id(person.subscriber_id):
            newsletter.store.personal.erase(person)

    with running_server(Behaviour()) as server:
        report = newsletter.send(server, crash_hook=at, run={})
    assert report.stopped == ""
    assert sum(report.totals.values()) == 30
    assert not any(
        d.recipient.email == "reader0001@example.org"
        for d in newsletter.store.deliveries.of_issue(newsletter.issue.key)
    )
