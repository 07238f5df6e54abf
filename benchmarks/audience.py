"""A large audience: planning time, the memory of sending, and what the ledger costs: `python -m benchmarks.audience`.

Subscribers carry keyword lists of real people (where the recorded data is). Planning and sending run in processes of
their own, so that the peak of each is its own; messages go into Postfix's `smtp-sink`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from benchmarks.dispatch import cpu, now, people, sink
from newsletter.domain.deliveries import Change, Delivery
from newsletter.domain.merging import merge
from newsletter.domain.selector import IssueSelector
from newsletter.domain.subscriptions import Subscriber
from newsletter.mail.pool import PoolSettings
from newsletter.mail.transport import Connector, Relay, Security
from newsletter.services.dispatch import Plan, Send, SendSettings
from newsletter.store import Database, SqlStore
from newsletter.store.deliveries import SqlDeliveryStore
from tests.support.mails import make_assembler
from tests.support.samples import make_issue

LIMITS = {"planning s": 60, "memory MB": 200, "ledger %": 15}


class Timed(SqlDeliveryStore):
    """The ledger, with the CPU time that its own thread spends in it."""

    seconds = 0.0

    def record(self, run: int, changes: Sequence[Change], *, at: datetime) -> frozenset[int]:
        """As the ledger does."""
        begin = time.thread_time()
        try:
            return super().record(run, changes, at=at)
        finally:
            Timed.seconds += time.thread_time() - begin

    def claim(
        self, run: int, *, at: datetime, limit: int, after: int = 0, without: Sequence[str] = ()
    ) -> tuple[Delivery, ...]:
        """As the ledger does."""
        begin = time.thread_time()
        try:
            return super().claim(run, at=at, limit=limit, after=after, without=without)
        finally:
            Timed.seconds += time.thread_time() - begin


def _store(folder: str) -> SqlStore:
    database = Database("sqlite:///newsletter.db", folder=Path(folder))
    database.open()
    store = SqlStore(database, merge=merge, clock=now)
    store.deliveries = Timed(database)
    return store


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def subscribe(folder: str, count: int) -> dict[str, float]:
    store, lists = _store(folder), people()
    store.issues.save(make_issue(14, day=now().date()))
    store.subscribers.upsert(
        Subscriber(
            email=f"reader{n}@d{n % 5000}.example.org",
            interests=lists[n % len(lists)] + (("retrieval",) if n % 10 else ()),
            max_papers=30,
        )
        for n in range(count)
    )
    return {"memory MB": _peak()}


def plan(folder: str) -> dict[str, float]:
    store = _store(folder)
    issue = store.issues.archive()[0]
    begin = time.perf_counter()
    used = cpu()
    report = Plan(
        issues=store.issues,
        subscribers=store.subscribers,
        deliveries=store.deliveries,
        select=IssueSelector,
        clock=now,
    ).run(issue.key)
    return {
        "planning s": time.perf_counter() - begin,
        "planning CPU s": cpu() - used,
        "memory MB": _peak(),
        "queued": report.totals.get("queued", 0),  # type: ignore[call-overload]
        "skipped": report.totals.get("skipped", 0),  # type: ignore[call-overload]
    }


def send(folder: str, port: int, count: int) -> dict[str, float]:
    store = _store(folder)
    status = store.issues.archive()[0]
    issue = store.issues.get(status.key)
    assert issue is not None
    seen = 0

    def point(name: str) -> None:
        nonlocal seen
        seen += name == "answered"
        if seen == count and name == "answered":
            # as Ctrl-C does: open messages are finished, and the rest stays queued
            os.kill(os.getpid(), signal.SIGINT)

    begin, used = time.perf_counter(), cpu()
    report = Send(
        subscribers=store.subscribers,
        deliveries=store.deliveries,
        select=IssueSelector,
        mail=make_assembler(),
        opener=Connector(Relay(host="127.0.0.1", port=port, security=Security.NONE, name="bench.example")),
        settings=SendSettings(pool=PoolSettings(connections=10)),
        clock=now,
        point=point if count else lambda _name: None,
    ).run(issue)
    sent = sum(report.now.values())
    used = cpu() - used
    return {
        "sent": sent,
        "messages/s": sent / (time.perf_counter() - begin),
        "CPU ms": used / sent * 1000,
        "ledger %": Timed.seconds / used * 100,
        "memory MB": _peak(),
    }


def _in_process(function: Callable[..., dict[str, float]], *arguments: object) -> dict[str, float]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subscribers", type=int, default=200_000)
    parser.add_argument("--send", type=int, default=20_000, help="how many to send; 0 for all")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sink() as port:
        _in_process(subscribe, folder, options.subscribers)
        rows = {"plan": _in_process(plan, folder), "send": _in_process(send, folder, port, options.send)}
        size = sum(f.stat().st_size for f in Path(folder).iterdir()) / 1e6
    print(f"{options.subscribers:,} subscribers, one issue; the database has {size:,.0f} MB")
    for name, row in rows.items():
        for key, value in row.items():
            limit = f"   (limit {LIMITS[key]})" if key in LIMITS else ""
            print(f"{name:6} {key:16} {value:12,.2f}{limit}")


if __name__ == "__main__":
    main()
