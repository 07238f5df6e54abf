"""The private feed over HTTP: what a reader's feed reader gets, and what nobody else does."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest
from lxml import html

from newsletter.domain.delivery import feed_token
from newsletter.domain.issues import Edition, Issue, IssueKey, IssueState, IssueStatus
from newsletter.domain.ports import Clock
from newsletter.domain.subscribers import Origin, Subscriber, SubscriptionState
from newsletter.services.housekeeping import FeedReadings
from newsletter.services.subscriber_feeds import SubscriberFeed, SubscriberFeeds
from newsletter.store import SqlStore
from newsletter.web.readers.own_documents import OwnDocument, OwnDocuments
from newsletter.web.serving.lanes import Lane
from tests.support.mails import SECRET, make_site
from tests.support.samples import make_issue, make_notice
from tests.support.web import make_app, make_feeds, running
from tests.web.conftest import EMAIL, about, change, publish, token_of

BO = "bo@example.org"
MONDAY, TUESDAY = date(2026, 6, 1), date(2026, 6, 2)


@pytest.fixture
def issues(store: SqlStore) -> list[Issue]:
    """Two published issues, and a second subscriber with other interests."""
    store.subscribers.upsert([Subscriber(email=BO, interests=("zebrafish",))])
    older = make_issue([about(1, "retrieval"), about(2, "zebrafish")], day=MONDAY)
    newer = make_issue([about(3, "zebrafish"), about(4, "retrieval"), about(5, "a survey of retrieval")], day=TUESDAY)
    return [publish(store, older), publish(store, newer)]


@pytest.fixture
def feed(store: SqlStore, issues: list[Issue]) -> str:
    """The path of Ada's feed, without the suffix; issues are out."""
    assert issues
    return f"/feed/{token_of(store, 'feed')}"


def titles(answer: httpx.Response) -> list[str]:
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo, parsed.bozo_exception
    return [entry.title for entry in parsed.entries]


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_two_readers_get_what_each_is_interested_in(
    client: httpx.Client, store: SqlStore, feed: str, form: str
) -> None:
    assert titles(client.get(f"{feed}.{form}")) == ["Paper 4 on retrieval", "Paper 1 on retrieval"]
    bo = f"/feed/{token_of(store, 'feed', BO)}.{form}"
    assert titles(client.get(bo)) == ["Paper 3 on zebrafish", "Paper 2 on zebrafish"]


def test_the_json_feed_has_the_same_papers(client: httpx.Client, feed: str) -> None:
    answer = client.get(f"{feed}.json")
    assert answer.headers["content-type"] == "application/feed+json"
    assert [item["title"] for item in answer.json()["items"]] == ["Paper 4 on retrieval", "Paper 1 on retrieval"]


def test_an_entry_is_that_of_the_feed_for_everybody(client: httpx.Client, feed: str, issues: list[Issue]) -> None:
    newest = issues[-1]
    assert newest.frozen_at is not None
    status = IssueStatus(newest.key, 1, IssueState.PUBLISHED, newest.hash, 3, newest.frozen_at, newest.frozen_at)
    site = make_site(title="The Daily Sample", base_url="", identity="0123")
    files = {file.path: file.content for file in site.render(newest, issues[::-1], [status])}
    public = {entry.id: entry for entry in feedparser.parse(files["feed.atom"]).entries}
    own = feedparser.parse(client.get(f"{feed}.atom").content).entries
    assert own
    for entry in own:
        other = public[entry.id]
        assert (entry.title, entry.link, entry.updated) == (other.title, other.link, other.updated)
        assert entry.content == other.content


def test_the_feed_speaks_the_readers_language(client: httpx.Client, store: SqlStore, feed: str) -> None:
    change(store, language="zh-Hans")
    parsed = feedparser.parse(client.get(f"{feed}.atom").content)
    assert parsed.feed.language == "zh-Hans"
    assert parsed.feed.title == "The Daily Sample：为您挑选的论文"
    assert parsed.entries[0].title.startswith("论文 4")


