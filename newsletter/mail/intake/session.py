"""One connection of the listener: aiosmtpd's dialogue, with our limits, and a reply a recipient where LMTP wants it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Protocol

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from newsletter.mail.reports import LARGEST_MAIL

__all__ = ["House", "LmtpSession", "Session", "SmtpSession"]

IDLE_SECONDS = 120.0
"""How long a client may take for a command, or for a whole message."""
_LONGEST_LINE = 256 * 1024
"""RFC 5321 allows 1000 octets; mail systems that write reports do not all count."""
_MOST_OCTETS = 2 * LARGEST_MAIL
"""Of one message, announced or not; who sends on is cut off. aiosmtpd reads a mail that is too large to its end."""


class House(Protocol):
    """What all sessions share: who is there, and whether the listener is about to end."""

    slots: asyncio.Semaphore
    """How many messages may come in at once."""
    is_closing: bool

    def enter(self, session: Session) -> bool:
        """Note a connection; False where it is one too many."""
        ...

    def leave(self, session: Session) -> None:
        """Forget a connection."""
        ...


class Session(SMTP):
    """What both dialogues have in common.

    Attributes:
        is_receiving: whether a message is on its way, or is being stored.
    """

    line_length_limit = _LONGEST_LINE
    repeats_final_reply = False

    def __init__(self, house: House, handler: object, *, name: str, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            handler,
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname=name,
            ident="newsletter",
            timeout=IDLE_SECONDS,
            loop=loop,
        )
        self._house = house
        self._octets = 0
        self._replies = 1
        self._is_welcome = True
        self.is_receiving = False

    def data_received(self, data: bytes) -> None:
        """Take what came, unless it is more than any message has."""
        self._octets += len(data)
        if self._octets > _MOST_OCTETS and self._line is not None:
            self._line.abort()
            return
        super().data_received(data)

    def close(self) -> None:
        """Hang up, and say why."""
        if (line := self._line) is not None:
            line.write(b"421 4.3.2 Too busy, or about to end; try again later\r\n")
            line.close()

    @property
    def _line(self) -> asyncio.Transport | None:
        """The connection, as long as there is one."""
        return self.transport if isinstance(self.transport, asyncio.Transport) else None

    async def push(self, status: str | bytes) -> None:
        """Send a reply; what answers a message in LMTP, once for each of its recipients (RFC 2033 §4.2)."""
        text = status if isinstance(status, str) else status.decode("ascii", "replace")
        replies, self._replies = self._replies, 1
        if text.startswith("354") and self.repeats_final_reply and self.envelope is not None:
            self._replies = len(self.envelope.rcpt_tos)
        await super().push("\r\n".join([text] * replies))

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802  # aiosmtpd calls it so
        """Take a message when it is its turn."""
        async with self._house.slots:
            self.is_receiving = True
            try:
                await super().smtp_DATA(arg)
            finally:
                self.is_receiving = False
        if self._house.is_closing:
            self.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._is_welcome = self._house.enter(self)
        super().connection_made(transport)

    def eof_received(self) -> bool:
        """Hang up on who has hung up; the dialogue has ended, and the line would stay open half."""
        super().eof_received()
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """End."""
        self._house.leave(self)
        super().connection_lost(error)

    async def _handle_client(self) -> None:
        if not self._is_welcome:
            self.close()
            return
        with suppress(ConnectionResetError):  # it hung up; what it had sent so far was no message
            await super()._handle_client()

    def _set_post_data_state(self) -> None:
        self._octets = 0
        super()._set_post_data_state()  # type: ignore[no-untyped-call]


class SmtpSession(Session):
    """SMTP (RFC 5321), as far as a server of the same machine needs it to hand mail on."""


class LmtpSession(Session, LMTP):
    """LMTP (RFC 2033)."""

    repeats_final_reply = True
