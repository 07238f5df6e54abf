"""One attempt to hand a message to the relay, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.domain.delivery.deliveries import Delivery, OutgoingMessage
from newsletter.domain.delivery.replies import Reply, Stage

__all__ = ["Attempt", "AttemptResult"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A delivery that is due, and its message: what a connection is given to hand over."""

    delivery: Delivery
    message: OutgoingMessage


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """What the server said at which stage; without a reply, `error` says what happened instead.

    `stage` tells how far the message had come: at `FINAL` it had been handed over and the delivery is `sending`. So it
    is where it was `begun` and the connection ended before the message's own end had been written.
    """

    stage: Stage
    reply: Reply | None = None
    error: str = ""
    begun: bool = False

    @property
    def is_uncertain(self) -> bool:
        """Whether the message was handed over and no answer came: nobody can know whether it was accepted."""
        return self.reply is None and self.stage is Stage.FINAL
