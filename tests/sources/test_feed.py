"""Any feed: RSS, Atom, RDF and JSON Feed of journals and blogs, and the ids by which their items meet their twins."""

from __future__ import annotations

import json
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.notation import Secrets, feed_name
from newsletter.domain.papers import ListingStatus
from newsletter.errors import SourceMalformed
from newsletter.sources._feed_items import _by_feedparser, xml_items
from newsletter.sources.feed import AnyFeed, parse
from newsletter.sources.http import PoliteClient
from tests.sources.conftest import MakeClient
from tests.support.http_server import Reply, Request, serving
from tests.support.shared import DATA, needs_shared

DAY = date(2026, 6, 2)

RSS = b"""<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"><channel><title>Lab</title>
<item><title>A &lt;b&gt;bold&lt;/b&gt; claim &amp;amp; more</title><link>https://lab.example/posts/1</link>
<description>&lt;p&gt;One&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;
&lt;p&gt;two &amp;lt;think&amp;gt;&lt;/p&gt;</description>
<dc:creator>Ada</dc:creator><category>nlp</category><pubDate>Tue, 02 Jun 2026 23:30:00 -0500</pubDate></item>
<item><title>In a journal</title><link>https://journal.example/x</link><guid>https://doi.org/10.1000/ABC.1</guid></item>
<item><title>On arXiv</title><link>https://arxiv.org/abs/2606.00012v2</link></item>
<item><link>https://lab.example/untitled</link></item>
</channel></rss>"""

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title><entry><id>tag:blog.example,2026:1</id>
<title>Post</title><link rel="alternate" href="https://blog.example/1"/><published>2026-06-01T08:00:00Z</published>
<author><name>Ada</name></author><author><name>Alan</name></author>
<content type="html">&lt;p&gt;Text&lt;/p&gt;</content>
</entry></feed>"""

RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://old.example/"><title>Old</title></channel>
<item rdf:about="https://old.example/1"><title>Item</title><link>https://old.example/1</link>
<dc:date>2026-06-02</dc:date></item></rdf:RDF>"""

JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "items": [
            {
                "id": "1",
                "url": "https://json.example/1",
                "title": "Post",
                "content_html": "<p>Text</p>",
                "date_published": "2026-06-02T10:00:00Z",
                "authors": [{"name": "Ada"}],
                "tags": ["x"],
            },
            {"id": 7},
            "odd",
        ],
    }
).encode()


def test_rss_items_become_papers_known_by_arxiv_id_doi_or_address() -> None:
    read = parse(RSS, feed="lab.example", day=DAY)
    first, second, third = read.announcements
    assert [a.paper_id for a in read.announcements] == [
        "url:https://lab.example/posts/1", "doi:10.1000/abc.1", "arxiv:2606.00012",
    ]  # fmt: skip
    assert len(read.problems) == 1
    assert first.paper.title == "A bold claim & more"
    assert first.paper.abstract == "One two <think>"
    assert (first.paper.authors[0].name, first.paper.categories) == ("Ada", ("nlp",))
    assert second.paper.doi == "10.1000/abc.1"
    assert second.day == DAY
    assert third.paper.version == 2


@pytest.mark.parametrize(
    ("body", "paper_id", "day", "authors"),
    [
        (ATOM, "url:https://blog.example/1", date(2026, 6, 1), ["Ada", "Alan"]),
        (RDF, "url:https://old.example/1", DAY, []),
        (JSON, "url:https://json.example/1", DAY, ["Ada"]),
    ],
)
def test_the_other_formats_are_read_as_well(body: bytes, paper_id: str, day: date, authors: list[str]) -> None:
    (announcement,) = parse(body, feed="f", day=DAY).announcements
    assert (announcement.paper_id, announcement.day) == (paper_id, day)
    assert [author.name for author in announcement.paper.authors] == authors


@pytest.mark.parametrize("piece", [b"<script>", b"<", b"<a ", b"<!--", b"&amp;", b"<style></script>"])
def test_no_markup_costs_more_than_its_length(piece: bytes) -> None:
    text = (piece * 30_000).replace(b"<", b"&lt;")
    begun = time.process_time()
    parse(RSS.replace(b"In a journal", b"J</title><description>" + text + b"</description><title>"), feed="f", day=DAY)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("body", [RSS, ATOM, RDF])
