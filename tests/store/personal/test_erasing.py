"""Who is erased is in no table any more, and nothing of their old life touches a new one, on both databases."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from newsletter.domain.bounces import BounceRules, EventKind
from newsletter.domain.delivery import Begin, DeliveryStatus, Outcome, UncertainPolicy, feed_token, subscriber_token
from newsletter.domain.subscribers import Cause, Subscriber, SubscriptionState, Suppression
from newsletter.store import SqlStore
from newsletter.store.tables import metadata
from tests.store.conftest import NOW
from tests.support.databases import new_database
from tests.support.ledgers import all_get
from tests.support.returns import Mailing, report
from tests.support.samples import make_issue

K, S = EventKind, DeliveryStatus
RULES = BounceRules()
ADA, BO = "Ada.Quill@Bücher.example", "bo@example.net"
FORMS = ("ada.quill@", "quill", "bücher.example", "xn--bcher-kva", "zebrafish")

NOT_PERSONAL = {
    *("acronym", "announcement", "archive", "expense", "host_gate", "issue", "issue_paper", "listing", "meta", "note"),
    *("paper", "summary", "summary_claim", "webhook_refusal"),
    "webhook_ticket",  # hashes of what services send
    "dispatch_run",  # a process
    "attempt",  # keyed hashes, which limits must go on to count, for a week
}
PERSONAL = {"subscriber", "consent", "request", "letter", "delivery", "event", "suppression", "dispatch", "domain_rest"}
"""What holds something of people, and is looked after in `store/personal/`."""


@pytest.fixture
def mailing(store: SqlStore) -> Mailing:
    """An issue that was sent to two people, one of them with a name and an interest."""
    store.subscribers.add(Subscriber(email=ADA, name="Ada Quill", interests=("zebrafish",), max_papers=7))
    result = Mailing(store, at=NOW)
    result.send(BO)
    return result


def everything(store: SqlStore) -> str:
    """All that the tables hold, in lower case."""
    with store.database.read() as connection:
        rows = [str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(select(table))]
    return "\n".join(rows).lower()


def erase(store: SqlStore, email: str = ADA) -> dict[str, int]:
    return dict(store.personal.erase(store.personal.person(email=email)))


def test_every_table_says_whether_it_holds_something_of_people() -> None:
    assert {table.name for table in metadata.sorted_tables} == PERSONAL | NOT_PERSONAL


def test_no_table_names_who_was_erased(store: SqlStore, mailing: Mailing) -> None:
    said = "550 5.1.1 <ADA.quill@xn--bcher-kva.example>: no such user"
    store.events.take_in(
        [
            mailing.arrival(ADA, K.HARD, text=said, evidence=b"To: ADA.quill@xn--bcher-kva.example"),
            # of nobody: neither address nor delivery is proved
            report(K.UNKNOWN, "", at=NOW, name="n", text="to =?utf-8?q?x?= Ada.Quill@bücher.example", evidence=b"x"),
            mailing.arrival(BO, K.VACATION, evidence="Bcc: ADA.QUILL@BÜCHER.example".encode()),
        ],
        RULES,
    )
    store.deliveries.pause(mailing.key, f"the relay refuses: {said}")
    before = everything(store)
    assert all(form in before for form in FORMS)
    counts = erase(store)
    after = everything(store)
    assert [form for form in FORMS if form in after] == []
    assert {name: count for name, count in counts.items() if count} == {"subscription": 1, "deliveries": 1, "events": 3}
    assert BO in after


def test_an_issues_numbers_stay_as_they_were(store: SqlStore, mailing: Mailing) -> None:
    before = store.deliveries.totals(mailing.key)
    erase(store)
    assert store.deliveries.totals(mailing.key) == before
    assert len([*store.deliveries.of_issue(mailing.key)]) == 2


@pytest.mark.usefixtures("mailing")
def test_who_is_suppressed_stays_so(store: SqlStore) -> None:
    store.suppressions.take_in([Suppression(email=ADA, reason="asked by ada.quill@bücher.example")])
    erase(store)
    assert store.suppressions.found([ADA])[ADA].cause is Cause.OPERATOR
    assert "quill" not in everything(store)


@pytest.mark.usefixtures("mailing")
def test_erasing_twice_is_erasing_once(store: SqlStore) -> None:
    erase(store)
    assert not any(erase(store).values())


def test_somebody_else_is_not_touched(store: SqlStore, mailing: Mailing) -> None:
    other = Subscriber(email=f"x{ADA}", name="Zoe", interests=("yeast",))
    store.subscribers.add(other)
    store.events.take_in([mailing.arrival(BO, K.SOFT, evidence=f"To: x{ADA}".encode())], RULES)
    erase(store)
    assert store.subscribers.get(BO) is not None
    assert store.subscribers.get(f"x{ADA}") is not None
    [event] = store.events.of_address(BO)
    assert store.events.get(event.id).evidence  # type: ignore[union-attr]


@pytest.mark.usefixtures("mailing")
def test_who_was_removed_before_is_found_by_their_address(store: SqlStore) -> None:
    store.subscribers.remove(ADA)
    assert "quill" in everything(store)
    assert erase(store)["deliveries"] == 1
    assert "quill" not in everything(store)


# --- a new life ---------------------------------------------------------------------------------------------------


def test_a_number_is_never_given_twice(store: SqlStore) -> None:
    store.subscribers.add(Subscriber(email=BO))
    store.subscribers.add(Subscriber(email=ADA))
    old = store.subscribers.get(ADA)
    erase(store)
    store.subscribers.add(Subscriber(email=ADA))
    new = store.subscribers.get(ADA)
    assert old is not None
    assert new is not None
    assert new.id > old.id
    for purpose in ("unsubscribe", "preferences", "day"):
        assert subscriber_token(b"s", purpose, old.id, ADA) != subscriber_token(b"s", purpose, new.id, ADA)
    assert feed_token(b"s", old.id, ADA, 0) != feed_token(b"s", new.id, ADA, 0)


@pytest.mark.parametrize("by", ["verp", "message-id"])
def test_a_bounce_of_the_old_life_does_not_touch_the_new_one(store: SqlStore, mailing: Mailing, by: str) -> None:
    sender, message_id = mailing.sender(ADA), mailing.message_id(mailing.delivery(ADA))
    erase(store)
    store.subscribers.add(Subscriber(email=ADA))
    # a service names the address too, and is believed
    back: dict[str, Any] = {"to": (sender,)} if by == "verp" else {"returned": message_id, "is_verified": True}
    taken = store.events.take_in([report(K.COMPLAINT, ADA, at=NOW, name="late", **back)], RULES)
    assert (taken.suppressed, taken.unsubscribed) == (0, 0)
    assert store.suppressions.found([ADA]) == {}
    assert store.subscribers.get(ADA).state is SubscriptionState.CONFIRMED  # type: ignore[union-attr]
    assert "550 words" not in everything(store)


def test_who_joins_again_is_planned_anew(store: SqlStore, mailing: Mailing) -> None:
    erase(store)
    store.subscribers.add(Subscriber(email=ADA))
    store.deliveries.plan(mailing.issue, all_get(mailing.issue), at=NOW)
    assert mailing.status(ADA) is S.QUEUED


# --- while it is sent ---------------------------------------------------------------------------------------------


@pytest.fixture
def held(store: SqlStore) -> tuple[SqlStore, int]:
    """A run that has claimed the only delivery."""
    issue = make_issue(1)
    store.subscribers.add(Subscriber(email=ADA, name="Ada Quill"))
    store.deliveries.plan(issue, all_get(issue), at=NOW)
    run = store.deliveries.open_run(issue.key, "test", at=NOW, until=NOW + timedelta(hours=1))
    store.deliveries.claim(run, at=NOW, limit=10)
    return store, run


def the_delivery(store: SqlStore) -> Any:
    [delivery] = store.deliveries.of_issue(make_issue(1).key)
    return delivery


def test_what_a_run_has_claimed_it_cannot_begin(held: tuple[SqlStore, int]) -> None:
    store, run = held
    number = the_delivery(store).id
    erase(store)
    assert store.deliveries.record(run, [Begin(number, "<id@example.org>")], at=NOW) == {number}
    assert (the_delivery(store).status, the_delivery(store).reason) == (S.SKIPPED, "erased")


@pytest.mark.parametrize("status", [S.SENT, S.FAILED, S.DEFERRED, S.UNCERTAIN])
def test_what_is_being_sent_is_settled_without_a_name(held: tuple[SqlStore, int], status: DeliveryStatus) -> None:
    store, run = held
    number = the_delivery(store).id
    store.deliveries.record(run, [Begin(number, "<id@example.org>")], at=NOW)
    erase(store)
    assert the_delivery(store).status is S.SENDING
    said = "550 5.1.1 <ada.quill@xn--bcher-kva.example> unknown"
    store.deliveries.record(run, [Outcome(number, status, "ada.quill is unknown", said, NOW)], at=NOW)
    assert the_delivery(store).status is status
    assert the_delivery(store).reply == "550"
    assert "quill" not in everything(store)
    assert [*store.deliveries.refused(NOW - timedelta(days=1))] == []


def test_what_is_handed_over_again_finds_nobody(held: tuple[SqlStore, int]) -> None:
    store, run = held
    number = the_delivery(store).id
    store.deliveries.record(run, [Begin(number, "<id@example.org>")], at=NOW)
    erase(store)
    store.deliveries.close_run(run, at=NOW, sent=0, uncertain=UncertainPolicy.RESEND)
    delivery = the_delivery(store)
    assert delivery.status is S.QUEUED
    assert store.subscribers.barred([delivery.recipient.email], day=NOW.date()) == {"": "unsubscribed"}


# --- the files ----------------------------------------------------------------------------------------------------


def _raw(store: SqlStore) -> bytes:
    """What the files of the database hold, in lower case."""
    path = store.database.path
    if path is not None:
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*")).lower()
    with store.database.write() as connection:
        connection.execute(text("SELECT pg_current_xact_id()"))
    with store.database.statement() as connection:
        connection.execute(text("CHECKPOINT"))  # files that were replaced go, the new ones are written
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        here = (
            folder
            / "base"
            / str(
                connection.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar_one()
            )
        )
    return b"".join(file.read_bytes() for file in here.iterdir()).lower()


@pytest.mark.usefixtures("mailing")
def test_files_that_were_written_anew_hold_nothing(store: SqlStore) -> None:
    for n in range(300):
        store.subscribers.upsert([Subscriber(email=f"reader{n}@example.org", name="x" * (n % 90), interests=("y",))])
    if not store.database.is_sqlite:  # as the server does by itself now and then
        with store.database.statement() as connection:
            connection.execute(text("ANALYZE"))
    store.remains.suspect()
    store.personal.erase(store.personal.person(email=ADA))
    store.remains.clear(rewrite=True)
    assert not store.remains.are_suspected
    raw = _raw(store)
    assert b"reader299@" in raw
    assert [form for form in FORMS if form.encode() in raw] == []


@pytest.mark.slow
def test_pieces_of_rows_that_moved_are_gone_too(tmp_path: Path) -> None:
    """Where rows move from page to page SQLite leaves pieces behind, whatever it overwrites: a hundred are erased."""
    store = SqlStore(new_database(tmp_path / "newsletter.db"), clock=lambda: NOW)
    chance = random.Random(1)
    names = [f"p{chance.randrange(10**9)}x{n}" for n in range(1000)]

    def person(name: str) -> Subscriber:
        wanted = tuple(f"{name}-{n}-{'w' * chance.randrange(200)}" for n in range(chance.randrange(1, 20)))
        return Subscriber(email=f"{name}@example.org", name=f"{name} {'n' * chance.randrange(60)}", interests=wanted)

    store.subscribers.upsert(map(person, names))
    for day in range(3):
        Mailing(store, at=NOW, issue=make_issue(1, day=NOW.date() + timedelta(days=day))).send()
        for name in chance.sample(names, 200):
            store.subscribers.edit(f"{name}@example.org", lambda _, name=name: person(name))  # type: ignore[misc]
    erased = chance.sample(names, 100)
    for name in erased:
        erase(store, f"{name}@example.org")
    store.remains.clear()
    raw = _raw(store)
    assert [name for name in erased if name.encode() in raw] == []
    store.database.close()


def test_the_log_is_cut_as_soon_as_somebody_is_erased(store: SqlStore, mailing: Mailing) -> None:
    store.remains.suspect()
    erase(store)
    assert store.remains.cut_log()
    assert store.remains.are_suspected
    if store.database.path is not None:
        log = store.database.path.with_name("newsletter.db-wal")
        assert log.stat().st_size == 0
    assert mailing.delivery(BO)


# --- what they are told -------------------------------------------------------------------------------------------


def test_all_that_is_kept_is_told(store: SqlStore, mailing: Mailing) -> None:
    store.events.take_in([mailing.arrival(ADA, K.HARD, text="no such user")], RULES)
    records = store.personal.records(store.personal.person(email=ADA))
    [subscription], [delivery], [event], [suppression] = (
        records[name] for name in ("subscription", "deliveries", "events", "suppressions")
    )
    assert subscription["name"] == "Ada Quill"
    assert subscription["interests"] == ["zebrafish"]
    assert delivery["issue"] == mailing.key.day.isoformat()
    assert (delivery["status"], delivery["interests"]) == ("bounced", ["zebrafish"])
    assert (event["kind"], event["text"]) == ("hard", "no such user")
    assert suppression["cause"] == "hard"
    assert all(column not in subscription for column in ("id", "email_key", "roster_row"))


def test_what_has_not_changed_since_the_issue_before_is_told_once(store: SqlStore, mailing: Mailing) -> None:
    second = make_issue(1, day=mailing.key.day + timedelta(days=1))
    store.deliveries.plan(second, all_get(second), at=NOW)
    first, after = store.personal.records(store.personal.person(email=ADA))["deliveries"]
    assert "interests" in first
    assert "interests" not in after


def test_an_address_that_nothing_is_kept_of(store: SqlStore) -> None:
    assert not any(store.personal.records(store.personal.person(email=ADA)).values())
