"""What readers cost others who save the dearest lists that may be saved: `python -m benchmarks.hostile_readers`.

On the recorded day of 1,259 papers (a generated one where the data is not):

- a table: for each family of lists (`benchmarks/hostile_lists.py`) the processor time of selecting, explaining 30
  papers, the reader's feed, their own page and their message, each beside the mean of 97 real lists in the same run;
- previews of lists over the last issues, real and hostile;
- a dry run of 41 such readers, in a process of its own;
- a real `newsletter serve`: the feeds of 97 ordinary readers alone, and while 41 such readers ask for theirs.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.dispatch import people
from benchmarks.hostile_lists import families, fill, hostile_lists
from benchmarks.subscriber_feeds import publish
from newsletter.bootstrap.resources import shipped
from newsletter.domain.delivery import feed_token
from newsletter.domain.issues import Issue, IssueKey, SelectionRequest
from newsletter.domain.matching import IssueSelector
from newsletter.domain.subscribers import Subscriber
from newsletter.formats import freeze_issue, parse_catalogue
from newsletter.render.outbox import OutboxRenderer
from newsletter.services.dispatch import DryRun, MessageMaker
from newsletter.services.held_issues import HeldIssues
from newsletter.services.interest_previews import InterestPreviews
from newsletter.services.reader_pages import DayWish
from newsletter.store import Database, SqlStore
from tests.support.june import WORKING_DAYS, june_issue
from tests.support.mails import make_assembler, make_templates
from tests.support.recorded_day import real_lists
from tests.support.samples import make_issue, make_recipient
from tests.support.shared import DATA
from tests.support.web import make_days, make_feeds

PAPERS, HOSTILE, BEST = 1_259, 41, 30
MOST_RATIO, MOST_SECONDS, MOST_MB, MOST_PREVIEW = 2.0, 30.0, 300.0, 300.0
PARTS = ("families", "previews", "dry-run", "server")
COLUMNS = ("select", "explain", "feed", "page", "message")


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def issues_of(days: int, papers: int | None = None) -> list[Issue]:
    """The first working days of the recorded June, the second of them first; generated ones where it is not there."""
    if DATA.is_dir():
        return [june_issue(day, papers) for day in sorted(WORKING_DAYS, key=lambda day: day != 2)[:days]]
    first = date(2026, 6, 2)
    made = [make_issue(papers or 600, day=first + timedelta(days=n)) for n in range(days)]
    return [freeze_issue(replace(one, key=IssueKey(one.key.day)), at=now()) for one in made]


def ordinary() -> list[tuple[str, ...]]:
    """The lists of real people."""
    lists = real_lists() if DATA.is_dir() else people() * 30
    return [tuple(dict.fromkeys(" ".join(text.split()) for text in one if text and text.strip())) for one in lists]


def spent(work: Callable[[], object]) -> float:
    """The processor time of one run, in ms."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def topics() -> dict[str, str]:
    """The catalogue that is shipped."""
    return parse_catalogue((shipped("subscribers") / "topics.toml").read_text()).expressions


def store_of(folder: Path, issues: Iterable[Issue], lists: Sequence[tuple[str, ...]] = ()) -> SqlStore:
    """A newsletter with these published issues, and readers with these lists."""
    database = Database("sqlite:///news.db", folder=folder)
    database.open()
    store = SqlStore(database, clock=now)
    store.settle()
    for issue in issues:
        publish(store, issue)
    store.subscribers.upsert(
        Subscriber(email=f"r{number:03}@example.org", interests=interests, max_papers=BEST)
        for number, interests in enumerate(lists)
    )
    return store


# --- one reader at a time ------------------------------------------------------------------------------------------


class Bench:
    """One published issue, held and indexed, and everything that a reader may ask of it."""

    def __init__(self, folder: Path) -> None:
        self.store = store_of(folder, issues_of(1, PAPERS))
        [self.status] = self.store.issues.archive()
        issue = self.store.issues.get(self.status.key)
        assert issue is not None
        self.issue = issue
        self.held = HeldIssues(self.store.issues, lambda issue: IssueSelector(issue, topics=topics()))
        self.selector = self.held.selector(self.status)
        self.feeds, self.pages = make_feeds(self.store, held=self.held), make_days(self.store, held=self.held)
        self.maker = MessageMaker(self.issue, lambda _: self.selector, make_assembler())
        self.costs(())  # what is rendered once for all readers

    def costs(self, interests: tuple[str, ...]) -> dict[str, float]:
        """What a list costs in ms, everything of it forgotten before each column; and the MB that selecting holds."""
        self.selector.forget()
        request = SelectionRequest(interests, BEST)
        row = {"select": spent(lambda: self.selector.select(request).places)}
        kept = self.selector.kept / 1e6
        selection = self.selector.select(request)
        row["explain"] = spent(lambda: (selection.picks, selection.outline))
        reader = Subscriber(email="x@example.org", id=1, interests=interests, max_papers=BEST)
        feed = self.feeds.look(reader, address="https://news.example.org/feed/x", form="atom")
        page = self.pages.look(replace(reader, max_papers=None), str(self.issue.key.day), DayWish(), folder="")
        assert page is not None
        steps: list[float] = []
        self.selector.forget()
        row["feed"] = spent(lambda: (stepped(lambda: self.feeds.prepare(feed), steps), self.feeds.write(feed)))
        self.selector.forget()
        row["page"] = spent(lambda: (stepped(lambda: self.pages.prepare(page), steps), self.pages.write(page)))
        recipient = make_recipient(1, interests=interests, max_papers=BEST)
        self.selector.forget()
        row["message"] = spent(lambda: self.maker.make(recipient))
        return {**row, "step": max(steps), "MB": kept}


