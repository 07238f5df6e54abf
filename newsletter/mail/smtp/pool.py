"""Several connections to the relay at once, each handing over one message after the other.

The pool knows the wire, not the rules: what to send next, whether it may be handed over, and what an answer means is
decided by its `Feed`. It promises:

- a message's end (the final dot) leaves this process only after `begin`: without it no server may accept what it has;
- every message that was begun is settled exactly once, and one that was not begun is settled or given back;
- an answer that did not come is told apart by whether the message could have been accepted (`is_uncertain`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from newsletter.domain.delivery import Attempt, AttemptResult, Stage
from newsletter.errors import AddressInvalid, RelayUnavailable
from newsletter.mail.smtp.session import ConnectionEnded, Session
from newsletter.mail.smtp.transport import RelayRefuses

__all__ = ["Feed", "Opener", "Pool", "PoolSettings"]


@dataclass(frozen=True, slots=True)
class _Left:
    """What a connection leaves behind: a message nobody answered for, why, and whether that counts against it."""

    attempt: Attempt | None
    reason: str
    is_fault: bool


class Feed(Protocol):
    """Gives the messages, and takes the answers."""

    async def next(self) -> Attempt | None:
        """The next message, as soon as it may go out; None when there is none left or sending should end."""
        ...

    def ready(self) -> Attempt | None:
        """A message that may go out at this very moment, or None."""
        ...

    async def begin(self, attempt: Attempt) -> bool:
        """Make it durable that this message is being handed over; False if it must not be (any more)."""
        ...

    def settle(self, attempt: Attempt, result: AttemptResult) -> None:
        """Take the result of an attempt."""
        ...

    def give_back(self, attempt: Attempt) -> None:
        """Take a message back that was not tried."""
        ...

    def stop(self) -> None:
        """Give no more; whoever waits for the next message gets None."""
        ...


class Opener(Protocol):
    """Opens connections: `mail.transport.Connector`."""

    async def open(self) -> Session:
        """A session that is ready for MAIL."""
        ...


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
    """Sends what the feed gives until it gives no more, or the relay cannot be reached.

    Attributes:
        failure: why sending ended early; None if it did not.
        pipelining: False once the relay was found to offer pipelining that it cannot do.
        open: how many connections are in use.
    """

    def __init__(
        self,
        opener: Opener,
        feed: Feed,
        settings: PoolSettings,
        *,
        point: Callable[[str], None] = lambda _name: None,
    ) -> None:
        """`point` is called with a name wherever a crash would matter; the crash test ends the process there."""
        self._opener = opener
        self._feed = feed
        self._settings = settings
        self._point = point
        self.failure: RelayUnavailable | None = None
        self.pipelining = True
        self.open = 0
        self._answers = 0

    async def run(self) -> None:
        """Send everything. Connections are opened as there is something for them to do."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._settings.connections):
                group.create_task(self._work())

    async def _work(self) -> None:
        """One connection after the other."""
        feed, settings = self._feed, self._settings
        failures, answers = 0, 0
        carried: Attempt | None = None
        while self.failure is None and (attempt := carried or await feed.next()) is not None:
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
                    feed.give_back(attempt)
                    return
                carried = attempt
                continue
            if left is None or not left.is_fault:
                failures = 0
            elif failures == 0:
                failures, answers = 1, self._answers
            else:
                failures += 1
            carried = left.attempt if left else None
            if left and failures >= settings.patience:
                if self._answers == answers:
                    self._fail(RelayUnavailable(left.reason))
                elif carried is not None:
                    # others get through: it is about this message
                    feed.settle(carried, AttemptResult(Stage.MAIL, error=left.reason))
                    carried = None
                failures = 0
        if carried is not None:
            feed.give_back(carried)

    def _fail(self, error: RelayUnavailable) -> None:
        self.failure = self.failure or error
        self._feed.stop()

    async def _use_connection(self, attempt: Attempt) -> _Left | None:
        session = await self._opener.open()
        session.pipelining &= self.pipelining
        self.open += 1
        try:
            return await self._drive(session, attempt)
        finally:
            self.open -= 1
            session.abort()

    async def _drive(self, session: Session, attempt: Attempt) -> _Left | None:
        """Use one connection as long as it goes; returns a message that could not even be asked about."""
        feed = self._feed
        following: Attempt | None = attempt
        asked = False
        while following is not None:
            attempt, following = following, None
            try:
                if not asked:
                    session.envelope(attempt.message)
                self._point("asked")
                stage, reply = await session.opened(attempt.message)
            except AddressInvalid as error:
                feed.settle(attempt, AttemptResult(Stage.RCPT, error=str(error)))
                following, asked = await self._following(session), False
                continue
            except ConnectionEnded as error:
                return self._unanswered(session, attempt, str(error))
            self._answers += 1
            if stage is not Stage.DATA or reply.code != 354:
                if session.pipelining and reply.code == 503:
                    # "bad sequence of commands": it cannot do what it offers
                    self.pipelining = False
                    return _Left(attempt, str(reply), is_fault=False)
                if reply.code == 421 and stage is Stage.MAIL:
                    # a connection being closed, often for having been idle: nothing to do with this message
                    return _Left(attempt, f"the relay closed the connection: {reply}", is_fault=session.sent == 0)
                feed.settle(attempt, AttemptResult(stage, reply))
                if reply.code == 421:
                    return None
                following, asked = await self._following(session), False
                continue
            # the message travels while the ledger is written; only its end waits for that
            session.content(attempt.message)
            self._point("written")
            if not (begun := await feed.begin(attempt)) or session.ended:
                return self._not_handed_over(session, attempt, begun=begun)
            self._point("begun")
            following = feed.ready() if self._may_go_on(session, 1) else None
            following, asked = self._hand_over(session, following)
            self._point("handed over")
            try:
                final = await session.answered()
            except ConnectionEnded as error:
                feed.settle(attempt, AttemptResult(Stage.FINAL, error=str(error)))
                return _Left(following, str(error), is_fault=session.sent == 0)
            self._answers += 1
            self._point("answered")
            feed.settle(attempt, AttemptResult(Stage.FINAL, final))
            if final.code == 421:
                return _Left(following, f"the relay closed the connection: {final}", is_fault=False)
            if following is None:
                following, asked = await self._following(session), False
        await session.quit()
        return None

    def _hand_over(self, session: Session, following: Attempt | None) -> tuple[Attempt | None, bool]:
        """End a message, and write the next one's envelope with it; returns that one and whether it was asked about."""
        if following is not None:
            try:
                session.finish(then=following.message)
            except AddressInvalid as error:
                self._feed.settle(following, AttemptResult(Stage.RCPT, error=str(error)))
            else:
                return following, session.pipelining
        session.finish()
        return None, False

    def _may_go_on(self, session: Session, more: int = 0) -> bool:
        limit = self._settings.messages
        return self.failure is None and not session.ended and (not limit or session.sent + more < limit)

    async def _following(self, session: Session) -> Attempt | None:
        """The next message for this connection, if it can take one."""
        return await self._feed.next() if self._may_go_on(session) else None

    def _not_handed_over(self, session: Session, attempt: Attempt, *, begun: bool) -> _Left | None:
        """A message whose end must not be written, or can't be: only hanging up keeps the server from accepting it."""
        if not begun:
            return None
        reason = session.ended
        self._feed.settle(attempt, AttemptResult(Stage.DATA, error=reason, begun=True))
        return _Left(None, reason, is_fault=session.sent == 0)

    def _unanswered(self, session: Session, attempt: Attempt, reason: str) -> _Left:
        """An envelope without all its answers: certainly not accepted; to be asked again on another connection."""
        lied = session.pipelining and session.is_partly_answered
        if lied:
            # some commands of the group were answered and the rest thrown away, or the line was cut: go step by step
            self.pipelining = False
        return _Left(attempt, reason, is_fault=session.sent == 0 and not lied)
