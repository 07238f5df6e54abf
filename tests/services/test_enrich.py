"""Enriching a day: paid for once, in order of relevance, and no paper is ever lost."""

import asyncio
import json
import lzma
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from newsletter.domain.issues import IssueKey
from newsletter.domain.papers import (
    Announcement,
    AnnounceType,
    FailureKind,
    IssueNote,
    Paper,
    PaperId,
    PaperNote,
    Provenance,
    Summary,
    parse_arxiv_id,
)
from newsletter.enrich.budget import Budget, Prices
from newsletter.enrich.client import ChatClient
from newsletter.enrich.extractive import ExtractiveEngine
from newsletter.enrich.llm import Asking, LlmEngine
from newsletter.enrich.prompts import Prompts
from newsletter.errors import EngineUnavailable
from newsletter.formats import encode_issue
from newsletter.services.compose import Compose, ComposeOptions
from newsletter.services.enrich import Enrich
from newsletter.services.progress import SilentProgress
from newsletter.store import SqlStore
from tests.support.databases import new_database
from tests.support.doubles import ScriptedEngine, StepProgress, paper
from tests.support.llm_server import Answer, LlmServer, Recorded, answer_of, good_entry
from tests.support.shared import DATA, needs_shared

NOW = datetime(2026, 6, 8, 12, tzinfo=UTC)
DAY = date(2026, 6, 8)
PROMPTS = Path(__file__).parents[2] / "templates" / "prompts"


@pytest.fixture
def store(tmp_path):
    database = new_database(tmp_path / "newsletter.db")
    yield SqlStore(database, clock=lambda: NOW, secret=None)
    database.close()


def engine_for(server, *, budget=None, book=lambda _: None):
    client = ChatClient(base_url=server.url, api_key="k", model="m", timeout=5, clock=lambda: NOW)

    async def no_wait(_seconds):
        pass

    return LlmEngine(
        client,
        Prompts([PROMPTS]),
        budget=budget or Budget(),
        sleep=no_wait,
        chance=lambda: 1.0,
        asking=Asking(concurrency=16),
        book=book,
    )


def announce(store, papers, day=DAY):
    store.papers.add(
        [Announcement(source="arxiv-rss", feed="cs.AI", day=day, kind=AnnounceType.NEW, paper=p) for p in papers]
    )


def compose(store, languages=("en", "zh-Hans")):
    options = ComposeOptions(title="T", description="", languages=languages, engines=("file", "llm", "extractive"))
    return Compose(store, options, admits=lambda _: True, clock=lambda: NOW, acronyms=lambda _: {})


def garden(n):
    names = ["tomato vines climbing trellis", "beetle colonies under birch", "harbour pilots steering barges"]
    return Paper(
        id=PaperId(f"sample:{n}"), version=1, title=f"{names[n].title()}", abstract=f"{names[n].title()}: {n}."
    )


def honest(question):
    return Answer(answer_of(*(good_entry(p, question.language) for p in question.papers)))


async def run(store, engine, papers, languages=("en", "zh-Hans"), **options):
    return await Enrich(store.summaries, engine, languages, SilentProgress()).run(papers, **options)


@pytest.fixture
def papers():
    return [garden(n) for n in range(3)]


async def test_a_second_run_asks_for_nothing_and_again_asks_for_all(store, papers):
    async with LlmServer(honest) as server:
        first = await run(store, engine_for(server), papers)
        assert (first.written, first.cached, first.failed) == (6, 0, 0)
        second = await run(store, engine_for(server), papers)
        assert (second.written, second.cached) == (0, 6)
        assert len(server.questions) == 6
        again = await run(store, engine_for(server), papers[:1], again=True)
        assert again.written == 2
        assert len(server.questions) == 8


async def test_a_failure_of_the_text_is_paid_for_once_and_one_of_the_wire_is_tried_again(store, papers):
    states = {"wire": True}

    def answer(question):
        if question.papers[0]["id"] == papers[0].id:
            return Answer(answer_of(good_entry(question.papers[0]) | {"tldr": "N/A"}))
        if question.papers[0]["id"] == papers[1].id and states["wire"]:
            return Answer(status=500)
        return honest(question)

    async with LlmServer(answer) as server:
        report = await run(store, engine_for(server), papers, ("en",))
        assert report.failures == {"error-text": 1, "unavailable": 1}
        states["wire"] = False
        asked = len(server.questions)
        report = await run(store, engine_for(server), papers, ("en",))
        assert (report.written, report.cached, report.failed) == (1, 2, 0)
        assert len(server.questions) == asked + 1


async def test_a_new_version_of_a_paper_and_a_new_language_are_new_work(store, papers):
    from dataclasses import replace

    async with LlmServer(honest) as server:
        await run(store, engine_for(server), papers[:1], ("en",))
        await run(store, engine_for(server), [replace(papers[0], version=2)], ("en",))
        await run(store, engine_for(server), papers[:1], ("ja",))
        assert len(server.questions) >= 3


