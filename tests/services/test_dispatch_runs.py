"""Runs: limits, Ctrl-C, late wakers, several processes, manifests, and what the operator is told."""

from __future__ import annotations

import os
import signal
import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from newsletter.domain.delivery import DeliveryStatus as S
from newsletter.domain.delivery import Limit, RetrySchedule
from newsletter.domain.subscribers import Subscriber
from newsletter.errors import IssueMissing, MessageChanged, StoreUnavailable, UsageError
from newsletter.mail.smtp import PoolSettings
from newsletter.services.audit import Audit
from newsletter.services.dispatch import DispatchReport, Manifest, Snapshot, send_in_processes
from newsletter.services.dispatch.owner import is_dead, owner
from newsletter.store.ledger import SqlDeliveryStore
from tests.support.crash import Crashes, Life, live
from tests.support.databases import new_database
from tests.support.dispatching import Dispatching, subscribers
from tests.support.smtp_server import Behaviour, running_server


@pytest.fixture
def newsletter(tmp_path: Path) -> Dispatching:
    database = new_database(tmp_path / "newsletter.db")
    return Dispatching(database)


def _planned(newsletter: Dispatching, count: int, domain: str = "example.org") -> None:
    newsletter.subscribe(*subscribers(count, domain))
    newsletter.plan()


# --- limits and progress --------------------------------------------------------------------------------------------


def test_a_rate_is_kept_and_named_while_it_limits(newsletter: Dispatching) -> None:
    _planned(newsletter, 26)
    seen: list[Snapshot] = []
    with running_server() as server:
        report = newsletter.send(server, limits=Limit.parse("20/s"), run={"watch": seen.append})
    assert report.is_complete
    assert report.seconds > 1.2
    assert "20/s" in {snapshot.limit for snapshot in seen}
    assert "held back by the limit 20/s" in seen[0].line


def test_a_limit_a_domain_does_not_hold_back_the_others(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(12, "slow.example"), *subscribers(12, "other.example"))
    newsletter.plan()
    with running_server() as server:
        newsletter.send(server, per_domain=Limit.parse("20/s"))
        order = [who.rpartition("@")[2] for who in server.recipients]
    assert len(order) == 24
    # they alternate, instead of one domain after the other
    assert order[:8].count("other.example") >= 2


def test_a_daily_quota_ends_the_day_even_across_runs(newsletter: Dispatching) -> None:
    _planned(newsletter, 12)

    def stop_soon(snapshot: Snapshot) -> None:
        if snapshot.limit.endswith("/day"):
            os.kill(os.getpid(), signal.SIGTERM)

    with running_server() as server:
        first = newsletter.send(server, limits=Limit.parse("5/day"), run={"watch": stop_soon})
        assert first.now == {S.SENT: 5}
        second = newsletter.send(server, limits=Limit.parse("7/day"), run={"watch": stop_soon})
        assert second.now == {S.SENT: 2}


def test_a_run_takes_its_share_of_a_limit_from_its_first_moment(newsletter: Dispatching) -> None:
    """Three others send at this moment: of eight a day two are its own."""
    _planned(newsletter, 12)
    ledger, now = newsletter.store.deliveries, newsletter.clock()
    for _ in range(3):
        ledger.open_run(newsletter.issue.key, "elsewhere:1:1", at=now, until=now + timedelta(minutes=1))

    def stop_soon(snapshot: Snapshot) -> None:
        if snapshot.limit.endswith("/day"):
            os.kill(os.getpid(), signal.SIGTERM)

    with running_server() as server:
        report = newsletter.send(server, limits=Limit.parse("8/day"), run={"watch": stop_soon})
    assert report.now == {S.SENT: 2}


class Unrenewable(SqlDeliveryStore):
    """A ledger that takes everything but that a run is alive."""

    def keep_run(self, run: int, *, until: datetime, sent: int) -> int:
        msg = f"The database newsletter.db failed: disk I/O error ({run}, {until}, {sent})."
        raise StoreUnavailable(msg)


def test_a_lease_that_cannot_be_renewed_says_why(newsletter: Dispatching) -> None:
    _planned(newsletter, 12)
    newsletter.store.deliveries = Unrenewable(newsletter.store.database)
    with running_server(Behaviour(delays={"FINAL": 0.3})) as server:
        report = newsletter.send(server, lease=timedelta(seconds=1), pool=PoolSettings(connections=1))
    assert "could not be told any more that this process is alive" in report.stopped
    assert "disk I/O error" in report.stopped
    assert len(server.recipients) == report.totals[S.SENT] < 12


