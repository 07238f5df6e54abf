"""Readers' own pages over HTTP: what a reader sees of a day, and what nobody else does."""

from __future__ import annotations

import email
import email.policy
import gzip
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import bibtexparser
import httpx
import pytest
import rispy
from lxml import html

from newsletter.domain.delivery import Recipient
from newsletter.domain.issues import Edition, Issue, IssueKey, SelectionRequest
from newsletter.domain.matching import IssueSelector
from newsletter.domain.subscribers import Subscriber, SubscriptionState
from newsletter.services.reader_pages import ReaderPage, ReaderPages
from newsletter.store import SqlStore
from tests.support.mails import make_assembler
from tests.support.samples import make_issue, make_notice
from tests.support.web import make_app, make_days, running
from tests.web.conftest import EMAIL, about, change, publish, token_of

BO = "bo@example.org"
MONDAY, TUESDAY, WEDNESDAY = (date(2026, 6, day) for day in (1, 2, 3))
WEEK = IssueKey(date(2026, 6, 5), Edition.WEEKLY)


@pytest.fixture
def issues(store: SqlStore) -> list[Issue]:
    """Three daily issues and a weekly one; Ada reads about retrieval and fish, Bo everything."""
    change(store, interests=("retrieval", "zebrafish", "quantum gravity", "-survey"), max_papers=2)
    store.subscribers.upsert([Subscriber(email=BO)])
    monday = make_issue([about(1, "retrieval")], day=MONDAY)
    tuesday = make_issue(
        [
            about(2, "retrieval", upvotes=5),
            about(3, "retrieval", upvotes=90),
            about(4, "zebrafish and retrieval", upvotes=1),
            about(5, "zebrafish", upvotes=None),
            about(6, "a survey of retrieval"),
            about(7, "protein folding"),
        ],
        day=TUESDAY,
    )
    wednesday = make_issue([about(8, "protein folding")], day=WEDNESDAY)
    week = make_issue([about(1, "retrieval"), about(5, "zebrafish")], key=WEEK)
    return [publish(store, issue) for issue in (monday, tuesday, wednesday, week)]


@pytest.fixture
def page(store: SqlStore, issues: list[Issue]) -> str:
    """The path of Ada's page of Tuesday."""
    assert issues
    return f"/day/{token_of(store, 'day')}/{TUESDAY}"


def sections(answer: httpx.Response) -> dict[str, list[str]]:
    """The titles on a page, by section."""
    assert answer.status_code == 200, answer.text
    tree = html.document_fromstring(answer.text)
    return {
        part.xpath("string(h2/bdi)"): [row.text_content() for row in part.xpath(".//details/summary/h3")]
        for part in tree.xpath("//main//section")
    }


def titles(answer: httpx.Response) -> list[str]:
    return [title for own in sections(answer).values() for title in own]


def link(answer: httpx.Response, xpath: str) -> httpx.URL:
    """Where a link of a page leads, from that page."""
    [href] = html.document_fromstring(answer.text).xpath(f"{xpath}/@href")
    return answer.url.join(str(href))


