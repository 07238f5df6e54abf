"""The pages of an outbox: what a message holds stays in its frame, and only the page's own script runs."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from lxml import html

from newsletter.domain.ports import OutboxEntry, OutboxListing, OutboxMessage
from newsletter.render.outbox import OutboxRenderer
from tests.support.mails import make_templates
from tests.support.samples import make_issue

ISSUE = make_issue(2)
ENTRY = OutboxEntry(
    email="ada@example.org",
    status="queued",
    reason="",
    papers=(ISSUE.papers[1].id, ISSUE.papers[0].id),
    matched={ISSUE.papers[1].id: ("retrieval", "cat:cs.IR")},
    subject="Two papers",
    preheader="Of which this is one",
    file="ada@example.org.eml",
    page="ada@example.org.html",
    size=2049,
)
MAIL = '<!DOCTYPE html><html><head lang="en"><title>x</title></head><body><p>"Hello" & bye</p></body></html>'


def message_page(content: str = MAIL, text: str = "Hello", language: str = "en") -> html.HtmlElement:
    design = OutboxRenderer(make_templates(), ISSUE, language=language)
    return html.document_fromstring(design.message(ENTRY, OutboxMessage(content, text, "Subject: Two papers")))


def list_page(language: str = "en") -> html.HtmlElement:
    listing = OutboxListing(1, [ENTRY], pages=["index.html"], totals={"queued": 1})
    return html.document_fromstring(OutboxRenderer(make_templates(), ISSUE, language=language).listing(listing))


def policy(page: html.HtmlElement) -> dict[str, str]:
    [content] = page.xpath('//meta[@http-equiv="Content-Security-Policy"]/@content')
    return {name: values for name, _, values in (one.strip().partition(" ") for one in content.split(";"))}


@pytest.mark.parametrize("page", [message_page(), list_page()], ids=["message", "list"])
def test_the_page_runs_its_own_script_alone_and_loads_nothing_remote(page: html.HtmlElement) -> None:
    [script] = page.xpath("//script/text()")
    named = f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
    assert named in policy(page)["script-src"].split()
    assert policy(page)["default-src"] == "'none'"
    assert set(" ".join(policy(page).values()).split()) <= {
        *("'none'", "'unsafe-inline'", "'self'", "file:", "data:"),
        named,
    }
    assert "'unsafe-inline'" not in policy(page)["script-src"]


def test_a_message_stands_whole_in_a_frame_in_which_nothing_runs() -> None:
    [frame] = message_page().xpath("//iframe")
    assert frame.get("srcdoc") == MAIL.replace('<head lang="en">', '<head lang="en"><base target="_blank">')
    assert not {"allow-scripts", "allow-same-origin", "allow-forms", "allow-top-navigation"} & set(
        frame.get("sandbox").split()
    )


def test_the_message_page_says_why_each_paper_came_in_the_order_of_the_mail() -> None:
    rows = [[cell.text_content() for cell in row.xpath("td")] for row in message_page().xpath("//tbody/tr")]
    assert rows == [[ISSUE.papers[1].paper.title, "retrieval, cat:cs.IR"], [ISSUE.papers[0].paper.title, ""]]


def test_text_and_header_stand_as_they_are() -> None:
    parts = message_page(text="Hello <b>\n  you & me").xpath("//pre")
    assert [part.text_content() for part in parts] == ["Hello <b>\n  you & me", "Subject: Two papers"]


def test_images_that_would_be_fetched_are_counted_and_not_fetched() -> None:
    remote = '<img alt="" src="https://x.example/a.png"><img src=//x.example/b.png><img src="data:image/png;base64,AA">'
    assert "2 images are not loaded here" in message_page(MAIL.replace("<p>", remote)).text_content()
    assert "not loaded" not in message_page().text_content()
    assert policy(message_page())["img-src"] == "data:"


def test_the_list_shows_what_a_mail_program_would_and_what_it_weighs() -> None:
    [row] = list_page().xpath('//ol[@id="rows"]/li/a')
    assert row.get("href") == "ada@example.org.html"
    assert " ".join(row.text_content().split()) == ("ada@example.org 2 papers · 3 KB Two papers Of which this is one")


def test_what_the_script_says_has_its_places_in_every_language() -> None:
    for language in ("en", "zh-Hans"):
        [count] = list_page(language).xpath('//output[@id="count"]')
        assert set(re.findall(r"\{(\w+)\}", count.get("data-all"))) == {"found", "all"}
        assert set(re.findall(r"\{(\w+)\}", count.get("data-first"))) == {"found", "all", "shown"}


def test_the_pages_speak_the_newsletters_language() -> None:
    assert "queued: 1" in list_page().text_content()
    assert "待发送: 1" in list_page("zh-Hans").text_content()
    assert message_page(language="zh-Hans").get("lang") == "zh-Hans"
