"""Hostile text on every surface: the structure of what is written is the same as with harmless text."""

from __future__ import annotations

import dataclasses
import email
import email.policy
import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from lxml import etree
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from newsletter.domain.issues import Issue, IssuePaper, IssueState, IssueStatus
from newsletter.domain.papers import Author, Keyword, PaperNote, Rating
from newsletter.domain.ports import OutboxEntry, OutboxListing, OutboxMessage
from newsletter.formats import decode_issue
from newsletter.render.markdown import MarkdownRenderer
from newsletter.render.outbox import OutboxRenderer
from newsletter.render.site import SiteTopic
from tests.support.mails import make_assembler, make_site, make_templates
from tests.support.samples import make_issue, make_paper, make_recipient, select

HARMLESS = "Harmless words"
TEXTS = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onload="alert(1)" x=\'',
    "closing": "</title></style></textarea></p></td></table><h1>gone</h1>",
    "cdata": "a ]]> b <![CDATA[ c ]]>",
    "entity": "Q&A &amp; &lt;b&gt; &#x3c;i&#x3e; AT&T",
    "think": "<think> models think </think>",
    "cell": "one | two || three \\| four",
    "link": "a](https://evil.example) ![i](https://evil.example/i.png) [b]: https://evil.example",
    "autolink": "<https://evil.example> <a@evil.example>",
    "block": "# heading",
    "list": "- item",
    "number": "1. first",
    "fence": "```sh",
    "quote": "> quoted",
    "emphasis": "*a* **b** _c_ `d` ~~e~~ \\*f\\*",
    "footnote": "[^1]: a note [^2]",
    "front": "--- title: x ---",
    "tex": r"On $O(n^2)$ and $\frac{a}{b} < c$, 5\% of $5 and $10",
    "hostile tex": r"$\text{<script>alert(1)</script>} \href{javascript:x}{y} [a](https://evil.example)$",
    "unclosed tex": "$" + "{" * 300 + "\\left(" * 50,
    "rtl": "עברית \u202egnirts\u202c العربية",
    "emoji": "👩🏽\u200d🔬 family 👨\u200d👩\u200d👧 é e\u0301",
    "long word": "x" * 300,
    "line feeds": "one\r\nBcc: victim@example.org\r\n\r\ntwo\nthree\u2028four\x0bfive",
    "controls": "a\x00b\x01c\x1b[31md\x7fe\ufffef\uffff\ufdd0subject\ufdd1",
    "dots": ".\n..\nFrom me",
    "jinja": "{{ 7 * 7 }} {% for x in y %} %(num)d %s {0}",
    "surrogate": "broken \ud800 half",
}
MATHML = {
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "mfrac",
    "msup",
    "msub",
    "mtext",
    "mspace",
    "msubsup",
    "mstyle",
    "mtd",
    "mtr",
    "mtable",
}


def hostile_paper(number: int, text: str, only: str = "") -> IssuePaper:
    """A paper that says this in every field, or in one."""

    def say(field: str, otherwise: str = HARMLESS) -> str:
        return text if not only or only == field else otherwise

    entry = make_paper(
        number,
        title=say("title"),
        abstract=say("abstract"),
        authors=(Author(say("author"), say("affiliation")), Author("B")),
        categories=(say("category"),),
        comment=say("comment"),
        doi=say("doi"),
        journal_ref=say("journal"),
        links={"abs": f"https://papers.example.org/{number}", "pdf": say("url"), "x-role": f"https://e.org/{number}"},
    )
    summaries = {
        language: dataclasses.replace(
            summary,
            title=say("translation") if language != "en" else "",
            abstract=say("translated abstract") if language != "en" else "",
            tldr=say("tldr"),
            tldr_en=say("tldr"),
            main_work=say("work"),
            motivation=say("motivation"),
            method=say("method"),
            result=say("result"),
            highlights=(say("highlight"), HARMLESS),
            keywords=(Keyword(say("keyword"), "" if language == "en" else f"译 {say('keyword')}"),),
            ratings={"novelty": Rating(4.0, say("reason"))},
            provenance=dataclasses.replace(summary.provenance, model=say("model")),
            failure=None,
        )
        for language, summary in entry.summaries.items()
    }
    note = PaperNote(
        paper_id=entry.id,
        affiliation=say("affiliation"),
        code="https://code.example.org/x",
        code_remark=say("remark"),
        links=((say("label"), f"https://links.example.org/{number}"),),
    )
    return dataclasses.replace(entry, summaries=summaries, note=note)


def hostile_issue(text: str) -> Issue:
    """Two papers; every text of the issue is this one."""
    return make_issue([hostile_paper(1, text), hostile_paper(2, text)], title=text, description=text)


