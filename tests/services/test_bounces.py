"""What comes back, from octets to what follows, over the product's own reader and on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.domain.bounces import BounceRules, EventKind
from newsletter.domain.delivery import DeliveryStatus as S
from newsletter.domain.subscribers import Cause
from newsletter.errors import UsageError
from newsletter.mail.reports import read_report
from newsletter.services.bounces import Intake, Reclassify, Story
from newsletter.services.bounces.intake import EVIDENCE, report_name
from newsletter.store import Database, SqlStore
from tests.support.dispatching import Dispatching, subscribers
from tests.support.returns import Mailing
from tests.support.smtp_server import Behaviour, running_server

K = EventKind
NOW = datetime(2026, 6, 2, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)
ADA, BO = "ada@example.org", "bo@example.net"
REPORT = """Received: from mx by home; Tue, 2 Jun 2026 07:00:00 +0000
From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: Tue, 2 Jun 2026 07:00:00 +0000
Message-ID: <{number}@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {said}

--b
Content-Type: text/rfc822-headers

From: digest@example.org
Message-ID: {returned}

--b--
"""


class Returns:
    """A newsletter whose issue was sent, and what takes in what comes back."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.now = NOW
        self.mailing = Mailing(store, at=NOW)
        self.intake = Intake(
            store.events,
            store.deliveries,
            BounceRules(),
            read_report,
            clock=lambda: self.now,
            keep_events=400 * DAY,
            keep_evidence=30 * DAY,
        )
        self.reclassify = Reclassify(store.events, BounceRules(), read_report)
        self.story = Story(store.deliveries, store.events, store.subscribers, store.suppressions)

    def mail(
        self,
        email: str,
        *,
        number: int = 1,
        status: str = "5.1.1",
        said: str = "550 5.1.1 user unknown",
        to: str = "",
    ) -> bytes:
        """A delivery report as Postfix writes it, on the way back to the envelope sender."""
        text = REPORT.format(
            to=to or self.mailing.sender(email),
            number=number,
            recipient=email,
            status=status,
            said=said,
            returned=self.mailing.delivery(email).message_id,
        )
        return text.replace("\n", "\r\n").encode()

    def take(self, *mails: bytes, source: str = "file") -> object:
        """Take these in."""
        return self.intake.take(self.intake.arrival(mail, source) for mail in mails)


@pytest.fixture
def returns(database: Database) -> Returns:
    result = Returns(SqlStore(database, clock=lambda: NOW))
    result.mailing.send(ADA, BO)
    return result


def test_a_report_is_read_stored_and_decided(returns: Returns) -> None:
    taken = returns.intake.take([returns.intake.arrival(returns.mail(ADA), "file")])
    assert (taken.kinds, taken.suppressed, taken.returned) == ((K.HARD,), 1, 1)
    [event] = returns.store.events.of_address(ADA)
    assert (event.status, event.reply, event.reason) == ("5.1.1", "550", "no such mailbox")


@pytest.mark.parametrize("change", [lambda m: m.replace(b"\r\n", b"\n"), lambda m: b"Delivered-To: x@y\r\n" + m])
def test_the_same_report_by_another_way_is_the_same(returns: Returns, change: object) -> None:
    mail = returns.mail(ADA)
    returns.take(mail)
    taken = returns.intake.take([returns.intake.arrival(change(mail), "imap")])  # type: ignore[operator]
    assert (taken.kinds, taken.known) == ((), 1)


def test_a_mail_is_named_by_its_own_id_and_date_and_without_one_by_its_body() -> None:
    mail = b"Message-ID: <1@x>\nDate: today\n\nbody\n"
    assert report_name(mail) == report_name(b"Received: by\r\n" + mail.replace(b"\n", b"\r\n"))
    assert report_name(mail) != report_name(mail.replace(b"<1@x>", b"<2@x>"))
    assert report_name(mail) != report_name(mail.replace(b"today", b"tomorrow"))
    assert report_name(b"Subject: a\n\nbody") == report_name(b"Subject: b\n\nbody")
    assert report_name(b"Subject: a\n\nbody") != report_name(b"Subject: a\n\nother")
    assert report_name(b"") != report_name(b"x")


def test_whoever_brings_a_mail_may_know_its_envelope(returns: Returns) -> None:
    """The `To` of a report may be anything; the server that takes it knows to whom it was delivered."""
    mail = returns.mail(ADA, to="undisclosed-recipients:;").replace(b"Message-ID: <2026", b"Message-ID: <x2026")
    arrival = returns.intake.arrival(mail, "lmtp", recipients=[returns.mailing.sender(ADA)])
    assert returns.intake.take([arrival]).suppressed == 1


def test_a_full_mailbox_and_a_refusal_by_policy_suppress_nobody(returns: Returns) -> None:
    returns.take(
        returns.mail(ADA, status="5.2.2", said="552 5.2.2 mailbox full"),
        returns.mail(BO, status="5.7.1", said="554 5.7.1 blocked by our spam policy"),
    )
    assert [e.kind for e in returns.store.events.stream()] == [K.POLICY, K.SOFT]
    assert returns.store.suppressions.count() == 0
    assert returns.store.deliveries.totals(returns.mailing.key) == {S.BOUNCED: 2}


def test_a_mail_that_is_no_report_is_nothing(returns: Returns) -> None:
    taken = returns.intake.take([returns.intake.arrival(b"Subject: hello\n\nHow are you?\n", "file")])
    assert taken.kinds == ()
    assert returns.store.events.count() == 0


