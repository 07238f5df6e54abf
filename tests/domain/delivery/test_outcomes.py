"""What a reply means, and what it makes of a delivery."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.delivery.deliveries import TRANSITIONS, Delivery, Recipient, UncertainPolicy
from newsletter.domain.delivery.deliveries import DeliveryStatus as S
from newsletter.domain.delivery.outcomes import Decision, decide
from newsletter.domain.delivery.replies import Reply, Stage, Verdict, judge
from newsletter.domain.delivery.retries import FailureWatch, RetrySchedule, is_late
from newsletter.domain.issues import IssueKey

NOW = datetime(2026, 6, 2, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stage", "code", "text", "verdict"),
    [
        (Stage.FINAL, 250, "2.0.0 Ok: queued as 4F2", Verdict.ACCEPTED),
        (Stage.RCPT, 251, "User not local; will forward", Verdict.ACCEPTED),
        (Stage.DATA, 354, "Go ahead", Verdict.ACCEPTED),
        (Stage.DATA, 250, "Ok", Verdict.RELAY_BUSY),
        (Stage.FINAL, 354, "Go on", Verdict.UNCERTAIN),
        (Stage.RCPT, 450, "4.2.0 Greylisted", Verdict.DEFERRED),
        (Stage.RCPT, 452, "4.2.2 Mailbox full", Verdict.DEFERRED),
        (Stage.FINAL, 451, "4.7.1 Try again later", Verdict.DEFERRED),
        (Stage.MAIL, 451, "4.3.0 Busy", Verdict.RELAY_BUSY),
        (Stage.MAIL, 421, "4.3.2 Closing", Verdict.RELAY_BUSY),
        (Stage.RCPT, 421, "4.7.0 Too many from you", Verdict.DOMAIN_RESTS),
        (Stage.FINAL, 421, "4.7.0 Too many from you", Verdict.DOMAIN_RESTS),
        (Stage.RCPT, 550, "5.1.1 No such user", Verdict.FAILED),
        (Stage.RCPT, 553, "Mailbox name not allowed", Verdict.FAILED),
        (Stage.FINAL, 552, "5.2.2 Mailbox full", Verdict.FAILED),
        (Stage.RCPT, 550, "5.7.1 Blocked by policy", Verdict.DOMAIN_PAUSES),
        (Stage.FINAL, 554, "5.7.26 Unauthenticated mail", Verdict.DOMAIN_PAUSES),
        (Stage.MAIL, 550, "5.7.1 Sender refused", Verdict.RELAY_REFUSES),
        (Stage.MAIL, 530, "5.7.0 Must issue a STARTTLS command first", Verdict.RELAY_REFUSES),
        (Stage.RCPT, 530, "5.7.0 Authentication required", Verdict.RELAY_REFUSES),
        (Stage.MAIL, 552, "5.3.4 Message too big", Verdict.FAILED),
        (Stage.MAIL, 552, "Too big", Verdict.FAILED),
    ],
)
def test_what_a_reply_means(stage: Stage, code: int, text: str, verdict: Verdict) -> None:
    assert judge(stage, Reply(code, text)).verdict is verdict


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5.7.1 no", "5.7.1"), ("5.7.10", "5.7.10"), ("4.7.1 no", ""), ("57.1", ""), ("x 5.7.1", ""), ("5.7.1234 no", "")],
)
def test_the_enhanced_code_is_read_where_it_stands(text: str, expected: str) -> None:
    assert Reply(550, text).enhanced == expected


def test_a_reply_is_shown_on_one_line_without_control_characters() -> None:
    assert str(Reply(550, "no\r\nway\x1b[31m\x00 ")) == "550 no way [31m"
    assert len(str(Reply(550, "x" * 5000))) < 220


def _delivery(status: S = S.QUEUED, attempts: int = 0) -> Delivery:
    recipient = Recipient(subscriber_id=1, email="ada@example.org", language="en")
    return Delivery(
        id=1, issue=IssueKey(date(2026, 6, 2)), revision=1, recipient=recipient, status=status, attempts=attempts
    )


def _decide(
    stage: Stage, reply: Reply | None, policy: UncertainPolicy = UncertainPolicy.HOLD, **more: object
) -> Decision:
    attempts = int(str(more.get("attempts", 0)))
    return decide(
        _delivery(attempts=attempts),
        stage,
        reply,
        now=NOW,
        schedule=RetrySchedule(),
        uncertain=policy,
        error=str(more.get("error", "")),
    )


@given(
    st.sampled_from([Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.FINAL]),
    st.none() | st.builds(Reply, st.integers(100, 599), st.text(max_size=30)),
    st.sampled_from(UncertainPolicy),
    st.integers(0, 20),
)
def test_every_answer_leads_to_a_state_that_may_follow(
    stage: Stage, reply: Reply | None, policy: UncertainPolicy, attempts: int
) -> None:
    if reply is not None and stage is not Stage.FINAL and judge(stage, reply).verdict is Verdict.ACCEPTED:
        with pytest.raises(ValueError, match="only lets the dialogue go on"):
            _decide(stage, reply, policy)
        return
    decision = _decide(stage, reply, policy, attempts=attempts, error="cut")
    before = S.SENDING if stage is Stage.FINAL else S.QUEUED
    if decision.outcome is None:
        # tried again at once, which is only safe before it was handed over
        assert before is S.QUEUED
    else:
        assert decision.outcome.status in TRANSITIONS[before]
        assert (decision.outcome.status is S.DEFERRED) == (decision.outcome.due_at is not None)
        accepted = stage is Stage.FINAL and reply is not None and 200 <= reply.code < 300
        assert (decision.outcome.status is S.SENT) == accepted


def test_without_an_answer_after_the_message_nobody_can_know() -> None:
    held = _decide(Stage.FINAL, None, error="the connection was cut").outcome
    assert held is not None
    assert (held.status, held.reason) == (S.UNCERTAIN, "the connection was cut")
    again = _decide(Stage.FINAL, None, UncertainPolicy.RESEND, error="cut").outcome
    assert again is not None
    assert again.status is S.DEFERRED


def test_a_connection_that_ended_before_the_message_did_defers_it_and_counts_one_attempt() -> None:
    begun = decide(
        _delivery(S.SENDING, attempts=1),
        Stage.DATA,
        None,
        now=NOW,
        schedule=RetrySchedule(),
        uncertain=UncertainPolicy.HOLD,
        error="the relay closed the connection",
        begun=True,
    ).outcome
    assert begun is not None
    assert (begun.status, begun.tried) == (S.DEFERRED, False)


def test_a_rest_is_at_least_as_long_as_the_schedule_says() -> None:
    decision = _decide(Stage.RCPT, Reply(421, "4.7.0 slow down"), attempts=5)
    assert decision.rest is not None
    assert decision.outcome is not None
    assert decision.rest.until == NOW + timedelta(minutes=30)
    assert decision.outcome.due_at == NOW + timedelta(hours=12)


def test_attempts_are_at_least_half_an_hour_apart_and_go_on_for_four_to_five_days() -> None:
    """RFC 5321 §4.5.4.1."""
    schedule = RetrySchedule()
    assert min(schedule.waits) >= timedelta(minutes=30)
    assert timedelta(days=4) <= schedule.patience <= timedelta(days=5)
    assert list(schedule.waits) == sorted(schedule.waits)


def test_the_watch_pauses_only_when_many_of_enough_are_refused() -> None:
    watch = FailureWatch(window=100, least=20, share=0.5)
    for _ in range(19):
        watch.saw(refused=True)
    assert watch.complaint == ""
    watch.saw(refused=True)
    assert watch.complaint == "20 of the last 20 messages were refused"
    for _ in range(100):
        watch.saw(refused=False)
    assert watch.complaint == ""


@pytest.mark.parametrize(("hours", "late"), [(0, False), (72, False), (95, False), (96, True), (500, True)])
def test_an_issue_is_late_some_time_after_its_day_has_ended(hours: int, late: bool) -> None:
    begin = datetime(2026, 6, 2, tzinfo=UTC)
    assert is_late(date(2026, 6, 2), begin + timedelta(hours=hours), timedelta(days=3), UTC) is late
