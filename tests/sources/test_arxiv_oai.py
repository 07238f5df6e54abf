"""OAI-PMH: three formats, resumption tokens, and which day a changed record belongs to."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.papers import AnnounceType, Author, Collected, ListingStatus
from newsletter.errors import SourceMalformed
from newsletter.sources.arxiv_oai import ArxivOai, parse, set_of
from newsletter.sources.http import PoliteClient
from tests.support.http_server import Reply, Request, serving
from tests.support.shared import DATA, needs_shared

FRIDAY = date(2026, 9, 25)
NOW = datetime(2026, 9, 25, 12, tzinfo=UTC)


def record(number: str = "2609.27532", *versions: str, categories: str = "cs.LG cs.CL", changed: date = FRIDAY) -> str:
    stamps = "".join(
        f'<version version="v{n}"><date>{stamp}</date></version>' for n, stamp in enumerate(versions, start=1)
    )
    return f"""<record><header><identifier>oai:arXiv.org:{number}</identifier><datestamp>{changed}</datestamp></header>
<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{number}</id>{stamps}<title>T {number}</title>
<authors>Ada Lovelace and Alan Turing</authors><categories>{categories}</categories><comments>c</comments>
<license>http://creativecommons.org/licenses/by/4.0/</license><abstract>A.</abstract></arXivRaw></metadata></record>"""


def answer(*records: str, token: str | None = None, error: str = "") -> bytes:
    more = f'<resumptionToken cursor="0" completeListSize="4">{token}</resumptionToken>' if token is not None else ""
    inner = error or f"<ListRecords>{''.join(records)}{more}</ListRecords>"
    return f"""<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2026-09-25T12:00:00Z</responseDate><request verb="ListRecords"/>{inner}</OAI-PMH>""".encode()


THURSDAY_MORNING = "Thu, 24 Sep 2026 05:29:13 GMT"
LAST_YEAR = "Wed, 24 Sep 2025 05:29:13 GMT"


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("cs.CL", "cs:cs:CL"),
        ("stat.ML", "stat:stat:ML"),
        ("hep-ex", "physics:hep-ex"),
        ("cond-mat.str-el", "physics:cond-mat:str-el"),
        ("physics.optics", "physics:physics:optics"),
        ("cs", "cs"),
        ("cs:cs:LG", "cs:cs:LG"),
    ],
)
def test_a_category_names_its_set(category: str, name: str) -> None:
    assert set_of(category) == name


def test_a_record_becomes_a_paper_with_its_versions() -> None:
    page = parse(answer(record("hep-th/9901001", LAST_YEAR, THURSDAY_MORNING), token=" tok "))
    (read,) = page.records
    assert (page.token, page.total) == ("tok", 4)
    assert (read.paper.id, read.paper.version, read.changed) == ("arxiv:hep-th/9901001", 2, FRIDAY)
    assert read.paper.authors == (Author("Ada Lovelace"), Author("Alan Turing"))
    assert read.paper.submitted == datetime(2025, 9, 24, 5, 29, 13, tzinfo=UTC)


def test_an_empty_token_ends_the_list() -> None:
    assert parse(answer(record(), token="")).token == ""


def test_no_records_is_an_empty_page_and_other_errors_say_what_is_wrong() -> None:
    assert parse(answer(error='<error code="noRecordsMatch">none</error>')).records == ()
    with pytest.raises(SourceMalformed, match=r"badResumptionToken: expired"):
        parse(answer(error='<error code="badResumptionToken">expired</error>'))


def test_deleted_records_are_counted_and_bad_ones_named() -> None:
    deleted = '<record><header status="deleted"><identifier>x</identifier></header></record>'
    page = parse(answer(record(), deleted, record("nonsense")))
    assert (len(page.records), page.deleted, len(page.problems)) == (1, 1, 1)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise_anything_else(body: bytes) -> None:
    for form in (body, answer("<record>X</record>").replace(b"X", body)):
        try:
            parse(form)
        except SourceMalformed:
            continue


async def collect(client: PoliteClient, url: str, day: date = FRIDAY, now: datetime = NOW) -> Collected:
    source = ArxivOai(client, sets=["cs.LG"], base_url=url, now=lambda: now)
    (result,) = [result async for result in source.collect(day, source.feeds)]
    return result


async def test_a_day_keeps_what_was_announced_on_it_and_leaves_old_papers(client: PoliteClient) -> None:
    records = [
        record("2609.00001", THURSDAY_MORNING),
        record("2609.00002", THURSDAY_MORNING, categories="cs.CL cs.LG"),
        record("2509.00003", LAST_YEAR, THURSDAY_MORNING),
        record("2509.00004", LAST_YEAR),  # only its journal reference changed
        record("2609.00005", "Mon, 21 Sep 2026 05:00:00 GMT"),  # held back by moderators
    ]
    with serving({"/oai": answer(*records)}) as server:
        result = await collect(client, server.url)
    assert {a.paper_id[6:]: a.kind for a in result.announcements} == {
        "2609.00001": AnnounceType.NEW,
        "2609.00002": AnnounceType.CROSS,
        "2509.00003": AnnounceType.REPLACE,
        "2609.00005": AnnounceType.NEW,
    }
    query = server.requests[0].query
    assert (query["set"], query["from"], query["metadataPrefix"]) == ("cs:cs:LG", "2026-09-25", "arXivRaw")
    assert result.listing.status is ListingStatus.FRESH


async def test_tokens_are_followed_and_a_stopped_list_goes_on_from_the_cache(client: PoliteClient) -> None:
    broken = [True]

    def serve(request: Request) -> Reply:
        match request.query.get("resumptionToken"):
            case None:
                return Reply(answer(record("2609.00001", THURSDAY_MORNING), token="two"))
            case "two":
                return Reply(answer(record("2609.00002", THURSDAY_MORNING), token="three"))
            case _:
                return Reply(b"", 404) if broken[0] else Reply(answer(record("2609.00003", THURSDAY_MORNING), token=""))

    with serving(serve) as server:
        first = await collect(client, server.url)
        assert first.listing.status is ListingStatus.FAILED
        broken[0] = False
        second = await collect(client, server.url)
    assert len(second.announcements) == 3
    assert [r.query.get("resumptionToken", "") for r in server.requests] == ["", "two", "three", "", "three"]


async def test_flow_control_by_503_is_waited_for(client: PoliteClient, waits: list[float]) -> None:
    told = [Reply(b"", 503, {"Retry-After": "7"})]

    def serve(_: Request) -> Reply:
        return told.pop() if told else Reply(answer(record("2609.00001", THURSDAY_MORNING)))

    with serving(serve) as server:
        result = await collect(client, server.url)
    assert result.listing.status is ListingStatus.FRESH
    assert 7 <= waits[0] < 8.5


async def test_weekends_ask_nobody(client: PoliteClient) -> None:
    with serving({}) as server:
        result = await collect(client, server.url, date(2026, 9, 26))
    assert result.listing.status is ListingStatus.NONE_EXPECTED
    assert server.requests == []


@needs_shared
@pytest.mark.parametrize("path", sorted((DATA / "arxiv_oai").glob("*")) if DATA.is_dir() else [], ids=lambda p: p.name)
def test_every_recorded_page_is_read_in_full(path: Path) -> None:
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    page = parse(body)
    assert page.problems == ()
    assert len(page.records) == body.count(b"<record>")
    assert all(record.paper.title and record.paper.abstract and record.paper.authors for record in page.records)
    assert bool(page.token) == (b"</resumptionToken>" in body)
