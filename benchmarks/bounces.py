"""How well reports are read and classified, beside flufl.bounce alone; and how long hostile ones take.

    python -m benchmarks.bounces [--fuzz 20000] [--worst]

The corpus says of each message, for each recipient, a reason, whether it is `hard`, and the codes. It was split by a
hash of the name: rules were tuned on two thirds, the rest was not looked at. What its `hard` leaves out and ours has:
disabled mailboxes (its reason `suspend`, or status 5.2.1). So two lines are printed: by the corpus's flags, and with
those added.

**Recognised**: something is read out of it. **Precision**, **recall**: of `hard`, a recipient each. CPU time of one
message is the best of five runs, since a machine that others use adds to it. `--fuzz` mutates the corpus and adds
bombs.
"""

from __future__ import annotations

import argparse
import email
import hashlib
import heapq
import json
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from flufl.bounce import all_failures

from benchmarks.recorded import DATA
from newsletter.domain.bounces import EventKind
from newsletter.mail.reports import read_report
from tests.support.hostile_mail import bombs, mutated

FOLDER = DATA / "bounces"
BOUNCES = {EventKind.HARD, EventKind.SOFT, EventKind.POLICY}


@dataclass
class Score:
    """Sums over messages."""

    name: str
    messages: int = 0
    recognised: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    named: int = 0

    def add(self, expected: int, hard: int, *, recognised: bool, same_number: bool) -> None:
        """Count one message of which so many recipients are hard, and so many were called so."""
        self.messages += 1
        self.recognised += recognised
        self.right += min(expected, hard)
        self.wrong += max(0, hard - expected)
        self.missed += max(0, expected - hard)
        self.named += same_number

    def __str__(self) -> str:
        precision = self.right / max(1, self.right + self.wrong)
        recall = self.right / max(1, self.right + self.missed)
        return (
            f"  {self.name:<44} recognised {self.recognised / self.messages:.3f}   hard: precision {precision:.3f}"
            f" recall {recall:.3f}   as many recipients {self.named / self.messages:.3f}"
        )


def is_tuned_on(name: str) -> bool:
    return hashlib.sha256(name.encode()).digest()[0] % 3 != 0


def is_hard_for_us(expected: dict[str, Any]) -> bool:
    """As the corpus has it, and disabled mailboxes besides."""
    return bool(expected["hard"]) or expected["reason"] == "suspend" or expected["status"] == "5.2.1"


def flufl(raw: bytes) -> tuple[set[bytes], set[bytes]]:
    temporary, permanent = all_failures(email.message_from_bytes(raw))
    return set(temporary), set(permanent)


def quality(title: str, names: Sequence[str], expectations: dict[str, list[dict[str, Any]]]) -> None:
    ours, flags, alone = (
        Score(name) for name in ("newsletter", "newsletter, by the corpus's flags", "flufl.bounce alone")
    )
    complaints = complaints_read = agreed = compared = 0
    for name in names:
        raw = (FOLDER / "mail" / f"{name}.eml").read_bytes()
        expected, report = expectations[name], read_report(raw)
        hard = sum(event.kind is EventKind.HARD for event in report.events)
        same = len(report.events) == len(expected)
        recognised = bool(report.events)
        flags.add(sum(e["hard"] for e in expected), hard, recognised=recognised, same_number=same)
        ours.add(sum(map(is_hard_for_us, expected)), hard, recognised=recognised, same_number=same)
        temporary, permanent = flufl(raw)
        alone.add(
            *(sum(e["hard"] for e in expected), len(permanent)),
            recognised=bool(temporary | permanent),
            same_number=len(temporary | permanent) == len(expected),
        )
        if expected[0]["reason"] == "feedback":
            complaints += 1
            complaints_read += all(e.kind is EventKind.COMPLAINT for e in report.events) and recognised
        addresses = {event.recipient.lower() for event in report.events} - {""}
        if len(temporary | permanent) == len(expected) and addresses:
            compared += 1
            agreed += addresses == {a.decode("ascii", "replace").lower() for a in temporary | permanent}
    print(f"{title}: {len(names)} messages")
    print(ours, flags, alone, sep="\n")

    print(f"  complaints read as such {complaints_read} of {complaints}; where flufl.bounce names as many recipients")
    print(f"  as expected, the same are named in {agreed / max(1, compared):.3f} ({agreed} of {compared})")


