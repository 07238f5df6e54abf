"""The editor's desk, approval and moving over, on a real store."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from newsletter.archives import READERS
from newsletter.domain.issues import IssueKey, IssueState
from newsletter.domain.papers import Announcement, AnnounceType, Paper, PaperId
from newsletter.errors import ApprovalMissing, IssueMissing, NothingToDo, UsageError
from newsletter.services.approve import Approve
from newsletter.services.compose import Compose, ComposeOptions
from newsletter.services.edit import Edit, file_name
from newsletter.services.importing import ImportArchive
from newsletter.services.publish import Publish
from newsletter.store import SqlStore
from tests.archives.test_arxiv_daily import NEW, OLD, document
from tests.archives.test_paper_express import PAGE
from tests.support.databases import new_database
from tests.support.shared import REFERENCE, needs_shared

NOW = datetime(2026, 6, 8, 12, tzinfo=UTC)
DAY = date(2026, 6, 8)
KEY = IssueKey(DAY)


@pytest.fixture
def store(tmp_path):
    database = new_database(tmp_path / "newsletter.db")
    yield SqlStore(database, clock=lambda: NOW, secret=None)
    database.close()


@pytest.fixture
def compose(store):
    options = ComposeOptions(title="T", description="", languages=("en", "zh-Hans"), engines=("file", "extractive"))
    return Compose(store, options, admits=lambda _: True, clock=lambda: NOW, acronyms=lambda _: {})


@pytest.fixture
def desk(store, compose, tmp_path):
    return Edit(store.notes, compose, folder=tmp_path / "desk", languages=("en",))


@pytest.fixture
def papers(store):
    made = [Paper(id=PaperId(f"arxiv:2606.0000{n}"), version=1, title=f"Tomato {n}", abstract="Red.") for n in range(3)]
    announce = [Announcement(source="s", feed="f", day=DAY, kind=AnnounceType.NEW, paper=p) for p in made]
    store.papers.add(announce)
    return made


def write(desk_report, paper, old, new):
    path = desk_report.folder / file_name(paper.id)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.usefixtures("papers")
def test_every_paper_gets_a_file_and_the_issue_one(desk):
    report = desk.run(DAY)
    assert (report.papers, report.noted, report.problems) == (3, 0, ())
    assert sorted(p.name for p in report.folder.iterdir()) == [
        "arxiv-2606.00000.md",
        "arxiv-2606.00001.md",
        "arxiv-2606.00002.md",
        "index.md",
        "issue.md",
    ]


def test_what_an_editor_wrote_enters_the_issue_and_survives_every_rebuild(desk, papers, compose, store):
    first = desk.run(DAY)
    write(first, papers[0], "# position = 1", "position = 1")
    write(first, papers[1], "drop = false", "drop = true")
    write(first, papers[2], "## en: tldr\n<!-- nothing yet -->", "## en: tldr\n<!-- nothing yet -->\nMy **own** words.")
    issue_file = first.folder / "issue.md"
    issue_file.write_text(issue_file.read_text().replace("## en: preface\n", "## en: preface\nA good day.\n"))
    assert desk.run(DAY).noted == 3
    for _ in range(2):
        issue = compose.run(DAY)
        assert [e.id for e in issue.papers] == [papers[0].id, papers[2].id]
        assert issue.papers[1].note.words == {"en": {"tldr": "My **own** words."}}
        assert issue.note.preface == {"en": "A good day."}
        store.papers.add([Announcement(source="s", feed="g", day=DAY, kind=AnnounceType.NEW, paper=papers[0])])
        desk.run(DAY)
    assert (first.folder / file_name(papers[1].id)).exists(), "a dropped paper keeps its file, so that it can come back"


def test_a_file_that_cannot_be_read_is_left_alone_and_told(desk, papers, store):
    first = desk.run(DAY)
    write(first, papers[0], "drop = false", "dorp = true")
    write(first, papers[1], "drop = false", "drop = true")
    spoilt = (first.folder / file_name(papers[0].id)).read_text()
    report = desk.run(DAY)
    assert len(report.problems) == 1
    assert f"{file_name(papers[0].id)}:4: unknown key `dorp`; did you mean `drop`?" in report.problems[0]
    assert (first.folder / file_name(papers[0].id)).read_text() == spoilt
    assert store.notes.get(KEY)[1][papers[1].id].drop, "the other files are read"


def test_a_file_that_is_no_text_is_told(desk, papers):
    first = desk.run(DAY)
    (first.folder / file_name(papers[0].id)).write_bytes(b"+++\n\xff\xfe")
    assert "not UTF-8" in desk.run(DAY).problems[0]


def test_a_day_without_papers_has_no_desk(desk):
    with pytest.raises(NothingToDo, match="collect"):
        desk.run(DAY)


class NoPages:
    def render(self, *_):
        return iter(())


def test_nothing_goes_out_before_somebody_approves_of_exactly_this(store, compose, papers, desk, tmp_path):
    publish = Publish(store.issues, NoPages(), site=tmp_path / "site", feed_entries=5, approval=True, clock=lambda: NOW)
    compose.run(DAY)
    with pytest.raises(ApprovalMissing, match="newsletter approve --date 2026-06-08"):
        publish.run(KEY)
    approve = Approve(store.issues, clock=lambda: NOW)
    assert approve.run(KEY).state is IssueState.APPROVED
    assert approve.run(KEY).state is IssueState.APPROVED
    write(desk.run(DAY), papers[0], "drop = false", "drop = true")
    desk.run(DAY)
    compose.run(DAY)
    with pytest.raises(ApprovalMissing):
        publish.run(KEY)
    approve.run(KEY)
    publish.run(KEY)
    assert store.issues.status(KEY).state is IssueState.PUBLISHED


def test_there_is_nothing_to_approve_before_an_issue_is_composed(store):
    with pytest.raises(IssueMissing, match="compose"):
        Approve(store.issues, clock=lambda: NOW).run(KEY)


@pytest.fixture
def importing(store, compose):
    return ImportArchive(store, READERS, compose, clock=lambda: NOW)


def test_a_digest_comes_in_as_an_issue_with_its_summaries(importing, tmp_path):
    path = tmp_path / "digest.md"
    path.write_bytes(document(NEW, OLD).encode())
    report = importing.run(path, "arxiv-daily", DAY)
    assert (report.papers, report.new_papers, report.summaries, report.problems) == (2, 2, {"zh-Hans": 2}, ())
    entry = next(e for e in report.issue.papers if e.id == "arxiv:2403.00001")
    assert entry.summaries["zh-Hans"].tldr == NEW[3]
    assert (entry.paper.raw_title, entry.paper.raw_abstract, entry.paper.links["abs"]) == (NEW[1], NEW[6], NEW[2])
    again = importing.run(path, "arxiv-daily", DAY)
    assert (again.new_papers, again.issue.hash) == (0, report.issue.hash)


def test_an_editors_page_comes_in_in_its_order_with_its_text(importing, tmp_path, store):
    path = tmp_path / "page.md"
    path.write_bytes(PAGE.encode())
    report = importing.run(path, "paper-express", None)
    assert [e.paper.title[:6] for e in report.issue.papers] == ["Tomato", "Bean: ", '"Accor']
    assert report.issue.papers[0].note.deep_dive.startswith("#### 简介")
    assert len(report.issue.note.references) == 2
    desk_report = Edit(store.notes, importing._compose, folder=tmp_path / "d", languages=("en",)).run(report.day)
    assert (desk_report.noted, desk_report.problems) == (2, ())
    before = importing._compose.arranged(report.day, whole=True)
    Edit(store.notes, importing._compose, folder=tmp_path / "d", languages=("en",)).run(report.day)
    assert len(store.notes.get(IssueKey(report.day))[1]) == 3
    assert importing._compose.arranged(report.day, whole=True) == before, "the desk gives back what it was given"


def test_what_was_edited_here_is_stronger_than_what_is_imported_again(importing, tmp_path, store):
    path = tmp_path / "page.md"
    path.write_bytes(PAGE.encode())
    first = importing.run(path, "paper-express", None).issue
    mine = [replace(entry.note, affiliation="My own words") for entry in first.papers]
    store.notes.put(first.key, first.note, mine)
    again = importing.run(path, "paper-express", None)
    assert {e.note.affiliation for e in again.issue.papers} == {"My own words"}


def test_a_published_issue_is_left_as_it_is(importing, tmp_path, store):
    path = tmp_path / "page.md"
    path.write_bytes(PAGE.encode())
    report = importing.run(path, "paper-express", None)
    store.issues.mark(report.issue.key, 1, IssueState.PUBLISHED, NOW)
    assert importing.run(path, "paper-express", None).issue is None


@pytest.mark.parametrize(
    ("name", "profile", "says"), [("no.md", "hf-daily", "cannot be read"), ("a.md", "pdf", "expected")]
)
def test_a_wrong_command_is_a_clear_error(importing, tmp_path, name, profile, says):
    (tmp_path / "a.md").write_text("x")
    with pytest.raises(UsageError, match=says):
        importing.run(tmp_path / name, profile, DAY)


@needs_shared
@pytest.mark.parametrize(
    ("profile", "name", "papers"),
    [
        ("arxiv-daily", "arxiv-daily-2024-07-16.md", 29),
        ("hf-daily", "hf-daily-2023-09-26.md", 6),
        ("paper-express", "paper-express-2023-05-26.md", 6),
    ],
)
def test_the_published_examples_become_issues(importing, profile, name, papers):
    report = importing.run(REFERENCE / name, profile, date(2024, 7, 16) if profile == "arxiv-daily" else None)
    assert (report.papers, len(report.issue.papers), report.problems) == (papers, papers, ())
    assert all("zh-Hans" in e.summaries for e in report.issue.papers)
