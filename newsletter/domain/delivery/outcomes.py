"""What one answer makes of one delivery: its next state, a rest for its domain, a pause for the issue or the relay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from newsletter.domain.delivery.deliveries import Delivery, DeliveryStatus, DomainRest, Outcome, UncertainPolicy
from newsletter.domain.delivery.replies import Reply, Stage, Verdict, judge
from newsletter.domain.delivery.retries import RetrySchedule

__all__ = ["Decision", "decide"]

_S = DeliveryStatus


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from an answer.

    Attributes:
        outcome: the delivery's next state; None where it stays what it is and is to be tried again at once.
        rest: its domain gets no mail for a while.
        refused: whether this message was refused for good or by policy; None where that cannot be said.
        busy: the relay asks for patience, whatever the message; empty where it does not.
        pause: the relay will not have us at all; empty where it will.
    """

    outcome: Outcome | None
    rest: DomainRest | None = None
    refused: bool | None = None
    busy: str = ""
    pause: str = ""


def decide(
    delivery: Delivery,
    stage: Stage,
    reply: Reply | None,
    *,
    now: datetime,
    schedule: RetrySchedule,
    uncertain: UncertainPolicy,
    error: str,
    begun: bool = False,
) -> Decision:
    """What an answer makes of a delivery; without a reply, `error` says what came instead.

    `stage` tells how far the message had come: at `FINAL` it had been handed over and the delivery is `sending`. So it
    is where it was `begun` and the connection ended before the message's own end had been written.

    Raises:
        ValueError: the reply accepts a step before the last one, so there is nothing to decide yet.
    """
    tried = stage is not Stage.FINAL and not begun

    def ended(status: DeliveryStatus, reason: str, said: str = "") -> Outcome:
        return Outcome(delivery.id, status, reason, said, tried=tried)

    def later(reason: str, said: str = "") -> Outcome:
        attempts = delivery.attempts + 1
        due = schedule.due_after(attempts, now)
        if due is None:
            return ended(_S.FAILED, f"given up after {attempts} attempts: {reason}", said)
        return Outcome(delivery.id, _S.DEFERRED, reason, said, due, tried=tried)

    def unsure(reason: str, said: str = "") -> Outcome:
        if uncertain is UncertainPolicy.RESEND:
            # by the schedule: a server that always hangs up after the message must not get it in a loop
            return later(f"handed over without an answer: {reason}", said)
        return ended(_S.UNCERTAIN, reason, said)

    if reply is None:
        if stage is Stage.FINAL:
            return Decision(unsure(error))
        # an address that cannot stand in a command is the recipient's; a cut or stalled line is nobody's
        return Decision(ended(_S.FAILED, error) if stage is Stage.RCPT else later(error))
    judgement, said = judge(stage, reply), str(reply)
    reason = judgement.reason
    match judgement.verdict:
        case Verdict.ACCEPTED if tried:
            msg = f"{said} at {stage.name} only lets the dialogue go on; it says nothing about the delivery"
            raise ValueError(msg)
        case Verdict.ACCEPTED:
            return Decision(ended(_S.SENT, "", said), refused=False)
        case Verdict.FAILED:
            return Decision(ended(_S.FAILED, reason, said), refused=True)
        case Verdict.DEFERRED:
            return Decision(later(reason, said))
        case Verdict.UNCERTAIN:
            return Decision(unsure(reason, said))
        case Verdict.RELAY_BUSY:
            return Decision(None, busy=f"{reason}: {said}")
        case Verdict.RELAY_REFUSES:
            # no fault of this delivery: it is queued as before
            back = ended(_S.QUEUED, "", said) if stage is Stage.FINAL else None
            return Decision(back, pause=f"{reason}: {said}")
        case Verdict.DOMAIN_RESTS | Verdict.DOMAIN_PAUSES:
            by_policy = judgement.verdict is Verdict.DOMAIN_PAUSES
            until = now + (schedule.pause if by_policy else schedule.rest)
            outcome = later(reason, said)
            if outcome.due_at is not None:
                outcome = replace(outcome, due_at=max(outcome.due_at, until))
            rest = DomainRest(delivery.recipient.domain, until, f"{reason}: {said}")
            return Decision(outcome, rest, refused=True if by_policy else None)
