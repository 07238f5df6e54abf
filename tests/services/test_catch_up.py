"""The best of what somebody missed: chosen once a pause has ended, and mailed once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest

from newsletter.domain.delivery import DeliveryStatus, Letter, letter_bounce_address
from newsletter.domain.issues import Edition, Issue, IssueState, PaperOrder
from newsletter.domain.matching import IssueSelector
from newsletter.domain.notation import Weekday
from newsletter.domain.subscribers import LetterKind, Rhythm, Subscriber, SubscriptionState
from newsletter.services.catch_up import CatchUpMail, PlanCatchUps
from newsletter.services.dispatch.plan import USUAL, audience_decisions
from newsletter.store import Database, SqlStore
from tests.support.dispatching import Clock
from tests.support.joining import AtTheDoor
from tests.support.mails import make_assembler
from tests.support.samples import make_issue, make_paper
from tests.support.smtp_server import running_server

MONDAY = date(2026, 6, 1)
ADA = "ada@example.org"


class Newsletter:
    """Five daily issues of four papers each, Monday to Friday, planned as they came out."""

    def __init__(self, database: Database) -> None:
        self.clock = Clock()
        self.store = SqlStore(database, clock=self.clock)
        self.looked_at: list[str] = []

    def subscribe(self, **changes: object) -> Subscriber:
        self.store.subscribers.upsert([Subscriber(email=ADA, **changes)])  # type: ignore[arg-type]
        return self.ada

    @property
    def ada(self) -> Subscriber:
        ada = self.store.subscribers.get(ADA)
        assert ada is not None
        return ada

    def publish(self, days: Sequence[int] = range(5)) -> None:
        for n in days:
            papers = [make_paper(10 * n + m, upvotes=7 * n + m) for m in range(1, 5)]
            issue = make_issue(papers, day=MONDAY + timedelta(days=n))
            self.store.issues.save(issue)
            self.store.issues.mark(issue.key, issue.revision, IssueState.PUBLISHED, self.clock())
            now = self.clock()
            decide = audience_decisions(issue, IssueSelector, self.store.subscribers, timetable=USUAL, now=now)
            self.store.deliveries.plan(issue, decide, at=now)

    def pause(self, since: int, until: int, catch_up: int = 3) -> None:
        first, last = (MONDAY + timedelta(days=n) for n in (since, until))
        self.store.subscribers.pause(self.ada.id, since=first, until=last, catch_up=catch_up)

    def run(self, on: int) -> int:
        """Plan, so many days after Monday."""
        return PlanCatchUps(
            issues=self.store.issues,
            subscribers=self.store.subscribers,
            deliveries=self.store.deliveries,
            letters=self.store.letters,
            select=self._select,
            clock=self.clock,
            weekly_on=Weekday.FRIDAY,
        ).run(MONDAY + timedelta(days=on))

    def _select(self, issue: Issue) -> IssueSelector:
        self.looked_at.append(issue.key.slug)
        return IssueSelector(issue)

    def letters(self) -> list[Letter]:
        return [one for one in self.store.letters.newest(10) if one.kind is LetterKind.CATCH_UP]

    def mail(self, letter: Letter) -> bytes:
        maker = CatchUpMail(
            issues=self.store.issues,
            select=IssueSelector,
            mail=make_assembler(),
            preface=lambda language, first, last: f"Missed ({language}): {first} to {last}",
        )
        message = maker.message(letter, self.ada)
        assert message is not None
        return bytes(message)


@pytest.fixture
def newsletter(database: Database) -> Newsletter:
    return Newsletter(database)


def text_of(mail: bytes) -> str:
    part = message_from_bytes(mail, policy=policy.default).get_body(("plain",))
    assert part is not None
    text: str = part.get_content()
    return text


def test_the_best_of_what_was_missed_comes_in_one_mail_when_the_pause_has_ended(newsletter: Newsletter) -> None:
    newsletter.subscribe(rhythm=Rhythm(order=PaperOrder.UPVOTES), interests=("retrieval",))
    newsletter.pause(1, 4, catch_up=3)
    newsletter.publish()
    assert newsletter.run(on=3) == 0  # they are away
    assert newsletter.run(on=4) == 1
    [letter] = newsletter.letters()
    assert (letter.email, letter.status) == (ADA, DeliveryStatus.QUEUED)
    mail = newsletter.mail(letter)
    text = text_of(mail)
    # of Tuesday to Thursday those with most upvotes: the last of Thursday's
    assert [n for n in range(50) if f"Paper {n}:" in text] == [32, 33, 34]
    assert text.index("Paper 34:") < text.index("Paper 33:") < text.index("Paper 32:")
    assert "Missed (en): 2026-06-02 to 2026-06-04" in text
    assert "/2026-06-04" in text  # the last day's own page
    assert newsletter.mail(letter) == mail


def test_it_comes_once_a_pause(newsletter: Newsletter) -> None:
    newsletter.subscribe()
    newsletter.pause(1, 4)
    newsletter.publish()
    assert [newsletter.run(on=day) for day in (4, 4, 5)] == [1, 0, 0]
    newsletter.pause(0, 2)
    assert newsletter.run(on=6) == 1
    assert len(newsletter.letters()) == 2


def test_whoever_does_not_ask_for_it_or_is_gone_gets_none_and_costs_nothing(newsletter: Newsletter) -> None:
    newsletter.subscribe()
    newsletter.pause(1, 4, catch_up=0)
    newsletter.publish()
    assert newsletter.run(on=5) == 0
    newsletter.pause(1, 4)
    newsletter.store.subscribers.set_state(ADA, SubscriptionState.UNSUBSCRIBED)
    assert newsletter.run(on=5) == 0
    assert newsletter.looked_at == []


def test_what_was_sent_before_they_paused_was_not_missed(newsletter: Newsletter) -> None:
    """They pause on Wednesday noon, and come back on Friday morning after that issue was planned without them."""
    newsletter.subscribe(rhythm=Rhythm(order=PaperOrder.NEWEST))
    newsletter.publish(range(3))
    newsletter.pause(2, 5, catch_up=30)
    newsletter.publish((3, 4))
    newsletter.store.subscribers.end_pause(newsletter.ada.id, on=MONDAY + timedelta(days=4))
    assert newsletter.run(on=4) == 1
    assert newsletter.looked_at == ["2026-06-05", "2026-06-04"]


def test_an_issue_is_read_once_for_all_who_missed_it(newsletter: Newsletter) -> None:
    newsletter.subscribe()
    others = [Subscriber(email=f"{n}@example.org", interests=(("retrieval",), ())[n % 2]) for n in range(20)]
    newsletter.store.subscribers.upsert(others)
    for reader in newsletter.store.subscribers.stream():
        days = (MONDAY + timedelta(days=reader.id % 3), MONDAY + timedelta(days=4))
        newsletter.store.subscribers.pause(reader.id, since=days[0], until=days[1], catch_up=5)
    newsletter.publish()
    assert newsletter.run(on=4) == 21
    assert len(newsletter.looked_at) == len(set(newsletter.looked_at)) == 4


def test_whoever_missed_nothing_gets_no_mail_and_is_not_looked_at_again(newsletter: Newsletter) -> None:
    newsletter.subscribe(interests=("zebrafish",))
    newsletter.pause(1, 4)
    newsletter.publish()
    assert newsletter.run(on=4) == 0
    assert newsletter.letters() == []
    assert (newsletter.ada.paused_until, newsletter.ada.catch_up) == (None, 0)


def test_a_weekly_reader_catches_up_on_what_their_next_issue_does_not_have(newsletter: Newsletter) -> None:
    newsletter.subscribe(cadence=Edition.WEEKLY, rhythm=Rhythm(weekly_on=Weekday.WEDNESDAY))
    newsletter.pause(0, 7)  # until Tuesday; Wednesday's week begins on Thursday
    newsletter.publish()
    assert newsletter.run(on=7) == 1
    assert newsletter.looked_at == ["2026-06-03", "2026-06-02", "2026-06-01"]


def test_without_interests_the_first_of_every_day_come(newsletter: Newsletter) -> None:
    newsletter.subscribe()
    newsletter.pause(0, 5, catch_up=10)
    newsletter.publish()
    assert newsletter.run(on=5) == 1
    [letter] = newsletter.letters()
    text = text_of(newsletter.mail(letter))
    # without interests the first of each day, the last day first
    assert [n for n in range(50) if f"Paper {n}:" in text] == [1, 2, 11, 12, 21, 22, 31, 32, 41, 42]


def test_it_goes_as_a_letter_and_what_comes_back_of_it_is_the_letters(database: Database) -> None:
    """Whoever has paused again, left or moved meanwhile gets none."""
    with running_server() as server:
        door = AtTheDoor(database, server)
        readers = [door.joined(f"{name}@example.org", interests=()) for name in ("ada", "bo", "cy")]
        day = door.clock().date()
        issue = make_issue(4, day=day)
        door.store.issues.save(issue)
        door.store.issues.mark(issue.key, issue.revision, IssueState.PUBLISHED, door.clock())
        for reader in readers:
            door.store.subscribers.pause(reader.id, since=day, until=day + timedelta(days=1), catch_up=3)
        door.clock.forward(days=1)
        plan = PlanCatchUps(
            issues=door.store.issues,
            subscribers=door.store.subscribers,
            deliveries=door.store.deliveries,
            letters=door.store.letters,
            select=IssueSelector,
            clock=door.clock,
            weekly_on=Weekday.FRIDAY,
        )
        today = day + timedelta(days=1)
        assert (plan.run(today), plan.run(today)) == (3, 0)
        door.store.subscribers.set_state("bo@example.org", SubscriptionState.UNSUBSCRIBED)
        door.store.subscribers.pause(readers[2].id, since=today, until=today + timedelta(days=7))
        [mail] = door.work()
        assert door.work() == []
    assert mail.recipient == "ada@example.org"
    assert f"What you missed from {day} to {day}".encode() in mail.content
    assert b"List-Unsubscribe-Post" in mail.content
    [letter] = [one for one in door.letters() if one.kind is LetterKind.CATCH_UP and one.status is DeliveryStatus.SENT]
    assert letter_bounce_address(door.store.secret(), "bounces@example.org", letter.id) == mail.sender
    reasons = {one.reason for one in door.letters() if one.status is DeliveryStatus.SKIPPED}
    assert reasons == {"unsubscribed", "paused"}
