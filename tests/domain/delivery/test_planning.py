"""Who gets an issue, as whom, and not before when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsletter.domain.delivery.deliveries import DeliveryStatus, SkipReason
from newsletter.domain.delivery.planning import freeze, hour_of, plan_status
from newsletter.domain.issues import Edition, Issue, IssueKey
from newsletter.domain.notation import Weekday
from newsletter.domain.subscribers import Rhythm, Subscriber, SubscriptionState
from tests.support.samples import DAY, make_issue, make_notice

S = DeliveryStatus
ADA = Subscriber(email="a@example.org")
WEEKLY = replace(ADA, cadence=Edition.WEEKLY)
SATURDAY = date(2026, 6, 6)


def why_not(
    subscriber: Subscriber, issue: Issue, *, suppressed: bool = False, matched: bool = True
) -> SkipReason | None:
    """The reason, in a newsletter whose week ends on Friday."""
    status, reason = plan_status(subscriber, issue, suppressed=suppressed, matched=matched, weekly_on=Weekday.FRIDAY)
    assert status is (S.QUEUED if reason is None else S.SKIPPED)
    return reason


@pytest.mark.parametrize(
    ("subscriber", "suppressed", "matched", "expected"),
    [
        (ADA, False, True, None),
        (ADA, False, False, SkipReason.NO_MATCH),
        (WEEKLY, False, True, SkipReason.OTHER_CADENCE),
        (replace(ADA, state=SubscriptionState.UNCONFIRMED), False, True, SkipReason.UNCONFIRMED),
        (replace(ADA, state=SubscriptionState.UNSUBSCRIBED), True, True, SkipReason.SUPPRESSED),
        (replace(ADA, state=SubscriptionState.UNSUBSCRIBED), False, False, SkipReason.UNSUBSCRIBED),
        (replace(ADA, email="", state=SubscriptionState.FEED), False, True, SkipReason.UNSUBSCRIBED),
        (replace(ADA, paused_since=DAY, paused_until=SATURDAY), False, False, SkipReason.PAUSED),
        (replace(WEEKLY, paused_since=DAY, paused_until=SATURDAY), False, True, SkipReason.OTHER_CADENCE),
        (replace(ADA, rhythm=Rhythm(more_than=3)), False, True, None),
        (replace(ADA, rhythm=Rhythm(more_than=3)), False, False, SkipReason.TOO_FEW),
    ],
)
def test_the_first_reason_that_holds_is_given(
    subscriber: Subscriber, suppressed: bool, matched: bool, expected: SkipReason | None
) -> None:
    assert why_not(subscriber, make_issue(1), suppressed=suppressed, matched=matched) is expected


def test_every_state_but_confirmed_has_its_reason() -> None:
    reasons = {state: why_not(replace(ADA, state=state), make_issue(1)) for state in SubscriptionState}
    assert [state for state, reason in reasons.items() if reason is None] == [SubscriptionState.CONFIRMED]


def test_weekdays_only_leaves_out_the_issues_of_saturday_and_sunday() -> None:
    reader = replace(ADA, rhythm=Rhythm(weekdays_only=True))
    days = [SATURDAY + timedelta(days=n) for n in range(-5, 3)]
    got = [day.strftime("%a") for day in days if why_not(reader, make_issue(1, day=day)) is None]
    assert got == ["Mon", "Tue", "Wed", "Thu", "Fri", "Mon"]
    assert why_not(reader, make_issue(1, day=SATURDAY)) is SkipReason.OTHER_DAY
    assert why_not(ADA, make_issue(1, day=SATURDAY)) is None


def test_a_weekly_issue_is_for_those_whose_week_ends_with_it() -> None:
    """The newsletter's own day for who named none; who reads daily gets none of them."""
    on_monday = replace(WEEKLY, rhythm=Rhythm(weekly_on=Weekday.MONDAY))
    friday, monday = (make_issue(1, key=IssueKey(day, Edition.WEEKLY)) for day in (date(2026, 6, 5), date(2026, 6, 8)))
    assert [why_not(WEEKLY, issue) for issue in (friday, monday)] == [None, SkipReason.OTHER_DAY]
    assert [why_not(on_monday, issue) for issue in (friday, monday)] == [SkipReason.OTHER_DAY, None]
    assert why_not(ADA, friday) is SkipReason.OTHER_CADENCE
    # a day is the weekly digest's alone
    assert why_not(replace(ADA, rhythm=Rhythm(weekly_on=Weekday.MONDAY)), make_issue(1)) is None


