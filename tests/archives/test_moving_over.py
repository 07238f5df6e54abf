"""Whole archives move over: what was published comes in whole and goes out as it was, whatever else has its papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.archives import READERS, json_lines_reader
from newsletter.domain.issues import Issue, IssueKey
from newsletter.domain.papers import Announcement, AnnounceType, Paper, PaperId
from newsletter.errors import IssueMissing, NothingToDo
from newsletter.render.jsonl import write_jsonl
from newsletter.render.markdown import MarkdownRenderer
from newsletter.services.compose import Compose, ComposeOptions
from newsletter.services.edit import Edit
from newsletter.services.export import Export
from newsletter.services.importing import ImportArchive, ImportReport
from newsletter.sources.paper_lines import read_line
from newsletter.store import Database, SqlStore
from tests.archives.test_arxiv_daily import NEW, OLD, document
from tests.archives.test_paper_express import PAGE
from tests.support.back_issues import issue_of
from tests.support.databases import new_database
from tests.support.june_archive import june_days, published_arxiv_daily
from tests.support.mails import make_templates
from tests.support.shared import REFERENCE, needs_shared

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
DAY = date(2026, 6, 8)


class Newsletter:
    """One database, and the commands `import` and `export` on it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.store = SqlStore(database, clock=lambda: NOW, secret=None)
        # a newsletter in English: what it takes over may be in another language
        options = ComposeOptions(
            title="T", description="", languages=("en",), engines=("file", "extractive"), max_papers=3
        )
        self.compose = Compose(self.store, options, admits=lambda _: True, clock=lambda: NOW, acronyms=lambda _: {})
        self._folder = folder
        readers = {**READERS, "jsonl": json_lines_reader(read_line)}
        self._importing = ImportArchive(self.store, readers, self.compose, clock=lambda: NOW)
        markdown = MarkdownRenderer(make_templates())

        def writer(profile: str):
            return lambda issue, language, compat: markdown.write(issue, profile, language, compat=compat)

        writers = {profile: writer(profile) for profile in markdown.profiles}
        writers["jsonl"] = lambda issue, _language, _compat: write_jsonl(issue)
        self._export = Export(self.store.issues, self.store.archives, writers)

    def take(self, text: str, profile: str, day: date | None = None) -> ImportReport:
        path = self._folder / "document"
        path.write_bytes(text.encode())
        return self._importing.run(path, profile, day)

    def give(self, day: date, profile: str, *, compat: bool = True) -> str:
        return self._export.run(IssueKey(day), profile, compat=compat)

    def issue(self, day: date) -> Issue:
        issue = self.store.issues.get(IssueKey(day))
        assert issue is not None
        return issue


@pytest.fixture
def newsletter(database: Database, tmp_path: Path) -> Newsletter:
    return Newsletter(database, tmp_path)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Newsletter]:
    """Another newsletter, with a database of its own."""
    database = new_database(tmp_path / "elsewhere.db")
    yield Newsletter(database, tmp_path)
    database.close()


OTHER = (NEW[0], "Gradients of Tomatoes, Again", NEW[2], "别的说法。", "In other words.", "别的摘要。", "Other words.")


def test_a_paper_of_several_documents_stands_in_each_of_them_in_its_own_words(newsletter: Newsletter) -> None:
    documents = {
        DAY: document(NEW, OLD),
        DAY + timedelta(days=1): document(OTHER, OLD),
        DAY - timedelta(days=3): document(OTHER),
    }
    for day, text in documents.items():
        report = newsletter.take(text, "arxiv-daily", day)
        assert report.problems == ()
        assert report.issue is not None
        assert len(report.issue.papers) == text.count("\n[^")
    for day, text in documents.items():
        newsletter.compose.run(day)
        assert newsletter.give(day, "arxiv-daily") == text
    first = next(entry for entry in newsletter.issue(DAY).papers if entry.paper.links["abs"] == NEW[2])
    assert (first.paper.raw_title, first.summaries["zh-Hans"].tldr) == (NEW[1], NEW[3])


