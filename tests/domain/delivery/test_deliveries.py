"""States of deliveries: who is planned how, and which way leads from which state to which."""

from __future__ import annotations

from datetime import UTC, datetime

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
)
from newsletter.domain.issues import IssueKey
from tests.support.samples import DAY

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
    assert list(SkipReason)[:5] == ["no match", "unconfirmed", "unsubscribed", "suppressed", "other cadence"]
    assert list(SkipReason)[5:] == ["other day", "paused", "too few papers", "erased"]
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
