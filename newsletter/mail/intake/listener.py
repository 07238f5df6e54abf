"""A mail server delivers here, by LMTP or SMTP: a message is answered by 250 when it is stored for good, not before.

It relays nothing, knows no login, and is meant for the server of this machine: what may come in from outside, and from
whom, that one has decided. Where storing fails the answer is 4xx, and the server keeps the message and tries again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from newsletter.domain.notation import Endpoint
from newsletter.errors import MailError, NewsletterError
from newsletter.mail.intake.session import LmtpSession, Session, SmtpSession
from newsletter.mail.reports import MOST_RECIPIENTS

__all__ = ["Listener", "Reception"]

MOST_CONNECTIONS = 100
_AT_ONCE = 4
"""Messages that come in at once: each may hold a few times its size in memory. The others wait for their turn."""
_TURNS = 10
"""Turns of the event loop within which a connection that was accepted has become a session; it takes three."""
_GRACE = 30.0
"""Seconds that messages on their way are waited for when the listener is to end."""
_LATER = "451 4.3.0 Not stored; keep it and try again"


class Reception(Protocol):
    """What is done with mail."""

    def refusal(self, recipient: str) -> str:
        """The reply to a recipient that is certainly not ours; empty where we take mail for it."""
        ...

    def receive(self, content: bytes, recipients: tuple[str, ...], sender: str | None = None) -> str:
        """Store a message for good; says in a few words, without addresses, what it was.

        `sender` is the envelope's, empty where it has none, as a mail system's report.
        """
        ...


class Listener:
    """Listens until a signal ends it. It stores in one thread: a database has one writer anyway."""

    def __init__(self, endpoint: Endpoint, reception: Reception, *, name: str, log: Callable[[str], None]) -> None:
        """`name` is what it calls itself; `log` gets a line a message, without addresses."""
        self._endpoint = endpoint
        self._reception = reception
        self._name = name
        self._log = log
        self._sessions: set[Session] = set()
        self._writer = ThreadPoolExecutor(1, "intake")
        self._ends, self._is_empty = asyncio.Event(), asyncio.Event()
        self._is_empty.set()
        self.slots = asyncio.Semaphore(_AT_ONCE)
        self.is_closing = False

    def run(self, ready: Callable[[Endpoint], None]) -> None:
        """Listen until SIGTERM or SIGINT, and finish the messages that are on their way then.

        Args:
            ready: is told where it listens, once it does.

        Raises:
            MailError: it cannot listen there.
        """

        async def until_signal() -> None:
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, self.end)
            await self.serve(ready)

        asyncio.run(until_signal())

    def end(self) -> None:
        """Let `serve` come to its end; called in its loop."""
        self._ends.set()

    async def serve(self, ready: Callable[[Endpoint], None]) -> None:
        """Listen until `end`; the rest as `run`."""
        # aiosmtpd logs each command, with the addresses in it
        logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
        server, where = await self._listen(asyncio.get_running_loop())
        ready(where)
        try:
            await self._ends.wait()
        finally:
            server.close()
            await self._finish()
            _leave(where)

    async def _listen(self, loop: asyncio.AbstractEventLoop) -> tuple[asyncio.Server, Endpoint]:
        kind = LmtpSession if self._endpoint.protocol == "lmtp" else SmtpSession

        def session() -> Session:
            return kind(self, self, name=self._name, loop=loop)

        at = self._endpoint
        try:
            if at.path:
                _refuse_other(at.path)
                server = await loop.create_unix_server(session, at.path)
                _let_everybody_in(at.path)
                return server, at
            server = await loop.create_server(session, at.host, at.port)
        except (OSError, UnicodeError) as error:
            number = error.errno if isinstance(error, OSError) else None
            reason = os.strerror(number) if number and number > 0 else error
            msg = f"Cannot listen at {at}: {reason}. Set bounces.listen, or --listen."
            raise MailError(msg) from error
        return server, Endpoint(at.protocol, at.host, server.sockets[0].getsockname()[1])

    async def _finish(self) -> None:
        """Let messages that are on their way come in; whoever is idle is told to come again."""
        self.is_closing = True
        for _ in range(_TURNS):  # who is being let in at this moment is in then
            await asyncio.sleep(0)
        for session in [*self._sessions]:
            if not session.is_receiving:
                session.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE):
                await self._is_empty.wait()
        for session in [*self._sessions]:
            session.close()
        self._writer.shutdown()

    # --- the sessions' house ----------------------------------------------------------------------------------------

    def enter(self, session: Session) -> bool:
        """Note a connection; False where it is one too many."""
        self._sessions.add(session)
        self._is_empty.clear()
        return not self.is_closing and len(self._sessions) <= MOST_CONNECTIONS

    def leave(self, session: Session) -> None:
        """Forget a connection."""
        self._sessions.discard(session)
        if not self._sessions:
            self._is_empty.set()

    # --- what aiosmtpd asks -----------------------------------------------------------------------------------------

    async def handle_RCPT(  # noqa: N802  # aiosmtpd calls it so
        self,
        _server: object,
        _session: object,
        envelope: Any,  # noqa: ANN401
        address: str,
        options: list[str],
    ) -> str:
        """Take a recipient of ours."""
        if refusal := self._reception.refusal(address):
            return refusal
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802
        """Store a message; when the answer is 250, it is stored."""
        content, recipients, sender = envelope.content, tuple(envelope.rcpt_tos), (envelope.mail_from or "").strip("<>")
        receive = partial(self._reception.receive, content, recipients, sender)
        store = asyncio.get_running_loop().run_in_executor(self._writer, receive)
        try:
            told = await store
        except (NewsletterError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            self._log(f"{self._endpoint.protocol}: {len(content):,} octets not stored, to be tried again: {reason}")
            return _LATER
        self._log(f"{self._endpoint.protocol}: {len(content):,} octets, {told}")
        return "250 2.0.0 Stored"

    async def handle_exception(self, error: Exception) -> str:
        """A mistake of ours must cost nobody their mail: the server keeps it. What it says may hold an address."""
        self._log(f"{self._endpoint.protocol}: a mail could not be taken, to be tried again ({type(error).__name__})")
        return _LATER


def _refuse_other(path: str) -> None:
    """Refuse a socket that another process listens at; asyncio takes the place of one that is left behind."""
    with socket.socket(socket.AF_UNIX) as probe:
        if probe.connect_ex(path) == 0:
            msg = f"Cannot listen at {path}: another process does. End it, or set bounces.listen."
            raise MailError(msg)


def _let_everybody_in(path: str) -> None:
    """Whoever may enter its folder may deliver, as anybody may to a port: mail servers are other users."""
    Path(path).chmod(0o666)


def _leave(where: Endpoint) -> None:
    if where.path:
        Path(where.path).unlink(missing_ok=True)