def test_a_weekly_reader_gets_what_the_weekly_mails_have(client: httpx.Client, store: SqlStore, feed: str) -> None:
    change(store, cadence=Edition.WEEKLY)
    assert titles(client.get(f"{feed}.atom")) == []
    week = make_issue([about(1, "retrieval"), about(4, "retrieval")], key=IssueKey(date(2026, 6, 5), Edition.WEEKLY))
    publish(store, week)
    assert titles(client.get(f"{feed}.atom")) == ["Paper 1 on retrieval", "Paper 4 on retrieval"]


def test_a_ticked_topic_brings_its_papers(client: httpx.Client, store: SqlStore, feed: str) -> None:
    change(store, interests=("topic:fish",))
    assert titles(client.get(f"{feed}.atom")) == ["Paper 3 on zebrafish", "Paper 2 on zebrafish"]


def test_max_papers_holds_for_each_issue(client: httpx.Client, store: SqlStore, feed: str) -> None:
    change(store, interests=(), max_papers=1)
    assert titles(client.get(f"{feed}.atom")) == ["Paper 3 on zebrafish", "Paper 1 on retrieval"]


def test_only_what_is_published_is_shown(client: httpx.Client, store: SqlStore, feed: str) -> None:
    before = titles(client.get(f"{feed}.atom"))
    store.issues.save(make_issue([about(9, "retrieval")], day=date(2026, 6, 3)))
    publish(store, make_notice())
    assert titles(client.get(f"{feed}.atom")) == before


def test_a_feed_without_a_match_is_a_feed(client: httpx.Client, store: SqlStore, feed: str) -> None:
    change(store, interests=("nothing like it",))
    for form in ("atom", "rss"):
        assert titles(client.get(f"{feed}.{form}")) == []


