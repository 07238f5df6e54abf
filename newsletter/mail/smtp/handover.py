"""One connection at work: one message after the other, for as long as it goes.

A message's end (the final dot) is written only after `MessageQueue.begin`; no server may accept what travels before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from newsletter.domain.delivery import AnyAttempt, AttemptResult, Stage
from newsletter.domain.ports import MessageQueue
from newsletter.errors import AddressInvalid, RelayUnavailable
from newsletter.mail.smtp.session import ConnectionEnded, Session

__all__ = ["Handover", "LeftBehind", "RelayKnowledge"]


@dataclass(slots=True)
class RelayKnowledge:
    """What the connections have learned of their relay together.

    Attributes:
        failure: why sending ends early; None while it does not.
        pipelining: False once the relay was found to offer pipelining that it cannot do.
        answers: how many answers to messages came.
    """

    failure: RelayUnavailable | None = None
    pipelining: bool = True
    answers: int = 0


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What a connection leaves behind: a message nobody answered for, why, and whether that counts against it."""

    attempt: AnyAttempt | None
    reason: str
    is_fault: bool


class _OverError(Exception):
    """This connection can hand over nothing more."""

    def __init__(self, left: LeftBehind | None) -> None:
        super().__init__()
        self.left = left


class Handover:
    """What one session does, from its first message to its last."""

    def __init__(
        self,
        session: Session,
        queue: MessageQueue,
        relay: RelayKnowledge,
        *,
        most: int,
        crash_hook: Callable[[str], None],
    ) -> None:
        """`most` messages go over one connection, 0 for no limit; `crash_hook` as in `Pool`."""
        self._session = session
        self._queue = queue
        self._relay = relay
        self._most = most
        self._crash_hook = crash_hook
        # whether the envelope of the next message was written already
        self._asked = False

    async def run(self, attempt: AnyAttempt) -> LeftBehind | None:
        """Begin with this message and go on with those that the queue gives; returns what is left undone."""
        following: AnyAttempt | None = attempt
        try:
            while following is not None:
                following = await self._hand_over(following)
        except _OverError as over:
            return over.left
        await self._session.quit()
        return None

    async def _hand_over(self, attempt: AnyAttempt) -> AnyAttempt | None:
        """Hand one message over, or hear that it is not wanted; returns the next one for this connection."""
        session, queue = self._session, self._queue
        if not await self._is_wanted(attempt):
            return await self._next()
        # the message travels while the ledger is written; only its end waits for that
        session.content(attempt.message)
        self._crash_hook("written")
        if not await queue.begin(attempt):
            # its end must not be written: only hanging up keeps the server from accepting what it has
            raise _OverError(None)
        if session.ended:
            queue.settle(attempt, AttemptResult(Stage.DATA, error=session.ended, begun=True))
            raise _OverError(self._unfinished(None, session.ended))
        self._crash_hook("begun")
        following = self._end(queue.ready() if self._may_go_on(1) else None)
        self._crash_hook("handed over")
        await self._hear(attempt, following)
        return following if following is not None else await self._next()

    async def _is_wanted(self, attempt: AnyAttempt) -> bool:
        """Say the envelope and hear the answers; False if the message is refused, and settled by that."""
        session, asked = self._session, self._asked
        self._asked = False
        try:
            if not asked:
                session.envelope(attempt.message)
            self._crash_hook("asked")
            stage, reply = await session.opened(attempt.message)
        except AddressInvalid as error:
            self._queue.settle(attempt, AttemptResult(Stage.RCPT, error=str(error)))
            return False
        except ConnectionEnded as error:
            raise _OverError(self._unanswered(attempt, str(error))) from error
        self._relay.answers += 1
        if stage is Stage.DATA and reply.code == 354:
            return True
        if session.pipelining and reply.code == 503:
            # "bad sequence of commands": it cannot do what it offers
            self._relay.pipelining = False
            raise _OverError(LeftBehind(attempt, str(reply), is_fault=False))
        if reply.code == 421 and stage is Stage.MAIL:
            # a connection being closed, often for having been idle: nothing to do with this message
            raise _OverError(self._unfinished(attempt, f"the relay closed the connection: {reply}"))
        self._queue.settle(attempt, AttemptResult(stage, reply))
        if reply.code == 421:
            raise _OverError(None)
        return False

    def _end(self, following: AnyAttempt | None) -> AnyAttempt | None:
        """End a message, and write the next one's envelope with it; returns that one, unless it cannot be mailed."""
        if following is not None:
            try:
                self._session.finish(then=following.message)
            except AddressInvalid as error:
                self._queue.settle(following, AttemptResult(Stage.RCPT, error=str(error)))
            else:
                self._asked = self._session.pipelining
                return following
        self._session.finish()
        return None

    async def _hear(self, attempt: AnyAttempt, following: AnyAttempt | None) -> None:
        """The answer to a message that was handed over."""
        try:
            reply = await self._session.answered()
        except ConnectionEnded as error:
            self._queue.settle(attempt, AttemptResult(Stage.FINAL, error=str(error)))
            raise _OverError(self._unfinished(following, str(error))) from error
        self._relay.answers += 1
        self._crash_hook("answered")
        self._queue.settle(attempt, AttemptResult(Stage.FINAL, reply))
        if reply.code == 421:
            raise _OverError(LeftBehind(following, f"the relay closed the connection: {reply}", is_fault=False))

    def _may_go_on(self, more: int = 0) -> bool:
        session = self._session
        return (
            self._relay.failure is None and not session.ended and (not self._most or session.sent + more < self._most)
        )

    async def _next(self) -> AnyAttempt | None:
        """The next message for this connection, if it can take one."""
        return await self._queue.next() if self._may_go_on() else None

    def _unfinished(self, attempt: AnyAttempt | None, reason: str) -> LeftBehind:
        """Counts against a connection on which nothing was ever sent."""
        return LeftBehind(attempt, reason, is_fault=self._session.sent == 0)

    def _unanswered(self, attempt: AnyAttempt, reason: str) -> LeftBehind:
        """An envelope without all its answers: certainly not accepted; to be asked again on another connection."""
        if self._session.pipelining and self._session.is_partly_answered:
            # some commands of the group were answered and the rest thrown away, or the line was cut: go step by step
            self._relay.pipelining = False
            return LeftBehind(attempt, reason, is_fault=False)
        return self._unfinished(attempt, reason)
