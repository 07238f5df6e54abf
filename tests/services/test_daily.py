"""The daily job: every step in order, and a day that broke is resumed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.domain.issues import AnnouncementCalendar, Edition, Issue, IssueKey, IssueState
from newsletter.domain.matching import IssueSelector
from newsletter.domain.notation import Weekday
from newsletter.domain.papers import FailureKind, ListingStatus
from newsletter.domain.subscribers import Rhythm, Subscriber
from newsletter.errors import EngineUnavailable, IssueMissing, NothingToDo
from newsletter.services.collect import Collect
from newsletter.services.compose import Compose, ComposeOptions
from newsletter.services.daily import Daily
from newsletter.services.enrich import Enrich
from newsletter.services.gaps import FillGaps, Way
from newsletter.services.progress import SilentProgress
from newsletter.services.scope import EnrichScope
from newsletter.store import SqlStore
from tests.support.doubles import MONDAY, ScriptedEngine, ScriptedSource, Ticking, announced, paper_id

FRIDAY = MONDAY + timedelta(days=4)


def source(**changes: object) -> ScriptedSource:
    papers = {"cs.CL": [announced(1), announced(2), announced(5, FRIDAY)], "cs.AI": [announced(3, feed="cs.AI")]}
    return ScriptedSource(papers, **changes)  # type: ignore[arg-type]


def daily(
    store: SqlStore, clock: Ticking, from_: ScriptedSource | None = None, engine: ScriptedEngine | None = None
) -> Daily:
    options = ComposeOptions("The day", "Papers", languages=("en",), engines=("scripted",), order="announced")
    compose = Compose(store, options, admits=lambda _: True, clock=clock, acronyms=lambda _: {})
    return Daily(
        (collect := Collect(store.papers, store.listings, [from_ or source()], SilentProgress())),
        FillGaps(store.listings, [], [Way(collect, {})], AnnouncementCalendar(), today=lambda: MONDAY),
        EnrichScope(compose, store.subscribers, _nobody_selects, feed_entries=100, shown_only=False),
        Enrich(store.summaries, engine or ScriptedEngine(), ["en"], SilentProgress()),
        compose,
        weekly_on=Weekday.FRIDAY,
        wanted=store.subscribers.weekdays,
    )


def _nobody_selects(_: Issue) -> IssueSelector:
    pytest.fail("every paper is summarised: nobody's interests need to be known")


def test_a_day_is_collected_summarised_and_frozen(store: SqlStore, clock: Ticking) -> None:
    prepared = daily(store, clock).prepare(MONDAY)
    [issue] = prepared.issues
    assert [(e.id, e.summaries["en"].tldr) for e in issue.papers] == [
        (paper_id(3), "PAPER 3"),
        (paper_id(2), "PAPER 2"),
        (paper_id(1), "PAPER 1"),
    ]
    assert (prepared.collected.new_papers, prepared.enriched.written, prepared.problems) == (3, 3, ())


def test_a_day_that_is_done_again_asks_nobody_and_is_the_same(store: SqlStore, clock: Ticking) -> None:
    first = daily(store, clock).prepare(MONDAY)
    feeds, engine = source(), ScriptedEngine()
    again = daily(store, clock, feeds, engine).prepare(MONDAY)
    assert again.issues == first.issues
    assert (feeds.asked, engine.asked) == ([], [])


def test_a_day_that_broke_while_summarising_is_resumed(store: SqlStore, clock: Ticking) -> None:
    with pytest.raises(RuntimeError, match="pulled the plug"):
        daily(store, clock, engine=ScriptedEngine(raises={2: RuntimeError("pulled the plug")})).prepare(MONDAY)
    feeds, engine = source(), ScriptedEngine()
    [issue] = daily(store, clock, feeds, engine).prepare(MONDAY).issues
    assert feeds.asked == []
    assert engine.asked == [("en", paper_id(2)), ("en", paper_id(1))]
    assert len(issue.papers) == 3


def test_an_engine_that_is_down_does_not_keep_the_issue_back(store: SqlStore, clock: Ticking) -> None:
    prepared = daily(store, clock, engine=ScriptedEngine(raises={3: EngineUnavailable("down")})).prepare(MONDAY)
    [issue] = prepared.issues
    assert [e.summaries["en"].failure for e in issue.papers] == [FailureKind.UNAVAILABLE] * 3
    assert prepared.problems == ("engine: down",)


def test_an_issue_that_is_out_gets_no_summaries_that_it_could_not_show(store: SqlStore, clock: Ticking) -> None:
    down = ScriptedEngine(raises={3: EngineUnavailable("down")})
    [issue] = daily(store, clock, engine=down).prepare(MONDAY).issues
    store.issues.mark(issue.key, 1, IssueState.PUBLISHED, clock())
    engine = ScriptedEngine()
    again = daily(store, clock, engine=engine).prepare(MONDAY)
    assert (again.issues, again.problems, engine.asked) == ((issue,), (), [])


def test_a_source_that_is_down_is_reported_and_the_others_make_the_issue(store: SqlStore, clock: Ticking) -> None:
    prepared = daily(store, clock, source(outcomes={"cs.AI": ListingStatus.FAILED})).prepare(MONDAY)
    assert [problem.partition(",")[0] for problem in prepared.problems] == ["arxiv-rss cs.AI: failed"]
    assert [e.id for e in prepared.issues[0].papers] == [paper_id(2), paper_id(1)]


def test_the_papers_of_a_source_that_was_down_come_the_next_day(store: SqlStore, clock: Ticking) -> None:
    [first] = daily(store, clock, source(outcomes={"cs.AI": ListingStatus.FAILED})).prepare(MONDAY).issues
    store.issues.mark(first.key, 1, IssueState.PUBLISHED, clock())
    later = daily(store, clock)
    assert later.prepare(MONDAY).issues == (first,)  # it is collected now, and the published issue stays as it is
    friday = later.prepare(FRIDAY).issues[0]
    assert [(e.id, e.summaries["en"].tldr) for e in friday.papers] == [
        (paper_id(5), "PAPER 5"),
        (paper_id(3), "PAPER 3"),
    ]


def test_on_its_weekday_the_weekly_issue_is_made_too(store: SqlStore, clock: Ticking) -> None:
    job = daily(store, clock)
    assert [issue.key.edition for issue in job.prepare(MONDAY).issues] == [Edition.DAILY]
    both = job.prepare(FRIDAY).issues
    assert [issue.key.edition for issue in both] == [Edition.DAILY, Edition.WEEKLY]
    assert [e.id for e in both[1].papers] == [paper_id(n) for n in (5, 3, 2, 1)]
    assert job.issues_due(FRIDAY) == (IssueKey(FRIDAY), IssueKey(FRIDAY, Edition.WEEKLY))
    assert job.issues_due(MONDAY) == (IssueKey(MONDAY),)


def test_a_week_ends_on_every_day_that_some_reader_chose(store: SqlStore, clock: Ticking) -> None:
    """Its papers are those of the seven days until then, whatever stands in the newsletter's own weekly issue."""
    rhythm = Rhythm(weekly_on=Weekday.TUESDAY)
    store.subscribers.upsert([Subscriber(email="a@example.org", cadence=Edition.WEEKLY, rhythm=rhythm)])
    job = daily(store, clock)
    for day in (MONDAY, FRIDAY):
        for issue in job.prepare(day).issues:
            store.issues.mark(issue.key, issue.revision, IssueState.PUBLISHED, clock())
    tuesday = MONDAY + timedelta(days=8)
    assert job.issues_due(tuesday)[-1] == IssueKey(tuesday, Edition.WEEKLY)
    closed = source(outcomes=dict.fromkeys(("cs.CL", "cs.AI"), ListingStatus.NONE_EXPECTED))
    [weekly] = daily(store, clock, closed).prepare(tuesday).issues
    assert weekly.key == IssueKey(tuesday, Edition.WEEKLY)
    assert [e.id for e in weekly.papers] == [paper_id(5)]  # Monday's were of the week before


