"""The gate of a host: one at a time and far enough apart, across tasks and across processes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from newsletter.sources.gate import FileGate


async def test_the_next_turn_begins_so_many_seconds_after_the_last_ended(tmp_path: Path) -> None:
    now = [1000.0]
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    gate = FileGate(tmp_path, now=lambda: now[0], sleep=sleep)
    async with gate.turn("arxiv.org", 3):
        now[0] += 10
    async with gate.turn("arxiv.org", 3):
        pass
    async with gate.turn("other", 3):
        pass
    assert slept == [pytest.approx(3)]


async def test_a_host_that_asked_for_it_is_left_alone(tmp_path: Path) -> None:
    now = [1000.0]
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    gate = FileGate(tmp_path, now=lambda: now[0], sleep=sleep)
    await gate.hold("arxiv.org", 60)
    await gate.hold("arxiv.org", 5)
    async with gate.turn("arxiv.org", 3):
        pass
    assert slept == [pytest.approx(60)]


async def test_a_failed_turn_counts_and_lets_the_next_one_in(tmp_path: Path) -> None:
    gate = FileGate(tmp_path)
    with pytest.raises(RuntimeError):
        async with gate.turn("h", 0):
            raise RuntimeError
    async with asyncio.timeout(1), gate.turn("h", 0):
        pass


@pytest.mark.parametrize("stamp", [b"nonsense", b"\xff\xfe", b"", b"99999999999999", b"nan", b"inf", b"-5"])
async def test_a_stamp_that_makes_no_sense_is_not_waited_for(tmp_path: Path, stamp: bytes) -> None:
    gate = FileGate(tmp_path)
    async with gate.turn("h", 0):
        pass
    (path,) = tmp_path.iterdir()  # noqa: ASYNC240
    path.write_bytes(stamp)
    async with asyncio.timeout(1), gate.turn("h", 0):
        pass
    async with asyncio.timeout(1), gate.turn("h", 0):
        pass


PROGRAM = """
import asyncio, sys, time
from pathlib import Path
from newsletter.sources.gate import FileGate

async def main():
    gate = FileGate(Path(sys.argv[1]))
    for _ in range(3):
        async with gate.turn("arxiv.org", 0.15):
            begun = time.time()
            await asyncio.sleep(0.02)
            print(begun, time.time(), flush=True)

asyncio.run(main())
"""


def test_processes_share_the_gate(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    root = Path(__file__).parents[2]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) for _ in range(2)]
    turns = sorted(
        tuple(map(float, line.split())) for run in runs for line in run.communicate(timeout=60)[0].splitlines()
    )
    assert len(turns) == 6
    assert all(after[0] - before[1] >= 0.14 for before, after in pairwise(turns))


async def test_a_process_that_is_killed_in_its_turn_does_not_keep_it(tmp_path: Path) -> None:
    hang = PROGRAM.replace("await asyncio.sleep(0.02)", "print('in', flush=True); await asyncio.sleep(60)")
    run = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", hang, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    assert run.stdout is not None
    assert run.stdout.readline().strip() == "in"
    run.kill()
    run.wait()
    run.stdout.close()
    begun = time.monotonic()
    async with FileGate(tmp_path).turn("arxiv.org", 0.15):
        assert time.monotonic() - begun < 2
