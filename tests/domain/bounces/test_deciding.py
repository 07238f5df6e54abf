"""What follows from what happened to an address: property by property, then case by case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.bounces import BounceRules, EventKind, Happened, pauses, sentence
from newsletter.domain.bounces.scoring import ACCEPTED_AFTER, soft_score
from newsletter.domain.subscribers import Cause, Suppression, may_lift

K = EventKind
NOW = datetime(2026, 6, 2, 6, 30, tzinfo=UTC)
RULES = BounceRules()
DAY = timedelta(days=1)
HALF = timedelta(days=60)

moments = st.integers(0, 300 * 24).map(lambda hours: NOW + timedelta(hours=hours))
softs = st.lists(moments, min_size=1, max_size=40)
harmless = st.sampled_from([K.POLICY, K.VACATION, K.DELIVERED, K.CHALLENGE, K.UNKNOWN])


def happened(kind: EventKind, *days: float, note: str = "") -> list[Happened]:
    return [Happened(number, kind, NOW + day * DAY, note) for number, day in enumerate(days, 1)]


# --- the score ----------------------------------------------------------------------------------------------------


@given(softs, st.lists(moments, max_size=40))
def test_a_score_is_never_below_nothing_and_never_more_than_the_days_that_had_a_soft_bounce(
    bounced: list[datetime], accepted: list[datetime]
) -> None:
    score = soft_score(bounced, accepted, half_life=HALF)
    assert 0 <= score.value <= len({at.date() for at in bounced})
    assert score.count <= len({at.date() for at in bounced})


@given(softs, st.lists(moments, max_size=20), moments)
def test_a_mail_that_was_accepted_never_raises_a_score(
    bounced: list[datetime], accepted: list[datetime], another: datetime
) -> None:
    before = soft_score(bounced, accepted, half_life=HALF)
    after = soft_score(bounced, [*accepted, another], half_life=HALF)
    assert after.value <= before.value + 1e-9


@given(softs, st.permutations(range(5)))
def test_the_order_in_which_reports_are_read_says_nothing(bounced: list[datetime], order: list[int]) -> None:
    shuffled = [bounced[i % len(bounced)] for i in order] + bounced
    assert soft_score(shuffled, (), half_life=HALF) == soft_score(bounced, (), half_life=HALF)


@given(st.integers(1, 30), st.integers(1, 60), st.integers(1, 60))
def test_the_longer_ago_the_less_it_counts(count: int, gap: int, more: int) -> None:
    def score(after: int) -> float:
        early = [NOW + i * DAY for i in range(count)]
        return soft_score([*early, early[-1] + after * DAY], (), half_life=HALF).value

    assert score(gap + more) <= score(gap)


def test_after_its_half_life_a_soft_bounce_counts_half() -> None:
    score = soft_score([NOW, NOW + HALF], (), half_life=HALF)
    assert score.value == pytest.approx(1.5)
    assert (score.count, score.since, score.span) == (2, NOW, HALF)


def test_of_several_on_one_day_one_counts() -> None:
    assert soft_score([NOW, NOW + DAY / 24, NOW + DAY / 12], (), half_life=HALF).value == pytest.approx(1, abs=0.01)


def test_a_score_that_mail_has_brought_to_nothing_begins_anew() -> None:
    score = soft_score([NOW, NOW + 9 * DAY], [NOW + DAY], half_life=HALF)
    assert (score.value, score.count, score.since) == (1, 1, NOW + 9 * DAY)


def test_no_soft_bounce_is_no_score() -> None:
    assert soft_score([], [NOW], half_life=HALF).value == 0


# --- the sentence -------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(harmless, moments), max_size=30))
def test_refusals_by_policy_and_automatic_answers_are_never_held_against_an_address(
    events: list[tuple[EventKind, datetime]],
) -> None:
    assert sentence([Happened(1, kind, at) for kind, at in events], (), RULES) is None


@given(st.lists(st.tuples(st.sampled_from(EventKind), moments), max_size=20), moments)
def test_one_hard_bounce_suppresses_whatever_else_there_is(
    events: list[tuple[EventKind, datetime]], at: datetime
) -> None:
    others = [Happened(number, kind, when) for number, (kind, when) in enumerate(events, 2)]
    verdict = sentence([Happened(1, K.HARD, at), *others], (), RULES)
    assert verdict is not None
    complained = any(kind is K.COMPLAINT for kind, _ in events)
    assert verdict.cause is (Cause.COMPLAINT if complained else Cause.HARD)


@given(st.lists(st.tuples(st.sampled_from(EventKind), moments), min_size=1, max_size=20), st.randoms())
def test_the_same_history_in_any_order_comes_to_the_same(
    events: list[tuple[EventKind, datetime]], chance: object
) -> None:
    history = [Happened(number, kind, at) for number, (kind, at) in enumerate(events)]
    shuffled = history.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = sentence(history, (), RULES), sentence(shuffled, (), RULES)
    assert (one and (one.cause, one.reason)) == (other and (other.cause, other.reason))


def test_a_sentence_says_why_and_names_its_event() -> None:
    verdict = sentence(happened(K.HARD, 3, 1, note="no such mailbox"), (), RULES)
    assert verdict is not None
    assert (verdict.cause, verdict.reason, verdict.event) == (Cause.HARD, "bounced: no such mailbox", 2)


def test_a_mailbox_that_is_full_for_two_weeks_of_daily_mail_costs_nobody_their_subscription() -> None:
    assert sentence(happened(K.SOFT, *range(14)), (), RULES) is None


def test_a_mailbox_that_stays_full_is_given_up() -> None:
    verdict = sentence(happened(K.SOFT, *range(15), note="mailbox full"), (), RULES)
    assert verdict is not None
    assert verdict.cause is Cause.SOFT
    assert verdict.reason == "15 soft bounces since 2026-06-02: mailbox full"


def test_weekly_mail_that_never_arrives_is_given_up_too() -> None:
    weeks = [number for number in range(1, 30) if sentence(happened(K.SOFT, *range(0, number * 7, 7)), (), RULES)]
    assert weeks[0] == 10


def test_mail_that_arrives_in_between_keeps_an_address() -> None:
    bounced = happened(K.SOFT, *range(0, 40, 2))
    accepted = [NOW + day * DAY for day in range(1, 40, 2)]
    assert sentence(bounced, (), RULES) is not None
    assert sentence(bounced, accepted, RULES) is None


def test_mail_that_may_still_come_back_was_not_accepted_yet() -> None:
    """Each day's mail is accepted by the relay first, and comes back five days later."""
    bounced = happened(K.SOFT, *(day + 4.9 for day in range(20)))
    still_open = [NOW + day * DAY for day in range(20, 25)]
    assert sentence(bounced, still_open, RULES) == sentence(bounced, (), RULES)
    assert timedelta(days=4.9) < ACCEPTED_AFTER


