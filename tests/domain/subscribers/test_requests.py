"""What is decided on requests: every kind, for everything that may be known of an address."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.domain.subscribers import Cause, SubscriptionState, Suppression
from newsletter.domain.subscribers.requests import (
    Case,
    Decision,
    JoiningRules,
    LetterKind,
    LinkState,
    Request,
    RequestKind,
    RequestState,
    decide,
    link_state,
)

NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = JoiningRules()
K, L, R, S = RequestKind, LetterKind, RequestState, SubscriptionState


def case(
    kind: RequestKind = K.JOIN,
    known: SubscriptionState | None = None,
    *,
    number: int = 1,
    key: str = "ada@example.org",
    mover: int = 0,
    known_id: int = 7,
    suppression: Suppression | None = None,
    tries: tuple[datetime, ...] = (),
    asked_at: datetime = NOW,
) -> Case:
    request = Request(id=number, kind=kind, email=key, asked_at=asked_at, subscriber_id=mover)
    return Case(
        request=request,
        key=key,
        mailbox=f"box of {key}",
        known=known,
        known_id=known_id if known else 0,
        suppression=suppression,
        tries=tries,
    )


def decided(*cases: Case, rules: JoiningRules = RULES, used: int = 0) -> tuple[Decision, ...]:
    return decide(cases, rules, now=NOW, used=used)


@pytest.mark.parametrize(
    ("kind", "known", "state", "letter"),
    [
        (K.JOIN, None, R.OPEN, L.CONFIRM),
        (K.JOIN, S.UNCONFIRMED, R.OPEN, L.CONFIRM),
        (K.JOIN, S.UNSUBSCRIBED, R.OPEN, L.CONFIRM),
        (K.JOIN, S.CONFIRMED, R.ANSWERED, L.KNOWN),
        (K.LINK, None, R.DROPPED, None),
        (K.LINK, S.UNCONFIRMED, R.OPEN, L.CONFIRM),
        (K.LINK, S.UNSUBSCRIBED, R.ANSWERED, L.LINK),
        (K.LINK, S.CONFIRMED, R.ANSWERED, L.LINK),
        (K.MOVE, None, R.OPEN, L.MOVE),
        (K.MOVE, S.UNCONFIRMED, R.OPEN, L.MOVE),
        (K.MOVE, S.UNSUBSCRIBED, R.OPEN, L.MOVE),
        (K.MOVE, S.CONFIRMED, R.ANSWERED, L.KNOWN),
    ],
)
def test_the_letter_follows_from_what_is_asked_and_what_is_known(
    kind: RequestKind, known: SubscriptionState | None, state: RequestState, letter: LetterKind | None
) -> None:
    [decision] = decided(case(kind, known, mover=3))
    assert (decision.state, decision.letter) == (state, letter)


def test_whoever_writes_their_own_address_otherwise_moves() -> None:
    [decision] = decided(case(K.MOVE, S.CONFIRMED, mover=7, known_id=7))
    assert decision.letter is L.MOVE


@pytest.mark.parametrize("kind", RequestKind)
@pytest.mark.parametrize("known", [None, *SubscriptionState])
@pytest.mark.parametrize("cause", Cause)
def test_a_suppressed_address_gets_nothing_whatever_is_asked(
    kind: RequestKind, known: SubscriptionState | None, cause: Cause
) -> None:
    stopped = Suppression(digest="d", cause=cause, created_at=NOW - 1000 * DAY)
    assert decided(case(kind, known, suppression=stopped)) == (Decision(R.DROPPED, reason="suppressed"),)


@pytest.mark.parametrize(
    ("cause", "days", "may"),
    [
        (Cause.HARD, 0, True),
        (Cause.SOFT, 0, True),
        (Cause.COMPLAINT, 364, False),
        (Cause.COMPLAINT, 365, True),
        (Cause.OPERATOR, 9999, False),
    ],
)
def test_where_confirming_anew_is_allowed_it_is_for_whom_it_could_help(cause: Cause, days: int, may: bool) -> None:
    rules = replace(RULES, suppressed_may_confirm=True)
    stopped = Suppression(digest="d", cause=cause, created_at=NOW - days * DAY)
    [decision] = decided(case(suppression=stopped), rules=rules)
    assert (decision.letter is L.CONFIRM) == may


def test_of_several_for_one_address_the_newest_counts() -> None:
    first, second, link = case(number=1), case(number=2), case(K.LINK, number=3)
    assert [d.state for d in decided(first, second, link)] == [R.SUPERSEDED, R.OPEN, R.DROPPED]


def test_of_several_moves_of_one_subscriber_the_newest_counts_wherever_it_leads() -> None:
    moves = [case(K.MOVE, mover=3, number=n, key=f"new{n}@example.org") for n in (1, 2, 3)]
    other = case(K.MOVE, mover=4, number=4, key="other@example.org")
    assert [d.state for d in decided(*moves, other)] == [R.SUPERSEDED, R.SUPERSEDED, R.OPEN, R.OPEN]


@pytest.mark.parametrize("kind", RequestKind)
@pytest.mark.parametrize("known", [None, *SubscriptionState])
def test_a_mailbox_that_had_its_letter_gets_no_other_whatever_is_asked(
    kind: RequestKind, known: SubscriptionState | None
) -> None:
    [decision] = decided(case(kind, known, mover=3, tries=(NOW - 23 * HOUR,)))
    assert decision.state is R.DROPPED
    assert decision.letter is None


def test_spellings_of_one_mailbox_share_their_letter() -> None:
    one = case(key="ada@example.org")
    other = replace(case(key="ada+news@example.org", number=2), mailbox=one.mailbox)
    assert [d.state for d in decided(one, other)] == [R.OPEN, R.DROPPED]


def test_beyond_the_budget_of_the_hour_requests_wait_and_what_needs_no_letter_is_settled() -> None:
    people = [case(number=n, key=f"reader{n}@example.org") for n in range(1, 6)]
    nobody = case(K.LINK, number=6, key="nobody@example.org")
    decisions = decided(*people, nobody, rules=replace(RULES, per_hour=10), used=8)
    assert [d.state for d in decisions] == [R.OPEN, R.OPEN, R.WAITING, R.WAITING, R.WAITING, R.DROPPED]


def test_one_that_waits_for_the_budget_uses_up_nothing_of_its_mailbox() -> None:
    rules = replace(RULES, per_hour=1)
    waits = case(number=2)
    [_, decision] = decided(case(number=1, key="bob@example.org"), waits, rules=rules)
    assert decision.state is R.WAITING
    [later] = decided(waits, rules=rules)
    assert later.letter is L.CONFIRM


def test_who_has_waited_for_six_hours_has_given_up() -> None:
    assert decided(case(asked_at=NOW - 6 * HOUR))[0].letter is L.CONFIRM
    assert decided(case(asked_at=NOW - 6 * HOUR - timedelta(seconds=1)))[0].state is R.DROPPED


@pytest.mark.parametrize(
    ("state", "hours", "can"),
    [
        (R.OPEN, 0, LinkState.OPEN),
        (R.OPEN, 47.99, LinkState.OPEN),
        (R.OPEN, 48, LinkState.EXPIRED),
        (R.CONFIRMED, 1, LinkState.USED),
        (R.CONFIRMED, 99, LinkState.USED),
        (R.SUPERSEDED, 1, LinkState.SUPERSEDED),
        (R.WAITING, 0, None),
        (R.ANSWERED, 0, None),
        (R.DROPPED, 0, None),
    ],
)
def test_a_link_lives_for_two_days_from_its_letter(state: RequestState, hours: float, can: LinkState | None) -> None:
    settled = NOW - timedelta(hours=hours)
    request = replace(case(asked_at=settled - 5 * HOUR).request, state=state, settled_at=settled)
    assert link_state(request, NOW, RULES.lifetime) is can
