"""What an event says of the address."""

from __future__ import annotations

import pytest

from newsletter.domain.bounces import SHOWN, Action, Event, EventKind, KnownBy, Report, Statement, classify

ADA = "ada@example.org"


@pytest.mark.parametrize("kind", EventKind)
def test_only_what_is_hard_ends_an_address_and_what_its_owner_complained_of(kind: EventKind) -> None:
    assert Event(kind, ADA).ends_the_address is (kind in {EventKind.HARD, EventKind.COMPLAINT})


@pytest.mark.parametrize("feedback", ["auth-failure", "not-spam", "dmarc", "something-new"])
def test_a_feedback_report_that_is_no_persons_wish_does_not(feedback: str) -> None:
    assert not Event(EventKind.COMPLAINT, ADA, feedback=feedback).ends_the_address


@pytest.mark.parametrize("feedback", ["", "abuse", "fraud", "opt-out", "opt-out-list", "other", "unsubscribe", "virus"])
def test_a_persons_wish_to_leave_does_in_any_of_its_names(feedback: str) -> None:
    assert Event(EventKind.COMPLAINT, ADA, feedback=feedback).ends_the_address


def test_kinds_actions_and_sources_are_called_as_they_are_promised() -> None:
    kinds = "hard soft policy complaint vacation delivered challenge unknown"
    assert [kind.value for kind in EventKind] == kinds.split()
    assert [action.value for action in Action] == "failed delayed delivered relayed expanded".split()
    assert [known.value for known in KnownBy] == ["field", "header", "service", "sender", "returned", "text", ""]


def test_what_is_not_told_is_empty() -> None:
    event = Event(EventKind.SOFT)
    assert (event.recipient, event.known_by, event.status, event.reply) == ("", KnownBy.NOTHING, "", "")
    assert (event.reason, event.action, event.text, event.original_recipient, event.feedback) == ("", None, "", "", "")
    report = Report()
    assert (report.events, report.message_id, report.envelope_id, report.delivered_to) == ((), "", "", ())
    statement = Statement()
    assert (statement.status, statement.code, statement.text, statement.stage) == ("", 0, "", None)
    assert statement.action is Action.FAILED


def test_no_address_and_no_text_shows_where_an_event_is_printed() -> None:
    for event in (Event(EventKind.HARD, ADA), Event(EventKind.HARD, text=ADA, original_recipient=ADA)):
        assert ADA not in repr(event)
    assert ADA not in repr(Report(message_id=ADA, envelope_id=ADA, delivered_to=(ADA,)))
    assert ADA not in repr(Statement(text=ADA))


def test_what_is_kept_of_a_text_is_what_is_looked_at() -> None:
    assert SHOWN == 1000
    assert classify(Statement(text="a" * 980 + " mailbox full")).kind is EventKind.SOFT
    assert classify(Statement(text="a" * 1000 + " mailbox full")).kind is EventKind.UNKNOWN
