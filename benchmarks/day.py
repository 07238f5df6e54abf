"""The time of each stage on a recorded day, and the messages a second: `python -m benchmarks`, or `benchmarks.day`.

The feeds of 2 June 2026 behind a local HTTP server, the interests of 97 real people, a recording SMTP server in a
process of its own. Each stage stands beside a plain reference measured in the same run, because absolute times
move from machine to machine:

- collect: feedparser reading the same feeds and nothing else;
- enrich: the first sentence of each abstract, which is what a digest without an engine shows;
- select and assemble: the standard library building one message with the same text;
- send: aiosmtplib's own `sendmail`, one connection, the same messages made beforehand.

The CPU column counts the processes that a stage starts, such as the workers that summarise. A reference is one process.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import multiprocessing.queues
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TypeVar

import aiosmtplib
import feedparser

from newsletter.bootstrap import Application
from newsletter.domain.issues import Issue
from newsletter.domain.text import split_sentences
from newsletter.services.progress import SilentProgress
from newsletter.settings import load_settings
from tests.support.recorded_day import CATEGORIES, DAY, read_feed, serving_day, write_settings
from tests.support.shared import DATA
from tests.support.smtp_server import running_server

T = TypeVar("T")


class Table:
    """The figures, printed as they come."""

    def __init__(self) -> None:
        print(f"{'stage':<24}{'seconds':>10}{'CPU':>10}{'reference':>12}{'ratio':>9}  what")

    def row(self, stage: str, work: Callable[[], T], reference: Callable[[], object] | None, what: str) -> T:
        """Do the work, then its reference, and print both."""
        wall, cpu = time.perf_counter(), _cpu()
        result = work()
        wall = time.perf_counter() - wall
        _await_workers()
        cpu = _cpu() - cpu
        known = _timed(reference) if reference else None
        beside = f"{known:>12.2f}{wall / known:>8.1f}x" if known else f"{'':>21}"
        print(f"{stage:<24}{wall:>10.2f}{cpu:>10.2f}{beside}  {what}", flush=True)
        return result


def _cpu() -> float:
    """Seconds of CPU that this process has used, and its workers that have ended, as those of a stage have."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _await_workers() -> None:
    """A pool gives its last result before its workers have ended, and only then does the system count them."""
    for child in multiprocessing.active_children():
        if not child.daemon:  # that one is the mail server
            child.join()


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return max(time.perf_counter() - started, 1e-6)


def _serve_mail(port: multiprocessing.queues.Queue[int]) -> None:
    with running_server() as server:
        port.put(server.port)
        with contextlib.suppress(KeyboardInterrupt):
            time.sleep(3600)


@contextmanager
def mail_server() -> Iterator[int]:
    """An SMTP server in a process of its own, so that it does not share our interpreter; gives its port."""
    context = multiprocessing.get_context("spawn")
    port = context.Queue()
    process = context.Process(target=_serve_mail, args=(port,), daemon=True)
    process.start()
    try:
        yield port.get(timeout=30)
    finally:
        process.terminate()
        process.join()


def _plain_messages(issue: Issue, outbox: Path) -> None:
    """The same number of messages with the same text, by the standard library alone."""
    for file in sorted(outbox.glob("*.eml")):
        message = EmailMessage(policy=SMTP)
        message["Subject"] = issue.title
        message.set_content("\n".join(entry.paper.abstract for entry in issue.papers[:15]))
        message.add_alternative(file.read_bytes().decode("ascii", "replace"), subtype="html")
        message.as_bytes()


async def _aiosmtplib(port: int, messages: dict[str, bytes]) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False) as client:
        for recipient, content in messages.items():
            await client.sendmail("digest@example.org", [recipient], content)


def measure(folder: Path, mail_port: int) -> None:
    """One day, stage by stage, in this folder."""
    with serving_day() as server:
        path = write_settings(folder, server)
        path.write_text(path.read_text().replace("port = 25\n", f"port = {mail_port}\n"))
        application = Application(load_settings(path, {}), progress=SilentProgress())
        table = Table()
        feeds = [read_feed(category) or b"" for category in CATEGORIES]
        application.subscribing.sync_roster()
        table.row(
            "collect",
            lambda: asyncio.run(application.collecting.collect().run(DAY)),
            lambda: [feedparser.parse(feed) for feed in feeds],
            "against feedparser on the same feeds",
        )
        papers = [entry.paper for entry in application.composing.compose().candidates(DAY)]
        table.row(
            "enrich",
            lambda: asyncio.run(application.composing.enrich().run(papers)),
            lambda: [split_sentences(paper.abstract)[:1] for paper in papers],
            f"{len(papers)} papers; against the first sentence of each",
        )
        issue = table.row(
            "compose", lambda: application.composing.compose().run(DAY), None, f"{len(papers)} papers frozen"
        )
        outbox = folder / "outbox" / issue.key.slug
        table.row(
            "select, assemble, write",
            lambda: application.sending.dry_run().run(issue.key),
            lambda: _plain_messages(issue, outbox),
            "against email.message with the same text",
        )
        table.row(
            "publish", lambda: application.publishing.publish().run(issue.key), None, "every page, feed and document"
        )
        table.row("plan", lambda: application.sending.plan().run(issue.key, late=True), None, "the audience frozen")
        messages = {file.name.removesuffix(".eml"): file.read_bytes() for file in outbox.glob("*.eml")}
        sent = len(messages)
        started = time.perf_counter()
        application.sending.send().run(issue)
        ours = sent / (time.perf_counter() - started)
        theirs = sent / _timed(lambda: asyncio.run(_aiosmtplib(mail_port, messages)))
        print(
            f"\nsend: {ours:.0f} messages a second with selection, assembly and ledger; aiosmtplib's sendmail of the "
            f"finished messages {theirs:.0f}; ratio {ours / theirs:.2f} ({sent} messages, a recording server in Python)"
        )


def main() -> int:
    """Measure one day."""
    if not DATA.is_dir():
        print("needs the recorded data: a folder `shared` beside the checkout, or NEWSLETTER_SHARED", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="newsletter-bench-"))
    try:
        with mail_server() as port:
            measure(folder, port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
