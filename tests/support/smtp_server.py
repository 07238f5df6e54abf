"""A real SMTP server that records everything and misbehaves exactly as told.

It runs in a thread of its own, so that what is tested may block its own loop, and counts a message as accepted at the
moment it decides to answer 250 - before that answer is on its way, as a real server does.
"""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

__all__ = ["Accepted", "Behaviour", "SmtpServer", "running_server"]

Answer = str | Callable[[str], str]


@dataclass(frozen=True)
class Accepted:
    """A message for which the server has decided to answer 250."""

    sender: str
    recipient: str
    content: bytes


@dataclass
class Behaviour:
    """How the server behaves. Everything is read anew for every command, so a test may change it on the way.

    `answers` replace the reply to a command (`CONNECT`, `EHLO`, `MAIL`, `RCPT`, `DATA`, `FINAL`, `AUTH`, …); a function
    gets the command's argument, or the recipient at `DATA` and `FINAL`. `delays` are seconds before a reply.
    """

    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME", "SIZE 10240000", "ENHANCEDSTATUSCODES")
    answers: dict[str, Answer] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    # hang up when so many octets have come in on a connection
    cut_after: int | None = None
    # hang up instead of answering this command, after it has been acted upon
    cut_at: str = ""
    # throw away what came in the same packet after each command, while PIPELINING is offered
    throws_away: bool = False
    # so many octets at a time
    dribble: int = 0
    # this instead of any reply
    nonsense: bytes = b""
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    users: dict[str, str] = field(default_factory=dict)
    auth_without_tls: bool = False


@dataclass
class SmtpServer:
    """What is recorded."""

    behaviour: Behaviour
    host: str = "127.0.0.1"
    port: int = 0
    accepted: list[Accepted] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    # every octet that came before TLS
    in_the_clear: bytearray = field(default_factory=bytearray)
    connections: int = 0
    most_connections: int = 0
    _open: int = 0

    @property
    def recipients(self) -> list[str]:
        """Who got a message, in order, as often as they got one."""
        return [a.recipient for a in self.accepted]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        self._open += 1
        self.most_connections = max(self.most_connections, self._open)
        try:
            await _Dialogue(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, _Cut):
            pass
        finally:
            self._open -= 1
            writer.transport.abort()


class _Cut(Exception):
    """The server hangs up."""


