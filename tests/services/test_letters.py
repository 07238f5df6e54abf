"""Letters on their way: put off, refused, never answered, and killed at any point; nobody gets one twice."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes

import pytest
from sqlalchemy import text

from newsletter.domain.bounces import BounceRules
from newsletter.domain.delivery import DeliveryStatus, read_letter_bounce_address
from newsletter.domain.subscribers import LetterKind, LinkState
from newsletter.mail.reports import read_report
from newsletter.services.bounces import Intake
from newsletter.services.joining import Asker
from newsletter.store import Database
from tests.support.joining import AtTheDoor, link_in
from tests.support.smtp_server import Behaviour, SmtpServer, running_server

ADA = "ada@example.org"
SLOW = "another machine:1:1"
S = DeliveryStatus


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with running_server() as running:
        yield running


@pytest.fixture
def door(database: Database, server: SmtpServer) -> AtTheDoor:
    return AtTheDoor(database, server)


def test_a_letter_that_is_put_off_comes_after_growing_pauses_and_is_the_same_mail(door: AtTheDoor) -> None:
    door.join()
    door.server.behaviour.answers["RCPT"] = "451 4.7.1 Greylisted, come back later"
    pauses: list[timedelta] = []
    for _ in range(4):
        assert door.work() == []
        [letter] = door.letters()
        assert (letter.status, letter.reason) == (S.DEFERRED, "greylisted")
        assert letter.due_at is not None
        pauses.append(letter.due_at - door.clock())
        door.clock.now = letter.due_at - timedelta(seconds=1)
        assert door.work() == []
        assert door.letters() == [letter]
        door.clock.now = letter.due_at
    assert pauses == sorted(set(pauses))
    del door.server.behaviour.answers["RCPT"]
    [mail] = door.work()
    assert b"Date: Tue, 02 Jun 2026 06:00:00 +0000" in mail.content
    assert [letter.status for letter in door.letters()] == [S.SENT]


def test_what_is_refused_for_good_is_not_tried_again(door: AtTheDoor) -> None:
    door.join()
    door.server.behaviour.answers["RCPT"] = "550 5.1.1 No such user"
    door.work()
    [letter] = door.letters()
    assert (letter.status, letter.reply) == (S.FAILED, "550 5.1.1 No such user")
    del door.server.behaviour.answers["RCPT"]
    door.clock.forward(days=1)
    assert door.work() == []


def test_one_that_was_handed_over_without_an_answer_is_not_sent_again(door: AtTheDoor) -> None:
    door.join()
    door.server.behaviour.cut_at = "FINAL"
    assert len(door.work()) == 1  # the server has it
    assert [letter.status for letter in door.letters()] == [S.UNCERTAIN]
    door.server.behaviour.cut_at = ""
    door.clock.forward(hours=5)
    assert door.work() == []


@pytest.mark.parametrize("stage", ["CONNECT", "MAIL"])
def test_a_relay_that_is_busy_or_refuses_us_costs_no_letter(door: AtTheDoor, stage: str) -> None:
    door.join()
    door.server.behaviour.answers[stage] = "421 4.3.2 Too busy" if stage == "CONNECT" else "550 5.7.1 Not from here"
    door.settle()
    done = door.send()
    assert done.trouble
    assert done.taken == 0
    [letter] = door.letters()
    assert (letter.status, letter.attempts) == (S.QUEUED, 0)
    del door.server.behaviour.answers[stage]
    assert len(door.work()) == 1


def test_a_letter_whose_link_has_ended_does_not_go(door: AtTheDoor) -> None:
    door.join()
    door.server.behaviour.answers["RCPT"] = "451 4.7.1 Later"
    door.work()
    del door.server.behaviour.answers["RCPT"]
    door.clock.forward(hours=49)
    assert door.work() == []
    assert [(letter.status, letter.reason) for letter in door.letters()] == [(S.SKIPPED, "its link has ended")]


def test_one_that_is_superseded_before_it_went_is_called_off_and_counts_for_nothing(door: AtTheDoor) -> None:
    door.join(interests=("old",))
    door.settle()
    door.clock.forward(hours=25)
    door.join(interests=("new",))
    [mail] = door.work()
    assert [letter.status for letter in door.letters()] == [S.SKIPPED, S.SENT]
    link = door.joining.confirm(link_in(mail), asker=Asker())
    assert link is not None
    assert link.subscriber is not None
    assert link.subscriber.interests == ("new",)
    # one went in this week, so two more may: what was called off does not count
    for _ in range(2):
        door.clock.forward(hours=25)
        door.join()
        assert len(door.work()) == 1
    door.clock.forward(hours=25)
    door.join()
    assert door.work() == []


def test_two_processes_share_what_is_due(door: AtTheDoor) -> None:
    for number in range(60):
        door.join(f"reader{number}@example.org")
    door.settle()
    now = door.clock()
    first = door.store.letters.claim("one", now=now, until=now + timedelta(minutes=1), limit=40)
    second = door.store.letters.claim("two", now=now, until=now + timedelta(minutes=1), limit=40)
    assert [len(first), len(second)] == [40, 20]
    assert not {letter.id for letter in first} & {letter.id for letter in second}
    assert not door.store.letters.begin("two", first[0].id, "<x@y>", now=now)
    door.store.letters.give_back("one")
    assert len(door.store.letters.claim("two", now=now, until=now + timedelta(minutes=1), limit=99)) == 40


def test_a_process_that_is_no_more_holds_nothing(door: AtTheDoor) -> None:
    door.join()
    door.join("bob@example.org")
    door.settle()
    now = door.clock()
    one, _ = door.store.letters.claim("gone", now=now, until=now + timedelta(minutes=20), limit=9)
    assert door.store.letters.begin("gone", one.id, "<1@x>", now=now)
    assert door.store.letters.recover(now=now, is_dead=lambda _: False) == 0
    assert door.store.letters.recover(now=now, is_dead=lambda name: name == "gone") == 1
    assert [letter.status for letter in door.letters()] == [S.UNCERTAIN, S.QUEUED]
    assert [mail.recipient for mail in door.work()] == ["bob@example.org"]


def test_who_is_silent_for_longer_than_its_lease_may_begin_nothing_more(door: AtTheDoor) -> None:
    door.join()
    door.settle()
    now = door.clock()
    [letter] = door.store.letters.claim(SLOW, now=now, until=now + timedelta(minutes=20), limit=9)
    door.clock.forward(minutes=21)
    assert not door.store.letters.begin(SLOW, letter.id, "<1@x>", now=door.clock())
    assert len(door.work()) == 1


# --- killed ----------------------------------------------------------------------------------------------------------


def _send_and_die(url: str, port: int, point: str) -> None:
    """A process that kills itself at a point of the sending."""

    def crash(name: str) -> None:
        if name == point:
            os.kill(os.getpid(), signal.SIGKILL)

    relay = SmtpServer(behaviour=Behaviour(), port=port)
    door = AtTheDoor(Database(url), relay)
    door.settle()
    door.sender(crash).run()


@pytest.mark.parametrize(
    ("point", "went"), [("asked", 0), ("written", 0), ("begun", 0), ("handed over", None), ("answered", 1)]
)
def test_killed_at_any_point_a_letter_goes_once_or_is_left_to_whoever_asks_again(
    door: AtTheDoor, database: Database, point: str, went: int | None
) -> None:
    door.join()
    url = database.engine.url.render_as_string(hide_password=False)
    process = multiprocessing.get_context("spawn").Process(target=_send_and_die, args=(url, door.server.port, point))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    again = door.work()
    begun = point in {"begun", "handed over", "answered"}
    if begun:  # nobody can know: the reader may ask again, and gets one letter at most until then
        assert again == []
        assert [letter.status for letter in door.letters()] == [S.UNCERTAIN]
    else:
        assert [mail.recipient for mail in again] == [ADA]
    assert len(door.server.accepted) <= 1
    if went is not None:
        assert len(door.server.accepted) == (went if begun else 1)


def _confirm(url: str, port: int, token: str, results) -> None:  # type: ignore[no-untyped-def]
    door = AtTheDoor(Database(url), SmtpServer(behaviour=Behaviour(), port=port))
    link = door.joining.confirm(token, asker=Asker())
    results.put(None if link is None else link.state.value)


def test_of_two_processes_that_confirm_one_link_one_does(door: AtTheDoor, database: Database) -> None:
    door.join()
    [mail] = door.work()
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    url = database.engine.url.render_as_string(hide_password=False)
    arguments = (url, door.server.port, link_in(mail), results)
    processes = [context.Process(target=_confirm, args=arguments) for _ in range(2)]
    for process in processes:
        process.start()
    states = sorted(results.get(timeout=60) for _ in processes)
    for process in processes:
        process.join(60)
    assert states == [LinkState.DONE, LinkState.USED]
    subscriber = door.store.subscribers.get(ADA)
    assert subscriber is not None
    assert len(door.store.joining.consents(subscriber.id)) == 1


# --- coming back -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["envelope sender", "message id"])
def test_a_letter_that_comes_back_suppresses_its_address(door: AtTheDoor, way: str) -> None:
    door.join()
    [mail] = door.work()
    assert read_letter_bounce_address(door.store.secrets(), mail.sender) == door.letters()[0].id
    own_id = message_from_bytes(mail.content)["Message-ID"] if way == "message id" else "<other@example.org>"
    report = (
        "From: MAILER-DAEMON@mx.example.org\r\n"
        "Subject: Undelivered Mail\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {ADA}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {own_id}\r\n\r\n--b--\r\n"
    )
    intake = Intake(
        door.store.events,
        door.store.deliveries,
        BounceRules(),
        read_report,
        clock=door.clock,
        keep_events=timedelta(days=400),
        keep_evidence=timedelta(days=30),
    )
    recipients = [mail.sender] if way == "envelope sender" else ["bounces@example.org"]
    taken = intake.take([intake.arrival(report.encode(), "lmtp", recipients=recipients)])
    assert taken.suppressed == 1
    assert door.store.suppressions.suppressed([ADA]) == {ADA}
    door.clock.forward(days=2)
    door.join()
    assert door.work() == []


@pytest.mark.parametrize(
    ("answer", "suppressed"),
    [
        ("550 5.1.1 User unknown", 1),
        ("554 5.7.1 Message rejected as spam", 0),
        ("552 5.2.2 Mailbox full", 0),
    ],
)
def test_an_address_that_nobody_has_is_suppressed_by_what_the_relay_says_of_its_letter(
    door: AtTheDoor, answer: str, suppressed: int
) -> None:
    door.join()
    door.server.behaviour.answers["RCPT"] = answer
    assert door.work() == []
    intake = Intake(
        door.store.events,
        door.store.deliveries,
        BounceRules(),
        read_report,
        clock=door.clock,
        keep_events=timedelta(days=400),
        keep_evidence=timedelta(days=30),
        letters=door.store.letters,
    )
    assert intake.refusals().suppressed == suppressed
    assert door.store.suppressions.suppressed([ADA]) == ({ADA} if suppressed else set())
    assert intake.refusals().kinds == ()


# --- other letters ---------------------------------------------------------------------------------------------------


def test_tries_are_forgotten_when_no_window_reaches_back_to_them(door: AtTheDoor) -> None:
    door.joined()
    door.clock.forward(days=6.9)
    door.store.joining.forget_tries(door.clock())
    assert len(_tries(door)) == 1
    door.clock.forward(days=0.2)
    door.store.joining.forget_tries(door.clock())
    assert _tries(door) == []


def _tries(door: AtTheDoor) -> list[str]:
    with door.store.database.read() as connection:
        return [*connection.execute(text("SELECT key FROM attempt WHERE scope = 'letter'")).scalars()]


def test_a_letter_that_no_request_has_asked_for_goes_too(door: AtTheDoor) -> None:
    subscriber = door.joined()
    now = door.clock()
    door.store.letters.write(
        LetterKind.LINK, email=subscriber.email, subscriber_id=subscriber.id, language="zh-Hans", now=now
    )
    [mail] = door.work()
    assert link_in(mail, "preferences").startswith(f"{subscriber.id}.")
