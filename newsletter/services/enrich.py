"""Enrich the papers of a day: each paper version once for each language and engine, whoever reads it.

The rules, in the order in which they are applied:

1. a summary that came with a paper (engine `file`) needs no other;
2. what the engine wrote before, and what it failed at for good, is not asked for again, unless `again` says so;
3. papers are taken in the order given, most relevant first, so that a budget is spent on those that most will read;
4. an engine that becomes unreachable, or whose budget is spent, leaves failures behind for the papers it did not reach:
   they have their place in the issue, with a label, and are asked for again next time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from newsletter.domain.papers import Paper
from newsletter.domain.ports import Engine, PaidEngine, Progress, Spending, SummaryStore
from newsletter.domain.summaries import FailureKind, Provenance, Summary
from newsletter.errors import EngineUnavailable

__all__ = ["Enrich", "EnrichReport"]

_GROUP = 50
"""Summaries kept in one transaction: little is lost by a crash, and the disk is not asked for each."""
_OWN_LANGUAGE = "en"
"""What papers are written in, and what a digest falls back to where its language has no summary."""


@dataclass(frozen=True, slots=True)
class EnrichReport:
    """How many summaries were written, were there already, could not be used; and the languages no engine speaks.

    `failures` counts by kind what could not be used; `spending` is what the day's papers cost up to now, earlier runs
    included; `stopped` says why the engine was given up before the end, empty where it was not.
    """

    written: int = 0
    cached: int = 0
    failed: int = 0
    untranslated: tuple[str, ...] = ()
    failures: Mapping[str, int] = field(default_factory=dict)
    spending: Spending = field(default_factory=Spending)
    stopped: str = ""


class Enrich:
    """The use case."""

    def __init__(self, summaries: SummaryStore, engine: Engine, languages: Sequence[str], progress: Progress) -> None:
        self._summaries = summaries
        self._engine = engine
        self._languages = languages
        self._progress = progress

    async def run(self, papers: Sequence[Paper], *, again: bool = False) -> EnrichReport:
        """Write what is missing, or everything anew. `papers` come in order of relevance."""
        silent = tuple(language for language in self._languages if not self._engine.speaks(language))
        speaks = [language for language in self._languages if language not in silent]
        if silent and _OWN_LANGUAGE not in speaks and self._engine.speaks(_OWN_LANGUAGE):
            speaks.append(_OWN_LANGUAGE)
        self._charge(papers)
        written = cached = 0
        failures: Counter[str] = Counter()
        stopped = ""
        for language in speaks:
            due = list(papers) if again else self._missing(papers, language)
            cached += len(papers) - len(due)
            done, stopped = await self._write(due, language, stopped)
            written += len(done)
            failures.update(s.failure.value for s in done if s.failure)
        return EnrichReport(
            written=written,
            cached=cached,
            failed=failures.total(),
            untranslated=silent,
            failures=dict(failures),
            spending=self._spending(),
            stopped=stopped,
        )

    async def _write(self, due: Sequence[Paper], language: str, stopped: str) -> tuple[list[Summary], str]:
        """Have these written and keep them; returns them, and why the engine was given up."""
        done: list[Summary] = []
        kept = 0
        with self._progress.task(f"Summarising ({language})", len(due)) as step:
            try:
                if due and not stopped:
                    async for summary in self._engine.summarise(due, language):
                        done.append(summary)
                        step(1, self._spending().told)
                        if len(done) - kept >= _GROUP:
                            self._keep(done[kept:])
                            kept = len(done)
            except EngineUnavailable as error:
                stopped = str(error)
            finally:
                self._keep(done[kept:])
        reached = {summary.paper_id for summary in done}
        lost = [self._unreached(paper, language) for paper in due if paper.id not in reached] if stopped else []
        self._keep(lost)
        return done + lost, stopped

    def _spending(self) -> Spending:
        return self._engine.spending if isinstance(self._engine, PaidEngine) else Spending()

    def _keep(self, summaries: Sequence[Summary]) -> None:
        """Keep these, but no failure of a second attempt in place of what the first one gave."""
        usable = self._summaries.get([s.key for s in summaries if s.failure])
        self._summaries.put([s for s in summaries if not s.failure or s.key not in usable or usable[s.key].failure])

    def _unreached(self, paper: Paper, language: str) -> Summary:
        key = self._engine.key(paper, language)
        return Summary(
            paper_id=paper.id,
            version=paper.version,
            language=language,
            provenance=Provenance(key.engine, key.model, key.prompt),
            failure=FailureKind.UNAVAILABLE,
        )

    def _charge(self, papers: Sequence[Paper]) -> None:
        """Count what earlier runs spent on these papers, so that a day that is resumed keeps to its budget."""
        if isinstance(self._engine, PaidEngine) and not self._engine.spending.tokens:
            kept = self._summaries.of([paper.id for paper in papers])
            earlier = [
                s.provenance for all_of in kept.values() for s in all_of if s.provenance.engine == self._engine.name
            ]
            self._engine.charge(sum(p.tokens for p in earlier), sum(p.cost for p in earlier))

    def _missing(self, papers: Sequence[Paper], language: str) -> list[Paper]:
        kept = self._summaries.of([paper.id for paper in papers])
        return [
            paper
            for paper in papers
            if not any(
                (s.key == self._engine.key(paper, language) or s.provenance.engine == "file")
                and s.language == language
                and s.version in {paper.version, None}
                and not (s.failure and s.failure.is_passing)
                for s in kept.get(paper.id, ())
            )
        ]
