"""Killing dispatches at random and at every named moment, and resuming them: nobody lost, nobody twice by the batch.

A *nursery* is a process that has everything imported and forks one dispatch at a time, so that hundreds of lives cost
no hundreds of interpreter starts. What is killed is a real process in the middle of real sending.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from newsletter.domain.delivery import DeliveryStatus, UncertainPolicy
from newsletter.domain.issues import IssueKey, SelectionRequest
from newsletter.domain.matching import IssueSelector
from newsletter.mail.assembly import MailAssembler
from newsletter.mail.smtp import Connector, PoolSettings, Relay, Security, Timeouts
from newsletter.services.dispatch import DispatchReport, Plan, Send, SendSettings
from newsletter.store import Database, SqlStore
from tests.support.dispatching import subscribers
from tests.support.mails import make_assembler
from tests.support.samples import make_issue
from tests.support.smtp_server import Accepted, SmtpServer

__all__ = ["MOMENTS", "Crashes", "Life", "Nursery", "Result", "nurseries"]

MOMENTS = ("asked", "written", "before commit", "committed", "begun", "handed over", "answered")
"""Where a crash matters: the names that the pool and the ledger call out."""

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Life:
    """One dispatch: with how many connections, and at which moment (the how-manieth time) it ends itself."""

    url: str
    port: int
    day: str
    connections: int
    policy: str
    moment: str = ""
    count: int = 0


def _now() -> datetime:
    return datetime.now(UTC)


def live(life: Life) -> DispatchReport:
    """Be one dispatch, from the start to the end or to the moment."""
    left = life.count

    def crash_hook(name: str) -> None:
        nonlocal left
        if name == life.moment:
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    database = Database(life.url)
    store = SqlStore(database, clock=_now)
    issue = store.issues.get(IssueKey.parse(life.day))
    assert issue is not None
    return Send(
        subscribers=store.subscribers,
        deliveries=store.deliveries,
        select=IssueSelector,
        mail=_mail(),
        connector=Connector(
            Relay(
                host="127.0.0.1",
                port=life.port,
                security=Security.NONE,
                name="crash.example",
                timeouts=Timeouts.at_most(20),
            )
        ),
        settings=SendSettings(
            pool=PoolSettings(connections=life.connections, backoff=0.05), uncertain=UncertainPolicy(life.policy)
        ),
        clock=_now,
        crash_hook=crash_hook,
    ).run(issue)


@cache
def _mail() -> MailAssembler:
    return make_assembler()


def _nurse() -> None:
    """Fork one life a line of standard input; say its process id, and later how it ended."""
    # what is read, compiled and imported when it is first needed is so once, and every life inherits it
    issue = make_issue(1)
    _mail().in_language(issue, "en")
    IssueSelector(issue).select(SelectionRequest(("paper",), 30))
    for line in sys.stdin:
        life = Life(**json.loads(line))
        pid = os.fork()
        if pid == 0:
            try:
                live(life)
            except BaseException as error:  # noqa: BLE001  # a fork must never go on as its parent
                sys.stderr.write(f"{type(error).__name__}: {error}\n")
                os._exit(1)
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


class Nursery:
    """Starts lives, one at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = 0

    def start(self, life: Life) -> None:
        """Begin a life."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(life.__dict__) + "\n")
        self._process.stdin.flush()
        self.pid = int(self._process.stdout.readline())

    def kill(self) -> None:
        """`kill -9`."""
        os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> int:
        """Wait for the end of the life; 0 or the exit status, -9 for a killed one."""
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


@contextmanager
def nurseries(count: int) -> Iterator[list[Nursery]]:
    """So many nurseries."""
    with ExitStack() as stack:
        result = []
        for _ in range(count):
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.crash"],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            result.append(Nursery(process))
        yield result


@dataclass
class Result:
    """What a series of crashes came to."""

    recipients: set[str]
    accepted: list[Accepted]
    uncertain: set[str]
    kills: int
    connections: int
    states: Counter[str] = field(default_factory=Counter)

    @property
    def lost(self) -> set[str]:
        """Who neither got it nor is known to be uncertain."""
        return self.recipients - {a.recipient for a in self.accepted} - self.uncertain

    @property
    def duplicates(self) -> int:
        """Messages that somebody got once more."""
        return len(self.accepted) - len({a.recipient for a in self.accepted})

    @property
    def differing(self) -> set[str]:
        """Who got two messages that were not the same."""
        contents: dict[str, set[tuple[str, bytes]]] = defaultdict(set)
        for accepted in self.accepted:
            contents[accepted.recipient].add((accepted.sender, accepted.content))
        return {recipient for recipient, found in contents.items() if len(found) > 1}

    def __str__(self) -> str:
        return (
            f"{len(self.recipients):,} recipients, {self.kills} kills: {len(self.lost)} lost, {self.duplicates} "
            f"duplicates (at most {self.kills * self.connections}), {len(self.differing)} of them different, "
            f"{len(self.uncertain)} uncertain; {dict(self.states)}"
        )


class Crashes:
    """An issue with its audience, to be dispatched by processes that are killed."""

    def __init__(
        self, url: str, server: SmtpServer, *, recipients: int, connections: int, policy: UncertainPolicy
    ) -> None:
        self._database = Database(url)
        self._database.open()
        self._store = SqlStore(self._database, clock=_now)
        self._issue = make_issue(1, day=_now().date())
        self._store.issues.save(self._issue)
        people = subscribers(recipients)
        self._recipients = {person.email for person in people}
        self._store.subscribers.upsert(people)
        Plan(
            issues=self._store.issues,
            subscribers=self._store.subscribers,
            deliveries=self._store.deliveries,
            select=IssueSelector,
            clock=_now,
        ).run(self._issue.key)
        self._server = server
        self._connections = connections
        self._life = Life(url, server.port, self._issue.key.slug, connections, policy.value)
        self._kills = 0

    def life(self, moment: str = "", count: int = 0) -> Life:
        """A life of this issue."""
        return Life(**{**self._life.__dict__, "moment": moment, "count": count})

    @property
    def unfinished(self) -> int:
        """How many deliveries are still to be sent."""
        totals = self._store.deliveries.totals(self._issue.key)
        return sum(totals.get(s, 0) for s in (DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.DEFERRED))

    def killed_at(self, nursery: Nursery, moment: str, count: int) -> bool:
        """A life that ends at a moment; False if it was through before."""
        nursery.start(self.life(moment, count))
        killed = nursery.ended() == -signal.SIGKILL
        self._kills += killed
        return killed

    def killed_at_random(self, nursery: list[Nursery], chance: random.Random, *, within: float) -> None:
        """Lives of which each is killed at a random moment after the first message has gone."""
        before = len(self._server.accepted)
        for one in nursery:
            one.start(self.life())
        waiting = time.monotonic() + 20
        while len(self._server.accepted) == before and time.monotonic() < waiting:
            if not any(_is_alive(one.pid) for one in nursery):
                break
            time.sleep(0.001)
        for one in chance.sample(nursery, len(nursery)):
            time.sleep(chance.uniform(0, within))
            # one that has ended already is no longer anybody's process
            if _is_alive(one.pid):
                one.kill()
        self._kills += sum(one.ended() == -signal.SIGKILL for one in nursery)

    def finish(self, nursery: Nursery) -> Result:
        """Resume without a kill until nothing is left, and say what it came to."""
        for _ in range(5):
            nursery.start(self.life())
            assert nursery.ended() == 0
            if not self.unfinished:
                break
        deliveries = list(self._store.deliveries.of_issue(self._issue.key))
        self._database.close()
        return Result(
            recipients=self._recipients,
            accepted=list(self._server.accepted),
            uncertain={d.recipient.email for d in deliveries if d.status is DeliveryStatus.UNCERTAIN},
            kills=self._kills,
            connections=self._connections,
            states=Counter(d.status.value for d in deliveries),
        )


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


if __name__ == "__main__":
    _nurse()
