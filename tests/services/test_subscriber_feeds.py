"""What a private feed is made of: the selections of the mails, each made once, and memory that stays bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from newsletter.domain.delivery import freeze
from newsletter.domain.issues import Edition, Issue, IssueKey, IssuePaper, IssueState, PaperOrder
from newsletter.domain.matching import IssueSelector
from newsletter.domain.notation import Weekday
from newsletter.domain.subscribers import Rhythm, Subscriber
from newsletter.errors import StoreError
from newsletter.services import held_issues, subscriber_feeds
from newsletter.services.dispatch import MessageMaker
from newsletter.services.held_issues import HeldIssues
from newsletter.services.subscriber_feeds import SubscriberFeed, SubscriberFeeds
from newsletter.store import Database, SqlStore
from tests.support.mails import make_assembler
from tests.support.samples import make_issue, make_notice, make_paper
from tests.support.web import make_store

FIRST = date(2026, 6, 1)
SUBJECTS = ("retrieval", "zebrafish", "diffusion model", "protein folding", "graph neural network")


class Writer:
    """Keeps what it is given to write."""

    def __init__(self) -> None:
        self.given: list[tuple[str, str]] = []
        self.updated: datetime | None = None

    def write(
        self,
        picked: Sequence[tuple[Issue, Sequence[int]]],
        *,
        subscriber_id: int,
        language: str,
        address: str,
        form: str,
        updated: datetime | None,
    ) -> bytes:
        """As the port says."""
        assert all(places for _, places in picked)
        assert (subscriber_id, address, form) == (7, "https://news.example.org/feed/x", "atom")
        self.given = [(issue.key.slug, issue.papers[place].id) for issue, places in picked for place in places]
        self.updated = updated
        return language.encode()


class Indexes:
    """Makes selectors, and counts how often it had to for each issue."""

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()

    def __call__(self, issue: Issue) -> IssueSelector:
        self.made[issue.key.slug] += 1
        return IssueSelector(issue)


class Desk:
    """The service with what is around it."""

    def __init__(self, store: SqlStore, entries: int = 100) -> None:
        self.writer = Writer()
        self.indexes = Indexes()
        self.held = HeldIssues(store.issues, self.indexes)
        self.feeds = SubscriberFeeds(store.issues, self.held, self.writer, entries=entries, variant="1")

    def look(self, reader: Subscriber) -> SubscriberFeed:
        return self.feeds.look(reader, address="https://news.example.org/feed/x", form="atom")

    def papers(self, reader: Subscriber) -> list[tuple[str, str]]:
        """Issue and paper of every entry."""
        self.feeds.write(self.look(reader))
        return self.writer.given


def paper(number: int) -> IssuePaper:
    subject = SUBJECTS[number % len(SUBJECTS)]
    entry = make_paper(number, title=f"On {subject}, part {number}", abstract=f"A study of {subject}. " * (number % 4))
    return replace(entry, summaries={})


def publish(store: SqlStore, issue: Issue) -> Issue:
    assert issue.frozen_at is not None
    store.issues.save(issue)
    store.issues.mark(issue.key, issue.revision, IssueState.PUBLISHED, issue.frozen_at)
    return issue


def publish_days(store: SqlStore, days: int, papers: int = 10, first: date = FIRST) -> list[Issue]:
    return [
        publish(
            store,
            make_issue(
                [paper(day * papers + n) for n in range(papers)], day=first + timedelta(days=day), languages=("en",)
            ),
        )
        for day in range(days)
    ]


def reader(*interests: str, **changes: object) -> Subscriber:
    fields: dict[str, object] = {"id": 7, "email": "ada@example.org", "interests": interests}
    return Subscriber(**(fields | changes))  # type: ignore[arg-type]


@pytest.fixture
def store(database: Database) -> SqlStore:
    return make_store(database)


@pytest.mark.parametrize(
    ("interests", "limit"),
    [
        (("retrieval",), None),
        (("zebrafish", '"protein folding"', "-retrieval"), 3),
        (("!diffusion", "part"), None),
        (("cat:cs.IR",), 4),
        ((), 5),
    ],
)
def test_a_feed_holds_what_the_mails_hold_in_their_order(
    store: SqlStore, interests: tuple[str, ...], limit: int | None
) -> None:
    issues = publish_days(store, 3)
    someone = reader(*interests, max_papers=limit)
    mailed = [
        (issue.key.slug, str(pick.paper_id))
        for issue in reversed(issues)
        for pick in MessageMaker(issue, IssueSelector, make_assembler()).select(freeze(someone, issue)).picks
    ]
    assert mailed
    assert Desk(store).papers(someone) == mailed


def test_an_issue_is_indexed_once_however_many_read(store: SqlStore) -> None:
    publish_days(store, 3)
    desk = Desk(store)
    for number in range(20):
        desk.papers(reader("retrieval", f"word{number}"))
    assert set(desk.indexes.made.values()) == {1}
    assert len(desk.indexes.made) == 3


def test_a_new_issue_costs_its_own_selection_alone(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_days(store, 3)
    desk = Desk(store)
    desk.papers(reader("retrieval"))
    monkeypatch.setattr(desk.held, "_select", lambda issue: pytest.fail(f"{issue.key.slug} was indexed again"))
    for held in desk.held._held.values():  # as if their time were over
        held.selector = None
    desk.papers(reader("retrieval"))
    monkeypatch.setattr(desk.held, "_select", desk.indexes)
    desk.indexes.made.clear()
    publish_days(store, 1, first=FIRST + timedelta(days=3))
    desk.papers(reader("retrieval"))
    assert set(desk.indexes.made) == {"2026-06-04"}


def test_an_index_is_made_once_and_forgets_what_it_was_asked_for(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_issues, "MOST_KEPT", 5_000)
    [issue] = publish_days(store, 1)
    desk = Desk(store)
    found, kept = [], []
    for number in range(40):
        found.append(desk.papers(reader("retrieval", f"word{number}")))
        kept.append(desk.held.selector(store.issues.published(Edition.DAILY, limit=1)[0]).kept)
    assert desk.indexes.made[issue.key.slug] == 1
    assert max(kept) < 10_000
    assert all(papers == found[0] for papers in found)


def test_what_is_kept_is_bounded(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriber_feeds, "_KEPT_SELECTIONS", 10)
    monkeypatch.setattr(subscriber_feeds, "MOST_PAPERS", 25)
    monkeypatch.setattr(held_issues, "MOST_PAPERS", 25)
    publish_days(store, 6)
    for day in (5, 12):
        weekly = make_issue([paper(n) for n in range(20)], key=IssueKey(date(2026, 6, day), Edition.WEEKLY))
        publish(store, weekly)
    desk = Desk(store)
    for number in range(20):
        for cadence in Edition:
            assert desk.papers(reader("retrieval", f"word{number}", cadence=cadence))
            assert len(desk.feeds._selections) <= 10
            assert desk.held.papers <= 25


def test_an_issue_larger_than_all_is_shown_all_the_same(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriber_feeds, "MOST_PAPERS", 5)
    publish_days(store, 2)
    assert {slug for slug, _ in Desk(store).papers(reader())} == {"2026-06-02"}


def test_a_feed_looks_back_ten_issues_of_its_rhythm(store: SqlStore) -> None:
    publish_days(store, 12, papers=2)
    for week in range(3):
        publish(store, make_issue([paper(1)], key=IssueKey(FIRST + timedelta(days=4 + 7 * week), Edition.WEEKLY)))
    publish(store, replace(make_notice(), revision=2))  # that day turned out to have no papers
    desk = Desk(store)
    daily = [status.key.slug for status in desk.look(reader()).issues]
    assert daily == [f"2026-06-{day:02}" for day in range(12, 1, -1) if day != 6]
    weekly = [status.key.slug for status in desk.look(reader(cadence=Edition.WEEKLY)).issues]
    assert weekly == ["2026-06-19-weekly", "2026-06-12-weekly", "2026-06-05-weekly"]


def test_no_older_issue_is_read_once_the_feed_is_full(store: SqlStore) -> None:
    publish_days(store, 5)
    desk = Desk(store, entries=15)
    assert len({slug for slug, _ in desk.papers(reader())}) == 2
    assert set(desk.indexes.made) == {"2026-06-05", "2026-06-04"}


def test_looking_reads_no_paper(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_days(store, 2)
    desk = Desk(store)
    monkeypatch.setattr(store.issues, "get", lambda *_: pytest.fail("an issue was read"))
    first = desk.look(reader("retrieval"))
    assert first.tag == desk.look(reader("retrieval", name="Ada")).tag
    assert first.tag != desk.look(reader("zebrafish")).tag


def test_without_a_match_the_newest_issue_dates_the_feed(store: SqlStore) -> None:
    newest = publish_days(store, 2)[-1]
    desk = Desk(store)
    assert desk.papers(reader("nothing like it")) == []
    assert desk.writer.updated == newest.frozen_at


def test_every_cause_of_a_change_changes_the_tag(store: SqlStore) -> None:
    desk = Desk(store)
    someone = reader("retrieval")
    tags = [desk.look(someone).tag]
    for step in range(2):
        publish_days(store, 1, first=FIRST + timedelta(days=step))
        tags.append(desk.look(someone).tag)
    other = SubscriberFeeds(store.issues, desk.held, desk.writer, entries=100, variant="2")
    tags.append(other.look(someone, address="https://news.example.org/feed/x", form="atom").tag)
    tags.append(desk.feeds.look(someone, address="https://news.example.org/feed/y", form="atom").tag)
    tags.append(desk.feeds.look(someone, address="https://news.example.org/feed/x", form="rss").tag)
    assert len(set(tags)) == len(tags)


def test_an_issue_that_somebody_deleted_is_a_failure_of_the_store(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_days(store, 1)
    desk = Desk(store)
    monkeypatch.setattr(store.issues, "get", lambda *_: None)
    with pytest.raises(StoreError, match="2026-06-01"):
        desk.papers(reader())


def test_a_feed_is_in_the_order_and_the_language_that_its_reader_asks_for(store: SqlStore) -> None:
    publish_days(store, 1)
    desk = Desk(store)
    asked = reader(max_papers=4, rhythm=Rhythm(order=PaperOrder.NEWEST, reads=("en",)), language="zh-Hans")
    papers = desk.papers(asked)
    assert [paper_id for _, paper_id in papers] == sorted((paper_id for _, paper_id in papers), reverse=True)
    assert desk.papers(reader(max_papers=4)) != papers
    assert desk.feeds.write(desk.look(asked)) == b"en"
    tags = {desk.look(one).tag for one in (asked, reader(max_papers=4), reader(max_papers=4, language="zh-Hans"))}
    assert len(tags) == 3


def test_the_feed_of_a_weekly_reader_has_the_weeks_that_end_on_their_day(store: SqlStore) -> None:
    """Weeks overlap where readers chose several days; those of an earlier day of the newsletter's stay."""
    days = [FIRST + timedelta(days=n) for n in range(14)]
    for n, day in enumerate(days):
        if Weekday.of(day) in (Weekday.MONDAY, Weekday.FRIDAY):
            publish(store, make_issue([paper(n)], key=IssueKey(day, Edition.WEEKLY), languages=("en",)))
    desk = Desk(store)

    def weeks(rhythm: Rhythm) -> set[Weekday]:
        feed = desk.look(reader(cadence=Edition.WEEKLY, rhythm=rhythm))
        assert len(feed.issues) > 1
        return {Weekday.of(status.key.day) for status in feed.issues}

    assert weeks(Rhythm(weekly_on=Weekday.MONDAY)) == {Weekday.MONDAY}
    assert weeks(Rhythm()) == {Weekday.FRIDAY}
    assert weeks(Rhythm(weekly_on=Weekday.SUNDAY)) == {Weekday.MONDAY, Weekday.FRIDAY}
