"""The unsubscribe link: one click for mail services and people, nothing for scanners (RFC 8058)."""

from __future__ import annotations

import email
import re
from email import policy
from pathlib import Path

import httpx
import pytest

from newsletter.domain.delivery import Recipient
from newsletter.domain.subscribers import Subscriber, SubscriptionState
from newsletter.store import Database, SqlStore
from tests.support.mails import make_assembler
from tests.support.samples import make_issue, select
from tests.support.web import make_app, make_store, running
from tests.web.conftest import EMAIL

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def state(store: SqlStore, address: str = EMAIL) -> SubscriptionState:
    subscriber = store.subscribers.get(address)
    assert subscriber is not None
    return subscriber.state


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_following_the_link_changes_nothing(
    client: httpx.Client, store: SqlStore, unsubscribe: str, method: str
) -> None:
    answer = client.request(method, unsubscribe)
    assert answer.status_code == 200
    assert state(store) is SubscriptionState.CONFIRMED


def test_the_page_has_one_button_and_says_who_and_what(client: httpx.Client, unsubscribe: str) -> None:
    page = client.get(unsubscribe).text
    assert page.count("<button") == 1
    assert EMAIL in page
    assert 'method="post"' in page


def test_one_click_unsubscribes_without_a_redirect(client: httpx.Client, store: SqlStore, unsubscribe: str) -> None:
    answer = client.post(unsubscribe, data=ONE_CLICK)
    assert answer.status_code == 200
    assert state(store) is SubscriptionState.UNSUBSCRIBED


@pytest.mark.parametrize(
    "body",
    [
        {"data": ONE_CLICK},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"content": b""},
        {"content": b"\xff\xfe not a form", "headers": {"Content-Type": "application/octet-stream"}},
        {"content": iter([b"List-Unsubscribe=", b"One-Click"])},
    ],
    ids=["urlencoded", "multipart", "empty", "unknown type", "chunked"],
)
def test_any_body_will_do(client: httpx.Client, store: SqlStore, unsubscribe: str, body: dict[str, object]) -> None:
    answer = client.post(unsubscribe, **body)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert state(store) is SubscriptionState.UNSUBSCRIBED


def test_it_can_be_repeated(client: httpx.Client, store: SqlStore, unsubscribe: str) -> None:
    assert [client.post(unsubscribe, data=ONE_CLICK).status_code for _ in range(3)] == [200, 200, 200]
    assert state(store) is SubscriptionState.UNSUBSCRIBED


def test_no_cookie_is_set(client: httpx.Client, unsubscribe: str) -> None:
    answers = [client.get(unsubscribe), client.post(unsubscribe, data=ONE_CLICK)]
    assert all("set-cookie" not in answer.headers for answer in answers)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "token",
    [
        "1.AAAAAAAAAAAAAAAAAAAAAA",
        "7.AAAAAAAAAAAAAAAAAAAAAA",
        "999999999999999999.AAAAAAAAAAAAAAAAAAAAAA",
        "x",
        "0" * 5000,
    ],
)
def test_a_wrong_token_reveals_nothing(client: httpx.Client, store: SqlStore, method: str, token: str) -> None:
    answer = client.request(method, f"/unsubscribe/{token}")
    assert answer.status_code == 404
    assert "@" not in answer.text.replace("help@example.org", "")
    # the same page, whether there is such a subscriber or not
    assert answer.text == client.request(method, "/unsubscribe/nothing").text
    assert state(store) is SubscriptionState.CONFIRMED


def test_a_preferences_token_does_not_unsubscribe(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    answer = client.post(preferences.replace("preferences", "unsubscribe"), data=ONE_CLICK)
    assert answer.status_code == 404
    assert state(store) is SubscriptionState.CONFIRMED


def test_the_link_ends_with_the_subscriber(client: httpx.Client, store: SqlStore, unsubscribe: str) -> None:
    store.subscribers.remove(EMAIL)
    store.subscribers.upsert([Subscriber(email="other@example.org")])
    assert client.post(unsubscribe, data=ONE_CLICK).status_code == 404
    assert state(store, "other@example.org") is SubscriptionState.CONFIRMED


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_without_end_is_refused(
    client: httpx.Client, store: SqlStore, unsubscribe: str, *, announced: bool
) -> None:
    body = b"x" * 300_000 if announced else (b"x" * 10_000 for _ in range(30))
    assert client.post(unsubscribe, content=body).status_code == 413
    assert state(store) is SubscriptionState.CONFIRMED


def test_other_methods_are_refused(client: httpx.Client, unsubscribe: str) -> None:
    answer = client.put(unsubscribe)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"


def test_a_mail_leads_to_an_end_of_mail(database: Database, tmp_path: Path) -> None:
    store = make_store(database)
    store.subscribers.upsert([Subscriber(email="first@example.org"), Subscriber(email=EMAIL, name="Ada")])
    reader = store.subscribers.get(EMAIL)
    assert reader is not None
    issue = make_issue()
    with running(make_app(store, tmp_path)) as url, httpx.Client(trust_env=False, timeout=60) as client:
        mail = make_assembler(url).in_language(issue, "en")
        recipient = Recipient(subscriber_id=reader.id, email=reader.email, name=reader.name, language="en")
        built = mail.build(recipient, select(issue))
        message = email.message_from_bytes(built.header + b"\r\n" + b"".join(built.body), policy=policy.default)
        found = re.match(r"<([^>]+)>", message["List-Unsubscribe"])
        assert found is not None
        field, _, value = message["List-Unsubscribe-Post"].partition("=")
        answer = client.post(found[1], data={field: value})
        assert (answer.status_code, answer.is_redirect) == (200, False)
        text = message.get_body(("plain",))
        assert text is not None
        # the links that people see are the same addresses
        assert found[1] in text.get_content()
        page = re.search(rf"{re.escape(url)}/preferences/\S+", text.get_content())
        assert page is not None
        shown = client.get(page[0])
    assert state(store) is SubscriptionState.UNSUBSCRIBED
    assert state(store, "first@example.org") is SubscriptionState.CONFIRMED
    assert "Subscribe again" in shown.text