# --- pausing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "mails", "result"),
    [
        (0, 19, 100, False),
        (19, 20, 100, True),
        (0, 20, 20, True),
        (20, 21, 100, False),
        (49, 50, 1000, True),
        (48, 49, 1000, False),
        (99, 100, 1000, True),
        (10, 300, 1000, True),
        (0, 0, 0, False),
    ],
)
def test_sending_pauses_when_refusals_reach_the_share_and_the_number_and_when_they_have_doubled(
    before: int, after: int, mails: int, result: bool
) -> None:
    assert pauses(before, after, mails, RULES) is result


@given(st.lists(st.integers(1, 40), max_size=60), st.integers(0, 2000))
def test_it_pauses_as_often_however_the_refusals_are_grouped(groups: list[int], mails: int) -> None:
    """But for those that come at once, for which one pause is enough."""
    total = sum(groups)
    one_by_one = sum(pauses(count, count + 1, mails, RULES) for count in range(total))
    grouped, count = 0, 0
    for group in groups:
        grouped += pauses(count, count + group, mails, RULES)
        count += group
    assert grouped <= one_by_one
    assert (grouped > 0) == (one_by_one > 0)


# --- lifting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "days", "result"),
    [
        (Cause.HARD, 0, True),
        (Cause.SOFT, 0, True),
        (Cause.COMPLAINT, 0, False),
        (Cause.COMPLAINT, 364.9, False),
        (Cause.COMPLAINT, 365, True),
        (Cause.OPERATOR, 10_000, False),
    ],
)
def test_who_confirms_anew_is_mailed_again_after_a_bounce_but_not_soon_after_a_complaint(
    cause: Cause, days: float, result: bool
) -> None:
    suppression = Suppression(digest="0" * 64, cause=cause, created_at=NOW)
    assert may_lift(suppression, NOW + days * DAY, complaint_wait=timedelta(days=365)) is result


def test_a_complaint_of_which_nobody_knows_when_it_was_is_not_over() -> None:
    assert not may_lift(Suppression(digest="0" * 64, cause=Cause.COMPLAINT), NOW, complaint_wait=timedelta())
