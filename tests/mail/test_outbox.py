"""An outbox of any size: every message in a file, the first ones on pages, everybody on the list and in the search."""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from newsletter.domain.ports import OutboxEntry
from newsletter.errors import MailError
from newsletter.mail import outbox_pages
from newsletter.mail.outbox import OutboxWriter
from newsletter.render.outbox import OutboxRenderer
from tests.support.mails import make_assembler, make_templates
from tests.support.samples import make_issue, make_recipient, select

ISSUE = make_issue(2)
PAPERS = tuple(entry.id for entry in ISSUE.papers)


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_pages, "LISTED", 3)


def write(folder: Path, messages: int, *, skipped: int = 0, shown: int = 1000) -> Path:
    """An outbox of so many messages, and so many recipients who get none."""
    mails = make_assembler().in_language(ISSUE, "en")
    design = OutboxRenderer(make_templates(), ISSUE)
    with OutboxWriter(folder / "2026-06-02", slug="2026-06-02", issue_hash="h", design=design, shown=shown) as writer:
        for number in range(messages):
            email = f"reader{number}@example.org"
            message = mails.build(make_recipient(number, email=email), select(ISSUE))
            matched = {PAPERS[0]: ("retrieval", "author:Knuth")}
            writer.add(OutboxEntry(email=email, status="queued", reason="", papers=PAPERS, matched=matched), message)
        for number in range(skipped):
            email = f"none{number}@example.org"
            writer.add(OutboxEntry(email=email, status="skipped", reason="no match", papers=(), matched={}), None)
    return writer.folder


def listed(page: Path) -> list[str]:
    """The addresses on a page of the list."""
    return re.findall(r"<bdi>([^<]+)</bdi>", page.read_text())


def searched(folder: Path) -> tuple[Sequence[Sequence[Any]], Sequence[str]]:
    """The recipients and the titles of the script in which the list searches."""
    text = (folder / "recipients.js").read_text()
    head, recipients, titles = re.split(r"window\.outbox(?:Recipients|Titles) = ", text)
    assert head == ""
    return json.loads(re.sub(r",\s*\];\s*$", "]", recipients)), json.loads(titles.rstrip(";\n"))


@pytest.mark.parametrize(("recipients", "pages"), [(0, 1), (3, 1), (4, 2), (6, 2), (7, 3)])
def test_everybody_stands_on_the_list_once_and_every_page_leads_to_the_next(
    tmp_path: Path, recipients: int, pages: int
) -> None:
    folder = write(tmp_path, recipients)
    names = ["index.html", *(f"index-{number}.html" for number in range(2, pages + 1))]
    assert sorted(path.name for path in folder.glob("index*.html")) == sorted(names)
    assert [email for name in names for email in listed(folder / name)] == [
        f"reader{number}@example.org" for number in range(recipients)
    ]
    for at, name in enumerate(names):
        text = (folder / name).read_text()
        assert re.findall(r'rel="prev" href="([^"]+)"', text) == names[at - 1 : at] * (at > 0)
        assert re.findall(r'rel="next" href="([^"]+)"', text) == names[at + 1 : at + 2]


def test_the_first_page_counts_and_names_all_others(tmp_path: Path) -> None:
    text = (write(tmp_path, 5, skipped=2) / "index.html").read_text()
    assert "queued: 5 · skipped: 2" in text
    assert [f'<a href="index-{number}.html">{number}</a>' in text for number in (2, 3, 4)] == [True, True, False]


def test_messages_without_a_page_are_counted_and_open_in_a_mail_program(tmp_path: Path) -> None:
    folder = write(tmp_path, 3, skipped=1, shown=1)
    assert sorted(path.name for path in folder.glob("reader*.html")) == ["reader0@example.org.html"]
    assert len(list(folder.glob("*.eml"))) == 3
    text = (folder / "index.html").read_text()
    assert "2 messages more have no page here" in text
    assert 'href="reader1@example.org.eml"' in text
    deliveries = json.loads((folder / "manifest.json").read_text())["deliveries"]
    assert [d["page"] for d in deliveries] == ["reader0@example.org.html", "", "", ""]


def test_the_manifest_says_what_mail_programs_list(tmp_path: Path) -> None:
    folder = write(tmp_path, 1, skipped=1)
    [sent, none] = json.loads((folder / "manifest.json").read_text())["deliveries"]
    assert sent["subject"]
    assert sent["preheader"]
    assert (none["subject"], none["preheader"], none["file"], none["page"]) == ("", "", "", "")


def test_recipients_are_found_by_address_subject_titles_and_interests(tmp_path: Path) -> None:
    recipients, titles = searched(write(tmp_path, 4, skipped=1))
    assert [one[1] for one in recipients] == [*(f"reader{n}@example.org" for n in range(4)), "none0@example.org"]
    href, _, subject, preheader, facts, papers, size, places, terms = recipients[0]
    assert href == "reader0@example.org.html"
    assert subject
    assert preheader
    assert facts.startswith("2 papers · ")
    assert (papers, terms) == (2, "retrieval author:Knuth")
    assert size > 1000
    assert [titles[at] for at in places] == [entry.paper.title for entry in ISSUE.papers]
    assert recipients[-1][0] == ""
    assert recipients[-1][4] == "skipped (no paper fits)"


def test_a_fault_on_the_way_lets_the_earlier_outbox_stand(tmp_path: Path) -> None:
    earlier = {path.name: path.read_bytes() for path in write(tmp_path, 1).iterdir()}
    entry = OutboxEntry(email="ada@example.org", status="queued", reason="", papers=(), matched={})
    message = make_assembler().in_language(ISSUE, "en").build(make_recipient(), select(ISSUE))

    def write_into_a_folder() -> None:
        design = OutboxRenderer(make_templates(), ISSUE)
        with OutboxWriter(tmp_path / "2026-06-02", slug="2026-06-02", issue_hash="h", design=design) as writer:
            next(tmp_path.glob(".*.new")).joinpath("ada@example.org.html").mkdir()
            writer.add(entry, message)

    with pytest.raises(MailError, match="an earlier outbox still stands"):
        write_into_a_folder()
    assert [path.name for path in tmp_path.iterdir()] == ["2026-06-02"]
    assert {path.name: path.read_bytes() for path in (tmp_path / "2026-06-02").iterdir()} == earlier


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_page_shows_both_parts_as_a_mail_program_reads_them(tmp_path: Path, language: str) -> None:
    message = make_assembler().in_language(ISSUE, language).build(make_recipient(language=language), select(ISSUE))
    design = OutboxRenderer(make_templates(), ISSUE)
    with OutboxWriter(tmp_path / "2026-06-02", slug="2026-06-02", issue_hash="h", design=design) as writer:
        writer.add(OutboxEntry(email="a@example.org", status="queued", reason="", papers=(), matched={}), message)
    page = html.document_fromstring((writer.folder / "a@example.org.html").read_text())
    parsed = email.message_from_bytes((writer.folder / "a@example.org.eml").read_bytes(), policy=email.policy.default)
    shown = {
        "html": page.xpath("//iframe/@srcdoc")[0].replace('<base target="_blank">', ""),
        "plain": page.xpath("//pre")[0].text,
    }
    for kind, text in shown.items():
        part = parsed.get_body((kind,))  # type: ignore[attr-defined]
        assert text.strip() == part.get_content().replace("\r\n", "\n").strip()