def test_a_lease_that_is_renewed_in_the_end_costs_nothing(newsletter: Dispatching) -> None:
    _planned(newsletter, 8)
    failures = 0

    class Stumbling(SqlDeliveryStore):
        def keep_run(self, run: int, *, until: datetime, sent: int) -> int:
            nonlocal failures
            failures += 1
            if failures % 3:
                raise StoreUnavailable("The database newsletter.db failed: database is locked.")
            return super().keep_run(run, until=until, sent=sent)

    newsletter.store.deliveries = Stumbling(newsletter.store.database)
    with running_server(Behaviour(delays={"FINAL": 0.3})) as server:
        report = newsletter.send(server, lease=timedelta(seconds=2), pool=PoolSettings(connections=1))
    assert failures
    assert (report.stopped, report.totals) == ("", {S.SENT: 8})


def test_a_connection_is_used_for_so_many_messages(newsletter: Dispatching) -> None:
    _planned(newsletter, 10)
    with running_server() as server:
        newsletter.send(server, pool=PoolSettings(connections=1, messages=4))
    assert server.connections == 3
    assert len(server.accepted) == 10


# --- ending ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_finishes_what_is_open_and_leaves_the_rest_queued(
    newsletter: Dispatching, number: signal.Signals
) -> None:
    _planned(newsletter, 60)
    handed = 0

    def interrupt(name: str) -> None:
        nonlocal handed
        handed += name == "handed over"
        if handed == 10 and name == "handed over":
            os.kill(os.getpid(), number)

    with running_server(Behaviour(delays={"FINAL": 0.02})) as server:
        report = newsletter.send(server, crash_hook=interrupt)
        assert report.stopped == "interrupted"
        assert set(report.totals) == {S.SENT, S.QUEUED}
        assert report.totals[S.SENT] == len(server.accepted)
        assert newsletter.send(server).is_complete
    assert sorted(server.recipients) == sorted(set(server.recipients))


def test_waiting_goes_on_until_nothing_is_deferred(newsletter: Dispatching) -> None:
    _planned(newsletter, 3)
    seen: set[str] = set()

    def greylist(who: str) -> str:
        known = who in seen
        seen.add(who)
        return "250 ok" if known else "450 4.7.1 Greylisted"

    class Wall(type(newsletter.clock)):  # type: ignore[misc]
        """Goes on by itself, as waiting needs."""

        def __call__(self) -> object:
            return self.now + timedelta(seconds=time.monotonic() - started)

    started = time.monotonic()
    newsletter.clock = Wall(newsletter.clock.now)
    with running_server(Behaviour(answers={"RCPT": greylist})) as server:
        schedule = RetrySchedule(waits=(timedelta(seconds=0.3),) * 3)
        assert newsletter.send(server, schedule=schedule, run={"wait": True}).is_complete
    assert len(server.accepted) == 3


def test_a_process_that_sleeps_beyond_its_lease_hands_nothing_over(newsletter: Dispatching) -> None:
    """It is stopped between the ledger's mark and the message, and wakes up when its lease is over."""
    _planned(newsletter, 4)
    slept = False

    def sleep_once(name: str) -> None:
        nonlocal slept
        if name == "committed" and not slept:
            slept = True
            time.sleep(1.2)

    with running_server() as server:
        report = newsletter.send(
            server, lease=timedelta(seconds=1), crash_hook=sleep_once, pool=PoolSettings(connections=1, backoff=0.01)
        )
        assert server.recipients == []
        assert "silent for longer than its lease" in report.stopped
        assert report.totals == {S.QUEUED: 4}
        assert newsletter.send(server).is_complete
    assert len(set(server.recipients)) == len(server.recipients) == 4


# --- several processes ----------------------------------------------------------------------------------------------


def _one(life: Life) -> DispatchReport:
    return live(life)


