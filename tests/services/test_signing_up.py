"""The public door: proofs that count once, patience, addresses that go nowhere."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.domain.signup import AddressFault, AddressPolicy, solve
from newsletter.domain.subscribers import JoiningRules, Quota, Subscriber
from newsletter.services.joining import Asker, Joining
from newsletter.services.joining.settling import SettleRequests
from newsletter.services.signing_up import PATIENCE, Answer, Door, DoorRules, Outcome, Why
from newsletter.store import SqlStore
from tests.support.databases import new_database
from tests.support.web import check_interest, make_store

NEW = {"email": "grace@example.org", "way": "mail"}
ASKER = Asker(address="192.0.2.1", network="192.0.2.1", language="en")


class Clock:
    """A clock that tests set."""

    now = datetime(2026, 6, 2, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span


@pytest.fixture
def clock() -> Clock:
    """The time of the door."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """An empty store."""
    database = new_database(tmp_path / "newsletter.db")
    yield make_store(database)
    database.close()


def make_door(
    store: SqlStore,
    clock: Clock,
    *,
    work: bool = True,
    takes_mail: Callable[[str], bool] | None = None,
    rules: JoiningRules | None = None,
) -> Door:
    rules = rules or JoiningRules(per_client=Quota(1000, timedelta(hours=1)))
    return Door(
        Joining(store.joining, rules=rules, secrets=store.secrets, clock=clock),
        store.joining,
        rules=DoorRules(addresses=AddressPolicy(), proof_of_work=work),
        secrets=store.secrets,
        clock=clock,
        chance=secrets.token_hex,
        check_interest=check_interest,
        languages=("en",),
        takes_mail=takes_mail,
    )


@pytest.fixture
def door(store: SqlStore, clock: Clock) -> Door:
    """A door that asks browsers for a sum."""
    return make_door(store, clock)


def send(door: Door, clock: Clock, moment: str = "", altcha: str = "", after: float = 5) -> Answer:
    """A form that is sent so many seconds after it was given out."""
    moment = moment or door.fresh().moment
    clock.wait(timedelta(seconds=after))
    return door.join({**NEW, "moment": moment, "altcha": altcha}, asker=ASKER)


def test_a_sum_that_was_done_lets_a_form_in_once(door: Door, clock: Clock) -> None:
    solution = solve(door.fresh().challenge)
    assert send(door, clock, altcha=solution).outcome is Outcome.TAKEN
    again = send(door, clock, altcha=solution)
    assert (again.outcome, again.why) == (Outcome.PRESS, Why.WORK)
    assert again.fresh.challenge != door.fresh().challenge


def test_a_sum_counts_once_whichever_process_is_asked(store: SqlStore, clock: Clock, door: Door) -> None:
    solution = solve(door.fresh().challenge)
    other = make_door(store, clock)
    assert send(other, clock, altcha=solution).outcome is Outcome.TAKEN
    assert send(door, clock, altcha=solution).outcome is Outcome.PRESS


def test_a_sum_is_not_used_up_by_a_form_that_is_not_taken(door: Door, clock: Clock) -> None:
    solution = solve(door.fresh().challenge)
    assert send(door, clock, altcha=solution, after=0.1).why is Why.MOMENT
    rejected = door.join({"email": "grace@", "moment": door.fresh().moment, "altcha": solution}, asker=ASKER)
    assert rejected.outcome is Outcome.REJECTED
    assert send(door, clock, altcha=solution).outcome is Outcome.TAKEN


@pytest.mark.parametrize("altcha", ["", "wrong"])
def test_without_a_sum_the_form_asks_again(door: Door, clock: Clock, altcha: str) -> None:
    answer = send(door, clock, altcha=altcha)
    assert (answer.outcome, answer.why) == (Outcome.PRESS, Why.WORK)
    assert 0 < answer.fresh.patience <= PATIENCE.total_seconds()


def test_who_can_do_no_sums_waits(door: Door, clock: Clock) -> None:
    answer = send(door, clock)
    assert answer.fresh.patience == 25  # of thirty seconds five have passed
    assert send(door, clock, answer.fresh.moment, after=answer.fresh.patience).outcome is Outcome.TAKEN


def test_a_wait_counts_once(door: Door, clock: Clock) -> None:
    moment = door.fresh().moment
    assert send(door, clock, moment, after=60).outcome is Outcome.TAKEN
    assert send(door, clock, moment, after=60).outcome is Outcome.PRESS


def test_after_a_wait_that_counted_the_next_page_begins_anew(door: Door, clock: Clock) -> None:
    moment = door.fresh().moment
    send(door, clock, moment, after=60)
    again = send(door, clock, moment, after=60)
    assert again.fresh.moment != moment
    assert again.fresh.patience == PATIENCE.total_seconds()


def test_only_a_few_get_in_by_waiting(door: Door, clock: Clock) -> None:
    """Else it would be the way of all programs: they have time."""
    moments = [door.fresh().moment for _ in range(62)]
    clock.wait(PATIENCE)
    taken = [send(door, clock, moment, after=0).outcome is Outcome.TAKEN for moment in moments[:61]]
    assert taken == [True] * 60 + [False]
    clock.wait(timedelta(hours=1))
    assert send(door, clock, moments[61], after=0).outcome is Outcome.TAKEN


def test_a_domain_that_takes_no_mail_is_told(store: SqlStore, clock: Clock) -> None:
    asked: list[str] = []

    def takes_mail(domain: str) -> bool:
        asked.append(domain)
        return domain == "example.org"

    door = make_door(store, clock, work=False, takes_mail=takes_mail)
    moment = door.fresh().moment
    clock.wait(timedelta(seconds=5))
    answer = door.join({"email": "ada@gmial.example", "moment": moment}, asker=ASKER)
    assert (answer.outcome, answer.address) == (Outcome.REJECTED, AddressFault.NO_MAIL)
    assert door.join({**NEW, "moment": moment}, asker=ASKER).outcome is Outcome.TAKEN
    reader = Subscriber(email="ada@example.org")
    assert door.move(reader, {"email": "ada@gmial.example"}, asker=ASKER).address is AddressFault.NO_MAIL
    assert door.join({"moment": moment, "way": "feed"}, asker=ASKER).outcome is Outcome.FEED
    assert asked == ["gmial.example", "example.org", "gmial.example"]


def test_who_comes_back_to_a_lost_link_may_have_an_address_that_the_door_would_not_take(
    store: SqlStore, clock: Clock
) -> None:
    door = make_door(store, clock, work=False)
    moment = door.fresh().moment
    clock.wait(timedelta(seconds=5))
    answer = door.ask_for_link({"email": "root@localhost", "moment": moment}, asker=ASKER)
    assert answer.outcome is Outcome.TAKEN


# --- as many forms as an attacker likes -------------------------------------------------------------------------------


def spelled(number: int) -> str:
    """One mailbox under as many spellings as there are numbers."""
    return f"Victim+{number}@Example.org" if number % 3 else "victim@example.org"


@pytest.mark.parametrize(
    ("email", "network", "taken", "letters"),
    [
        (spelled, lambda _: "192.0.2.1", 10, 1),
        (spelled, lambda n: f"10.0.0.{n}", 60, 1),
        (lambda n: f"v{n}@example.org", lambda _: "192.0.2.1", 10, 10),
        (lambda n: f"v{n}@example.org", lambda n: f"10.0.0.{n}", 60, 25),
    ],
    ids=["one victim, one network", "one victim, many networks", "many victims, one network", "many of both"],
)
def test_a_door_is_no_weapon(
    tmp_path: Path,
    clock: Clock,
    email: Callable[[int], str],
    network: Callable[[int], str],
    taken: int,
    letters: int,
) -> None:
    """Sixty forms by turns to two processes, each of which is started anew half way; 25 letters an hour are allowed."""
    database = new_database(tmp_path / "newsletter.db")
    rules = JoiningRules(per_hour=25)
    answers: list[Outcome] = []
    sent = 0
    for begin in (0, 30):
        doors = [make_door(make_store(database), clock, work=False, rules=rules) for _ in range(2)]
        moment = doors[0].fresh().moment
        clock.wait(timedelta(seconds=5))
        for n in range(begin, begin + 30):
            asker = Asker(address=network(n), network=network(n), language="en")
            answers.append(doors[n % 2].join({"email": email(n), "moment": moment}, asker=asker).outcome)
            if n % 7 == 0:
                sent += SettleRequests(make_store(database).joining, rules, clock=clock).run().letters
    sent += SettleRequests(make_store(database).joining, rules, clock=clock).run().letters
    database.close()
    assert answers.count(Outcome.TAKEN) == taken
    assert answers.count(Outcome.LATER) == 60 - taken
    assert sent == letters