@pytest.mark.parametrize("key", [IssueKey(TUESDAY), WEEK], ids=["daily", "weekly"])
@pytest.mark.parametrize("changes", [{}, {"max_papers": 12}, {"interests": ()}], ids=["all", "limited", "everything"])
def test_a_mail_leads_to_exactly_this_page_which_shows_what_the_mail_left_out(
    client: httpx.Client, store: SqlStore, key: IssueKey, changes: dict[str, Any]
) -> None:
    change(store, **({"interests": ("retrieval", "zebrafish", "-survey"), "max_papers": None} | changes))
    papers = [about(n, ("retrieval", "zebrafish", "a survey of retrieval")[n % 3]) for n in range(1, 91)]
    issue = publish(store, make_issue(papers, key=key))
    reader = store.subscribers.get(EMAIL)
    assert reader is not None
    recipient = Recipient(
        subscriber_id=reader.id, email=reader.email, language=reader.language, interests=reader.interests
    )
    selection = IssueSelector(issue).select(SelectionRequest(reader.interests, reader.max_papers))
    base_url = str(client.base_url).rstrip("/")
    message = make_assembler(base_url).in_language(issue, "en").build(recipient, selection)
    part = email.message_from_bytes(bytes(message), policy=email.policy.default).get_body(("html",))
    assert part is not None
    tree = html.document_fromstring(part.get_content())
    [more] = tree.xpath("//p[contains(@style, 'bold')]/a[contains(., 'more on your page')]")
    assert more.get("href") == f"{base_url}/day/{token_of(store, 'day')}/{key.slug}"
    mailed = set(tree.xpath("//a[starts-with(@href, 'https://papers.example.org/abs/')]/@href"))
    assert len(mailed) == len(message.papers)
    page = html.document_fromstring(client.get(more.get("href")).raise_for_status().text)
    here = set(page.xpath("//main//a[starts-with(@href, 'https://papers.example.org/abs/')]/@href"))
    assert mailed < here
    assert len(here - mailed) == int(re.search(r"\d+", more.text_content())[0])  # type: ignore[index]


def choose(answer: httpx.Response, text: str) -> httpx.URL:
    return link(answer, f"//ul[@class='picks']//a[bdi[.='{text}']]")


def test_all_that_matches_stands_by_interest_the_rarest_first(client: httpx.Client, page: str) -> None:
    answer = client.get(page)
    shown = sections(answer)
    assert [*shown] == ["zebrafish", "retrieval"]
    # a paper that both found stands once
    assert {*shown["zebrafish"]} == {"Paper 4 on zebrafish and retrieval", "Paper 5 on zebrafish"}
    assert {*shown["retrieval"]} == {"Paper 2 on retrieval", "Paper 3 on retrieval"}
    text = html.document_fromstring(answer.text).text_content()
    assert "4 of 6 papers for you" in text
    assert "Your mails hold 2 papers at most; here are all." in text
    assert "quantum gravity" in text


def test_a_row_opens_to_the_whole_paper_and_says_why_it_came(client: httpx.Client, page: str) -> None:
    [row] = html.document_fromstring(client.get(page).text).xpath("//details[@id='sample-2606-00004']")
    assert "Matched: zebrafish, retrieval" in " ".join(row.text_content().split())
    assert "This is a study of zebrafish and retrieval." in row.text_content()
    assert row.xpath(".//a[.='PDF']/@href") == ["https://papers.example.org/pdf/2606.00004"]
    assert not row.xpath("./summary//a")


@pytest.mark.parametrize(
    ("order", "first"),
    [("Newest", ["Paper 3 on retrieval", "Paper 2 on retrieval"]), ("Upvotes", ["Paper 3 on retrieval"])],
)
def test_another_order_is_a_link_away(client: httpx.Client, page: str, order: str, first: list[str]) -> None:
    chosen = client.get(choose(client.get(page), order))
    assert sections(chosen)["retrieval"][: len(first)] == first
    current = html.document_fromstring(chosen.text).xpath("//*[@aria-current]//bdi/text()")
    assert current == ["All", order]


def test_one_interest_shows_all_that_it_found(client: httpx.Client, page: str) -> None:
    upvoted = client.get(choose(client.get(page), "Upvotes"))
    chosen = client.get(choose(upvoted, "retrieval"))
    # the paper that stands under zebrafish on the whole page came by retrieval too; the order stays
    assert sections(chosen) == {
        "retrieval": ["Paper 3 on retrieval", "Paper 2 on retrieval", "Paper 4 on zebrafish and retrieval"]
    }
    assert len(titles(client.get(choose(chosen, "All")))) == 4


def test_no_address_tells_what_a_reader_is_interested_in(client: httpx.Client, page: str) -> None:
    hrefs = html.document_fromstring(client.get(page).text).xpath("//main//nav//@href")
    assert hrefs
    assert not any("retrieval" in href or "zebra" in href for href in hrefs)


