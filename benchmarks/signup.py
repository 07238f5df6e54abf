"""What strangers can learn and do at the public door: `python -m benchmarks.signup`.

Real `newsletter serve` processes that share one database, and a real mail server (aiosmtpd) as their relay.

- Enumeration: forms for unknown, known, unconfirmed and suppressed addresses, in an order of chance. All answers must
  have the same bytes; whether their times differ is asked of two tests for each pair of kinds, with Holm's correction,
  since twelve are looked at. As a control, the known ones' times made longer by a tenth must be told apart.
- Bombing: as many forms as an attacker likes for one victim, from one network and from one each; for as many
  victims from one network, and from one each. Spellings of the victim's address (`victim+1@…`) are part of it.
  Half way every process is stopped and started again. What went out is printed beside what the limits allow.
"""

from __future__ import annotations

import argparse
import http.client
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from urllib.parse import urlencode

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from benchmarks.two_samples import holm, kolmogorov_smirnov, mann_whitney
from newsletter.bootstrap import Application
from newsletter.domain.subscribers import Cause, Subscriber, SubscriptionState, Suppression, mailbox_key
from newsletter.services.progress import SilentProgress
from newsletter.settings import load_settings

KINDS = ("unknown", "known", "unconfirmed", "suppressed")
BUDGET = 200
"""Letters an hour, as `signup.budget` is by default."""
_QUIET = 6.0
"""Seconds without a mail after which no more are waited for."""


@dataclass
class Mailbox:
    """What the relay took: who each mail was for."""

    recipients: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """As aiosmtpd calls it."""
        self.recipients += [str(one) for one in envelope.rcpt_tos]
        return "250 taken"

    def wait(self) -> None:
        """Until nothing has come for a while."""
        before, since = -1, time.monotonic()
        while time.monotonic() - since < _QUIET:
            if len(self.recipients) != before:
                before, since = len(self.recipients), time.monotonic()
            time.sleep(0.2)


@dataclass
class Servers:
    """Processes that share one database, and the relay."""

    folder: Path
    mailbox: Mailbox
    ports: list[int] = field(default_factory=list)
    _running: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, count: int) -> None:
        """Start so many."""
        log = (self.folder / "serve.log").open("a")
        command = [sys.executable, "-m", "newsletter", "serve", "--port", "0"]
        self._running = [
            subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=log, text=True)
            for _ in range(count)
        ]
        log.close()
        self.ports = []
        for process in self._running:
            assert process.stdout is not None
            line = ""
            while not (match := re.search(r"127\.0\.0\.1:(\d+)", line)):
                line = process.stdout.readline()
                assert line, f"newsletter serve did not start; see {self.folder / 'serve.log'}"
            self.ports.append(int(match[1]))

    def stop(self) -> None:
        """Stop all of them, as an operator would."""
        for process in self._running:
            process.send_signal(signal.SIGTERM)
        for process in self._running:
            process.wait(60)
            if process.stdout:
                process.stdout.close()
        self._running = []

    @contextmanager
    def application(self) -> Iterator[Application]:
        """The newsletter itself, to be looked into."""
        application = Application(load_settings(self.folder / "newsletter.toml", {}), progress=SilentProgress())
        try:
            yield application
        finally:
            application.close()


@contextmanager
def serving(count: int, prepare: Callable[[Application], None] | None = None) -> Iterator[Servers]:
    """So many processes over a new database, which `prepare` fills before they start."""
    mailbox = Mailbox()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with socket.create_server(("127.0.0.1", 0)) as line:
            relay = line.getsockname()[1]  # the controller asks for one that is free
        controller = Controller(mailbox, hostname="127.0.0.1", port=relay)
        controller.start()
        stack.callback(controller.stop)
        (folder / "newsletter.toml").write_text(
            f"""
[newsletter]
title = "The Daily Sample"
base_url = "https://papers.example.org"
from = "digest@papers.example.org"
[smtp]
host = "127.0.0.1"
port = {relay}
security = "none"
[web]
signup = true
trusted_proxies = ["127.0.0.1"]
[signup]
budget = {BUDGET}
"""
        )
        servers = Servers(folder, mailbox)
        with servers.application() as application:
            application.upgrade_database()
            if prepare:
                prepare(application)
        servers.start(count)
        stack.callback(servers.stop)
        yield servers