def others(expectations: dict[str, list[dict[str, Any]]]) -> None:
    """What is no bounce, and the same messages with other line ends."""
    vacations = [name for name, expected in expectations.items() if expected[0]["reason"] == "vacation"]
    calm = [FOLDER / "mail" / f"{name}.eml" for name in vacations] + sorted((FOLDER / "other").glob("not-*.eml"))
    taken = [path.name for path in calm if BOUNCES & {event.kind for event in read_report(path.read_bytes()).events}]
    print(f"Non-bounces and vacations: {len(calm)}; taken for a bounce: {len(taken)} {taken or ''}")
    line_ends = sorted(p for p in (FOLDER / "other").glob("*.eml") if p.name[:4] in {"dos-", "mac-"})
    recognised = same = 0
    for path in line_ends:
        raw = path.read_bytes()
        report = read_report(raw)
        recognised += bool(report.events)
        same += report == read_report(raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    print(f"With CRLF or CR: {len(line_ends)} messages; recognised {recognised}; read as with LF {same}")


def speed(names: Iterable[str], *, show: bool) -> None:
    ours: dict[str, float] = {}
    alone: dict[str, float] = {}
    for name in names:
        raw = (FOLDER / "mail" / f"{name}.eml").read_bytes()
        ours[name] = min(_seconds(read_report, raw) for _ in range(5))
        alone[name] = min(_seconds(flufl, raw) for _ in range(5))
    for title, measured in (("newsletter", ours), ("flufl.bounce alone", alone)):
        ordered = sorted(measured.values())
        print(
            f"CPU time a message, {title:<18} median {1000 * statistics.median(ordered):.2f} ms"
            f"   worst {1000 * ordered[-1]:.2f} ms   all {1000 * sum(ordered):.0f} ms"
        )
    print(f"Ratio of the sums: {sum(ours.values()) / sum(alone.values()):.2f}")
    if show:
        for name in sorted(ours, key=lambda name: -ours[name])[:8]:
            print(f"  {1000 * ours[name]:.2f} ms  {name}")


def fuzz(count: int) -> None:
    """Mutated messages and bombs: none fails, none takes long or much."""
    chance = random.Random(7)
    samples = [path.read_bytes() for path in sorted((FOLDER / "mail").glob("*.eml"))]
    slowest: list[tuple[float, int, bytes]] = []
    messages = longest = 0
    for raw in chain(bombs(), (mutated(chance, samples) for _ in range(count))):
        messages, longest = messages + 1, max(longest, len(raw))
        heapq.heappush(slowest, (_seconds(read_report, raw), messages, raw))
        if len(slowest) > 40:
            heapq.heappop(slowest)
    peak = worst = 0.0
    for _, _, raw in slowest:
        worst = max(worst, min(_seconds(read_report, raw) for _ in range(3)))
        tracemalloc.start()
        read_report(raw)
        peak = max(peak, tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    print(f"Hostile: {messages} messages of up to {longest / 1e6:.1f} MB, none failed; of the 40 slowest the worst:")
    print(f"  {1000 * worst:.1f} ms of CPU time (best of three), {peak / 1e6:.1f} MB of memory")


def _seconds(read: Callable[[bytes], object], raw: bytes) -> float:
    begin = time.process_time()
    read(raw)
    return time.process_time() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fuzz", type=int, default=2000, metavar="NUMBER", help="mutated messages besides the bombs")
    parser.add_argument("--worst", action="store_true", help="name the slowest messages")
    options = parser.parse_args()
    expectations: dict[str, list[dict[str, Any]]] = json.loads(
        Path(FOLDER / "expected.json").read_text(encoding="utf-8")
    )
    names = sorted(expectations)
    quality("Tuned on", [name for name in names if is_tuned_on(name)], expectations)
    quality("Held out", [name for name in names if not is_tuned_on(name)], expectations)
    quality("All", names, expectations)
    others(expectations)
    speed(names, show=options.worst)
    fuzz(options.fuzz)


if __name__ == "__main__":
    main()
