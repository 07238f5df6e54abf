"""arXiv's announcements: three formats, every recorded feed, and feeds that are none."""

from __future__ import annotations

import lzma
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.issues import AnnouncementCalendar
from newsletter.domain.papers import AnnounceType, Author, Collected, ListingStatus
from newsletter.errors import SourceMalformed
from newsletter.sources.arxiv_rss import ArxivRss, parse
from newsletter.sources.http import PoliteClient
from tests.support.http_server import Reply, Request, serving
from tests.support.shared import DATA, needs_shared

TUESDAY = date(2026, 6, 2)


def rss(*items: str, day: str = "Tue, 02 Jun 2026 00:00:00 -0400", title: str = "cs.CL updates on arXiv.org") -> bytes:
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">
<channel><title>{title}</title><link>http://rss.arxiv.org/rss/cs.CL</link><description>said more</description>
<lastBuildDate>Tue, 02 Jun 2026 04:00:05 +0000</lastBuildDate><pubDate>{day}</pubDate>{"".join(items)}</channel>
</rss>""".encode()


def item(number: str = "2606.00012v1", kind: str = "new", title: str = "A title", **extra: str) -> str:
    more = "".join(f"<{name.replace('__', ':')}>{value}</{name.replace('__', ':')}>" for name, value in extra.items())
    return f"""<item><title>{title}</title><link>https://arxiv.org/abs/{number[:10]}</link>
