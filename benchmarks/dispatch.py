"""How fast a dispatch is against what the wire carries: `python -m benchmarks.dispatch`.

In one run, into Postfix's `smtp-sink` (Debian package `postfix`; the mail system itself is not needed):

- `smtp-source` with 10 sessions, written in C: the limit of this machine;
- aiosmtplib's own `sendmail` at the best of several numbers of connections, the message made beforehand;
- this product, likewise: personalised messages of about 50 KB, selected, assembled, and kept in a durable ledger.

Medians of several rounds; the CPU time is that of the sending process, its database and its start included.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

import aiosmtplib
import uvloop

from newsletter.domain.delivery import DeliveryStatus
from newsletter.domain.issues import Issue
from newsletter.domain.matching import IssueSelector
from newsletter.domain.ports import Signer
from newsletter.domain.subscribers import Subscriber
from newsletter.mail.smtp import Connector, PoolSettings, Relay, Security
from newsletter.services.dispatch import DispatchReport, MessageMaker, Plan, Send, SendSettings, send_in_processes
from newsletter.store import Database, SqlStore
from tests.support.mails import make_assembler
from tests.support.samples import make_issue
from tests.support.shared import DATA


@contextmanager
def sink(*options: str) -> Iterator[int]:
    """A running smtp-sink; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # as root it insists on another user
    user = ["-u", "nobody"] if shutil.which("id") and subprocess.check_output(["id", "-u"]).strip() == b"0" else []
    process = subprocess.Popen([_tool("smtp-sink"), *user, *options, f"127.0.0.1:{port}", "1000"])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


