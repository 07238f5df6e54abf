"""Whether readers are answered while others do their worst: `python -m benchmarks.serve`.

A real `newsletter serve` over a real database and site: the recorded day of 2 June 2026 where `shared` is, the bundled
sample where it is not. In each phase visitors ask for pages, twenty a second, each over a
connection and from an address of its own, while:

- a thousand clients ask for a file of 2.3 MB and read nothing, from one address and from a thousand;
- a thousand clients send a request's head byte by byte, and another thousand its body;
- another process holds the database's write lock for 8 s and for 33 s, and mail services post one-click unsubscribes;
- sixty ask at once for a file of 2.3 MB that nobody has asked for.

Times are the visitors', from connecting to the last byte; the reference is the phase in which nobody disturbs them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import resource
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from newsletter.bootstrap import Application, sample_settings
from newsletter.domain.delivery import subscriber_token
from newsletter.domain.subscribers import Subscriber
from newsletter.services.progress import SilentProgress
from newsletter.settings import load_settings
from tests.support.recorded_day import DAY, serving_day, write_settings
from tests.support.shared import DATA

TARGET_MS = 500.0
"""What the 99th of a hundred pages may take."""
RATE = 20
MANY = 1000
COMING = 4.0
"""Seconds within which a thousand come."""
LARGE = 2_300_000
CLICKS = 12


@dataclass(frozen=True)
class Served:
    """The server: its port and process, the site's folder, the database, and whom one-click posts may unsubscribe."""

    port: int
    process: int
    site: Path
    database: Path
    pages: tuple[str, ...]
    clicks: Iterator[str]

    @property
    def cpu(self) -> float:
        """Seconds of processor time it has used."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> float:
        """MB that it has had at its most."""
        peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.process}/status").read_text())
        assert peak
        return int(peak[1]) / 1024


@dataclass
class Seen:
    """What visitors, or others, got: times in ms by status; 0 is a line that was cut."""

    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        """How many got a 5xx, or no answer."""
        return sum(count for status, count in self.statuses.items() if status >= 500 or not status)


def address(number: int) -> str:
    """One of many addresses of this machine."""
    return f"127.{10 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"


async def connect(port: int, number: int, *, buffer: int = 0) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    line = socket.socket()
    if buffer:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    line.setblocking(False)
    line.bind((address(number), 0))
    await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", port))
    return await asyncio.open_connection(sock=line, limit=65536)


async def ask(served: Served, request: str, number: int, seen: Seen) -> None:
    """One request over a connection of its own."""
    begun = time.perf_counter()
    status = 0
    with suppress(OSError):
        reader, writer = await connect(served.port, number)
        writer.write(request.encode())
        head = await reader.readline()
        while await reader.read(65536):
            pass
        status = int(head.split()[1]) if head else 0
        writer.close()
    seen.times.append((time.perf_counter() - begun) * 1000)
    seen.statuses[status] += 1


def get(path: str, *fields: str) -> str:
    lines = (f"GET {path} HTTP/1.1", "Host: x", "Connection: close", *fields)
    return "\r\n".join(lines) + "\r\n\r\n"


def click(path: str) -> str:
    body = "List-Unsubscribe=One-Click"
    kind = "Content-Type: application/x-www-form-urlencoded"
    return (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )


@asynccontextmanager
async def visitors(served: Served) -> AsyncIterator[Seen]:
    """Visitors come while the block runs, whether those before them have been answered or not."""
    seen = Seen()
    over = asyncio.Event()
    asked: list[asyncio.Task[None]] = []

    async def come() -> None:
        while not over.is_set():
            number = len(asked)
            path = served.pages[number % len(served.pages)]
            asked.append(asyncio.create_task(ask(served, get(path, "Accept-Encoding: gzip"), 100_000 + number, seen)))
            await asyncio.sleep(1 / RATE)

    coming = asyncio.create_task(come())
    try:
        yield seen
    finally:
        over.set()
        await coming
        await asyncio.gather(*asked)


class Crowd:
    """Clients that hold on to a connection; how many of them the server has cut off."""

    def __init__(self) -> None:
        self.joined = self.dropped = 0
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def open(self) -> int:
        """How many have a connection."""
        return sum(not ended(writer) for writer in self._writers)

    async def join(self, served: Served, number: int, begin: str, *, drip: str = "", buffer: int = 0) -> None:
        """One more: it sends `begin`, then `drip` every second; with a `buffer` it reads nothing."""
        try:
            reader, writer = await connect(served.port, number, buffer=buffer)
        except OSError:
            return
        self.joined += 1
        self._writers.append(writer)
        # a reader that does not read: what comes is left in the system's buffer
        if buffer:
            writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(begin.encode())
        self._tasks.append(asyncio.create_task(self._hold(reader, writer, drip)))

    async def _hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, drip: str) -> None:
        with suppress(OSError):
            while True:
                await asyncio.sleep(1)
                if drip:
                    writer.write(drip.encode())
                    await writer.drain()
                    if reader.at_eof():
                        break
                elif ended(writer):
                    break
        self.dropped += 1

    async def leave(self) -> None:
        """All go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()


