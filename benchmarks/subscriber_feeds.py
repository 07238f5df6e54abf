"""Private feeds: what a poll costs, cold, for a new issue and for nothing new: `python -m benchmarks.subscriber_feeds`.

Ten published issues of 600 recorded papers each, the interests of 97 real people, one process. The reference of every
line is writing the same document out of entries that are there already: what a feed costs without selection.
"""

from __future__ import annotations

import gzip
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from newsletter.domain.issues import Issue, IssueKey, IssueState
from newsletter.domain.subscribers import Subscriber
from newsletter.formats import freeze_issue
from newsletter.render.feeds import Entry, FeedSpec, entry_id, write_feed
from newsletter.render.paper_view import view_paper
from newsletter.services.subscriber_feeds import SubscriberFeeds
from newsletter.store import Database, SqlStore
from tests.support.june import WORKING_DAYS, june_issue
from tests.support.mails import make_templates
from tests.support.recorded_day import real_lists
from tests.support.web import make_feeds

PAPERS = 600


def seconds(work: Callable[[], object]) -> float:
    """The processor time of one run."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def memory() -> float:
    """Resident memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def publish(store: SqlStore, issue: Issue) -> None:
    assert issue.frozen_at is not None
    store.issues.save(issue)
    store.issues.mark(issue.key, issue.revision, IssueState.PUBLISHED, issue.frozen_at)


def reference(issue: Issue) -> float:
    """Writing a document of a hundred entries, which are there already."""
    templates = make_templates()
    moment = datetime.now(UTC)
    views = [view_paper(entry, "en") for entry in issue.papers[:100]]
    entries = [
        Entry(
            id=entry_id("x", "en", paper.id),
            paper=paper,
            url=paper.url,
            html=templates.render("feed/entry.html", "en", paper=paper),
            updated=moment,
        )
        for paper in views
    ]
    spec = FeedSpec(
        id="urn:x", title="T", subtitle="", language="en", author="T", own="https://a/b", page="", updated=moment
    )
    return statistics.median(seconds(lambda: gzip.compress(write_feed(spec, entries, "atom"))) for _ in range(7))


def ask(feeds: SubscriberFeeds, readers: Iterable[Subscriber], *, known: bool = False) -> list[float]:
    """What each reader's poll costs; `known` ones have the copy already."""

    def poll(reader: Subscriber) -> None:
        feed = feeds.look(reader, address=f"https://news.example.org/feed/{reader.id}", form="atom")
        if not known:
            gzip.compress(feeds.write(feed))

    return [seconds(lambda reader=reader: poll(reader)) for reader in readers]  # type: ignore[misc]


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database("sqlite:///news.db", folder=Path(folder))
        database.open()
        store = SqlStore(database, clock=lambda: datetime.now(UTC))
        store.subscribers.upsert(
            Subscriber(email=f"r{n}@example.org", interests=tuple(filter(None, map(str.strip, lists))), max_papers=30)
            for n, lists in enumerate(real_lists())
        )
        readers = list(store.subscribers.stream())
        issues = [june_issue(day, PAPERS) for day in WORKING_DAYS]
        last, today = issues[-1], date(2026, 6, 15)
        for issue in issues:
            publish(store, issue)
        plain = reference(last)
        feeds, before = make_feeds(store), memory()
        print(f"{'poll':<44}{'median ms':>10}{'slowest ms':>12}{'ratio':>8}")

        def row(what: str, times: list[float]) -> None:
            median = statistics.median(times)
            print(f"{what:<44}{median * 1000:>10.1f}{max(times) * 1000:>12.1f}{median / plain:>8.2f}", flush=True)

        row("document of 100 entries, nothing selected", [plain])
        row("first of each reader, after a start", ask(feeds, readers))
        row("again, without a copy", ask(feeds, readers))
        row("again, with the copy: 304", ask(feeds, readers, known=True))
        moved = freeze_issue(replace(last, key=IssueKey(today)), at=datetime(2026, 6, 15, 6, tzinfo=UTC))
        publish(store, moved)
        row("first of each reader after a new issue", ask(feeds, readers))
        print(
            f"\n{len(readers)} readers, {len(issues)} issues of {PAPERS} papers; {memory() - before:.0f} MB more memory"
        )
        database.close()


if __name__ == "__main__":
    main()