def _tool(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        msg = f"{name} is not installed. On Debian: apt-get install postfix"
        raise SystemExit(msg)
    return found


def smtp_source(port: int, messages: int, size: int) -> float:
    """Messages a second of Postfix's own generator."""
    command = [_tool("smtp-source"), "-s", "10", "-m", str(messages), "-l", str(size), f"127.0.0.1:{port}"]
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return messages / (time.perf_counter() - started)


def aiosmtplib_send(port: int, messages: int, content: bytes, connections: int) -> float:
    """Messages a second of aiosmtplib's own path, on uvloop."""

    async def connection(count: int) -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for _ in range(count):
                await client.sendmail("news@example.org", ["reader@example.org"], content)

    async def main() -> float:
        started = time.perf_counter()
        await asyncio.gather(*(connection(messages // connections) for _ in range(connections)))
        return messages / (time.perf_counter() - started)

    return uvloop.run(main())


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


@cache
def people() -> list[tuple[str, ...]]:
    """The keyword lists of real people, where the recorded data is; a short list of our own elsewhere."""
    path = DATA / "interests" / "keyword_lists.json"
    if not path.exists():
        return [("retrieval", "models"), ("question answering",), ("models", "-zebrafish")]
    content = json.loads(path.read_text(encoding="utf-8"))
    return [tuple(str(word) for word in one["keywords"] if str(word).strip()) for one in content]


class Newsletter:
    """One issue and its audience in a database of its own."""

    def __init__(self, url: str, folder: Path, readers: int, papers: int) -> None:
        self.database = Database(url, folder=folder)
        self.database.open()
        self.store = SqlStore(self.database, clock=now)
        self.issue: Issue = make_issue(papers, day=now().date())
        self.store.issues.save(self.issue)
        interests = people()
        self.store.subscribers.upsert(
            Subscriber(
                email=f"reader{n}@d{n % 50}.example.org",
                name=f"Reader {n}",
                interests=(*interests[n % len(interests)], "retrieval"),
                max_papers=30,
            )
            for n in range(readers)
        )
        self.mail = make_assembler()

    def plan(self) -> None:
        """Freeze the audience."""
        Plan(
            issues=self.store.issues,
            subscribers=self.store.subscribers,
            deliveries=self.store.deliveries,
            select=IssueSelector,
            clock=now,
        ).run(self.issue.key)

    def message(self) -> bytes:
        """One message, to know its size."""
        delivery = next(self.store.deliveries.of_issue(self.issue.key))
        return bytes(MessageMaker(self.issue, IssueSelector, self.mail).make(delivery.recipient))

    def send(self, port: int, connections: int, signer: Signer | None = None) -> int:
        """Send to everybody; returns how many were sent."""
        relay = Relay(host="127.0.0.1", port=port, security=Security.NONE, name="bench.example")
        report = Send(
            subscribers=self.store.subscribers,
            deliveries=self.store.deliveries,
            select=IssueSelector,
            mail=self.mail,
            connector=Connector(relay),
            settings=SendSettings(pool=PoolSettings(connections=connections)),
            clock=now,
            signer=signer,
        ).run(self.issue)
        assert report.is_complete, report
        return report.totals[DeliveryStatus.SENT]


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def product(port: int, readers: int, papers: int, connections: int, url: str) -> tuple[float, float]:
    """Messages a second, and milliseconds of CPU a message."""
    with tempfile.TemporaryDirectory() as folder:
        newsletter = Newsletter(url, Path(folder), readers, papers)
        newsletter.plan()
        newsletter.message()
        before, started = cpu(), time.perf_counter()
        sent = newsletter.send(port, connections)
        seconds, used = time.perf_counter() - started, cpu() - before
        newsletter.database.close()
    return sent / seconds, used / sent * 1000


def send_all(folder: Path, port: int, connections: int) -> DispatchReport:
    """One of several sending processes."""
    store = SqlStore(Database("sqlite:///newsletter.db", folder=folder), clock=now)
    issue = store.issues.get(store.issues.archive()[0].key)
    assert issue is not None
    relay = Relay(host="127.0.0.1", port=port, security=Security.NONE, name="bench.example")
    return Send(
        subscribers=store.subscribers,
        deliveries=store.deliveries,
        select=IssueSelector,
        mail=make_assembler(),
        connector=Connector(relay),
        settings=SendSettings(pool=PoolSettings(connections=connections)),
        clock=now,
    ).run(issue)


def in_processes(port: int, readers: int, papers: int, connections: int, count: int) -> float:
    """Messages a second of several processes, from the moment they have started."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        newsletter = Newsletter("sqlite:///newsletter.db", folder, readers, papers)
        newsletter.plan()
        newsletter.database.close()
        report = send_in_processes(partial(send_all, folder, port, connections), count)
        assert report.now[DeliveryStatus.SENT] == readers, report
    return readers / report.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--papers", type=int, default=15)
    parser.add_argument("--connections", type=int, nargs="+", default=[10, 64])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        newsletter = Newsletter("sqlite:///newsletter.db", Path(folder), 1, options.papers)
        newsletter.plan()
        content = newsletter.message()
        newsletter.database.close()
    source, stock, together = [], [], []
    ours: dict[int, list[tuple[float, float]]] = {count: [] for count in options.connections}
    with sink() as port:
        for _ in range(options.rounds):
            source.append(smtp_source(port, options.messages, len(content)))
            stock.append(
                max(aiosmtplib_send(port, options.messages // 4, content, connections) for connections in (10, 50))
            )
            for count, runs in ours.items():
                runs.append(product(port, options.messages, options.papers, count, "sqlite:///newsletter.db"))
            most = max(options.connections) // options.processes
            together.append(in_processes(port, options.messages, options.papers, most, options.processes))
    limit, theirs = statistics.median(source), statistics.median(stock)
    rows = [("smtp-source, 10 sessions", limit, ""), ("aiosmtplib's own send", theirs, "")]
    for count, runs in ours.items():
        rate, milliseconds = (statistics.median(values) for values in zip(*runs, strict=True))
        rows.append((f"newsletter, {count} connections", rate, f"{milliseconds:.3f} ms of CPU a message"))
    rows.append((f"newsletter, {options.processes} processes", statistics.median(together), f"{most} connections each"))
    best = max(rate for _, rate, _ in rows[2:])
    print(f"{options.messages:,} messages of {len(content):,} octets into smtp-sink, median of {options.rounds} rounds")
    for name, value, note in rows:
        print(f"{name:26} {value:8,.0f} messages/s  {value / limit:5.2f} of smtp-source  {note}")
    print(f"{'':26} {best / theirs:.1f} times aiosmtplib")


if __name__ == "__main__":
    main()
