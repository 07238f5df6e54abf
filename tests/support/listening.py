"""The listener that mail servers deliver to, in a thread of the test."""

from __future__ import annotations

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from newsletter.domain.notation import Endpoint, parse_endpoint
from newsletter.errors import MailError
from newsletter.mail.intake import Listener, Reception

__all__ = ["Running", "running_listener"]

R = TypeVar("R", bound=Reception)


class Running(Generic[R]):
    """A listener that runs in a thread."""

    def __init__(self, stored: R, at: str) -> None:
        self.stored = stored
        self.lines: list[str] = []
        self.at = Endpoint("lmtp")
        self.failure: BaseException | None = None
        self._at = parse_endpoint(at)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(20)
        if self.failure:
            raise self.failure

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except MailError as error:
            self.failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._listener = Listener(self._at, self.stored, name="example.org", log=self.lines.append)
        await self._listener.serve(self._begun)

    def _begun(self, at: Endpoint) -> None:
        self.at = at
        self._ready.set()

    def client(self) -> smtplib.SMTP:
        """Who delivers to it."""
        if self.at.path:
            return smtplib.LMTP(self.at.path)
        kind = smtplib.LMTP if self.at.protocol == "lmtp" else smtplib.SMTP
        return kind(self.at.host, self.at.port, timeout=20)

    def end(self) -> None:
        """Let it come to its end."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._listener.end)

    def join(self) -> None:
        """Wait until it has."""
        self._thread.join(20)
        assert not self._thread.is_alive()


@contextmanager
def running_listener(reception: R, at: str = "lmtp:127.0.0.1:0") -> Iterator[Running[R]]:
    """Listen while the block runs."""
    running = Running(reception, at)
    try:
        yield running
    finally:
        running.end()
        running.join()
