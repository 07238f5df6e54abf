"""Taking in bounces after a large issue: `python -m benchmarks.bounce_intake [--deliveries 1000000] [--bounces 20000]`.

An issue has gone to so many; reports come back as mails to their envelope senders, are read, stored and decided by the
product's own way, on SQLite and on PostgreSQL (from its wheel). Of ten, six are hard, two soft, one policy, one a
complaint. Printed are wall and CPU time of this process, and beside them what it takes to write as many bare rows in as
many transactions. The limit is of wall time; where a machine is busy with other things CPU time says more. Everything
is then taken in once more, which must change nothing.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from newsletter.domain.bounces import Arrival, BounceRules
from newsletter.domain.delivery import DeliveryStatus, bounce_address
from newsletter.mail.reports import read_report
from newsletter.services.bounces import Intake
from newsletter.store import Database, SqlStore
from tests.support.postgres import running_postgres
from tests.support.samples import make_issue

LIMIT = 60.0
NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)
KEY = make_issue(1).key
BATCH = 1000
KINDS = (
    *(("5.1.1", "550 5.1.1 <x>: Recipient address rejected: User unknown"),) * 6,
    *(("5.2.2", "552 5.2.2 Mailbox full"),) * 2,
    ("5.7.1", "554 5.7.1 Message blocked, it looks like spam"),
)
REPORT = """From: MAILER-DAEMON@mx.example\r
To: {to}\r
Subject: Undelivered Mail Returned to Sender\r
Date: Tue, 2 Jun 2026 07:00:00 +0000\r
Message-ID: <{number}@mx.example>\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
I'm sorry to have to inform you that your message could not be delivered to one or more recipients.\r
\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example\r
\r
Final-Recipient: rfc822; {recipient}\r
Action: failed\r
Status: {status}\r
Diagnostic-Code: smtp; {said}\r
\r
--b--\r
"""
COMPLAINT = """From: complaints@mx.example\r
To: {to}\r
Message-ID: <{number}@mx.example>\r
Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r
\r
--b\r
Content-Type: message/feedback-report\r
\r
Feedback-Type: abuse\r
User-Agent: mx/1\r
Version: 1\r
Original-Rcpt-To: {recipient}\r
\r
--b--\r
"""


def fill(store: SqlStore, deliveries: int) -> None:
    """An issue that was sent to so many, written as the ledger would have it."""
    numbers = {
        True: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) SELECT",
        False: "WITH n(i) AS (SELECT * FROM generate_series(1, :count)) SELECT",
    }[store.database.is_sqlite]
    email, at = "'reader' || i || '@' || 'd' || (i % 50) || '.example'", "'2026-06-02 06:30:00.000000'"
    if not store.database.is_sqlite:
        at = f"{at}::timestamptz"
    people = (
        "INSERT INTO subscriber (id, email, email_key, name, interests, language, cadence, state, origin, roster_row, "
        f"feed_epoch, created_at, changes) {numbers} i, {email}, {email}, '', '[]', 'en', 'daily', 'confirmed', 'cli', "
        f"'', 0, {at}, 0 FROM n"
    )
    mails = (
        "INSERT INTO delivery (dispatch_id, subscriber_id, email, email_key, domain, name, language, interests, "
        "cadence, status, reason, attempts, reply, message_id, updated_at, run_id) "
        f"{numbers} 1, i, {email}, {email}, 'd' || (i % 50) || '.example', '', 'en', '[]', 'daily', 'sent', '', 1, "
        f"'250 2.0.0 Ok: queued', '<' || i || '@example.org>', {at}, 1 FROM n"
    )
    issue = "INSERT INTO dispatch (id, day, edition, revision, issue_hash, planned_at, paused) "
    with store.database.write() as connection:
        connection.execute(text(f"{issue} VALUES (1, '{KEY.day}', 'daily', 1, '', {at}, '')"))
        connection.execute(text(people), {"count": deliveries})
        connection.execute(text(mails), {"count": deliveries})
    if not store.database.is_sqlite:
        with store.database.write() as connection:
            connection.execute(text("ANALYZE"))


def mails(store: SqlStore, deliveries: int, bounces: int) -> Iterator[bytes]:
    """Reports about every so manieth delivery, of all domains."""
    step = max(1, deliveries // bounces - 1)
    for number in range(bounces):
        reader = 1 + number * step
        recipient = f"reader{reader}@d{reader % 50}.example"
        to = bounce_address(store.secret(), "bounces@example.org", KEY, reader)
        if number % 10 == 9:
            yield COMPLAINT.format(to=to, number=number, recipient=recipient).encode()
        else:
            status, said = KINDS[number % 10]
            yield REPORT.format(to=to, number=number, recipient=recipient, status=status, said=said).encode()


class Clock:
    """Wall and CPU time of this process between two moments."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def passed(self) -> tuple[float, float]:
        """Seconds since this was made."""
        return time.perf_counter() - self._wall, time.process_time() - self._cpu


