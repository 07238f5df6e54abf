"""What a reader's own page is made of: the sections of the mails, and the issues beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from newsletter.domain.issues import Edition, Issue, IssueKey, IssuePaper, IssueState, PaperOrder, SelectionRequest
from newsletter.domain.matching import IssueSelector
from newsletter.domain.notation import Weekday
from newsletter.domain.papers import AnnounceType, Notice, PaperId
from newsletter.domain.ports import ReaderDay
from newsletter.domain.subscribers import Rhythm, Subscriber
from newsletter.errors import StoreError
from newsletter.services.held_issues import HeldIssues
from newsletter.services.reader_pages import DayWish, ReaderPage, ReaderPages, arrange, section_key
from newsletter.store import Database, SqlStore
from tests.support.samples import make_issue, make_notice, make_paper
from tests.support.web import make_store

FIRST = date(2026, 6, 1)


class Writer:
    """Keeps what it is given to write, and prepares four papers at a time."""

    def __init__(self) -> None:
        self.prepared: list[int] = []
        self.day: ReaderDay | None = None
        self.cited: list[int] = []

    def prepare(self, issue: Issue, language: str, places: Sequence[int]) -> bool:
        missing = [place for place in places if place not in self.prepared]
        self.prepared += missing[:4]
        assert issue.papers
        assert language in {"", "zh-Hans"}
        return len(missing) > 4

    def write(self, issue: Issue, day: ReaderDay) -> bytes:
        self.day = day
        return issue.key.slug.encode()

    def nothing(self, language: str) -> bytes:
        return b"nothing" + language.encode()

    def citations(self, issue: Issue, places: Sequence[int], form: str) -> bytes:
        self.cited = [*places]
        return f"{form} of {issue.key.slug}".encode()


class Desk:
    """The service with what is around it."""

    def __init__(self, store: SqlStore, variant: str = "1") -> None:
        self.writer = Writer()
        self.held = HeldIssues(store.issues, IssueSelector)
        self.pages = ReaderPages(store.issues, self.held, self.writer, variant=variant)

    def look(self, someone: Subscriber, day: str = "", wish: DayWish = DayWish(), folder: str = "") -> ReaderPage:  # noqa: B008
        page = self.pages.look(someone, day, wish, folder=folder)
        assert page is not None
        return page

    def day(self, someone: Subscriber, wish: DayWish = DayWish()) -> ReaderDay:  # noqa: B008
        self.pages.write(self.look(someone, wish=wish))
        assert self.writer.day is not None
        return self.writer.day


def about(number: int, subject: str, **changes: object) -> IssuePaper:
    entry = make_paper(number, title=f"On {subject}", abstract=f"A study of {subject}.", **changes)
    return replace(entry, summaries={})


def publish(store: SqlStore, issue: Issue) -> Issue:
    assert issue.frozen_at is not None
    store.issues.save(issue)
    store.issues.mark(issue.key, issue.revision, IssueState.PUBLISHED, issue.frozen_at)
    return issue


def reader(*interests: str, **changes: object) -> Subscriber:
    fields: dict[str, object] = {"id": 7, "email": "ada@example.org", "interests": interests}
    return Subscriber(**(fields | changes))  # type: ignore[arg-type]


@pytest.fixture
def store(database: Database) -> SqlStore:
    return make_store(database)


@pytest.fixture
def issue(store: SqlStore) -> Issue:
    subjects = (
        "retrieval",
        "zebrafish",
        "zebrafish retrieval",
        "protein folding",
        "a survey of retrieval",
        "retrieval",
    )
    return publish(store, make_issue([about(n, subject) for n, subject in enumerate(subjects, 1)], day=FIRST))


@pytest.mark.parametrize(
    "interests", [("retrieval", "zebrafish", "-survey"), ("!zebrafish", "retrieval"), (), ("-fish",)]
)
def test_the_sections_are_those_of_the_mails_without_their_limit(
    store: SqlStore, issue: Issue, interests: tuple[str, ...]
) -> None:
    day = Desk(store).day(reader(*interests, max_papers=1))
    outline = IssueSelector(issue).select(SelectionRequest(interests)).outline
    assert [(one.name, one.picks) for one in day.shown] == [(s.name, s.picks) for s in outline.sections if s.picks]
    assert [(one.name, one.found) for one in day.sections] == [(one.name, one.found) for one in outline.sections]
    assert day.barren == outline.barren
    assert day.mailed == (1 if day.found > 1 else None)


def test_a_limit_that_leaves_nothing_out_is_not_spoken_of(store: SqlStore, issue: Issue) -> None:
    assert issue
    assert Desk(store).day(reader("zebrafish", max_papers=2)).mailed is None


@pytest.mark.parametrize("name", ["retrieval", "zebrafish"])
def test_one_interest_has_as_many_papers_as_its_count_says(store: SqlStore, issue: Issue, name: str) -> None:
    assert issue
    someone = reader("retrieval", "zebrafish", "-survey")
    day = Desk(store).day(someone, DayWish(interest=section_key(name)))
    [shown] = day.shown
    assert (shown.name, day.interest) == (name, section_key(name))
    [count] = [section.found for section in day.sections if section.name == name]
    assert len(shown.picks) == count == {"retrieval": 3, "zebrafish": 2}[name]


def test_citations_are_of_what_is_shown(store: SqlStore, issue: Issue) -> None:
    desk = Desk(store)
    someone = reader("retrieval", "zebrafish")
    page = desk.look(someone, wish=DayWish(interest=section_key("zebrafish"), form="ris"))
    assert desk.pages.write(page) == f"ris of {issue.key.slug}".encode()
    assert sorted(desk.writer.cited) == [1, 2]


def test_orders_leave_equals_in_the_better_ones_favour(store: SqlStore) -> None:
    def entry(number: int, upvotes: int | None, day: int) -> IssuePaper:
        paper = about(number, "retrieval", id=PaperId(f"arxiv:2606.{number:05}"), upvotes=upvotes)
        return replace(paper, notices=(Notice(date(2026, 6, day), "x", "y", AnnounceType.NEW),))

    issue = publish(store, make_issue([entry(1, None, 3), entry(2, 9, 1), entry(3, 9, 3), entry(4, 0, 2)], day=FIRST))
    picks = IssueSelector(issue).select(SelectionRequest(())).picks
    assert [pick.index for pick in arrange(picks, issue, PaperOrder.BEST)] == [0, 1, 2, 3]
    assert [pick.index for pick in arrange(picks, issue, PaperOrder.UPVOTES)] == [1, 2, 0, 3]
    assert [pick.index for pick in arrange(picks, issue, PaperOrder.NEWEST)] == [2, 0, 3, 1]


def test_an_issue_is_indexed_in_one_step_and_papers_are_rendered_in_others(store: SqlStore, issue: Issue) -> None:
    assert issue
    desk = Desk(store)
    page = desk.look(reader())
    steps = [desk.pages.prepare(page) for _ in range(3)]
    assert steps == [True, True, False]
    assert sorted(desk.writer.prepared) == [*range(6)]
    # the next reader finds all of it done
    assert desk.pages.prepare(desk.look(reader("retrieval"))) is False


def test_a_file_of_citations_renders_no_page(store: SqlStore, issue: Issue) -> None:
    assert issue
    desk = Desk(store)
    page = desk.look(reader(), wish=DayWish(form="ris"))
    while desk.pages.prepare(page):
        pass
    assert desk.writer.prepared == []


def test_looking_reads_no_paper(store: SqlStore, issue: Issue, monkeypatch: pytest.MonkeyPatch) -> None:
    assert issue
    desk = Desk(store)
    monkeypatch.setattr(store.issues, "get", lambda *_: pytest.fail("an issue was read"))
    first = desk.look(reader("retrieval"))
    assert first.tag == desk.look(reader("retrieval", name="Ada")).tag


def test_every_cause_of_a_change_changes_the_tag(store: SqlStore, issue: Issue) -> None:
    assert issue
    someone, desk = reader("retrieval"), Desk(store)
    tags = [
        desk.look(someone).tag,
        desk.look(reader("retrieval", id=8)).tag,
        desk.look(reader("zebrafish")).tag,
        desk.look(reader("retrieval", max_papers=3)).tag,
        desk.look(reader("retrieval", language="zh-Hans")).tag,
        desk.look(someone, folder="x/").tag,
        Desk(store, variant="2").look(someone).tag,
        *(desk.look(someone, wish=DayWish(order=order)).tag for order in (PaperOrder.NEWEST, PaperOrder.UPVOTES)),
        desk.look(someone, wish=DayWish(interest="0123456789")).tag,
        desk.look(someone, wish=DayWish(form="ris")).tag,
    ]
    publish(store, make_issue(1, day=FIRST + timedelta(days=1)))
    tags.append(desk.look(someone, FIRST.isoformat()).tag)  # it has a neighbour now
    tags.append(desk.look(someone).tag)
    assert len(set(tags)) == len(tags)


def test_neighbours_are_of_the_same_rhythm_and_have_papers(store: SqlStore, issue: Issue) -> None:
    assert issue
    for day in (2, 3, 8):
        publish(store, make_issue(1, day=date(2026, 6, day)))
    for day in range(4, 8):
        publish(store, make_issue(0, day=date(2026, 6, day), silence=make_notice().silence))
    publish(store, make_issue(1, key=IssueKey(date(2026, 6, 5), Edition.WEEKLY)))
    desk = Desk(store)
    beside = {}
    for day in ("2026-06-01", "2026-06-03", "2026-06-06", "2026-06-08", "2026-06-05-weekly", ""):
        page = desk.look(reader(), day)
        beside[day] = [key.slug if key else "" for key in (page.before, page.after)]
    assert beside == {
        "2026-06-01": ["", "2026-06-02"],
        "2026-06-03": ["2026-06-02", "2026-06-08"],
        "2026-06-06": ["2026-06-03", "2026-06-08"],
        "2026-06-08": ["2026-06-03", ""],
        "2026-06-05-weekly": ["", ""],
        "": ["2026-06-03", ""],
    }


@pytest.mark.parametrize("day", ["2026-06-02", "9999-12-31", "0001-01-01", "x", "2026-06-01-weekly", "\udc80"])
def test_there_is_no_page_without_an_issue(store: SqlStore, issue: Issue, day: str) -> None:
    assert issue
    assert Desk(store).pages.look(reader(), day, DayWish(), folder="") is None


def test_before_the_first_issue_there_is_a_page_that_says_so(store: SqlStore) -> None:
    desk = Desk(store)
    page = desk.look(reader())
    assert not desk.pages.prepare(page)
    assert desk.pages.write(page) == b"nothing"


def test_an_issue_that_somebody_deleted_is_a_failure_of_the_store(
    store: SqlStore, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(store)
    page = desk.look(reader())
    monkeypatch.setattr(store.issues, "get", lambda *_: None)
    with pytest.raises(StoreError, match=issue.key.slug):
        desk.pages.prepare(page)


@pytest.mark.parametrize(
    ("query", "wish"),
    [
        ({}, DayWish()),
        (
            {"order": "newest", "interest": "0123456789", "format": "ris"},
            DayWish(PaperOrder.NEWEST, "0123456789", "ris"),
        ),
        ({"order": "NEWEST", "interest": "012345678", "format": "pdf"}, DayWish()),
        ({"interest": "０１２３４５６７８９"}, DayWish()),
        ({"interest": "../../../x"}, DayWish()),
    ],
)
def test_what_an_address_asks_for(query: dict[str, str], wish: DayWish) -> None:
    assert DayWish.read(query, ("bibtex", "ris")) == wish


def test_a_page_is_in_its_readers_order_unless_it_is_asked_for_another(store: SqlStore) -> None:
    papers = [about(n, "retrieval", upvotes=n) for n in range(1, 4)]
    publish(store, make_issue(papers, day=date(2026, 6, 2), languages=("en",)))
    someone = reader("retrieval", rhythm=Rhythm(order=PaperOrder.UPVOTES))
    day = Desk(store).day(someone)
    assert [pick.index for section in day.shown for pick in section.picks] == [2, 1, 0]
    assert (day.order, day.usual_order) == (PaperOrder.UPVOTES, PaperOrder.UPVOTES)
    asked = Desk(store).day(someone, DayWish(order=PaperOrder.BEST))
    assert (asked.order, asked.usual_order) == (PaperOrder.BEST, PaperOrder.UPVOTES)


def test_the_pages_beside_a_weekly_one_are_those_of_weeks_that_end_on_the_same_day(store: SqlStore) -> None:
    first = date(2026, 6, 1)  # a Monday
    for n in (0, 4, 7, 11, 14):
        key = IssueKey(first + timedelta(days=n), Edition.WEEKLY)
        publish(store, make_issue([about(n, "retrieval")], key=key, languages=("en",)))
    desk = Desk(store)
    someone = reader(cadence=Edition.WEEKLY, rhythm=Rhythm(weekly_on=Weekday.FRIDAY))
    page = desk.look(someone)
    assert page.issue is not None
    assert (page.issue.key.day.day, page.before and page.before.day.day, page.after) == (12, 5, None)
    monday = desk.look(someone, "2026-06-08-weekly")
    assert (monday.before and monday.before.day.day, monday.after and monday.after.day.day) == (1, 15)
