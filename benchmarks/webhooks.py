"""Webhooks under load: `python -m benchmarks.webhooks [--events 3000] [--only mailgun]`.

Requests of sending services, signed as they sign, are made over HTTP to the product's own server, by several senders at
once; the database is SQLite as it is shipped, so that what was answered with 200 is on the disk. Printed are events a
minute and, beside them in the same run, what the intake service alone does with the same requests, each in a
transaction of its own. At least 10,000 events a minute must be taken in. Everything is then sent once more, which must
change nothing; and as many forged ones, which must all be refused. The senders share this machine and this process.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx

from newsletter.domain.bounces import Arrival, Notification
from newsletter.domain.ports import NotificationReader
from newsletter.mail.hooks import AmazonSes, Mailgun, Postmark, SendGrid
from newsletter.store import Database, SqlStore
from tests.support.returns import Mailing
from tests.support.web import make_app, make_intake, make_store, running
from tests.support.webhooks import (
    TOPIC,
    Asked,
    MailgunSender,
    PostmarkSender,
    SendGridSender,
    SnsSender,
    ses_bounce,
)

A_MINUTE = 10_000
SENDERS = 16
BATCH = 100
"""Events of one request of SendGrid."""

SNS, GRID, GUN, MARK = SnsSender(), SendGridSender(), MailgunSender(), PostmarkSender()


class _Known:
    """Amazon, with a certificate that is there already."""

    def certificate(self, _url: str, _now: datetime) -> object:
        return SNS.certificate

    def confirm(self, _url: str) -> bool:
        return True


def reader_of(service: str) -> NotificationReader:
    """The reader of a service, with the sender's key."""
    readers: Mapping[str, Callable[[], NotificationReader]] = {
        "ses": lambda: AmazonSes([TOPIC], _Known()),  # type: ignore[arg-type]
        "sendgrid": lambda: SendGrid(GRID.public_key),
        "mailgun": lambda: Mailgun(GUN.key),
        "postmark": lambda: Postmark(MARK.username, MARK.password),
    }
    return readers[service]()


def requests_of(service: str, emails: Sequence[str], *, forged: bool = False) -> list[Asked]:
    """A request an address, or a batch; half of them bounces, half deliveries."""
    at = datetime.now(UTC)
    sns, grid, gun, mark = (
        (SnsSender(), SendGridSender(), MailgunSender("x" * 30), PostmarkSender("x"))
        if forged
        else (SNS, GRID, GUN, MARK)
    )
    if service == "sendgrid":
        events = [
            grid.event(
                email, at, "bounce" if number % 2 else "delivered", status="5.1.1", reason="550 5.1.1 user unknown"
            )
            for number, email in enumerate(emails)
        ]
        return [grid.notify(events[start : start + BATCH], at) for start in range(0, len(events), BATCH)]
    if service == "ses":
        return [sns.notify(ses_bounce(email, at), at) for email in emails]
    if service == "mailgun":
        return [gun.notify(email, at, "failed" if number % 2 else "delivered") for number, email in enumerate(emails)]
    return [mark.notify(email, at) for email in emails]


def send(url: str, asked: Sequence[Asked]) -> tuple[float, set[int]]:
    """Seconds until all are answered, and the statuses of the answers."""
    local = threading.local()
    clients: list[httpx.Client] = []

    def one(request: Asked) -> int:
        if not hasattr(local, "client"):
            local.client = httpx.Client(trust_env=False, timeout=60)
            clients.append(local.client)
        return int(local.client.post(url, content=request.body, headers=dict(request.headers)).status_code)

    with ThreadPoolExecutor(SENDERS) as pool:
        begun = time.perf_counter()
        statuses = set(pool.map(one, asked))
        passed = time.perf_counter() - begun
    for client in clients:
        client.close()
    return passed, statuses


def arrivals_of(reader: NotificationReader, asked: Sequence[Asked]) -> list[list[Arrival]]:
    """What the requests tell, a list each."""
    found = []
    for request in asked:
        headers = {name.lower(): value for name, value in request.headers.items()}
        told = reader.read(headers, request.body, datetime.now(UTC))
        assert isinstance(told, Notification)
        found.append(
            [
                Arrival(report=e.report, source="x", name=e.name, at=e.at, evidence=e.evidence, is_verified=True)
                for e in told.events
            ]
        )
    return found


def open_store(folder: str, emails: Sequence[str]) -> SqlStore:
    """A database as it is shipped, with an issue that went to these."""
    database = Database("sqlite:///newsletter.db", folder=Path(folder))
    database.open()
    store = make_store(database)
    store.settle()
    Mailing(store, at=datetime.now(UTC)).send(*emails)
    return store


def measure(service: str, count: int) -> bool:
    """Measure one service; whether it is fast enough."""
    emails = [f"reader{number}@d{number % 50}.example" for number in range(count)]
    asked = requests_of(service, emails)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(folder, emails)
        batches = arrivals_of(reader_of(service), asked)
        begun = time.perf_counter()
        for batch in batches:
            make_intake(store).take(batch)
        alone = time.perf_counter() - begun
        assert store.events.count() == count
        store.database.close()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(folder, emails)
        app = make_app(store, Path(folder), readers={service: reader_of(service)})
        with running(app) as address:
            url = f"{address}/webhooks/{service}"
            passed, statuses = send(url, asked)
            assert statuses == {200}, statuses
            assert store.events.count() == count
            again, statuses = send(url, asked)
            assert statuses == {200}
            assert store.events.count() == count
            forged, statuses = send(url, requests_of(service, emails, forged=True))
            assert statuses in ({403}, {401}), statuses
            assert store.events.count() == count
        store.database.close()
    rate, bare = 60 * count / passed, 60 * count / alone
    verdict = "" if rate >= A_MINUTE else f"   below {A_MINUTE:,}"
    print(
        f"{service:<10} {count:>7,} {len(asked):>9,} {rate:>10,.0f} {bare:>13,.0f} {passed / alone:>6.2f} "
        f"{60 * count / again:>10,.0f} {60 * count / forged:>10,.0f}{verdict}",
        flush=True,
    )
    return rate >= A_MINUTE


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=3000)
    parser.add_argument("--only", choices=["ses", "sendgrid", "mailgun", "postmark"], default="")
    options = parser.parse_args()
    print(f"Events a minute, {SENDERS} senders at once; the ratio is time by HTTP to time of the intake alone.\n")
    heads = ("service", "events", "requests", "by HTTP", "intake alone", "ratio", "again", "forged")
    print("{:<10} {:>7} {:>9} {:>10} {:>13} {:>6} {:>10} {:>10}".format(*heads))
    chosen = [options.only] if options.only else ["ses", "sendgrid", "mailgun", "postmark"]
    slow = sum(not measure(service, options.events) for service in chosen)
    return min(slow, 1)


if __name__ == "__main__":
    raise SystemExit(main())