class Browser:
    """Sends forms to one process over a connection that stays open."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._fields = {"interests": "retrieval\nauthor:Knuth", "cadence": "daily", "way": "mail", "first": "on"}
        self._line.request("GET", "/subscribe")
        page = self._line.getresponse().read().decode()
        match = re.search(r'name="moment" value="([^"]+)"', page)
        assert match, "the page has no form"
        self._fields["moment"] = match[1]
        self.given_at = time.monotonic()

    def send(self, email: str, network: str) -> tuple[int, bytes, float]:
        """Status, body and seconds of one form, sent from this network."""
        body = urlencode({**self._fields, "email": email})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": network}
        begun = time.perf_counter()
        self._line.request("POST", "/subscribe", body, headers)
        answer = self._line.getresponse()
        content = answer.read()
        return answer.status, content, time.perf_counter() - begun

    def close(self) -> None:
        """Hang up."""
        self._line.close()


def network(number: int) -> str:
    """One of many networks."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


# --- enumeration ------------------------------------------------------------------------------------------------------


def enumerate_addresses(posts: int) -> bool:
    """Print what answers say of addresses; whether they say nothing."""

    def prepare(application: Application) -> None:
        store = application.store
        states = {"known": SubscriptionState.CONFIRMED, "unconfirmed": SubscriptionState.UNCONFIRMED}
        store.subscribers.upsert(
            [Subscriber(email=address(kind, n), state=state) for kind, state in states.items() for n in range(posts)]
        )
        store.suppressions.take_in(
            [Suppression(email=address("suppressed", n), cause=Cause.COMPLAINT) for n in range(posts)]
        )

    order = [(kind, n) for kind in KINDS for n in range(posts)]
    random.Random(7).shuffle(order)
    bodies: dict[str, Counter[tuple[int, bytes]]] = {kind: Counter() for kind in KINDS}
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with serving(1, prepare) as servers:
        browser = Browser(servers.ports[0])
        time.sleep(2.5)
        for place in range(100):  # until everything is loaded
            browser.send(f"warm{place}@example.com", network(place))
        for place, (kind, n) in enumerate(order, 1000):
            status, body, seconds = browser.send(address(kind, n), network(place))
            bodies[kind][status, body] += 1
            times[kind].append(seconds)
        browser.close()
    print(f"Enumeration: {posts} forms a kind, in an order of chance\n")
    print(f"  {'kind':<12} {'forms':>6} {'answers':>8} {'bytes':>6} {'median ms':>10} {'p95 ms':>8}")
    for kind in KINDS:
        sizes = sorted({len(body) for _, body in bodies[kind]})
        high = statistics.quantiles(times[kind], n=20)[-1]
        print(
            f"  {kind:<12} {len(times[kind]):>6} {len(bodies[kind]):>8} {'/'.join(map(str, sizes)):>6}"
            f" {statistics.median(times[kind]) * 1000:>10.2f} {high * 1000:>8.2f}"
        )
    different = len(set().union(*bodies.values()))
    print(f"\n  different answers of all kinds: {different} (expected 1)\n")
    return print_tests(times) and different == 1


def address(kind: str, number: int) -> str:
    """All of one length, so that even a page that showed them would have the same bytes."""
    return f"{kind[:5]}{number:06d}@example.org"


def print_tests(times: dict[str, list[float]]) -> bool:
    """Print the tests of each pair; whether none of them tells two kinds apart, and the control does."""
    pairs = list(combinations(KINDS, 2))
    raw = [test(times[one], times[other]) for one, other in pairs for test in (mann_whitney, kolmogorov_smirnov)]
    adjusted = holm(raw)
    print(f"  {'pair':<26} {'Mann-Whitney p':>15} {'adjusted':>9} {'Kolmogorov-Smirnov p':>22} {'adjusted':>9}")
    for place, (one, other) in enumerate(pairs):
        ranks, distance = 2 * place, 2 * place + 1
        print(
            f"  {f'{one} / {other}':<26} {raw[ranks]:>15.3f} {adjusted[ranks]:>9.3f}"
            f" {raw[distance]:>22.3f} {adjusted[distance]:>9.3f}"
        )
    slower = [seconds * 1.1 for seconds in times["known"]]
    control = mann_whitney(slower, times["unknown"]), kolmogorov_smirnov(slower, times["unknown"])
    print(f"  {'control: known + 10 %':<26} {control[0]:>15.3g} {'':>9} {control[1]:>22.3g}")
    silent = min(adjusted) > 0.05
    verdict = "cannot be told apart" if silent else "CAN BE TOLD APART"
    print(f"\n  times {verdict} (least adjusted p {min(adjusted):.3f}; below 0.05 would count)")
    return silent


