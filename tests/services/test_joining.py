"""At the door: asking, confirming, moving, lost links, over a real relay and on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from newsletter.domain.delivery import DeliveryStatus, subscriber_token
from newsletter.domain.subscribers import (
    Cause,
    LinkState,
    Origin,
    Preferences,
    Subscriber,
    SubscriptionState,
    Suppression,
)
from newsletter.errors import AddressInvalid
from newsletter.services.joining import Asker
from newsletter.services.joining.settling import SettleRequests
from newsletter.store import Database
from tests.support.dispatching import subscribers
from tests.support.joining import AtTheDoor, link_in, subject_of, text_of
from tests.support.samples import make_issue
from tests.support.smtp_server import SmtpServer, running_server

ADA = "ada@example.org"
S = SubscriptionState


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with running_server() as running:
        yield running


@pytest.fixture
def door(database: Database, server: SmtpServer) -> AtTheDoor:
    return AtTheDoor(database, server)


def confirmed(door: AtTheDoor, token: str) -> LinkState | None:
    link = door.joining.confirm(token, asker=Asker())
    return None if link is None else link.state


# --- joining ---------------------------------------------------------------------------------------------------------


def test_who_asks_gets_a_letter_presses_a_button_and_is_subscribed_with_what_they_wished(door: AtTheDoor) -> None:
    door.join(interests=("rag", "cs.CL"), language="zh-Hans", max_papers=5)
    [mail] = door.work()
    assert mail.recipient == ADA
    waiting = door.store.subscribers.get(ADA)
    assert waiting is not None
    assert (waiting.state, waiting.origin) == (S.UNCONFIRMED, Origin.SIGNUP)
    link = door.joining.confirm(link_in(mail), asker=Asker())
    assert link is not None
    assert link.state is LinkState.DONE
    assert link.subscriber == door.store.subscribers.get(ADA)
    assert link.subscriber is not None
    assert link.subscriber.state is S.CONFIRMED
    assert (link.subscriber.interests, link.subscriber.language) == (("rag", "cs.CL"), "zh-Hans")
    assert link.subscriber.max_papers == 5


def test_a_letter_says_who_asked_and_how_to_ignore_it_in_both_languages_and_nothing_of_the_form(
    door: AtTheDoor,
) -> None:
    door.join(name="Buy at evil.example", interests=("click evil.example",), language="zh-Hans")
    [mail] = door.work()
    text = " ".join(text_of(mail).split())
    assert text.index("请求") < text.index("Somebody has asked for Paper digest")
    assert "nothing to do" in text
    assert "2 June 2026, 06:00 UTC" in text
    assert "until 4 June 2026, 06:00 UTC" in text
    assert subject_of(mail) == "请确认订阅：Paper digest / Please confirm: Paper digest"
    assert b"evil" not in mail.content
    assert "evil" not in text
    head = mail.content.partition(b"\r\n\r\n")[0]
    assert b"Auto-Submitted: auto-generated" in head
    assert b"List-Unsubscribe" not in head


def test_looking_at_the_link_changes_nothing(door: AtTheDoor) -> None:
    door.join()
    [mail] = door.work()
    for _ in range(3):
        link = door.joining.find(link_in(mail))
        assert link is not None
        assert (link.state, link.preferences) == (LinkState.OPEN, "")
    subscriber = door.store.subscribers.get(ADA)
    assert subscriber is not None
    assert subscriber.state is S.UNCONFIRMED


def test_a_link_works_once(door: AtTheDoor) -> None:
    door.join()
    [mail] = door.work()
    token = link_in(mail)
    assert [confirmed(door, token) for _ in range(2)] == [LinkState.DONE, LinkState.USED]
    door.store.subscribers.set_state(ADA, S.UNSUBSCRIBED)
    assert confirmed(door, token) is LinkState.USED
    subscriber = door.store.subscribers.get(ADA)
    assert subscriber is not None
    assert subscriber.state is S.UNSUBSCRIBED


@pytest.mark.parametrize(("hours", "state"), [(47.9, LinkState.DONE), (48.1, LinkState.EXPIRED)])
def test_a_link_ends_after_two_days(door: AtTheDoor, hours: float, state: LinkState) -> None:
    door.join()
    [mail] = door.work()
    door.clock.forward(hours=hours)
    assert confirmed(door, link_in(mail)) is state


def test_a_newer_letter_ends_the_link_of_the_older(door: AtTheDoor) -> None:
    door.join(interests=("first",))
    [first] = door.work()
    door.clock.forward(hours=25)
    door.join(interests=("second",))
    [second] = door.work()
    assert confirmed(door, link_in(first)) is LinkState.SUPERSEDED
    assert confirmed(door, link_in(second)) is LinkState.DONE
    subscriber = door.store.subscribers.get(ADA)
    assert subscriber is not None
    assert subscriber.interests == ("second",)


@pytest.mark.parametrize("change", ["another number", "another mac", "of preferences", "nothing like one"])
def test_a_wrong_token_is_none(door: AtTheDoor, change: str) -> None:
    door.join()
    [mail] = door.work()
    number, _, mac = link_in(mail).partition(".")
    wrong = {
        "another number": f"{int(number) + 1}.{mac}",
        "another mac": f"{number}.{mac[::-1]}",
        "of preferences": subscriber_token(door.store.secret(), "preferences", int(number), ADA),
        "nothing like one": "99999999999999999999",
    }[change]
    assert door.joining.find(wrong) is None
    assert confirmed(door, wrong) is None


def test_what_is_no_address_is_refused_before_anything_is_kept(door: AtTheDoor) -> None:
    with pytest.raises(AddressInvalid):
        door.joining.ask_to_join("no address", Preferences(), asker=Asker())
    assert door.store.joining.counts(door.clock()).waiting == 0


def test_a_known_reader_gets_the_link_to_their_preferences_instead(door: AtTheDoor) -> None:
    door.store.subscribers.add(Subscriber(email=ADA, interests=("mine",)))
    door.join("Ada@example.org", interests=("of somebody else",))
    [mail] = door.work()
    number, _, _ = link_in(mail, "preferences").partition(".")
    subscriber = door.store.subscribers.by_id(int(number))
    assert subscriber is not None
    assert (subscriber.email, subscriber.interests) == (ADA, ("mine",))
    assert subject_of(mail).startswith("You are subscribed already")


def test_who_had_left_comes_back_by_confirming_anew_and_stays_as_they_are_until_then(door: AtTheDoor) -> None:
    door.store.subscribers.add(Subscriber(email=ADA, interests=("old",), state=S.UNSUBSCRIBED))
    door.join(interests=("new",))
    [mail] = door.work()
    before = door.store.subscribers.get(ADA)
    assert before is not None
    assert (before.state, before.interests) == (S.UNSUBSCRIBED, ("old",))
    assert confirmed(door, link_in(mail)) is LinkState.DONE
    after = door.store.subscribers.get(ADA)
    assert after == replace(before, state=S.CONFIRMED, interests=("new",))


def test_a_suppressed_address_gets_nothing(door: AtTheDoor) -> None:
    door.store.suppressions.take_in([Suppression(email=ADA, cause=Cause.HARD)])
    door.join()
    door.ask_for_link()
    assert door.work() == []
    assert door.store.subscribers.get(ADA) is None


def test_where_that_is_allowed_a_bounced_address_may_confirm_anew_and_is_let_go_by_that_alone(door: AtTheDoor) -> None:
    door.let(suppressed_may_confirm=True)
    door.store.suppressions.take_in([Suppression(email=ADA, cause=Cause.HARD)])
    door.join()
    [mail] = door.work()
    assert door.store.suppressions.suppressed([ADA])
    assert confirmed(door, link_in(mail)) is LinkState.DONE
    assert not door.store.suppressions.suppressed([ADA])


def test_what_the_operator_suppressed_since_stays_so(door: AtTheDoor) -> None:
    door.join()
    [mail] = door.work()
    door.store.suppressions.suppress(ADA, "asked on the telephone")
    assert confirmed(door, link_in(mail)) is LinkState.BARRED
    assert door.store.suppressions.suppressed([ADA])
    subscriber = door.store.subscribers.get(ADA)
    assert subscriber is not None
    assert subscriber.state is S.UNCONFIRMED


def test_a_mailbox_gets_one_letter_a_day_and_three_a_week_however_often_somebody_asks(door: AtTheDoor) -> None:
    sent = []
    for _ in range(14):
        for address in (ADA, "ada+1@example.org", "Ada+2@EXAMPLE.org"):
            door.join(address)
        door.ask_for_link()
        sent.append(len(door.work()))
        door.clock.forward(hours=24)
    assert sum(sent[:7]) == 3
    assert sum(sent) == 6
    assert max(sent) == 1


def test_ten_thousand_requests_for_one_victim_are_one_letter_and_a_few_transactions(door: AtTheDoor) -> None:
    for _ in range(2500):  # a fourth of them, so that the test stays quick
        door.join()
    transactions = 0
    while door.store.joining.settle(door.decide, now=door.clock(), limit=1000).decided:
        transactions += 1
    assert transactions == 3
    assert len(door.letters()) == 1
    assert door.work() != []
    assert len(door.server.accepted) == 1


def test_beyond_the_hours_budget_requests_wait_and_an_alarm_is_given_once(
    door: AtTheDoor, caplog: pytest.LogCaptureFixture
) -> None:
    door.let(per_hour=2)
    for number in range(5):
        door.join(f"reader{number}@example.org")
    assert [len(door.work()) for _ in range(3)] == [2, 0, 0]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "example.org" not in caplog.text
    counts = door.store.joining.counts(door.clock() - timedelta(days=1))
    assert (counts.waiting, counts.alarm) == (3, door.clock())
    door.clock.forward(minutes=61)
    assert len(door.work()) == 2
    door.clock.forward(minutes=61)
    assert len(door.work()) == 1
    assert len(caplog.records) == 2


def test_while_the_budget_is_used_up_nobody_is_looked_at_for_half_a_minute(door: AtTheDoor) -> None:
    door.let(per_hour=1)
    door.join()
    door.join("bob@example.org")
    settle = SettleRequests(door.store.joining, door.rules, clock=door.clock)
    assert [settle.run().put_off for _ in range(2)] == [1, 0]
    door.clock.forward(seconds=30)
    assert settle.run().put_off == 1
    door.clock.forward(hours=1)
    assert settle.run().letters == 1


def test_who_was_never_answered_is_forgotten_after_six_hours(door: AtTheDoor) -> None:
    door.join()
    door.clock.forward(hours=7)
    assert door.work() == []
    assert door.store.joining.counts(door.clock()).waiting == 0


def test_the_proof_that_is_kept_has_no_network_address_unless_the_operator_wants_it(door: AtTheDoor) -> None:
    one = door.joined()
    door.record_ip = True
    door.join("bob@example.org")
    [mail] = door.work()
    link = door.joining.confirm(link_in(mail), asker=Asker(address="198.51.100.9"))
    assert link is not None
    assert link.subscriber is not None
    [plain], [recorded] = (door.store.joining.consents(s.id) for s in (one, link.subscriber))
    assert (plain.form, plain.asked_from, plain.confirmed_from) == ("page-1", "", "")
    assert (recorded.asked_from, recorded.confirmed_from) == ("192.0.2.7", "198.51.100.9")
    assert plain.asked_at <= plain.confirmed_at


# --- lost links ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [S.CONFIRMED, S.UNSUBSCRIBED])
def test_who_lost_their_link_gets_it_by_mail(door: AtTheDoor, state: SubscriptionState) -> None:
    door.store.subscribers.add(Subscriber(email=ADA, state=state))
    door.ask_for_link()
    [mail] = door.work()
    subscriber = door.store.subscribers.get(ADA)
    assert subscriber is not None
    expected = subscriber_token(door.store.secret(), "preferences", subscriber.id, ADA)
    assert link_in(mail, "preferences") == expected


def test_a_stranger_who_asks_for_a_link_gets_nothing(door: AtTheDoor) -> None:
    door.ask_for_link()
    assert door.work() == []


def test_who_never_confirmed_and_asks_for_their_link_is_asked_to_confirm_what_was_wished_then(door: AtTheDoor) -> None:
    door.store.subscribers.add(Subscriber(email=ADA, state=S.UNCONFIRMED, interests=("as imported",)))
    door.ask_for_link()
    [mail] = door.work()
    assert confirmed(door, link_in(mail)) is LinkState.DONE
    subscriber = door.store.subscribers.get(ADA)
    assert subscriber is not None
    assert (subscriber.state, subscriber.interests) == (S.CONFIRMED, ("as imported",))


# --- moving ----------------------------------------------------------------------------------------------------------


def test_a_subscriber_moves_keeps_number_and_interests_and_the_old_address_is_told(door: AtTheDoor) -> None:
    before = door.joined()
    old = subscriber_token(door.store.secret(), "unsubscribe", before.id, before.email)
    door.move(before, "ada@new.example")
    [mail] = door.work()
    assert mail.recipient == "ada@new.example"
    assert (
        b"example.org" not in text_of(mail).replace("papers.example.org", "").replace("digest@example.org", "").encode()
    )
    assert confirmed(door, link_in(mail)) is LinkState.DONE
    [told] = door.work()
    assert told.recipient == ADA
    assert "new.example" not in text_of(told)
    after = door.store.subscribers.by_id(before.id)
    assert after == replace(before, email="ada@new.example")
    assert old != subscriber_token(door.store.secret(), "unsubscribe", before.id, "ada@new.example")
    assert door.store.subscribers.get(ADA) is None
    assert [consent.kind for consent in door.store.joining.consents(before.id)] == ["join", "move"]


def test_what_waits_for_a_reader_goes_to_their_new_address(door: AtTheDoor) -> None:
    ada = door.joined(interests=())
    door.joined("bob@example.org", interests=())
    door.store.issues.save(make_issue(3))
    assert door.plan() == 2
    door.move(ada, "ada@new.example")
    [mail] = door.work()
    door.joining.confirm(link_in(mail), asker=Asker())
    door.work()
    before = len(door.server.accepted)
    door.dispatch().run(make_issue(3))
    assert sorted(door.server.recipients[before:]) == ["ada@new.example", "bob@example.org"]


def test_what_has_gone_stays_with_the_address_that_got_it(door: AtTheDoor) -> None:
    ada = door.joined(interests=())
    door.store.issues.save(make_issue(3))
    door.plan()
    door.dispatch().run(make_issue(3))
    door.move(ada, "ada@new.example")
    [mail] = door.work()
    door.joining.confirm(link_in(mail), asker=Asker())
    assert door.store.deliveries.find(make_issue(3).key, "ada@new.example") is None
    delivery = door.store.deliveries.find(make_issue(3).key, ADA)
    assert delivery is not None
    assert delivery.status is DeliveryStatus.SENT


def test_until_the_button_is_pressed_a_move_changes_nothing(door: AtTheDoor) -> None:
    before = door.joined()
    door.move(before, "ada@new.example")
    door.work()
    assert door.store.subscribers.by_id(before.id) == before


def test_an_address_that_is_subscribed_already_is_told_so_and_nobody_else(door: AtTheDoor) -> None:
    ada, bob = door.joined(), door.joined("bob@example.org")
    door.clock.forward(hours=25)
    door.move(ada, "bob@example.org")
    [mail] = door.work()
    assert mail.recipient == "bob@example.org"
    assert link_in(mail, "preferences").startswith(f"{bob.id}.")
    assert door.store.subscribers.by_id(ada.id) == ada


def test_an_address_that_was_taken_meanwhile_stays_with_whom_it_is(door: AtTheDoor) -> None:
    ada = door.joined()
    door.move(ada, "bob@example.org")
    [mail] = door.work()
    door.store.subscribers.add(Subscriber(email="bob@example.org"))
    assert confirmed(door, link_in(mail)) is LinkState.TAKEN
    assert confirmed(door, link_in(mail)) is LinkState.TAKEN
    assert door.store.subscribers.by_id(ada.id) == ada
    assert [consent.kind for consent in door.store.joining.consents(ada.id)] == ["join"]


def test_whoever_has_the_new_address_without_being_subscribed_makes_way(door: AtTheDoor) -> None:
    door.store.subscribers.add(Subscriber(email="ada@new.example", state=S.UNSUBSCRIBED))
    ada = door.joined()
    door.move(ada, "ada@new.example")
    [mail] = door.work()
    assert confirmed(door, link_in(mail)) is LinkState.DONE
    moved = door.store.subscribers.get("ada@new.example")
    assert moved is not None
    assert (moved.id, moved.state) == (ada.id, S.CONFIRMED)


def test_a_roster_that_still_names_the_address_that_was_left_does_not_subscribe_it_again(door: AtTheDoor) -> None:
    row = Subscriber(email=ADA, origin=Origin.ROSTER)
    door.store.subscribers.upsert([row])
    ada = door.store.subscribers.get(ADA)
    assert ada is not None
    door.move(ada, "ada@new.example")
    [mail] = door.work()
    assert confirmed(door, link_in(mail)) is LinkState.DONE
    door.store.subscribers.upsert([row])
    left, moved = door.store.subscribers.get(ADA), door.store.subscribers.get("ada@new.example")
    assert left is not None
    assert moved is not None
    assert (left.state, moved.state, moved.id) == (S.UNSUBSCRIBED, S.CONFIRMED, ada.id)
    assert moved.origin == Origin.SIGNUP


# --- by feed alone ---------------------------------------------------------------------------------------------------


def test_a_reader_by_feed_has_no_address_and_may_get_one_later(door: AtTheDoor) -> None:
    reader = door.joining.feed_only(Preferences(interests=("rag",)), asker=Asker())
    assert isinstance(reader, Subscriber)
    assert (reader.email, reader.state) == ("", S.FEED)
    other = door.joining.feed_only(Preferences(), asker=Asker())
    assert isinstance(other, Subscriber)
    assert other.id != reader.id
    door.move(reader, ADA)
    [mail] = door.work()
    assert confirmed(door, link_in(mail)) is LinkState.DONE
    moved = door.store.subscribers.by_id(reader.id)
    assert moved == replace(reader, email=ADA, state=S.CONFIRMED)
    assert door.work() == []


def test_readers_by_feed_are_bounded_by_their_network_too(door: AtTheDoor) -> None:
    answers = [door.joining.feed_only(Preferences(), asker=Asker(network="192.0.2.7")) for _ in range(11)]
    assert answers[-1] == door.clock() + timedelta(hours=1)
    assert door.store.subscribers.count() == 10


# --- the first digest ------------------------------------------------------------------------------------------------


def published(door: AtTheDoor, *, readers: int = 2) -> None:
    """An issue that went out to these readers."""
    door.store.issues.save(make_issue(3))
    door.store.subscribers.upsert(subscribers(readers))
    door.plan()


def test_who_wishes_so_gets_the_last_issue_at_once_and_nobody_else_does(door: AtTheDoor) -> None:
    published(door)
    door.join(first=True, interests=())
    [mail] = door.work()
    door.joining.confirm(link_in(mail), asker=Asker())
    [digest] = door.work()
    assert digest.recipient == ADA
    assert b"List-Unsubscribe-Post" in digest.content
    delivery = door.store.deliveries.find(make_issue(3).key, ADA)
    assert delivery is not None
    assert delivery.status is DeliveryStatus.SENT
    assert door.letters()[-1].status is DeliveryStatus.SENT
    assert door.store.deliveries.totals(make_issue(3).key)[DeliveryStatus.QUEUED] == 2


def test_where_the_operator_sends_no_first_digests_nobody_gets_one(door: AtTheDoor) -> None:
    door.sends_first = False
    published(door)
    door.join(first=True, interests=())
    [mail] = door.work()
    door.joining.confirm(link_in(mail), asker=Asker())
    assert door.work() == []


def test_a_first_digest_leaves_those_who_joined_before_to_the_next_planning(door: AtTheDoor) -> None:
    published(door)
    door.joined("early@example.org", interests=())
    door.join(first=True, interests=())
    [mail] = door.work()
    door.joining.confirm(link_in(mail), asker=Asker())
    assert len(door.work()) == 1
    assert door.plan() == 1
    assert door.store.deliveries.find(make_issue(3).key, "early@example.org") is not None
    assert door.store.deliveries.missing(make_issue(3).key, limit=10) == ()


def test_who_was_passed_over_unconfirmed_gets_the_issue_after_all(door: AtTheDoor) -> None:
    door.join(first=True, interests=())
    [mail] = door.work()
    published(door)
    passed = door.store.deliveries.find(make_issue(3).key, ADA)
    assert passed is not None
    assert passed.status is DeliveryStatus.SKIPPED
    door.joining.confirm(link_in(mail), asker=Asker())
    assert [mail.recipient for mail in door.work()] == [ADA]


def test_who_comes_back_on_the_day_they_left_does_not_get_its_issue_twice(door: AtTheDoor) -> None:
    published(door, readers=1)
    reader = "reader0001@example.org"
    door.dispatch().run(make_issue(3))
    door.store.subscribers.set_state(reader, S.UNSUBSCRIBED)
    door.join(reader, first=True, interests=())
    [mail] = door.work()
    door.joining.confirm(link_in(mail), asker=Asker())
    assert door.work() == []
    assert (door.letters()[-1].status, door.letters()[-1].reason) == (DeliveryStatus.SKIPPED, "has had the last issue")


@pytest.mark.parametrize(
    ("days", "interests", "reason"),
    [(9, (), "no issue of these days"), (0, ("astrophysics of dust",), "no match")],
)
def test_an_issue_that_is_too_old_or_has_nothing_for_them_is_not_sent(
    door: AtTheDoor, days: int, interests: tuple[str, ...], reason: str
) -> None:
    published(door)
    door.clock.forward(days=days)
    door.join(first=True, interests=interests)
    [mail] = door.work()
    door.joining.confirm(link_in(mail), asker=Asker())
    assert door.work() == []
    assert (door.letters()[-1].status, door.letters()[-1].reason) == (DeliveryStatus.SKIPPED, reason)


def test_a_first_digest_that_was_put_off_comes_later_and_once(door: AtTheDoor) -> None:
    published(door)
    door.join(first=True, interests=())
    [mail] = door.work()
    door.joining.confirm(link_in(mail), asker=Asker())
    door.server.behaviour.answers["RCPT"] = "450 4.2.0 greylisted"
    assert door.work() == []
    assert door.letters()[-1].status is DeliveryStatus.DEFERRED
    del door.server.behaviour.answers["RCPT"]
    door.clock.forward(hours=1)
    assert [mail.recipient for mail in door.work()] == [ADA]
    assert door.work() == []
