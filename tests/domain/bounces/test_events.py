"""What an event says of the address."""

from __future__ import annotations

import pytest

from newsletter.domain.bounces import Event, EventKind, KnownBy, Report

ADA = "ada@example.org"


@pytest.mark.parametrize("kind", EventKind)
def test_only_what_is_hard_ends_an_address_and_what_its_owner_complained_of(kind: EventKind) -> None:
    assert Event(kind, ADA).ends_the_address is (kind in {EventKind.HARD, EventKind.COMPLAINT})


@pytest.mark.parametrize("feedback", ["auth-failure", "not-spam", "dmarc", "something-new"])
def test_a_feedback_report_that_is_no_persons_wish_does_not(feedback: str) -> None:
    assert not Event(EventKind.COMPLAINT, ADA, feedback=feedback).ends_the_address


def test_no_address_and_no_text_shows_where_an_event_is_printed() -> None:
    event = Event(EventKind.HARD, ADA, KnownBy.FIELD, text=ADA, original_recipient=ADA)
    assert ADA not in repr(Report((event,), "<x@y>", "e", (ADA,)))
