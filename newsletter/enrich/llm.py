"""The engine that asks a language model on any OpenAI-compatible server.

Every paper ends as a summary or as a failure with its reason; none is lost. The rules, in the order in which they are
applied to an answer:

1. it is read as JSON, repaired where there is no doubt (`answers`);
2. its items are matched to papers by id alone; unknown ids are ignored, an id that comes twice with different content
   is nobody's, a paper without an item has none;
3. an item is read by the schema, compared with its paper (`domain.answers.resemblance`), and judged
   (`domain.answers.judging`);
4. what fails is asked once more, alone, saying what was wrong; what fails again stays a failure.

Cut, slow and throttled answers are `_traffic`'s business and count as no attempt. Each request has its own part of the
budget, set aside before it is asked, and what it cost is booked when it ends, however it ends.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from newsletter.domain.answers import AnswerReading, answer_schema, failure_of, is_about, mended, read_answer
from newsletter.domain.notation import counted, is_english
from newsletter.domain.papers import Expense, FailureKind, Paper, PaperId, Provenance, Spending, Summary, SummaryKey
from newsletter.enrich._traffic import Chance, Sleep, Traffic
from newsletter.enrich.answers import parse_answer
from newsletter.enrich.budget import Budget, Usage
from newsletter.enrich.client import ChatClient, Interrupted
from newsletter.enrich.prompts import Prompts
from newsletter.errors import AnswerUnusable

__all__ = ["Asking", "LlmEngine"]

_TRIES = 2
_TOKENS_OUT = {True: 1200, False: 3500}  # a paper: without and with a translation of its abstract
_FEW = 20


@dataclass(slots=True)
class _Cost:
    tokens: int = 0
    money: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How much is asked at once.

    `concurrency` is how many requests are under way together. `papers_per_request` above 1 is cheaper and weaker: a
    hostile abstract may then speak to the others'. `answer_tokens` is how long the answer about one paper may become;
    enough for every language by default.
    """

    concurrency: int = 8
    papers_per_request: int = 1
    answer_tokens: int | None = None


