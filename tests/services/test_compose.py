"""Composing: a day is frozen once, a paper has one daily issue, and the same state gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from newsletter.domain.issues import Edition, Issue, IssueKey, IssueState, Silence
from newsletter.domain.papers import AnnounceType, IssueNote, ListingStatus, Notice, PaperNote
from newsletter.errors import IssueMissing, NothingToDo
from newsletter.formats import encode_issue
from newsletter.services.compose import LATE, Compose, ComposeOptions
from newsletter.store import Database, SqlStore
from tests.support.doubles import MONDAY, Ticking, announced, listing, paper, paper_id, summary

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
SUNDAY = MONDAY + timedelta(days=6)
PUBLISHED, APPROVED = IssueState.PUBLISHED, IssueState.APPROVED


def admits_new_and_cross(notice: Notice) -> bool:
    return notice.kind in {AnnounceType.NEW, AnnounceType.CROSS}


def admits_everything(_: Notice) -> bool:
    return True


def compose(
    store: SqlStore,
    clock: Ticking,
    *,
    admits: Callable[[Notice], bool] = admits_new_and_cross,
    silence: Silence | None = None,
    **options: object,
) -> Compose:
    settled = {"engines": ("file", "scripted"), "languages": ("en",), "order": "announced"} | options
    return Compose(
        store,
        ComposeOptions("The day", "Papers", **settled),  # type: ignore[arg-type]
        admits=admits,
        clock=clock,
        acronyms=lambda papers: {"n": tuple(str(p.id) for p in papers[:1])},
        silence=lambda _day, _listings: silence,
    )


def ids(issue: Issue) -> list[int]:
    return [int(e.id[-5:]) for e in issue.papers]


def publish(store: SqlStore, issue: Issue, clock: Ticking) -> None:
    store.issues.mark(issue.key, issue.revision, PUBLISHED, clock())


def drop(store: SqlStore, *numbers: int, day: date = MONDAY) -> None:
    store.notes.put(IssueKey(day), IssueNote(), [PaperNote(paper_id=paper_id(n), drop=True) for n in numbers])


def collected(store: SqlStore, *numbers: int, day: date = MONDAY) -> None:
    store.papers.add([announced(n, day) for n in numbers])
    store.listings.record(listing(day=day, collected=len(numbers)))


# --- freezing ---------------------------------------------------------------------------------------------------------


def test_an_issue_holds_all_that_every_surface_shows(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1, 2)
    store.summaries.put([summary(1), summary(1, "zh-Hans")])
    store.notes.put(IssueKey(MONDAY), IssueNote(preface={"en": "Hello"}), [PaperNote(paper_id=paper_id(1), position=1)])
    issue = compose(store, clock, languages=("zh-Hans", "en")).run(MONDAY)
    assert ids(issue) == [1, 2]
    assert (issue.title, issue.description, issue.languages) == ("The day", "Papers", ("zh-Hans", "en"))
    assert issue.papers[0].notices == (Notice(MONDAY, "arxiv-rss", "cs.CL", AnnounceType.NEW, 1),)
    assert set(issue.papers[0].summaries) == {"en", "zh-Hans"}
    assert issue.papers[0].note == PaperNote(paper_id=paper_id(1), position=1)
    assert issue.note.preface == {"en": "Hello"}
    assert [x.collected for x in issue.listings] == [2]
    assert issue.acronyms == {"n": (str(paper_id(1)),)}
    assert store.issues.get(IssueKey(MONDAY)) == issue


def test_the_same_content_keeps_its_moment_and_its_approval(store: SqlStore, clock: Ticking) -> None:
    """A message made from it again must have the same bytes, its date among them."""
    collected(store, 1, 2)
    first = compose(store, clock).run(MONDAY)
    store.issues.mark(first.key, 1, APPROVED, clock())
    store.papers.add([announced(2), announced(1)])
    again = compose(store, clock).run(MONDAY)
    assert encode_issue(again) == encode_issue(first)
    assert again.frozen_at == first.frozen_at
    status = store.issues.status(first.key)
    assert status is not None
    assert status.state is APPROVED


def test_other_content_is_a_new_draft_of_the_same_revision(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1)
    first = compose(store, clock).run(MONDAY)
    store.issues.mark(first.key, 1, APPROVED, clock())
    collected(store, 1, 2)
    again = compose(store, clock).run(MONDAY)
    assert (again.revision, ids(again)) == (1, [2, 1])
    assert again.hash != first.hash
    assert again.frozen_at != first.frozen_at
    status = store.issues.status(first.key)
    assert status is not None
    assert status.state is IssueState.DRAFT


def test_a_published_day_gives_the_same_bytes_whatever_came_since(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1, 2)
    first = compose(store, clock).run(MONDAY)
    publish(store, first, clock)
    collected(store, 3)
    store.summaries.put([summary(1)])
    store.notes.put(IssueKey(MONDAY), IssueNote(), [PaperNote(paper_id=paper_id(1), drop=True)])
    again = compose(store, clock, order="relevance", max_papers=1).run(MONDAY)
    assert encode_issue(again) == encode_issue(first)


def test_a_correction_is_a_new_revision_and_the_same_content_is_none(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1, 2)
    first = compose(store, clock).run(MONDAY)
    publish(store, first, clock)
    assert compose(store, clock).run(MONDAY, revise=True) == first
    store.notes.put(IssueKey(MONDAY), IssueNote(), [PaperNote(paper_id=paper_id(1), drop=True)])
    second = compose(store, clock).run(MONDAY, revise=True)
    assert (second.revision, ids(second)) == (2, [2])
    assert store.issues.get(first.key, 1) == first
    publish(store, second, clock)
    assert compose(store, clock).run(MONDAY) == second


# --- one daily issue a paper ------------------------------------------------------------------------------------------


def test_a_paper_is_in_exactly_one_daily_issue(store: SqlStore, clock: Ticking) -> None:
    store.papers.add(
        [announced(1), announced(1, TUESDAY, feed="cs.AI", kind=AnnounceType.CROSS), announced(2, TUESDAY)]
    )
    assert ids(compose(store, clock).run(MONDAY)) == [1]
    assert ids(compose(store, clock).run(TUESDAY)) == [2]
    assert ids(compose(store, clock).run(MONDAY)) == [1]


def test_days_may_be_made_in_any_order(store: SqlStore, clock: Ticking) -> None:
    store.papers.add([announced(1), announced(1, TUESDAY, feed="cs.AI", kind=AnnounceType.CROSS), announced(2)])
    assert ids(compose(store, clock).run(TUESDAY)) == [1]
    assert ids(compose(store, clock).run(MONDAY)) == [2]


def test_a_new_version_comes_again_where_replacements_are_wanted(store: SqlStore, clock: Ticking) -> None:
    store.papers.add([announced(1), announced(paper(1, version=2), TUESDAY, kind=AnnounceType.REPLACE)])
    assert ids(compose(store, clock, admits=admits_everything).run(MONDAY)) == [1]
    with pytest.raises(NothingToDo):
        compose(store, clock).run(TUESDAY)
    assert ids(compose(store, clock, admits=admits_everything).run(TUESDAY)) == [1]


def test_a_paper_that_was_collected_late_enters_the_next_issue(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1)
    publish(store, compose(store, clock).run(MONDAY), clock)
    store.papers.add([announced(2, MONDAY, feed="cs.AI"), announced(3, TUESDAY)])
    assert ids(compose(store, clock).run(TUESDAY)) == [3, 2]
    store.papers.add([announced(4, WEDNESDAY)])
    assert ids(compose(store, clock).run(WEDNESDAY)) == [4]


def test_a_day_that_has_no_issue_yet_keeps_its_papers(store: SqlStore, clock: Ticking) -> None:
    store.papers.add([announced(1), announced(2, TUESDAY)])
    assert ids(compose(store, clock).run(TUESDAY)) == [2]
    assert ids(compose(store, clock).run(MONDAY)) == [1]


def test_a_paper_that_is_too_late_is_left_in_the_archive(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1)
    compose(store, clock).run(MONDAY)
    much_later = MONDAY + LATE + timedelta(days=1)
    store.papers.add([announced(2), announced(3, much_later)])
    assert ids(compose(store, clock).run(much_later)) == [3]


def test_what_the_editor_dropped_or_what_did_not_fit_does_not_come_back(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1, 2, 3)
    store.notes.put(IssueKey(MONDAY), IssueNote(), [PaperNote(paper_id=paper_id(3), drop=True)])
    assert ids(compose(store, clock, max_papers=1).run(MONDAY)) == [2]
    store.papers.add([announced(4, TUESDAY)])
    assert ids(compose(store, clock).run(TUESDAY)) == [4]


def test_what_was_left_out_and_is_announced_again_has_its_day(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1, 2)
    assert ids(compose(store, clock, max_papers=1).run(MONDAY)) == [2]
    store.papers.add([announced(1, TUESDAY, feed="cs.AI", kind=AnnounceType.CROSS)])
    assert ids(compose(store, clock).run(TUESDAY)) == [1]


def test_a_draft_that_is_made_anew_forgets_what_the_earlier_one_left_out(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1, 2)
    compose(store, clock, max_papers=1).run(MONDAY)
    assert ids(compose(store, clock).run(MONDAY)) == [2, 1]
    assert store.issues.left_out(MONDAY, MONDAY) == frozenset()


# --- nothing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error", "exit_status"),
    [
        (ListingStatus.NONE_EXPECTED, NothingToDo, 3),
        (ListingStatus.FRESH, NothingToDo, 3),
        (ListingStatus.FAILED, IssueMissing, 1),
        (ListingStatus.STALE, IssueMissing, 1),
    ],
)
def test_no_paper_is_a_failure_only_if_there_should_have_been_some(
    store: SqlStore, clock: Ticking, status: ListingStatus, error: type[NothingToDo], exit_status: int
) -> None:
    store.listings.record(listing("cs.AI", status=ListingStatus.NONE_EXPECTED))
    store.listings.record(listing("cs.CL", status=status, note="a note"))
    with pytest.raises(error) as raised:
        compose(store, clock).run(MONDAY)
    assert raised.value.exit_status == exit_status
    assert f"arxiv-rss cs.CL: {status} (a note)" in str(raised.value)
    assert store.issues.get(IssueKey(MONDAY)) is None


def test_a_day_that_was_never_collected_names_the_command(store: SqlStore, clock: Ticking) -> None:
    with pytest.raises(NothingToDo, match="newsletter collect --date 2026-06-01"):
        compose(store, clock).run(MONDAY)


def test_a_day_whose_papers_had_their_issue_says_so(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1)
    compose(store, clock).run(MONDAY)
    store.papers.add([announced(1, TUESDAY, kind=AnnounceType.CROSS)])
    store.listings.record(listing(day=TUESDAY, collected=1))
    with pytest.raises(NothingToDo, match="every paper announced stands in another issue"):
        compose(store, clock).run(TUESDAY)


# --- a day whose papers the editor dropped ----------------------------------------------------------------------------


@pytest.fixture
def either_store(database: Database, clock: Ticking) -> SqlStore:
    """The store on SQLite, then on PostgreSQL."""
    return SqlStore(database, clock=clock)


@pytest.mark.parametrize("state", [IssueState.DRAFT, APPROVED])
def test_a_draft_all_of_whose_papers_are_dropped_is_withdrawn(
    either_store: SqlStore, clock: Ticking, state: IssueState
) -> None:
    store, key = either_store, IssueKey(MONDAY)
    collected(store, 1, 2)
    store.issues.mark(key, compose(store, clock).run(MONDAY).revision, state, clock())
    drop(store, 1, 2)
    with pytest.raises(NothingToDo) as raised:
        compose(store, clock).run(MONDAY)
    assert str(raised.value) == (
        "No issue for 2026-06-01: no paper to announce.\n"
        "  the editor dropped 2 papers; `newsletter edit --date 2026-06-01` shows them\n"
        "Its draft was withdrawn."
    )
    assert store.issues.get(key) is None
    assert store.issues.archive() == ()


def test_what_is_dropped_with_its_whole_day_does_not_come_back_by_itself(
    either_store: SqlStore, clock: Ticking
) -> None:
    store = either_store
    collected(store, 9, day=MONDAY - timedelta(days=1))
    compose(store, clock).run(MONDAY - timedelta(days=1))
    collected(store, 1, 2)
    drop(store, 1, 2)
    for _ in range(2):
        with pytest.raises(NothingToDo):
            compose(store, clock).run(MONDAY)
    collected(store, 3, day=TUESDAY)
    assert ids(compose(store, clock).run(TUESDAY)) == [3]
    drop(store, 1)
    assert ids(compose(store, clock).run(MONDAY)) == [2], "what the editor takes back has its issue"


def test_dropping_every_paper_of_a_correction_leaves_the_issue_that_is_out(
    either_store: SqlStore, clock: Ticking
) -> None:
    store = either_store
    collected(store, 1, 2)
    first = compose(store, clock).run(MONDAY)
    publish(store, first, clock)
    drop(store, 1)
    assert compose(store, clock).run(MONDAY, revise=True).revision == 2
    drop(store, 1, 2)
    with pytest.raises(NothingToDo, match=r"Its draft was withdrawn\.\nThe issue that is out stays as it is\."):
        compose(store, clock).run(MONDAY, revise=True)
    assert store.issues.get(first.key) == first
    asked = [paper_id(1), paper_id(2)]
    assert store.issues.issued(asked, other_than=IssueKey(TUESDAY)) == set(asked), "both had their day"


def test_what_is_featured_comes_with_the_next_announcement_though_the_rest_is_dropped(
    store: SqlStore, clock: Ticking
) -> None:
    featured = admits_everything
    collected(store, 9, day=MONDAY - timedelta(days=1))
    compose(store, clock).run(MONDAY - timedelta(days=1))
    collected(store, 1)
    compose(store, clock, admits=featured).run(MONDAY)
    store.papers.add([announced(2, source="hf-daily", feed="", kind=AnnounceType.FEATURED)])
    store.listings.record(listing("cs.AI", status=ListingStatus.STALE, collected=3))
    drop(store, 1)
    with pytest.raises(IssueMissing, match="Its draft was withdrawn"):
        compose(store, clock, admits=featured).run(MONDAY)
    assert store.issues.left_out(MONDAY, MONDAY) == {(MONDAY, paper_id(1))}
    collected(store, 3, day=TUESDAY)
    assert ids(compose(store, clock, admits=featured).run(TUESDAY)) == [3, 2]


def test_a_weekly_draft_goes_with_the_last_of_its_daily_issues(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1)
    compose(store, clock).run(MONDAY)
    weekly = compose(store, clock).run_weekly(SUNDAY)
    drop(store, 1)
    with pytest.raises(NothingToDo):
        compose(store, clock).run(MONDAY)
    with pytest.raises(NothingToDo, match="No issue 2026-06-07-weekly: none of its seven days has an issue"):
        compose(store, clock).run_weekly(SUNDAY)
    assert store.issues.get(weekly.key) is None


def test_a_draft_that_nothing_is_left_of_gives_way_to_the_notice(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1)
    compose(store, clock, silence=UNTIL_TUESDAY).run(MONDAY)
    nothing = compose(store, clock, admits=lambda _: False, silence=UNTIL_TUESDAY)
    assert nothing.run(MONDAY).silence == UNTIL_TUESDAY
    with pytest.raises(NothingToDo, match="Its draft was withdrawn"):
        compose(store, clock, admits=lambda _: False).run(MONDAY)
    assert store.issues.get(IssueKey(MONDAY)) is None


# --- a day that is said to have none ----------------------------------------------------------------------------------

UNTIL_TUESDAY = Silence(TUESDAY, "A day off")


def test_a_silent_day_has_an_issue_that_says_so_and_stays_the_same(store: SqlStore, clock: Ticking) -> None:
    store.listings.record(listing(status=ListingStatus.NONE_EXPECTED, note="a day off"))
    issue = compose(store, clock, silence=UNTIL_TUESDAY).run(MONDAY)
    assert (issue.papers, issue.silence) == ((), UNTIL_TUESDAY)
    assert [x.note for x in issue.listings] == ["a day off"]
    assert store.issues.get(IssueKey(MONDAY)) == issue
    status = store.issues.status(IssueKey(MONDAY))
    assert status is not None
    assert status.is_silent
    assert encode_issue(compose(store, clock, silence=UNTIL_TUESDAY).run(MONDAY)) == encode_issue(issue)


def test_a_silent_day_never_takes_the_place_of_an_issue_with_papers(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1, 2)
    first = compose(store, clock, silence=UNTIL_TUESDAY).run(MONDAY)
    assert (ids(first), first.silence) == ([2, 1], None)
    publish(store, first, clock)
    nothing = compose(store, clock, admits=lambda _: False, silence=UNTIL_TUESDAY)
    with pytest.raises(NothingToDo, match="The issue that is out stays as it is"):
        nothing.run(MONDAY, revise=True)
    drop(store, 1)
    assert ids(compose(store, clock).run(MONDAY, revise=True)) == [2]
    with pytest.raises(NothingToDo, match="Its draft was withdrawn"):
        nothing.run(MONDAY, revise=True)
    assert store.issues.get(IssueKey(MONDAY)) == first


def test_a_day_whose_papers_the_editor_dropped_is_not_silent(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1)
    store.notes.put(IssueKey(MONDAY), IssueNote(), [PaperNote(paper_id=paper_id(1), drop=True)])
    with pytest.raises(NothingToDo):
        compose(store, clock, silence=UNTIL_TUESDAY).run(MONDAY)


def test_papers_take_the_place_of_a_draft_that_says_there_are_none(store: SqlStore, clock: Ticking) -> None:
    compose(store, clock, silence=UNTIL_TUESDAY).run(MONDAY)
    collected(store, 1)
    issue = compose(store, clock, silence=UNTIL_TUESDAY).run(MONDAY)
    assert (ids(issue), issue.silence) == ([1], None)


def test_papers_of_a_day_that_was_said_to_have_none_come_with_the_next(store: SqlStore, clock: Ticking) -> None:
    publish(store, compose(store, clock, silence=UNTIL_TUESDAY).run(MONDAY), clock)
    collected(store, 1)
    assert compose(store, clock, silence=UNTIL_TUESDAY).run(MONDAY).papers == ()
    collected(store, 2, day=TUESDAY)
    assert ids(compose(store, clock).run(TUESDAY)) == [2, 1]


def test_the_weekly_issue_has_nothing_of_silent_days_and_is_none_of_them_alone(store: SqlStore, clock: Ticking) -> None:
    store.listings.record(listing(status=ListingStatus.NONE_EXPECTED))
    desk = compose(store, clock, silence=UNTIL_TUESDAY)
    desk.run(MONDAY)
    with pytest.raises(NothingToDo):
        desk.run_weekly(SUNDAY)
    collected(store, 1, day=WEDNESDAY)
    desk.run(WEDNESDAY)
    weekly = desk.run_weekly(SUNDAY)
    assert ids(weekly) == [1]
    assert [x.day for x in weekly.listings] == [WEDNESDAY]


# --- weekly -----------------------------------------------------------------------------------------------------------


def test_the_weekly_issue_has_every_paper_of_its_seven_days_once(store: SqlStore, clock: Ticking) -> None:
    both = compose(store, clock, admits=admits_everything)
    store.papers.add([announced(9, MONDAY - timedelta(days=1)), announced(1), announced(2, WEDNESDAY)])
    store.papers.add(
        [announced(paper(1, version=2), SUNDAY, kind=AnnounceType.REPLACE), announced(8, SUNDAY + timedelta(1))]
    )
    store.listings.record(listing(collected=1))
    for day in (MONDAY - timedelta(days=1), MONDAY, WEDNESDAY, SUNDAY, SUNDAY + timedelta(days=1)):
        both.run(day)
    weekly = both.run_weekly(SUNDAY)
    assert weekly.key == IssueKey(SUNDAY, Edition.WEEKLY)
    assert ids(weekly) == [2, 1]
    assert [x.day for x in weekly.listings] == [MONDAY]
    # a weekly issue keeps nothing out of the daily ones
    assert ids(both.run(SUNDAY)) == [1]


def test_a_weekly_issue_is_frozen_like_any_other(store: SqlStore, clock: Ticking) -> None:
    collected(store, 1)
    compose(store, clock).run(MONDAY)
    first = compose(store, clock).run_weekly(SUNDAY)
    assert compose(store, clock).run_weekly(SUNDAY) == first
    publish(store, first, clock)
    collected(store, 2, day=TUESDAY)
    compose(store, clock).run(TUESDAY)
    assert encode_issue(compose(store, clock).run_weekly(SUNDAY)) == encode_issue(first)


def test_a_week_without_an_issue_has_nothing_to_do(store: SqlStore, clock: Ticking) -> None:
    with pytest.raises(NothingToDo):
        compose(store, clock).run_weekly(SUNDAY)
