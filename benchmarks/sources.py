"""What sources read, how fast, in how much memory: `python -m benchmarks.sources`.

On the recorded answers (folder `shared`), in one run:

- every file through its parser: records in it, counted without ours, records out, failures; error answers apart;
- records a second on one core (processor time), and the same feed through feedparser for comparison;
- the peak memory of a process that fetches and reads a page of 1,000 OAI records and a feed of 2,000 items over HTTP,
  and of one that is sent 500 MB, plain and as a gzip bomb.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import lzma
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

import feedparser

from benchmarks.recorded import DATA
from newsletter.errors import SourceError
from newsletter.sources import FileGate, PoliteClient, Retry, arxiv_api, arxiv_oai, arxiv_rss, feed, hf_daily
from tests.support.http_server import Reply, serving

__all__ = ["main"]

DAY = date(2026, 6, 2)
ROUNDS = 5


@dataclass(frozen=True)
class Read:
    """One recorded file, read: what is in it, what came out of it, what could not be read."""

    folder: str
    name: str
    held: int
    out: int
    failures: int
    refused: str = ""


def content(path: Path) -> bytes:
    """A recorded answer, unpacked."""
    openers = {".xz": lzma.decompress, ".gz": gzip.decompress}
    return openers.get(path.suffix, bytes)(path.read_bytes())


def parse(folder: str, body: bytes) -> tuple[int, int]:
    """Records and failures that the folder's parser finds."""
    if folder == "arxiv_api":
        page = arxiv_api.parse(body)
        return len(page.papers), len(page.problems)
    if folder == "arxiv_oai":
        records = arxiv_oai.parse(body)
        return len(records.records), len(records.problems)
    if folder == "arxiv_rss":
        listing = arxiv_rss.parse(body, feed="cs.CL")
        return len(listing.announcements), len(listing.problems)
    digest = hf_daily.parse(body, day=DAY)
    return len(digest.announcements), len(digest.problems)


def held(folder: str, body: bytes) -> int:
    """How many records a file holds, counted with nothing of ours."""
    if folder == "hf_daily":
        return len(json.loads(body))
    return len(re.findall(rb"<(?:item|entry|record)[ >]", body))


def read_all() -> list[Read]:
    """Every recorded answer of the four folders."""
    found = []
    for folder in ("arxiv_api", "arxiv_rss", "arxiv_oai", "hf_daily"):
        for path in sorted((DATA / folder).iterdir()):
            if path.name == "manifest.json":
                continue
            body = content(path)
            try:
                out, failures = parse(folder, body)
            except SourceError as error:
                found.append(Read(folder, path.name, held(folder, body), 0, 0, str(error)))
            else:
                found.append(Read(folder, path.name, held(folder, body), out, failures))
    return found


def show_files(*, each: bool) -> None:
    reads = read_all()
    print(f"{'recorded':<12}{'files':>6}{'records in':>12}{'records out':>13}{'failures':>10}   recognised as errors")
    for folder in dict.fromkeys(read.folder for read in reads):
        here = [read for read in reads if read.folder == folder]
        answers = [read for read in here if not read.refused]
        refused = [read for read in here if read.refused]
        print(
            f"{folder:<12}{len(here):>6}{sum(r.held for r in answers):>12}{sum(r.out for r in answers):>13}"
            f"{sum(r.failures for r in here):>10}   " + ("; ".join(f"{r.name}: {r.refused}" for r in refused) or "none")
        )
        if each:
            for read in here:
                print(f"  {read.name:<60}{read.held:>6}{read.out:>6}{read.failures:>4}  {read.refused}")