class _Dialogue:
    def __init__(self, server: SmtpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.behaviour = server.behaviour
        self.reader = reader
        self.writer = writer
        self.buffer = bytearray()
        self.taken = 0
        self.secure = server.behaviour.implicit_tls
        self.sender: str | None = None
        self.recipient = ""

    async def run(self) -> None:
        if self.behaviour.cut_after == 0:
            raise _Cut
        await self.reply("CONNECT", "220 test.example ESMTP")
        while True:
            line = await self.line()
            self.server.commands.append(line)
            verb = line.split(" ", 1)[0].split(":", 1)[0].upper()
            argument = line[len(verb) :].strip()
            handler = getattr(self, f"do_{verb.lower()}", None)
            if handler is None:
                await self.reply(verb, "500 5.5.1 Command not known")
            else:
                await handler(argument)
            if self.behaviour.throws_away:
                self.buffer.clear()
            if verb == "QUIT":
                return

    async def do_ehlo(self, _argument: str) -> None:
        offered = ["test.example", *self.behaviour.extensions]
        if self.behaviour.tls is not None and not self.secure:
            offered.append("STARTTLS")
        if self.behaviour.users and (self.secure or self.behaviour.auth_without_tls):
            offered.append("AUTH PLAIN LOGIN")
        lines = [f"250-{name}" for name in offered[:-1]] + [f"250 {offered[-1]}"]
        await self.reply("EHLO", "\r\n".join(lines))

    async def do_helo(self, _argument: str) -> None:
        await self.reply("HELO", "250 test.example")

    async def do_starttls(self, _argument: str) -> None:
        answer = self.answer("STARTTLS", "220 2.0.0 Ready")
        await self.write(answer)
        if not answer.startswith("220"):
            return
        if self.behaviour.tls is None:
            # what no TLS library takes for a handshake
            self.writer.write(b"\x00" * 64)
            await self.writer.drain()
            raise _Cut
        await self.writer.start_tls(self.behaviour.tls)
        self.secure = True
        self.buffer.clear()

    async def do_auth(self, argument: str) -> None:
        kind, _, initial = argument.partition(" ")
        if kind.upper() != "PLAIN":
            await self.reply("AUTH", "504 5.5.4 Not known")
            return
        _, user, password = base64.b64decode(initial).decode().split("\0")
        right = self.behaviour.users.get(user) == password
        await self.reply("AUTH", "235 2.7.0 Accepted" if right else "535 5.7.8 Wrong")

    async def do_mail(self, argument: str) -> None:
        self.recipient = ""
        reply = await self.reply("MAIL", "250 2.1.0 Ok", argument)
        self.sender = argument[argument.index("<") + 1 : argument.index(">")] if reply.startswith("2") else None

    async def do_rcpt(self, argument: str) -> None:
        recipient = argument[argument.index("<") + 1 : argument.index(">")]
        if self.sender is None:
            await self.reply("RCPT without MAIL", "503 5.5.1 MAIL first")
        elif (await self.reply("RCPT", "250 2.1.5 Ok", recipient)).startswith("2"):
            self.recipient = recipient

    async def do_rset(self, _argument: str) -> None:
        self.sender, self.recipient = None, ""
        await self.reply("RSET", "250 2.0.0 Ok")

    async def do_noop(self, _argument: str) -> None:
        await self.reply("NOOP", "250 2.0.0 Ok")

    async def do_quit(self, _argument: str) -> None:
        await self.reply("QUIT", "221 2.0.0 Bye")

    async def do_data(self, _argument: str) -> None:
        if not self.recipient:
            if not (await self.reply("DATA without RCPT", "554 5.5.1 No valid recipients")).startswith("354"):
                return
        elif not (await self.reply("DATA", "354 Go ahead", self.recipient)).startswith("354"):
            return
        # what came in one packet with DATA is not thrown away: it could only be the message
        content = bytearray()
        while (line := await self.raw_line()) != b".\r\n":
            content += line[1:] if line.startswith(b".") else line
        if not self.recipient:
            await self.reply("FINAL without RCPT", "554 5.5.1 No valid recipients")
            return
        answer = self.answer("FINAL", "250 2.0.0 Ok: queued", self.recipient)
        if answer.startswith("2"):
            self.server.accepted.append(Accepted(self.sender or "", self.recipient, bytes(content)))
        recipient, self.sender, self.recipient = self.recipient, None, ""
        await self.reply("FINAL", answer, recipient)

    # --- bytes ------------------------------------------------------------------------------------------------------

    async def line(self) -> str:
        return (await self.raw_line()).rstrip(b"\r\n").decode("utf-8", "replace")

    async def raw_line(self) -> bytes:
        while (end := self.buffer.find(b"\n")) < 0:
            limit = self.behaviour.cut_after
            if limit is not None and self.taken >= limit:
                raise _Cut
            data = await self.reader.read(65536 if limit is None else min(65536, limit - self.taken))
            if not data:
                raise _Cut
            self.taken += len(data)
            self.buffer += data
            if not self.secure:
                self.server.in_the_clear += data
        line = bytes(self.buffer[: end + 1])
        del self.buffer[: end + 1]
        return line

    def answer(self, stage: str, default: str, argument: str = "") -> str:
        answer = self.behaviour.answers.get(stage, default)
        return answer if isinstance(answer, str) else answer(argument)

    async def reply(self, stage: str, default: str, argument: str = "") -> str:
        answer = default if stage == "FINAL" else self.answer(stage, default, argument)
        if delay := self.behaviour.delays.get(stage):
            await asyncio.sleep(delay)
        if self.behaviour.cut_at == stage:
            raise _Cut
        await self.write(answer)
        if answer.startswith("421"):
            raise _Cut
        return answer

    async def write(self, answer: str) -> None:
        data = self.behaviour.nonsense or answer.encode() + b"\r\n"
        step = self.behaviour.dribble or len(data)
        for start in range(0, len(data), step):
            self.writer.write(data[start : start + step])
            await self.writer.drain()
            if self.behaviour.dribble:
                await asyncio.sleep(0)


@contextmanager
def running_server(behaviour: Behaviour | None = None) -> Iterator[SmtpServer]:
    """A server on a free port of the loopback interface, stopped afterwards."""
    server = SmtpServer(behaviour or Behaviour())
    started = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def main() -> None:
        tls = server.behaviour.tls if server.behaviour.implicit_tls else None
        listener = await asyncio.start_server(server.serve, server.host, 0, ssl=tls, family=socket.AF_INET)
        server.port = listener.sockets[0].getsockname()[1]
        started.set()
        await stop.wait()
        listener.close()
        await asyncio.sleep(0)  # one who has just come is let in: a task that never began would leave his socket open
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def run() -> None:
        loop.set_exception_handler(lambda _loop, _context: None)
        loop.run_until_complete(main())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(5)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
