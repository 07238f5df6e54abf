"""June 2026 over HTTP with the faults that sources have, and the daily job as a process that can be killed."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from newsletter.bootstrap import Application
from newsletter.errors import IssueMissing, NothingToDo
from newsletter.services.progress import SilentProgress
from newsletter.settings import load_settings
from newsletter.sources import load_calendar
from tests.support.http_server import HttpServer, Reply, Request, serving
from tests.support.replayed_june import feed_of, feeds_of, listed
from tests.support.shared import DATA, ROOT

__all__ = ["LAB_SINCE", "Faults", "Path", "Ran", "date", "run_day", "serving_faults", "start_day", "write_settings"]

_CALENDAR = load_calendar()
LAB_SINCE = date(2026, 6, 8)
"""When the lab's feed begins."""
_EMPTY, _BROKEN, _CUT, _STALE, _FAR = "empty", "unreadable", "cut off", "stale", "impossible dates"


@dataclass
class Faults:
    """What is wrong on the day that is on show. Feeds by their category; everything else is as it was recorded.

    `feeds` maps a category to `empty`, `unreadable`, `cut off`, `stale`, `impossible dates` or a status of HTTP;
    `filling` is how many papers Hugging Face has of the day so far; `record` is whether OAI-PMH answers; `lab` is the
    status with which the feed answers whose address is a secret, and its answers tell the whole address.
    """

    day: date
    feeds: dict[str, str | int] = field(default_factory=dict)
    filling: int | None = None
    record: bool = True
    lab: int = 200
    at_feed: Callable[[str], None] = lambda _: None


def _feed(faults: Faults, category: str) -> Reply:
    fault = faults.feeds.get(category)
    if isinstance(fault, int):
        return Reply(b"out of order", fault)
    body = feed_of(faults.day, category)
    if fault == _STALE:
        earlier = _CALENDAR.previous(faults.day)
        return Reply(feed_of(earlier, category))
    head, *items = re.split(rb"(?=<item>)", body.removesuffix(b"</channel></rss>"))
    if fault == _EMPTY:
        items = []
    elif fault == _CUT:
        items = items[:3]
    elif fault == _BROKEN:
        items = [re.sub(rb"arXiv[.:][^ <]+|<link>[^<]*</link>", b"", item) for item in items]
    elif fault == _FAR:
        items = [
            re.sub(rb"<pubDate>[^<]*", b"<pubDate>Fri, 31 Dec 9999 23:59:59 -0500", i) for i in items[::2]
        ] + items[1::2]
    return Reply(head + b"".join(items) + b"</channel></rss>")


def _lab(faults: Faults, request: Request) -> Reply:
    """A post for each day of announcements, all of them shown: the feed of one reader, by the token in its address."""
    address = f"http://{request.headers['host']}{request.path}?token={request.query['token']}"
    if faults.lab != 200:
        return Reply(f"nothing at {address}".encode(), faults.lab)
    days = [day for n in range(30) if (day := faults.day - timedelta(days=n)) >= LAB_SINCE and _CALENDAR.expects(day)]
    items = "".join(
        f"<item><title>Post of {day}</title><link>{address}&amp;post={day}</link><guid>{address}&amp;post={day}</guid>"
        f"<description>What the lab did.</description><pubDate>{day:%a, %d %b %Y} 04:00:00 GMT</pubDate></item>"
        for day in days
    )
    return Reply(
        f'<rss version="2.0"><channel><title>Lab</title><link>{address}</link>{items}</channel></rss>'.encode()
    )


def _featured(faults: Faults, day: date) -> Reply:
    path = DATA / "hf_daily" / f"{day}.json.gz"
    if not path.exists() or day > faults.day:
        return Reply(b"[]")
    papers = json.loads(gzip.decompress(path.read_bytes()))
    return Reply(json.dumps(papers[: faults.filling] if day == faults.day else papers).encode())


def _submitted(day: date) -> datetime:
    return _CALENDAR.submissions(day)[1] - timedelta(hours=1)


def _fields(record: dict[str, Any]) -> tuple[str, str, str]:
    return record["id"], escape(record["title"]), escape(record["summary"])


def _record(record: dict[str, Any], day: date) -> str:
    number, title, abstract = _fields(record)
    names = escape(", ".join(record["authors"]))
    return f"""<record><header><identifier>oai:arXiv.org:{number}</identifier><datestamp>{day}</datestamp></header>
<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{number}</id>
<version version="v1"><date>{_submitted(day):%a, %d %b %Y %H:%M:%S} GMT</date></version><title>{title}</title>
<authors>{names}</authors><categories>{" ".join(record["categories"])}</categories><abstract>{abstract}</abstract>
</arXivRaw></metadata></record>"""