def stepped(prepare: Callable[[], bool], steps: list[float]) -> int:
    """All steps of a document, with the time of each; how many they were."""
    more = True
    while more:
        begun = time.process_time()
        more = prepare()
        steps.append((time.process_time() - begun) * 1000)
    return len(steps)


def report_families(folder: Path) -> None:
    bench = Bench(folder)
    real = [bench.costs(interests) for interests in ordinary()]
    mean = {name: statistics.mean(row[name] for row in real) for name in real[0]}
    print(f"{len(bench.issue.papers):,} papers; ms and times the mean of {len(real)} real lists;")
    print("step: the longest of a document; MB: what selecting holds")
    print(f"{'list':32}{'lines':>6}" + "".join(f"{name:>15}" for name in COLUMNS) + f"{'step':>8}{'MB':>7}")

    def row(name: str, lines: int | str, costs: dict[str, float]) -> None:
        cells = "".join(f"{costs[column]:8.0f} {costs[column] / mean[column]:5.1f}x" for column in COLUMNS)
        print(f"{name:32}{lines:>6}{cells}{costs['step']:8.0f}{costs['MB']:7.1f}", flush=True)

    row("real lists, mean", "", mean)
    row("real lists, slowest", "", {name: max(one[name] for one in real) for name in mean})
    worst = dict.fromkeys(mean, 0.0)
    for name, lines in families(bench.issue).items():
        interests = fill(lines)
        costs = bench.costs(interests)
        row(name, len(interests), costs)
        worst = {column: max(worst[column], costs[column]) for column in worst}
    row("the dearest of each column", "", worst)


# --- previews ------------------------------------------------------------------------------------------------------


def report_previews(folder: Path) -> bool:
    store = store_of(folder, issues_of(7))
    held = HeldIssues(store.issues, lambda issue: IssueSelector(issue, topics=topics()))
    previews = InterestPreviews(store.issues, held, topics=tuple(topics()))

    def preview(interests: tuple[str, ...]) -> tuple[float, float, int]:
        """Its ms, those of its longest step, and in how many issues it was looked up."""
        steps: list[float] = []
        begun = time.process_time()
        wish = previews.look(interests, max_papers=BEST)
        stepped(lambda: previews.prepare(wish), steps)
        shown = previews.result(wish)
        return (time.process_time() - begun) * 1000, max(steps), len(shown.issues)

    first, step, number = preview(("zebrafish",))
    print(f"\npreviews over {number} issues of {sum(one.papers for one in previews.look(()).issues):,} papers")
    print(f"the first after a start, which reads and indexes them: {first:.0f} ms, longest step {step:.0f} ms")
    real = [preview(interests)[0] for interests in ordinary()]
    median = statistics.median(real)
    print(f"real lists: median {median:.1f} ms of {MOST_PREVIEW:g}, slowest {max(real):.0f} ms")
    again = [preview((*interests, "zebrafish"))[0] for interests in ordinary()]
    print(f"again with a line more: median {statistics.median(again):.1f} ms, slowest {max(again):.0f} ms")
    [day] = issues_of(1, PAPERS)
    hostile = {name: preview(fill(lines)) for name, lines in families(day).items()}
    name = max(hostile, key=lambda name: hostile[name][0])
    print(
        f"hostile lists: slowest {hostile[name][0]:.0f} ms in {hostile[name][2]} issues ({name}); "
        f"longest step {max(one[1] for one in hostile.values()):.0f} ms"
    )
    return median <= MOST_PREVIEW


# --- a dry run -----------------------------------------------------------------------------------------------------