async def test_a_refused_key_costs_no_paper_its_place(store, papers):
    announce(store, papers)
    async with LlmServer(lambda _: Answer("bad key", status=401)) as server:
        report = await run(store, engine_for(server), papers)
    assert "refuses the key" in report.stopped
    assert report.failures == {"unavailable": 6}
    issue = compose(store).run(DAY)
    assert len(issue.papers) == 3
    assert {entry.summaries["en"].failure for entry in issue.papers} == {FailureKind.UNAVAILABLE}


async def test_a_resumed_day_keeps_to_its_budget(store, papers):
    def answer(question):
        return Answer(honest(question).text, usage=(1000, 500))

    async with LlmServer(answer) as server:
        book = store.summaries.book
        await run(store, engine_for(server, book=book), papers[:2], ("en",))
        report = await run(store, engine_for(server, budget=Budget(most_tokens=4000), book=book), papers, ("en",))
        assert report.failures == {"budget": 1}, "3,000 of 4,000 tokens were spent before"
        budget = Budget(most_tokens=40_000)
        report = await run(store, engine_for(server, budget=budget, book=book), papers, ("en",))
        assert (report.written, report.failed, report.spending.tokens) == (1, 0, 4500)


async def test_what_came_with_a_paper_is_not_asked_for(store, papers):
    own = Summary(paper_id=papers[0].id, version=None, language="en", provenance=Provenance("file"), tldr="Mine.")
    store.summaries.put([own])
    async with LlmServer(honest) as server:
        await run(store, engine_for(server), papers, ("en",))
        assert papers[0].id not in [p["id"] for q in server.questions for p in q.papers]


async def test_what_an_editor_wrote_never_reaches_a_model(store, papers):
    announce(store, papers)
    note = PaperNote(paper_id=papers[0].id, words={"en": {"tldr": "my secret words"}}, affiliation="secret lab")
    store.notes.put(IssueKey(DAY), IssueNote(preface={"en": "secret preface"}), [note])
    async with LlmServer(honest) as server:
        await run(store, engine_for(server), [e.paper for e in compose(store).arranged(DAY, whole=True)])
        assert "secret" not in json.dumps([q.body for q in server.questions])
    entry = next(e for e in compose(store).run(DAY).papers if e.id == papers[0].id)
    assert entry.note == note


async def test_without_a_model_other_languages_fall_back_to_english(store, papers):
    announce(store, papers)
    report = await run(store, ExtractiveEngine(), papers, ("zh-Hans",))
    assert (report.written, report.untranslated) == (3, ("zh-Hans",))
    issue = compose(store, ("zh-Hans",)).run(DAY)
    assert all("en" in entry.summaries for entry in issue.papers)


@needs_shared
@pytest.mark.parametrize(
    "days",
    [["2026-06-08"], pytest.param([f"2026-06-{d:02}" for d in range(8, 15)], marks=pytest.mark.slow)],
    ids=["a day", "a week"],
)
async def test_what_models_really_wrote_makes_an_issue_without_their_faults(store, days):
    """Every paper is in the issue; the faults found are the faults counted here; a second run asks for nothing."""
    records = {}
    for day in days:
        with lzma.open(DATA / "arxiv_daily" / f"{day}.jsonl.xz", "rt", encoding="utf-8") as file:
            records |= {r["id"]: r for r in map(json.loads, file)}
    recorded = Recorded(set(records))
    known = sorted(recorded.ids("en") | recorded.ids("zh-Hans"))
    papers = [
        Paper(id=parse_arxiv_id(i)[0], version=1, title=records[i]["title"], abstract=records[i]["summary"])
        for i in known
    ]
    announce(store, papers)
    control = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
    counted = {"garbled": 0, "error-text": 0, "incomplete": 0}
    for number in known:
        for language in ("en", "zh-Hans"):
            if number not in recorded.ids(language):
                counted["incomplete"] += 1  # the server has nothing to say of it
                continue
            said = [recorded.said(number, language)[f] for f in ("tldr", "motivation", "method", "result")]
            counted["garbled"] += any(control.search(text) for text in said)
            counted["error-text"] += "Summary generation failed" in said
    async with LlmServer(recorded) as server:
        report = await run(store, engine_for(server), papers)
        asked = len(server.questions)
        assert report.written == 2 * len(papers)
        others = {kind: n for kind, n in report.failures.items() if kind not in counted}
        assert {kind: n for kind, n in report.failures.items() if kind in counted} == counted
        assert set(others) <= {"unsupported", "untranslated"}
        assert sum(others.values()) < 0.005 * 2 * len(papers)
        second = await run(store, engine_for(server), papers)
        assert (second.written, len(server.questions)) == (0, asked)
    issue = compose(store).run(DAY)
    assert {entry.id for entry in issue.papers} == {p.id for p in papers}
    assert counted["garbled"] > 0
    assert counted["error-text"] > 0
    for entry in issue.papers:
        assert set(entry.summaries) == {"en", "zh-Hans"}
        for summary in entry.summaries.values():
            text = f"{summary.tldr}{summary.motivation}{summary.method}{summary.result}"
            assert (summary.failure is not None) == (text == "")
            assert "failed" not in summary.tldr[-30:]
            assert not control.search(text)