class LlmEngine:
    """Implements `domain.ports.Engine` and `PaidEngine` in any language."""

    name = "llm"

    def __init__(
        self,
        client: ChatClient,
        prompts: Prompts,
        *,
        budget: Budget,
        sleep: Sleep,
        chance: Chance,
        asking: Asking | None = None,
        book: Callable[[Sequence[Expense]], None] = lambda _: None,
    ) -> None:
        """`book` keeps what each request cost, as soon as it is known; `sleep` waits, `chance` spreads repetitions."""
        self._client = client
        self._prompts = prompts
        self._budget = budget
        self._sleep = sleep
        self._chance = chance
        self._asking = asking or Asking()
        self._book = book
        self._gaps: Counter[str] = Counter()
        self._strangers: Counter[str] = Counter()
        self._read = 0

    def key(self, paper: Paper, language: str) -> SummaryKey:
        """Under which key its summary of this paper in this language is kept."""
        version = self._prompts.version(language)
        return SummaryKey(paper.id, paper.version, language, self.name, self._client.model, version)

    def speaks(self, language: str) -> bool:  # noqa: ARG002
        """A model is asked in any language; what it answers in another is recognised."""
        return True

    @property
    def spending(self) -> Spending:
        """What was spent, and which fields answers lacked or had besides."""
        remarks = [
            f"`{name}` is empty in {count} of {self._read} answers"
            for name, count in self._gaps.most_common()
            if count > self._read / 2
        ]
        remarks += [
            f"{counted(count, 'answer')} had the unknown key `{key}`" for key, count in self._strangers.most_common(5)
        ]
        shown = tuple(remarks) if self._read >= _FEW else ()
        return Spending(
            self._budget.tokens, self._budget.money, shown, self._budget.currency, estimated=self._budget.estimated
        )

    def begin_at(self, spent: Spending) -> None:
        """Count what was spent for the same day up to now."""
        self._budget.begin_at(spent.tokens, spent.money, spent.estimated)

    async def summarise(self, papers: Sequence[Paper], language: str) -> AsyncIterator[Summary]:
        """One summary a paper, as they come; begun in the order given, so that a budget is spent on the first.

        Raises:
            EngineUnavailable: the server refuses the key or the model; what was answered before has been yielded.
        """
        traffic = Traffic(sleep=self._sleep, chance=self._chance)
        size = self._asking.papers_per_request
        groups = iter([papers[i : i + size] for i in range(0, len(papers), size)])
        done: asyncio.Queue[list[Summary] | None] = asyncio.Queue()
        workers = [
            asyncio.create_task(self._work(groups, language, traffic, done))
            for _ in range(min(self._asking.concurrency, len(papers)))
        ]
        running = len(workers)
        try:
            while running:
                finished = await done.get()
                if finished is None:
                    running -= 1
                    continue
                for summary in finished:
                    yield summary
            for worker in workers:
                await worker
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            await self._client.close()

    async def _work(
        self,
        groups: Iterator[Sequence[Paper]],
        language: str,
        traffic: Traffic,
        done: asyncio.Queue[list[Summary] | None],
    ) -> None:
        try:
            for group in groups:
                done.put_nowait(await self._summaries(group, language, traffic))
        finally:
            done.put_nowait(None)

    async def _summaries(self, group: Sequence[Paper], language: str, traffic: Traffic) -> list[Summary]:
        costs = {paper.id: _Cost() for paper in group}
        results = await self._try(group, language, traffic, costs)
        for paper in group:
            for _ in range(_TRIES - 1):
                result = results[paper.id]
                if isinstance(result, Summary) or FailureKind(result.kind).is_passing:
                    break
                results |= await self._try([paper], language, traffic, costs, complaint=str(result))
        return [self._settled(paper, language, results[paper.id], costs[paper.id]) for paper in group]

    def _settled(self, paper: Paper, language: str, found: Summary | AnswerUnusable, cost: _Cost) -> Summary:
        key = self.key(paper, language)
        provenance = Provenance(self.name, key.model, key.prompt, cost.tokens, round(cost.money, 6))
        if isinstance(found, Summary):
            return replace(found, provenance=provenance)
        return Summary(
            paper_id=paper.id,
            version=paper.version,
            language=language,
            provenance=provenance,
            failure=FailureKind(found.kind),
            why=" ".join(str(found).split())[:200] if found.kind == FailureKind.UNAVAILABLE else "",
        )

    async def _try(
        self,
        papers: Sequence[Paper],
        language: str,
        traffic: Traffic,
        costs: Mapping[PaperId, _Cost],
        *,
        complaint: str = "",
    ) -> dict[PaperId, Summary | AnswerUnusable]:
        """Ask once about these papers: for each a summary, or why there is none."""
        if traffic.is_hopeless:
            return _all(papers, "the server gave no answer several times in a row", FailureKind.UNAVAILABLE)
        messages = self._prompts.messages(papers, language, complaint=complaint)
        schema = answer_schema(language)
        each = self._asking.answer_tokens or _TOKENS_OUT[is_english(language)]
        most = each * len(papers)

        async def question() -> str:
            ticket = self._budget.reserve(sum(len(m["content"]) for m in messages) // 3, most)
            if ticket is None:
                msg = "the daily budget is spent"
                raise AnswerUnusable(msg, kind=FailureKind.BUDGET)
            usages: list[Usage] = []
            try:
                return await self._client.ask(messages, schema, most_tokens=most, book=usages.append)
            finally:
                money = self._budget.settle(ticket, usages)
                self._share(papers, language, usages, money, costs)

        try:
            return self._matched(await traffic.ask(question), papers, language)
        except Interrupted as error:
            return _all(papers, str(error), FailureKind.UNAVAILABLE)
        except AnswerUnusable as error:
            return dict.fromkeys((paper.id for paper in papers), error)

    def _share(
        self,
        papers: Sequence[Paper],
        language: str,
        usages: Sequence[Usage],
        money: float,
        costs: Mapping[PaperId, _Cost],
    ) -> None:
        """Book what a question cost, a part for each of its papers; the first bears what cannot be parted."""
        tokens_in, tokens_out = sum(u.tokens_in for u in usages), sum(u.tokens_out for u in usages)
        if not tokens_in + tokens_out:
            return
        expenses = [
            Expense(
                paper_id=paper.id,
                language=language,
                engine=self.name,
                model=self._client.model,
                tokens_in=_part(tokens_in, number, len(papers)),
                tokens_out=_part(tokens_out, number, len(papers)),
                cost=money / len(papers),
                is_estimate=any(u.is_estimate for u in usages),
            )
            for number, paper in enumerate(papers)
        ]
        for expense in expenses:
            costs[expense.paper_id].tokens += expense.tokens_in + expense.tokens_out
            costs[expense.paper_id].money += expense.cost
        self._book(expenses)

    def _matched(self, text: str, papers: Sequence[Paper], language: str) -> dict[PaperId, Summary | AnswerUnusable]:
        # Models like to drop the scheme of an id (`arxiv:`); that is still the id.
        named = {name: paper.id for paper in papers for name in (paper.id.partition(":")[2], paper.id)}
        items: dict[str, Mapping[str, Any]] = {}
        disputed = set()
        for item in parse_answer(text):
            given = item.get("id")
            name = named.get(given.strip(), "") if isinstance(given, str) else ""
            if name in items and items[name] != item:
                disputed.add(name)
            items[name] = item
        results: dict[PaperId, Summary | AnswerUnusable] = {}
        for paper in papers:
            try:
                if paper.id in disputed:
                    msg = f"the answer holds several different entries for {paper.id}"
                    raise AnswerUnusable(msg, kind=FailureKind.MISMATCHED)
                if paper.id not in items:
                    msg = f"the answer holds no entry with the id {paper.id}"
                    raise AnswerUnusable(msg, kind=FailureKind.INCOMPLETE)
                results[paper.id] = self._accepted(items[paper.id], paper, papers, language)
            except AnswerUnusable as error:
                results[paper.id] = error
        return results

    def _accepted(self, item: Mapping[str, Any], paper: Paper, group: Sequence[Paper], language: str) -> Summary:
        reading: AnswerReading = read_answer(item, paper, language, Provenance(self.name))
        self._read += 1
        self._gaps.update(reading.gaps)
        self._strangers.update(reading.strangers)
        failure = failure_of(reading.summary, paper, instructions=self._prompts.system(language))
        if failure is None and not is_about(reading.summary, paper, group):
            failure = FailureKind.MISMATCHED
        if failure is not None:
            msg = f"its text for {paper.id} is not usable ({failure})"
            raise AnswerUnusable(msg, kind=failure)
        return mended(reading.summary)


def _all(papers: Sequence[Paper], why: str, kind: FailureKind) -> dict[PaperId, Summary | AnswerUnusable]:
    return dict.fromkeys((paper.id for paper in papers), AnswerUnusable(why, kind=kind))


def _part(whole: int, number: int, of: int) -> int:
    return whole // of + (whole % of if number == 0 else 0)
