"""The public door as browsers use it: the form, the one answer, and what bots get."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html

from newsletter.domain.issues import Edition
from newsletter.domain.signup import AddressPolicy
from newsletter.domain.subscribers import Cause, Subscriber, SubscriptionState, Suppression
from newsletter.services.signing_up import DoorRules
from newsletter.store import SqlStore
from newsletter.web.serving.clients import Proxies
from newsletter.web.serving.connections import Limits
from tests.support.samples import make_issue
from tests.support.web import make_app, make_public, running
from tests.web.conftest import EMAIL, about, publish
from tests.web.doors import NEW, Clock, fill_in, form_of, heading, requests


@pytest.fixture
def clock() -> Clock:
    """The time of the door."""
    return Clock()


@pytest.fixture
def client(store: SqlStore, site: Path, clock: Clock) -> Iterator[httpx.Client]:
    """A client of an application whose door is open."""
    rules = DoorRules(addresses=AddressPolicy(blocked=frozenset({"trash.example"})))
    limits = Limits(proxies=Proxies.named(["127.0.0.1"], "x-forwarded-for"))
    app = make_app(store, site, public=make_public(store, clock=clock, rules=rules), limits=limits)
    with running(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        yield client


def test_a_form_is_taken_with_all_that_was_wished(client: httpx.Client, store: SqlStore, clock: Clock) -> None:
    answer = fill_in(
        client,
        clock,
        email=" Grace@EXAMPLE.org ",
        interests="retrieval\r\nauthor:Knuth",
        language="zh-Hans",
        cadence="weekly",
        **{"topic:rag": "on"},
    )
    assert (answer.status_code, heading(answer)) == (200, "Look in your mailbox")
    (request,) = requests(store)
    assert request.email == "Grace@example.org"
    assert request.wishes is not None
    assert request.wishes.interests == ("topic:rag", "retrieval", "author:Knuth")
    assert (request.wishes.language, request.wishes.cadence) == ("zh-Hans", Edition.WEEKLY)
    assert request.wants_first
    assert request.language == "en"
    assert request.form.startswith("page ")
    assert store.subscribers.get("grace@example.org") is None  # not before somebody has looked at the request


def test_who_does_not_want_the_last_issue_takes_the_tick_away(
    client: httpx.Client, store: SqlStore, clock: Clock
) -> None:
    form = form_of(client.get("/subscribe")) | {"email": NEW}
    del form["first"]
    clock.wait(seconds=5)
    client.post("/subscribe", data=form)
    assert not requests(store)[0].wants_first


def test_the_answer_is_the_same_whatever_is_known_of_the_address(
    client: httpx.Client, store: SqlStore, clock: Clock
) -> None:
    store.subscribers.upsert([Subscriber(email="wait@example.org", state=SubscriptionState.UNCONFIRMED)])
    store.subscribers.upsert([Subscriber(email="left@example.org", state=SubscriptionState.UNSUBSCRIBED)])
    store.suppressions.take_in([Suppression(email="gone@example.org", cause=Cause.COMPLAINT)])
    emails = (NEW, EMAIL, "wait@example.org", "left@example.org", "gone@example.org")
    answers = [fill_in(client, clock, email=email) for email in emails]
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    headers = [{name: value for name, value in answer.headers.items() if name != "date"} for answer in answers]
    assert all(one == headers[0] for one in headers)
    assert [request.email for request in requests(store)] == list(emails)


def test_nothing_of_what_was_typed_stands_in_the_answer(client: httpx.Client, clock: Clock) -> None:
    assert "grace" not in fill_in(client, clock, email=NEW, interests="grace").text


@pytest.mark.parametrize(
    ("typed", "marked", "words"),
    [
        ({"email": ""}, "email", "Please type your address."),
        ({"email": "grace"}, "email", "This is no mail address."),
        ({"email": "grace@mail.trash.example"}, "email", "Addresses of this domain are not taken here."),
        ({"email": "postmaster@example.org"}, "email", "belongs to a function"),
        ({"interests": "fine\n(never closed"}, "interests", "Line 2 cannot be read"),
        ({"language": "tlh"}, "language", "Please choose one of the list."),
        ({"cadence": "hourly"}, "cadence", "Please choose one of the list."),
    ],
)
def test_what_cannot_be_used_is_marked_and_stays_as_it_was_typed(
    client: httpx.Client, store: SqlStore, clock: Clock, typed: dict[str, str], marked: str, words: str
) -> None:
    answer = fill_in(client, clock, **({"email": NEW, "interests": "agents", "topic:fish": "on"} | typed))
    assert answer.status_code == 422
    page = html.document_fromstring(answer.text)
    assert words in " ".join(page.get_element_by_id(f"{marked}-problems").text_content().split())
    assert page.xpath(f"//*[@aria-invalid='true' and contains(@aria-describedby, '{marked}-problems')]")
    shown = form_of(answer)
    assert shown["email"] == typed.get("email", NEW)
    assert shown["interests"].replace("\r\n", "\n") == typed.get("interests", "agents")
    assert shown["topic:fish"] == "on"
    assert not requests(store)


def test_a_form_that_was_mended_is_taken_at_once(client: httpx.Client, store: SqlStore, clock: Clock) -> None:
    wrong = fill_in(client, clock, email="grace@")
    clock.wait(seconds=3)
    client.post("/subscribe", data=form_of(wrong) | {"email": NEW})
    assert [request.email for request in requests(store)] == [NEW]


def test_a_form_of_another_site_needs_one_more_click(client: httpx.Client, store: SqlStore, clock: Clock) -> None:
    """A page anywhere may have a form with an address and nothing else."""
    elsewhere = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    answer = client.post("/subscribe", data={"email": NEW}, headers=elsewhere)
    assert (answer.status_code, heading(answer)) == (200, "One more click")
    assert not requests(store)
    clock.wait(seconds=3)
    pressed = client.post("/subscribe", data=form_of(answer), headers={"Origin": "null"})
    assert heading(pressed) == "Look in your mailbox"
    (request,) = requests(store)
    assert request.email == NEW
    assert request.wishes is not None
    assert request.wishes.cadence is Edition.DAILY


def test_one_more_click_keeps_all_that_was_typed(client: httpx.Client, store: SqlStore, clock: Clock) -> None:
    typed = {"email": NEW, "interests": 'a\r\n"b c"', "topic:rag": "on", "cadence": "weekdays", "more_than": "3"}
    answer = client.post("/subscribe", data=typed)
    clock.wait(seconds=3)
    client.post("/subscribe", data=form_of(answer))
    (request,) = requests(store)
    assert request.wishes is not None
    assert request.wishes.interests == ("topic:rag", "a", '"b c"')
    assert request.wishes.rhythm.weekdays_only
    assert request.wishes.rhythm.more_than == 3


@pytest.mark.parametrize(("seconds", "taken"), [(0.5, False), (1, False), (3, True), (86_000, True), (90_000, False)])
def test_a_form_is_taken_when_a_person_may_have_filled_it_in(
    client: httpx.Client, store: SqlStore, clock: Clock, seconds: float, taken: bool
) -> None:
    form = form_of(client.get("/subscribe")) | {"email": NEW}
    clock.wait(seconds=seconds)
    answer = client.post("/subscribe", data=form)
    assert heading(answer) == ("Look in your mailbox" if taken else "One more click")
    assert len(requests(store)) == taken


def test_who_was_quick_presses_once_more_and_is_done(client: httpx.Client, store: SqlStore, clock: Clock) -> None:
    form = form_of(client.get("/subscribe")) | {"email": NEW}
    clock.wait(seconds=1)
    answer = client.post("/subscribe", data=form)
    clock.wait(seconds=1)
    client.post("/subscribe", data=form_of(answer))
    assert len(requests(store)) == 1


def test_a_program_in_the_trap_gets_the_same_answer_and_nothing_happens(
    client: httpx.Client, store: SqlStore, clock: Clock
) -> None:
    well = fill_in(client, clock, email=NEW)
    trapped = fill_in(client, clock, email="victim@example.org", homepage="https://spam.example")
    assert (trapped.status_code, trapped.content) == (well.status_code, well.content)
    assert [request.email for request in requests(store)] == [NEW]


def test_no_person_sees_the_trap_nor_reaches_it_by_keys(client: httpx.Client) -> None:
    page = html.document_fromstring(client.get("/subscribe").text)
    (trap,) = page.xpath("//input[@name='homepage']")
    assert trap.get("tabindex") == "-1"
    assert trap.get("autocomplete") == "off"
    assert trap.xpath("ancestor::div[@aria-hidden='true' and @class='hidden']")


def test_a_network_that_asks_too_often_waits_an_hour(client: httpx.Client, store: SqlStore, clock: Clock) -> None:
    form = form_of(client.get("/subscribe"))
    clock.wait(seconds=5)

    def ask(n: int, client_address: str) -> httpx.Response:
        headers = {"X-Forwarded-For": client_address}
        return client.post("/subscribe", data=form | {"email": f"a{n}@example.org"}, headers=headers)

    assert [ask(n, "2001:db8::1").status_code for n in range(10)] == [200] * 10
    late = ask(10, "2001:db8::2")
    assert (late.status_code, heading(late)) == (429, "Please wait a while")
    assert 3500 < int(late.headers["Retry-After"]) <= 3600
    assert ask(11, "2001:db8:0:1::1").status_code == 200
    clock.wait(hours=1)
    assert ask(12, "2001:db8::2").status_code == 200
    assert len(requests(store)) == 12


def test_what_was_typed_is_never_markup(client: httpx.Client, clock: Clock) -> None:
    evil = '"><script>alert(1)</script>'
    for answer in (
        fill_in(client, clock, email=evil, interests=f"</textarea>{evil} ("),
        client.post("/subscribe", data={"email": NEW, evil: evil, "interests": evil.replace('"', "")}),
    ):
        page = html.document_fromstring(answer.text)
        assert not page.xpath("//script[not(@src)]")


@pytest.mark.parametrize(
    ("accepted", "path", "language"),
    [
        ("zh-CN,zh;q=0.9", "/subscribe", "zh-Hans"),
        ("de", "/subscribe", "en"),
        ("zh-CN", "/subscribe?lang=en", "en"),
        ("en", "/preferences?lang=zh-Hans", "zh-Hans"),
    ],
)
def test_pages_speak_the_readers_language(client: httpx.Client, accepted: str, path: str, language: str) -> None:
    answer = client.get(path, headers={"Accept-Language": accepted})
    page = html.document_fromstring(answer.text)
    assert page.get("lang") == language
    other = {"en": "zh-Hans", "zh-Hans": "en"}[language]
    (switch,) = page.xpath("//nav/a[@hreflang]")
    assert (switch.get("hreflang"), switch.get("lang")) == (other, other)
    assert html.document_fromstring(client.get(f"/{switch.get('href')}").text).get("lang") == other
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_language_is_kept_from_page_to_page(client: httpx.Client, store: SqlStore, clock: Clock) -> None:
    shown = client.get("/subscribe?lang=zh-Hans")
    (form,) = [form for form in html.document_fromstring(shown.text).forms if "moment" in form.fields]
    clock.wait(seconds=5)
    answer = client.post(f"/{form.action}", data=form_of(shown) | {"email": NEW})
    assert heading(answer) == "请查看您的邮箱"
    (request,) = requests(store)
    assert request.language == "zh-Hans"
    assert request.wishes is not None
    assert request.wishes.language == "zh-Hans"


def test_an_address_can_tick_topics(client: httpx.Client) -> None:
    fields = form_of(client.get("/subscribe?topic=rag&topic=fish&topic=none"))
    assert [name for name in fields if name.startswith("topic:")] == ["topic:rag", "topic:fish"]


@pytest.mark.parametrize("path", ["/subscribe", "/preferences", "/confirm/wrong"])
def test_forms_are_kept_by_nobody_and_stand_in_no_frame(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "form-action 'self'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "set-cookie" not in headers


def test_the_address_that_people_guess_leads_there(client: httpx.Client) -> None:
    answer = client.get("/signup")
    assert (answer.status_code, answer.headers["location"]) == (308, "subscribe")


def test_a_closed_door_is_not_there(store: SqlStore, site: Path) -> None:
    app = make_app(store, site, public=make_public(store, is_open=False))
    with running(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        for path in ("/subscribe", "/signup", "/subscribe/challenge"):
            assert client.get(path).status_code == 404
        assert client.post("/subscribe", data={"email": NEW}).status_code in {404, 405}
        assert client.get("/preferences").status_code == 200
        assert "subscribe" not in html.document_fromstring(client.get("/preferences").text).xpath("//a/@href")


@pytest.mark.parametrize(
    "sent",
    [
        {"content": b"\xff\xfe%00=%zz"},
        {"content": b"a=1&" * 2000},
        {"data": {"email": "x" * 100_000}},
        {"data": {"email": NEW, "moment": "x" * 10_000, "altcha": "y" * 10_000}},
        {"files": {"email": ("", b"grace@example.org")}},
    ],
)
def test_a_strange_body_keeps_nothing(client: httpx.Client, store: SqlStore, sent: dict[str, Any]) -> None:
    assert client.post("/subscribe", **sent).status_code in {200, 400, 422}
    assert not requests(store)


# --- what interests find, before anybody has signed up ---------------------------------------------------------------


def test_a_form_shows_what_its_lines_find_and_keeps_what_was_typed(client: httpx.Client, store: SqlStore) -> None:
    publish(store, make_issue([about(1, "retrieval"), about(2, "zebrafish")]))
    form = form_of(client.get("/subscribe"))
    typed = {"email": NEW, "interests": "retrieval\n(never", "topic:fish": "on"}
    answer = client.post("/subscribe", data=form | typed | {"action": "preview"})
    assert answer.status_code == 200
    page = html.document_fromstring(answer.text)
    shown = " ".join(page.get_element_by_id("preview").text_content().split())
    assert "In the last issue" in shown
    assert "cannot be read" in shown
    assert "Paper 1 on retrieval" in shown
    again = form_of(answer)
    assert (again["email"], again["topic:fish"], again["moment"]) == (NEW, "on", form["moment"])
    assert again["interests"].splitlines() == ["retrieval", "(never"]
    assert not requests(store)


def test_a_script_gets_what_lines_find_as_a_part_of_the_page(client: httpx.Client, store: SqlStore) -> None:
    publish(store, make_issue([about(1, "retrieval"), about(2, "zebrafish")]))
    page = html.document_fromstring(client.get("/subscribe?lang=zh-Hans").text)
    address = str(page.get_element_by_id("preferences").get("data-preview"))
    answer = client.post(f"/{address}", data={"interests": "retrieval"})
    assert answer.status_code == 200
    assert "最近" in answer.text
    assert "<html" not in answer.text