def test_a_pause_ends_by_itself_with_the_issue_of_its_last_day() -> None:
    reader = replace(ADA, paused_since=date(2026, 6, 3), paused_until=date(2026, 6, 8))
    days = [date(2026, 6, 3) + timedelta(days=n) for n in range(7)]
    paused = [why_not(reader, make_issue(1, day=day)) for day in days]
    assert paused == [SkipReason.PAUSED] * 5 + [None, None]


def test_a_language_that_the_issue_lacks_becomes_the_next_that_they_read_and_then_its_first() -> None:
    issue = make_issue(1)
    assert issue.languages == ("en", "zh-Hans")
    assert freeze(replace(ADA, language="fr"), issue).language == "en"
    assert freeze(replace(ADA, language="zh-Hans"), issue).language == "zh-Hans"
    reads = Rhythm(reads=("de", "zh-Hans", "en"))
    assert freeze(replace(ADA, language="fr", rhythm=reads), issue).language == "zh-Hans"
    assert freeze(replace(ADA, language="fr", rhythm=reads), issue).rhythm is reads
    assert freeze(replace(ADA, rhythm=reads), issue).language == "en"


def test_that_there_are_no_papers_is_for_every_daily_reader_whatever_their_interests() -> None:
    assert why_not(replace(ADA, interests=("zebrafish",)), make_notice(), matched=False) is None
    assert why_not(WEEKLY, make_notice(), matched=False) is SkipReason.OTHER_CADENCE
    gone = replace(ADA, state=SubscriptionState.UNSUBSCRIBED)
    assert why_not(gone, make_notice(), matched=False) is SkipReason.UNSUBSCRIBED


def test_who_waits_for_a_number_of_papers_is_not_told_that_there_are_none() -> None:
    assert why_not(replace(ADA, rhythm=Rhythm(more_than=1)), make_notice(), matched=False) is SkipReason.TOO_FEW


def test_an_hour_is_one_of_the_issues_day_where_the_newsletter_is_at_home() -> None:
    reader, shanghai = replace(ADA, rhythm=Rhythm(hour=18)), ZoneInfo("Asia/Shanghai")
    morning = datetime(2026, 6, 2, 0, 30, tzinfo=UTC)
    assert hour_of(reader, IssueKey(DAY), zone=shanghai, now=morning) == datetime(2026, 6, 2, 10, tzinfo=UTC)
    assert hour_of(reader, IssueKey(DAY), zone=UTC, now=morning) == datetime(2026, 6, 2, 18, tzinfo=UTC)
    assert hour_of(ADA, IssueKey(DAY), zone=UTC, now=morning) is None
    assert hour_of(replace(ADA, rhythm=Rhythm(hour=0)), IssueKey(DAY), zone=UTC, now=morning) is None


def test_an_hour_that_is_past_is_not_waited_for_on_another_day() -> None:
    reader, noon = replace(ADA, rhythm=Rhythm(hour=12)), datetime(2026, 6, 2, 12, tzinfo=UTC)
    for now in (noon, noon + timedelta(hours=9), noon + timedelta(days=2)):
        assert hour_of(reader, IssueKey(DAY), zone=UTC, now=now) is None
    assert hour_of(reader, IssueKey(DAY), zone=UTC, now=noon - timedelta(seconds=1)) == noon


def test_an_hour_that_a_clock_leaves_out_is_the_next_there_is() -> None:
    """Europe/Berlin goes from 2 to 3 on 2026-03-29; 2 o'clock local is 01:00 UTC, which its clocks show as 3."""
    reader, berlin = replace(ADA, rhythm=Rhythm(hour=2)), ZoneInfo("Europe/Berlin")
    due = hour_of(reader, IssueKey(date(2026, 3, 29)), zone=berlin, now=datetime(2026, 3, 28, tzinfo=UTC))
    assert due == datetime(2026, 3, 29, 1, tzinfo=UTC)
