"""Enrichment, measured: `python -m benchmarks.enrich [PART]`; without a part, all of them.

- `quality`: the extractive engine against what models wrote in the second half of June 2026 (it learned from the
  first), by ROUGE-L F1 of each role, beside the first sentence, the last sentence and, where it is installed, sumy's
  LexRank. An empty role counts as zero. LexRank ranks sentences without roles: its best one stands for every role.
  Then the faults of each (`benchmarks.summary_faults`), beside those of the recorded model's answers.
- `keywords`: the keywords beside labels and YAKE (`benchmarks/keywords.py`).
- `reading`: fifty summaries graded by reading (`benchmarks.summary_reading`).
- `speed`: papers a second of the extractive engine on one core.
- `judging`: every recorded answer beside its paper's own abstract: how many are refused, and for what.
- `model`: answers a second of the `llm` engine at concurrency 16, from a local server in a process of its own that
  answers with recorded texts.
- `week`: those answers for every paper of a week in English and Chinese: what was recognised as unusable, beside an
  independent count.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import multiprocessing
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.keywords import keywords
from benchmarks.recorded import TRAINED_UNTIL, Reference, answers, as_paper, english_references, june, papers_of
from benchmarks.rouge import rouge_l, tokens
from benchmarks.summary_faults import FAULTS, faults, has_figure
from benchmarks.summary_reading import drawn, report
from newsletter.domain.answers import failure_of, read_answer, without_orders
from newsletter.domain.papers import Paper, Provenance, Summary
from newsletter.domain.text import clause, split_sentences
from newsletter.enrich._roles import Roles, find_roles
from newsletter.enrich.budget import Budget
from newsletter.enrich.client import ChatClient
from newsletter.enrich.extractive import ExtractiveEngine
from newsletter.enrich.llm import Asking, LlmEngine
from newsletter.enrich.prompts import Prompts

PROMPTS = Path(__file__).parents[1] / "templates" / "prompts"
ROLES = ("tldr", "motivation", "method", "result")
WEEK = tuple(f"2026-06-{day:02}" for day in range(8, 15))
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parts = ("quality", "keywords", "reading", "speed", "judging", "model", "week")
    parser.add_argument("part", nargs="?", choices=parts)
    parser.add_argument("--papers", type=int, default=1000)
    arguments = parser.parse_args()
    if arguments.part in (None, "quality"):
        quality(arguments.papers)
    if arguments.part in (None, "keywords"):
        keywords()
    if arguments.part in (None, "reading"):
        report(drawn(seen()))
    if arguments.part in (None, "speed"):
        speed(arguments.papers)
    if arguments.part in (None, "judging"):
        judging()
    if arguments.part in (None, "model"):
        model(arguments.papers)
    if arguments.part in (None, "week"):
        week()


# --- quality --------------------------------------------------------------------------------------------------------


def quality(limit: int) -> None:
    learned = seen()
    references = [r for r in english_references(since=TRAINED_UNTIL, limit=limit) if r.number not in learned]
    methods: dict[str, Callable[[Reference], Roles]] = {
        "extractive": lambda r: find_roles(r.title, r.abstract),
        "first sentence": lambda r: everywhere(split_sentences(r.abstract)[:1]),
        "last sentence": lambda r: everywhere(split_sentences(r.abstract)[-1:]),
    }
    if importlib.util.find_spec("sumy"):
        methods["LexRank (sumy)"] = lexrank()
    written = {name: [method(reference) for reference in references] for name, method in methods.items()}
    print(f"ROUGE-L F1 against {len(references)} recorded summaries after {TRAINED_UNTIL}")
    print(f"{'':24}" + "".join(f"{role:>12}" for role in ROLES))
    means = {name: likeness(all_roles, references) for name, all_roles in written.items()}
    for name, by_role in means.items():
        print(f"{name:24}" + "".join(f"{by_role[role]:12.3f}" for role in ROLES))
    best = {role: max(by_role[role] for name, by_role in means.items() if name != "extractive") for role in ROLES}
    print(f"{'ratio to best':24}" + "".join(f"{means['extractive'][role] / best[role]:12.2f}" for role in ROLES))
    print("\nfaults, of the same papers, counted without the rules that avoid them")
    print(f"{'':42}" + "".join(f"{name:>16}" for name in (*written, "recorded model")))
    texts = [[{role: getattr(roles, role) for role in ROLES} for roles in all_roles] for all_roles in written.values()]
    texts.append([{role: r.texts[role] for role in ROLES} for r in references])
    counts = [fault_counts(all_texts, references) for all_texts in texts]
    for fault, meaning in FAULTS.items():
        print(f"{meaning:42}" + "".join(f"{count[fault]:>16.1%}" for count in counts))
    for columns in (76, 140):
        cut = (
            sum(clause(said["tldr"], columns).endswith("…") for said in all_texts) / len(references)
            for all_texts in texts
        )
        print(f"{f'one-liners cut in {columns} columns end in …':42}" + "".join(f"{share:>16.1%}" for share in cut))
    for role in ROLES:
        empty = (sum(not said[role] for said in all_texts) / len(references) for all_texts in texts)
        print(f"{f'no {role}':42}" + "".join(f"{share:>16.1%}" for share in empty))


def likeness(written: list[Roles], references: list[Reference]) -> dict[str, float]:
    """The mean ROUGE-L of each role; an empty one counts as zero."""
    return {
        role: statistics.fmean(
            rouge_l(tokens(getattr(roles, role)), tokens(reference.texts[role]))
            for roles, reference in zip(written, references, strict=True)
        )
        for role in ROLES
    }


def fault_counts(written: list[dict[str, str]], references: list[Reference]) -> dict[str, float]:
    """The share of summaries with each fault; of results, among the papers whose abstract has a figure."""
    counted = Counter[str]()
    for texts, reference in zip(written, references, strict=True):
        counted.update(fault for fault, has in faults(texts, reference.abstract).items() if has)
    figures = sum(has_figure(reference.abstract) for reference in references)
    return {fault: counted[fault] / (figures if fault == "unnumbered" else len(references)) for fault in FAULTS}


def seen() -> frozenset[str]:
    """The papers the weights were learned from, whatever day they appear on again."""
    return frozenset(r.number for r in english_references(until=TRAINED_UNTIL))


def everywhere(sentences: tuple[str, ...]) -> Roles:
    return Roles(*(" ".join(sentences),) * 4)


def lexrank() -> Callable[[Reference], Roles]:
    """Sumy's LexRank over our own sentences, so that only the ranking is compared."""
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence  # noqa: PLC0415
    from sumy.summarizers.lex_rank import LexRankSummarizer  # noqa: PLC0415

    class Words:
        def to_words(self, text: str) -> tuple[str, ...]:
            return tokens(text)

    words, rank = Words(), LexRankSummarizer()

    def best(reference: Reference) -> Roles:
        sentences = [Sentence(text, words) for text in split_sentences(reference.abstract)]
        ranked = rank(ObjectDocumentModel([Paragraph(sentences)]), 1)
        return everywhere(tuple(str(sentence) for sentence in ranked[:1]))

    return best


