"""What Postfix's pipes hand over: mail that arrives at readers, one of whom is away, and bounces for the product.

Postfix runs a pipe's program as an unprivileged user, who may not be able to run this Python; so that program only
hands over what it got to this process, and ends as it is told.
"""

from __future__ import annotations

import smtplib
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

__all__ = ["Readers"]


class Readers:
    """Listens at a socket. `take_in` gets a recipient and a mail that came back, and says how the pipe ends."""

    def __init__(self, path: Path, *, relay: int, take_in: Callable[[str, bytes], int]) -> None:
        self.delivered: list[str] = []
        self._path = path
        self._relay = relay
        self._take_in = take_in

    @contextmanager
    def running(self) -> Iterator[None]:
        """Listen while the block runs."""
        readers = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                words = self.rfile.readline().decode().split()
                status = readers.hand_over(words, self.rfile.read())
                self.wfile.write(str(status).encode())

        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads = True

        with Server(str(self._path), Handler) as server:
            self._path.chmod(0o666)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield
            server.shutdown()

    def hand_over(self, words: list[str], mail: bytes) -> int:
        """A mail: `read RECIPIENT` for the product, `deliver RECIPIENT SENDER` for a reader."""
        if words[0] == "read":
            return self._take_in(words[1], mail)
        recipient, sender = words[1], words[2] if len(words) > 2 else ""
        self.delivered.append(recipient)
        if recipient.startswith("away@") and sender:
            self._answer(recipient, sender)
        return 0

    def _answer(self, recipient: str, sender: str) -> None:
        """As vacation(1) does: to the envelope sender, from nobody (RFC 3834 §3.3, §4)."""
        answer = EmailMessage()
        answer["From"], answer["To"] = recipient, sender
        answer["Subject"] = "Out of office"
        answer["Auto-Submitted"] = "auto-replied (vacation)"
        answer["Precedence"] = "bulk"
        answer.set_content("I am away until Monday and will read your mail then.\n")
        with smtplib.SMTP("127.0.0.1", self._relay) as relay:
            relay.send_message(answer, from_addr="", to_addrs=[sender])
