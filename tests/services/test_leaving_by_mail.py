"""A mail to the address that a digest names for it unsubscribes its reader, whoever sends it, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from newsletter.domain.bounces import BounceRules
from newsletter.domain.delivery import unsubscribe_address
from newsletter.domain.subscribers import Subscriber, SubscriptionState
from newsletter.mail.intake import keep_other
from newsletter.mail.reports import LONGEST_MESSAGE, read_report
from newsletter.services.bounces import Intake, LeaveByMail, Receive
from newsletter.store import SqlStore
from newsletter.store.database import Database
from tests.store.conftest import NOW
from tests.support.listening import running_listener

ADA, BO = "Ada@example.net", "bo@example.net"
BASE = "bounces@example.org"
MAIL = "From: somebody@else.example\nTo: {to}\nSubject: unsubscribe\nMessage-ID: <1@else.example>\n{more}\n{text}\n"


class Leaving:
    """A newsletter with two readers, and what takes mail in."""

    def __init__(self, database: Database, others: Path) -> None:
        self.store = SqlStore(database, clock=lambda: NOW)
        self.store.subscribers.upsert([Subscriber(email=ADA), Subscriber(email=BO)])
        self.intake = Intake(
            self.store.events,
            self.store.deliveries,
            BounceRules(),
            read_report,
            clock=lambda: NOW,
            keep_events=timedelta(days=400),
            keep_evidence=timedelta(days=30),
            leave=LeaveByMail(self.store.subscribers, self.store.secrets),
        )
        self.others = others
        self.receive = Receive(
            self.intake,
            address=BASE,
            secrets=self.store.secrets,
            source="lmtp",
            longest=LONGEST_MESSAGE,
            keep_other=lambda content: keep_other(others, content),
        )

    def address(self, email: str) -> str:
        """Where this reader leaves."""
        subscriber = self.store.subscribers.get(email)
        assert subscriber is not None
        return unsubscribe_address(self.store.secret(), BASE, subscriber.id, subscriber.email)

    def states(self) -> list[str]:
        """Of Ada and Bo."""
        return [self.store.subscribers.get(email).state.value for email in (ADA, BO)]  # type: ignore[union-attr]

    def kept(self) -> int:
        """Mails that wait for a person."""
        return len([*self.others.glob("new/*")])


@pytest.fixture
def leaving(database: Database, tmp_path: Path) -> Leaving:
    return Leaving(database, tmp_path / "others")


def mail(to: str = "", more: str = "", text: str = "Please.") -> bytes:
    return MAIL.format(to=to, more=more, text=text).encode()


@pytest.mark.parametrize("way", ["lmtp", "smtp"])
def test_a_mail_that_is_delivered_ends_one_subscription_at_once(leaving: Leaving, way: str) -> None:
    address = leaving.address(ADA)
    with running_listener(leaving.receive, f"{way}:127.0.0.1:0") as running, running.client() as client:
        assert client.sendmail("anybody@else.example", [address], mail()) == {}
        assert leaving.states() == ["unsubscribed", "confirmed"]
        assert client.sendmail("anybody@else.example", [address], mail()) == {}
    assert [line.partition(", ")[2] for line in running.lines] == ["unsubscribed", "unsubscribed before"]
    assert leaving.kept() == 0


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda a: a.replace("bounces+", "+"), str])
def test_case_and_mailbox_do_not_matter(leaving: Leaving, change: object) -> None:
    assert callable(change)
    leaving.receive.receive(mail(), (change(leaving.address(ADA)),))
    assert leaving.states() == ["unsubscribed", "confirmed"]


def test_by_a_pipe_or_a_mailbox_the_mail_itself_says_to_whom_it_came(leaving: Leaving) -> None:
    taken = leaving.intake.take([leaving.intake.arrival(mail(leaving.address(BO)), "imap")])
    assert taken.left == 1
    assert leaving.states() == ["confirmed", "unsubscribed"]


@pytest.mark.parametrize(
    "more",
    [
        "Auto-Submitted: auto-replied\n",
        "Auto-Submitted: auto-replied (vacation)\n",
        "Precedence: auto_reply\n",
        "X-Autoreply: yes\n",
        "Return-Path: <>\n",
        "X-Failed-Recipients: x@example.org\n",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n",
    ],
)
def test_what_a_machine_sends_ends_nothing(leaving: Leaving, more: str) -> None:
    leaving.receive.receive(mail(more=more), (leaving.address(ADA),))
    assert leaving.states() == ["confirmed", "confirmed"]


def test_an_envelope_without_a_sender_ends_nothing(leaving: Leaving) -> None:
    with running_listener(leaving.receive) as running, running.client() as client:
        assert client.sendmail("", [leaving.address(ADA)], mail()) == {}
    assert leaving.states() == ["confirmed", "confirmed"]
    assert leaving.kept() == 1


@pytest.mark.parametrize("text", ["This message was automatically generated.", "I am out of office", "自动"])
def test_a_mail_program_may_do_it_for_its_reader(leaving: Leaving, text: str) -> None:
    leaving.receive.receive(mail(more="Auto-Submitted: auto-generated\n", text=text), (leaving.address(ADA),))
    assert leaving.states() == ["unsubscribed", "confirmed"]


@pytest.mark.parametrize(
    "to",
    [
        "bounces+stop-aaaaaaaaaaaaaaaaaaaa@example.org",
        "bounces+stop-@example.org",
        "bounces@example.org",
        "bounces+unsubscribe@example.org",
    ],
)
def test_without_the_token_a_person_decides(leaving: Leaving, to: str) -> None:
    # the sender can be forged by anybody
    content = mail(to).replace(b"somebody@else.example", ADA.encode())
    assert leaving.receive.receive(content, (to,)) == "no report: kept for a person"
    assert leaving.states() == ["confirmed", "confirmed"]
    assert leaving.kept() == 1


def test_one_readers_address_with_anothers_number_ends_nothing(leaving: Leaving) -> None:
    ada, bo = leaving.store.subscribers.get(ADA), leaving.store.subscribers.get(BO)
    assert ada is not None
    assert bo is not None
    forged = unsubscribe_address(leaving.store.secret(), BASE, bo.id, ada.email)
    leaving.receive.receive(mail(), (forged,))
    assert leaving.states() == ["confirmed", "confirmed"]


def test_the_address_of_an_old_life_ends_nothing_of_a_new_one(leaving: Leaving) -> None:
    address = leaving.address(ADA)
    leaving.store.personal.erase(leaving.store.personal.person(email=ADA))
    leaving.store.subscribers.add(Subscriber(email=ADA))
    leaving.receive.receive(mail(), (address,))
    assert leaving.states() == ["confirmed", "confirmed"]
    assert leaving.address(ADA) != address


def test_a_report_that_comes_to_both_addresses_is_a_report(leaving: Leaving) -> None:
    report = (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        b"Final-Recipient: rfc822; ada@example.net\nAction: failed\nStatus: 5.1.1\n--b--\n"
    )
    assert "hard" in leaving.receive.receive(report, (leaving.address(ADA),), "")
    assert leaving.states() == ["confirmed", "confirmed"]


def test_who_has_left_is_not_subscribed_by_anything_that_came_before(leaving: Leaving) -> None:
    leaving.receive.receive(mail(), (leaving.address(ADA),))
    assert leaving.store.subscribers.get(ADA).state is SubscriptionState.UNSUBSCRIBED  # type: ignore[union-attr]