class _Structure(HTMLParser):
    """Elements and attribute names in order; formulas count as text, direction follows the text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in MATHML:
            self.found.append(f"<{tag} {' '.join(sorted(name for name, _ in attrs if name != 'dir'))}>")
        for name, value in attrs:
            assert not name.startswith("on"), f"an event handler on <{tag}>"
            if name in {"href", "src"}:
                assert not (value or "").lower().strip().startswith(("javascript:", "data:", "vbscript:")), value
                assert "evil.example" not in (value or "").partition("?")[0], f"a foreign link: {value}"

    def handle_endtag(self, tag: str) -> None:
        if tag not in MATHML:
            self.found.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"<![{data}")


def html_structure(text: str) -> list[str]:
    parser = _Structure()
    parser.feed(text)
    parser.close()
    return parser.found


def xml_structure(content: bytes) -> list[Any]:
    parser = etree.XMLParser(resolve_entities=False, recover=False)
    root = etree.fromstring(content, parser)
    found: list[Any] = []
    for element in root.iter():
        if isinstance(element.tag, str):
            found.append((element.tag, sorted(element.attrib)))
            if element.tag.endswith(("content", "encoded")) and element.text:
                found.append(html_structure(element.text))
    return found


def json_structure(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: json_structure(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [json_structure(inner) for inner in value]
    return type(value).__name__


def feed_json_structure(content: bytes) -> Any:
    document = json.loads(content)
    cards = [html_structure(item.pop("content_html")) for item in document["items"]]
    return json_structure(document), cards


def markdown_structure(text: str) -> list[str]:
    """Of the document as HTML; how many paragraphs a text has is its own affair."""
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin)
    found = html_structure(reader.render(text))
    while (
        at := next((n for n in range(len(found) - 3) if found[n : n + 4] == ["<p >", "</p>"] * 2), None)
    ) is not None:
        del found[at : at + 2]
    return found


def mail_structure(issue: Issue, text: str) -> Iterator[tuple[str, Any]]:
    for language in issue.languages:
        recipient = make_recipient(name=text, interests=(text, "retrieval"))
        message = make_assembler(title=text).in_language(issue, language).build(recipient, select(issue, terms=(text,)))
        raw = bytes(message)
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        assert not parsed.defects
        assert "Bcc" not in parsed
        yield f"headers {language}", list(parsed)
        plain, html = (part.get_content() for part in parsed.iter_parts())
        yield (
            f"text {language}",
            sum(line.startswith("[") and line.rstrip().endswith("] " + "-" * 60) for line in plain.splitlines()),
        )
        assert "\x00" not in plain
        yield f"html {language}", html_structure(html)


def site_structure(issue: Issue, text: str) -> Iterator[tuple[str, Any]]:
    topic = SiteTopic(slug="all", names={"en": text, "zh-Hans": text}, papers=lambda one: range(len(one.papers)))
    site = make_site(
        title=text,
        description=text,
        base_url="https://news.example.org",
        identity="x",
        markdown=("arxiv-daily", "hf-daily", "paper-express"),
        topics=[topic],
    )
    assert issue.frozen_at is not None
    status = IssueStatus(issue.key, 1, IssueState.PUBLISHED, issue.hash, 2, issue.frozen_at, issue.frozen_at)
    for file in site.render(issue, [issue], [status]):
        if file.path.endswith(".html"):
            yield file.path, html_structure(file.content.decode())
        elif file.path.endswith((".atom", ".rss", "sitemap.xml")):
            yield file.path, xml_structure(file.content)
        elif file.path.endswith("feed.json"):
            yield file.path, feed_json_structure(file.content)
        elif file.path.endswith(".md"):
            yield file.path, markdown_structure(file.content.decode().partition("\n---\n")[2] or file.content.decode())


def outbox_structure(issue: Issue, text: str) -> Iterator[tuple[str, Any]]:
    paper = issue.papers[0].id
    entry = OutboxEntry(
        email=text,
        status="failed",
        reason=text,
        papers=(paper,),
        matched={paper: (text,)},
        subject=text,
        preheader=text,
        file="a.eml",
        page="a.html",
    )
    design = OutboxRenderer(make_templates(), issue)
    yield "outbox list", html_structure(design.listing(OutboxListing(1, [entry], pages=["index.html"], totals={})))
    yield "outbox message", html_structure(design.message(entry, OutboxMessage(f"<p>{text}", text, text)))
    script = design.search_head() + design.search_line(entry) + design.search_foot()
    statements = [json.loads(line.partition(" = ")[2]) for line in script.replace(",\n]", "]").split(";\n") if line]
    [recipients, titles] = statements
    yield "outbox search", [[type(value) for value in one] for one in recipients]
    assert recipients[0][1] == text
    assert len(titles) == len(issue.papers)


SURFACES: tuple[Callable[[Issue, str], Iterator[tuple[str, Any]]], ...] = (
    mail_structure,
    site_structure,
    outbox_structure,
)


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    issue = hostile_issue(HARMLESS)
    return {name: found for surface in SURFACES for name, found in surface(issue, HARMLESS)}


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_escapes_its_place(name: str, expected: dict[str, Any]) -> None:
    text = TEXTS[name]
    issue = hostile_issue(text if name != "surrogate" else text.encode("utf-8", "replace").decode())
    spoken = text if name != "surrogate" else "broken ? half"
    for surface in SURFACES:
        for place, found in surface(issue, spoken):
            assert found == expected[place], place


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "surrogate"])
def test_the_structured_issue_keeps_every_text(name: str) -> None:
    issue = hostile_issue(TEXTS[name])
    site = make_site(title="T", identity="x")
    files = {file.path: file.content for file in site.render(issue, [issue], [])}
    assert decode_issue(files["issues/2026-06-02/issue.json"]) == issue


def test_markdown_shows_text_as_it_was() -> None:
    text = "a_b *c* [d] <e> f|g `h` \\i & &amp; 1. j # k ~l~"
    issue = make_issue([make_paper(1, title=text)])
    written = MarkdownRenderer(make_templates()).write(issue, "hf-daily", "en")
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(written)
    assert "<h2>a_b *c* [d] &lt;e&gt; f|g `h` \\i &amp; &amp;amp; 1. j # k ~l~</h2>" in html
