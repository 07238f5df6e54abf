"""June 2026 as arXiv's and Hugging Face's servers would have told it, rebuilt from the recorded listings."""

from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from tests.support.http_server import HttpServer, Reply, Request, serving
from tests.support.shared import DATA

__all__ = ["CATEGORIES", "JUNE", "Clock", "feed_of", "feeds_of", "listed", "serving_june", "starred"]

JUNE = tuple(date(2026, 6, 1) + timedelta(days=n) for n in range(30))

CATEGORIES = (
    "cs.AI", "cs.AR", "cs.CL", "cs.CV", "cs.DC", "cs.LG", "cs.NE", "cs.PF", "cs.PL", "cs.RO", "cs.SE", "q-bio.NC",
    "stat.ML",
)  # fmt: skip
"""The categories whose listings were recorded."""


class Clock:
    """The day whose feeds are on show; a test turns it on."""

    day = JUNE[0]


@cache
def listed(day: date) -> dict[str, dict[str, Any]]:
    """The papers of the day's recorded listing, by number. On 13 of the days it is that of an earlier day."""
    lines = lzma.decompress((DATA / "arxiv_daily" / f"{day}.jsonl.xz").read_bytes()).splitlines()
    return {record["id"]: record for record in map(json.loads, lines)}


def starred(day: date) -> list[str]:
    """The numbers of the papers that Hugging Face featured, in its order; none where nothing was recorded."""
    path = DATA / "hf_daily" / f"{day}.json.gz"
    return [entry["paper"]["id"] for entry in json.loads(gzip.decompress(path.read_bytes()))] if path.exists() else []


def feeds_of(record: dict[str, Any]) -> list[str]:
    """The feeds that announce a paper: its categories among those recorded, the primary one first."""
    return [category for category in record["categories"] if category in CATEGORIES] or [CATEGORIES[0]]


@cache
def feed_of(day: date, category: str) -> bytes:
    """The category's RSS feed, which claims to be of this day whatever it repeats: the harder case."""
    moment = f"{day:%a, %d %b %Y} 00:00:00 -0400"
    items = "".join(_item(record, category, moment) for record in listed(day).values() if category in feeds_of(record))
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>
<title>{category} updates on arXiv.org</title><pubDate>{moment}</pubDate>{items}</channel></rss>""".encode()


def _item(record: dict[str, Any], category: str, moment: str) -> str:
    kind = "new" if record["categories"][:1] == [category] else "cross"
    number = record["id"]
    categories = "".join(f"<category>{name}</category>" for name in record["categories"])
    return f"""<item><title>{escape(record["title"])}</title><link>https://arxiv.org/abs/{number}</link>
<description>arXiv:{number}v1 Announce Type: {kind}
Abstract: {escape(record["summary"])}</description><guid isPermaLink="false">oai:arXiv.org:{number}v1</guid>
{categories}<pubDate>{moment}</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>
<dc:creator>{escape(", ".join(record["authors"]))}</dc:creator></item>"""


@contextmanager
def serving_june(clock: Clock) -> Iterator[HttpServer]:
    """Serve the clock's day as `/rss/<category>`, and Hugging Face's days as `/api/daily_papers`."""

    def answer(request: Request) -> Reply:
        if request.path.startswith("/rss/"):
            return Reply(feed_of(clock.day, request.path.removeprefix("/rss/")))
        path = DATA / "hf_daily" / f"{request.query.get('date')}.json.gz"
        return Reply(gzip.decompress(path.read_bytes()) if path.exists() else b"[]")

    with serving(answer) as server:
        yield server