@pytest.mark.parametrize("why", [FailureKind.REFUSED, None])
async def test_asking_again_in_vain_does_not_lose_what_was_there(store, why):
    async def ask(engine, **options):
        return await Enrich(store.summaries, engine, ["en"], SilentProgress()).run([paper(1)], **options)

    await ask(ScriptedEngine())
    report = await ask(
        ScriptedEngine(failures={1: why}) if why else ScriptedEngine(raises={1: EngineUnavailable("down")}), again=True
    )
    assert report.failed == 1
    [kept] = store.summaries.of([paper(1).id])[paper(1).id]
    assert (kept.tldr, kept.failure) == ("PAPER 1", None)


async def test_what_was_answered_is_kept_whatever_stops_the_rest(store):
    papers = [paper(n) for n in range(1, 100)]
    stopped = ScriptedEngine(raises={80: RuntimeError("pulled the plug")})
    with pytest.raises(RuntimeError, match="pulled the plug"):
        await Enrich(store.summaries, stopped, ["en"], SilentProgress()).run(papers)
    resumed = ScriptedEngine()
    await Enrich(store.summaries, resumed, ["en"], SilentProgress()).run(papers)
    assert [asked for _, asked in resumed.asked] == [p.id for p in papers[79:]]


async def test_asking_again_adds_to_what_the_day_has_cost(store, papers):
    def answer(question):
        return Answer(honest(question).text, usage=(1000, 500))

    async with LlmServer(answer) as server:
        book = store.summaries.book
        for times in (1, 2, 3):
            report = await run(store, engine_for(server, book=book), papers, ("en",), again=True)
            assert report.spending.tokens == times * 4500
        report = await run(
            store, engine_for(server, budget=Budget(most_tokens=14_000), book=book), papers, ("en",), again=True
        )
    assert report.failures == {"budget": 3}


class Stopped(BaseException):
    """As a signal ends a run: nothing of ours catches it."""


async def test_each_answer_is_kept_before_the_next_is_waited_for(store):
    papers = [paper(n) for n in range(1, 50)]
    kept = []

    class Watched(ScriptedEngine):
        async def summarise(self, papers, language):
            async for summary in super().summarise(papers, language):
                yield summary
                kept.append(len(store.summaries.of([p.id for p in papers])))
                if len(kept) == 44:
                    raise Stopped

    with pytest.raises(Stopped):
        await run(store, Watched(), papers, ("en",))
    assert kept == list(range(1, 45))


async def short_sleep(_seconds):
    await asyncio.sleep(0.01)


async def test_two_runs_at_once_pay_once(store, papers):
    async with LlmServer(lambda q: Answer(honest(q).text, stall=0.05, usage=(1000, 500))) as server:
        engines = [engine_for(server, book=store.summaries.book) for _ in range(2)]
        runs = [
            Enrich(store.summaries, engine, ["en", "zh-Hans"], SilentProgress(), sleep=short_sleep).run(papers)
            for engine in engines
        ]
        reports = await asyncio.gather(*runs)
    assert len(server.questions) == 6
    assert sum(r.written for r in reports) == sum(r.cached for r in reports) == 6
    assert store.summaries.spent([p.id for p in papers], "llm") == (9000, 0.0, 0)


async def test_the_papers_of_a_run_that_was_killed_are_taken_up(store, papers):
    async with LlmServer(honest) as server:
        engine = engine_for(server)
        keys = [engine.key(p, "en") for p in papers]
        assert store.summaries.claim(keys[:2], "killed", seconds=0.2)
        report = await Enrich(store.summaries, engine, ["en"], SilentProgress(), sleep=short_sleep).run(papers)
    assert report.written == 3


async def test_why_there_is_no_answer_is_counted(store, papers):
    def answer(question):
        return Answer(status=500) if question.papers[0]["id"] == papers[0].id else Answer("odd", status=400)

    announce(store, papers)
    async with LlmServer(answer) as server:
        report = await run(store, engine_for(server), papers, ("en",))
    assert report.failures == {"unavailable": 3}
    [(odd, two), (broken, one)] = report.reasons["unavailable"].items()
    assert (two, one, broken) == (2, 1, "HTTP 500")
    assert odd.startswith("HTTP 400: ")
    assert store.summaries.failed(DAY, DAY) == {DAY: {"unavailable": report.reasons["unavailable"]}}
    issue = compose(store, ("en",)).run(DAY)
    assert "HTTP" not in encode_issue(issue).decode(), "reasons are the operator's"


async def test_what_it_costs_is_told_while_it_runs(store, papers):
    watched = StepProgress()
    budget = Budget(prices=Prices(100, 100), currency="USD")
    async with LlmServer(honest) as server:
        await Enrich(store.summaries, engine_for(server, budget=budget), ["en"], watched).run(papers)
    assert watched.tasks == [("Summarising (en)", 3, 3)]
    assert watched.notes[-1] == "450 tokens, $0.04"


async def test_an_engine_that_costs_nothing_tells_no_cost(store, papers):
    watched = StepProgress()
    await Enrich(store.summaries, ExtractiveEngine(), ["en"], watched).run(papers)
    assert watched.notes == ["", "", ""]
