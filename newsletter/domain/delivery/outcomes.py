"""What follows from one attempt: the delivery's next state, a rest for its domain, patience or an end for the relay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from newsletter.domain.delivery.attempts import AttemptResult, Mailing
from newsletter.domain.delivery.deliveries import DeliveryStatus, DomainRest, Outcome, UncertainPolicy
from newsletter.domain.delivery.replies import Judgement, Means, Stage, Verdict, judge
from newsletter.domain.delivery.retries import RetrySchedule

__all__ = ["Consequences", "consequences"]

_S = DeliveryStatus


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows from an attempt.

    Attributes:
        outcome: the delivery's next state; None where it stays what it is and is to be tried again at once.
        rest: its domain gets no mail for a while.
        refused: whether this message was refused for good or by policy; None where that cannot be said.
        by_policy: whether it was refused for what we are, or what we send.
        relay_busy: the relay asks for patience, whatever the message; empty where it does not.
        relay_refuses: the relay will not have us at all; empty where it will.
    """

    outcome: Outcome | None
    rest: DomainRest | None = None
    refused: bool | None = None
    by_policy: bool = False
    relay_busy: str = ""
    relay_refuses: str = ""


def consequences(
    delivery: Mailing,
    result: AttemptResult,
    *,
    now: datetime,
    schedule: RetrySchedule,
    uncertain: UncertainPolicy,
    means: Means,
) -> Consequences:
    """What the result of an attempt makes of its delivery. `means` says what a refusal means.

    Raises:
        ValueError: the reply accepts a step before the last one, so there is nothing to decide yet.
    """
    stage, reply = result.stage, result.reply
    tried = stage is not Stage.FINAL and not result.begun
    outcomes = _Outcomes(delivery, now, schedule, uncertain, tried=tried)
    if reply is None:
        return Consequences(outcomes.without_reply(result))
    judgement, said = judge(stage, reply, means), str(reply)
    reason = judgement.reason
    match judgement.verdict:
        case Verdict.ACCEPTED if tried:
            msg = f"{said} at {stage.name} only lets the dialogue go on; it says nothing about the delivery"
            raise ValueError(msg)
        case Verdict.ACCEPTED:
            return Consequences(outcomes.ended(_S.SENT, "", said), refused=False)
        case Verdict.FAILED:
            return Consequences(outcomes.ended(_S.FAILED, reason, said), refused=True, by_policy=judgement.by_policy)
        case Verdict.DEFERRED:
            return Consequences(outcomes.later(reason, said))
        case Verdict.UNCERTAIN:
            return Consequences(outcomes.unsure(reason, said))
        case Verdict.RELAY_BUSY:
            return Consequences(None, relay_busy=f"{reason}: {said}")
        case Verdict.RELAY_REFUSES:
            # no fault of this delivery: it is queued as before
            back = outcomes.ended(_S.QUEUED, "", said) if stage is Stage.FINAL else None
            return Consequences(back, relay_refuses=f"{reason}: {said}")
        case Verdict.DOMAIN_RESTS | Verdict.REFUSED_BY_POLICY:
            return outcomes.with_rest(judgement, said)


@dataclass(frozen=True, slots=True)
class _Outcomes:
    """The states that one attempt may leave its delivery in."""

    delivery: Mailing
    now: datetime
    schedule: RetrySchedule
    uncertain: UncertainPolicy
    tried: bool

    def ended(self, status: DeliveryStatus, reason: str, said: str = "") -> Outcome:
        return Outcome(self.delivery.id, status, reason, said, tried=self.tried)

    def later(self, reason: str, said: str = "") -> Outcome:
        attempts = self.delivery.attempts + 1
        due = self.schedule.due_after(attempts, self.now)
        if due is None:
            return self.ended(_S.FAILED, f"given up after {attempts} attempts: {reason}", said)
        return Outcome(self.delivery.id, _S.DEFERRED, reason, said, due, tried=self.tried)

    def unsure(self, reason: str, said: str = "") -> Outcome:
        if self.uncertain is UncertainPolicy.RESEND:
            # by the schedule: a server that always hangs up after the message must not get it in a loop
            return self.later(f"handed over without an answer: {reason}", said)
        return self.ended(_S.UNCERTAIN, reason, said)

    def without_reply(self, result: AttemptResult) -> Outcome:
        if result.is_uncertain:
            return self.unsure(result.error)
        # an address that cannot stand in a command is the recipient's; a cut or stalled line is nobody's
        return self.ended(_S.FAILED, result.error) if result.stage is Stage.RCPT else self.later(result.error)

    def with_rest(self, judgement: Judgement, said: str) -> Consequences:
        """Put off, with the whole domain: no earlier than its rest is over."""
        by_policy = judgement.verdict is Verdict.REFUSED_BY_POLICY
        until = self.now + (self.schedule.policy_rest if by_policy else self.schedule.rest)
        outcome = self.later(judgement.reason, said)
        if outcome.due_at is not None:
            outcome = replace(outcome, due_at=max(outcome.due_at, until))
        rest = DomainRest(self.delivery.domain, until, f"{judgement.reason}: {said}")
        return Consequences(outcome, rest, refused=True if by_policy else None, by_policy=by_policy)
