"""The server under the application: uvicorn, quiet about addresses, with a deadline for request heads."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["make_server"]

HEAD_SECONDS = 10.0
"""How long a client may take to send a request's head; uvicorn itself would wait for ever."""


class _ImpatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, and the line is closed on clients that begin a request and never end its head."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401  # as uvicorn declares it
        super().connection_made(transport)
        self._deadline = self.loop.call_later(HEAD_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._forget_deadline()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_deadline()
        super().connection_lost(exc)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def make_server(app: ASGIApp, *, host: str, port: int) -> uvicorn.Server:
    """A server that is not listening yet; `run()` serves until a signal ends it, `serve()` does so in a loop.

    Requests are not logged: their addresses carry tokens. Errors are, through `logging`.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=_ImpatientProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=1000,
        backlog=512,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=16 * 1024,
    )
    return uvicorn.Server(config)
