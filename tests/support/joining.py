"""Somebody at the door, in a few lines: a database, a clock set by hand, the product's own parts around a server."""

from __future__ import annotations

import email
import email.policy
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from newsletter.domain.delivery import Letter, Pacer
from newsletter.domain.issues import IssueKey
from newsletter.domain.matching import IssueSelector
from newsletter.domain.ports import Settled
from newsletter.domain.subscribers import (
    Case,
    Decision,
    JoiningRules,
    LetterKind,
    Preferences,
    Subscriber,
    decide,
)
from newsletter.mail.letters import LetterAssembler
from newsletter.mail.smtp import Connector, PoolSettings
from newsletter.render.environment import Templates
from newsletter.render.letters import LetterRenderer
from newsletter.services.catch_up import CatchUpMail
from newsletter.services.dispatch import Plan, Send, SendSettings, Timetable
from newsletter.services.joining import Asker, Joining
from newsletter.services.joining.first_digest import FirstDigests
from newsletter.services.joining.settling import SettleRequests
from newsletter.services.letters import LetterMaker, LetterRound, SendLetters
from newsletter.store import Database, SqlStore
from tests.support.dispatching import Clock, make_relay
from tests.support.mails import make_assembler
from tests.support.samples import DAY
from tests.support.smtp_server import Accepted, SmtpServer

__all__ = ["BASE_URL", "TITLE", "AtTheDoor", "link_in", "make_writer", "subject_of", "text_of"]

BASE_URL = "https://papers.example.org"
TITLE = "Paper digest"
ROOT = Path(__file__).parents[2]
_LINK = re.compile(rf"{re.escape(BASE_URL)}/(confirm|preferences)/(\S+)")


@cache
def make_writer() -> LetterRenderer:
    """The product's own words."""
    return LetterRenderer(
        Templates([ROOT / "templates"]),
        title=TITLE,
        base_url=BASE_URL,
        contact="digest@example.org",
        postal_address="1 Example Street",
        zone=UTC,
    )


def text_of(mail: Accepted) -> str:
    """The plain text of a letter."""
    message = email.message_from_bytes(mail.content, policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def subject_of(mail: Accepted) -> str:
    """Its subject."""
    return str(email.message_from_bytes(mail.content, policy=email.policy.default)["Subject"])


def link_in(mail: Accepted, page: str = "confirm") -> str:
    """The token of the link in a letter, which stands there once a language and in each the same."""
    found = {(match[1], match[2]) for match in _LINK.finditer(text_of(mail))}
    assert [name for name, _ in found] == [page]
    return "".join(token for _, token in found)


class AtTheDoor:
    """One newsletter that anybody may join."""

    def __init__(self, database: Database, server: SmtpServer, *, rules: JoiningRules | None = None) -> None:
        self.clock = Clock()
        self.store = SqlStore(database, clock=self.clock)
        self.server = server
        self.rules = rules or JoiningRules()
        self.record_ip = False
        self.sends_first = True
        self.languages = ("en", "zh-Hans")

    @property
    def joining(self) -> Joining:
        """Asking and confirming."""
        return Joining(
            self.store.joining,
            rules=self.rules,
            secrets=self.store.secrets,
            clock=self.clock,
            record_ip=self.record_ip,
            sends_first=self.sends_first,
        )

    def join(self, address: str = "ada@example.org", *, first: bool = False, **wishes: Any) -> None:
        """Somebody fills in the form."""
        chosen = Preferences(**({"interests": ("rag",)} | wishes))
        asker = Asker(address="192.0.2.7", language="en", form="page-1")
        assert self.joining.ask_to_join(address, chosen, asker=asker, wants_first=first) is None

    def ask_for_link(self, address: str = "ada@example.org") -> None:
        """Somebody has lost their link."""
        assert self.joining.ask_for_link(address, asker=Asker(language="en")) is None

    def move(self, subscriber: Subscriber, address: str) -> None:
        """A subscriber wants the newsletter elsewhere."""
        assert self.joining.ask_to_move(subscriber, address, asker=Asker(form="move-1")) is None

    def settle(self) -> Settled:
        """Decide on what waits."""
        return SettleRequests(self.store.joining, self.rules, clock=self.clock).run()

    def sender(self, crash_hook: Callable[[str], None] = lambda _moment: None) -> SendLetters:
        """What sends letters to the server."""
        connector = Connector(make_relay(self.server))
        maker = LetterMaker(
            joining=self.store.joining,
            subscribers=self.store.subscribers,
            suppressions=self.store.suppressions,
            rules=self.rules,
            writer=make_writer(),
            mail=LetterAssembler(
                title=TITLE, sender="digest@example.org", bounces="bounces@example.org", secret=self.store.secret()
            ),
            secrets=self.store.secrets,
            clock=self.clock,
            base_url=BASE_URL,
            languages=self.languages,
            catch_ups=CatchUpMail(
                issues=self.store.issues,
                select=IssueSelector,
                mail=make_assembler(),
                preface=lambda _language, first, last: f"What you missed from {first} to {last}",
            ),
            today=lambda: self.clock().date(),
        )
        first = FirstDigests(
            issues=self.store.issues,
            subscribers=self.store.subscribers,
            deliveries=self.store.deliveries,
            select=IssueSelector,
            send=self.dispatch,
            clock=self.clock,
            late_after=timedelta(days=3),
            timetable=Timetable(),
        )
        return SendLetters(
            self.store.letters,
            maker,
            connector,
            pool=PoolSettings(connections=1, patience=2, backoff=0.01),
            pacer=Pacer(now=time.monotonic()),
            clock=self.clock,
            digests={LetterKind.FIRST: first},
            crash_hook=crash_hook,
        )

    def decide(self, cases: Sequence[Case], used: int) -> tuple[Decision, ...]:
        """What becomes of requests at this moment."""
        return decide(cases, self.rules, now=self.clock(), used=used)

    def plan(self) -> int:
        """Plan the issue of the samples; returns how many deliveries are new."""
        plan = Plan(
            issues=self.store.issues,
            subscribers=self.store.subscribers,
            deliveries=self.store.deliveries,
            select=IssueSelector,
            clock=self.clock,
        )
        return plan.run(IssueKey(DAY)).added

    def dispatch(self) -> Send:
        """What sends issues."""
        return Send(
            subscribers=self.store.subscribers,
            deliveries=self.store.deliveries,
            select=IssueSelector,
            mail=make_assembler(),
            connector=Connector(make_relay(self.server)),
            settings=SendSettings(pool=PoolSettings(connections=1, patience=2, backoff=0.01)),
            clock=self.clock,
        )

    def send(self) -> LetterRound:
        """Send what is due."""
        return self.sender().run()

    def work(self) -> list[Accepted]:
        """Decide and send; the mails that went out for that."""
        before = len(self.server.accepted)
        self.settle()
        self.send()
        return self.server.accepted[before:]

    def joined(self, address: str = "ada@example.org", **wishes: Any) -> Subscriber:
        """Somebody who has asked and confirmed."""
        self.join(address, **wishes)
        [mail] = self.work()
        link = self.joining.confirm(link_in(mail), asker=Asker())
        assert link is not None
        assert link.subscriber is not None
        return link.subscriber

    def let(self, **changes: Any) -> None:
        """Change a rule."""
        self.rules = replace(self.rules, **changes)

    def letters(self) -> list[Letter]:
        """All letters, in their order."""
        return [*reversed(self.store.letters.newest(1000))]