def test_a_week_that_ended_while_the_job_rested_comes_with_the_next_run(store: SqlStore, clock: Ticking) -> None:
    """A timer that rests on weekends; the readers of Sunday get theirs on Monday, once."""
    rhythm = Rhythm(weekly_on=Weekday.SUNDAY)
    store.subscribers.upsert([Subscriber(email="a@example.org", cadence=Edition.WEEKLY, rhythm=rhythm)])
    job, sunday, monday = daily(store, clock), FRIDAY + timedelta(days=2), FRIDAY + timedelta(days=3)
    for issue in job.prepare(FRIDAY).issues:
        store.issues.mark(issue.key, issue.revision, IssueState.PUBLISHED, clock())
    assert job.issues_due(monday) == (IssueKey(monday), IssueKey(sunday, Edition.WEEKLY))
    closed = source(outcomes=dict.fromkeys(("cs.CL", "cs.AI"), ListingStatus.NONE_EXPECTED))
    [weekly] = daily(store, clock, closed).prepare(monday).issues
    assert (weekly.key, len(weekly.papers)) == (IssueKey(sunday, Edition.WEEKLY), 1)
    store.issues.mark(weekly.key, weekly.revision, IssueState.PUBLISHED, clock())
    assert job.issues_due(monday) == (IssueKey(monday),)


