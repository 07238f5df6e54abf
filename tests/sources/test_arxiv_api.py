"""arXiv's search: every recorded answer, paging, the window of a day, and refusals."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.papers import AnnounceType, Author, Collected, ListingStatus
from newsletter.errors import SourceMalformed
from newsletter.sources.arxiv_api import ArxivApi, parse
from newsletter.sources.http import PoliteClient
from tests.support.http_server import Reply, Request, serving
from tests.support.shared import DATA, needs_shared

TUESDAY = date(2026, 6, 2)
NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)
LATER = datetime(2026, 7, 1, tzinfo=UTC)


def entry(number: int, category: str = "cs.CL") -> str:
    return f"""<entry><id>http://arxiv.org/abs/2606.{number:05}v1</id><title>Paper {number}</title>
<published>2026-06-01T10:00:00Z</published><summary>About $x$.</summary>
<author><name>Ada Lovelace</name><arxiv:affiliation>London</arxiv:affiliation></author>
<category term="cs.AI"/><category term="{category}"/><arxiv:primary_category term="{category}"/>
<arxiv:comment>9 pages</arxiv:comment></entry>"""


def answer(*entries: str, total: int | None = None, start: int = 0) -> bytes:
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom"
 xmlns="http://www.w3.org/2005/Atom"><title>arXiv Query</title>
<opensearch:totalResults>{len(entries) if total is None else total}</opensearch:totalResults>
<opensearch:startIndex>{start}</opensearch:startIndex>{"".join(entries)}</feed>""".encode()


ERROR = answer(
    "<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title>"
    "<summary>incorrect id format for abc</summary></entry>"
)


async def collect(source: ArxivApi, day: date = TUESDAY) -> list[Collected]:
    return [result async for result in source.collect(day, source.feeds)]


def test_an_entry_becomes_a_paper() -> None:
    page = parse(answer(entry(7), total=4711, start=20))
    (paper,) = page.papers
    assert (page.total, page.start) == (4711, 20)
    assert (paper.id, paper.version, paper.comment) == ("arxiv:2606.00007", 1, "9 pages")
    assert paper.authors == (Author("Ada Lovelace", "London"),)
    assert paper.categories == ("cs.CL", "cs.AI")
    assert paper.links["pdf"] == "https://arxiv.org/pdf/2606.00007"
    assert paper.submitted == datetime(2026, 6, 1, 10, tzinfo=UTC)


def test_the_error_feed_is_recognised() -> None:
    with pytest.raises(SourceMalformed, match="incorrect id format"):
        parse(ERROR)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise_anything_else(body: bytes) -> None:
    for form in (body, answer().replace(b"</feed>", b"<entry><id>" + body + b"</id></entry></feed>")):
        try:
            parse(form)
        except SourceMalformed:
            continue


async def test_slices_are_read_to_the_end(client: PoliteClient) -> None:
    def serve(request: Request) -> Reply:
        start, size = int(request.query["start"]), int(request.query["max_results"])
        return Reply(answer(*(entry(n) for n in range(start, min(start + size, 25))), total=25, start=start))

    with serving(serve) as server:
        source = ArxivApi(client, query="all:electron", base_url=server.url, size=10, now=lambda: NOW)
        (result,) = await collect(source)
    assert (result.listing.status, result.listing.announced, result.listing.collected) == (ListingStatus.FRESH, 25, 25)
    search = server.requests[0].query["search_query"]
    assert search == "(all:electron) AND submittedDate:[202605291800 TO 202606011759]"
    assert [request.query["start"] for request in server.requests] == ["0", "10", "20"]


async def test_a_past_day_that_was_stopped_goes_on_from_the_cache(client: PoliteClient) -> None:
    broken = [True]

    def serve(request: Request) -> Reply:
        start = int(request.query["start"])
        if start and broken[0]:
            return Reply(b"", 404)
        return Reply(answer(*(entry(n) for n in range(start, start + 10)), total=20, start=start))

    with serving(serve) as server:
        source = ArxivApi(client, categories=["cs.CL"], base_url=server.url, size=10, now=lambda: LATER)
        (first,) = await collect(source)
        assert first.listing.status is ListingStatus.FAILED
        broken[0] = False
        (second,) = await collect(source)
    assert second.listing.collected == 20
    assert [request.query["start"] for request in server.requests] == ["0", "10", "10"]


async def test_a_category_tells_new_from_cross(client: PoliteClient) -> None:
    with serving({"/api/query": answer(entry(1), entry(2, "stat.ML"))}) as server:
        source = ArxivApi(client, categories=["cs.CL"], base_url=server.url, now=lambda: NOW)
        (result,) = await collect(source)
    assert [a.kind for a in result.announcements] == [AnnounceType.NEW, AnnounceType.CROSS]
    assert server.requests[0].query["search_query"].startswith("cat:cs.CL AND submittedDate:")


@pytest.mark.parametrize(
    ("reply", "day", "now", "status", "note"),
    [
        (Reply(answer()), TUESDAY, NOW, ListingStatus.STALE, "lags"),
        (Reply(answer()), TUESDAY, LATER, ListingStatus.FRESH, "nothing of this day fits"),
        (Reply(answer(entry(1), total=9)), TUESDAY, NOW, ListingStatus.STALE, "found 9 and told only 1"),
        (Reply(answer()), date(2026, 6, 7), NOW, ListingStatus.NONE_EXPECTED, "Sunday"),
        (Reply(ERROR, 400), TUESDAY, NOW, ListingStatus.FAILED, "refuses the query"),
    ],
)
async def test_the_day_ends_with_a_status(
    client: PoliteClient, reply: Reply, day: date, now: datetime, status: ListingStatus, note: str
) -> None:
    told = [reply]

    def serve(_: Request) -> Reply:
        return told.pop() if told else Reply(answer(total=9))

    with serving(serve) as server:
        source = ArxivApi(client, query="q", base_url=server.url, now=lambda: now)
        (result,) = await collect(source, day)
    assert result.listing.status is status
    assert note in result.listing.note


MANIFEST = DATA / "arxiv_api" / "manifest.json"
RECORDED = json.loads(MANIFEST.read_text()) if MANIFEST.is_file() else []


@needs_shared
@pytest.mark.parametrize("entry", RECORDED, ids=lambda entry: entry["file"])
def test_every_recorded_answer_is_read_as_its_manifest_says(entry: dict[str, object]) -> None:
    body = (Path(DATA) / "arxiv_api" / str(entry["file"])).read_bytes()
    if entry["status"] == 400:
        with pytest.raises(SourceMalformed, match="incorrect id format"):
            parse(body)
        return
    page = parse(body)
    assert page.problems == ()
    assert (len(page.papers), page.total) == (entry["entries"], entry["totalResults"])
    assert all(paper.version and paper.abstract and paper.authors and paper.submitted for paper in page.papers)


@needs_shared
def test_six_slices_of_one_search_name_sixty_different_papers() -> None:
    ids = [
        paper.id
        for start in range(0, 60, 10)
        for paper in parse((DATA / "arxiv_api" / f"arxivpy_q_testing_s{start}_m10.xml").read_bytes()).papers
    ]
    assert len(ids) == len(set(ids)) == 60