def _oai(faults: Faults, query: dict[str, str]) -> Reply:
    """What changed on the days asked for, in one category: what was announced on them."""
    if not faults.record:
        return Reply(b"not here", 404)
    category = ".".join(query["set"].split(":")[1:])
    first, last = (date.fromisoformat(query[name]) for name in ("from", "until"))
    days = [d for n in range((last - first).days + 1) if (d := first + timedelta(days=n)) <= faults.day]
    records = [
        _record(record, d)
        for d in days
        if _CALENDAR.expects(d)
        for record in listed(d).values()
        if category in feeds_of(record)
    ]
    inner = f"<ListRecords>{''.join(records)}</ListRecords>" if records else '<error code="noRecordsMatch"/>'
    return Reply(f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{inner}</OAI-PMH>'.encode())


def _search(faults: Faults, query: dict[str, str]) -> Reply:
    """The papers of one category that were submitted in the window that an announcement closes."""
    asked = re.fullmatch(r"cat:(\S+) AND submittedDate:\[(\d+) TO (\d+)\]", query["search_query"])
    assert asked is not None
    until = datetime.strptime(asked[3], "%Y%m%d%H%M").replace(tzinfo=UTC)
    day = _CALENDAR.announces(until)
    found = [r for r in listed(day).values() if asked[1] in feeds_of(r)] if day <= faults.day else []
    start, most = int(query["start"]), int(query["max_results"])
    entries = []
    for record in found[start : start + most]:
        number, title, abstract = _fields(record)
        terms = "".join(f'<category term="{name}"/>' for name in record["categories"])
        entries.append(
            f"<entry><id>http://arxiv.org/abs/{number}v1</id><title>{title}</title>"
            f"<published>{_submitted(day):%Y-%m-%dT%H:%M:%SZ}</published><summary>{abstract}</summary>{terms}"
            f'<arxiv:primary_category term="{record["categories"][0]}"/></entry>'
        )
    return Reply(
        f"""<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom"
 xmlns="http://www.w3.org/2005/Atom"><title>arXiv Query</title>
<opensearch:totalResults>{len(found)}</opensearch:totalResults>
<opensearch:startIndex>{start}</opensearch:startIndex>{"".join(entries)}</feed>""".encode()
    )


@contextmanager
def serving_faults(faults: Faults) -> Iterator[HttpServer]:
    """Serve the day with its faults: `/rss/…`, `/lab`, `/oai`, `/api/query` and `/api/daily_papers`."""

    def answer(request: Request) -> Reply:
        if request.path.startswith("/rss/"):
            category = request.path.removeprefix("/rss/")
            faults.at_feed(category)
            return _feed(faults, category)
        if request.path == "/lab":
            return _lab(faults, request)
        query = dict(request.query)
        if request.path == "/oai":
            return _oai(faults, query)
        if request.path == "/api/query":
            return _search(faults, query)
        return _featured(faults, date.fromisoformat(query["date"]))

    with serving(answer) as server:
        yield server


def write_settings(
    folder: Path, url: str, relay: int, categories: Sequence[str], readers: dict[str, str], token: str
) -> None:
    """A newsletter of these categories, Hugging Face and a feed whose address holds the token, with readers."""
    (folder / "people").mkdir()
    tables = (
        f'[[subscriber]]\nemail = "{address}"\ninterests = ["{interest}"]\nmax_papers = 500\n'
        for address, interest in readers.items()
    )
    (folder / "people" / "readers.toml").write_text("\n".join(tables))
    (folder / "newsletter.toml").write_text(
        f"""
[newsletter]
from = "digest@example.org"
base_url = "https://papers.example.org"
roster = "people"
[[sources]]
kind = "arxiv-rss"
base_url = "{url}"
categories = {json.dumps(list(categories))}
[[sources]]
kind = "hf-daily"
base_url = "{url}"
[[sources]]
kind = "feed"
url = "{url}/lab?token={token}"
[publish]
markdown = []
[mail]
# each mail holds all that was found: what it holds is counted, and nobody opens the reader's own page for the rest
words = 100_000
[smtp]
host = "127.0.0.1"
port = {relay}
security = "none"
connections = 1
"""
    )


@dataclass(frozen=True)
class Ran:
    """What became of a day's run: why it had no issue, its problems, and what was missing of the days before."""

    nothing: str = ""
    problems: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


def run_day(folder: Path, day: date) -> Ran:
    """The whole job of a day at nine in the morning (UTC), as `newsletter send` does it."""
    at = datetime.combine(day, time(9), UTC)
    application = Application(
        load_settings(folder / "newsletter.toml", {}), progress=SilentProgress(), clock=lambda: at
    )
    try:
        application.subscribing.sync_roster()
        try:
            prepared = application.composing.daily().prepare(day)
        except (NothingToDo, IssueMissing) as error:
            return Ran(nothing=f"{type(error).__name__}: {error}")
        for issue in prepared.issues:
            application.publishing.publish().run(issue.key)
            application.sending.send().run(application.sending.plan().run(issue.key, late=True).issue)
        return Ran("", prepared.problems, prepared.gaps.told(day))
    finally:
        application.close()


def start_day(folder: Path, day: date) -> subprocess.Popen[bytes]:
    """The same in a process of its own, which a test may kill; what it says is in the folder's `said.log`."""
    code = f"from tests.support.faulty_june import *; run_day(Path({str(folder)!r}), date.fromisoformat('{day}'))"
    with (folder / "said.log").open("ab") as said:
        return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=said, stderr=said)
