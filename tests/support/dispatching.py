"""A whole dispatch in a few lines: a database, an issue, subscribers, and the product's own parts around a server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from newsletter.domain.delivery import DeliveryStatus, RetrySchedule, UncertainPolicy
from newsletter.domain.issues import Issue
from newsletter.domain.matching import IssueSelector
from newsletter.domain.subscribers import Subscriber
from newsletter.mail.assembly import MailAssembler
from newsletter.mail.smtp import Connector, PoolSettings, Relay, Security, Timeouts
from newsletter.services.dispatch import DispatchReport, DryRun, Plan, Send, SendSettings
from newsletter.store import Database, SqlStore
from tests.support.mails import make_assembler
from tests.support.samples import FROZEN, make_issue
from tests.support.smtp_server import SmtpServer

__all__ = ["Dispatching", "make_relay", "subscribers"]

QUICK = Timeouts(connect=1.0, mail=0.6, rcpt=0.6, data=0.6, final=0.6, quit=0.3)


def make_relay(server: SmtpServer, **changes: Any) -> Relay:
    """The server as a relay, without TLS and with short patience."""
    options: dict[str, Any] = {
        "host": server.host,
        "port": server.port,
        "security": Security.NONE,
        "name": "client.example",
        "timeouts": QUICK,
    }
    return Relay(**(options | changes))


def subscribers(count: int, domain: str = "example.org") -> list[Subscriber]:
    """So many subscribers who want everything."""
    return [Subscriber(email=f"reader{n:04d}@{domain}", name=f"Reader {n}") for n in range(1, count + 1)]


class Clock:
    """A clock that is set by hand, and goes on by itself only as far as the test says."""

    def __init__(self, now: datetime = FROZEN) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@cache
def _mail() -> MailAssembler:
    # templates are read and compiled once for all tests
    return make_assembler()


class Dispatching:
    """One newsletter with one issue."""

    def __init__(self, database: Database, *, issue: Issue | None = None) -> None:
        self.clock = Clock()
        self.store = SqlStore(database, clock=self.clock)
        self.issue = issue or make_issue(3)
        self.store.issues.save(self.issue)
        self.settings = SendSettings(
            pool=PoolSettings(connections=3, patience=2, backoff=0.01),
            schedule=RetrySchedule(),
            uncertain=UncertainPolicy.HOLD,
        )
        self.mail = _mail()

    def subscribe(self, *people: Subscriber) -> None:
        """Add subscribers."""
        self.store.subscribers.upsert(people)

    def plan(self, **options: bool) -> int:
        """Plan the issue; returns how many rows are new."""
        plan = Plan(
            issues=self.store.issues,
            subscribers=self.store.subscribers,
            deliveries=self.store.deliveries,
            select=IssueSelector,
            clock=self.clock,
        )
        return plan.run(self.issue.key, **options).added

    def send(
        self,
        server: SmtpServer,
        *,
        relay: dict[str, Any] | None = None,
        crash_hook: Callable[[str], None] = lambda _moment: None,
        signer: Any = None,
        run: dict[str, Any] | None = None,
        **settings: Any,
    ) -> DispatchReport:
        """Send what is due."""
        return Send(
            subscribers=self.store.subscribers,
            deliveries=self.store.deliveries,
            select=IssueSelector,
            mail=self.mail,
            connector=Connector(make_relay(server, **(relay or {}))),
            settings=replace(self.settings, **settings),
            clock=self.clock,
            signer=signer,
            crash_hook=crash_hook,
        ).run(self.issue, **(run or {}))

    def dry_run(self, outbox: Path, **options: Any) -> DryRun:
        """The dry run into this folder."""
        return DryRun(
            issues=self.store.issues,
            subscribers=self.store.subscribers,
            deliveries=self.store.deliveries,
            select=IssueSelector,
            mail=self.mail,
            outbox=outbox,
            clock=self.clock,
            **options,
        )

    def statuses(self) -> dict[str, DeliveryStatus]:
        """The state of every delivery, by address."""
        return {d.recipient.email: d.status for d in self.store.deliveries.of_issue(self.issue.key)}
