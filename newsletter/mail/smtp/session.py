"""One SMTP connection that is open, secured and logged in: envelopes and messages, pipelined where offered.

aiosmtplib opens the connection; from then on its transport is ours, because one round trip a command and a regular
expression over every body make its own send path several times slower than the wire.

Replies carry no name of what they answer: they are paired with commands by their order alone. So nothing may stand in
that order that nobody asked for. What comes while no answer is due, or cannot be one to what was asked, ends the
connection, and what was paired beside it counts for nothing (decision 0092). That is why asking and hearing stand in
one module, though it is a long one: what is due is counted where it is asked for.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.domain.delivery import OutgoingMessage, Reply, Stage
from newsletter.errors import AddressInvalid, RelayUnavailable
from newsletter.mail.smtp.replies import ReplyReader

__all__ = ["ConnectionEnded", "Session", "Timeouts"]

# a mailbox as it may stand between angle brackets; anything else could end the command and begin another
_MAILBOX = re.compile(rb"[^\x00-\x20\x7f<>]{1,318}")
_COMMANDS = 3
"""MAIL, RCPT and DATA: the envelope of one message to one recipient."""
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds that an answer may take, by what it answers (RFC 5321 §4.5.3.2)."""

    connect: float = 300
    mail: float = 300
    rcpt: float = 300
    data: float = 120
    final: float = 600
    quit: float = 5

    def of(self, stage: Stage) -> float:
        """The time for the answer of this stage."""
        return (self.connect, self.mail, self.rcpt, self.data, self.final)[stage]

    @classmethod
    def at_most(cls, seconds: float) -> Timeouts:
        """The standard's times, none of them longer than this."""
        t = cls()
        return cls(*(min(seconds, v) for v in (t.connect, t.mail, t.rcpt, t.data, t.final, t.quit)))


class ConnectionEnded(RelayUnavailable):  # named after what happened
    """The connection was cut, stalled or spoke nonsense while an answer was awaited."""


class _OutOfStep(ConnectionEnded):
    """The answers are not those to what was asked: none of them may be believed."""