<description>arXiv:{number} Announce Type: {kind}
Abstract: An abstract with $x^2$ and 5\\%.</description><guid isPermaLink="false">oai:arXiv.org:{number}</guid>
<category>cs.CL</category><category>cs.AI</category><pubDate>Tue, 02 Jun 2026 00:00:00 -0400</pubDate>
<arxiv:announce_type>{kind}</arxiv:announce_type>{more}</item>"""


def test_an_item_becomes_an_announcement() -> None:
    feed = parse(
        rss(
            item(
                dc__creator="Ada Lovelace (Analytical Engines, London), DataFlow Team",
                dc__rights="http://creativecommons.org/licenses/by/4.0/",
                arxiv__DOI="10.1000/182",
                arxiv__journal_reference="J. Ex. 1 (2026)",
            )
        ),
        feed="cs.CL",
    )
    (announcement,) = feed.announcements
    paper = announcement.paper
    assert (announcement.source, announcement.feed, announcement.day) == ("arxiv-rss", "cs.CL", TUESDAY)
    assert announcement.kind is AnnounceType.NEW
    assert (paper.id, paper.version, paper.title) == ("arxiv:2606.00012", 1, "A title")
    assert paper.abstract == "An abstract with $x^2$ and 5%."
    assert paper.raw_abstract.startswith("arXiv:2606.00012v1 Announce Type: new")
    assert paper.authors == (Author("Ada Lovelace", "Analytical Engines, London"), Author("DataFlow Team"))
    assert paper.categories == ("cs.CL", "cs.AI")
    assert paper.links["abs"] == "https://arxiv.org/abs/2606.00012"
    assert (paper.doi, paper.journal_ref) == ("10.1000/182", "J. Ex. 1 (2026)")
    assert paper.license == "http://creativecommons.org/licenses/by/4.0/"


def test_a_bad_item_is_reported_and_the_others_go_on() -> None:
    feed = parse(rss(item(), item("2613.99999v1"), item("2606.00014v2", "replace"), item(title="")), feed="cs.CL")
    assert [a.paper_id for a in feed.announcements] == ["arxiv:2606.00012", "arxiv:2606.00014"]
    assert len(feed.problems) == 2
    assert feed.items == 4


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><head><title>Down for maintenance</title>", "HTML page.*maintenance"),
        (b"\n<html lang=en><title>x</title></html>", "HTML"),
        (rss(item())[:-40], "cut off"),
        (rss(item()).replace(b"A title", b"caf\xe9"), "not well-formed"),
        (b"Rate exceeded.", "not well-formed"),
        (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa">]><rss version="2.0"><channel/></rss>', "document type"),
        (b"<rss version='2.0'></rss>", "channel"),
        (b"<opml version='1.0'/>", "expected a feed"),
        (rss(title="Feed error for query: cs.XX"), "knows no feed 'cs.XX'.*said more"),
    ],
)
def test_what_is_no_feed_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(SourceMalformed, match=reason):
        parse(body, feed="cs.XX")


def test_a_control_character_does_not_cost_the_feed() -> None:
    for title in ("A\x0btitle", "A&#11;title", "A&#x1F;title"):
        assert parse(rss(item(title=title)), feed="cs.CL").announcements[0].paper.title == "Atitle"


@given(st.binary(max_size=400) | st.text(max_size=300).map(str.encode))
def test_no_bytes_make_it_raise_anything_else(body: bytes) -> None:
    for form in (body, rss().replace(b"</channel>", b"<item><guid>" + body + b"</guid></item></channel>")):
        try:
            parse(form, feed="cs.CL")
        except SourceMalformed:
            continue


# --- over HTTP -------------------------------------------------------------------------------------------------------


async def collect(
    client: PoliteClient, url: str, day: date = TUESDAY, categories: tuple[str, ...] = ("cs.CL",)
) -> list[Collected]:
    now = datetime(2026, 6, 2, 12, tzinfo=UTC)
    source = ArxivRss(client, categories=categories, base_url=url, calendar=AnnouncementCalendar(), now=lambda: now)
    return [result async for result in source.collect(day, source.feeds)]


async def test_a_category_is_asked_for_by_itself_under_its_name(client: PoliteClient) -> None:
    with serving({"/rss/cs.CL": rss(item()), "/rss/cs.AI": rss(item(kind="cross"))}) as server:
        results = await collect(client, server.url, categories=("cs.CL", "cs.AI"))
    assert server.paths == ["/rss/cs.CL", "/rss/cs.AI"]
    assert [r.listing.status for r in results] == [ListingStatus.FRESH, ListingStatus.FRESH]
    assert [r.announcements[0].kind for r in results] == [AnnounceType.NEW, AnnounceType.CROSS]


@pytest.mark.parametrize(
    ("body", "day", "status", "note"),
    [
        (rss(item()), TUESDAY, ListingStatus.FRESH, ""),
        (rss(item()), date(2026, 6, 3), ListingStatus.STALE, "still shows 2026-06-02"),
        (rss(item()), date(2026, 6, 1), ListingStatus.FAILED, "moved on to 2026-06-02"),
        (rss(item()), date(2026, 6, 6), ListingStatus.NONE_EXPECTED, "it is Saturday"),
        (rss(), date(2026, 6, 7), ListingStatus.NONE_EXPECTED, "it is Sunday"),
        (rss(), TUESDAY, ListingStatus.STALE, "empty on a working day"),
        (b"<html>", TUESDAY, ListingStatus.FAILED, "HTML"),
        (rss(*["<item><title>T</title></item>"] * 183), TUESDAY, ListingStatus.FAILED, "none of its 183 items"),
        (rss(item(), *["<item/>"] * 2), TUESDAY, ListingStatus.FAILED, "only 1 of its 3 items could be read"),
        (rss(item(), "<item/>"), TUESDAY, ListingStatus.FRESH, "1 could not be read"),
        (rss(title="Feed error for query: cs.CL"), TUESDAY, ListingStatus.FAILED, "knows no feed"),
    ],
)
async def test_every_feed_ends_with_a_status_and_the_reason(
    client: PoliteClient, body: bytes, day: date, status: ListingStatus, note: str
) -> None:
    with serving({"/rss/cs.CL": body}) as server:
        (result,) = await collect(client, server.url, day)
    assert result.listing.status is status
    assert note in result.listing.note


async def test_a_feed_that_is_missing_fails_and_the_next_is_read(client: PoliteClient) -> None:
    with serving({"/rss/cs.AI": rss(item())}) as server:
        results = await collect(client, server.url, categories=("cs.CL", "cs.AI"))
    assert [r.listing.status for r in results] == [ListingStatus.FAILED, ListingStatus.FRESH]
    assert "404" in results[0].listing.note


async def test_what_a_stale_feed_shows_is_kept_as_of_its_own_day(client: PoliteClient) -> None:
    with serving({"/rss/cs.CL": rss(item())}) as server:
        (result,) = await collect(client, server.url, date(2026, 6, 3))
    assert [a.day for a in result.announcements] == [TUESDAY]


async def test_the_client_says_who_it_is_and_what_it_wants(client: PoliteClient) -> None:
    def answer(request: Request) -> Reply:
        assert "test@example.org" in request.headers["user-agent"]
        return Reply(rss(item())) if "rss" in request.headers["accept"] else Reply(b"", 406)

    with serving(answer) as server:
        (result,) = await collect(client, server.url)
    assert result.listing.status is ListingStatus.FRESH


# --- recorded --------------------------------------------------------------------------------------------------------


def recorded(path: Path) -> bytes:
    return lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()


@needs_shared
@pytest.mark.parametrize("path", sorted((DATA / "arxiv_rss").glob("*")) if DATA.is_dir() else [], ids=lambda p: p.name)
def test_every_recorded_feed_is_read_in_full(path: Path) -> None:
    body = recorded(path)
    feed = parse(body, feed="cs.CL")
    held = body.count(b"<item>") + body.count(b"<item ") + body.count(b"<entry>")
    assert feed.problems == ()
    assert len(feed.announcements) == held
    kinds = Counter(announcement.kind.value for announcement in feed.announcements)
    for kind in ("new", "cross", "replace", "replace-cross"):
        tagged = body.count(f"<arxiv:announce_type>{kind}<".encode())
        assert not tagged or kinds[kind] == tagged
    for announcement in feed.announcements:
        paper = announcement.paper
        assert paper.version
        assert paper.abstract
        assert paper.authors
        assert "Announce Type" not in paper.abstract
        assert "(arXiv:" not in paper.title


@needs_shared
def test_the_old_rdf_feed_tells_new_cross_and_replaced_by_its_titles() -> None:
    feed = parse(recorded(DATA / "arxiv_rss" / "OLD_rdf_hep-ex_2018-05-23.rdf.xml"), feed="hep-ex")
    assert feed.day == date(2018, 5, 24)
    assert [(a.kind.value, a.paper.version) for a in feed.announcements] == [("new", 1), ("cross", 1), ("replace", 2)]
    first = feed.announcements[0].paper
    assert first.title == "Measurement of Transverse Single Spin Asymmetries"
    assert first.raw_title.endswith("(arXiv:1805.08875v1 [hep-ex])")
    assert first.authors == (Author("Christopher Dilks", "STAR Collaboration"),)
    assert "2.6<\\eta<4" in first.abstract
