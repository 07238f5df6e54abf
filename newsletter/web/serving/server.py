"""The server under the application: uvicorn, quiet about addresses, and impatient with whoever takes its time.

uvicorn waits for ever for a request's head, for a client that does not read its answer, and for the rest of a body that
nobody asked for. Here each of them has a deadline, connections are counted by whom they come from (`web.connections`),
and what fails is told once a minute (`web.troubles`).
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import sys
from contextlib import suppress
from functools import partial
from typing import Any, cast

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from newsletter.errors import NewsletterError
from newsletter.web.serving.clients import Proxies, client_of
from newsletter.web.serving.connections import Connections, Limits
from newsletter.web.serving.troubles import Troubles

if sys.platform != "win32":
    import resource

__all__ = ["allow_files", "listen", "make_server"]

HEAD_SECONDS = 10.0
"""How long a client may take to send a request's head, or the rest of a body that is not read any more."""
KEEP_SECONDS = 15
"""How long a line stays open for a next request."""
READ_SECONDS = 20.0
"""How long a client may read nothing of an answer that is being sent."""
_OTHER_FILES = 256
"""What is open beside connections: the database, files that are being sent."""
_GIVE_UP = struct.pack("ii", 1, 0)
"""SO_LINGER: closing resets the connection."""
_UNSENT = 64 * 1024
"""Bytes of an answer that the system takes at once, so that what a client has read can be seen here."""


class _ImpatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, with the deadlines and the counts that it lacks."""

    _deadline: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None
    _unread = 0
    _read_at = 0.0

    def __init__(self, open_: Connections, troubles: Troubles, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self.access_log = False  # whatever handlers the host program has: addresses carry tokens
        self.logger = troubles.logger
        self._open = open_
        self._troubles = troubles

    def abort(self) -> None:
        """End at once; what the system still has to send is given up too, or it would wait for who reads nothing."""
        with suppress(OSError):  # the client was faster
            line = self.transport.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _GIVE_UP)
        self.transport.abort()

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401  # as uvicorn declares it
        super().connection_made(transport)
        refused = self._open.enter(self, client_of({"client": self.client, "headers": ()}, Proxies()))
        if refused:
            self._troubles.note(refused)
            self.abort()
            return
        self._deadline = self.loop.call_later(HEAD_SECONDS, self.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open.leave(self)
        self._forget_deadline()
        if self._reading is not None:
            self._reading.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch_request()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch_answer()
        owes_body = self.conn.their_state is h11.SEND_BODY
        if self.conn.trailing_data[0] or owes_body:  # the next request has begun already, or this one does not end
            self._watch_request()
        if self.cycle.response_complete:
            self._open.waits(self)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_answer()

    def shutdown(self) -> None:
        super().shutdown()
        self._watch_answer()

    def _watch_request(self) -> None:
        """Whoever owes a head, or the rest of a body that was answered already, has to send it in time."""
        if self.conn.our_state in {h11.SEND_RESPONSE, h11.SEND_BODY}:
            self._open.works(self)
            self._forget_deadline()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.abort)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _watch_answer(self) -> None:
        """Whoever does not read on loses the line; whoever reads slowly does not."""
        if self._reading is None and (left := self.transport.get_write_buffer_size()):
            self._unread, self._read_at = left, self.loop.time()
            self._reading = self.loop.call_later(READ_SECONDS / 4, self._look_at_answer)

    def _look_at_answer(self) -> None:
        self._reading = None
        left, now = self.transport.get_write_buffer_size(), self.loop.time()
        if left < self._unread:
            self._unread, self._read_at = left, now
        if left and now - self._read_at >= READ_SECONDS:
            self.abort()
        elif left:
            self._reading = self.loop.call_later(READ_SECONDS / 4, self._look_at_answer)


class _Server(uvicorn.Server):
    """uvicorn's server, which tells what it has counted before it ends."""

    def __init__(self, config: uvicorn.Config, troubles: Troubles) -> None:
        super().__init__(config)
        self._troubles = troubles

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        self._troubles.tell()


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
        line = socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, UnicodeError) as error:  # a name that no resolver takes is a UnicodeError
        # not `strerror`: create_server adds to it what is said here already; errors of resolvers have negative numbers
        number = error.errno if isinstance(error, OSError) else None
        reason = os.strerror(number) if number and number > 0 else getattr(error, "strerror", None) or error
        msg = f"Cannot listen at {host}, port {port}: {reason}. {advice}"
        raise NewsletterError(msg) from error
    # connections inherit it; without it the system takes megabytes for a client that reads nothing
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT)
    return line


def allow_files(connections: int) -> int:
    """Have the system let this process open a file for each connection; returns how many connections it may have."""
    if sys.platform == "win32":
        return connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return connections if soft == resource.RLIM_INFINITY else min(connections, max(soft - _OTHER_FILES, 1))


def make_server(app: ASGIApp, limits: Limits | None = None, *, troubles: Troubles | None = None) -> uvicorn.Server:
    """A server for sockets of `listen`; `run(sockets=[...])` serves until a signal ends it.

    Requests are not logged: their addresses carry tokens. Errors are, through `logging`.
    """
    limits, troubles = limits or Limits(), troubles or Troubles()
    config = uvicorn.Config(
        app,
        http=cast("Any", partial(_ImpatientProtocol, Connections(limits), troubles)),
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_SECONDS,
        timeout_graceful_shutdown=cast("int", limits.grace),
        h11_max_incomplete_event_size=16 * 1024,
    )
    return _Server(config, troubles)
