"""A run heeds what is found out while it goes on: refusals by policy, bounces that come in, domains at rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import islice

import pytest

from newsletter.domain.bounces import BounceRules, EventKind
from newsletter.domain.delivery import DeliveryStatus as S
from newsletter.domain.delivery import DomainRest, bounce_address
from newsletter.domain.subscribers import Subscriber
from newsletter.errors import IssuePaused
from newsletter.store import Database
from tests.support.dispatching import Dispatching, subscribers
from tests.support.returns import report
from tests.support.smtp_server import Behaviour, running_server


@pytest.fixture
def newsletter(database: Database) -> Dispatching:
    return Dispatching(database)


def _at(number: int, happens: Callable[[], object]) -> Behaviour:
    """A server that takes fifty messages a second and connection; at the one of this number something happens."""
    seen = 0

    def answer(_: str) -> str:
        nonlocal seen
        seen += 1
        if seen == number:
            happens()
        return "250 Ok"

    return Behaviour(answers={"RCPT": answer}, delays={"FINAL": 0.02})


def test_refusals_by_policy_pause_the_issue_long_before_all_are_refused(newsletter: Dispatching) -> None:
    newsletter.subscribe(*(Subscriber(email=f"reader@d{n}.example") for n in range(200)))
    newsletter.plan()
    asked = 0

    def answer(_: str) -> str:
        nonlocal asked
        asked += 1
        return "250 Ok" if asked <= 60 else "550 5.7.1 Your mail looks like spam"

    with running_server(Behaviour(answers={"RCPT": answer})) as server:
        result = newsletter.send(server)
        assert re.fullmatch(r"20 of (7|8)\d messages were refused by policy", result.stopped)
        assert result.totals[S.SENT] == 60
        assert asked <= 60 + 20 + 3 * 2, "what the connections had begun, and no more"
        with pytest.raises(IssuePaused, match="messages were refused by policy"):
            newsletter.send(server)


def test_a_share_below_the_limit_pauses_nothing(newsletter: Dispatching) -> None:
    newsletter.subscribe(*(Subscriber(email=f"reader@d{n}.example") for n in range(100)))
    newsletter.plan()
    answers = {"RCPT": lambda who: "550 5.7.1 Spam" if "@d1" in who else "250 Ok"}
    with running_server(Behaviour(answers=answers)) as server:
        assert newsletter.send(server, bounces=BounceRules(policy_least=12)).stopped == ""
    assert len(server.recipients) == 100 - 11


def test_bounces_that_come_in_meanwhile_stop_a_run(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(1500))
    newsletter.plan()
    mailed = [d.recipient for d in islice(newsletter.store.deliveries.of_issue(newsletter.issue.key), 20)]

    def come_in() -> None:
        store, key = newsletter.store, newsletter.issue.key
        senders = [bounce_address(store.secret(), "bounces@example.org", key, who.subscriber_id) for who in mailed]
        arrivals = [
            report(EventKind.POLICY, who.email, name=sender, to=(sender,), at=newsletter.clock())
            for who, sender in zip(mailed, senders, strict=True)
        ]
        assert store.events.take_in(arrivals, BounceRules()).paused

    with running_server(_at(60, come_in)) as server:
        result = newsletter.send(server)
    assert "came back, refused by policy" in result.stopped
    assert 60 <= len(server.recipients) < 700
    assert result.totals[S.QUEUED] == 1500 - len(server.recipients), "nothing is held, and nothing is lost"
    with pytest.raises(IssuePaused, match="came back, refused by policy"), running_server() as server:
        newsletter.send(server)


def test_a_domain_that_another_process_lets_rest_is_left_alone_and_the_others_are_not(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(1500, "busy.example"), *subscribers(20, "idle.example"))
    newsletter.plan()
    store, now = newsletter.store.deliveries, newsletter.clock()

    def rest() -> None:
        run = store.open_run(newsletter.issue.key, "another", at=now, until=now + timedelta(hours=1))
        store.record(run, [DomainRest("busy.example", now + timedelta(days=1), "refused by policy")], at=now)

    with running_server(_at(60, rest)) as server:
        result = newsletter.send(server)
    mailed = [who.rpartition("@")[2] for who in server.recipients]
    assert result.stopped == ""
    assert mailed.count("idle.example") == 20
    assert 60 <= mailed.count("busy.example") < 700
    assert [rest.domain for rest in result.rests] == ["busy.example"]


def test_words_of_policy_without_a_code_are_not_held_against_the_address(newsletter: Dispatching) -> None:
    newsletter.subscribe(Subscriber(email="ada@one.example"), Subscriber(email="bo@two.example"))
    newsletter.plan()
    answers = {"ada@one.example": "550 blocked by spam list", "bo@two.example": "550 members only"}
    with running_server(Behaviour(answers={"RCPT": lambda who: answers[who]})) as server:
        result = newsletter.send(server)
    assert newsletter.statuses() == {"ada@one.example": S.DEFERRED, "bo@two.example": S.FAILED}
    assert [rest.domain for rest in result.rests] == ["one.example"], "who may not write to a list may write to others"
