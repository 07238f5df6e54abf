"""What the connections to a relay are given to do."""

from __future__ import annotations

from typing import Protocol

from newsletter.domain.delivery import AnyAttempt, AttemptResult

__all__ = ["MessageQueue"]


class MessageQueue(Protocol):
    """Gives the messages to be handed over, one at a time, and takes what came of each."""

    async def next(self) -> AnyAttempt | None:
        """The next message, as soon as it may go out; None when there is none left or sending should end."""
        ...

    def ready(self) -> AnyAttempt | None:
        """A message that may go out at this very moment, or None."""
        ...

    async def begin(self, attempt: AnyAttempt) -> bool:
        """Make it durable that this message is being handed over; False if it must not be (any more)."""
        ...

    def settle(self, attempt: AnyAttempt, result: AttemptResult) -> None:
        """Take the result of an attempt."""
        ...

    def give_back(self, attempt: AnyAttempt) -> None:
        """Take a message back that was not tried."""
        ...

    def stop(self) -> None:
        """Give no more; whoever waits for the next message gets None."""
        ...