def test_a_holiday_on_that_weekday_still_has_a_weekly_issue(store: SqlStore, clock: Ticking) -> None:
    daily(store, clock).prepare(MONDAY)
    closed = source(outcomes=dict.fromkeys(("cs.CL", "cs.AI"), ListingStatus.NONE_EXPECTED))
    [weekly] = daily(store, clock, closed).prepare(FRIDAY).issues
    assert weekly.key.edition is Edition.WEEKLY


def test_a_holiday_is_no_failure(store: SqlStore, clock: Ticking) -> None:
    closed = source(outcomes=dict.fromkeys(("cs.CL", "cs.AI"), ListingStatus.NONE_EXPECTED))
    with pytest.raises(NothingToDo, match="none expected"):
        daily(store, clock, closed).prepare(MONDAY)


def unread() -> ScriptedSource:
    return source(outcomes=dict.fromkeys(("cs.CL", "cs.AI"), ListingStatus.FAILED))


def test_a_day_without_any_source_is_a_failure(store: SqlStore, clock: Ticking) -> None:
    with pytest.raises(IssueMissing, match=r"cs\.AI: failed"):
        daily(store, clock, unread()).prepare(FRIDAY)


def test_a_last_day_without_any_source_does_not_cost_the_week_its_issue(store: SqlStore, clock: Ticking) -> None:
    """It is a problem of its own: nobody makes the weekly issue on another day."""
    daily(store, clock).prepare(MONDAY)
    prepared = daily(store, clock, unread()).prepare(FRIDAY)
    [weekly] = prepared.issues
    assert weekly.key == IssueKey(FRIDAY, Edition.WEEKLY)
    assert [e.id for e in weekly.papers] == [paper_id(n) for n in (3, 2, 1)]
    assert {(x.day, x.status) for x in weekly.listings} == {
        (MONDAY, ListingStatus.FRESH),
        (FRIDAY, ListingStatus.FAILED),
    }
    assert prepared.problems[-1].startswith(f"No issue for {FRIDAY}: ")


def test_a_last_day_that_is_read_after_the_weekly_issue_is_out_comes_with_the_next(
    store: SqlStore, clock: Ticking
) -> None:
    daily(store, clock).prepare(MONDAY)
    [weekly] = daily(store, clock, unread()).prepare(FRIDAY).issues
    store.issues.mark(weekly.key, 1, IssueState.PUBLISHED, clock())
    first, same = daily(store, clock).prepare(FRIDAY).issues
    assert ([e.id for e in first.papers], same) == ([paper_id(5)], weekly)
    after = FRIDAY + timedelta(days=7)
    papers = ScriptedSource({"cs.CL": [announced(7, after)], "cs.AI": []})
    [_, following] = daily(store, clock, papers).prepare(after).issues
    assert [e.id for e in following.papers] == [paper_id(7), paper_id(5)]