def test_processes_share_the_work_and_make_one_report(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newsletter.db'}"
    with running_server() as server:
        from newsletter.domain.delivery import UncertainPolicy

        crashes = Crashes(url, server, recipients=80, connections=2, policy=UncertainPolicy.HOLD)
        report = send_in_processes(partial(_one, crashes.life()), 2)
        assert sorted(server.recipients) == sorted(set(server.recipients))
    assert report.now == {S.SENT: 80}
    assert report.is_complete


def test_the_owner_of_a_run_is_known_to_be_alive_or_dead() -> None:
    assert not is_dead(owner())
    machine, pid, started = owner().rsplit(":", 2)
    assert is_dead(f"{machine}:{pid}:{int(started) - 1}")
    assert not is_dead(f"elsewhere/x/y:{pid}:{int(started) - 1}")


# --- manifests ------------------------------------------------------------------------------------------------------


def test_a_manifest_sends_what_it_lists_and_nothing_else(newsletter: Dispatching, tmp_path: Path) -> None:
    newsletter.subscribe(*subscribers(3))
    folder = newsletter.dry_run(tmp_path / "outbox").run(newsletter.issue.key).folder
    newsletter.subscribe(Subscriber(email="later@example.org"))
    newsletter.plan()
    with running_server() as server:
        report = newsletter.send(server, run={"manifest": Manifest.read(folder)})
    assert sorted(server.recipients) == [p.email for p in subscribers(3)]
    assert report.totals == {S.SENT: 3, S.QUEUED: 1}


def test_a_difference_stops_the_send(newsletter: Dispatching, tmp_path: Path) -> None:
    newsletter.subscribe(*subscribers(3))
    folder = newsletter.dry_run(tmp_path / "outbox").run(newsletter.issue.key).folder
    newsletter.subscribe(Subscriber(email="reader0002@example.org", name="Another name"))
    newsletter.plan()
    with running_server() as server:
        with pytest.raises(MessageChanged, match=r"reader0002@example\.org is not the one in"):
            newsletter.send(server, run={"manifest": Manifest.read(folder)}, pool=PoolSettings(connections=1))
        assert "reader0002@example.org" not in server.recipients
    assert S.SENDING not in newsletter.statuses().values()


def test_what_is_no_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--dry-run"):
        Manifest.read(tmp_path)
    (tmp_path / "manifest.json").write_text('{"deliveries": 3}')
    with pytest.raises(UsageError, match="is not the manifest of a dry run"):
        Manifest.read(tmp_path)


# --- audit ----------------------------------------------------------------------------------------------------------


def test_the_audit_accounts_for_everybody(newsletter: Dispatching) -> None:
    _planned(newsletter, 8)
    newsletter.subscribe(Subscriber(email="nothing@example.org", interests=("zebrafish",)))
    newsletter.plan()
    answers = {"reader0001@example.org": "550 5.1.1 Unknown", "reader0002@example.org": "450 4.2.0 Greylisted"}
    with running_server(Behaviour(answers={"RCPT": lambda who: answers.get(who, "250 ok")})) as server:
        newsletter.send(server)
    audit = Audit(newsletter.store.deliveries, newsletter.store.subscribers)
    report = audit.run(newsletter.issue.key)
    assert report.equation == "9 = 6 sent + 1 deferred + 1 failed + 1 skipped"
    assert report.faults == ()

    def ask(who: str) -> str:
        return audit.explain(newsletter.issue.key, f"{who}@example.org").answer

    assert ask("reader0003").startswith("Yes. The relay accepted it at 2026-06-02")
    assert "no such mailbox" in ask("reader0001")
    assert "due again at 2026-06-02 06:30 UTC" in ask("reader0002")
    assert ask("nothing") == "No. Skipped: no match."
    assert "is not a subscriber" in ask("nobody")
    newsletter.subscribe(Subscriber(email="late@example.org"))
    assert "subscribed after" in ask("late")


def test_the_audit_names_who_has_no_row(newsletter: Dispatching) -> None:
    _planned(newsletter, 3)
    with newsletter.store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM delivery WHERE email = 'reader0002@example.org'")
    report = Audit(newsletter.store.deliveries, newsletter.store.subscribers).run(newsletter.issue.key)
    assert report.missing == ("reader0002@example.org",)
    assert report.faults == ("no row for reader0002@example.org",)


def test_an_issue_that_was_never_dispatched_has_no_audit(newsletter: Dispatching) -> None:
    with pytest.raises(IssueMissing, match="never dispatched"):
        Audit(newsletter.store.deliveries, newsletter.store.subscribers).run(newsletter.issue.key)
