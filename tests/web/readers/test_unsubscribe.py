"""The unsubscribe link: one click for mail services and people, nothing for scanners (RFC 8058)."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from email import policy
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html

from newsletter.domain.delivery import Recipient
from newsletter.domain.issues import Edition
from newsletter.domain.subscribers import Cause, Subscriber, SubscriptionState, Suppression
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


def button(answer: httpx.Response, text: str) -> tuple[httpx.URL, dict[str, str]]:
    """Where a button sends its form, and what it sends."""
    page = html.document_fromstring(answer.text)
    [form, *_] = [form for form in page.forms if text in form.text_content()]
    chosen = [one for one in form.iter("button") if text in one.text_content() and one.get("name")]
    values = {name: value or "" for name, value in form.form_values()}
    action = str(form.get("action"))
    return answer.url.join(action), values | {one.get("name"): one.get("value") for one in chosen}


def press(client: httpx.Client, answer: httpx.Response, text: str) -> httpx.Response:
    address, values = button(answer, text)
    return client.post(address, data=values)


def test_the_page_says_who_and_what_and_its_first_button_leaves(
    client: httpx.Client, store: SqlStore, unsubscribe: str
) -> None:
    answer = client.get(unsubscribe)
    assert EMAIL in answer.text
    first, *others = html.document_fromstring(answer.text).xpath("//main//button")
    assert first.text_content().strip() == "Unsubscribe"
    assert "quiet" not in (first.get("class") or "")
    assert others
    assert all("quiet" in one.get("class") for one in others)
    left = press(client, answer, "Unsubscribe")
    assert "You are unsubscribed" in left.text
    assert state(store) is SubscriptionState.UNSUBSCRIBED


def test_who_left_by_mistake_undoes_it_on_the_same_page(
    client: httpx.Client, store: SqlStore, unsubscribe: str
) -> None:
    before = store.subscribers.get(EMAIL)
    answer = press(client, client.post(unsubscribe, data=ONE_CLICK), "Undo")
    assert "You are subscribed again" in answer.text
    assert store.subscribers.get(EMAIL) == before
    # from there the way out is as short as it was
    [again] = html.document_fromstring(answer.text).xpath("//main//a[contains(., 'Unsubscribe')]/@href")
    assert answer.url.join(again).path == unsubscribe


@pytest.mark.parametrize("after", [False, True], ids=["before leaving", "after leaving"])
@pytest.mark.parametrize(
    ("text", "changes"),
    [("Once a week", {"cadence": Edition.WEEKLY}), ("At most 10 papers", {"max_papers": 10})],
)
def test_less_is_a_button_away(
    client: httpx.Client, store: SqlStore, unsubscribe: str, text: str, changes: dict[str, Any], *, after: bool
) -> None:
    before = store.subscribers.get(EMAIL)
    assert before is not None
    page = client.post(unsubscribe) if after else client.get(unsubscribe)
    answer = press(client, page, text)
    assert answer.status_code == 200
    assert "You get less from now on" in answer.text
    assert store.subscribers.get(EMAIL) == replace(before, **changes)


def test_a_second_visit_says_so_and_names_the_way_back(client: httpx.Client, unsubscribe: str) -> None:
    client.post(unsubscribe)
    for answer in (client.get(unsubscribe), client.post(unsubscribe, data=ONE_CLICK)):
        assert answer.status_code == 200
        assert "You are already unsubscribed" in answer.text
        assert "preferences link in any issue" in answer.text
        assert not html.document_fromstring(answer.text).xpath("//main//button")


def test_undoing_too_late_says_so(client: httpx.Client, store: SqlStore, unsubscribe: str) -> None:
    address, values = button(client.post(unsubscribe), "Undo")
    store.suppressions.take_in([Suppression(email=EMAIL, cause=Cause.COMPLAINT)])
    answer = client.post(address, data=values)
    assert "Nothing was changed" in answer.text
    assert state(store) is SubscriptionState.UNSUBSCRIBED
    # the address of the answer shows a page too
    assert "already unsubscribed" in client.get(address).text


def test_what_is_chosen_over_leaving_needs_the_links_token(client: httpx.Client, store: SqlStore) -> None:
    answer = client.post("/unsubscribe/1.AAAAAAAAAAAAAAAAAAAAAA/instead", data={"choice": "weekly"})
    assert answer.status_code == 404
    assert answer.text == client.post("/unsubscribe/x/instead", data={"choice": "weekly"}).text
    assert state(store) is SubscriptionState.CONFIRMED


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