# --- speed ----------------------------------------------------------------------------------------------------------


def speed(limit: int) -> None:
    papers = papers_of("2026-06-02")[:limit]
    engine = ExtractiveEngine()
    engine.summary(papers[0])  # reading the vocabulary is no part of a paper
    began = time.process_time()
    for paper in papers:
        find_roles(paper.title, without_orders(paper.abstract))
    roles = time.process_time() - began
    began = time.process_time()
    for paper in papers:
        engine.summary(paper)
    whole = time.process_time() - began
    print(f"extractive: {len(papers)} papers in {whole:.1f} s of one core ({len(papers) / whole:.0f}/s);")
    print(f"  of it {roles:.1f} s for the sentences, the rest for keywords")


# --- judging --------------------------------------------------------------------------------------------------------


def judging() -> None:
    for name, language in (("en", "en"), ("zh", "zh-Hans")):
        kinds, judged, broken, found = Counter[str](), 0, 0, 0
        for record in answers(name):
            if record["id"] not in june():
                continue
            own = june()[record["id"]]
            paper = replace(as_paper(own), comment=own.get("comment") or "")
            said = {role: record["AI"][role] for role in ROLES}
            failure = failure_of(read_answer(said, paper, language, Provenance("llm")).summary, paper)
            is_broken = any(CONTROL.search(text) or text == "Summary generation failed" for text in said.values())
            judged, broken, found = judged + 1, broken + is_broken, found + bool(is_broken and failure)
            if failure and not is_broken:
                kinds[failure.value] += 1
        others = kinds.total()
        print(f"{language:8} {judged} answers; {found} of {broken} broken ones found;", end=" ")
        print(f"{others} others refused ({others / judged:.2%}): {dict(kinds.most_common())}")