@pytest.mark.parametrize(
    "query",
    [
        "order=worst&interest=nothing&format=pdf",
        "interest=0123456789",
        "order=&interest=&format=",
        "order=%00&interest=%ff%fe&format=..%2f..",
        "interest=" + "x" * 5000,
        "order=best&order=worst&x=y&&&=",
        "interest=%F0%9F%90%9F%F0%9F%90%9F%F0%9F%90%9F%F0%9F%90%9F%F0%9F%90%9F%F0%9F%90%9F%F0%9F%90%9F%F0%9F%90%9F%F0%9F%90%9F%F0%9F%90%9F",
    ],
)
def test_whatever_else_is_asked_shows_everything(client: httpx.Client, page: str, query: str) -> None:
    assert sections(client.get(f"{page}?{query}")) == sections(client.get(page))


def test_the_latest_page_is_that_of_the_newest_issue_with_papers(
    client: httpx.Client, store: SqlStore, issues: list[Issue], day: str
) -> None:
    assert issues
    publish(store, make_notice())
    newest = client.get(day)
    assert "Wednesday, 3 June 2026" in newest.text
    assert titles(newest) == []
    assert "The one paper of this issue does not match your interests." in newest.text
    before = client.get(link(newest, "//a[@rel='prev']"))
    assert before.url.path.endswith("/2026-06-02")
    assert len(titles(before)) == 4
    assert client.get(link(before, "//a[@rel='next']")).url.path.endswith("/2026-06-03")
    first = client.get(link(before, "//a[@rel='prev']"))
    assert not html.document_fromstring(first.text).xpath("//a[@rel='prev']")


def test_the_latest_page_changes_and_its_links_stay_on_it(
    client: httpx.Client, store: SqlStore, issues: list[Issue], day: str
) -> None:
    assert issues
    publish(store, make_issue([about(9, "retrieval"), about(10, "zebrafish")], day=date(2026, 6, 4)))
    answer = client.get(day)
    assert len(titles(answer)) == 2
    chosen = choose(answer, "zebrafish")
    assert chosen.path == day
    assert titles(client.get(chosen)) == ["Paper 10 on zebrafish"]


def test_a_weekly_reader_gets_weekly_issues(
    client: httpx.Client, store: SqlStore, issues: list[Issue], day: str
) -> None:
    assert issues
    change(store, cadence=Edition.WEEKLY)
    publish(store, make_issue([about(5, "zebrafish")], key=IssueKey(date(2026, 6, 12), Edition.WEEKLY)))
    latest = client.get(day)
    assert "Week to 12 June 2026" in latest.text
    before = link(latest, "//a[@rel='prev']")
    assert before.path.endswith("/2026-06-05-weekly")
    week = client.get(before)
    assert len(titles(week)) == 2
    # the date alone is that of the reader's rhythm, where there is an issue of it
    assert titles(client.get(f"{day}/2026-06-05")) == titles(week)
    assert "Tuesday" in client.get(f"{day}/{TUESDAY}").text


def test_the_weekly_issue_is_there_for_everybody(client: httpx.Client, issues: list[Issue], day: str) -> None:
    assert issues
    assert len(titles(client.get(f"{day}/{WEEK.slug}"))) == 2


def test_a_day_without_papers_says_so(client: httpx.Client, store: SqlStore, issues: list[Issue], day: str) -> None:
    assert issues
    publish(store, make_notice())
    answer = client.get(f"{day}/2026-06-06")
    assert "it is the weekend" in answer.text
    assert link(answer, "//a[@rel='prev']").path.endswith("/2026-06-03")


def test_who_named_no_interest_sees_everything_by_category(
    client: httpx.Client, store: SqlStore, issues: list[Issue]
) -> None:
    assert issues
    answer = client.get(f"/day/{token_of(store, 'day', BO)}/{TUESDAY}")
    assert {name: len(own) for name, own in sections(answer).items()} == {"cs.CL": 6}
    assert "papers for you" not in answer.text


