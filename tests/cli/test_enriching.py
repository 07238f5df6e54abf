"""`enrich`: what a person sees of a model's work, and when it is asked anew."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.cli.command import DAY, Done, Folder
from tests.support.llm_server import Answer, LlmServer, Question, answer_of, entry

ON_DAY = ("--date", DAY)


def honest(question: Question) -> Answer:
    """It says of each paper what its abstract begins with."""
    return Answer(answer_of(*(entry(p, tldr=p["abstract"][:200]) for p in question.papers)))


async def enrich(
    folder: Folder,
    *arguments: tuple[str, ...],
    answer: Callable[[Question], Answer] = honest,
    more: str = "",
) -> tuple[list[Done], int]:
    """Run `enrich` with each of these arguments beside one model server; and how many questions it was asked."""
    async with LlmServer(answer) as server:
        folder.set(f'[enrich]\nengine = "llm"\nmodel = "m"\nbase_url = "{server.url}"\nconcurrency = 1\n{more}')
        done = [await asyncio.to_thread(folder, "enrich", *each) for each in arguments]
    return done, len(server.questions)


async def test_a_second_run_asks_for_nothing_and_again_for_everything(collected: Folder) -> None:
    (first, second, again), asked = await enrich(collected, ON_DAY, ON_DAY, (*ON_DAY, "--again"))
    assert [done.status for done in (first, second, again)] == [0, 0, 0]
    assert "Summaries: 4 written, 0 were there already." in first.out
    assert "Summaries: 0 written, 4 were there already." in second.out
    assert "Summaries: 4 written, 0 were there already." in again.out
    assert asked == 8


async def test_one_paper_can_be_asked_for_again(collected: Folder) -> None:
    paper = collected.papers[0]["id"]
    (_, again), asked = await enrich(collected, ON_DAY, ("--again", "--paper", paper))
    assert again.status == 0
    assert "Summaries: 1 written, 0 were there already." in again.out
    assert asked == 5


async def test_the_cost_is_told_while_it_runs_and_at_the_end(collected: Folder) -> None:
    more = 'daily_budget = "5 USD"\nprice_in = 10\nprice_out = 100\n'
    (done, told), _ = await enrich(collected, ON_DAY, (*ON_DAY, "--json"), more=more)
    assert done.err.splitlines() == [
        "Summarising (en): 1 of 4 (150 tokens, $0.0060)",
        "Summarising (en): 2 of 4 (300 tokens, $0.01)",
        "Summarising (en): 3 of 4 (450 tokens, $0.02)",
        "Summarising (en): 4 of 4 (600 tokens, $0.02)",
    ]
    assert "The papers have cost 600 tokens, $0.02." in done.out
    assert (told.json["written"], told.json["cached"], told.json["failed"]) == (0, 4, 0)
    assert (told.json["spending"]["tokens"], told.json["spending"]["currency"]) == (600, "USD")
    assert told.err == ""


async def test_a_spent_budget_is_told_here_and_in_the_issue(collected: Folder) -> None:
    (done,), asked = await enrich(collected, ON_DAY, more='daily_budget = "10 tokens"\n')
    assert done.status == 0
    assert "Summaries: 0 written, 0 were there already, 4 could not be used." in done.out
    assert "budget: 4; the digest shows the abstract and says so." in done.out
    assert asked == 0
    await asyncio.to_thread(collected, "compose", *ON_DAY)
    await asyncio.to_thread(collected, "publish", *ON_DAY)
    page = (collected.path / "site" / "issues" / DAY / "index.html").read_text()
    assert "The budget for summaries was used up: 4 papers went without one." in page


async def test_a_refused_key_is_a_failure_that_says_so_and_shows_no_key(
    collected: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_ENRICH__API_KEY", "sk-hidden1234")
    (done,), asked = await enrich(collected, ON_DAY, answer=lambda _: Answer("bad key sk-hidden1234", status=401))
    assert (done.status, asked) == (1, 1)
    assert "The engine was given up: " in done.err
    assert "unavailable: 4" in done.out
    assert "sk-hidden1234" not in done.out + done.err


def test_a_day_without_papers_has_nothing_to_summarise(collected: Folder) -> None:
    done = collected("enrich", "--date", "2026-06-14", "--json")
    assert (done.status, done.out) == (3, "")
    assert "Nothing to do: No paper of 2026-06-14 to summarise." in done.err


def test_a_paper_that_nobody_collected_is_a_wrong_use(collected: Folder) -> None:
    done = collected("enrich", "--again", "--paper", "2606.99999")
    assert (done.status, done.out) == (2, "")
    assert "--paper: nothing was collected about arxiv:2606.99999." in done.err


def test_without_a_model_the_own_engine_writes_for_nothing(collected: Folder) -> None:
    done = collected("enrich", *ON_DAY)
    assert done.status == 0
    assert "Summaries: 4 written, 0 were there already." in done.out
    assert "cost" not in done.out + done.err
