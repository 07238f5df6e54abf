"""A large audience: planning time, the memory of sending, and what the ledger costs: `python -m benchmarks.audience`.

Subscribers carry keyword lists of real people (where the recorded data is), or many distinct interests. While one
process plans, another writes, and tells how long it had to wait. Planning and sending run in processes of
their own, so that the peak of each is its own; messages go into Postfix's `smtp-sink`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import resource
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.dispatch import cpu, now, people, sink
from newsletter.domain.delivery import Change, Delivery, DeliveryStatus
from newsletter.domain.matching import IssueSelector
from newsletter.domain.subscribers import Subscriber
from newsletter.mail.smtp import Connector, PoolSettings, Relay, Security
from newsletter.services.dispatch import Plan, Send, SendSettings
from newsletter.store import Database, SqlStore
from newsletter.store.ledger import SqlDeliveryStore
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
        self,
        run: int,
        *,
        at: datetime,
        limit: int,
        after: int = 0,
        without: Sequence[str] = (),
        only: Sequence[int] = (),
    ) -> tuple[Delivery, ...]:
        """As the ledger does."""
        begin = time.thread_time()
        try:
            return super().claim(run, at=at, limit=limit, after=after, without=without, only=only)
        finally:
            Timed.seconds += time.thread_time() - begin


def _store(folder: str) -> SqlStore:
    database = Database("sqlite:///newsletter.db", folder=Path(folder))
    database.open()
    store = SqlStore(database, clock=now)
    store.deliveries = Timed(database)
    return store


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def lists(distinct: int) -> Iterator[tuple[str, ...]]:
    """What subscribers ask for, without end: the lists of real people, or ten each out of so many distinct interests.

    Of those the n-th is asked for with a chance of 1/n, as real ones are.
    """
    real = people()
    if not distinct:
        for number in count():
            yield real[number % len(real)] + (("retrieval",) if number % 10 else ())
    words = sorted({word for one in real for phrase in one for word in re.findall(r"\w+", phrase)})
    chance = Random(1)
    made = (f"{chance.choice(words)} {chance.choice(words)}" for _ in count())
    terms: dict[str, None] = {}
    while len(terms) < min(distinct, len(words) ** 2 // 2):
        terms[next(made)] = None
    chances = np.cumsum(1 / np.arange(1, len(terms) + 1))
    ranked, numbers = [*terms], np.random.default_rng(1)
    while True:
        drawn = np.searchsorted(chances, numbers.random((10_000, 10)) * chances[-1])
        yield from (tuple(dict.fromkeys(ranked[term] for term in row)) for row in drawn.tolist())


def subscribe(folder: str, number: int, distinct: int) -> dict[str, float]:
    store = _store(folder)
    store.issues.save(make_issue(14, day=now().date()))
    begin, used = time.perf_counter(), cpu()
    store.subscribers.upsert(
        Subscriber(
            # addresses come in no order, as real ones do
            email=f"{n * 2_654_435_761 % 2**32:08x}@d{n % 5000}.example.org",
            interests=interests,
            max_papers=30,
        )
        for n, interests in zip(range(number), lists(distinct), strict=False)
    )
    return {"s": time.perf_counter() - begin, "CPU s": cpu() - used, "memory MB": _peak()}


def locked(folder: str, ready: Event, done: Event, waits: Connection) -> None:
    """Write all the while, as sending another issue and signing up do; tell the longest wait, in seconds."""
    store = _store(folder)
    longest = 0.0
    ready.set()
    while not done.is_set():
        begin = time.perf_counter()
        store.subscribers.remove("nobody@nowhere.example")
        longest = max(longest, time.perf_counter() - begin)
        time.sleep(0.01)
    waits.send(longest)


def plan(folder: str) -> dict[str, float]:
    store = _store(folder)
    issue = store.issues.archive()[0]
    spawn = multiprocessing.get_context("spawn")
    ready, done, (mine, theirs) = spawn.Event(), spawn.Event(), spawn.Pipe()
    other = spawn.Process(target=locked, args=(folder, ready, done, theirs))
    other.start()
    ready.wait(60)
    begin, used = time.perf_counter(), cpu()
    report = Plan(
        issues=store.issues,
        subscribers=store.subscribers,
        deliveries=store.deliveries,
        select=IssueSelector,
        clock=now,
    ).run(issue.key)
    result = {
        "planning s": time.perf_counter() - begin,
        "planning CPU s": cpu() - used,
        "memory MB": _peak(),
        "queued": report.totals.get(DeliveryStatus.QUEUED, 0),
        "skipped": report.totals.get(DeliveryStatus.SKIPPED, 0),
    }
    done.set()
    other.join()
    return {**result, "others waited s": mine.recv()}


def send(folder: str, port: int, most: int) -> dict[str, float]:
    store = _store(folder)
    status = store.issues.archive()[0]
    issue = store.issues.get(status.key)
    assert issue is not None
    seen = 0

    def point(name: str) -> None:
        nonlocal seen
        seen += name == "answered"
        if seen == most and name == "answered":
            # as Ctrl-C does: open messages are finished, and the rest stays queued
            os.kill(os.getpid(), signal.SIGINT)

    begin, used = time.perf_counter(), cpu()
    report = Send(
        subscribers=store.subscribers,
        deliveries=store.deliveries,
        select=IssueSelector,
        mail=make_assembler(),
        connector=Connector(Relay(host="127.0.0.1", port=port, security=Security.NONE, name="bench.example")),
        settings=SendSettings(pool=PoolSettings(connections=64)),
        clock=now,
        crash_hook=point if most else lambda _moment: None,
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
    # not a pool's: those may have no children
    spawn = multiprocessing.get_context("spawn")
    mine, theirs = spawn.Pipe()
    process = spawn.Process(target=_answer, args=(theirs, function, arguments))
    process.start()
    theirs.close()
    result: dict[str, float] = mine.recv()
    process.join()
    return result


def _answer(where: Connection, function: Callable[..., dict[str, float]], arguments: Sequence[object]) -> None:
    where.send(function(*arguments))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subscribers", type=int, default=200_000)
    parser.add_argument("--send", type=int, default=20_000, help="how many to send; 0 for all")
    parser.add_argument("--distinct", type=int, default=0, help="so many distinct interests instead of real lists")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sink() as port:
        rows = {"subscribe": _in_process(subscribe, folder, options.subscribers, options.distinct)}
        rows |= {"plan": _in_process(plan, folder), "send": _in_process(send, folder, port, options.send)}
        size = sum(f.stat().st_size for f in Path(folder).iterdir()) / 1e6
    print(f"{options.subscribers:,} subscribers, one issue; the database has {size:,.0f} MB")
    for name, row in rows.items():
        for key, value in row.items():
            limit = f"   (limit {LIMITS[key]})" if key in LIMITS else ""
            print(f"{name:9} {key:16} {value:12,.2f}{limit}")


if __name__ == "__main__":
    main()
