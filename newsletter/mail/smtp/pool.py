"""Several connections to the relay at once, each handing over one message after the other.

The pool knows the wire, not the rules: what to send next, whether it may be handed over, and what a result means is
decided by its queue (`domain.ports.MessageQueue`). It promises:

- a message's end (the final dot) leaves this process only after `begin`: without it no server may accept what it has;
- every message that was begun is settled exactly once, and one that was not begun is settled or given back;
- an answer that did not come is told apart by whether the message could have been accepted (`is_uncertain`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from newsletter.domain.delivery import AnyAttempt, AttemptResult, Stage
from newsletter.domain.ports import MessageQueue
from newsletter.errors import RelayUnavailable
from newsletter.mail.smtp.handover import Handover, LeftBehind, RelayKnowledge
from newsletter.mail.smtp.transport import Connector, RelayRefuses

__all__ = ["Pool", "PoolSettings"]


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How many connections, and how long to use one.

    `messages` a connection, 0 for no limit. After `patience` failures in a row with nothing sent in between a
    connection is given up; before each new one the wait doubles from `backoff` seconds.
    """

    connections: int = 4
    messages: int = 0
    patience: int = 5
    backoff: float = 1.0


class Pool:
    """Sends what the queue gives until it gives no more, or the relay cannot be reached.

    Attributes:
        open: how many connections are in use.
    """

    def __init__(
        self,
        connector: Connector,
        queue: MessageQueue,
        settings: PoolSettings,
        *,
        crash_hook: Callable[[str], None] = lambda _moment: None,
    ) -> None:
        """`crash_hook` is called with a name at each moment where a crash would matter; the crash test ends there."""
        self._connector = connector
        self._queue = queue
        self._settings = settings
        self._crash_hook = crash_hook
        self._relay = RelayKnowledge()
        self.open = 0

    @property
    def failure(self) -> RelayUnavailable | None:
        """Why sending ended early; None if it did not."""
        return self._relay.failure

    @property
    def pipelining(self) -> bool:
        """False once the relay was found to offer pipelining that it cannot do."""
        return self._relay.pipelining

    async def run(self) -> None:
        """Send everything. Connections are opened as there is something for them to do."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._settings.connections):
                group.create_task(self._work())

    async def _work(self) -> None:
        """One worker: one connection after the other."""
        queue, settings, relay = self._queue, self._settings, self._relay
        failures, answers = 0, 0
        carried: AnyAttempt | None = None
        while relay.failure is None and (attempt := carried or await queue.next()) is not None:
            carried = None
            if failures:
                await asyncio.sleep(settings.backoff * 2 ** (failures - 1))
            try:
                left = await self._use_connection(attempt)
            except RelayUnavailable as error:
                failures += 1
                # one worker that cannot connect stops nothing while others still can
                if isinstance(error, RelayRefuses) or (failures >= settings.patience and self.open == 0):
                    self._fail(error)
                if failures >= settings.patience:
                    queue.give_back(attempt)
                    return
                carried = attempt
                continue
            if left is None or not left.is_fault:
                failures = 0
            elif failures == 0:
                failures, answers = 1, relay.answers
            else:
                failures += 1
            carried = left.attempt if left else None
            if left and failures >= settings.patience:
                if relay.answers == answers:
                    self._fail(RelayUnavailable(left.reason))
                elif carried is not None:
                    # others get through: it is about this message
                    queue.settle(carried, AttemptResult(Stage.MAIL, error=left.reason))
                    carried = None
                failures = 0
        if carried is not None:
            queue.give_back(carried)

    def _fail(self, error: RelayUnavailable) -> None:
        self._relay.failure = self._relay.failure or error
        self._queue.stop()

    async def _use_connection(self, attempt: AnyAttempt) -> LeftBehind | None:
        session = await self._connector.open()
        session.pipelining &= self._relay.pipelining
        self.open += 1
        try:
            most = self._settings.messages
            handover = Handover(session, self._queue, self._relay, most=most, crash_hook=self._crash_hook)
            return await handover.run(attempt)
        finally:
            self.open -= 1
            session.abort()
