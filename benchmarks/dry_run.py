"""The memory of a dry run: `python -m benchmarks.dry_run --subscribers 100000`.

The dry run is a process of its own, so that the peak is its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

from benchmarks.dispatch import Newsletter, now
from newsletter.domain.issues import Issue
from newsletter.domain.matching import IssueSelector
from newsletter.render.outbox import OutboxRenderer
from newsletter.services.dispatch import DryRun
from newsletter.store import Database, SqlStore
from tests.support.mails import make_assembler, make_templates

LIMIT = 150


def dry_run(folder: Path) -> None:
    """Write the outbox of what is in this folder, and say what it took."""
    store = SqlStore(Database("sqlite:///newsletter.db", folder=folder), clock=now)
    templates = make_templates()
    [status] = store.issues.archive()
    selectors: dict[str, IssueSelector] = {}

    def select(issue: Issue) -> IssueSelector:
        """As the command has it: one for an issue, however often it is asked for."""
        if issue.hash not in selectors:
            selectors[issue.hash] = IssueSelector(issue)
        return selectors[issue.hash]

    run = DryRun(
        issues=store.issues,
        subscribers=store.subscribers,
        deliveries=store.deliveries,
        select=select,
        mail=make_assembler(),
        outbox=folder / "outbox",
        clock=now,
        design=lambda issue: OutboxRenderer(templates, issue),
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begin = time.perf_counter()
    report = run.run(status.key)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sizes = {path.name: path.stat().st_size / 1e6 for path in report.folder.iterdir()}
    lists = [size for name, size in sizes.items() if name.startswith("index")]
    messages = [size for name, size in sizes.items() if name.endswith(".html") and "@" in name]
    written = {"manifest.json": sizes["manifest.json"], "recipients.js": sizes["recipients.js"]}
    print(f"{report.recipients:,} recipients in {seconds:.0f} s, peak {peak:.0f} MB of {LIMIT}, {before:.0f} before it")
    print(
        f"{len(messages):,} pages of messages ({sum(messages):.0f} MB), {len(lists)} of the list ({sum(lists):.1f} MB)"
    )
    print(", ".join(f"{name} {size:.1f} MB" for name, size in written.items()) + f", {dict(report.totals)}")
    if peak > LIMIT:
        raise SystemExit(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subscribers", type=int, default=100_000)
    parser.add_argument("--papers", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Newsletter("sqlite:///newsletter.db", folder, options.subscribers, options.papers).database.close()
        process = multiprocessing.get_context("spawn").Process(target=dry_run, args=(folder,))
        process.start()
        process.join()
        raise SystemExit(process.exitcode)


if __name__ == "__main__":
    main()
