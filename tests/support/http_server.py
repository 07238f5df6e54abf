"""A real HTTP/1.1 server on loopback that answers what a test scripts: recordings, refusals, stalls, cut lines."""

from __future__ import annotations

import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

__all__ = ["HttpServer", "Reply", "Request", "serving"]


@dataclass(frozen=True)
class Request:
    """What a client asked: the path, its query, the header fields in lower case, and when (monotonic seconds)."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    at: float


@dataclass(frozen=True)
class Reply:
    """What to answer.

    `body` may be an endless iterable of parts. `stall` is silence before the answer (seconds), `cut_after` closes the
    line after so many bytes of the body, `chunked` sends no Content-Length.
    """

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    stall: float = 0.0
    cut_after: int | None = None


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the script."""
        if not isinstance(sys.exception(), ConnectionError | ssl.SSLError):
            super().handle_error(request, client_address)


class HttpServer:
    """The running server: its address, the requests it got, and how many waited for an answer at the same time."""

    def __init__(self, answer: Callable[[Request], Reply], tls: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.most_at_once = 0
        self.bytes_sent = 0
        self._open = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                try:
                    server._reply(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._http = _Quiet(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The server's address, without a slash at the end."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.path for request in self.requests]

    @property
    def place(self) -> tuple[str, int]:
        """Address and port."""
        return "127.0.0.1", int(self._http.server_address[1])

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; stalled answers are let go."""
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _reply(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        request = Request(parts.path, dict(parse_qsl(parts.query)), headers, time.monotonic())
        with self._lock:
            self.requests.append(request)
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
        try:
            reply = self.answer(request)
            stopped = bool(reply.stall) and self._stopping.wait(reply.stall)
        finally:
            # before a byte of the answer is written: who has it whole may ask again before this thread goes on
            with self._lock:
                self._open -= 1
        if stopped:
            handler.close_connection = True
            return
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        whole = reply.body if isinstance(reply.body, bytes) else None
        if whole is not None and reply.status != 304:
            handler.send_header("Content-Length", str(len(whole)))
        if whole is None or reply.cut_after is not None:
            handler.send_header("Connection", "close")
            handler.close_connection = True
        handler.end_headers()
        left = reply.cut_after
        for part in [reply.body] if isinstance(reply.body, bytes) else reply.body:
            if self._stopping.is_set():
                return
            data = part if left is None else part[:left]
            handler.wfile.write(data)
            with self._lock:
                self.bytes_sent += len(data)
            if left is not None:
                left -= len(data)
                if left <= 0:
                    break
        handler.wfile.flush()


@contextmanager
def serving(
    answer: Callable[[Request], Reply] | Mapping[str, Reply | bytes], tls: ssl.SSLContext | None = None
) -> Iterator[HttpServer]:
    """Serve a function, or a mapping from paths to answers (404 elsewhere), while the block runs; https with `tls`."""
    if not callable(answer):
        table = answer

        def look_up(request: Request) -> Reply:
            found = table.get(request.path, Reply(b"not found", 404))
            return Reply(found) if isinstance(found, bytes) else found

        function: Callable[[Request], Reply] = look_up
    else:
        function = answer
    server = HttpServer(function, tls)
    server.start()
    try:
        yield server
    finally:
        server.stop()
