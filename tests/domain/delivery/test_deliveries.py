"""States of deliveries: who is planned how, and which way leads from which state to which."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsletter.domain.delivery.deliveries import (
    TRANSITIONS,
    Delivery,
    DeliveryStatus,
    DispatchStatus,
    Outcome,
    OutgoingMessage,
    Recipient,
    SkipReason,
    UncertainPolicy,
    before,
    freeze,
    plan_status,
)
from newsletter.domain.issues import Edition, IssueKey
from newsletter.domain.subscribers import Subscriber, SubscriptionState
from tests.support.samples import DAY, make_issue, make_notice

S = DeliveryStatus


def test_every_state_has_its_transitions() -> None:
    assert set(TRANSITIONS) == set(DeliveryStatus)


def test_what_was_sent_is_never_sent_again() -> None:
    """There is no way from `sent` back to anything that is mailed."""
    reachable, new = {S.SENT}, {S.SENT}
    while new:
        new = {after for status in new for after in TRANSITIONS[status]} - reachable
        reachable |= new
    assert reachable == {S.SENT, S.BOUNCED}


def test_nothing_is_sent_that_was_not_sending_before() -> None:
    assert before(S.SENT) == (S.SENDING, S.UNCERTAIN)


def test_the_words_that_ledgers_out_there_hold_are_still_understood() -> None:
    """They stand in databases, in rosters that were exported and in what `newsletter status` prints."""
    assert list(DeliveryStatus) == "queued sending sent deferred failed bounced skipped uncertain".split()
    assert list(SkipReason) == ["no match", "unconfirmed", "unsubscribed", "suppressed", "other cadence"]
    assert list(UncertainPolicy) == ["hold", "resend"]


def test_a_delivery_that_was_planned_was_not_tried_and_nothing_is_known_of_it() -> None:
    reader = Recipient(subscriber_id=1, email="Ada@Example.ORG", language="en")
    assert (reader.name, reader.interests, reader.max_papers, reader.domain) == ("", (), None, "example.org")
    planned = Delivery(id=1, issue=IssueKey(DAY), revision=1, recipient=reader, status=S.QUEUED)
    assert (planned.reason, planned.attempts, planned.reply, planned.message_id) == ("", 0, "", "")
    outcome = Outcome(1, S.SENT)
    assert (outcome.reason, outcome.reply, outcome.due_at, outcome.tried) == ("", "", None, False)
    at = datetime(2026, 6, 2, 6, tzinfo=UTC)
    assert not DispatchStatus(issue=IssueKey(DAY), revision=1, issue_hash="", planned_at=at).paused


def test_a_message_is_its_header_an_empty_line_and_its_body() -> None:
    """RFC 5322 §2.1. Lines of an unknown maker may begin with a full stop, and it says of no paper that it has it."""
    message = OutgoingMessage(
        sender="b@example.org",
        recipient="a@example.org",
        message_id="<1@x>",
        header=b"A: b\r\n",
        body=(b"c\r\n", b".\r\n"),
    )
    assert bytes(message) == b"A: b\r\n\r\nc\r\n.\r\n"
    assert (message.dotless, message.papers) == (False, ())


@pytest.mark.parametrize(
    ("subscriber", "suppressed", "matched", "expected"),
    [
        (Subscriber(email="a@example.org"), False, True, None),
        (Subscriber(email="a@example.org"), False, False, SkipReason.NO_MATCH),
        (Subscriber(email="a@example.org", cadence=Edition.WEEKLY), False, True, SkipReason.OTHER_CADENCE),
        (Subscriber(email="a@example.org", state=SubscriptionState.UNCONFIRMED), False, True, SkipReason.UNCONFIRMED),
        (Subscriber(email="a@example.org", state=SubscriptionState.UNSUBSCRIBED), True, True, SkipReason.SUPPRESSED),
        (
            Subscriber(email="a@example.org", state=SubscriptionState.UNSUBSCRIBED),
            False,
            False,
            SkipReason.UNSUBSCRIBED,
        ),
    ],
)
def test_the_first_reason_that_holds_is_given(
    subscriber: Subscriber, suppressed: bool, matched: bool, expected: SkipReason | None
) -> None:
    status, reason = plan_status(subscriber, make_issue(1), suppressed=suppressed, matched=matched)
    assert reason is expected
    assert status is (S.QUEUED if expected is None else S.SKIPPED)


def test_the_weekly_issue_is_for_weekly_readers() -> None:
    issue = make_issue(1, key=IssueKey(DAY, Edition.WEEKLY))
    weekly = Subscriber(email="a@example.org", cadence=Edition.WEEKLY)
    assert plan_status(weekly, issue, suppressed=False, matched=True)[0] is S.QUEUED
    daily = Subscriber(email="b@example.org")
    assert plan_status(daily, issue, suppressed=False, matched=True)[1] is SkipReason.OTHER_CADENCE


def test_a_language_that_the_issue_lacks_becomes_its_first() -> None:
    issue = make_issue(1)
    assert freeze(Subscriber(email="a@example.org", language="fr"), issue).language == issue.languages[0]
    assert freeze(Subscriber(email="a@example.org", language="zh-Hans"), issue).language == "zh-Hans"


def test_that_there_are_no_papers_is_for_every_daily_reader_whatever_their_interests() -> None:
    daily = Subscriber(email="a@example.org", interests=("zebrafish",))
    assert plan_status(daily, make_notice(), suppressed=False, matched=False) == (S.QUEUED, None)
    weekly = Subscriber(email="b@example.org", cadence=Edition.WEEKLY)
    assert plan_status(weekly, make_notice(), suppressed=False, matched=False)[1] is SkipReason.OTHER_CADENCE
    gone = Subscriber(email="c@example.org", state=SubscriptionState.UNSUBSCRIBED)
    assert plan_status(gone, make_notice(), suppressed=False, matched=False)[1] is SkipReason.UNSUBSCRIBED