# --- the recorded model ---------------------------------------------------------------------------------------------


def model(limit: int) -> None:
    papers = [as_paper(june()[r.number]) for r in english_references(limit=limit)]
    with Server() as address:
        asyncio.run(timed(address, papers[:16], "en"))  # importing the library is no part of an answer
        busy = time.process_time()
        took, summaries = asyncio.run(timed(address, papers, "en"))
        busy = time.process_time() - busy
    usable = sum(s.failure is None for s in summaries)
    rate = len(summaries) / took
    print(f"llm: {len(summaries)} answers in {took:.1f} s at concurrency 16 ({rate:.0f}/s), {usable} usable;")
    print(f"  {busy:.1f} s of one core were the engine's own work")


def week() -> None:
    from tests.support.llm_server import Recorded  # noqa: PLC0415

    recorded = Recorded()
    papers = list({p.id: p for day in WEEK for p in papers_of(day)}.values())
    print("a week of recorded answers, faults included")
    with Server() as address:
        for language in ("en", "zh-Hans"):
            known = [p for p in papers if p.id.removeprefix("arxiv:") in recorded.ids(language)]
            counted = Counter[str]()
            for paper in known:
                said = [recorded.said(paper.id.removeprefix("arxiv:"), language)[role] for role in ROLES]
                counted["garbled"] += any(CONTROL.search(text) for text in said)
                counted["error-text"] += "Summary generation failed" in said
            took, summaries = asyncio.run(timed(address, known, language))
            found = Counter(s.failure.value for s in summaries if s.failure)
            assert {s.paper_id for s in summaries} == {p.id for p in known}
            print(f"{language:8} {len(known)} papers, {took:.0f} s; counted {dict(+counted)}, found {dict(found)}")


async def timed(address: str, papers: list[Paper], language: str) -> tuple[float, list[Summary]]:
    client = ChatClient(base_url=address, api_key="", model="recorded", timeout=60, clock=lambda: datetime.now(UTC))
    engine = LlmEngine(
        client,
        Prompts([PROMPTS]),
        budget=Budget(),
        sleep=asyncio.sleep,
        chance=lambda: 0.0,
        asking=Asking(concurrency=16),
    )
    began = time.perf_counter()
    summaries = [s async for s in engine.summarise(papers, language)]
    return time.perf_counter() - began, summaries


class Server:
    """The recorded model in a process of its own, so that only the engine is measured."""

    def __enter__(self) -> str:
        ours, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        return str(ours.recv())

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        self._process.join()


def _serve(pipe: Connection) -> None:
    asyncio.run(_serving(pipe))


async def _serving(pipe: Connection) -> None:
    from tests.support.llm_server import LlmServer, Recorded  # noqa: PLC0415

    async with LlmServer(Recorded()) as server:
        pipe.send(server.url)
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