# --- bombing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attack:
    """Forms by number: for whom, and from where.

    And how many mails may go out to all and to one mailbox, and how many forms may be taken, of so many that were sent.
    """

    name: str
    email: Callable[[int], str]
    network: Callable[[int], str]
    allowed: Callable[[int], int]
    taken: Callable[[int], int]
    per_mailbox: int = 1


def _victim(number: int) -> str:
    """Spellings of one mailbox."""
    return "victim@example.org" if number % 3 == 0 else f"Victim+{number}@Example.org"


def _another(number: int) -> str:
    """A mailbox for each number."""
    return f"v{number}@example.org"


ATTACKS = (
    Attack("one victim, one network", _victim, lambda _: "192.0.2.1", lambda _: 1, lambda _: 10),
    Attack("one victim, a network each", _victim, network, lambda _: 1, lambda n: n),
    Attack("a victim each, one network", _another, lambda _: "192.0.2.1", lambda _: 10, lambda _: 10),
    Attack("a victim each, a network each", _another, network, lambda _: BUDGET, lambda n: n),
)


def bomb(attack: Attack, forms: int, processes: int) -> bool:
    """Print what went out; whether the limits held."""
    with serving(processes) as servers:
        before, first = send_all(servers, attack, range(forms // 2))
        servers.stop()
        servers.start(processes)
        after, second = send_all(servers, attack, range(forms // 2, forms))
        statuses, seconds = before + after, first + second
        servers.mailbox.wait()
        mails = servers.mailbox.recipients
        most = max(Counter(map(mailbox_key, mails)).values(), default=0)
    allowed = attack.allowed(forms)
    held = len(mails) <= allowed and most <= attack.per_mailbox
    taken, later = statuses["taken"], statuses["later"]
    print(
        f"  {attack.name:<30} {forms:>7} {taken:>7} {later:>8} {len(mails):>6} {allowed:>8} {most:>10}"
        f" {forms / seconds:>8.0f}  {'held' if held else 'BROKEN'}",
        flush=True,
    )
    if strange := {name: count for name, count in statuses.items() if name not in {"taken", "later"}}:
        print(f"    other answers: {strange}")
    return held and statuses["taken"] <= attack.taken(forms)


def outcome(status: int, body: bytes) -> str:
    """What an answer says."""
    heading = re.search(rb"<h1>([^<]*)</h1>", body)
    said = heading[1].decode() if heading else ""
    return {"Look in your mailbox": "taken", "Please wait a while": "later"}.get(said, f"{status} {said}")


def send_all(servers: Servers, attack: Attack, numbers: Sequence[int]) -> tuple[Counter[str], float]:
    """Send these forms to all processes at once, over a few connections each; statuses, and seconds it took."""
    ports = servers.ports * 2
    browsers = [Browser(port) for port in ports]
    time.sleep(max(0.0, 2.5 - (time.monotonic() - browsers[-1].given_at)))
    statuses: Counter[str] = Counter()
    lock = threading.Lock()

    def work(place: int) -> None:
        seen = Counter(
            outcome(*browsers[place].send(attack.email(n), attack.network(n))[:2])
            for n in numbers[place :: len(browsers)]
        )
        with lock:
            statuses.update(seen)

    begun = time.perf_counter()
    with ThreadPoolExecutor(len(browsers)) as pool:
        list(pool.map(work, range(len(browsers))))
    seconds = time.perf_counter() - begun
    for browser in browsers:
        browser.close()
    return statuses, seconds


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=400, help="forms a kind of address; 0 leaves enumeration out")
    parser.add_argument("--forms", type=int, default=10_000, help="forms an attack; 0 leaves bombing out")
    parser.add_argument("--processes", type=int, default=4, help="newsletter serve, so many times")
    options = parser.parse_args(arguments)
    well = True
    if options.posts:
        well &= enumerate_addresses(options.posts)
        print()
    if options.forms:
        print(f"Bombing: {options.processes} processes on one database, each stopped and started again half way\n")
        print(
            f"  {'attack':<30} {'forms':>7} {'taken':>7} {'refused':>8} {'mails':>6} {'allowed':>8} {'a mailbox':>10}"
            f" {'forms/s':>8}"
        )
        for attack in ATTACKS:
            well &= bomb(attack, options.forms, options.processes)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