def bare(database: Database, arrivals: Sequence[Arrival]) -> tuple[float, float]:
    """As many rows with the same evidence, in as many transactions, and nothing else."""
    kind = "BLOB" if database.is_sqlite else "BYTEA"
    with database.write() as connection:
        connection.execute(text(f"CREATE TABLE bare (id INTEGER PRIMARY KEY, name TEXT UNIQUE, evidence {kind})"))
    clock = Clock()
    for start in range(0, len(arrivals), BATCH):
        rows = [
            {"id": number, "name": arrival.name, "evidence": arrival.evidence}
            for number, arrival in enumerate(arrivals[start : start + BATCH], start)
        ]
        with database.write() as connection:
            connection.execute(text("INSERT INTO bare VALUES (:id, :name, :evidence)"), rows)
    return clock.passed()


def measure(name: str, database: Database, deliveries: int, bounces: int) -> bool:
    """Fill, take in twice, and print; whether it is within its limit."""
    database.open()
    store = SqlStore(database, clock=lambda: NOW)
    fill(store, deliveries)
    intake = Intake(
        store.events,
        store.deliveries,
        BounceRules(),
        read_report,
        clock=lambda: NOW,
        keep_events=timedelta(days=400),
        keep_evidence=timedelta(days=30),
    )
    clock = Clock()
    arrivals = [intake.arrival(mail, "file") for mail in mails(store, deliveries, bounces)]
    reading = clock.passed()
    clock = Clock()
    taken = intake.take(arrivals)
    storing = clock.passed()
    again = intake.take(arrivals)
    reference = bare(database, arrivals)
    wall = reading[0] + storing[0]
    totals = store.deliveries.totals(KEY)
    assert (len(taken.kinds), len(again.kinds), again.known) == (bounces, 0, bounces)
    assert taken.suppressed == store.suppressions.count()
    assert sum(totals.values()) == deliveries
    print(f"{name}: {deliveries:,} deliveries, {bounces:,} bounces: {wall:.1f} s (limit {LIMIT:.0f} s)")
    print(f"  reading {reading[0]:.1f} s, CPU {reading[1]:.1f} s; storing {storing[0]:.1f} s, CPU {storing[1]:.1f} s")
    print(f"  bare rows {reference[0]:.1f} s: storing takes {storing[0] / reference[0]:.1f} times that")
    print(
        f"  {taken.suppressed:,} suppressed, {taken.unsubscribed:,} unsubscribed, {taken.returned:,} came back: "
        f"{' + '.join(f'{count:,} {status}' for status, count in totals.items())} = {deliveries:,}"
    )
    assert totals[DeliveryStatus.BOUNCED] == taken.returned
    database.close()
    return wall <= LIMIT


@contextmanager
def databases(only: str) -> Iterator[list[tuple[str, Database]]]:
    """The databases that were asked for, empty."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = []
        if only != "postgresql":
            chosen.append(("SQLite", Database("sqlite:///newsletter.db", folder=Path(folder))))
        if only == "sqlite":
            yield chosen
            return
        with running_postgres() as server, server.database() as url:
            chosen.append(("PostgreSQL", Database(url)))
            yield chosen


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--deliveries", type=int, default=1_000_000)
    parser.add_argument("--bounces", type=int, default=20_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"], default="")
    options = parser.parse_args()
    with databases(options.only) as chosen:
        slow = sum(not measure(name, database, options.deliveries, options.bounces) for name, database in chosen)
    return min(slow, 1)


if __name__ == "__main__":
    raise SystemExit(main())
