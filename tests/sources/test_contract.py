"""What every kind of source promises, held to by all six, with good answers and with hostile ones."""

from __future__ import annotations

import gzip
import json
import re
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from newsletter.domain.issues import AnnouncementCalendar
from newsletter.domain.papers import Collected, ListingStatus, SourceKind, merge
from newsletter.domain.ports import Source
from newsletter.errors import ConfigError
from newsletter.services.collect import Collect
from newsletter.services.progress import SilentProgress
from newsletter.settings import SourceSettings
from newsletter.sources import Limits, PoliteClient, Retry, SourceOptions, build, load_calendar, user_agent
from newsletter.store import SqlStore
from tests.sources import test_arxiv_api, test_arxiv_oai, test_arxiv_rss, test_feed, test_hf_daily
from tests.sources.conftest import MakeClient
from tests.support.databases import new_database
from tests.support.http_server import Reply, Request, serving

DAY = date(2026, 6, 2)
NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)
ID = "arxiv:2606.00012"
KINDS = tuple(kind.value for kind in SourceKind)
ONLINE = tuple(kind for kind in KINDS if kind != "files")

GOOD = {
    "arxiv-rss": test_arxiv_rss.rss(test_arxiv_rss.item()),
    "arxiv-api": test_arxiv_api.answer(test_arxiv_api.entry(12)),
    "arxiv-oai": test_arxiv_oai.answer(
        test_arxiv_oai.record("2606.00012", "Mon, 01 Jun 2026 10:00:00 GMT", categories="cs.CL", changed=DAY)
    ),
    "hf-daily": test_hf_daily.body(test_hf_daily.entry("2606.00012", submittedOnDailyAt="2026-06-02T00:00:00.000Z")),
    "feed": test_feed.RSS,
}
"""For each kind an answer that announces one and the same paper, or more."""

QUICK = Limits(connect=2, read=0.3, total=1, size=1 << 20)


def make(kind: str, client: PoliteClient, url: str, folder: Path, feeds: int = 1) -> Source:
    """A source of this kind; what its kind does not need is there too, as settings hand it in."""
    path = folder / "papers.jsonl"
    path.write_text(json.dumps({"id": "2606.00012", "title": "T", "announced": f"{DAY}"}) + "\n")
    return build(
        kind,
        SourceOptions(categories=("cs.CL", "cs.AI")[:feeds], base_url=url, url=f"{url}/feed", path=path),
        client=client,
        calendar=AnnouncementCalendar(),
        now=lambda: NOW,
    )


async def read(source: Source, day: date = DAY) -> list[Collected]:
    return [result async for result in source.collect(day, source.feeds)]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_good_answer_is_fresh_and_names_the_paper(kind: str, client: PoliteClient, tmp_path: Path) -> None:
    with serving(lambda _: Reply(GOOD[kind])) as server:
        source = make(kind, client, server.url, tmp_path, feeds=2)
        results = await read(source)
    assert source.kind == kind
    assert [result.listing.feed for result in results] == list(source.feeds)
    for result in results:
        listing = result.listing
        assert (listing.source, listing.day, listing.status) == (kind, DAY, ListingStatus.FRESH)
        assert listing.fetched_at == NOW
        assert listing.collected == len(result.announcements)
        assert listing.announced == listing.collected + listing.rejected
        assert ID in {announcement.paper_id for announcement in result.announcements}
        for announcement in result.announcements:
            assert (announcement.source, announcement.feed) == (kind, listing.feed)
            assert announcement.paper.title
            assert merge([announcement, announcement]) == announcement.paper


@pytest.mark.parametrize("kind", KINDS)
async def test_asking_twice_tells_the_same(kind: str, client: PoliteClient, tmp_path: Path) -> None:
    with serving(lambda _: Reply(GOOD[kind])) as server:
        source = make(kind, client, server.url, tmp_path)
        assert await read(source) == await read(source)


@pytest.mark.parametrize("kind", ONLINE)
async def test_only_the_feeds_that_are_asked_for_are_read(kind: str, client: PoliteClient, tmp_path: Path) -> None:
    with serving(lambda _: Reply(GOOD[kind])) as server:
        source = make(kind, client, server.url, tmp_path, feeds=2)
        assert [result async for result in source.collect(DAY, ())] == []
        one = [result async for result in source.collect(DAY, source.feeds[-1:])]
    assert [result.listing.feed for result in one] == [source.feeds[-1]]


def bomb() -> bytes:
    squeeze = zlib.compressobj(6, zlib.DEFLATED, 31)
    return b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(16)) + squeeze.flush()


def drip() -> Iterator[bytes]:
    for _ in range(100):
        time.sleep(0.05)
        yield b"<"


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">'.encode() for n in range(12)
) + b']><rss version="2.0"><channel><title>&a11;</title></channel></rss>'  # fmt: skip