def dry_run(folder: Path, result: Connection) -> None:
    """Write the messages of what is in this folder; tells seconds and MB."""
    store = store_of(folder, ())
    templates = make_templates()
    [status] = store.issues.archive()
    selectors: dict[str, IssueSelector] = {}

    def select(issue: Issue) -> IssueSelector:
        return selectors.setdefault(issue.hash, selectors.get(issue.hash) or IssueSelector(issue))

    run = DryRun(
        issues=store.issues,
        subscribers=store.subscribers,
        deliveries=store.deliveries,
        select=select,
        mail=make_assembler(),
        outbox=folder / "outbox",
        design=lambda issue: OutboxRenderer(templates, issue),
        clock=now,
    )
    begun = time.process_time()
    report = run.run(status.key)
    seconds = time.process_time() - begun
    result.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, report.recipients))


def report_dry_run(folder: Path) -> bool:
    [day] = issues_of(1, PAPERS)
    real = ordinary()[:HOSTILE]
    fine = True
    print()
    for name, lists in (("real", real), ("hostile", hostile_lists(day, HOSTILE))):
        own = folder / name
        own.mkdir()
        store_of(own, [day], lists).database.close()
        mine, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=dry_run, args=(own, theirs))
        process.start()
        seconds, peak, recipients = mine.recv()
        process.join()
        took = f"{seconds:.1f} s of {MOST_SECONDS:g}, peak {peak:.0f} MB of {MOST_MB:g}"
        print(f"dry run of {recipients} {name} readers: {took}")
        fine = seconds <= MOST_SECONDS and peak <= MOST_MB
    return fine


# --- a server ------------------------------------------------------------------------------------------------------


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int]]:
    """`newsletter serve` over what is in this folder; gives its address and process."""
    command = [sys.executable, "-m", "newsletter", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=sys.stderr, text=True) as process:
        assert process.stdout is not None
        address = next(m[0] for line in process.stdout if (m := re.search(r"http://[\d.]+:\d+/", line)))
        try:
            yield address, process.pid
        finally:
            process.terminate()
            process.wait(30)


def ask(address: str, store: SqlStore, reader: Subscriber) -> float:
    """The ms until a reader has their feed."""
    token = feed_token(store.secrets().present, reader.id, reader.email, reader.feed_epoch)
    begun = time.perf_counter()
    with urllib.request.urlopen(f"{address}feed/{token}.atom", timeout=300) as answer:
        answer.read()
    return (time.perf_counter() - begun) * 1000


def report_server(folder: Path) -> bool:
    days = issues_of(5)
    lists = [("warming up",), *ordinary(), *hostile_lists(days[0], HOSTILE)]
    (folder / "newsletter.toml").write_text(
        '[newsletter]\ntitle = "Hostile"\nfrom = "h@example.org"\n'
        'base_url = "https://news.example.org"\n[database]\nurl = "sqlite:///news.db"\n'
    )
    store = store_of(folder, days, lists)
    first, *others = store.subscribers.stream()
    real, hostile = others[: len(ordinary())], others[len(ordinary()) :]
    times: dict[str, list[float]] = {}
    peak = 0.0
    for name, beside in (("alone", []), (f"while {HOSTILE} hostile ones ask", hostile)):
        with serving(folder) as (address, process), ThreadPoolExecutor(HOSTILE) as threads:
            ask(address, store, first)  # issues are read and indexed for the first who asks
            asked = [threads.submit(ask, address, store, reader) for reader in beside]
            time.sleep(0.5)
            times[name] = [ask(address, store, reader) for reader in real]
            still = sum(not one.done() for one in asked)
            waited = [one.result() for one in asked]
            peak = max(peak, peak_of(process))
        if beside:
            print(f"{still} of them still waited when the others had theirs; the last for {max(waited) / 1000:.1f} s")
    (_, alone), (name, together) = times.items()
    for what, at in (("median", 0.5), ("95th of a hundred", 0.95)):
        before, during = (sorted(all_)[int(len(all_) * at)] for all_ in (alone, together))
        print(f"feeds of {len(real)} others, {what}: {before:.0f} ms alone, {during:.0f} ms {name}", end=": ")
        print(f"{during / before:.2f} times of {MOST_RATIO:g}")
    print(f"the server's memory: at most {peak:.0f} MB of {MOST_MB:g}")
    return statistics.median(together) <= MOST_RATIO * statistics.median(alone) and peak <= MOST_MB


def peak_of(process: int) -> float:
    """MB that a process has had at its most."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def main() -> None:
    """Print everything; exit status 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parts = dict(zip(PARTS, (report_families, report_previews, report_dry_run, report_server), strict=True))
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="only these")
    chosen = parser.parse_args().part or [*parts]
    fine = True
    for name in chosen:
        with tempfile.TemporaryDirectory() as folder:
            fine &= parts[name](Path(folder)) is not False
    raise SystemExit(not fine)


if __name__ == "__main__":
    main()
