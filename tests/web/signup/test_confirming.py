"""What the links of letters lead to: one button, and what comes of it; lost links, other addresses, private feeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from lxml import html

from newsletter.domain.subscribers import Cause, RequestKind, Subscriber, SubscriptionState, Suppression
from newsletter.store import SqlStore
from tests.support.web import make_app, make_public, running
from tests.web.conftest import EMAIL, token_of
from tests.web.doors import NEW, Clock, fill_in, form_of, heading, link_of, requests, settle, words


@pytest.fixture
def clock() -> Clock:
    """The time of the door."""
    return Clock()


@pytest.fixture
def client(store: SqlStore, site: Path, clock: Clock) -> Iterator[httpx.Client]:
    """A client of an application whose door is open."""
    app = make_app(store, site, public=make_public(store, clock=clock))
    with running(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def link(client: httpx.Client, store: SqlStore, clock: Clock) -> str:
    """The path of the link that Grace got."""
    fill_in(client, clock, email=NEW, interests="retrieval")
    settle(store, clock)
    return link_of(requests(store)[-1])


def state(store: SqlStore, email: str = NEW) -> SubscriptionState | None:
    subscriber = store.subscribers.get(email)
    return None if subscriber is None else subscriber.state


def test_following_the_link_shows_a_button_and_changes_nothing(
    client: httpx.Client, store: SqlStore, link: str
) -> None:
    for method in ("GET", "HEAD", "GET"):
        answer = client.request(method, link)
        assert answer.status_code == 200
    assert heading(answer) == "One more click"
    assert NEW in words(answer)
    (form,) = html.document_fromstring(answer.text).forms
    assert (form.method, form.action) == ("POST", None)
    assert state(store) is SubscriptionState.UNCONFIRMED


def test_the_button_confirms_and_shows_the_ways_that_belong_to_the_reader(
    client: httpx.Client, store: SqlStore, link: str
) -> None:
    answer = client.post(link)
    assert (answer.status_code, heading(answer)) == (200, "Welcome")
    reader = store.subscribers.get(NEW)
    assert reader is not None
    assert (reader.state, reader.interests) == (SubscriptionState.CONFIRMED, ("retrieval",))
    ways = [str(href) for href in html.document_fromstring(answer.text).xpath("//main//a/@href")]
    assert ways[0] == f"../preferences/{token_of(store, 'preferences', NEW)}"
    assert ways[1] == f"../feed/{token_of(store, 'feed', NEW)}.atom"
    assert client.get(ways[0].removeprefix("..")).status_code == 200
    assert client.get(ways[1].removeprefix("..")).status_code == 200


def test_a_link_confirms_once(client: httpx.Client, store: SqlStore, link: str) -> None:
    client.post(link)
    store.subscribers.set_state(NEW, SubscriptionState.UNSUBSCRIBED)
    again = client.post(link)
    assert (again.status_code, heading(again)) == (200, "This link was used already")
    assert not html.document_fromstring(again.text).forms
    assert state(store) is SubscriptionState.UNSUBSCRIBED


def test_a_link_ends_after_two_days(client: httpx.Client, store: SqlStore, clock: Clock, link: str) -> None:
    clock.wait(hours=48)
    for answer in (client.get(link), client.post(link)):
        assert (answer.status_code, heading(answer)) == (410, "This link is too old")
        assert "48 hours" in words(answer)
    assert state(store) is SubscriptionState.UNCONFIRMED


def test_a_newer_link_ends_the_one_before(client: httpx.Client, store: SqlStore, clock: Clock, link: str) -> None:
    clock.wait(hours=25)
    fill_in(client, clock, email=NEW)
    settle(store, clock)
    answer = client.post(link)
    assert (answer.status_code, heading(answer)) == (410, "There is a newer link")
    assert heading(client.post(link_of(requests(store)[-1]))) == "Welcome"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["wrong", "1.AAAAAAAAAAAAAAAAAAAAAA", "999999999999999999.AAAAAAAAAAAAAAAAAAAAAA"])
@pytest.mark.usefixtures("link")
def test_a_wrong_link_says_nothing(client: httpx.Client, method: str, token: str) -> None:
    answer = client.request(method, f"/confirm/{token}")
    assert (answer.status_code, heading(answer)) == (404, "This link does not work")


def test_no_other_token_confirms(client: httpx.Client, store: SqlStore, link: str) -> None:
    for purpose in ("preferences", "unsubscribe", "feed", "day"):
        assert client.post(f"/confirm/{token_of(store, purpose, NEW)}").status_code == 404
    assert client.get(link.replace("confirm", "preferences")).status_code == 404
    assert state(store) is SubscriptionState.UNCONFIRMED


def test_who_was_stopped_by_the_operator_meanwhile_is_told(client: httpx.Client, store: SqlStore, link: str) -> None:
    store.suppressions.take_in([Suppression(email=NEW, cause=Cause.OPERATOR)])
    answer = client.post(link)
    assert (answer.status_code, heading(answer)) == (403, "This link cannot be used")
    assert "help@example.org" in words(answer)
    assert state(store) is SubscriptionState.UNCONFIRMED


def test_the_pages_speak_the_language_that_was_asked_in(client: httpx.Client, store: SqlStore, clock: Clock) -> None:
    form = form_of(client.get("/subscribe?lang=zh-Hans")) | {"email": NEW}
    clock.wait(seconds=5)
    client.post("/subscribe?lang=zh-Hans", data=form)
    settle(store, clock)
    link = link_of(requests(store)[-1])
    assert heading(client.get(link)) == "还差一步"
    assert heading(client.post(link)) == "欢迎"


# --- a lost link ------------------------------------------------------------------------------------------------------


def test_a_lost_link_is_asked_for_by_address_and_answered_alike(
    client: httpx.Client, store: SqlStore, clock: Clock
) -> None:
    answers = [fill_in(client, clock, "/preferences", email=email) for email in (EMAIL, NEW)]
    assert answers[0].content == answers[1].content
    assert heading(answers[0]) == "Look in your mailbox"
    assert [(one.kind, one.email) for one in requests(store)] == [(RequestKind.LINK, EMAIL), (RequestKind.LINK, NEW)]


def test_a_lost_link_of_a_form_that_came_too_fast_needs_one_more_click(
    client: httpx.Client, store: SqlStore, clock: Clock
) -> None:
    answer = client.post("/preferences", data={"email": EMAIL})
    assert heading(answer) == "One more click"
    (form,) = [form for form in html.document_fromstring(answer.text).forms if "moment" in form.fields]
    clock.wait(seconds=3)
    assert heading(client.post(f"/{form.action}", data=form_of(answer))) == "Look in your mailbox"
    assert len(requests(store)) == 1


@pytest.mark.parametrize(("email", "says"), [("", "Please type"), ("ada", "This is no mail address")])
def test_a_lost_link_without_an_address_is_marked(
    client: httpx.Client, store: SqlStore, clock: Clock, email: str, says: str
) -> None:
    answer = fill_in(client, clock, "/preferences", email=email)
    assert answer.status_code == 422
    assert says in words(answer)
    assert not requests(store)


def test_a_program_gets_no_link_by_the_trap(client: httpx.Client, store: SqlStore, clock: Clock) -> None:
    assert heading(fill_in(client, clock, "/preferences", email=EMAIL, homepage="x")) == "Look in your mailbox"
    assert not requests(store)


# --- another address --------------------------------------------------------------------------------------------------


def test_another_address_is_confirmed_at_the_new_one(
    client: httpx.Client, store: SqlStore, clock: Clock, preferences: str
) -> None:
    before = store.subscribers.get(EMAIL)
    assert before is not None
    page = client.get(f"{preferences}/address")
    assert EMAIL in words(page)
    answer = client.post(f"{preferences}/address", data={"email": NEW})
    assert heading(answer) == "Look in your mailbox"
    assert store.subscribers.get(EMAIL) == before
    settle(store, clock)
    link = link_of(requests(store)[-1])
    assert NEW in words(client.get(link))
    assert heading(client.post(link)) == "Your address is changed"
    moved = store.subscribers.get(NEW)
    assert moved is not None
    assert (moved.id, moved.interests) == (before.id, before.interests)
    assert store.subscribers.get(EMAIL) is None
    assert client.get(preferences).status_code == 404
    assert client.get(f"/preferences/{token_of(store, 'preferences', NEW)}").status_code == 200


@pytest.mark.parametrize(("email", "says"), [("", "Please type"), ("x", "no mail address"), (EMAIL, "go to already")])
def test_an_address_that_cannot_be_moved_to_is_marked(
    client: httpx.Client, store: SqlStore, preferences: str, email: str, says: str
) -> None:
    answer = client.post(f"{preferences}/address", data={"email": email})
    assert answer.status_code == 422
    assert says in words(answer)
    assert not requests(store)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_else_can_move_a_reader(client: httpx.Client, store: SqlStore, unsubscribe: str, method: str) -> None:
    for token in ("wrong", unsubscribe.rpartition("/")[2]):
        answer = client.request(method, f"/preferences/{token}/address", data={"email": NEW})
        assert answer.status_code == 404
    assert not requests(store)


# --- a feed without an address ----------------------------------------------------------------------------------------


def test_a_feed_needs_no_address(client: httpx.Client, store: SqlStore, clock: Clock) -> None:
    answer = fill_in(client, clock, email="", way="feed", interests="retrieval", **{"topic:rag": "on"})
    assert (answer.status_code, heading(answer)) == (200, "Your feed is ready")
    ways = [str(href) for href in html.document_fromstring(answer.text).xpath("//main//a/@href")]
    feed = client.get(f"/{ways[0]}")
    assert feed.status_code == 200
    assert b"<feed" in feed.content
    assert client.get(f"/{ways[-1]}").status_code == 200
    assert not requests(store)
    token = ways[-1].rpartition("/")[2]
    reader = store.subscribers.by_id(int(token.partition(".")[0]))
    assert reader is not None
    assert (reader.state, reader.email) == (SubscriptionState.FEED, "")
    assert reader.interests == ("topic:rag", "retrieval")


def test_an_address_beside_the_wish_for_a_feed_is_not_kept(client: httpx.Client, store: SqlStore, clock: Clock) -> None:
    assert heading(fill_in(client, clock, email=NEW, way="feed")) == "Your feed is ready"
    assert store.subscribers.get(NEW) is None
    assert not requests(store)


def test_who_has_no_address_has_none_to_change(client: httpx.Client, clock: Clock) -> None:
    answer = fill_in(client, clock, email="", way="feed")
    page = html.document_fromstring(answer.text)
    preferences = page.xpath("//main//a/@href")[-1]
    assert client.get(f"/{preferences}/address").status_code == 404


def test_feeds_are_counted_as_requests(client: httpx.Client, clock: Clock) -> None:
    form = form_of(client.get("/subscribe")) | {"way": "feed"}
    clock.wait(seconds=5)
    headers = {"X-Forwarded-For": "192.0.2.1"}
    assert [client.post("/subscribe", data=form, headers=headers).status_code for _ in range(11)] == [200] * 10 + [429]


def test_a_subscriber_who_comes_again_is_never_changed_by_a_form(
    client: httpx.Client, store: SqlStore, clock: Clock
) -> None:
    before = store.subscribers.get(EMAIL)
    fill_in(client, clock, email=EMAIL.upper(), interests="everything else", cadence="weekly")
    settle(store, clock)
    assert store.subscribers.get(EMAIL) == before
    assert before == replace(before or Subscriber(email=""), state=SubscriptionState.CONFIRMED)