def test_the_strict_reader_and_the_forgiving_one_tell_the_same(body: bytes) -> None:
    strict, forgiving = xml_items(body), _by_feedparser(body)
    for name in ("link", "title", "published"):
        assert [getattr(item, name) for item in strict] == [getattr(item, name) for item in forgiving]


def test_an_undeclared_entity_does_not_cost_the_feed() -> None:
    assert len(parse(RSS.replace(b"In a journal", b"In a&nbsp;journal"), feed="f", day=DAY).announcements) == 3


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>no</body></html>",
        b"plain text",
        b"/etc/hostname",
        b"{}",
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [',
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "yyyy">]><rss version="2.0"/>',
        RSS[:-40],
    ],
)
def test_what_is_no_feed_or_is_cut_off_is_refused(body: bytes) -> None:
    with pytest.raises(SourceMalformed):
        parse(body, feed="f", day=DAY)


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_bytes_make_it_raise_anything_else(body: bytes) -> None:
    for form in (body, RSS.replace(b"In a journal", body), JSON.replace(b"Post", body)):
        try:
            parse(form, feed="f", day=DAY)
        except SourceMalformed:
            continue


@pytest.mark.parametrize(("day", "status"), [(date(2026, 6, 1), "fresh"), (DAY, "none expected")])
async def test_silence_of_a_feed_is_no_fault(client: PoliteClient, day: date, status: str) -> None:
    with serving({"/feed": ATOM}) as server:
        source = AnyFeed(client, url=f"{server.url}/feed?x=1")
        (result,) = [result async for result in source.collect(day, source.feeds)]
    assert source.feeds == (feed_name("http://127.0.0.1/feed"),)
    assert result.listing.status is ListingStatus(status)
    assert len(result.announcements) == 1


@pytest.mark.parametrize("status", [404, 429, 500, 503])
@pytest.mark.parametrize("keep", [0, 2], ids=["whole", "cut"])
async def test_a_token_in_the_address_is_shown_nowhere(make_client: MakeClient, status: int, keep: int) -> None:
    """The server says it again in every text that it can."""

    def answer(request: Request) -> Reply:
        told = f"{request.path} {' '.join(request.query.values())}".encode()
        return Reply(told, status, {"Location": told.decode(), "Retry-After": told.decode()}, cut_after=keep or None)

    with serving(answer) as server:
        source = AnyFeed(make_client(), url=f"{server.url}/s3cret-path/feed?token=s3cret-query")
        (result,) = [result async for result in source.collect(DAY, source.feeds)]
    assert result.listing.status is ListingStatus.FAILED
    assert server.url in result.listing.note
    assert "s3cret" not in f"{source!r} {source.feeds} {result}"


def test_a_feed_keeps_its_name_when_its_token_changes() -> None:
    assert feed_name("https://u:p@lab.example/a/feed/?token=one") == feed_name("http://lab.example/a/feed?token=two")
    assert feed_name("https://lab.example/a/feed") == "lab.example-b7f33b23"
    assert feed_name("https://lab.example/?token=one") == "lab.example"


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://lab.example/post/1", "https://lab.example/post/1"),
        ("https://lab.example/post/1?id=3&token=abcd1234", "https://lab.example/post/1?id=3"),
        ("https://lab.example/post/1?token=abcd1234#top", "https://lab.example/post/1#top"),
        ("https://lab.example/post/1?lang=en", "https://lab.example/post/1?lang=en"),
        ("https://lab.example/feeds/post/1?", "https://lab.example/feeds/post/1?"),
        ("https://lab.example/k9f83hf8s7d6f5g4/post/1", ""),
        ("https://lab.example/post/1?next=%2Fk9f83hf8s7d6f5g4%2F", ""),
    ],
)
def test_a_link_tells_nothing_of_the_feeds_address(link: str, shown: str) -> None:
    secrets = Secrets("https://lab.example/feeds/k9f83hf8s7d6f5g4/rss?token=abcd1234&lang=en")
    assert secrets.strip(link) == shown


@needs_shared
def test_the_recorded_feeds_can_be_read_as_any_feed_too() -> None:
    for path in (DATA / "arxiv_rss").glob("*.xml"):
        body = path.read_bytes()
        read = parse(body, feed="f", day=DAY)
        assert len(read.announcements) == body.count(b"<item>") + body.count(b"<item ") + body.count(b"<entry>")
        assert all(a.paper_id.startswith("arxiv:") for a in read.announcements)