def ended(writer: asyncio.StreamWriter) -> bool:
    """Whether the other side has cut the line, looked up without reading: TCP_INFO begins with the state, 1 is open."""
    line: socket.socket = writer.get_extra_info("socket")
    return line.fileno() < 0 or line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != 1


async def nobody(_served: Served) -> str:
    await asyncio.sleep(8)
    return ""


def slow_readers(*, spread: bool) -> Callable[[Served], Awaitable[str]]:
    async def phase(served: Served) -> str:
        crowd = Crowd()
        for number in range(MANY):
            await crowd.join(served, number if spread else 0, get("/large.json"), buffer=4096)
            await asyncio.sleep(COMING / MANY)
        await asyncio.sleep(2)
        let_in = crowd.open
        await asyncio.sleep(24)
        told = f"{let_in} let in; open at the end: {crowd.open}"
        await crowd.leave()
        return told

    return phase


async def slow_senders(served: Served) -> str:
    heads, bodies = Crowd(), Crowd()
    path = served.pages[-1]
    body = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n"
    for number in range(MANY):
        await heads.join(served, number, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", drip="x")
        await bodies.join(served, MANY + number, body, drip="x")
        await asyncio.sleep(COMING / MANY)
    await asyncio.sleep(20)
    told = f"heads: {heads.dropped} of {heads.joined} dropped; bodies: {bodies.dropped} of {bodies.joined}"
    await heads.leave()
    await bodies.leave()
    return told


def locked(seconds: float) -> Callable[[Served], Awaitable[str]]:
    async def phase(served: Served) -> str:
        held = threading.Event()
        holder = asyncio.create_task(asyncio.to_thread(hold_lock, served.database, seconds, held))
        await asyncio.to_thread(held.wait)
        clicks = Seen()
        posts = [ask(served, click(next(served.clicks)), 200_000 + number, clicks) for number in range(CLICKS)]
        await asyncio.gather(*posts)
        await holder
        slowest = max(clicks.times) / 1000
        return f"one-click: {dict(clicks.statuses)}, the last after {slowest:.1f} s"

    return phase


def hold_lock(database: Path, seconds: float, held: threading.Event) -> None:
    """Write to the database for so long."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("BEGIN IMMEDIATE")
    held.set()
    time.sleep(seconds)
    connection.execute("ROLLBACK")
    connection.close()


async def cold_file(served: Served) -> str:
    costs = []
    for name, count in (("one", 1), ("sixty", 60)):
        (served.site / f"{name}.json").write_text(large_text(served.site, name))
        before, seen = served.cpu, Seen()
        request = get(f"/{name}.json", "Accept-Encoding: gzip")
        await asyncio.gather(*(ask(served, request, 300_000 + number, seen) for number in range(count)))
        costs.append(served.cpu - before)
        assert set(seen.statuses) == {200}, seen.statuses
        await asyncio.sleep(4)
    cost = f"{costs[0]:.2f} s of the server's CPU for one, {costs[1]:.2f} s for sixty"
    return f"{cost}; the last after {max(seen.times):.0f} ms"


async def requests_a_second(served: Served, seconds: float = 5.0, lines: int = 8) -> None:
    """Pages one after the other over lines that stay open."""
    counts: Counter[str] = Counter()
    until = time.perf_counter() + seconds

    async def one(number: int, path: str, what: str) -> None:
        reader, writer = await connect(served.port, 400_000 + number)
        while time.perf_counter() < until:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = re.search(rb"content-length: (\d+)", head)
            assert length
            await reader.readexactly(int(length[1]))
            counts[what] += 1
        writer.close()

    for what, path in (("the site's first page", "/"), ("a preferences page", served.pages[-1])):
        until = time.perf_counter() + seconds
        before = served.cpu
        await asyncio.gather(*(one(number, path, what) for number in range(lines)))
        cpu = served.cpu - before
        print(
            f"{what:<26}{counts[what] / seconds:>8.0f} requests a second, {1000 * cpu / counts[what]:.2f} ms CPU each"
        )


PHASES: dict[str, tuple[str, Callable[[Served], Awaitable[str]]]] = {
    "nobody": ("nobody disturbs (reference)", nobody),
    "readers": (f"{MANY:,} read nothing, one address", slow_readers(spread=False)),
    "spread": (f"{MANY:,} read nothing, {MANY:,} addresses", slow_readers(spread=True)),
    "senders": (f"{MANY:,} slow heads, {MANY:,} slow bodies", slow_senders),
    "lock8": ("a write lock of 8 s", locked(8)),
    "lock33": ("a write lock of 33 s", locked(33)),
    "cold": ("60 ask for a cold file", cold_file),
}


async def measure(served: Served, names: Sequence[str]) -> bool:
    """Print the table; whether all is as it should be."""
    for page in served.pages:  # the first page of a reader after a start is slow, and no visitor's matter here
        await ask(served, get(page), 0, Seen())
    print(
        f"{'phase':<38}{'visitors':>9}{'p50 ms':>8}{'p99 ms':>8}{'ratio':>7}{'5xx, cut':>9}  what became of the others"
    )
    plain, good = 1.0, True
    for name in names:
        what, phase = PHASES[name]
        async with visitors(served) as seen:
            told = await phase(served)
        p50, p99 = statistics.median(seen.times), statistics.quantiles(seen.times, n=100)[98]
        plain = p99 if name == "nobody" else plain
        verdict = "" if p99 <= TARGET_MS and not seen.failed else "   TOO SLOW"
        good = good and not verdict
        numbers = f"{len(seen.times):>9}{p50:>8.1f}{p99:>8.1f}{p99 / plain:>7.1f}{seen.failed:>9}"
        print(f"{what:<38}{numbers}  {told}{verdict}", flush=True)
    print(f"\nmemory of the server at its most: {served.memory:.0f} MB\n")
    await requests_a_second(served)
    return good


def large_text(site: Path, name: str) -> str:
    """2.3 MB of the site's own pages, another text for each name."""
    pages = "".join(path.read_text() for path in sorted(site.glob("issues/**/*.html")))
    return (name + pages * (LARGE // len(pages) + 1))[:LARGE]


def make_newsletter(folder: Path) -> Application:
    """A day's issue, published, and readers."""
    if DATA.is_dir():
        with serving_day() as server:
            path = write_settings(folder, server)
            application = Application(load_settings(path, {}), progress=SilentProgress())
            application.subscribing.sync_roster()
            asyncio.run(application.collecting.collect().run(DAY))
        day = DAY
    else:
        application = Application(sample_settings(folder), progress=SilentProgress())
        day = application.today
        asyncio.run(application.collecting.collect().run(day))
    issue = application.composing.compose().run(day)
    application.publishing.publish().run(issue.key)
    return application


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """`newsletter serve` in a process of its own, over a newsletter made here."""
    application = make_newsletter(folder)
    settings = application.settings
    site, database = settings.path(settings.publish.site), application.store.database.path
    assert database is not None
    store = application.store
    store.subscribers.upsert(Subscriber(email=f"click{number}@example.org") for number in range(4 * CLICKS))
    secret = store.secrets().present
    clicking = [reader for reader in store.subscribers.stream() if reader.email.startswith("click")]
    reader = next(reader for reader in store.subscribers.stream() if not reader.email.startswith("click"))
    links = {
        purpose: f"/{purpose}/{subscriber_token(secret, purpose, reader.id, reader.email)}"
        for purpose in ("day", "unsubscribe", "preferences")
    }
    issue = next(path for path in sorted(site.glob("issues/*/index.html")))
    pages = ("/", f"/{issue.parent.relative_to(site)}/", "/health", *links.values())
    (site / "large.json").write_text(large_text(site, "large"))
    command = [sys.executable, "-m", "newsletter", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=sys.stderr, text=True) as process:
        assert process.stdout is not None
        port = next(int(match[1]) for line in process.stdout if (match := re.search(r"http://[\d.]+:(\d+)/", line)))
        clicks = (f"/unsubscribe/{subscriber_token(secret, 'unsubscribe', r.id, r.email)}" for r in clicking)
        try:
            yield Served(port, process.pid, site, database, pages, clicks)
        finally:
            process.terminate()
            process.wait(30)
    application.close()


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=PHASES, action="append", help="these phases alone")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as served:
        names = [name for name in PHASES if not options.only or name in ("nobody", *options.only)]
        good = asyncio.run(measure(served, names))
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
