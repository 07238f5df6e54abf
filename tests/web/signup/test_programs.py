"""Signing up by programs: documents in, documents out, problem details for what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from newsletter.domain.issues import Edition
from newsletter.domain.signup import AddressPolicy, solve
from newsletter.services.signing_up import DoorRules
from newsletter.store import SqlStore
from tests.support.web import make_app, make_public, running
from tests.web.conftest import EMAIL
from tests.web.doors import NEW, Clock, requests


@pytest.fixture
def clock() -> Clock:
    """The time of the door."""
    return Clock()


@pytest.fixture
def client(store: SqlStore, site: Path, clock: Clock) -> Iterator[httpx.Client]:
    """A client of an application whose door is open."""
    app = make_app(store, site, base_url="https://papers.example.org", public=make_public(store, clock=clock))
    with running(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        yield client


def test_a_document_asks_for_all_that_the_form_can(client: httpx.Client, store: SqlStore) -> None:
    document = {
        "email": NEW,
        "name": "Grace",
        "topics": ["fish"],
        "interests": ["retrieval", "author:Knuth"],
        "language": "zh",
        "cadence": "weekdays",
        "max_papers": 12,
        "hour": 7,
        "more_than": None,
        "reads": ["en"],
        "first": True,
    }
    answer = client.post("/subscribe", json=document)
    assert answer.status_code == 202
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["status"] == "look in the mailbox"
    (request,) = requests(store)
    wishes = request.wishes
    assert (request.email, request.form, request.wants_first) == (NEW, "json", True)
    assert wishes is not None
    assert wishes.interests == ("topic:fish", "retrieval", "author:Knuth")
    assert (wishes.name, wishes.language, wishes.cadence, wishes.max_papers) == ("Grace", "zh-Hans", Edition.DAILY, 12)
    assert (wishes.rhythm.weekdays_only, wishes.rhythm.hour, wishes.rhythm.reads) == (True, 7, ("en",))


def test_the_answer_is_the_same_for_who_is_known(client: httpx.Client) -> None:
    answers = [client.post("/subscribe", json={"email": email}) for email in (NEW, EMAIL)]
    assert answers[0].content == answers[1].content
    assert {answer.status_code for answer in answers} == {202}


def test_a_feed_is_made_at_once(client: httpx.Client) -> None:
    answer = client.post("/subscribe", json={"feed_only": True, "interests": ["retrieval"]})
    assert answer.status_code == 201
    document = answer.json()
    assert sorted(document["feeds"]) == ["atom", "json", "rss"]
    for address in (*document["feeds"].values(), document["preferences"]):
        path = address.removeprefix("https://papers.example.org")
        assert path != address
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        ({}, "#/email", "address-missing"),
        ({"email": "grace"}, "#/email", "address-unreadable"),
        ({"email": "abuse@example.org"}, "#/email", "address-of-a-function"),
        ({"email": NEW, "interests": ["(never closed"]}, "#/interests", "interest-unreadable"),
        ({"email": NEW, "language": "tlh"}, "#/language", "language-unknown"),
        ({"email": NEW, "topics": ["fish", "fowl"]}, "#/topics", "topic-unknown"),
        ({"email": NEW, "reads": ["tlh"]}, "#/reads", "language-unknown"),
        ({"email": NEW, "cadence": "hourly"}, "#/cadence", "cadence-unknown"),
        ({"email": NEW, "max_papers": 0}, "#/max_papers", "no-number"),
        ({"email": NEW, "hour": 25}, "#/hour", "hour-unknown"),
        ({"email": NEW, "name": "x" * 201}, "#/name", "name-too-long"),
    ],
)
def test_a_value_that_cannot_be_used_is_pointed_at(
    client: httpx.Client, store: SqlStore, document: dict[str, Any], pointer: str, code: str
) -> None:
    answer = client.post("/subscribe", json=document)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    details = answer.json()
    assert (details["type"], details["status"]) == ("about:blank", 422)
    (fault,) = details["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert fault["detail"] in details["detail"]
    assert not requests(store)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", "#"),
        (b"{", "#"),
        (b"\xff", "#"),
        (b"[" * 100_000, "#"),
        (b"[]", "#"),
        (b'"grace@example.org"', "#"),
        (b'{"email": ["grace@example.org"]}', "#/email"),
        (b'{"email": true}', "#/email"),
        (b'{"e/m~l": "x"}', "#/e~1m~0l"),
        (b'{"homepage": "x"}', "#/homepage"),
        (b'{"interests": "retrieval"}', "#/interests"),
        (b'{"interests": ["a\\nb"]}', "#/interests"),
        (b'{"topics": [1]}', "#/topics"),
        (b'{"first": "on"}', "#/first"),
        (b'{"max_papers": 1.5}', "#/max_papers"),
        (b'{"max_papers": ' + b"9" * 5000 + b"}", "#"),
    ],
)
def test_what_is_no_such_document_is_refused(client: httpx.Client, store: SqlStore, body: bytes, pointer: str) -> None:
    answer = client.post("/subscribe", content=body, headers={"Content-Type": "application/json; charset=utf-8"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert not requests(store)


def test_programs_of_one_network_wait_too(client: httpx.Client) -> None:
    for n in range(10):
        assert client.post("/subscribe", json={"email": f"a{n}@example.org"}).status_code == 202
    answer = client.post("/subscribe", json={"email": NEW})
    assert (answer.status_code, answer.json()["status"]) == (429, 429)
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600


def test_no_sum_is_asked_for_where_none_is_set(client: httpx.Client) -> None:
    assert client.get("/subscribe/challenge").status_code == 404


def test_a_program_does_a_sum_where_one_is_asked_for(store: SqlStore, site: Path) -> None:
    rules = DoorRules(addresses=AddressPolicy(), proof_of_work=True)
    app = make_app(store, site, public=make_public(store, rules=rules))
    with running(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        refused = client.post("/subscribe", json={"email": NEW})
        assert (refused.status_code, refused.json()["title"]) == (403, "A proof of work is needed")
        assert set(refused.json()["challenge"]) == {"parameters", "signature"}
        challenge = client.get("/subscribe/challenge")
        assert challenge.headers["cache-control"] == "no-store"
        solution = solve(challenge.text)
        assert client.post("/subscribe", json={"email": NEW, "altcha": solution}).status_code == 202
        again = client.post("/subscribe", json={"email": "b@example.org", "altcha": solution})
        assert again.status_code == 403
    assert [request.email for request in requests(store)] == [NEW]
