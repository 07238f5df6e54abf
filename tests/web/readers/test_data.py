"""A reader's own data: shown, taken along, and erased by the second of two buttons."""

from __future__ import annotations

import re

import httpx
import pytest

from newsletter.domain.delivery import feed_token
from newsletter.domain.subscribers import Origin, Subscriber
from newsletter.store import SqlStore
from tests.support.mails import SECRET
from tests.web.conftest import EMAIL, token_of


@pytest.fixture
def data(preferences: str) -> str:
    """The path of Ada's data."""
    return f"{preferences}/data"


def proof_in(page: httpx.Response) -> str:
    match = re.search(r'name="proof" value="([^"]+)"', page.text)
    assert match
    return match[1]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("below", ["", "/export"])
def test_looking_changes_nothing(client: httpx.Client, store: SqlStore, data: str, method: str, below: str) -> None:
    before = store.subscribers.get(EMAIL)
    assert client.request(method, data + below).status_code == 200
    assert store.subscribers.get(EMAIL) == before


def test_the_preferences_lead_here_and_the_page_says_what_is_kept(
    client: httpx.Client, preferences: str, data: str
) -> None:
    assert f"{data.removeprefix('/preferences/')}" in client.get(preferences).text
    page = client.get(data)
    assert page.headers["cache-control"] == "no-store"
    assert EMAIL in page.text
    assert "your address, your name, your interests" in page.text
    assert "after 400 days" in page.text


def test_everything_can_be_taken_along_as_a_private_file(client: httpx.Client, data: str) -> None:
    answer = client.get(f"{data}/export")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["cache-control"] == "no-store"
    [subscription] = answer.json()["subscription"]
    assert subscription["interests"] == ["retrieval", "-survey"]
    token = data.split("/")[2]
    assert token not in answer.text, "it holds no link that acts for its reader"


def test_the_first_button_asks_and_the_second_one_erases(client: httpx.Client, store: SqlStore, data: str) -> None:
    asked = client.post(data)
    assert (asked.status_code, "Erase everything?" in asked.text) == (200, True)
    assert store.subscribers.get(EMAIL) is not None
    done = client.post(data, data={"proof": proof_in(asked)})
    assert (done.status_code, "Everything is erased" in done.text) == (200, True)
    assert EMAIL not in done.text
    assert store.subscribers.get(EMAIL) is None


@pytest.mark.parametrize("proof", ["", "1.x", "yes", "9" * 400])
def test_without_the_first_the_second_asks(client: httpx.Client, store: SqlStore, data: str, proof: str) -> None:
    assert "Erase everything?" in client.post(data, data={"proof": proof}).text
    assert store.subscribers.get(EMAIL) is not None


def test_a_proof_of_somebody_else_erases_nobody(client: httpx.Client, store: SqlStore, data: str) -> None:
    store.subscribers.add(Subscriber(email="bo@example.org"))
    theirs = proof_in(client.post(f"/preferences/{token_of(store, 'preferences', 'bo@example.org')}/data"))
    client.post(data, data={"proof": theirs})
    assert store.subscribers.get(EMAIL) is not None


def test_no_link_of_the_old_life_works_for_the_new_one(client: httpx.Client, store: SqlStore, data: str) -> None:
    old = store.subscribers.get(EMAIL)
    assert old is not None
    links = [f"/{purpose}/{token_of(store, purpose)}" for purpose in ("unsubscribe", "preferences", "day")]
    links += [f"/feed/{feed_token(SECRET, old.id, EMAIL, 0)}.atom", data, f"{data}/export"]
    assert all(client.get(link).status_code in {200, 503} for link in links[:2])
    client.post(data, data={"proof": proof_in(client.post(data))})
    assert store.subscribers.add(Subscriber(email=EMAIL, name="Ada"))
    for link in links:
        assert client.get(link).status_code == 404, link
    for link in (links[0], links[1], data):
        assert client.post(link, data={"proof": "x", "List-Unsubscribe": "One-Click"}).status_code == 404
    new = store.subscribers.get(EMAIL)
    assert new is not None
    assert (new.state, new.name) == ("confirmed", "Ada")


def test_whom_a_file_named_is_told_that_a_fingerprint_stays(client: httpx.Client, store: SqlStore) -> None:
    store.subscribers.upsert([Subscriber(email="cy@example.org", origin=Origin.ROSTER)])
    path = f"/preferences/{token_of(store, 'preferences', 'cy@example.org')}/data"
    done = client.post(path, data={"proof": proof_in(client.post(path))})
    assert "fingerprint of your address is kept" in done.text
    assert store.suppressions.found(["cy@example.org"])["cy@example.org"].cause == "erased"


@pytest.mark.parametrize("below", ["", "/export"])
def test_a_wrong_token_gets_the_page_that_all_get(client: httpx.Client, below: str) -> None:
    assert client.get(f"/preferences/1.AAAAAAAAAAAAAAAAAAAAAA/data{below}").status_code == 404
    assert client.post("/preferences/1.AAAAAAAAAAAAAAAAAAAAAA/data").status_code == 404
