"""The preferences page beyond its fields: previews, pauses, everything, the last digests, readers of a feed alone."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html

from newsletter.domain.delivery import DeliveryStatus, freeze, subscriber_token
from newsletter.domain.issues import Edition, IssuePaper, IssueState, PaperOrder
from newsletter.domain.notation import Weekday
from newsletter.domain.subscribers import Rhythm, Subscriber, SubscriptionState
from newsletter.services.interest_previews import InterestPreviews, PreviewWish
from newsletter.store import SqlStore
from tests.support.mails import SECRET
from tests.support.samples import make_issue, make_paper
from tests.support.web import CATALOGUE, feed_reader, make_app, make_held, running
from tests.web.conftest import EMAIL, token_of

MONDAY = date(2026, 6, 1)
DAY = timedelta(days=1)
FORM = {"name": "Ada", "interests": "retrieval\r\n-survey", "cadence": "daily", "max_papers": "30", "action": "save"}


def today() -> date:
    return datetime.now(UTC).date()


def reader(store: SqlStore) -> Subscriber:
    found = store.subscribers.get(EMAIL)
    assert found is not None
    return found


def about(number: int, subject: str) -> IssuePaper:
    entry = make_paper(number, title=f"Paper {number} on {subject}", abstract=f"This is a study of {subject}.")
    return replace(entry, summaries={})


def publish(store: SqlStore, day: date, *papers: IssuePaper) -> None:
    issue = make_issue(list(papers), day=day)
    assert issue.frozen_at is not None
    store.issues.save(issue)
    store.issues.mark(issue.key, issue.revision, IssueState.PUBLISHED, issue.frozen_at)


@pytest.fixture
def issues(store: SqlStore) -> None:
    """Two issues: retrieval every day, fish on the second, a survey of retrieval on the first."""
    publish(store, MONDAY, about(1, "retrieval"), about(2, "a survey of retrieval"), about(3, "folding"))
    publish(store, MONDAY + DAY, about(4, "retrieval"), about(5, "retrieval"), about(6, "zebrafish"))


def page(answer: httpx.Response) -> Any:
    assert answer.status_code in {200, 422}, answer.text
    return html.document_fromstring(answer.text)


def text(tree: Any) -> str:
    return " ".join(tree.text_content().split())


def rows(tree: Any) -> dict[str, str]:
    """The lines of a preview, each with what stands behind it."""
    found = {}
    for row in tree.xpath("//*[contains(@class, 'row')]"):
        line = row.xpath(".//*[@class='line']")[0]
        head = row.find("summary") if row.tag == "details" else row
        found[text(line)] = text(head).removeprefix(text(line)).strip()
    return found


# --- previews --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("issues")
def test_each_line_tells_what_it_found_and_leads_to_its_papers(client: httpx.Client, preferences: str) -> None:
    tree = page(client.get(preferences))
    panel = tree.get_element_by_id("preview")
    assert rows(panel) == {"retrieval": "4", "-survey": "−1"}
    assert "In the last 2 issues About 2 papers a day" in text(panel)
    assert "3 of 6 papers" in text(panel)
    links = panel.xpath(".//details[1]//li/a/@href")
    assert [link.partition("/index.html#")[0] for link in links] == [
        "../issues/2026-06-02",
        "../issues/2026-06-01",
        "../issues/2026-06-02",
    ]
    assert {link.partition("#")[2] for link in links} <= {f"sample-2606-0000{n}" for n in (1, 2, 4, 5)}


@pytest.mark.usefixtures("issues")
def test_what_is_typed_is_looked_up_and_not_saved(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    before = reader(store)
    typed = FORM | {"interests": "zebrafish\r\nunicorn\r\n(never closed", "topic:rag": "on", "max_papers": "1"}
    answer = client.post(preferences, data=typed | {"action": "preview"})
    tree = page(answer)
    assert rows(tree) == {
        "Retrieval": "4",
        "zebrafish": "1",
        "unicorn": "never found anything",
        "(never closed": "cannot be read this bracket is never closed (at character 1)",
    }
    assert tree.get_element_by_id("interests").text_content().strip() == "zebrafish\nunicorn\n(never closed"
    assert "is not saved yet" in text(tree)
    assert "; one at most comes by mail" in text(tree)
    assert reader(store) == before


@pytest.mark.usefixtures("issues")
def test_a_program_that_types_gets_the_part_alone(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    before = reader(store)
    answer = client.post(f"{preferences}/preview", data={"interests": "zebrafish"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "<html" not in answer.text
    assert rows(html.fragment_fromstring(answer.text, create_parent="div")) == {"zebrafish": "1"}
    assert reader(store) == before


def test_what_is_typed_is_never_markup_of_a_preview(client: httpx.Client, preferences: str) -> None:
    answer = client.post(f"{preferences}/preview", data={"interests": '<script>alert(1)</script>\n"><img src=x>'})
    assert "<script>" not in answer.text
    assert "<img" not in answer.text


@pytest.mark.usefixtures("issues")
def test_a_topic_that_goes_with_what_is_found_can_be_ticked(
    client: httpx.Client, store: SqlStore, preferences: str
) -> None:
    tree = page(client.post(preferences, data=FORM | {"interests": "paper OR retrieval", "action": "preview"}))
    [box] = tree.xpath("//*[@id='preview']//input[@name='topic:rag']")
    assert "checked" not in box.attrib
    ticked = page(client.post(preferences, data=FORM | {"interests": "paper OR retrieval", "topic:rag": "on"}))
    assert reader(store).interests == ("topic:rag", "paper OR retrieval")
    assert not ticked.xpath("//*[@id='preview']//input[@name='topic:rag']")


@pytest.mark.usefixtures("issues")
def test_the_limit_on_terms_is_told_while_typing(client: httpx.Client, preferences: str) -> None:
    many = "\n".join(f"({' OR '.join(f'w{line}x{n}' for n in range(100))})" for line in range(11))
    answer = client.post(f"{preferences}/preview", data={"interests": many})
    tree = html.fragment_fromstring(answer.text, create_parent="div")
    assert "ask for 1,100 terms; one reader has 1,000" in text(tree)
    assert [line for line, said in rows(tree).items() if "no room" in said] == [many.splitlines()[10]]


@pytest.mark.usefixtures("issues")
def test_lines_without_room_are_counted_and_not_listed(client: httpx.Client, preferences: str) -> None:
    many = "\n".join(f"(model OR w{line}) AND (a* OR b* OR c*)" for line in range(1000))
    answer = client.post(f"{preferences}/preview", data={"interests": many})
    assert re.search(r"From here on \d{3} lines have none", answer.text)
    assert len(rows(html.fragment_fromstring(answer.text, create_parent="div"))) < 400


def test_before_the_first_issue_the_page_says_so(client: httpx.Client, preferences: str) -> None:
    assert "No issue is out yet" in client.get(preferences).text


@pytest.mark.parametrize("token", ["x", "1.AAAAAAAAAAAAAAAAAAAAAA"])
def test_nobody_looks_up_with_a_wrong_token(client: httpx.Client, token: str) -> None:
    assert client.post(f"/preferences/{token}/preview", data={"interests": "fish"}).status_code == 404


def test_an_unsubscribe_token_looks_nothing_up(client: httpx.Client, unsubscribe: str) -> None:
    path = unsubscribe.replace("unsubscribe", "preferences", 1)
    assert client.post(f"{path}/preview", data={"interests": "fish"}).status_code == 404


class Held(InterestPreviews):
    """Previews that wait until they are let go."""

    def __init__(self, store: SqlStore) -> None:
        super().__init__(store.issues, make_held(store), topics=tuple(CATALOGUE.expressions))
        self.begun, self.go_on = threading.Event(), threading.Event()

    def prepare(self, wish: PreviewWish) -> bool:
        self.begun.set()
        assert self.go_on.wait(30)
        return super().prepare(wish)


@pytest.fixture
def held(store: SqlStore) -> Held:
    """What looks nothing up until the test lets it."""
    return Held(store)


@pytest.fixture
def slow(store: SqlStore, site: Path, held: Held) -> Iterator[httpx.Client]:
    """A client of an application whose look-ups take as long as the test wants."""
    app = make_app(store, site, previews=held)
    with running(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        yield client
        held.go_on.set()


@pytest.mark.usefixtures("issues")
def test_a_reader_has_one_look_up_at_a_time_and_is_told_when_to_come_again(
    slow: httpx.Client, held: Held, preferences: str
) -> None:
    with ThreadPoolExecutor(2) as others:
        first = others.submit(slow.post, f"{preferences}/preview", data={"interests": "fish"})
        assert held.begun.wait(30)
        busy = slow.post(f"{preferences}/preview", data={"interests": "fishes"})
        assert (busy.status_code, busy.headers["retry-after"]) == (429, "3")
        same = others.submit(slow.post, f"{preferences}/preview", data={"interests": "fish"})
        held.go_on.set()
        assert first.result().text == same.result().text
    assert slow.post(f"{preferences}/preview", data={"interests": "fishes"}).status_code == 200


@pytest.mark.usefixtures("issues")
def test_the_page_waits_for_no_look_up(slow: httpx.Client, held: Held, store: SqlStore, preferences: str) -> None:
    # its own takes too long: the page comes, and has a button
    own = slow.get(preferences)
    assert "See what your lines would have found" in own.text
    # and while that goes on, others' pages come at once
    store.subscribers.upsert([Subscriber(email="bo@example.org", interests=("fish",))])
    other = slow.get(f"/preferences/{token_of(store, 'preferences', 'bo@example.org')}")
    assert "See what your lines would have found" in other.text
    held.go_on.set()


# --- everything ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("issues")
@pytest.mark.parametrize("interests", ["", "-survey"])
def test_clearing_all_interests_asks_before_it_means_everything(
    client: httpx.Client, store: SqlStore, preferences: str, interests: str
) -> None:
    before = reader(store)
    tree = page(client.post(preferences, data=FORM | {"interests": interests, "cadence": "weekly"}))
    assert "about 3 papers a day" in text(tree)
    assert "a day. Of these, 30 at most come by mail. Nothing was saved yet." in text(tree)
    assert reader(store) == before
    # what else was chosen is still there to be saved with the yes
    assert tree.xpath("//input[@name='cadence'][@checked]/@value") == ["weekly"]
    [box] = tree.xpath("//input[@name='everything']")
    assert box.get("form") == "preferences"
    yes = FORM | {"interests": interests, "cadence": "weekly", "everything": "yes"}
    assert "Saved" in client.post(preferences, data=yes).text
    assert (reader(store).interests, reader(store).cadence) == (tuple(filter(None, [interests])), Edition.WEEKLY)


def test_who_gets_everything_already_is_not_asked(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    store.subscribers.upsert([replace(reader(store), interests=())])
    assert "Saved" in client.post(preferences, data=FORM | {"interests": ""}).text
    assert "Saved" in client.post(preferences, data=FORM | {"interests": "-survey"}).text


# --- when and how ----------------------------------------------------------------------------------------------------


def test_the_when_and_how_of_digests_is_kept_and_shown(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    chosen = {"cadence": "weekdays", "weekly_on": "thursday", "hour": "7", "more_than": "3", "order": "newest"}
    answer = client.post(preferences, data=FORM | chosen | {"language": "en", "reads:zh-Hans": "on"})
    assert reader(store).rhythm == Rhythm(
        weekdays_only=True,
        weekly_on=Weekday.THURSDAY,
        more_than=3,
        hour=7,
        order=PaperOrder.NEWEST,
        reads=("zh-Hans",),
    )
    tree = page(answer)
    for name in ("weekly_on", "hour", "order"):
        assert tree.xpath(f"//select[@name='{name}']/option[@selected]/@value") == [chosen[name]]
    assert tree.xpath("//input[@name='cadence'][@checked]/@value") == ["weekdays"]
    assert tree.xpath("//input[@name='reads:zh-Hans']/@checked")
    assert "Time of Europe/Berlin" in text(tree)


@pytest.mark.parametrize(
    ("field", "typed"), [("weekly_on", "someday"), ("hour", "25"), ("more_than", "few"), ("order", "worst")]
)
def test_what_cannot_be_chosen_is_marked(
    client: httpx.Client, store: SqlStore, preferences: str, field: str, typed: str
) -> None:
    before = reader(store)
    answer = client.post(preferences, data=FORM | {field: typed})
    assert answer.status_code == 422
    assert [one.get("id") for one in page(answer).find_class("problems")] == [f"{field}-problems"]
    assert reader(store) == before


# --- pausing ---------------------------------------------------------------------------------------------------------


def test_a_pause_begins_and_ends_by_itself(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    until = today() + 10 * DAY
    answer = client.post(preferences, data=FORM | {"action": "pause", "paused_until": str(until), "catch_up": "on"})
    assert "Paused: no issue is sent to you until" in answer.text
    assert (reader(store).paused_since, reader(store).paused_until, reader(store).catch_up) == (today(), until, 10)
    assert page(answer).xpath("//input[@name='paused_until']/@value") == [str(until)]
    # a day later in the same pause is no other beginning
    store.subscribers.pause(reader(store).id, since=today() - 5 * DAY, until=until)
    client.post(preferences, data={"action": "pause", "paused_until": str(until + DAY)})
    assert (reader(store).paused_since, reader(store).catch_up) == (today() - 5 * DAY, 0)
    store.subscribers.pause(reader(store).id, since=today() - 5 * DAY, until=today())
    assert "Paused" not in client.get(preferences).text


@pytest.mark.parametrize("catch_up", [True, False])
def test_a_pause_is_ended_at_once_with_what_was_missed_or_without(
    client: httpx.Client, store: SqlStore, preferences: str, *, catch_up: bool
) -> None:
    store.subscribers.pause(reader(store).id, since=today() - 5 * DAY, until=today() + 5 * DAY, catch_up=10)
    form = {"action": "resume"} | ({"catch_up": "on"} if catch_up else {})
    answer = client.post(preferences, data=form)
    assert "The next issue comes to you." in answer.text
    assert ("best of the papers that you missed" in answer.text) is catch_up
    after = reader(store)
    expected = (today() - 5 * DAY, today(), 10) if catch_up else (None, None, 0)
    assert (after.paused_since, after.paused_until, after.catch_up) == expected


@pytest.mark.parametrize("day", ["", "soon", "2001-01-01", "9999-01-01"])
def test_a_day_that_cannot_end_a_pause_is_marked(
    client: httpx.Client, store: SqlStore, preferences: str, day: str
) -> None:
    answer = client.post(preferences, data=FORM | {"action": "pause", "paused_until": day})
    assert answer.status_code == 422
    assert [one.get("id") for one in page(answer).find_class("problems")] == ["paused_until-problems"]
    assert reader(store).paused_until is None


@pytest.mark.parametrize(
    "act",
    [
        {"action": "pause", "paused_until": (datetime.now(UTC).date() + DAY).isoformat()},
        {"action": "pause", "paused_until": "never"},
        {"action": "resume"},
        {"action": "renew-feed"},
        {"action": "return"},
        {"action": "preview"},
        {"action": "save", "hour": "25"},
    ],
    ids=lambda act: "-".join(act.values()),
)
def test_nothing_typed_is_ever_lost(
    client: httpx.Client, store: SqlStore, preferences: str, act: dict[str, str]
) -> None:
    before = reader(store)
    typed = {
        "name": "Countess",
        "interests": "zebrafish\r\nlace",
        "max_papers": "12",
        "topic:fish": "on",
        "cadence": "weekly",
    }
    tree = page(client.post(preferences, data=typed | act))
    assert tree.get_element_by_id("name").get("value") == "Countess"
    assert tree.get_element_by_id("interests").text_content().strip() == "zebrafish\nlace"
    assert tree.get_element_by_id("max_papers").get("value") == "12"
    assert tree.xpath("//details//input[@name='topic:fish']/@checked")
    assert tree.xpath("//input[@name='cadence'][@checked]/@value") == ["weekly"]
    assert "saved yet" in text(tree)
    assert (reader(store).name, reader(store).interests) == (before.name, before.interests)


# --- the rest of the page --------------------------------------------------------------------------------------------


def test_the_last_digests_lead_to_the_readers_own_pages(
    client: httpx.Client, store: SqlStore, preferences: str, day: str
) -> None:
    sent = {MONDAY: ("sent", ""), MONDAY + DAY: ("skipped", "no match"), MONDAY + 2 * DAY: ("skipped", "other cadence")}
    for when, (status, reason) in sent.items():
        issue = make_issue([about(when.day, "retrieval")], day=when)
        store.deliveries.plan(
            issue,
            lambda people, issue=issue, status=status, reason=reason: [
                (freeze(one, issue), DeliveryStatus(status), reason, None) for one in people
            ],
            at=datetime.now(UTC),
        )
    links = page(client.get(preferences)).xpath("//section[@aria-labelledby='day']//li")
    assert [text(one) for one in links] == [
        "Tuesday, 2 June 2026 skipped (no paper fits)",
        "Monday, 1 June 2026",
    ]
    [href] = links[1].xpath("a/@href")
    assert httpx.URL(str(client.base_url)).join(preferences).join(href).path == f"{day}/2026-06-01"


def test_the_feeds_address_can_be_copied(store: SqlStore, site: Path, preferences: str) -> None:
    app = make_app(store, site, base_url="https://news.example.org/papers")
    with running(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        [box] = page(client.get(preferences)).xpath("//input[@readonly]")
    assert box.get("value") == f"https://news.example.org/papers/feed/{token_of(store, 'feed')}.atom"
    assert "name" not in box.attrib


def test_the_page_leads_to_the_other_pages_of_a_subscription(
    client: httpx.Client, preferences: str, unsubscribe: str
) -> None:
    answer = client.get(preferences)
    hrefs = page(answer).xpath("//section[@aria-labelledby='account']//a/@href")
    paths = [answer.url.join(href).path for href in hrefs]
    assert paths == [f"{preferences}/address", f"{preferences}/data", unsubscribe]


def test_who_reads_by_feed_alone_sees_nothing_of_mail(client: httpx.Client, store: SqlStore) -> None:
    own = feed_reader(store, "retrieval")
    path = f"/preferences/{subscriber_token(SECRET, 'preferences', own.id, '')}"
    tree = page(client.get(path))
    names = {one.get("name") for one in tree.xpath("//input | //select | //textarea")}
    assert not names & {"hour", "more_than", "weekly_on", "paused_until", "catch_up"}
    assert tree.xpath("//input[@name='cadence']/@value") == ["daily", "weekly"]
    assert not any("unsubscribe" in href or "address" in href for href in tree.xpath("//main//a/@href"))
    assert tree.xpath("//a[.='RSS']")
    saved = client.post(path, data={"interests": "zebrafish", "cadence": "weekly"})
    assert "Saved" in saved.text
    after = store.subscribers.by_id(own.id)
    assert after is not None
    assert (after.interests, after.cadence, after.state) == (("zebrafish",), Edition.WEEKLY, SubscriptionState.FEED)
    # nothing turns it into an address that is mailed
    client.post(path, data={"action": "return"})
    client.post(path, data={"action": "pause", "paused_until": str(today() + DAY)})
    after = store.subscribers.by_id(own.id)
    assert after is not None
    assert (after.state, after.email) == (SubscriptionState.FEED, "")
