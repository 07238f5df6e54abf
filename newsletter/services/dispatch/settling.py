"""What becomes of a delivery after an attempt, and what follows for its domain, the relay and the issue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from newsletter.domain.bounces import pauses, refusal
from newsletter.domain.delivery import (
    Attempt,
    AttemptResult,
    Consequences,
    Delivery,
    DeliveryStatus,
    DomainRest,
    FailureWatch,
    Outcome,
    SkipReason,
    consequences,
)
from newsletter.domain.ports import Clock
from newsletter.services.dispatch.pacing import Claimed, PacedLine
from newsletter.services.dispatch.run_ledger import RunLedger
from newsletter.services.dispatch.settings import SendSettings
from newsletter.services.dispatch.state import RunState

__all__ = ["Settler"]

_BUSY_PATIENCE = 8
"""Times in a row that the relay may say that it is busy before the run ends."""


class Settler:
    """Writes outcomes down, and draws the consequences.

    Attributes:
        counts: what this run did, by the state deliveries were brought into.
    """

    def __init__(
        self,
        ledger: RunLedger,
        line: PacedLine,
        state: RunState,
        *,
        settings: SendSettings,
        clock: Clock,
        rests: Sequence[DomainRest] = (),
    ) -> None:
        """`rests` are those that hold already."""
        self._ledger = ledger
        self._line = line
        self._state = state
        self._settings = settings
        self._clock = clock
        self._watch = FailureWatch(window=settings.window, share=settings.share)
        self._rests = {rest.domain: rest for rest in rests}
        self._busy = 0
        self._answers = self._policy = 0
        self.counts: Counter[DeliveryStatus] = Counter()

    @property
    def done(self) -> int:
        """How many deliveries this run has settled."""
        return sum(self.counts.values())

    @property
    def rests(self) -> tuple[DomainRest, ...]:
        """The domains that rest, or rested during this run."""
        return tuple(self._rests.values())

    def resting(self) -> set[str]:
        """The domains that get no mail at this moment."""
        now = self._clock()
        return {domain for domain, rest in self._rests.items() if rest.until > now}

    def heed(self, rest: DomainRest) -> None:
        """A rest that the ledger has: somebody else may have written it."""
        known = self._rests.get(rest.domain)
        if known is None or known.until < rest.until:
            self._rests[rest.domain] = rest
            self.let_go(rest.domain)

    def let_go(self, domain: str) -> None:
        """What this run holds of a domain is anybody's again."""
        for held in self._line.remove(domain):
            self._ledger.add(Outcome(held.id, held.status, held.reason, held.reply, held.due_at))

    def settle(self, attempt: Attempt[Delivery], result: AttemptResult) -> None:
        """Take the result of an attempt."""
        settings = self._settings
        follows = consequences(
            attempt.delivery,
            result,
            now=self._clock(),
            schedule=settings.schedule,
            uncertain=settings.uncertain,
            means=refusal,
        )
        if follows.rest is not None:
            self._let_rest(follows.rest)
        if follows.outcome is not None:
            self._write(follows.outcome)
        if follows.relay_busy:
            self._wait_for_relay(follows.relay_busy)
            self.give_back(attempt)
        elif follows.relay_refuses:
            self._state.pause(follows.relay_refuses)
        elif follows.refused is not None:
            self._busy = 0
            self._watch.saw(refused=follows.refused)
            if complaint := self._watch.complaint or self._refused_by_policy(follows):
                self._state.pause(complaint)

    def _refused_by_policy(self, follows: Consequences) -> str:
        """Why the issue should pause for want of welcome: far fewer such refusals than others are a fault of ours."""
        self._answers += 1
        if not follows.by_policy:
            return ""
        self._policy += 1
        if not pauses(self._policy - 1, self._policy, self._answers, self._settings.bounces):
            return ""
        return f"{self._policy} of {self._answers} messages were refused by policy"

    def give_back(self, attempt: Attempt[Delivery]) -> None:
        """Take a message back that was not tried."""
        self._line.put_back(Claimed(attempt.delivery))
        self._state.wake()

    def unbegin(self, attempt: Attempt[Delivery]) -> None:
        """Nothing has left this process: unless somebody has taken the row over, it is queued as before."""
        self._ledger.add(Outcome(attempt.delivery.id, DeliveryStatus.QUEUED))

    def skip(self, delivery: Delivery, reason: SkipReason) -> None:
        """This subscriber must not be mailed any more."""
        self._write(Outcome(delivery.id, DeliveryStatus.SKIPPED, reason.value))

    def fail(self, delivery: Delivery, reason: str) -> None:
        """There can be no message for this recipient."""
        self._write(Outcome(delivery.id, DeliveryStatus.FAILED, reason))

    def _write(self, outcome: Outcome) -> None:
        self.counts[outcome.status] += 1
        self._ledger.add(outcome)
        self._state.wake()

    def _wait_for_relay(self, reason: str) -> None:
        self._busy += 1
        if self._busy >= _BUSY_PATIENCE:
            self._state.stop(reason)
        else:
            self._line.rest_relay(min(60.0, self._settings.pool.backoff * 2 ** (self._busy - 1)))

    def _let_rest(self, rest: DomainRest) -> None:
        """No more to this domain."""
        self._rests[rest.domain] = rest
        self._ledger.add(rest)
        self.let_go(rest.domain)