def test_of_a_long_report_the_beginning_is_kept(returns: Returns) -> None:
    returns.take(returns.mail(ADA) + b"x" * 100_000)
    [event] = returns.store.events.of_address(ADA)
    kept = returns.store.events.get(event.id)
    assert kept is not None
    assert len(kept.evidence) == EVIDENCE
    assert kept.evidence.startswith(b"Received: from mx")


def test_what_is_old_is_forgotten_when_its_time_is_over(returns: Returns) -> None:
    returns.take(returns.mail(ADA))
    assert returns.intake.prune() == 0
    returns.now += 31 * DAY
    assert returns.intake.prune() == 0
    [event] = returns.store.events.of_address(ADA)
    assert event.text == ""
    returns.now += 370 * DAY
    assert returns.intake.prune() == 1
    assert returns.store.suppressions.suppressed([ADA])


# --- the relay's own refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "kind", "status"),
    [
        ("550 5.1.1 <x>: user unknown", K.HARD, S.FAILED),
        ("550 no such user here", K.HARD, S.FAILED),
        ("552 5.2.2 mailbox full", K.SOFT, S.FAILED),
        ("550 blocked: listed by our spam policy", K.POLICY, S.DEFERRED),
        ("550 members only", K.POLICY, S.FAILED),
        ("554 5.3.0 something", K.SOFT, S.FAILED),
    ],
)
def test_what_the_relay_refuses_is_judged_like_what_comes_back(
    database: Database, answer: str, kind: EventKind, status: S
) -> None:
    dispatching = Dispatching(database)
    dispatching.subscribe(*subscribers(3))
    dispatching.plan()
    refused = "reader0002@example.org"
    answers = {"RCPT": lambda argument: answer if refused in argument else "250 2.1.5 Ok"}
    with running_server(Behaviour(answers=answers)) as server:
        dispatching.send(server)
    assert dispatching.statuses()[refused] is status
    returns = Returns(dispatching.store)
    returns.now = dispatching.clock.now
    taken = returns.intake.refusals()
    assert taken.kinds == (kind,)
    assert taken.suppressed == (kind is K.HARD)
    assert dispatching.statuses()[refused] is status
    assert returns.intake.refusals().kinds == ()
    assert bool(dispatching.store.suppressions.suppressed([refused])) is (kind is K.HARD)


# --- judging again ------------------------------------------------------------------------------------------------


def test_todays_rules_read_again_what_was_kept(returns: Returns) -> None:
    returns.take(returns.mail(ADA))
    [event] = returns.store.events.of_address(ADA)
    # as an older version had read it
    returns.store.events.reclassify(event.id, K.POLICY, "", BounceRules(), by_hand=False)
    assert not returns.store.suppressions.suppressed([ADA])
    [changed] = returns.reclassify.all_by_rules()
    assert (changed.before, changed.after, changed.reason) == (K.POLICY, K.HARD, "no such mailbox")
    assert changed.followed.suppressed == 1
    assert list(returns.reclassify.all_by_rules()) == []


def test_what_a_person_has_judged_stays_until_they_ask_for_it(returns: Returns) -> None:
    returns.take(returns.mail(ADA))
    [event] = returns.store.events.of_address(ADA)
    returns.reclassify.by_hand(event.id, K.VACATION)
    assert list(returns.reclassify.all_by_rules()) == []
    assert returns.reclassify.by_rules(event.id).after is K.HARD


def test_without_its_evidence_an_event_is_judged_by_what_was_said(returns: Returns) -> None:
    arrival = returns.intake.arrival(returns.mail(ADA), "file")
    returns.intake.take([replace(arrival, evidence=b"")])
    [event] = returns.store.events.of_address(ADA)
    returns.store.events.reclassify(event.id, K.UNKNOWN, "", BounceRules(), by_hand=False)
    assert returns.reclassify.by_rules(event.id).after is K.HARD


def test_a_delay_stays_one_though_its_field_is_not_among_what_was_kept(returns: Returns) -> None:
    """Its words are those of a refusal."""
    mail = returns.mail(ADA, status="4.4.1", said="421 4.4.1 timed out").replace(b"Action: failed", b"Action: delayed")
    returns.take(mail.replace(b"could not be delivered.", b"is late.\r\n" + b"So it is.\r\n" * EVIDENCE))
    assert [event.kind for event in returns.store.events.stream()] == [K.UNKNOWN]
    assert list(returns.reclassify.all_by_rules()) == []


def test_an_event_that_is_not_there_cannot_be_judged(returns: Returns) -> None:
    with pytest.raises(UsageError, match="There is no event 1"):
        returns.reclassify.by_rules(1)


# --- the story ----------------------------------------------------------------------------------------------------


def test_the_story_of_an_address_is_told_in_order_of_time(returns: Returns) -> None:
    returns.now = NOW + DAY
    returns.take(returns.mail(ADA))
    story = returns.story.tell("ADA@example.org")
    assert story.suppression is not None
    assert story.suppression.cause is Cause.HARD
    assert story.standing == "ADA@example.org is suppressed: it gets no mail, whatever a roster says."
    told = [moment.text for moment in story.moments]
    assert [moment.at for moment in story.moments] == sorted(moment.at for moment in story.moments)
    assert "Became a subscriber." in told
    began = told.index("Dispatch of issue 2026-06-02 began; the relay accepted it for them.")
    assert began < told.index("Issue 2026-06-02 came back (no such mailbox).")
    assert any("Issue 2026-06-02 came back for good: 5.1.1 no such mailbox (event " in text for text in told)
    assert any(text.startswith("Suppressed, for it bounced: bounced: no such mailbox (event ") for text in told)


def test_of_a_stranger_there_is_no_story(returns: Returns) -> None:
    story = returns.story.tell("nobody@example.org")
    assert (story.moments, story.standing) == ((), "nobody@example.org is no subscriber.")
