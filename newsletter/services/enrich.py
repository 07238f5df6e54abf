"""Enrich the papers of a day: each paper version once for each language and engine, whoever reads it.

The rules, in the order in which they are applied:

1. a summary that came with a paper (engine `file`) needs no other;
2. what the engine wrote before, and what it failed at for good, is not asked for again, unless `again` says so;
3. what costs something is claimed first: a second run at the same time waits for the first, and takes its answers;
4. papers are taken in the order given, most relevant first, so that a budget is spent on those that most will read;
5. every answer is kept as it comes, and what it cost is booked whether it could be used or not;
6. an engine that becomes unreachable, or whose budget is spent, leaves failures behind for the papers it did not reach:
   they have their place in the issue, with a label, and are asked for again next time.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from newsletter.domain.notation import ENGLISH
from newsletter.domain.papers import FILE_ENGINE, FailureKind, Paper, Provenance, Spending, Summary, SummaryKey
from newsletter.domain.ports import Engine, PaidEngine, Progress, SummaryStore
from newsletter.errors import EngineUnavailable

__all__ = ["Enrich", "EnrichReport"]

_LEASE = 60.0
"""Seconds after which the papers of a run that was killed are taken up by another."""


@dataclass(frozen=True, slots=True)
class EnrichReport:
    """How many summaries were written, were there already, could not be used; and the languages no engine speaks.

    `failures` counts by kind what could not be used, `reasons` by kind and reason; `spending` is what the day's papers
    cost up to now, earlier runs included; `stopped` says why the engine was given up before the end, empty where it was
    not.
    """

    written: int = 0
    cached: int = 0
    failed: int = 0
    untranslated: tuple[str, ...] = ()
    failures: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    spending: Spending = field(default_factory=Spending)
    stopped: str = ""


class Enrich:
    """The use case."""

    def __init__(
        self,
        summaries: SummaryStore,
        engine: Engine,
        languages: Sequence[str],
        progress: Progress,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        lease: float = _LEASE,
    ) -> None:
        """`lease` is in seconds: how long a claim outlives the run that made it."""
        self._summaries = summaries
        self._engine = engine
        self._languages = languages
        self._progress = progress
        self._sleep = sleep
        self._lease = lease

    async def run(self, papers: Sequence[Paper], *, again: bool = False) -> EnrichReport:
        """Write what is missing, or everything anew. `papers` come in order of relevance.

        SIGTERM ends it as Ctrl-C does: what is under way is given up, and booked.
        """
        with contextlib.suppress(NotImplementedError, RuntimeError):  # not on Windows, not in another thread
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, signal.raise_signal, signal.SIGINT)
        try:
            return await self._run(papers, again=again)
        finally:
            with contextlib.suppress(NotImplementedError, RuntimeError):
                asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)

    async def _run(self, papers: Sequence[Paper], *, again: bool) -> EnrichReport:
        silent = tuple(language for language in self._languages if not self._engine.speaks(language))
        speaks = [language for language in self._languages if language not in silent]
        if silent and ENGLISH not in speaks and self._engine.speaks(ENGLISH):
            speaks.append(ENGLISH)
        self._count_spent(papers)
        done: list[Summary] = []
        cached = 0
        stopped = ""
        for language in speaks:
            due = list(papers) if again else self._missing(papers, language)
            async with self._claimed(due, papers, language, again=again) as ours:
                cached += len(papers) - len(ours)
                written, stopped = await self._write(ours, language, stopped)
            done += written
        reasons: dict[str, Counter[str]] = defaultdict(Counter)
        for summary in done:
            if summary.failure:
                reasons[summary.failure.value][summary.why] += 1
        failures = {kind: counts.total() for kind, counts in reasons.items()}
        return EnrichReport(
            written=len(done),
            cached=cached,
            failed=sum(failures.values()),
            untranslated=silent,
            failures=failures,
            reasons={kind: dict(counts.most_common()) for kind, counts in reasons.items()},
            spending=self._spending(),
            stopped=stopped,
        )

    async def _write(self, due: Sequence[Paper], language: str, stopped: str) -> tuple[list[Summary], str]:
        """Have these written and keep them; returns them, and why the engine was given up."""
        done: list[Summary] = []
        with self._progress.task(f"Summarising ({language})", len(due)) as step:
            try:
                if due and not stopped:
                    async for summary in self._engine.summarise(due, language):
                        self._keep([summary])
                        done.append(summary)
                        step(1, self._spending().told)
            except EngineUnavailable as error:
                stopped = str(error)
        reached = {summary.paper_id for summary in done}
        unreached = [self._unreached(paper, language, stopped) for paper in due if paper.id not in reached]
        lost = unreached if stopped else []
        self._keep(lost)
        return done + lost, stopped

    @contextlib.asynccontextmanager
    async def _claimed(
        self, due: Sequence[Paper], papers: Sequence[Paper], language: str, *, again: bool
    ) -> AsyncIterator[Sequence[Paper]]:
        """What of the papers due is still to be written once no other run is at it; nobody else is until the end."""
        if not (due and isinstance(self._engine, PaidEngine)):
            yield due
            return
        holder = secrets.token_hex(8)
        before = self._summaries.get([self._engine.key(paper, language) for paper in due])
        waited = False
        while due and not self._claim(due, language, holder):
            waited = True
            await self._sleep(min(1.0, self._lease))
            due = self._left(due, language, before if again else None)
        if waited:
            due = self._left(due, language, before if again else None)
            self._count_spent(papers)
        renewal = asyncio.create_task(self._renew(due, language, holder))
        try:
            yield due
        finally:
            renewal.cancel()
            await asyncio.gather(renewal, return_exceptions=True)
            self._summaries.release(holder)

    def _left(self, due: Sequence[Paper], language: str, before: Mapping[SummaryKey, Summary] | None) -> list[Paper]:
        """What another run has not written meanwhile."""
        if before is None:
            return self._missing(due, language)
        now = self._summaries.get([self._engine.key(paper, language) for paper in due])
        keys = {paper.id: self._engine.key(paper, language) for paper in due}
        return [paper for paper in due if now.get(keys[paper.id]) == before.get(keys[paper.id])]

    def _claim(self, due: Sequence[Paper], language: str, holder: str) -> bool:
        keys = [self._engine.key(paper, language) for paper in due]
        return self._summaries.claim(keys, holder, seconds=self._lease)

    async def _renew(self, due: Sequence[Paper], language: str, holder: str) -> None:
        while True:
            await asyncio.sleep(self._lease / 4)
            self._claim(due, language, holder)

    def _spending(self) -> Spending:
        return self._engine.spending if isinstance(self._engine, PaidEngine) else Spending()

    def _keep(self, summaries: Sequence[Summary]) -> None:
        """Keep these, but no failure of a second attempt in place of what the first one gave."""
        usable = self._summaries.get([s.key for s in summaries if s.failure])
        self._summaries.put([s for s in summaries if not s.failure or s.key not in usable or usable[s.key].failure])

    def _unreached(self, paper: Paper, language: str, why: str) -> Summary:
        key = self._engine.key(paper, language)
        return Summary(
            paper_id=paper.id,
            version=paper.version,
            language=language,
            provenance=Provenance(key.engine, key.model, key.prompt),
            failure=FailureKind.UNAVAILABLE,
            why=why,
        )

    def _count_spent(self, papers: Sequence[Paper]) -> None:
        """Count what these papers have cost up to now, so that a day that is resumed keeps to its budget."""
        if isinstance(self._engine, PaidEngine):
            tokens, money, estimated = self._summaries.spent([paper.id for paper in papers], self._engine.name)
            self._engine.begin_at(Spending(tokens, money, estimated=estimated))

    def _missing(self, papers: Sequence[Paper], language: str) -> list[Paper]:
        known = self._summaries.of([paper.id for paper in papers])
        return [
            paper
            for paper in papers
            if not any(
                (s.key == self._engine.key(paper, language) or s.provenance.engine == FILE_ENGINE)
                and s.language == language
                and s.version in {paper.version, None}
                and not (s.failure and s.failure.is_passing)
                for s in known.get(paper.id, ())
            )
        ]
