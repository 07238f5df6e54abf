"""One attempt to hand a message to the relay, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from newsletter.domain.delivery.deliveries import OutgoingMessage
from newsletter.domain.delivery.replies import Reply, Stage

__all__ = ["AnyAttempt", "Attempt", "AttemptResult", "Mailing"]


class Mailing(Protocol):
    """What an attempt is about, a delivery or a letter: all that the result of an attempt is judged by."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def attempts(self) -> int:
        """How often it was tried before."""
        ...

    @property
    def domain(self) -> str:
        """The domain of the recipient."""
        ...


M = TypeVar("M", bound=Mailing)


@dataclass(frozen=True, slots=True)
class Attempt(Generic[M]):
    """A delivery (or a letter) that is due, and its message: what a connection is given to hand over."""

    delivery: M
    message: OutgoingMessage


AnyAttempt = Attempt[Any]
"""What connections handle: they look at the message alone."""


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