def test_a_paper_that_a_document_has_twice_stays_twice_each_with_its_own_text(newsletter: Newsletter) -> None:
    text = document(NEW, OTHER, OLD, NEW)
    assert newsletter.take(text, "arxiv-daily", DAY).papers == 4
    assert [entry.paper.raw_title for entry in newsletter.issue(DAY).papers] == [NEW[1], OTHER[1], OLD[1], NEW[1]]
    assert newsletter.give(DAY, "arxiv-daily") == text


def test_nothing_of_a_document_is_cut_off_or_put_in_another_order(newsletter: Newsletter) -> None:
    """`issue.max_papers` and `issue.order` are about issues of one's own."""
    links = [f"https://arxiv.org/abs/2403.0000{n}" for n in (5, 9, 1, 7, 3)]
    text = document(*((f"番茄 {link}", f"Tomato {link}", link, "红。", "", "果。", "Red.") for link in links))
    newsletter.take(text, "arxiv-daily", DAY)
    assert [entry.paper.links["abs"] for entry in newsletter.issue(DAY).papers] == links
    assert newsletter.give(DAY, "arxiv-daily") == text


def test_a_document_of_another_format_joins_the_day_and_each_goes_out_as_it_was(newsletter: Newsletter) -> None:
    listing = document(NEW, OLD)
    day = newsletter.take(PAGE, "paper-express").day
    report = newsletter.take(listing, "arxiv-daily", day)
    assert report.issue is not None
    assert len(report.issue.papers) == 5
    assert newsletter.give(day, "arxiv-daily") == listing
    assert newsletter.give(day, "paper-express") == PAGE


def test_a_document_imported_again_takes_the_place_of_what_it_was_and_says_so(newsletter: Newsletter) -> None:
    newsletter.take(document(NEW, OLD), "arxiv-daily", DAY)
    report = newsletter.take(document(OTHER), "arxiv-daily", DAY)
    assert report.replaced == 2
    assert newsletter.give(DAY, "arxiv-daily") == document(OTHER)


def test_what_an_editor_changed_here_is_written_from_the_issue(newsletter: Newsletter, tmp_path: Path) -> None:
    day = newsletter.take(PAGE, "paper-express").day
    desk = Edit(newsletter.store.notes, newsletter.compose, folder=tmp_path / "desk", languages=("zh-Hans",))
    desk.run(day)
    desk.run(day)
    newsletter.compose.run(day)
    assert newsletter.give(day, "paper-express") == PAGE, "looking at it changes nothing"
    path = tmp_path / "desk" / str(day) / "arxiv-2305.00002.md"
    path.write_text(path.read_text().replace('affiliation = ""', 'affiliation = "Bean Hall"'))
    desk.run(day)
    newsletter.compose.run(day)
    assert "> - 单位：Bean Hall" in newsletter.give(day, "paper-express")


def test_a_paper_that_was_imported_is_not_new_again(newsletter: Newsletter) -> None:
    newsletter.take(document(NEW), "arxiv-daily", DAY)
    known = Paper(id=PaperId("arxiv:2403.00001"), version=1, title="Gradients of Tomatoes")
    fresh = Paper(id=PaperId("arxiv:2606.00001"), version=1, title="Beans")
    tomorrow = DAY + timedelta(days=1)
    for paper in (known, fresh):
        told = Announcement(source="arxiv-rss", feed="cs.CL", day=tomorrow, kind=AnnounceType.NEW, paper=paper)
        newsletter.store.papers.add([told])
    assert [entry.id for entry in newsletter.compose.run(tomorrow).papers] == [fresh.id]


def test_what_was_collected_for_an_imported_day_comes_with_the_next_issue(newsletter: Newsletter) -> None:
    newsletter.take(document(OLD), "arxiv-daily", DAY - timedelta(days=1))
    fresh = Paper(id=PaperId("arxiv:2606.00001"), version=1, title="Beans")
    told = Announcement(source="arxiv-rss", feed="cs.CL", day=DAY, kind=AnnounceType.NEW, paper=fresh)
    newsletter.store.papers.add([told])
    newsletter.take(document(NEW), "arxiv-daily", DAY)
    assert [entry.id for entry in newsletter.issue(DAY).papers] == ["arxiv:2403.00001"]
    assert [entry.id for entry in newsletter.compose.run(DAY + timedelta(days=1)).papers] == [fresh.id]