def test_before_the_first_issue_the_feed_is_empty(client: httpx.Client, store: SqlStore) -> None:
    for form in ("atom", "rss"):
        assert titles(client.get(f"/feed/{token_of(store, 'feed')}.{form}")) == []


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("atom", "application/atom+xml; charset=utf-8"),
        ("rss", "application/rss+xml; charset=utf-8"),
        ("json", "application/feed+json"),
    ],
)
def test_the_feed_is_private_and_the_readers_own_copy_may_be_kept(
    client: httpx.Client, feed: str, form: str, media_type: str
) -> None:
    answer = client.get(f"{feed}.{form}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "private, max-age=300"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


def test_nothing_in_the_feed_says_whose_it_is(client: httpx.Client, store: SqlStore, feed: str) -> None:
    change(store, name="Ada Lovelace", interests=("retrieval", "-survey", "-ministry of magic"))
    for form in ("atom", "rss", "json"):
        text = client.get(f"{feed}.{form}").text
        for secret in (EMAIL, "Lovelace", "ministry", token_of(store, "preferences"), token_of(store, "unsubscribe")):
            assert secret not in text


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_a_feed_reader_that_asks_again_gets_304(client: httpx.Client, feed: str, form: str) -> None:
    address = f"{client.base_url}{feed}.{form}".replace("//feed", "/feed")
    first = feedparser.parse(address)
    assert (first.status, len(first.entries), first.bozo) == (200, 2, False)
    again = feedparser.parse(address, etag=first.etag, modified=first.modified)
    assert (again.status, again.entries) == (304, [])


def test_newsboat_finds_nothing_new_the_second_time(client: httpx.Client, feed: str, tmp_path: Path) -> None:
    newsboat = shutil.which("newsboat")
    if newsboat is None:
        pytest.skip("newsboat is not installed")
    (tmp_path / "urls").write_text(f"{client.base_url}{feed}.atom\n".replace("//feed", "/feed"))
    (tmp_path / "config").write_text("")
    where = ["-u", tmp_path / "urls", "-c", tmp_path / "cache.db", "-C", tmp_path / "config"]
    for _ in range(2):
        said = subprocess.check_output([newsboat, *where, "-x", "reload", "print-unread"], text=True)
        assert said.strip() == "2 unread articles"


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_known_copy_is_not_sent_again(client: httpx.Client, feed: str, encoding: str) -> None:
    wants = {"Accept-Encoding": encoding}
    first = client.get(f"{feed}.atom", headers=wants)
    assert ("content-encoding" in first.headers) is (encoding == "gzip")
    again = client.get(f"{feed}.atom", headers=wants | {"If-None-Match": f'W/"x", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    for field in ("etag", "cache-control", "vary"):
        assert again.headers[field] == first.headers[field]


def test_head_has_the_same_fields_and_no_body(client: httpx.Client, feed: str) -> None:
    got, head = client.get(f"{feed}.atom"), client.head(f"{feed}.atom")
    assert head.content == b""
    assert {k: v for k, v in head.headers.items() if k != "date"} == {
        k: v for k, v in got.headers.items() if k != "date"
    }


def test_compressed_or_not_it_is_the_same_feed(client: httpx.Client, feed: str) -> None:
    with client.stream("GET", f"{feed}.atom", headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    plain = client.get(f"{feed}.atom", headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(packed) == plain.content


CHANGES: dict[str, Callable[[SqlStore], object]] = {
    "a new issue": lambda store: publish(store, make_issue([about(9, "retrieval")], day=date(2026, 6, 3))),
    "a correction": lambda store: publish(
        store, replace(make_issue([about(4, "corrected retrieval")], day=TUESDAY), revision=2)
    ),
    "other interests": lambda store: change(store, interests=("zebrafish",)),
    "another limit": lambda store: change(store, max_papers=1, interests=()),
    "another language": lambda store: change(store, language="zh-Hans"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_what_changes_the_feed_changes_its_tag(client: httpx.Client, store: SqlStore, feed: str, kind: str) -> None:
    first = client.get(f"{feed}.atom")
    CHANGES[kind](store)
    second = client.get(f"{feed}.atom", headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 200
    assert second.content != first.content
    assert second.headers["etag"] != first.headers["etag"]


def test_each_format_and_each_reader_has_tags_of_its_own(client: httpx.Client, store: SqlStore, feed: str) -> None:
    bo = f"/feed/{token_of(store, 'feed', BO)}"
    tags = [client.get(f"{path}.{form}").headers["etag"] for path in (feed, bo) for form in ("atom", "rss", "json")]
    assert len(set(tags)) == 6
    assert not any(tag.startswith("W/") for tag in tags)


def test_a_name_that_changes_does_not_change_the_feed(client: httpx.Client, store: SqlStore, feed: str) -> None:
    first = client.get(f"{feed}.atom")
    change(store, name="Ada Lovelace")
    assert client.get(f"{feed}.atom", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_after_a_restart_the_bytes_and_the_tag_are_the_same(
    client: httpx.Client, store: SqlStore, site: Path, feed: str
) -> None:
    first = client.get(f"{feed}.atom")
    with running(make_app(store, site)) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as other:
        second = other.get(f"{feed}.atom")
    assert second.content == first.content
    assert second.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(
    "name",
    [
        "1.AAAAAAAAAAAAAAAAAAAAAA.atom",
        "999999999999999999.AAAAAAAAAAAAAAAAAAAAAA.atom",
        "x.atom",
        ".atom",
        "0" * 3000 + ".rss",
        "%00.atom",
        "%ff%fe.json",
    ],
)
def test_a_forged_address_reveals_nothing(client: httpx.Client, feed: str, name: str) -> None:
    assert client.get(f"{feed}.atom").status_code == 200
    answer = client.get(f"/feed/{name}")
    assert answer.status_code == 404
    assert "@" not in answer.text.replace("help@example.org", "")
    assert answer.text == client.get("/feed/nothing.atom").text
    assert answer.headers["cache-control"] == "no-store"


def test_the_token_of_another_purpose_opens_no_feed(client: httpx.Client, store: SqlStore, feed: str) -> None:
    for purpose in ("preferences", "unsubscribe"):
        assert client.get(f"/feed/{token_of(store, purpose)}.atom").status_code == 404
        assert client.get(f"/{purpose}/{feed.rpartition('/')[2]}").status_code == 404


@pytest.mark.parametrize("form", ["xml", "html", "", "ATOM", "atom.atom"])
def test_other_suffixes_are_no_feeds(client: httpx.Client, feed: str, form: str) -> None:
    assert client.get(f"{feed}.{form}").status_code == 404


def test_a_feed_is_only_read(client: httpx.Client, feed: str) -> None:
    answer = client.post(f"{feed}.atom")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_who_has_left_has_no_feed_any_more(client: httpx.Client, store: SqlStore, feed: str) -> None:
    first = client.get(f"{feed}.atom")
    store.subscribers.set_state(EMAIL, SubscriptionState.UNSUBSCRIBED)
    gone = client.get(f"{feed}.atom", headers={"If-None-Match": first.headers["etag"]})
    assert gone.status_code == 410
    assert gone.headers["cache-control"] == "no-store"
    assert EMAIL not in gone.text
    store.subscribers.set_state(EMAIL, SubscriptionState.CONFIRMED)
    assert client.get(f"{feed}.atom").status_code == 200


def test_who_never_confirmed_has_none(client: httpx.Client, store: SqlStore, feed: str) -> None:
    store.subscribers.set_state(EMAIL, SubscriptionState.UNCONFIRMED)
    assert client.get(f"{feed}.atom").status_code == 404


def test_the_feed_ends_with_the_subscriber(client: httpx.Client, store: SqlStore, feed: str) -> None:
    store.subscribers.remove(EMAIL)
    assert client.get(f"{feed}.atom").status_code == 404


def addresses(answer: httpx.Response) -> list[str]:
    """The feeds that a preferences page offers."""
    return [
        str(href) for href in html.document_fromstring(answer.text).xpath("//section[@aria-labelledby='feed']//a/@href")
    ]


def test_the_preferences_page_leads_to_the_feed(client: httpx.Client, preferences: str, feed: str) -> None:
    found = addresses(client.get(preferences))
    assert found == [f"..{feed}.{form}" for form in ("atom", "rss", "json")]
    assert client.get(httpx.URL(str(client.base_url)).join(preferences).join(found[0])).status_code == 200


def test_a_new_address_ends_the_old_one(client: httpx.Client, store: SqlStore, preferences: str, feed: str) -> None:
    before = feedparser.parse(client.get(f"{feed}.atom").content)
    page = html.document_fromstring(client.get(preferences).text)
    button = page.xpath("//button[@value='renew-feed']")[0]
    answer = client.post(preferences, data={button.get("name"): button.get("value")})
    assert answer.status_code == 200
    assert "new address" in answer.text
    assert client.get(f"{feed}.atom").status_code == 404
    renewed = addresses(answer)[0]
    assert feed not in renewed
    after = feedparser.parse(client.get(renewed.removeprefix("..")).content)
    # a feed reader that follows both knows that they are one
    assert after.feed.id == before.feed.id
    assert [entry.id for entry in after.entries] == [entry.id for entry in before.entries]
    reader = store.subscribers.get(EMAIL)
    assert reader is not None
    assert reader.interests == ("retrieval", "-survey")


def test_who_has_left_is_offered_no_feed(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    store.subscribers.set_state(EMAIL, SubscriptionState.UNSUBSCRIBED)
    assert addresses(client.get(preferences)) == []


def test_the_feed_names_the_address_it_is_fetched_from(store: SqlStore, site: Path, feed: str) -> None:
    app = make_app(store, site, base_url="https://news.example.org/papers")
    with running(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        for form in ("atom", "rss"):
            links = feedparser.parse(client.get(f"{feed}.{form}").content).feed.links
            own = [link.href for link in links if link.rel == "self"]
            assert own == [f"https://news.example.org/papers{feed}.{form}"]


class Counting(SubscriberFeeds):
    """Counts the documents that were made."""

    written = 0

    def write(self, feed: SubscriberFeed) -> bytes:
        self.written += 1
        return super().write(feed)


@pytest.fixture
def counted(store: SqlStore, site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Counting, httpx.Client]]:
    """Feeds that count, and a client of an application over them."""
    monkeypatch.setattr("tests.support.web.SubscriberFeeds", Counting)
    feeds = make_feeds(store)
    assert isinstance(feeds, Counting)
    app = make_app(store, site, feeds=feeds)
    with running(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        yield feeds, client


def test_polling_makes_no_document_again(counted: tuple[Counting, httpx.Client], feed: str) -> None:
    feeds, client = counted
    tag = client.get(f"{feed}.atom").headers["etag"]
    for _ in range(5):
        assert client.get(f"{feed}.atom").status_code == 200
        assert client.get(f"{feed}.atom", headers={"If-None-Match": tag}).status_code == 304
    assert feeds.written == 1


def test_a_copy_from_before_a_restart_is_known_without_making_the_document(
    client: httpx.Client, counted: tuple[Counting, httpx.Client], feed: str
) -> None:
    tag = client.get(f"{feed}.atom").headers["etag"]
    feeds, restarted = counted
    assert restarted.get(f"{feed}.atom", headers={"If-None-Match": tag}).status_code == 304
    assert feeds.written == 0


class Slow(SubscriberFeeds):
    """Makes no document before it is told to, and knows how many were made at once."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.begun, self.go = threading.Event(), threading.Event()
        self.now = self.most = self.written = 0

    def write(self, feed: SubscriberFeed) -> bytes:
        self.now += 1
        self.most, self.written = max(self.most, self.now), self.written + 1
        self.begun.set()
        assert self.go.wait(10)
        self.now -= 1
        return super().write(feed)


@pytest.mark.usefixtures("issues")
def test_a_rush_of_feed_readers_holds_up_nobody_who_unsubscribes(
    store: SqlStore, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = [f"reader{number}@example.org" for number in range(60)]  # more than there are worker threads
    store.subscribers.upsert([Subscriber(email=email, interests=("retrieval",)) for email in readers])
    monkeypatch.setattr("tests.support.web.SubscriberFeeds", Slow)
    feeds = make_feeds(store)
    assert isinstance(feeds, Slow)
    with (
        running(make_app(store, site, feeds=feeds)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60, limits=httpx.Limits()) as client,
        ThreadPoolExecutor(len(readers) * 2) as threads,
    ):
        asked = [
            threads.submit(client.get, f"/feed/{token_of(store, 'feed', email)}.atom")
            for email in readers
            for _ in "ab"
        ]
        try:
            assert feeds.begun.wait(60)
            answer = client.post(f"/unsubscribe/{token_of(store, 'unsubscribe')}", timeout=60)
            assert answer.status_code == 200
        finally:
            feeds.go.set()
        assert {one.result().status_code for one in asked} == {200}
    assert feeds.most == 1
    # who asks twice at once gets the same document
    assert feeds.written == len(readers)


class Stepwise(SubscriberFeeds):
    """Knows whose turn it was, and waits in the first step until it is told to go on."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.begun, self.go = threading.Event(), threading.Event()
        self.turns: list[str] = []

    def prepare(self, feed: SubscriberFeed) -> bool:
        self.turns.append(feed.subscriber.email)
        self.begun.set()
        assert self.go.wait(60)
        return super().prepare(feed)

    def look(self, subscriber: Subscriber, *, address: str, form: str) -> SubscriberFeed:
        found = super().look(subscriber, address=address, form=form)
        self.turns.append(f"asked: {subscriber.email}")
        return found


def test_who_asks_for_much_lets_others_have_their_turn_between_issues(
    store: SqlStore, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of the days before there was a limit: others wait for one step of it, not for all of them."""
    heavy = tuple(f"(word{n} OR data) AND (mod* OR tra*) AND " + " AND ".join("abcdefgh") for n in range(1_000))
    store.subscribers.upsert([Subscriber(email=BO, interests=heavy)])
    for day in range(1, 6):
        publish(store, make_issue([about(day, "retrieval")], day=date(2026, 6, day)))
    monkeypatch.setattr("tests.support.web.SubscriberFeeds", Stepwise)
    feeds = make_feeds(store)
    assert isinstance(feeds, Stepwise)
    with (
        running(make_app(store, site, feeds=feeds)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as client,
        ThreadPoolExecutor(2) as threads,
    ):
        first = threads.submit(client.get, f"/feed/{token_of(store, 'feed', BO)}.atom")
        assert feeds.begun.wait(60)
        second = threads.submit(client.get, f"/feed/{token_of(store, 'feed')}.atom")
        while f"asked: {EMAIL}" not in feeds.turns:
            time.sleep(0.01)
        time.sleep(0.1)  # it has been looked up; a moment more and it stands in the queue
        feeds.go.set()
        assert len(titles(second.result())) == 5
        assert first.result().status_code == 200
    turns = [turn for turn in feeds.turns if not turn.startswith("asked")]
    assert turns.count(BO) >= 5
    assert turns.count(EMAIL) == 1
    assert turns.index(EMAIL) <= 2


class Steps:
    """Documents of as many steps as their names say, and the order in which steps were made."""

    def __init__(self) -> None:
        self.turns: list[str] = []
        self.left: dict[str, int] = {}
        self.loop = asyncio.get_running_loop()
        self.many = asyncio.Event()

    def document(self, name: str, steps: int) -> OwnDocument:
        self.left[name] = steps
        return OwnDocument(
            name, "feed.atom", "text/plain", partial(self.prepare, name), name.encode, is_long=lambda: steps > 2
        )

    def prepare(self, name: str) -> bool:
        self.turns.append(name)
        self.left[name] -= 1
        if len(self.turns) == 20:
            self.loop.call_soon_threadsafe(self.many.set)
        return self.left[name] > 0


def test_of_documents_that_take_long_one_is_made_at_a_time_and_short_ones_come_between() -> None:
    made: list[Steps] = []

    async def ask() -> list[bytes]:
        made.append(steps := Steps())
        documents = OwnDocuments(Lane("documents", workers=1), clock=lambda: datetime.now(UTC))
        long = [asyncio.create_task(documents.content(steps.document(f"long{n}", 30))) for n in range(3)]
        await steps.many.wait()
        short = await documents.content(steps.document("short", 2))
        assert len(steps.turns) < 30
        return [short, *[await task for task in long]]

    assert asyncio.run(ask()) == [b"short", b"long0", b"long1", b"long2"]
    rest = [name for name in made[0].turns if name != "short"]
    assert rest == sorted(rest)


def test_documents_that_are_kept_are_bounded(store: SqlStore, site: Path, issues: list[Issue]) -> None:
    assert issues
    readers = [f"reader{number}@example.org" for number in range(20)]
    store.subscribers.upsert([Subscriber(email=email, interests=("retrieval",)) for email in readers])
    kept: list[OwnDocuments] = []
    original = OwnDocuments.__init__

    def remember(documents: OwnDocuments, lane: Lane, *, clock: Clock) -> None:
        original(documents, lane, clock=clock, memory=30_000)
        kept.append(documents)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OwnDocuments, "__init__", remember)
        app = make_app(store, site)
    sizes = []
    with running(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        for email in readers:
            assert client.get(f"/feed/{token_of(store, 'feed', email)}.atom").status_code == 200
            sizes.append(kept[0].held)
    assert 0 < max(sizes) <= 30_000
    assert any(later < earlier + 1000 for earlier, later in pairwise(sizes))


def test_a_database_that_fails_is_said_without_a_word_about_it(
    client: httpx.Client, store: SqlStore, feed: str, tmp_path: Path
) -> None:
    store.database.close()
    for file in tmp_path.glob("newsletter.db*"):
        file.write_bytes(b"this is no database " * 1000)
    answer = client.get(f"{feed}.atom")
    assert answer.status_code == 503
    assert "newsletter.db" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_last_modified_is_not_later_than_now(client: httpx.Client, feed: str) -> None:
    answer = client.get(f"{feed}.atom")
    said = datetime.strptime(answer.headers["last-modified"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    assert said <= datetime.now(UTC)


def test_who_reads_by_feed_alone_is_noted(store: SqlStore, site: Path) -> None:
    reader = Subscriber(email="", state=SubscriptionState.FEED, origin=Origin.SIGNUP)
    with store.database.write() as connection:
        number = store.subscribers.insert_within(connection, reader).id
    readings = FeedReadings()
    with running(make_app(store, site, readings=readings)) as url:
        assert httpx.get(f"{url}/feed/{feed_token(SECRET, number, '', 0)}.atom", trust_env=False).status_code == 200
        assert httpx.get(f"{url}/feed/{token_of(store, 'feed')}.atom", trust_env=False).status_code == 200
    assert readings.take() == {number}
    assert readings.take() == frozenset()
