"""Stands between an IMAP client and its server, and stops their talk at a chosen moment, for a client to die there."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from io import BufferedIOBase

__all__ = ["Moment", "Proxy", "running_proxy"]

ASKED, DONE, TOLD = "asked", "done", "told"


@dataclass(frozen=True)
class Moment:
    """One command of a talk, by its name and as the how-manieth of that name, and where in it.

    At `asked` the server has not seen the command; at `done` it has obeyed, and the client does not know; at `told` the
    client knows, and goes on. The first two stop the talk.
    """

    command: str
    count: int = 1
    where: str = ASKED


class Proxy:
    """Passes on every command and every answer, one talk after the other.

    Attributes:
        port: where clients connect, on loopback, without TLS.
        times: when each command of the last talk was asked, in seconds of the monotonic clock.
    """

    def __init__(self, listener: socket.socket, server: int) -> None:
        self.port: int = listener.getsockname()[1]
        self.times: dict[tuple[str, int], float] = {}
        self._listener, self._server = listener, server
        self._moment, self._reached = Moment(""), threading.Event()

    def watch_for(self, moment: Moment) -> threading.Event:
        """What is set as soon as the next talk has come so far."""
        self._moment, self._reached = moment, threading.Event()
        return self._reached

    def serve(self) -> None:
        """Until the listener is closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with closing(client), socket.create_connection(("127.0.0.1", self._server)) as server:
                self._between(client, server)

    def _between(self, client: socket.socket, server: socket.socket) -> None:
        # a client that is killed ends the talk in the middle of whatever it was
        with suppress(ConnectionError), client.makefile("rwb") as its, server.makefile("rwb") as ours:
            self._talk(its, ours)

    def _talk(self, client: BufferedIOBase, server: BufferedIOBase) -> None:
        _say(client, server.readline())
        counts: Counter[str] = Counter()
        self.times = {}
        while line := client.readline():
            tag, *words = line.split()
            name = words[words[0].upper() == b"UID"].decode().upper()
            counts[name] += 1
            self.times[name, counts[name]] = time.monotonic()
            at = Moment(name, counts[name])
            if self._is_stopped(at, ASKED, client):
                return
            _say(server, line)
            answer = _answer(server, tag)
            if self._is_stopped(at, DONE, client):
                return
            _say(client, answer)
            if self._moment == Moment(at.command, at.count, TOLD):
                self._reached.set()

    def _is_stopped(self, at: Moment, where: str, client: BufferedIOBase) -> bool:
        """Whether the talk ends here: then only once the client is gone."""
        if self._moment != Moment(at.command, at.count, where):
            return False
        self._reached.set()
        client.read()
        return True


@contextmanager
def running_proxy(server: int) -> Iterator[Proxy]:
    """A proxy before the server at this port of loopback, until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = Proxy(listener, server)
        thread = threading.Thread(target=proxy.serve)
        thread.start()
        try:
            yield proxy
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(30)


def _say(to: BufferedIOBase, content: bytes) -> None:
    to.write(content)
    to.flush()


def _answer(server: BufferedIOBase, tag: bytes) -> bytes:
    """All that the server answers, up to the line that ends it; contents of messages may look like one."""
    parts = []
    while line := server.readline():
        parts.append(line)
        if literal := re.search(rb"\{(\d+)\}\r\n\Z", line):
            parts.append(server.read(int(literal[1])))
        elif line.startswith(tag + b" "):
            break
    return b"".join(parts)