HOSTILE: dict[str, Callable[[], Reply]] = {
    "429": lambda: Reply(b"", 429),
    "a stall and 429": lambda: Reply(b"", 429, stall=0.1),
    "200 that says Rate exceeded.": lambda: Reply(b"Rate exceeded."),
    "406": lambda: Reply(b"", 406),
    "500": lambda: Reply(b"", 500),
    "404": lambda: Reply(b"", 404),
    "silence": lambda: Reply(b"", stall=20),
    "a drip": lambda: Reply(drip()),
    "a cut line": lambda: Reply(b"<rss><channel>" * 100, cut_after=500),
    "a page": lambda: Reply(b"<!DOCTYPE html><html><head><title>Moved</title></head></html>"),
    "nothing": lambda: Reply(b""),
    "half a feed": lambda: Reply(b'<?xml version="1.0"?><rss version="2.0"><channel><item><title>A'),
    "not UTF-8": lambda: Reply(
        b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>\xff\xfe</rss>'
    ),
    "binary": lambda: Reply(bytes(range(256)) * 8),
    "a gzip bomb": lambda: Reply(bomb(), headers={"Content-Encoding": "gzip"}),
    "an entity bomb": lambda: Reply(ENTITIES),
    "a deep tree": lambda: Reply(b"<a>" * 50_000),
    "a deep list": lambda: Reply(b"[" * 50_000),
    "500 MB": lambda: Reply(b"<rss>" + b" " * 65_536 for _ in range(8_000)),
    "a redirect inside": lambda: Reply(b"", 302, {"Location": "http://169.254.169.254/"}),
    "a redirect to itself": lambda: Reply(b"", 302, {"Location": "/"}),
    "bad gzip": lambda: Reply(gzip.compress(b"x" * 100)[:-5], headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("kind", ONLINE)
async def test_whatever_a_server_does_is_a_result(kind: str, make_client: MakeClient, tmp_path: Path) -> None:
    """One test a kind, for the servers' sake: each face in turn, then a good answer.

    What bounds the time is what bounds the work: the client's limits (`test_http`), and those of each format's parser
    (`test_xml` for depth and size).
    """
    client = make_client(limits=QUICK, retry=Retry(attempts=1))
    face: list[Callable[[], Reply]] = []
    with serving(lambda _: face[0]()) as server:
        source = make(kind, client, server.url, tmp_path)
        for name, hostile in HOSTILE.items():
            face[:] = [hostile]
            (result,) = await read(source)
            assert result.listing.status is ListingStatus.FAILED, (name, result.listing)
            assert result.announcements == (), name
            assert 10 < len(result.listing.note) <= 500, (name, result.listing.note)
        face[:] = [lambda: Reply(GOOD[kind])]
        (result,) = await read(source)
    assert result.listing.status is ListingStatus.FRESH


async def test_no_paper_that_was_collected_is_lost_to_a_hostile_server(make_client: MakeClient, tmp_path: Path) -> None:
    client = make_client(limits=QUICK, retry=Retry(attempts=1))
    database = new_database(tmp_path / "newsletter.db")
    store = SqlStore(database, clock=lambda: NOW)
    ruined: dict[str, Callable[[], Reply]] = {}

    def answer(request: Request) -> Reply:
        hostile = ruined.get(request.path)
        number = {"/rss/cs.CL": 1, "/rss/cs.AI": 2}[request.path]
        return hostile() if hostile else Reply(test_arxiv_rss.rss(test_arxiv_rss.item(f"2606.0000{number}v1")))

    with serving(answer) as server:
        source = make("arxiv-rss", client, server.url, tmp_path, feeds=2)
        collect = Collect(store.papers, store.listings, [source], SilentProgress())
        for hostile in ("a page", "half a feed", "nothing", "a gzip bomb"):
            ruined["/rss/cs.AI"] = HOSTILE[hostile]
            report = await collect.run(DAY, again=True)
            assert [listing.feed for listing in report.failed] == ["cs.AI"]
            assert len(list(store.papers.announced(DAY, DAY))) == 1
        ruined.clear()
        assert (await collect.run(DAY)).failed == ()
        ruined |= {"/rss/cs.CL": HOSTILE["nothing"], "/rss/cs.AI": HOSTILE["a page"]}
        await collect.run(DAY, again=True)
    assert len(list(store.papers.announced(DAY, DAY))) == 2
    assert {listing.status for listing in store.listings.on(DAY)} == {ListingStatus.FRESH}


ISO_DATES = [
    "0001-01-01T00:00:00+05:00",
    "9999-12-31T23:59:59-05:00",
    "0001-01-01",
    "9999-12-31",
    "0000-00-00T00:00:00Z",
    "2026-06-02T00:00:00+99999999999999",
    "99999999999999-06-02T00:00:00Z",
]
MAIL_DATES = [
    "Mon, 01 Jan 0001 00:00:00 +0500",
    "Fri, 31 Dec 9999 23:59:59 -0500",
    "Mon, 01 Jan 0000 00:00:00 GMT",
    "Tue, 02 Jun 2026 00:00:00 +99999999999999",
    "Tue, 02 Jun 99999999999999 00:00:00 GMT",
]


@pytest.mark.parametrize(("iso", "mail"), list(zip(ISO_DATES, cycle(MAIL_DATES), strict=False)))
async def test_no_date_of_a_server_ends_a_run(make_client: MakeClient, tmp_path: Path, iso: str, mail: str) -> None:
    """Every date of every kind's good answer is such a one, in the body and in the header fields."""
    kinds: dict[str, bytes] = {**GOOD, "feed": test_feed.RSS}
    bodies = {
        kind: re.sub(
            rb"\w{3}, \d\d \w{3} \d{4} [\d:]{8} [+-A-Z0-9]+|\b2026-\d\d-\d\d(?:T[\d:.]+Z)?",
            lambda match: (mail if b"," in match[0] else iso).encode(),
            body,
        )
        for kind, body in kinds.items()
    }
    assert all((mail if kind == "arxiv-rss" else iso).encode() in bodies[kind] for kind in ("arxiv-rss", "hf-daily"))
    headers = {"Date": mail, "Last-Modified": mail, "Expires": mail, "Age": "9" * 400, "Retry-After": mail}
    headers |= {"Cache-Control": f"max-age={'9' * 400}"}
    database = new_database(tmp_path / "newsletter.db")
    store = SqlStore(database, clock=lambda: NOW)
    for kind in KINDS:
        statuses = [503, 200, 200]
        with serving(lambda _, told=statuses, kind=kind: Reply(bodies.get(kind, b""), told[-1], headers)) as server:
            source = make(kind, make_client(retry=Retry(attempts=1)), server.url, tmp_path)
            line = {"id": "2606.00099", "title": "T", "announced": iso, "submitted": iso}
            (tmp_path / "papers.jsonl").write_text(json.dumps(line))
            while statuses:
                report = await Collect(store.papers, store.listings, [source], SilentProgress()).run(DAY, again=True)
                assert kind in {listing.source for listing in report.listings}
                statuses.pop()


# --- the registry ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["", "arxiv", "arxiv-rss", "arxiv-api", "arxiv-oai", "feed", "files"])
def test_a_kind_that_is_unknown_or_lacks_what_it_needs_is_refused(kind: str, client: PoliteClient) -> None:
    with pytest.raises(ConfigError, match="kinds: arxiv-rss"):
        build(kind, SourceOptions(), client=client, calendar=AnnouncementCalendar())


def test_the_holidays_that_come_with_the_program_are_read() -> None:
    calendar = load_calendar()
    assert calendar.through == 2026
    assert not calendar.expects(date(2026, 11, 27))


@pytest.mark.parametrize("text", ["through = ", "[holidays]\n2026-13-45 = 'x'", "\xff"])
def test_a_file_of_holidays_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "holidays.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match="holidays cannot be read"):
        load_calendar(path)


def test_an_operators_own_holidays_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "holidays.toml"
    path.write_text('through = 2030\n[holidays]\n2030-07-04 = "Independence Day"\n')
    assert not load_calendar(path).expects(date(2030, 7, 5))


def test_the_program_names_its_operator() -> None:
    assert user_agent("1.2", "ops@example.org") == "newsletter/1.2 (ops@example.org)"
    assert user_agent("1.2", "") == "newsletter/1.2"
    assert user_agent("1.2", "a\r\nX-Evil: 1\u00e9") == "newsletter/1.2 (a X-Evil: 1)"


NEEDED: dict[str, Any] = {
    "categories": ("cs.CL",),
    "query": "cat:cs.CL",
    "set": "cs",
    "url": "https://lab.example/feed",
    "path": Path("papers.jsonl"),
}


@pytest.mark.parametrize("kind", SourceKind)
def test_what_a_kind_needs_is_what_settings_ask_for_and_what_its_source_is_made_of(
    kind: SourceKind, client: PoliteClient
) -> None:
    said = {name: NEEDED[name] for name in kind.needs}
    settings = SourceSettings.model_validate({"kind": kind.value, **said})
    assert settings.kind is kind
    source = build(settings.kind, SourceOptions(**said), client=client, calendar=AnnouncementCalendar())
    assert source.kind == kind
    for name in kind.needs:
        with pytest.raises(ValidationError, match=f'needs "{name}"'):
            SourceSettings.model_validate({"kind": kind.value} | {key: said[key] for key in kind.needs if key != name})


def test_settings_know_the_kinds_of_the_table_alone() -> None:
    assert SourceSettings.model_fields["kind"].annotation is SourceKind
