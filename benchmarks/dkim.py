"""What a DKIM signature costs: `python -m benchmarks.dkim`.

The signer of this product against the bare RSA signature (the floor) and dkimpy, on the same real message; then a
signed dispatch into `smtp-sink` by two processes, against what the same two can sign when they do nothing else.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import dkim as dkimpy

from benchmarks.dispatch import Newsletter, now, sink
from newsletter.domain.matching import IssueSelector
from newsletter.mail.dkim import DkimKey, DkimSigner, create_key
from newsletter.mail.smtp import Connector, PoolSettings, Relay, Security
from newsletter.services.dispatch import DispatchReport, MessageMaker, Send, SendSettings, send_in_processes
from newsletter.store import Database, SqlStore
from tests.support.mails import make_assembler

PROCESSES = 2


def _milliseconds(function: Callable[[], object], count: int) -> float:
    rounds = []
    for _ in range(5):
        begin = time.process_time()
        for _ in range(count):
            function()
        rounds.append((time.process_time() - begin) / count * 1000)
    return statistics.median(rounds)


def _sign_for(path: Path, seconds: float) -> float:
    """Bare signatures a second of one process among several."""
    key = DkimKey.load(path, "rsa")
    begin, count = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        for _ in range(50):
            key.sign(b"x" * 500)
        count += 50
    return count / (time.perf_counter() - begin)


def send(folder: Path, port: int) -> DispatchReport:
    """One signing process."""
    store = SqlStore(Database("sqlite:///newsletter.db", folder=folder), clock=now)
    issue = store.issues.get(store.issues.archive()[0].key)
    assert issue is not None
    return Send(
        subscribers=store.subscribers,
        deliveries=store.deliveries,
        select=IssueSelector,
        mail=make_assembler(),
        connector=Connector(Relay(host="127.0.0.1", port=port, security=Security.NONE, name="bench.example")),
        settings=SendSettings(pool=PoolSettings(connections=24)),
        clock=now,
        signer=DkimSigner("example.org", [DkimKey.load(folder / "rsa.pem", "rsa")]),
    ).run(issue)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=8000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sink() as port:
        folder = Path(name)
        rsa = create_key(folder / "rsa.pem", "rsa")
        ed = create_key(folder / "ed.pem", "ed", kind="ed25519")
        newsletter = Newsletter("sqlite:///newsletter.db", folder, options.messages, 14)
        newsletter.plan()
        delivery = next(newsletter.store.deliveries.of_issue(newsletter.issue.key))
        message = MessageMaker(newsletter.issue, IssueSelector, newsletter.mail).make(delivery.recipient)
        signers = [(label, DkimSigner("example.org", keys)) for label, keys in (("RSA", [rsa]), ("Ed25519", [ed]))]
        floor = _milliseconds(lambda: rsa.sign(b"x" * 500), 200)
        pem, whole = (folder / "rsa.pem").read_bytes(), bytes(message)
        rows = [("RSA-2048 signature alone", floor)]
        rows += [(f"this product, {label}", _milliseconds(partial(s.sign, message), 200)) for label, s in signers]
        theirs = partial(dkimpy.sign, whole, b"rsa", b"example.org", pem)
        rows.append(("dkimpy, RSA", _milliseconds(theirs, 5)))
        print(f"One signature over {len(whole):,} octets, milliseconds of CPU, relaxed/relaxed")
        for label, value in rows:
            print(f"{label:28} {value:8.3f}   {value / floor:6.2f} of the bare signature")
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            able = sum(pool.map(partial(_sign_for, folder / "rsa.pem"), [3.0] * PROCESSES))
        newsletter.database.close()
        report = send_in_processes(partial(send, folder, port), PROCESSES)
        rate = options.messages / report.seconds
        print(f"\nSigned dispatch by {PROCESSES} processes into smtp-sink: {rate:,.0f} messages/s")
        print(f"The same processes can sign {able:,.0f} times a second doing nothing else: {rate / able:.2f} of that")


if __name__ == "__main__":
    main()
