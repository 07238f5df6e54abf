"""Recorded days of June as daily runs with real sends, and what can go wrong with sources thrown in.

Every paper that was announced or featured stands in exactly one daily issue, and reaches every reader who wants it
exactly once: counted from the recordings with nothing of the product's. A feed whose address is a secret is among the
sources, and the secret is nowhere afterwards.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.e2e.command import newsletter
from tests.e2e.test_secret_addresses import CANARY, leaks
from tests.support.faulty_june import Faults, Ran, run_day, serving_faults, start_day, write_settings
from tests.support.http_server import HttpServer
from tests.support.replayed_june import CATEGORIES, feeds_of, listed, starred
from tests.support.shared import needs_shared
from tests.support.smtp_server import Behaviour, SmtpServer, running_server

HOLIDAY = date(2026, 6, 22)
READERS = {"brains@example.org": "q-bio.NC", "languages@example.org": "cs.PL", "speed@example.org": "cs.PF"}
"""Who reads which category: small ones, so that there is room for all their papers in a mail."""


@dataclass(frozen=True)
class Plan:
    """What goes wrong on a day, and in which words the run of the day is expected to say so."""

    faults: Mapping[str, str | int]
    filling: int | None = None
    record: bool = True
    missed: bool = False
    killed: bool = False
    lab: int = 200
    said: str = ""


@dataclass
class Day:
    """What became of a day."""

    ran: Ran
    papers: tuple[str, ...]
    posts: tuple[str, ...]
    mails: int


class Newsletter:
    """The daily job over servers with faults."""

    def __init__(
        self, folder: Path, server: HttpServer, relay: SmtpServer, faults: Faults, feeds: Sequence[str]
    ) -> None:
        self.folder, self.relay, self.faults, self.last = folder, relay, faults, feeds[-1]
        readers = {address: f"cat:{category}" for address, category in READERS.items()}
        readers["lab@example.org"] = "lab did"
        write_settings(folder, server.url, relay.port, feeds, readers, f"{CANARY}-june-0123456789")

    def day(self, day: date, plan: Plan) -> Day:
        """One day: nothing where it is missed; killed while it collects, and while it sends, where that is planned."""
        f = self.faults
        f.day, f.feeds, f.filling, f.record, f.lab = day, dict(plan.faults), plan.filling, plan.record, plan.lab
        before = len(self.relay.accepted)
        if plan.missed:
            return Day(Ran(nothing="the job did not run"), (), (), 0)
        if plan.killed:
            self._kill(day)
        ran = run_day(self.folder, day)
        path = self.folder / "site" / "issues" / str(day) / "issue.json"
        papers = json.loads(path.read_text())["papers"] if path.exists() else []
        return Day(
            ran,
            tuple(paper["id"].removeprefix("arxiv:") for paper in papers if paper["id"].startswith("arxiv:")),
            tuple(paper["title"] for paper in papers if not paper["id"].startswith("arxiv:")),
            len(self.relay.accepted) - before,
        )

    def _kill(self, day: date) -> None:
        process = start_day(self.folder, day)
        self.faults.at_feed = lambda feed: process.kill() if feed == self.last else None
        assert process.wait(300) != 0
        self.faults.at_feed = lambda _: None
        process = start_day(self.folder, day)

        def kill(_: str) -> str:
            process.kill()
            return "250 2.0.0 Ok: queued"

        # the relay takes the message, and nobody is there any more to hear of it
        self.relay.behaviour.answers["FINAL"] = kill
        assert process.wait(300) != 0
        del self.relay.behaviour.answers["FINAL"]


def run(tmp_path: Path, days: Sequence[date], feeds: Sequence[str], plans: Mapping[date, Plan]) -> dict[date, Day]:
    """Run the days, print what became of them, and hold them against the recordings."""
    faults = Faults(days[0])
    ended: dict[date, Day] = {}
    with serving_faults(faults) as server, running_server(Behaviour()) as relay:
        job = Newsletter(tmp_path, server, relay, faults, feeds)
        for day in days:
            plan = plans.get(day, Plan({}))
            ended[day] = job.day(day, plan)
            ran = ended[day].ran
            told = "\n".join((ran.nothing, *ran.problems, *ran.gaps))
            print(f"{day:%a %d} {len(ended[day].papers):5} papers {ended[day].mails} mails  {_short(plan, told)}")
            assert plan.said in told, (day, told)
        received = _received(relay)
        said = "".join("\n".join((d.ran.nothing, *d.ran.problems, *d.ran.gaps)) for d in ended.values())
        _nothing_told(tmp_path, max(day for day in ended if ended[day].papers), relay, said)
    _everything_once(days, feeds, ended, received)
    return ended


def _nothing_told(folder: Path, day: date, relay: SmtpServer, said: str) -> None:
    """The secret of the lab's address is in nothing that was said, written or sent, nor in what a person then asks."""
    assert CANARY in (folder / "newsletter.toml").read_text()
    for command in (("send", "--dry-run", "--date", str(day)), ("status", "--days", "366", "--json"), ("doctor",)):
        done = newsletter(folder, *command)
        said += done.stdout + done.stderr
    assert "127.0.0.1" in said
    assert CANARY not in said
    assert (folder / "outbox" / str(day) / "manifest.json").exists()
    assert leaks(folder) == []
    assert [a.recipient for a in relay.accepted if CANARY.encode() in a.content] == []
    for accepted in relay.accepted:
        for part in email.message_from_bytes(accepted.content, policy=email.policy.default).walk():
            assert part.is_multipart() or CANARY not in part.get_content()