class Session(asyncio.Protocol):
    """Speaks SMTP on a transport that is ready for MAIL.

    Attributes:
        pipelining: whether envelopes go out in one piece.
        sent: messages whose final answer has come on this connection.
    """

    def __init__(self, transport: asyncio.Transport, *, extensions: frozenset[str], timeouts: Timeouts) -> None:
        self._transport = transport
        self._extensions = extensions
        self._timeouts = timeouts
        self._loop = asyncio.get_running_loop()
        self._reader = ReplyReader()
        self._replies: deque[Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._ended: str = ""
        # answers that are still to come
        self._due = 0
        self._surplus = b""
        # answers to the last envelope and what followed it
        self._answers = 0
        self.pipelining = "pipelining" in extensions
        self.sent = 0
        transport.set_protocol(self)

    # --- asyncio.Protocol -------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Take what came: at most as many replies as are due."""
        try:
            replies = self._reader.feed(data, expected=self._due)
        except RelayUnavailable as error:
            self._give_up(str(error))
            return
        self._replies.extend(replies)
        self._due -= len(replies)
        if not self._due and self._reader.rest and not self._ended:
            self._surplus = self._reader.rest[:_SHOWN]
            shown = self._surplus.partition(b"\r")[0].decode("latin-1")
            self._give_up(f"the relay said what nobody had asked for: {shown!r}")
        self._wake()

    def eof_received(self) -> bool:
        """The server has ended; so do we."""
        self._end("the relay closed the connection")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        reason = f"the connection was cut ({exc})" if exc else "the relay closed the connection"
        self._end(reason)

    def _end(self, reason: str) -> None:
        if not self._ended:
            self._ended = reason
        self._wake()

    def _give_up(self, reason: str) -> None:
        """Nothing more can be said here, nor believed; what is still in the transport's buffer is not sent."""
        self._end(reason)
        self._transport.abort()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # --- dialogue ---------------------------------------------------------------------------------------------------

    @property
    def ended(self) -> str:
        """Why the connection can be used no more; empty while it can."""
        return self._ended or ("the relay closed the connection" if self._transport.is_closing() else "")

    @property
    def is_partly_answered(self) -> bool:
        """Whether some commands of the last envelope were answered, but not all."""
        return 0 < self._answers < _COMMANDS

    def envelope(self, message: OutgoingMessage) -> None:
        """Begin a message; with pipelining MAIL, RCPT and DATA go out at once.

        Raises:
            AddressInvalid: an address that cannot stand in a command; nothing was written.
        """
        if self.pipelining:
            self._ask(self._commands(message))
        else:
            _check(message)

    async def opened(self, message: OutgoingMessage) -> tuple[Stage, Reply]:
        """The answers to an envelope: (DATA, 354) if the message may follow, else where it was refused and how.

        Raises:
            ConnectionEnded: no answer came, or none that can be one; the message was certainly not accepted.
        """
        self._answers = 0
        stage, reply = await (self._opened_at_once() if self.pipelining else self._opened_by_steps(message))
        if reply.code not in {354, 421}:
            await self._reset()
        elif reply.code == 354 and self.ended:
            raise ConnectionEnded(self.ended)
        return stage, reply

    async def _opened_by_steps(self, message: OutgoingMessage) -> tuple[Stage, Reply]:
        for stage, command in zip((Stage.MAIL, Stage.RCPT, Stage.DATA), self._commands(message), strict=True):
            self._ask((command,))
            reply = await self._answer(stage)
            if reply.code // 100 in {4, 5}:
                break
        return stage, reply

    async def _opened_at_once(self) -> tuple[Stage, Reply]:
        mail = await self._answer(Stage.MAIL)
        if mail.code == 421:
            return Stage.MAIL, mail
        rcpt = await self._answer(Stage.RCPT)
        if rcpt.code == 421:
            return Stage.RCPT, rcpt
        refusal = (Stage.MAIL, mail) if mail.code // 100 != 2 else (Stage.RCPT, rcpt) if rcpt.code // 100 != 2 else None
        try:
            data = await self._answer(Stage.DATA)
            if refusal and data.code == 354:
                # it wants a message although it took no recipient: an empty one is for nobody (RFC 2920 §3.1)
                self._ask((b".\r\n",))
                await self._answer(Stage.FINAL)
        except _OutOfStep:
            raise
        except ConnectionEnded:
            if refusal is None:
                raise
            return refusal
        return refusal or (Stage.DATA, data)

    async def _reset(self) -> None:
        """Forget a refused envelope. Only now is the refusal sure to be the answer that it was taken for.

        Raises:
            ConnectionEnded: it was not: the answer to the last command was still to come.
        """
        self._ask((b"RSET\r\n",))
        try:
            await self._answer(Stage.MAIL)
        except _OutOfStep:
            raise
        except ConnectionEnded:
            # it hangs up on what it refused
            return

    def content(self, message: OutgoingMessage) -> None:
        """Write all of the message but its end: nothing yet that the server could accept (RFC 5321 §4.1.1.4)."""
        content = b"".join(_pieces(message))
        self._transport.write(content if message.dotless else _stuffed(content))

    def finish(self, *, then: OutgoingMessage | None = None) -> None:
        """Write the final dot: the message is handed over. With it goes the envelope of the next (RFC 2920 §3.1).

        Raises:
            AddressInvalid: an address of the next one that cannot stand in a command; nothing was written.
        """
        following = self._commands(then) if then is not None and self.pipelining else ()
        self._ask((b".\r\n", *following))

    async def answered(self) -> Reply:
        """The final answer.

        Raises:
            ConnectionEnded: none came, or not one alone. Nobody can know whether the message was accepted.
        """
        reply = await self._answer(Stage.FINAL)
        self.sent += 1
        return reply

    async def quit(self) -> None:
        """End politely; a server that does not answer is left alone."""
        if not self.ended:
            self._ask((b"QUIT\r\n",))
            try:
                async with asyncio.timeout(self._timeouts.quit):
                    while not self._ended and not self._replies:
                        self._waiter = self._loop.create_future()
                        await self._waiter
            except TimeoutError:
                pass
        self.abort()

    def abort(self) -> None:
        """Drop the connection at once; what is still in its buffer is not sent."""
        self._give_up("the connection was given up")

    def _ask(self, commands: Sequence[bytes]) -> None:
        """Write commands, each of which has one answer."""
        self._due += len(commands)
        self._transport.write(b"".join(commands))

    async def _answer(self, stage: Stage) -> Reply:
        """The reply to a command, if it can be the one to this command."""
        reply = await self._reply(stage)
        kind = reply.code // 100
        if kind not in {4, 5} and not ((reply.code == 354) if stage is Stage.DATA else (kind == 2)):
            self._replies.clear()
            self._give_up(f"the relay's answers are out of step: {reply}, to {stage.label}")
            raise _OutOfStep(self._ended)
        if self._surplus and not self._agrees(stage, kind):
            raise _OutOfStep(self._ended)
        return reply

    def _agrees(self, stage: Stage, kind: int) -> bool:
        """Whether it is all the same which was the answer, this one or what came behind it."""
        # with a 421 a server takes its leave; of two acceptances each says that the message was accepted
        return self._surplus.startswith(b"421") or (stage is Stage.FINAL and self._surplus.startswith(b"%d" % kind))

    async def _reply(self, stage: Stage) -> Reply:
        if not self._replies:
            timeout = self._timeouts.of(stage)
            timer = self._loop.call_later(timeout, self._stalled, stage, timeout)
            try:
                while not self._replies:
                    if self._ended:
                        raise ConnectionEnded(self._ended)
                    self._waiter = self._loop.create_future()
                    await self._waiter
            finally:
                timer.cancel()
        self._answers += 1
        return self._replies.popleft()

    def _stalled(self, stage: Stage, timeout: float) -> None:
        self._give_up(f"no answer to {stage.label} within {timeout:g} s")

    # --- bytes ------------------------------------------------------------------------------------------------------

    def _commands(self, message: OutgoingMessage) -> tuple[bytes, bytes, bytes]:
        sender, recipient = _check(message)
        options = b" BODY=8BITMIME" if "8bitmime" in self._extensions else b""
        if "size" in self._extensions:
            options += b" SIZE=%d" % sum(map(len, _pieces(message)))
        if not (sender.isascii() and recipient.isascii()):
            if "smtputf8" not in self._extensions:
                msg = f"{message.recipient} cannot be mailed: the relay does not offer SMTPUTF8 (RFC 6531)"
                raise AddressInvalid(msg)
            options += b" SMTPUTF8"
        return b"MAIL FROM:<%b>%b\r\n" % (sender, options), b"RCPT TO:<%b>\r\n" % recipient, b"DATA\r\n"


def _check(message: OutgoingMessage) -> tuple[bytes, bytes]:
    """Both addresses as bytes.

    Raises:
        AddressInvalid: one of them could end the command it stands in.
    """
    sender, recipient = message.sender.encode(), message.recipient.encode()
    if not _MAILBOX.fullmatch(recipient) or (sender and not _MAILBOX.fullmatch(sender)):
        msg = f"an address that cannot stand in an SMTP command: {message.sender!r} to {message.recipient!r}"
        raise AddressInvalid(msg)
    return sender, recipient


def _pieces(message: OutgoingMessage) -> list[bytes]:
    """The message as it is written, but for its dots: its last line has an end."""
    body = message.body
    pieces = [message.header, b"\r\n", *body]
    if not body or body[-1][-2:] != b"\r\n":
        pieces.append(b"\r\n")
    return pieces


def _stuffed(content: bytes) -> bytes:
    """Lines that begin with a dot get a second one (RFC 5321 §4.5.2)."""
    stuffed = content.replace(b"\n.", b"\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed
