"""What it costs to overwrite what is deleted, to erase somebody, and to let go of an old issue: `--readers` of them.

Prints processor time of planning and sending with SQLite's overwriting beside the same without it, the time of one
erasing with the file written anew, and how long another writer waits for its turn while an old issue is emptied.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from newsletter.domain.delivery import Begin, DeliveryStatus, Outcome
from newsletter.domain.subscribers import Stale, Subscriber
from newsletter.services.retention import Retention
from newsletter.store import Database, SqlStore
from tests.support.ledgers import all_get
from tests.support.samples import make_issue

NOW = datetime(2026, 6, 2, 6, 30, tzinfo=UTC)
_GROUP = 20


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5, help="of sending with and without overwriting, by turns")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _compare(Path(folder), options.readers, options.rounds)
        _erase(Path(folder), options.readers)


def _compare(folder: Path, readers: int, rounds: int) -> None:
    seconds: dict[str, list[float]] = {"OFF": [], "ON": []}
    for number in range(rounds):
        for mode, spent in seconds.items():
            store = _store(folder / f"{mode}{number}.db", readers, mode)
            begun = time.process_time()
            _send(store)
            spent.append(time.process_time() - begun)
            store.database.close()
    off, on = (statistics.median(seconds[mode]) for mode in ("OFF", "ON"))
    print(f"{readers:,} deliveries planned and sent, processor time, median of {rounds}:", end=" ")
    print(f"{off:.2f} s without overwriting, {on:.2f} s with, ratio {on / off:.2f}")


def _erase(folder: Path, readers: int) -> None:
    store = _store(folder / "erase.db", readers, "ON")
    _send(store)
    path = store.database.path
    size = path.stat().st_size if path else 0
    begun = time.perf_counter()
    store.remains.suspect()
    store.personal.erase(store.personal.person(email="reader000777@example.org"))
    erased = time.perf_counter()
    store.remains.clear()
    print(
        f"One reader erased in {1000 * (erased - begun):.0f} ms; the file of {size / 1e6:.0f} MB written anew in "
        f"{1000 * (time.perf_counter() - erased):.0f} ms"
    )
    alone = _waits(store, lambda: time.sleep(1.0))
    retention = Retention(
        store.retention,
        store.remains,
        dict.fromkeys(Stale, timedelta(days=30)),
        clock=lambda: NOW + timedelta(days=31),
        today=NOW.date,
    )
    begun = time.perf_counter()
    beside = _waits(store, lambda: print(f"{retention.run()[Stale.DELIVERIES]:,} deliveries emptied", end=" "))
    print(
        f"in {time.perf_counter() - begun:.1f} s; another writer waits {1000 * max(beside):.0f} ms at most, "
        f"{1000 * max(alone):.0f} ms alone"
    )
    store.database.close()


def _waits(store: SqlStore, work: Any) -> list[float]:  # noqa: ANN401  # whatever is done meanwhile
    """How long each of many small writes takes while something else is done."""
    waits: list[float] = []
    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive():
        begun = time.perf_counter()
        store.subscribers.note_read({1}, NOW.date())
        waits.append(time.perf_counter() - begun)
        time.sleep(0.005)
    return waits


def _store(path: Path, readers: int, mode: str) -> SqlStore:
    database = Database(f"sqlite:///{path}")
    event.listen(database.engine, "connect", lambda line, _: line.execute(f"PRAGMA secure_delete = {mode}"))
    database.open()
    store = SqlStore(database, clock=lambda: NOW)
    store.subscribers.upsert(
        Subscriber(email=f"reader{n:06d}@example.org", name=f"Reader {n}", interests=("retrieval", f"agents {n % 50}"))
        for n in range(readers)
    )
    return store


def _send(store: SqlStore) -> None:
    issue = make_issue(1)
    store.deliveries.plan(issue, all_get(issue), at=NOW)
    run = store.deliveries.open_run(issue.key, "benchmark", at=NOW, until=NOW + timedelta(hours=1))
    after = 0
    while claimed := store.deliveries.claim(run, at=NOW, limit=200, after=after):
        after = claimed[-1].id
        for start in range(0, len(claimed), _GROUP):
            group = claimed[start : start + _GROUP]
            begun = [Begin(one.id, f"<{one.id}.abcdefghijklmnopqrstuvwxyz@example.org>") for one in group]
            store.deliveries.record(run, begun, at=NOW)
            said = "250 2.0.0 Ok: queued as 4XYZ"
            store.deliveries.record(run, [Outcome(one.id, DeliveryStatus.SENT, "", said) for one in group], at=NOW)


if __name__ == "__main__":
    main()