def _short(plan: Plan, told: str) -> str:
    parts = [f"{feed} {fault}" for feed, fault in plan.faults.items()]
    parts += [f"Hugging Face has {plan.filling} so far"] if plan.filling else []
    parts += ["OAI-PMH is down"] if not plan.record else []
    parts += [f"the lab answers {plan.lab}"] if plan.lab != 200 else []
    parts += ["missed"] if plan.missed else []
    parts += ["killed twice"] if plan.killed else []
    return f"{', '.join(parts) or '-'} | {told.strip().splitlines()[0][:110] if told.strip() else 'complete'}"


def _received(relay: SmtpServer) -> dict[str, Counter[str]]:
    received: dict[str, Counter[str]] = defaultdict(Counter)
    for accepted in relay.accepted:
        message = email.message_from_bytes(accepted.content, policy=email.policy.default)
        text = message.get_body(("plain",))  # type: ignore[attr-defined]
        received[accepted.recipient].update(set(re.findall(r"arxiv\.org/abs/(\d{4}\.\d{5})", text.get_content())))
    return received


def _is_new(day: date) -> bool:
    return day.weekday() < 5 and day != HOLIDAY


def _everything_once(
    days: Sequence[date], feeds: Sequence[str], ended: Mapping[date, Day], received: Mapping[str, Counter[str]]
) -> None:
    announced: dict[str, date] = {}
    first: dict[str, date] = {}
    categories: dict[str, list[str]] = {}
    for day in days:
        for number, record in listed(day).items() if _is_new(day) else ():
            if set(feeds_of(record)) & set(feeds):
                categories[number] = record["categories"]
                announced.setdefault(number, day)
                first.setdefault(number, day)
        for number in starred(day):
            first.setdefault(number, day)
    featured = {number for day in days for number in starred(day)}
    issued: dict[str, list[date]] = defaultdict(list)
    for day, result in ended.items():
        for number in result.papers:
            issued[number].append(day)
    posts = Counter(post for result in ended.values() for post in result.posts)
    assert posts == Counter(f"Post of {day}" for day in days if _is_new(day))
    assert {n: d for n, d in issued.items() if len(d) > 1} == {}
    assert sorted(first.keys() - issued.keys()) == []
    assert sorted(issued.keys() - first.keys()) == []
    late = {n: (first[n], issued[n][0]) for n in first if issued[n][0] != first[n]}
    assert all(timedelta(0) < at - due <= timedelta(days=3) for due, at in late.values())
    for address, category in READERS.items():
        wanted = {number for number in announced if category in categories[number]}
        assert {n: c for n, c in received[address].items() if c > 1} == {}, address
        # a paper that came first from Hugging Face had no category in its issue
        assert wanted - featured <= received[address].keys() <= wanted, address
        print(f"{address}: {len(wanted)} papers of {category}, {received[address].total()} received, once each")
    print(
        f"{len(days)} days: {len(announced)} papers announced, {len(featured)} featured, {len(first)} in all; "
        f"{len(issued)} in exactly one issue, {len(late)} of them a day or more late, none lost"
    )


@needs_shared
@pytest.mark.slow
def test_three_days_with_faults_lose_no_paper_and_repeat_none(tmp_path: Path) -> None:
    days = [date(2026, 6, n) for n in (9, 10, 11)]
    plans = {
        days[0]: Plan({"q-bio.NC": 404}, said="q-bio.NC: failed"),
        days[1]: Plan(
            {"cs.RO": "empty"}, filling=8, killed=True, lab=403, said="cs.RO: stale, the feed is empty though"
        ),
    }
    ended = run(tmp_path, days, ("cs.RO", "q-bio.NC", "cs.PL"), plans)
    assert ended[days[2]].ran == Ran()


def _twenty() -> Mapping[date, Plan]:
    june: Callable[[int], date] = lambda n: date(2026, 6, n)  # noqa: E731
    return {
        june(9): Plan({"cs.LG": 500}, said="cs.LG: failed"),
        june(10): Plan({"cs.CL": "empty"}, said="cs.CL: stale, the feed is empty though others have announced"),
        june(11): Plan({"cs.RO": "unreadable"}, said="cs.RO: failed, none of its"),
        june(12): Plan({}, filling=8, said="hf-daily: stale, 8 papers where"),
        june(15): Plan({"cs.AI": "cut off"}, lab=500, said="cs.AI: stale, 3 papers where"),
        june(16): Plan({"cs.CV": "impossible dates"}),
        june(17): Plan({}, missed=True),
        june(18): Plan({}, record=False),
        june(19): Plan({}, killed=True),
        june(22): Plan({}),
        june(23): Plan({"cs.SE": "stale"}, said="cs.SE: stale"),
        june(24): Plan(dict.fromkeys(CATEGORIES, 404), said="failed"),
    }


@needs_shared
@pytest.mark.slow
def test_twenty_days_with_every_fault_lose_no_paper_and_repeat_none(tmp_path: Path) -> None:
    days = [date(2026, 6, n) for n in range(8, 28)]
    ended = run(tmp_path, days, CATEGORIES, _twenty())
    for day in days[-3:]:
        assert ended[day].ran.gaps == ended[day].ran.problems == ()