def test_a_day_whose_papers_were_all_dropped_has_no_issue(newsletter: Newsletter, tmp_path: Path) -> None:
    newsletter.take(document(NEW), "arxiv-daily", DAY)
    desk = Edit(newsletter.store.notes, newsletter.compose, folder=tmp_path / "desk", languages=("en",))
    folder = desk.run(DAY).folder
    path = folder / "arxiv-2403.00001.md"
    path.write_text(path.read_text().replace("drop = false", "drop = true"))
    desk.run(DAY)
    with pytest.raises((NothingToDo, IssueMissing), match="the editor dropped"):
        newsletter.compose.run(DAY)


@pytest.mark.parametrize("profile", ["arxiv-daily", "hf-daily", "paper-express"])
def test_json_lines_hold_all_that_an_issue_says(newsletter: Newsletter, elsewhere: Newsletter, profile: str) -> None:
    """The editor's words, affiliation, code, links, figures, deep dive, references: out, in, and out again."""
    day = newsletter.take(PAGE, "paper-express").day
    newsletter.take(document(NEW, OTHER, OLD), "arxiv-daily", day)
    lines = newsletter.give(day, "jsonl")
    report = elsewhere.take(lines, "jsonl", day)
    assert report.problems == ()
    assert report.papers == 6
    assert elsewhere.give(day, "jsonl", compat=False) == lines
    assert elsewhere.give(day, profile, compat=False) == newsletter.give(day, profile, compat=False)


# --- the recorded days


REFERENCES = {
    "arxiv-daily": "arxiv-daily-2024-07-16.md",
    "hf-daily": "hf-daily-2023-09-26.md",
    "paper-express": "paper-express-2023-05-26.md",
}


@needs_shared
@pytest.mark.slow
def test_the_days_of_june_and_the_published_examples_go_out_byte_for_byte(elsewhere: Newsletter) -> None:
    documents = {(day, "arxiv-daily"): published_arxiv_daily(day) for day in june_days()}
    for profile, name in REFERENCES.items():
        day = date.fromisoformat(name.removeprefix(f"{profile}-").removesuffix(".md"))
        documents[day, profile] = (REFERENCE / name).read_bytes().decode()
    entries: Counter[str] = Counter()
    for (day, profile), text in documents.items():
        report = elsewhere.take(text, profile, day)
        assert report.problems == ()
        assert report.issue is not None
        entries.update({entry.id for entry in report.issue.papers})
        # the writer alone, without the document that was kept
        back = READERS[profile](text, day)
        if profile == "arxiv-daily":
            again = MarkdownRenderer(make_templates()).write(issue_of(back), profile, "zh-Hans", compat=True)
            assert again == text
        assert len(report.issue.papers) == len(back.announcements)
    assert sum(count > 1 for count in entries.values()) > 100, (
        "papers that stand in several documents are what this tests"
    )
    for (day, profile), text in documents.items():
        assert elsewhere.give(day, profile) == text


@needs_shared
@pytest.mark.parametrize("day", june_days()[:5] if (REFERENCE).is_dir() else [])
def test_our_own_form_of_a_recorded_day_comes_in_and_goes_out_as_it_was(elsewhere: Newsletter, day: date) -> None:
    """What `publish` writes, taken over by another newsletter: the escapes are Markdown's, not the papers'."""
    markdown = MarkdownRenderer(make_templates())
    ours = markdown.write(
        issue_of(READERS["arxiv-daily"](published_arxiv_daily(day, 200), day)), "arxiv-daily", "zh-Hans"
    )
    assert elsewhere.take(ours, "arxiv-daily", day).problems == ()
    assert elsewhere.give(day, "arxiv-daily", compat=False) == ours
    lines = elsewhere.give(day, "jsonl", compat=False)
    assert elsewhere.take(lines, "jsonl", day - timedelta(days=400)).problems == ()
    assert elsewhere.give(day - timedelta(days=400), "jsonl", compat=False) == lines
