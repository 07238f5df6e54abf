"""Go through the modules that decide, and say which changes of them no test of theirs notices.

    python -m tests.mutation [--sample N] [path …]    (in the repository's folder)

Ends with 0 where every package has at least nine changes in ten noticed, every other one is listed in `equivalent.toml`
with why nothing depends on it, and every entry of that list is still true.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutation.changes import Change, changes_of
from tests.mutation.plan import Known, Plan, modules_of, read_known, read_plan
from tests.mutation.trials import Ending, Subject, Trials

__all__ = ["main"]

FOLDER = Path("tests/mutation")
ENOUGH = 0.9


@dataclass(slots=True)
class Result:
    """What came of a module's changes.

    Attributes:
        known: the entries of `equivalent.toml` that were met, unnoticed as they say.
        unexplained: what nobody noticed and no entry explains.
        untrue: entries that no change answers to, or one that is noticed.
    """

    module: str
    changes: int = 0
    noticed: int = 0
    stopped: int = 0
    known: list[Known] = field(default_factory=list)
    unexplained: list[Change] = field(default_factory=list)
    untrue: list[Known] = field(default_factory=list)
    seconds: float = 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="make mutation", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("paths", nargs="*", help="modules or packages; those of plan.toml where none is named")
    parser.add_argument("--sample", type=int, default=0, help="so many changes a module, the same ones every time")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args(arguments)
    plan, known = read_plan(FOLDER / "plan.toml"), read_known(FOLDER / "equivalent.toml")
    trials = Trials(options.jobs)
    try:
        rows = []
        for package in options.paths or plan.packages:
            modules = modules_of(package)
            rows.append((package, [_gone_through(path, plan, known, options.sample, trials) for path in modules]))
    finally:
        trials.close()
    return _report(rows)


def _gone_through(module: str, plan: Plan, known: Sequence[Known], sample: int, trials: Trials) -> Result:
    begun = time.monotonic()
    result = Result(module)
    changes = changes_of(Path(module).read_text(encoding="utf-8"))
    if 0 < sample < len(changes):
        changes = [changes[index] for index in sorted(random.Random(module).sample(range(len(changes)), sample))]
    subject = Subject(module, plan.tests_of(module))
    endings: dict[int, Ending] = {}
    if changes and subject.tests:
        seconds = trials.rehearse(subject)
        endings = dict(trials.run(subject, changes, seconds))
    explained = {(entry.where, entry.change): entry for entry in known if entry.module == module}
    for index, change in enumerate(changes):
        ending = endings.get(index, Ending.UNNOTICED)
        entry = explained.pop((change.where, change.what), None)
        if ending is Ending.UNNOTICED:
            if entry:
                result.known.append(entry)
            else:
                result.unexplained.append(change)
        else:
            result.noticed += 1
            result.stopped += ending is Ending.STOPPED
            if entry:
                result.untrue.append(entry)
    if not sample:
        result.untrue += explained.values()
    result.changes, result.seconds = len(changes), time.monotonic() - begun
    if changes:
        _tell(result, subject)
    return result


def _tell(result: Result, subject: Subject) -> None:
    print(f"{result.module}: {result.noticed} of {result.changes} noticed", end="")
    print(f", {len(result.known)} known to change nothing" if result.known else "", end="")
    print(f", {result.stopped} stopped" if result.stopped else "", end="")
    print(f" ({result.seconds:.0f} s)")
    if not subject.tests:
        print("    it has no tests of its own")
    for change in result.unexplained:
        print(f"    {result.module}:{change.line} {change.where}: {change.what}")
    for entry in result.untrue:
        print(f"    not true of it (any more), in equivalent.toml: {entry.where}: {entry.change}")
    sys.stdout.flush()


def _report(rows: Sequence[tuple[str, Sequence[Result]]]) -> int:
    print(f"\n{'package':<44}{'changes':>8}{'noticed':>9}{'share':>7}{'known':>7}{'unexplained':>13}")
    enough = True
    for package, results in rows:
        changes, noticed = sum(r.changes for r in results), sum(r.noticed for r in results)
        known, unexplained = sum(len(r.known) for r in results), sum(len(r.unexplained) for r in results)
        share = noticed / changes if changes else 1.0
        enough = enough and share >= ENOUGH and not unexplained and not any(r.untrue for r in results)
        print(f"{package:<44}{changes:>8}{noticed:>9}{share:>7.2f}{known:>7}{unexplained:>13}")
    print("Enough is noticed, and the rest is explained." if enough else "Not enough is noticed or explained.")
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