def rate(records: int, work: Callable[[], object]) -> float:
    """Records a second of processor time: the median of several rounds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return records / statistics.median(times)


def large_feed(items: int) -> bytes:
    """A feed of so many items, made of recorded ones."""
    body = content(DATA / "arxiv_rss" / f"rss_cs.AI_{DAY}.xml.xz")
    some = re.findall(rb"<item>.*?</item>", body, re.DOTALL)
    head, tail = body[: body.index(b"<item>")], b"</channel></rss>"
    return head + b"".join((some * (items // len(some) + 1))[:items]) + tail


def page_of_oai() -> bytes:
    """A complete page of 1,000 records."""
    return content(DATA / "arxiv_oai" / "ListRecords_arXiv_cs_2016-03-01_page1.xml.gz")


def show_speed() -> None:
    rss, oai = large_feed(2_000), page_of_oai()
    api = content(DATA / "arxiv_api" / "arxivpy_q_testing_s0_m100.xml")
    hugging = content(DATA / "hf_daily" / f"{DAY}.json.gz")
    reference = rate(2_000, lambda: feedparser.parse(BytesIO(rss)))
    rows: list[tuple[str, int, Callable[[], object]]] = [
        ("arxiv-rss", 2_000, lambda: arxiv_rss.parse(rss, feed="cs.AI")),
        ("arxiv-api", 100, lambda: arxiv_api.parse(api)),
        ("arxiv-oai", held("arxiv_oai", oai), lambda: arxiv_oai.parse(oai)),
        ("hf-daily", held("hf_daily", hugging), lambda: hf_daily.parse(hugging, day=DAY)),
        ("feed", 2_000, lambda: feed.parse(rss, feed="f", day=DAY)),
    ]
    print(f"\n{'parser':<12}{'records':>8}{'records/s':>11}{'of feedparser':>15}")
    print(f"{'feedparser':<12}{2_000:>8}{reference:>11.0f}{1:>15.1f}   the feed alone: no ids, authors or TeX")
    for name, records, work in rows:
        found = rate(records, work)
        print(f"{name:<12}{records:>8}{found:>11.0f}{found / reference:>15.1f}")


# --- memory: in processes of their own, so that one does not hide another -------------------------------------------


def fetch(what: str, url: str, folder: Path) -> None:
    """Fetch and read; prints the seconds, the peak memory in MB, and how it ended."""
    client = PoliteClient(
        user_agent="newsletter-benchmark", gate=FileGate(folder), cache=folder, retry=Retry(attempts=1)
    )
    begun = time.perf_counter()
    try:
        body = asyncio.run(client.get(url)).body
        if what == "oai":
            ended = f"{len(arxiv_oai.parse(body).records)} records"
        else:
            ended = f"{len(arxiv_rss.parse(body, feed='cs.AI').announcements)} items"
    except SourceError as error:
        ended = str(error).replace(url, "it")
    print(json.dumps([time.perf_counter() - begun, peak_memory(), ended]))


def peak_memory() -> float:
    """MB. Linux counts the parent's memory into ru_maxrss of a child, so the kernel's own mark is read where it is."""
    status = Path("/proc/self/status")
    if status.exists() and (mark := re.search(r"VmHWM:\s*(\d+)", status.read_text())):
        return int(mark[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bomb() -> bytes:
    """500 MB of zeros in half a megabyte of gzip."""
    squeeze = zlib.compressobj(6, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    return b"".join(squeeze.compress(block) for _ in range(500)) + squeeze.flush()


def endless() -> Iterator[bytes]:
    """500 MB, plain."""
    return (b" " * 65_536 for _ in range(8_000))


def show_memory() -> None:
    cases: list[tuple[str, str, Callable[[], Reply]]] = [
        ("nothing but the program", "rss", lambda: Reply(large_feed(1))),
        ("1,000 OAI records", "oai", lambda: Reply(page_of_oai())),
        ("a feed of 2,000 items", "rss", lambda: Reply(large_feed(2_000))),
        ("500 MB, plain", "rss", lambda: Reply(endless())),
        ("500 MB, gzip bomb", "rss", lambda: Reply(bomb(), headers={"Content-Encoding": "gzip"})),
    ]
    print(f"\n{'fetched over HTTP':<26}{'seconds':>9}{'peak MB':>9}   ended")
    for name, what, reply in cases:
        told = reply()
        with serving({"/": told}) as server, tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "benchmarks.sources", "--fetch", what, f"{server.url}/", folder]
            seconds, peak, ended = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        print(f"{name:<26}{seconds:>9.2f}{peak:>9.0f}   {ended}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--files", action="store_true", help="a row a recorded file")
    arguments.add_argument("--fetch", nargs=3, metavar=("WHAT", "URL", "FOLDER"), help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.fetch:
        what, url, folder = options.fetch
        fetch(what, url, Path(folder))
        return
    show_files(each=options.files)
    show_speed()
    show_memory()


if __name__ == "__main__":
    main()
