"""The recorded feeds of one day behind a real HTTP server, and a roster of real people's interests."""

from __future__ import annotations

import gzip
import json
import lzma
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from tests.support.http_server import HttpServer, Reply, Request, serving
from tests.support.shared import DATA

__all__ = [
    "CATEGORIES",
    "DAY",
    "announced_ids",
    "featured_ids",
    "read_feed",
    "real_lists",
    "serving_day",
    "write_settings",
]

DAY = date(2026, 6, 2)
CATEGORIES = ("cs.AI", "cs.CL", "cs.CV", "cs.LG", "stat.ML")


def read_feed(category: str) -> bytes | None:
    """A feed of the day as it was served; None for a category that was not recorded."""
    path = DATA / "arxiv_rss" / f"rss_{category}_{DAY}.xml.xz"
    return lzma.decompress(path.read_bytes()) if path.exists() else None


@contextmanager
def serving_day() -> Iterator[HttpServer]:
    """The day's feeds as `/rss/<category>` and Hugging Face's answer as `/api/daily_papers`."""

    def answer(request: Request) -> Reply:
        if request.path.startswith("/rss/") and (feed := read_feed(request.path.removeprefix("/rss/"))):
            return Reply(feed, headers={"Content-Type": "application/rss+xml"})
        if request.path == "/api/daily_papers":
            day = DATA / "hf_daily" / f"{request.query.get('date')}.json.gz"
            return Reply(gzip.decompress(day.read_bytes()), headers={"Content-Type": "application/json"})
        return Reply(b"not found", 404)

    with serving(answer) as server:
        yield server


def announced_ids() -> set[str]:
    """Every paper the feeds announce as `new` or `cross`, read with nothing of ours but a pattern."""
    found: set[str] = set()
    for category in CATEGORIES:
        for item in re.findall(r"<item>(.*?)</item>", (read_feed(category) or b"").decode(), re.DOTALL):
            kind = re.search(r"<arxiv:announce_type>(.*?)<", item)
            if kind and kind[1] in {"new", "cross"}:
                number = re.search(r"<link>https://arxiv\.org/abs/(.*?)</link>", item)
                assert number
                found.add(f"arxiv:{number[1]}")
    return found


def featured_ids() -> set[str]:
    """Every paper that Hugging Face featured on the day."""
    answer = json.loads(gzip.decompress((DATA / "hf_daily" / f"{DAY}.json.gz").read_bytes()))
    return {f"arxiv:{entry['paper']['id']}" for entry in answer}


def real_lists() -> list[list[str]]:
    """The keyword lists of real people, as they wrote them."""
    lists = json.loads((DATA / "interests" / "keyword_lists.json").read_text())
    return [entry["keywords"] or [entry["interest_text"]] for entry in lists]


def write_settings(folder: Path, server: HttpServer) -> Path:
    """A newsletter.toml that reads this server and takes its roster from the real lists."""
    rosters = folder / "people"
    rosters.mkdir()
    tables = [
        f'[[subscriber]]\nemail = "reader{number:02}@example.org"\n'
        f"interests = {json.dumps([' '.join(i.split()) for i in interests if i and i.strip()], ensure_ascii=True)}\n"
        for number, interests in enumerate(real_lists(), 1)
    ]
    (rosters / "readers.toml").write_text("\n".join(tables))
    path = folder / "newsletter.toml"
    path.write_text(
        f"""
[newsletter]
title = "Recorded day"
from = "Recorded day <digest@example.org>"
base_url = "https://papers.example.org"
roster = "people"

[[sources]]
kind = "arxiv-rss"
base_url = "{server.url}"
categories = {json.dumps(list(CATEGORIES))}

[[sources]]
kind = "hf-daily"
base_url = "{server.url}"

[smtp]
host = "127.0.0.1"
port = 25
security = "none"
"""
    )
    return path