def test_the_page_speaks_the_readers_language(client: httpx.Client, store: SqlStore, page: str) -> None:
    change(store, language="zh-Hans")
    answer = client.get(page)
    tree = html.document_fromstring(answer.text)
    assert tree.get("lang") == "zh-Hans"
    assert "6 篇论文中有 4 篇" in tree.text_content()
    assert any(title.startswith("论文 ") for title in titles(answer))


def test_a_topic_is_called_by_its_name(client: httpx.Client, store: SqlStore, page: str) -> None:
    change(store, interests=("topic:rag", "topic:agents"))
    answer = client.get(page)
    assert [*sections(answer)] == ["Retrieval"]
    assert "Agents &amp; &lt;tools&gt;" in answer.text


def test_before_the_first_issue_the_page_says_so(client: httpx.Client, day: str) -> None:
    answer = client.get(day)
    assert answer.status_code == 200
    assert "No issue is out yet." in answer.text


def test_a_draft_is_nobodys_page(client: httpx.Client, store: SqlStore, issues: list[Issue], day: str) -> None:
    assert issues
    store.issues.save(make_issue([about(11, "retrieval")], day=date(2026, 6, 4)))
    assert client.get(f"{day}/2026-06-04").status_code == 404
    assert "Wednesday" in client.get(day).text


@pytest.mark.parametrize(
    "date",
    [
        "2026-06-09",
        "2026-13-45",
        "9999-12-31",
        "0001-01-01",
        "2026-06-02-monthly",
        "latest",
        "%00",
        "%ff%fe",
        "..%2f..%2fetc",
        "2026-06-02%0d%0aX: y",
        "0" * 3000,
    ],
)
def test_a_day_without_an_issue_leads_to_the_latest(
    client: httpx.Client, issues: list[Issue], day: str, date: str
) -> None:
    assert issues
    answer = client.get(f"{day}/{date}")
    assert answer.status_code == 404
    if "%2f" not in date:  # another path, and none of ours
        assert client.get(link(answer, "//main//a")).status_code == 200


