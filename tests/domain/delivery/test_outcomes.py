"""What an answer makes of a delivery, of its domain and of the issue."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.bounces import refusal
from newsletter.domain.delivery.attempts import AttemptResult
from newsletter.domain.delivery.deliveries import TRANSITIONS, Delivery, DomainRest, Outcome, Recipient, UncertainPolicy
from newsletter.domain.delivery.deliveries import DeliveryStatus as S
from newsletter.domain.delivery.outcomes import Consequences, consequences
from newsletter.domain.delivery.replies import Reply, Stage, Verdict, judge
from newsletter.domain.delivery.retries import RetrySchedule
from newsletter.domain.issues import IssueKey

NOW = datetime(2026, 6, 2, 6, tzinfo=UTC)


def _delivery(status: S = S.QUEUED, attempts: int = 0) -> Delivery:
    recipient = Recipient(subscriber_id=1, email="ada@example.org", language="en")
    return Delivery(
        id=1, issue=IssueKey(date(2026, 6, 2)), revision=1, recipient=recipient, status=status, attempts=attempts
    )


def _decide(
    stage: Stage, reply: Reply | None, policy: UncertainPolicy = UncertainPolicy.HOLD, **more: object
) -> Consequences:
    attempts = int(str(more.get("attempts", 0)))
    return consequences(
        _delivery(attempts=attempts),
        AttemptResult(stage, reply, str(more.get("error", ""))),
        now=NOW,
        schedule=RetrySchedule(),
        uncertain=policy,
        means=refusal,
    )


HALF_AN_HOUR, A_DAY = NOW + timedelta(minutes=30), NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("stage", "code", "text", "expected"),
    [
        (Stage.FINAL, 250, "2.0.0 Ok: 4F2", Consequences(Outcome(1, S.SENT, "", "250 2.0.0 Ok: 4F2"), refused=False)),
        (
            Stage.RCPT,
            550,
            "5.1.1 No such user",
            Consequences(Outcome(1, S.FAILED, "no such mailbox", "550 5.1.1 No such user", tried=True), refused=True),
        ),
        (
            Stage.FINAL,
            550,
            "5.2.1 Closed",
            Consequences(Outcome(1, S.FAILED, "mailbox disabled", "550 5.2.1 Closed"), refused=True),
        ),
        (
            Stage.RCPT,
            451,
            "Not now",
            Consequences(Outcome(1, S.DEFERRED, "refused for now", "451 Not now", HALF_AN_HOUR, tried=True)),
        ),
        (Stage.MAIL, 451, "Busy", Consequences(None, relay_busy="the relay is busy: 451 Busy")),
        (Stage.MAIL, 550, "Go away", Consequences(None, relay_refuses="the relay refuses the sender: 550 Go away")),
        (
            Stage.FINAL,
            530,
            "Login",
            Consequences(Outcome(1, S.QUEUED, "", "530 Login"), relay_refuses="the relay refuses us: 530 Login"),
        ),
        (
            Stage.RCPT,
            421,
            "Slow down",
            Consequences(
                Outcome(1, S.DEFERRED, "the domain asked for a pause", "421 Slow down", HALF_AN_HOUR, tried=True),
                DomainRest("example.org", HALF_AN_HOUR, "the domain asked for a pause: 421 Slow down"),
            ),
        ),
        (
            Stage.FINAL,
            550,
            "5.7.1 Spam",
            Consequences(
                Outcome(1, S.DEFERRED, "refused by policy", "550 5.7.1 Spam", A_DAY),
                DomainRest("example.org", A_DAY, "refused by policy: 550 5.7.1 Spam"),
                refused=True,
                by_policy=True,
            ),
        ),
        (
            Stage.RCPT,
            550,
            "members only",
            Consequences(
                Outcome(1, S.FAILED, "the sender is refused", "550 members only", tried=True),
                refused=True,
                by_policy=True,
            ),
        ),
        (Stage.FINAL, 354, "Go on", Consequences(Outcome(1, S.UNCERTAIN, "unexpected reply", "354 Go on"))),
    ],
)
def test_what_follows_from_an_answer_is_all_that_the_ledger_and_the_operator_are_told(
    stage: Stage, code: int, text: str, expected: Consequences
) -> None:
    assert _decide(stage, Reply(code, text)) == expected


def test_a_delivery_is_given_up_after_the_last_attempt_of_the_schedule() -> None:
    """Twelve waits lie between thirteen attempts."""
    twelfth = _decide(Stage.RCPT, Reply(451, "Not now"), attempts=11).outcome
    assert twelfth == Outcome(1, S.DEFERRED, "refused for now", "451 Not now", NOW + timedelta(hours=12), tried=True)
    last = _decide(Stage.RCPT, Reply(451, "Not now"), attempts=12).outcome
    reason = "given up after 13 attempts: refused for now"
    assert last == Outcome(1, S.FAILED, reason, "451 Not now", tried=True)


def test_a_domain_rests_even_if_its_last_delivery_is_given_up() -> None:
    decision = _decide(Stage.RCPT, Reply(421, "Slow down"), attempts=12)
    assert decision.outcome is not None
    assert (decision.outcome.status, decision.outcome.due_at) == (S.FAILED, None)
    assert decision.rest == DomainRest("example.org", HALF_AN_HOUR, "the domain asked for a pause: 421 Slow down")


def test_an_address_that_no_command_can_hold_fails_and_a_cut_line_is_nobodys_fault() -> None:
    unsayable = _decide(Stage.RCPT, None, error="the address has a line feed")
    assert unsayable == Consequences(Outcome(1, S.FAILED, "the address has a line feed", tried=True))
    cut = _decide(Stage.MAIL, None, error="cut")
    assert cut == Consequences(Outcome(1, S.DEFERRED, "cut", due_at=HALF_AN_HOUR, tried=True))
    assert (cut.relay_busy, cut.relay_refuses, cut.rest) == ("", "", None), "the issue goes on"


@given(
    st.sampled_from([Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.FINAL]),
    st.none() | st.builds(Reply, st.integers(100, 599), st.text(max_size=30)),
    st.sampled_from(UncertainPolicy),
    st.integers(0, 20),
)
def test_every_answer_leads_to_a_state_that_may_follow(
    stage: Stage, reply: Reply | None, policy: UncertainPolicy, attempts: int
) -> None:
    if reply is not None and stage is not Stage.FINAL and judge(stage, reply, refusal).verdict is Verdict.ACCEPTED:
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
    assert held == Outcome(1, S.UNCERTAIN, "the connection was cut")
    again = _decide(Stage.FINAL, None, UncertainPolicy.RESEND, error="cut").outcome
    assert again == Outcome(1, S.DEFERRED, "handed over without an answer: cut", due_at=HALF_AN_HOUR)


def test_a_connection_that_ended_before_the_message_did_defers_it_and_counts_one_attempt() -> None:
    begun = consequences(
        _delivery(S.SENDING, attempts=1),
        AttemptResult(Stage.DATA, error="the relay closed the connection", begun=True),
        now=NOW,
        schedule=RetrySchedule(),
        uncertain=UncertainPolicy.HOLD,
        means=refusal,
    ).outcome
    assert begun == Outcome(1, S.DEFERRED, "the relay closed the connection", due_at=NOW + timedelta(hours=1))


def test_a_rest_is_at_least_as_long_as_the_schedule_says() -> None:
    decision = _decide(Stage.RCPT, Reply(421, "4.7.0 slow down"), attempts=5)
    assert decision.rest is not None
    assert decision.outcome is not None
    assert decision.rest.until == NOW + timedelta(minutes=30)
    assert decision.outcome.due_at == NOW + timedelta(hours=12)
