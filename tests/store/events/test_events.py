"""What came back is stored once, and what follows is decided in the same transaction, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.domain.bounces import BounceRules, EventKind, KnownBy, Proof
from newsletter.domain.delivery import DeliveryStatus as S
from newsletter.domain.delivery import Outcome
from newsletter.domain.subscribers import Cause, Subscriber, SubscriptionState, Suppression, suppression_digest
from newsletter.store import SqlStore
from tests.store.conftest import NOW
from tests.support.returns import Mailing, report
from tests.support.samples import make_issue

K = EventKind
RULES = BounceRules()
DAY = timedelta(days=1)
ADA, BO, CY = "ada@example.org", "bo@example.net", "Cy@Bücher.example"


@pytest.fixture
def mailing(store: SqlStore) -> Mailing:
    result = Mailing(store, at=NOW)
    result.send(ADA, BO, CY)
    return result


# --- what follows -------------------------------------------------------------------------------------------------


def test_one_hard_bounce_suppresses_the_address_and_brings_the_delivery_back(store: SqlStore, mailing: Mailing) -> None:
    taken = store.events.take_in([mailing.arrival(ADA, K.HARD)], RULES)
    assert (taken.kinds, taken.suppressed, taken.returned, taken.unsubscribed) == ((K.HARD,), 1, 1, 0)
    suppression = store.suppressions.found([ADA])[ADA]
    [event] = store.events.of_address(ADA)
    assert suppression.cause is Cause.HARD
    assert suppression.reason == "bounced: no such mailbox"
    assert (suppression.event, suppression.delivery) == (event.id, mailing.delivery(ADA).id)
    assert mailing.status(ADA) is S.BOUNCED
    assert mailing.delivery(ADA).reason == "no such mailbox"
    assert store.subscribers.get(ADA).state is SubscriptionState.CONFIRMED  # type: ignore[union-attr]
    assert store.subscribers.barred([ADA, BO], day=NOW.date()) == {ADA: "suppressed"}


def test_an_event_is_kept_as_it_came(store: SqlStore, mailing: Mailing) -> None:
    arrival = mailing.arrival(CY, K.HARD, source="lmtp", evidence=b"Subject: \xff\0 back")
    store.events.take_in([arrival], RULES)
    [event] = store.events.of_address("cy@BÜCHER.example")
    whole = store.events.get(event.id)
    assert whole is not None
    assert whole.evidence == b"Subject: \xff\0 back"
    assert event.evidence == b""
    assert (event.kind, event.status, event.text) == (K.HARD, "5.1.1", "550 words of the server")
    assert (event.source, event.proof, event.at, event.stored_at) == ("lmtp", Proof.VERP, NOW, NOW)
    assert (event.issue, event.domain, event.email) == (mailing.key, "bücher.example", CY)
    assert "Cy" not in repr(event)


@pytest.mark.parametrize("kind", [K.VACATION, K.DELIVERED, K.CHALLENGE, K.UNKNOWN])
def test_nothing_follows_from_an_automatic_answer(store: SqlStore, mailing: Mailing, kind: EventKind) -> None:
    taken = store.events.take_in([mailing.arrival(ADA, kind)], RULES)
    assert (taken.kinds, taken.suppressed, taken.returned) == ((kind,), 0, 0)
    assert mailing.status(ADA) is S.SENT


@pytest.mark.parametrize("kind", [K.SOFT, K.POLICY])
def test_what_is_not_the_addresss_fault_comes_back_and_suppresses_nobody(
    store: SqlStore, mailing: Mailing, kind: EventKind
) -> None:
    taken = store.events.take_in([mailing.arrival(ADA, kind)], RULES)
    assert (taken.suppressed, taken.returned) == (0, 1)
    assert mailing.status(ADA) is S.BOUNCED
    assert not store.suppressions.suppressed([ADA])


def test_a_complaint_ends_the_subscription_and_is_told_from_leaving(store: SqlStore, mailing: Mailing) -> None:
    store.subscribers.set_state(BO, SubscriptionState.UNSUBSCRIBED)
    taken = store.events.take_in([mailing.arrival(ADA, K.COMPLAINT), mailing.arrival(BO, K.COMPLAINT)], RULES)
    assert (taken.suppressed, taken.unsubscribed, taken.returned) == (2, 1, 0)
    assert store.subscribers.get(ADA).state is SubscriptionState.UNSUBSCRIBED  # type: ignore[union-attr]
    assert store.suppressions.found([ADA])[ADA].cause is Cause.COMPLAINT
    assert mailing.status(ADA) is S.SENT


def test_a_report_in_the_form_of_complaints_that_no_person_made_changes_nothing(
    store: SqlStore, mailing: Mailing
) -> None:
    taken = store.events.take_in([mailing.arrival(ADA, K.COMPLAINT, feedback="auth-failure")], RULES)
    assert (taken.kinds, taken.suppressed) == ((K.UNKNOWN,), 0)
    assert store.events.of_address(ADA)[0].reason == "auth-failure"


def test_soft_bounces_add_up_day_by_day_until_an_address_is_given_up(store: SqlStore) -> None:
    for day in range(16):
        issue = make_issue(1, day=(NOW + day * DAY).date())
        mailing = Mailing(store, at=NOW + day * DAY, issue=issue)
        mailing.send(ADA, BO)
        assert not store.suppressions.suppressed([ADA])
        taken = store.events.take_in([mailing.arrival(ADA, K.SOFT, f"soft {day}")], RULES)
        if taken.suppressed:
            break
    assert day == 14
    assert store.suppressions.found([ADA, BO]).keys() == {ADA}
    assert store.suppressions.found([ADA])[ADA].reason == "15 soft bounces since 2026-06-02: mailbox full"


def test_mail_that_was_accepted_in_between_keeps_an_address(store: SqlStore) -> None:
    for day in range(30):
        mailing = Mailing(store, at=NOW + day * DAY, issue=make_issue(1, day=(NOW + day * DAY).date()))
        mailing.send(ADA)
        if day % 2:
            store.events.take_in([mailing.arrival(ADA, K.SOFT, f"soft {day}")], RULES)
    assert not store.suppressions.suppressed([ADA])
    assert len(store.events.of_address(ADA)) == 15


# --- once ---------------------------------------------------------------------------------------------------------


def test_a_report_that_is_read_again_is_stored_once_and_changes_nothing(store: SqlStore, mailing: Mailing) -> None:
    first = store.events.take_in([mailing.arrival(ADA, K.SOFT)] * 2, RULES)
    again = store.events.take_in([mailing.arrival(ADA, K.SOFT, source="imap", evidence=b"other trace")], RULES)
    assert (len(first.kinds), first.known) == (1, 1)
    assert (len(again.kinds), again.known, again.returned) == (0, 1, 0)
    assert store.events.count() == 1


def test_what_was_judged_otherwise_meanwhile_is_the_same_report_all_the_same(store: SqlStore, mailing: Mailing) -> None:
    store.events.take_in([mailing.arrival(ADA, K.SOFT, "one report")], RULES)
    assert store.events.take_in([mailing.arrival(ADA, K.HARD, "one report")], RULES).known == 1
    assert not store.suppressions.suppressed([ADA])


def test_a_report_of_several_recipients_is_an_event_each(store: SqlStore, mailing: Mailing) -> None:
    one, other = (mailing.arrival(email, K.HARD, "one report") for email in (ADA, BO))
    assert len(store.events.take_in([one, other], RULES).kinds) == 2


# --- whose it is --------------------------------------------------------------------------------------------------


def test_an_envelope_sender_is_known_in_capitals_and_a_forged_one_is_nobodys(store: SqlStore, mailing: Mailing) -> None:
    forged = mailing.sender(ADA).replace(mailing.sender(ADA)[-14], "a" if mailing.sender(ADA)[-14] != "a" else "b")
    taken = store.events.take_in(
        [
            report(K.HARD, "", at=NOW, name="1", to=(forged,), known_by=KnownBy.NOTHING),
            report(K.HARD, "", at=NOW, name="2", to=(mailing.sender(BO).upper(),), known_by=KnownBy.NOTHING),
        ],
        RULES,
    )
    assert (len(taken.kinds), taken.suppressed, taken.unproved) == (2, 1, 1)
    assert store.suppressions.suppressed([ADA, BO]) == {BO}


def test_a_message_id_counts_only_if_the_ledger_has_it(store: SqlStore, mailing: Mailing) -> None:
    known = mailing.delivery(ADA).message_id
    invented = mailing.delivery(BO).message_id.replace("@", "@other.")
    taken = store.events.take_in(
        [
            report(K.HARD, "", at=NOW, name="1", returned=known),
            report(K.HARD, "", at=NOW, name="2", returned=invented),
        ],
        RULES,
    )
    assert (taken.suppressed, taken.unproved) == (1, 1)
    assert store.events.of_address(ADA)[0].proof is Proof.MESSAGE_ID
    assert store.suppressions.suppressed([ADA, BO]) == {ADA}


def test_where_every_message_has_its_own_sender_the_fields_of_a_report_alone_prove_nothing(
    store: SqlStore, mailing: Mailing
) -> None:
    """Anybody can write that an address is dead."""
    taken = store.events.take_in([report(K.HARD, ADA, at=NOW, name="1")], RULES)
    assert (taken.suppressed, taken.returned, taken.unproved) == (0, 0, 1)
    assert mailing.status(ADA) is S.SENT
    [event] = store.events.of_address(ADA)
    assert (event.proof, event.is_believed) == (Proof.FIELDS, False)


def test_without_senders_of_their_own_the_fields_are_believed_of_whoever_was_mailed(
    store: SqlStore, mailing: Mailing
) -> None:
    rules = BounceRules(believes_fields=True)
    taken = store.events.take_in(
        [
            report(K.HARD, "ADA@example.org", at=NOW, name="1"),
            report(K.HARD, "stranger@example.org", at=NOW, name="2"),
            report(K.HARD, BO, at=NOW, name="3", known_by=KnownBy.TEXT),
        ],
        rules,
    )
    assert (taken.suppressed, taken.returned, taken.unproved) == (1, 1, 2)
    assert mailing.status(ADA) is S.BOUNCED
    assert not store.suppressions.suppressed(["stranger@example.org", BO])


@pytest.mark.usefixtures("mailing")
def test_of_an_address_that_was_forwarded_the_original_is_meant(store: SqlStore) -> None:
    arrival = report(K.HARD, "elsewhere@example.com", at=NOW, name="1", original_recipient=ADA)
    store.events.take_in([arrival], BounceRules(believes_fields=True))
    assert store.suppressions.suppressed([ADA, "elsewhere@example.com"]) == {ADA}


@pytest.mark.usefixtures("mailing")
def test_a_service_whose_word_was_verified_is_believed_even_of_who_was_never_mailed_from_here(store: SqlStore) -> None:
    arrivals = [
        report(K.COMPLAINT, email, at=NOW, name=email, source="ses", known_by=KnownBy.SERVICE, is_verified=True)
        for email in (ADA, "moved-here@example.org")
    ]
    taken = store.events.take_in(arrivals, RULES)
    assert (taken.suppressed, taken.unsubscribed) == (2, 1)
    assert store.events.of_address("moved-here@example.org")[0].proof is Proof.SERVICE


@pytest.mark.usefixtures("mailing")
@pytest.mark.parametrize("hostile", ["@", "a@" + "x" * 100_000, "\0@\0", "a@b\ud800", "ñ" * 5000 + "@example.org"])
def test_an_address_that_is_none_is_nobodys(store: SqlStore, hostile: str) -> None:
    arrival = report(K.HARD, hostile, at=NOW, name=hostile, text=hostile)
    store.events.take_in([arrival], BounceRules(believes_fields=True))
    assert next(store.events.stream()).proof is Proof.NOTHING


# --- the ledger ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [S.FAILED, S.QUEUED, S.DEFERRED])
def test_a_delivery_that_was_not_accepted_does_not_come_back_but_counts_all_the_same(
    store: SqlStore, status: S
) -> None:
    mailing = Mailing(store, at=NOW)
    mailing.send(ADA, status=S.SENDING)
    _settle(store, mailing, status)
    taken = store.events.take_in([mailing.arrival(ADA, K.HARD)], RULES)
    assert (taken.returned, taken.suppressed) == (0, 1)
    assert mailing.status(ADA) is status


def test_what_nobody_knew_to_be_accepted_was_when_it_comes_back(store: SqlStore) -> None:
    mailing = Mailing(store, at=NOW)
    mailing.send(ADA, status=S.UNCERTAIN)
    store.events.take_in([mailing.arrival(ADA, K.SOFT)], RULES)
    assert mailing.status(ADA) is S.BOUNCED


def test_a_bounce_that_is_faster_than_the_ledger_waits_for_it(store: SqlStore) -> None:
    mailing = Mailing(store, at=NOW)
    mailing.send(ADA, status=S.SENDING)
    assert store.events.take_in([mailing.arrival(ADA, K.HARD)], RULES).returned == 0
    assert mailing.status(ADA) is S.SENDING
    assert store.events.settle_waiting() == 0
    _settle(store, mailing, S.SENT)
    assert mailing.status(ADA) is S.SENT
    assert store.events.settle_waiting() == 1
    assert mailing.status(ADA) is S.BOUNCED
    assert store.events.settle_waiting() == 0


def test_the_counts_of_an_issue_close(store: SqlStore, mailing: Mailing) -> None:
    store.events.take_in([mailing.arrival(ADA, K.HARD), mailing.arrival(BO, K.SOFT)], RULES)
    assert store.deliveries.totals(mailing.key) == {S.SENT: 1, S.BOUNCED: 2}
    assert store.deliveries.reasons(mailing.key)[S.BOUNCED, "mailbox full"] == 1


def test_the_deliveries_of_an_address_are_found_in_their_order(store: SqlStore) -> None:
    for day in range(4):
        Mailing(store, at=NOW, issue=make_issue(1, day=(NOW + day * DAY).date())).send(ADA, BO)
    days = [d.issue.day for d in store.deliveries.of_address("ADA@example.org", limit=3)]
    assert days == [(NOW + day * DAY).date() for day in (1, 2, 3)]


def _settle(store: SqlStore, mailing: Mailing, status: S) -> None:
    """The run that was sending writes what came of it."""
    outcome = Outcome(mailing.delivery(ADA).id, status, "why", "250 ok", NOW if status is S.DEFERRED else None)
    assert not store.deliveries.record(_run(store), [outcome], at=NOW)


def _run(store: SqlStore) -> int:
    """The one run that there is."""
    return next(n for n in range(1, 1000) if store.deliveries.keep_run(n, until=NOW + DAY, sent=0))


# --- policy -------------------------------------------------------------------------------------------------------


def test_too_many_refusals_by_policy_pause_the_issue_and_the_domain(store: SqlStore) -> None:
    mailing = Mailing(store, at=NOW)
    people = [f"r{n}@{'big.example' if n < 30 else 'other.example'}" for n in range(60)]
    mailing.send(*people)
    rules = BounceRules(policy_least=10, policy_share=0.1)
    refused = [mailing.arrival(email, K.POLICY) for email in people[:20]]
    assert store.events.take_in(refused[:9], rules).paused == ()
    taken = store.events.take_in(refused[9:15], rules)
    assert taken.paused == (
        "The issue pauses: 15 of 60 mails came back, refused by policy.",
        "big.example pauses: 15 of 30 mails came back, refused by policy.",
    )
    status = store.deliveries.status(mailing.key)
    assert status is not None
    assert status.paused == "15 of 60 mails came back, refused by policy"
    [rest] = store.deliveries.rests(at=NOW)
    assert (rest.domain, rest.until) == ("big.example", NOW + DAY)
    assert not store.suppressions.suppressed(people)
    # whoever looked into it and goes on is not stopped by the next one
    store.deliveries.pause(mailing.key, "")
    assert store.events.take_in(refused[15:19], rules).paused == ()
    assert store.deliveries.status(mailing.key).paused == ""  # type: ignore[union-attr]
    assert store.events.take_in(refused[19:], rules).paused == (
        "The issue pauses: 20 of 60 mails came back, refused by policy.",
        "big.example pauses: 20 of 30 mails came back, refused by policy.",
    )


# --- judging again ------------------------------------------------------------------------------------------------


def test_what_was_no_hard_bounce_after_all_is_undone_and_done_again(store: SqlStore, mailing: Mailing) -> None:
    store.events.take_in([mailing.arrival(ADA, K.HARD)], RULES)
    [event] = store.events.of_address(ADA)
    taken = store.events.reclassify(event.id, K.VACATION, "a person's answer", RULES, by_hand=True)
    assert (taken.released, taken.suppressed) == (1, 0)
    assert not store.suppressions.suppressed([ADA])
    assert mailing.status(ADA) is S.SENT
    assert mailing.delivery(ADA).reason == ""
    assert store.events.of_address(ADA)[0].by_hand
    taken = store.events.reclassify(event.id, K.HARD, "no such mailbox", RULES, by_hand=False)
    assert (taken.released, taken.suppressed, taken.returned) == (0, 1, 1)
    assert mailing.status(ADA) is S.BOUNCED
    assert not store.events.of_address(ADA)[0].by_hand


def test_an_address_stays_suppressed_while_another_event_says_so(store: SqlStore, mailing: Mailing) -> None:
    store.events.take_in([mailing.arrival(ADA, K.HARD, "1"), mailing.arrival(ADA, K.HARD, "2")], RULES)
    first, second = store.events.of_address(ADA)
    assert store.events.reclassify(first.id, K.SOFT, "", RULES, by_hand=True).released == 0
    assert store.suppressions.found([ADA])[ADA].event == second.id
    assert mailing.status(ADA) is S.BOUNCED
    assert store.events.reclassify(second.id, K.POLICY, "", RULES, by_hand=True).released == 1
    assert mailing.status(ADA) is S.BOUNCED


def test_a_complaint_that_was_none_gives_the_subscription_back(store: SqlStore, mailing: Mailing) -> None:
    store.events.take_in([mailing.arrival(ADA, K.COMPLAINT)], RULES)
    [event] = store.events.of_address(ADA)
    store.events.reclassify(event.id, K.VACATION, "", RULES, by_hand=True)
    assert store.subscribers.get(ADA).state is SubscriptionState.CONFIRMED  # type: ignore[union-attr]
    assert not store.suppressions.suppressed([ADA])


def test_whoever_has_left_since_stays_away_whatever_becomes_of_a_complaint(store: SqlStore, mailing: Mailing) -> None:
    store.events.take_in([mailing.arrival(ADA, K.COMPLAINT)], RULES)
    store.subscribers.set_state(ADA, SubscriptionState.UNSUBSCRIBED)  # by the link in a mail
    [event] = store.events.of_address(ADA)
    store.events.reclassify(event.id, K.VACATION, "", RULES, by_hand=True)
    assert store.subscribers.get(ADA).state is SubscriptionState.UNSUBSCRIBED  # type: ignore[union-attr]


def test_a_hard_bounce_that_was_a_complaint_ends_the_subscription(store: SqlStore, mailing: Mailing) -> None:
    store.events.take_in([mailing.arrival(ADA, K.HARD)], RULES)
    [event] = store.events.of_address(ADA)
    taken = store.events.reclassify(event.id, K.COMPLAINT, "", RULES, by_hand=True)
    assert taken.unsubscribed == 1
    assert store.suppressions.found([ADA])[ADA].cause is Cause.COMPLAINT
    assert mailing.status(ADA) is S.SENT


@pytest.mark.usefixtures("mailing")
def test_a_person_may_vouch_for_what_nothing_proves(store: SqlStore) -> None:
    store.events.take_in([report(K.HARD, ADA, at=NOW, name="1")], RULES)
    [event] = store.events.of_address(ADA)
    assert store.events.reclassify(event.id, K.HARD, "", RULES, by_hand=True).suppressed == 1


# --- suppressions -------------------------------------------------------------------------------------------------


def test_what_an_operator_suppressed_stays_theirs(store: SqlStore, mailing: Mailing) -> None:
    store.suppressions.suppress(ADA, "asked by letter")
    store.events.take_in([mailing.arrival(ADA, K.HARD)], RULES)
    [event] = store.events.of_address(ADA)
    store.events.reclassify(event.id, K.VACATION, "", RULES, by_hand=True)
    assert store.suppressions.found([ADA])[ADA].reason == "asked by letter"


def test_an_address_that_was_suppressed_under_another_key_has_one_suppression(
    store: SqlStore, mailing: Mailing
) -> None:
    store.suppressions.add_keys([b"k" * 32])
    store.suppressions.take_in([Suppression(digest=suppression_digest(b"k" * 32, ADA), reason="elsewhere")])
    assert store.events.take_in([mailing.arrival(ADA, K.HARD)], RULES).suppressed == 0
    assert store.suppressions.count() == 1


def test_a_lifted_address_begins_anew(store: SqlStore, mailing: Mailing) -> None:
    """What happened before counts no more, or the next soft bounce would bring all of it back."""
    store.events.take_in([mailing.arrival(ADA, K.HARD)], RULES)
    assert store.suppressions.lift(ADA)
    assert store.events.of_address(ADA)[0].is_spent
    assert store.events.take_in([mailing.arrival(ADA, K.SOFT)], RULES).suppressed == 0
    assert not store.suppressions.suppressed([ADA])
    assert store.events.take_in([mailing.arrival(ADA, K.HARD, "another")], RULES).suppressed == 1


def test_a_bounce_becomes_a_complaint_and_not_the_other_way_round(store: SqlStore, mailing: Mailing) -> None:
    store.events.take_in([mailing.arrival(ADA, K.HARD)], RULES)
    store.events.take_in([mailing.arrival(ADA, K.COMPLAINT)], RULES)
    assert store.suppressions.found([ADA])[ADA].cause is Cause.COMPLAINT
    store.events.take_in([mailing.arrival(ADA, K.HARD, "again")], RULES)
    assert store.suppressions.found([ADA])[ADA].cause is Cause.COMPLAINT


# --- forgetting ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["remove", "prune"])
def test_with_the_subscriber_goes_what_is_known_of_them_and_the_suppression_stays(
    store: SqlStore, mailing: Mailing, way: str
) -> None:
    store.events.take_in([mailing.arrival(ADA, K.HARD), mailing.arrival(BO, K.SOFT)], RULES)
    ada = store.subscribers.get(ADA)
    assert ada is not None
    assert store.subscribers.remove(ADA) if way == "remove" else store.subscribers.prune([ada.id]) == 1
    assert store.events.of_address(ADA) == ()
    assert store.suppressions.suppressed([ADA]) == {ADA}
    kept = [store.events.get(event.id) for event in store.events.stream(kinds=[K.HARD])]
    assert [(e and e.evidence, e and e.text, e and e.email, e and e.subscriber_id) for e in kept] == [(b"", "", "", 0)]
    assert len(store.events.of_address(BO)) == 1


def test_of_whoever_is_no_subscriber_any_more_a_late_bounce_keeps_only_what_is_needed(
    store: SqlStore, mailing: Mailing
) -> None:
    arrival = mailing.arrival(ADA, K.HARD)
    store.subscribers.remove(ADA)
    assert store.events.take_in([arrival], RULES).suppressed == 1
    event = store.events.get(next(store.events.stream()).id)
    assert event is not None
    assert (event.evidence, event.text, event.subscriber_id) == (b"", "", 0)
    assert mailing.status(ADA) is S.BOUNCED


def test_old_evidence_goes_first_and_old_events_later(store: SqlStore, mailing: Mailing) -> None:
    store.events.take_in([mailing.arrival(ADA, K.HARD)], RULES)
    [event] = store.events.of_address(ADA)
    assert store.events.prune(events_before=NOW, evidence_before=NOW) == 0
    assert store.events.get(event.id).evidence == b"evidence"  # type: ignore[union-attr]
    assert store.events.prune(events_before=NOW, evidence_before=NOW + DAY) == 0
    assert store.events.get(event.id).evidence == b""  # type: ignore[union-attr]
    assert store.events.prune(events_before=NOW + DAY, evidence_before=NOW + DAY) == 1
    assert store.events.get(event.id) is None
    assert store.suppressions.suppressed([ADA]) == {ADA}


def test_what_an_event_decided_holds_when_its_time_is_over(store: SqlStore, mailing: Mailing) -> None:
    store.events.take_in([mailing.arrival(ADA, K.HARD)], RULES)
    store.events.prune(events_before=NOW + DAY, evidence_before=NOW + DAY)
    store.events.take_in([mailing.arrival(ADA, K.SOFT)], RULES)
    assert store.suppressions.suppressed([ADA]) == {ADA}


# --- reading ------------------------------------------------------------------------------------------------------


def test_events_are_listed_newest_first_by_kind_issue_and_time(store: SqlStore, mailing: Mailing) -> None:
    store.events.take_in([mailing.arrival(email, K.SOFT) for email in (ADA, BO, CY)], RULES)
    store.events.take_in([mailing.arrival(ADA, K.POLICY)], RULES)
    assert [e.kind for e in store.events.stream()] == [K.POLICY, K.SOFT, K.SOFT, K.SOFT]
    assert {e.email for e in store.events.stream(kinds=[K.SOFT], issue=mailing.key)} == {ADA, BO, CY}
    assert not list(store.events.stream(issue=make_issue(1, day=(NOW + DAY).date()).key))
    assert not list(store.events.stream(since=NOW + DAY))


def test_counts_are_by_domain_and_of_deliveries(store: SqlStore, mailing: Mailing) -> None:
    store.events.take_in([mailing.arrival(ADA, K.SOFT, name) for name in ("1", "2")], RULES)
    store.events.take_in([mailing.arrival(BO, K.COMPLAINT)], RULES)
    assert store.events.counts(mailing.key.day) == {
        "example.org": {"sent": 1, "soft": 1},
        "example.net": {"sent": 1, "complaint": 1},
        "bücher.example": {"sent": 1},
    }
    assert store.events.counts(mailing.key.day + DAY) == {}


def test_a_subscriber_who_was_never_mailed_has_no_events(store: SqlStore) -> None:
    store.subscribers.upsert([Subscriber(email=ADA)])
    assert store.events.of_address(ADA) == ()
    assert store.events.get(1) is None
