"""Enrich the papers of a day: each paper version once for each language and engine, whoever reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.domain.papers import Paper
from newsletter.domain.ports import Engine, Progress, SummaryStore
from newsletter.domain.summaries import Summary

__all__ = ["Enrich", "EnrichReport"]

_GROUP = 50
"""Summaries kept in one transaction: little is lost by a crash, and the disk is not asked for each."""


@dataclass(frozen=True, slots=True)
class EnrichReport:
    """How many summaries were written, were there already, could not be used; and the languages no engine speaks."""

    written: int = 0
    cached: int = 0
    failed: int = 0
    untranslated: tuple[str, ...] = ()


class Enrich:
    """The use case."""

    def __init__(self, summaries: SummaryStore, engine: Engine, languages: Sequence[str], progress: Progress) -> None:
        self._summaries = summaries
        self._engine = engine
        self._languages = languages
        self._progress = progress

    async def run(self, papers: Sequence[Paper], *, again: bool = False) -> EnrichReport:
        """Write what is missing. A summary that came with a paper (engine `file`) needs no other."""
        written = cached = failed = 0
        speaks = [language for language in self._languages if self._engine.speaks(language)]
        for language in speaks:
            due = list(papers) if again else self._missing(papers, language)
            cached += len(papers) - len(due)
            with self._progress.task(f"Summarising ({language})", len(due)) as step:
                group: list[Summary] = []
                async for summary in self._engine.summarise(due, language):
                    group.append(summary)
                    written += 1
                    failed += summary.failure is not None
                    step(1)
                    if len(group) >= _GROUP:
                        self._summaries.put(group)
                        group = []
                self._summaries.put(group)
        silent = tuple(language for language in self._languages if language not in speaks)
        return EnrichReport(written, cached, failed, silent)

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
