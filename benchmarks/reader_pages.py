"""Readers' own pages: what one costs cold, and when nothing is new: `python -m benchmarks.reader_pages`.

The recorded Tuesday of 1,259 papers, the interests of 97 real people and readers who want everything. Every figure is
the processor time of a whole request to the application, all threads together: token, tag, selection, page, gzip. The
reference of every line is the same readers' private feed, cold, in the same run.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message

from benchmarks.subscriber_feeds import memory, publish
from newsletter.domain.delivery import feed_token, subscriber_token
from newsletter.domain.subscribers import Subscriber
from newsletter.store import Database, SqlStore
from tests.support.june import june_issue
from tests.support.mails import SECRET
from tests.support.recorded_day import real_lists
from tests.support.web import make_app, make_store

PAPERS = 1259
DAY = "2026-06-02"
COLD_MS, KNOWN_MS = 60.0, 3.0
"""What a page may cost."""


async def request(app: ASGIApp, path: str, **headers: str) -> tuple[int, dict[str, str], float]:
    """One GET: its status, the fields of the answer, and the processor time it took in ms."""
    address, _, query = path.partition("?")
    answer: dict[str, Any] = {}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": address,
        "raw_path": address.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [
            (name.replace("_", "-").encode(), value.encode())
            for name, value in {"accept_encoding": "gzip", **headers}.items()
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer["status"] = message["status"]
            answer["headers"] = {name.decode(): value.decode() for name, value in message["headers"]}

    begun = time.process_time()
    await app(scope, receive, send)
    return answer["status"], answer["headers"], (time.process_time() - begun) * 1000


def day_of(reader: Subscriber, query: str = "") -> str:
    return f"/day/{subscriber_token(SECRET, 'day', reader.id, reader.email)}/{DAY}{query}"


def feed_of(reader: Subscriber) -> str:
    return f"/feed/{feed_token(SECRET, reader.id, reader.email, reader.feed_epoch)}.atom"


async def measure(store: SqlStore, folder: Path) -> None:
    """Ask, and print the table."""
    *listed, early, one, two, three, four, five = store.subscribers.stream()
    greedy = [one, two, three, four, five]
    before = memory()
    app = make_app(store, folder, base_url="https://news.example.org")
    print(f"{'request':<52}{'median ms':>10}{'slowest ms':>12}{'ratio':>8}")

    async def ask(paths: Sequence[str], *, known: Sequence[str] = ()) -> tuple[list[float], list[str]]:
        times, tags = [], []
        gc.collect()  # what earlier rows left behind is not this one's
        for number, path in enumerate(paths):
            wants = {"if_none_match": known[number]} if known else {}
            status, fields, spent = await request(app, path, **wants)
            assert status == (304 if known else 200), (path, status)
            times.append(spent)
            tags.append(fields["etag"])
        return times, tags

    plain = 1.0

    def row(what: str, times: Sequence[float], limit: float = 0.0) -> None:
        median, slowest = statistics.median(times), max(times)
        verdict = f"   {'within' if median <= limit else 'ABOVE'} {limit:g} ms" if limit else ""
        print(f"{what:<52}{median:>10.1f}{slowest:>12.1f}{median / plain:>8.2f}{verdict}", flush=True)

    first, _ = await ask([day_of(early), day_of(listed[0])])
    feeds, _ = await ask([feed_of(reader) for reader in listed])
    plain = statistics.median(feeds)
    row("private feed of each reader, cold (reference)", feeds)
    row("the first two after a start: read, index, render", first)
    cold, tags = await ask([day_of(reader) for reader in listed])
    row("page of each reader, cold", cold, COLD_MS)
    everything, all_tags = await ask([day_of(reader) for reader in greedy])
    row("page of five who get all 1,259, cold", everything, COLD_MS)
    again, _ = await ask([day_of(reader) for reader in [*listed, *greedy]] * 3, known=[*tags, *all_tags] * 3)
    row("again, with the copy: 304", again, KNOWN_MS)
    upvoted, _ = await ask([day_of(reader, "?order=upvotes") for reader in listed])
    row("in another order, cold", upvoted, COLD_MS)
    files, _ = await ask([day_of(reader, "?format=bibtex") for reader in listed])
    row("BibTeX of each page, cold", files, COLD_MS)
    files, _ = await ask([day_of(reader, "?format=bibtex") for reader in greedy])
    row("BibTeX of all 1,259, cold", files)
    print(f"\n{len(listed)} readers, one issue of {PAPERS} papers; {memory() - before:.0f} MB more memory")


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database("sqlite:///news.db", folder=Path(folder))
        database.open()
        store = make_store(database)
        lists = [tuple(filter(None, map(str.strip, one))) for one in real_lists()]
        store.subscribers.upsert(
            Subscriber(email=f"r{n:03}@example.org", interests=interests, max_papers=30)
            for n, interests in enumerate([*lists, *[()] * 6])
        )
        for day in (1, 2, 3):
            publish(store, june_issue(day, PAPERS))
        asyncio.run(measure(store, Path(folder)))
        database.close()
    print(f"measured {datetime.now(UTC):%Y-%m-%d}")


if __name__ == "__main__":
    main()
