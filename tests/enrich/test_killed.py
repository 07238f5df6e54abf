"""Who kills the program with a signal nobody can catch leaves no process of ours behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import asyncio, multiprocessing, sys
from newsletter.domain.papers import Paper, PaperId
from newsletter.enrich import extractive
extractive.os.cpu_count = lambda: 2

async def main():
    abstract = "We count the plots. It works."
    papers = [Paper(id=PaperId(f"sample:{n}"), title=f"Plot {n}", abstract=abstract) for n in range(20_000)]
    told = False
    async for _ in extractive.ExtractiveEngine().summarise(papers, "en"):
        if not told:
            print(*(child.pid for child in multiprocessing.active_children()), flush=True)
            told = True

if __name__ == "__main__":
    asyncio.run(main())
"""


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in /proc")
def test_workers_end_with_a_parent_that_is_killed(tmp_path):
    script = tmp_path / "summarise.py"
    script.write_text(SCRIPT)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        try:
            assert len(workers) == 2
            assert all(map(is_alive, workers))
        finally:
            parent.send_signal(signal.SIGKILL)
        parent.wait()
    for _ in range(3000):  # they end by themselves; how soon is the machine's business
        if not any(map(is_alive, workers)):
            return
        signal.sigtimedwait([], 0.01)
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    pytest.fail("workers outlived their parent")