@pytest.mark.parametrize(
    "token", ["1.AAAAAAAAAAAAAAAAAAAAAA", "x", "%00", "0" * 3000, "999999999999999999.AAAAAAAAAAAAAAAAAAAAAA"]
)
def test_a_forged_address_reveals_nothing(client: httpx.Client, issues: list[Issue], token: str) -> None:
    assert issues
    for path in (f"/day/{token}", f"/day/{token}/{TUESDAY}"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "This link does not work" in answer.text
        assert "@" not in answer.text.replace("help@example.org", "")
        assert answer.headers["cache-control"] == "no-store"


def test_the_token_of_another_purpose_opens_no_page(client: httpx.Client, store: SqlStore, page: str) -> None:
    for purpose in ("preferences", "unsubscribe", "feed"):
        assert client.get(f"/day/{token_of(store, purpose)}").status_code == 404
        assert client.get(f"/{purpose}/{page.split('/')[2]}").status_code == 404


def test_who_has_left_has_no_page_any_more(client: httpx.Client, store: SqlStore, page: str) -> None:
    first = client.get(page)
    store.subscribers.set_state(EMAIL, SubscriptionState.UNSUBSCRIBED)
    gone = client.get(page, headers={"If-None-Match": first.headers["etag"]})
    assert (gone.status_code, gone.headers["cache-control"]) == (410, "no-store")
    assert EMAIL not in gone.text
    store.subscribers.set_state(EMAIL, SubscriptionState.UNCONFIRMED)
    assert client.get(page).status_code == 404
    store.subscribers.remove(EMAIL)
    assert client.get(page).status_code == 404


def test_the_page_is_private_and_the_readers_own_copy_may_be_kept(client: httpx.Client, page: str) -> None:
    answer = client.get(page)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "private, max-age=300"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers


def test_the_page_asks_nobody_else_and_runs_nothing(client: httpx.Client, page: str) -> None:
    tree = html.document_fromstring(client.get(page).text)
    assert not tree.xpath("//script | //iframe | //img | //style | //@style | //@onclick")
    assert all("://" not in str(href) for href in tree.xpath("//link/@href"))


def test_nothing_on_the_page_says_whose_it_is(client: httpx.Client, store: SqlStore, page: str) -> None:
    change(store, name="Ada Lovelace")
    text = client.get(page).text
    secrets = (EMAIL, "Lovelace", *(token_of(store, purpose) for purpose in ("preferences", "unsubscribe", "feed")))
    assert not [secret for secret in secrets if secret in text]


def test_what_papers_and_interests_hold_is_shown_as_text(client: httpx.Client, store: SqlStore, day: str) -> None:
    nasty = "<script>alert(1)</script> retrieval \"'>"
    change(store, interests=(nasty, "retrieval", "\ufdd00\ufdd1 retrieval"), max_papers=None)
    publish(store, make_issue([about(1, f"retrieval {nasty}")], day=TUESDAY))
    answer = client.get(day)
    tree = html.document_fromstring(answer.text)
    assert not tree.xpath("//script")
    assert len(tree.xpath("//details[@class='row']")) == 1
    assert "\ufdd0" not in answer.text


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_known_copy_is_not_sent_again(client: httpx.Client, page: str, encoding: str) -> None:
    wants = {"Accept-Encoding": encoding}
    first = client.get(page, headers=wants)
    assert ("content-encoding" in first.headers) is (encoding == "gzip")
    again = client.get(page, headers=wants | {"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for field in ("etag", "cache-control", "vary"):
        assert again.headers[field] == first.headers[field]


def test_a_known_copy_costs_no_paper_after_a_restart_either(
    client: httpx.Client, store: SqlStore, site: Path, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = client.get(page).headers["etag"]
    monkeypatch.setattr(type(store.issues), "get", lambda *_: pytest.fail("an issue was read"))
    with running(make_app(store, site)) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as other:
        assert other.get(page, headers={"If-None-Match": tag}).status_code == 304


def test_head_has_the_same_fields_and_no_body(client: httpx.Client, page: str) -> None:
    for address in (page, f"{page}?format=ris"):
        got, head = client.get(address), client.head(address)
        assert head.content == b""
        assert {**head.headers, "date": ""} == {**got.headers, "date": ""}


def test_compressed_or_not_it_is_the_same_page(client: httpx.Client, page: str) -> None:
    with client.stream("GET", page, headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert gzip.decompress(packed) == client.get(page, headers={"Accept-Encoding": "identity"}).content


@pytest.mark.parametrize(
    "changes",
    [
        {"interests": ("zebrafish",)},
        {"max_papers": 3},
        {"language": "zh-Hans"},
    ],
)
def test_what_changes_the_page_changes_its_tag(
    client: httpx.Client, store: SqlStore, page: str, changes: dict[str, Any]
) -> None:
    first = client.get(page)
    change(store, **changes)
    second = client.get(page, headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 200
    assert second.content != first.content


def test_a_correction_and_a_new_neighbour_change_the_tag(client: httpx.Client, store: SqlStore, page: str) -> None:
    tags = [client.get(page).headers["etag"]]
    publish(store, replace(make_issue([about(4, "corrected retrieval")], day=TUESDAY), revision=2))
    tags.append(client.get(page).headers["etag"])
    assert titles(client.get(page)) == ["Paper 4 on corrected retrieval"]
    publish(store, replace(make_issue(0, day=WEDNESDAY, silence=make_notice().silence), revision=2))
    tags.append(client.get(page).headers["etag"])
    assert not html.document_fromstring(client.get(page).text).xpath("//a[@rel='next']")
    assert len(set(tags)) == 3


def test_a_page_is_only_read(client: httpx.Client, page: str) -> None:
    answer = client.post(page)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_the_preferences_page_leads_to_it(client: httpx.Client, store: SqlStore, preferences: str, page: str) -> None:
    answer = client.get(preferences)
    assert client.get(link(answer, "//section[@aria-labelledby='day']//a")).status_code == 200
    assert page
    store.subscribers.set_state(EMAIL, SubscriptionState.UNSUBSCRIBED)
    assert "/day/" not in client.get(preferences).text


# --- files of citations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "suffix"),
    [
        ("BibTeX", "application/x-bibtex; charset=utf-8", "bib"),
        ("RIS", "application/x-research-info-systems; charset=utf-8", "ris"),
        ("CSL-JSON", "application/vnd.citationstyles.csl+json", "json"),
    ],
)
def test_what_is_shown_can_be_taken_along(client: httpx.Client, page: str, name: str, kind: str, suffix: str) -> None:
    shown = client.get(choose(client.get(page), "retrieval"))
    answer = client.get(link(shown, f"//p[@class='exports']/a[.='{name}']"))
    assert answer.headers["content-type"] == kind
    assert answer.headers["content-disposition"] == f'attachment; filename="papers-2026-06-02.{suffix}"'
    assert answer.headers["cache-control"] == "private, max-age=300"
    match suffix:
        case "bib":
            found = [entry.fields_dict["title"].value for entry in bibtexparser.parse_string(answer.text).entries]
        case "ris":
            found = [record["title"] for record in rispy.loads(answer.content.decode())]
        case _:
            found = [item["title"] for item in json.loads(answer.text)]
    assert found == titles(shown)
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("form", ["bibtex", "ris", "csl-json"])
def test_a_file_that_is_known_costs_no_paper_after_a_restart_either(
    client: httpx.Client, store: SqlStore, site: Path, page: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = client.get(f"{page}?format={form}").headers["etag"]
    monkeypatch.setattr(type(store.issues), "get", lambda *_: pytest.fail("an issue was read"))
    with running(make_app(store, site)) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as other:
        assert other.get(f"{page}?format={form}", headers={"If-None-Match": tag}).status_code == 304


def test_a_day_on_which_nothing_matched_has_a_file_without_papers(
    client: httpx.Client, issues: list[Issue], day: str
) -> None:
    assert issues
    assert client.get(f"{day}/{WEDNESDAY}?format=csl-json").json() == []
    assert rispy.loads(client.get(f"{day}/{WEDNESDAY}?format=ris").text) == []


def test_before_the_first_issue_there_is_no_file_but_the_page(client: httpx.Client, day: str) -> None:
    assert client.get(f"{day}?format=ris").headers["content-type"] == "text/html; charset=utf-8"


# --- many readers -----------------------------------------------------------------------------------------------------


class Stepwise(ReaderPages):
    """Knows whose turn it was, and waits in the first step until it is told to go on."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.begun, self.go = threading.Event(), threading.Event()
        self.turns: list[str] = []

    def prepare(self, page: ReaderPage) -> bool:
        self.turns.append(page.subscriber.email)
        self.begun.set()
        assert self.go.wait(60)
        return super().prepare(page)


@pytest.fixture
def stepwise(store: SqlStore, site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Stepwise, httpx.Client]]:
    monkeypatch.setattr("tests.support.web.ReaderPages", Stepwise)
    days = make_days(store)
    assert isinstance(days, Stepwise)
    with (
        running(make_app(store, site, days=days)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as client,
    ):
        yield days, client


def test_a_reader_who_gets_much_lets_others_in_between(
    stepwise: tuple[Stepwise, httpx.Client], store: SqlStore, page: str, unsubscribe: str
) -> None:
    days, client = stepwise
    publish(store, make_issue([about(n, "protein folding") for n in range(1, 350)], day=date(2026, 6, 4)))
    with ThreadPoolExecutor(2) as threads:
        large = threads.submit(client.get, f"/day/{token_of(store, 'day', BO)}/2026-06-04")
        assert days.begun.wait(60)
        small = threads.submit(client.get, page)
        try:
            assert client.get(unsubscribe).status_code == 200
        finally:
            days.go.set()
        assert small.result().status_code == large.result().status_code == 200
    assert days.turns.count(BO) >= 4  # an index, then a hundred papers at a time
    assert days.turns.index(EMAIL) < len(days.turns) - 1 - days.turns[::-1].index(BO)
