"""The server under the application: uvicorn, quiet about addresses, with a deadline for request heads."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from newsletter.errors import NewsletterError

__all__ = ["listen", "make_server"]

HEAD_SECONDS = 10.0
"""How long a client may take to send a request's head; uvicorn itself would wait for ever."""


class _ImpatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, and the line is closed on clients that begin a request and never end its head."""

    _deadline: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  # whatever uvicorn hands in
        super().__init__(*arguments, **options)
        self.access_log = False  # whatever handlers the host program has: addresses carry tokens

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401  # as uvicorn declares it
        super().connection_made(transport)
        self._deadline = self.loop.call_later(HEAD_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.trailing_data[0]:  # the next request has begun already
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_deadline()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._forget_deadline()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def listen(host: str, port: int, *, advice: str = "Set web.host and web.port, or --port.") -> socket.socket:
    """A listening socket; port 0 takes any that is free.

    Args:
        host: an address of this machine, or its name.
        port: from 0 to 65535.
        advice: what to do where it cannot be had.

    Raises:
        NewsletterError: the port is in use, or this machine has no such address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except (OSError, UnicodeError) as error:  # a name that no resolver takes is a UnicodeError
        # not `strerror`: create_server adds to it what is said here already; errors of resolvers have negative numbers
        number = error.errno if isinstance(error, OSError) else None
        reason = os.strerror(number) if number and number > 0 else getattr(error, "strerror", None) or error
        msg = f"Cannot listen at {host}, port {port}: {reason}. {advice}"
        raise NewsletterError(msg) from error


def make_server(app: ASGIApp) -> uvicorn.Server:
    """A server for sockets of `listen`; `run(sockets=[...])` serves until a signal ends it.

    Requests are not logged: their addresses carry tokens. Errors are, through `logging`.
    """
    config = uvicorn.Config(
        app,
        http=_ImpatientProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=1000,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=16 * 1024,
    )
    return uvicorn.Server(config)
